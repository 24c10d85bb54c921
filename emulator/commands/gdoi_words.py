"""How the shows of GETVPN word policies: groups, lists, transforms, sizes of keys.

The words are those of published outputs of IOS 12.4 to 15.4 and IOS-XE 16 and 17.
"""

from collections.abc import Mapping
from types import MappingProxyType

from ..gdoi.policy import Protocol, Replay, ReplayKind, Transform
from ..services.access_entries import AccessEntry, Endpoint

HEADING = "GROUP INFORMATION"
BOTH, INBOUND = "Both", "Inbound Only"
"""Directions of the SAs of a group; the second is that of a receive-only group (from memory)."""
TYPES: Mapping[Protocol, str] = MappingProxyType(
    {Protocol.GDOI: "GDOI (ISAKMP)", Protocol.GIKEV2: "G-IKEv2 (IKEv2)"}
)
OPERATORS: Mapping[str, str] = MappingProxyType(
    {"eq": "=", "neq": "!=", "gt": ">", "lt": "<", "range": "range"}
)
"""What stands behind `port`; `=` is published, the others follow it."""
CIPHER_BYTES: Mapping[str, int] = MappingProxyType(
    {"esp-des": 8, "esp-3des": 24, "esp-seal": 20, "esp-null": 0}
)
CHECK_BYTES: Mapping[str, int] = MappingProxyType(
    {
        "esp-md5-hmac": 16,
        "esp-sha-hmac": 20,
        "esp-sha256-hmac": 32,
        "esp-sha384-hmac": 48,
        "esp-sha512-hmac": 64,
    }
)
"""The sizes of integrity keys."""
USUAL_AES_BITS = 128
SIZES: Mapping[str, str] = MappingProxyType(
    {"small": "SMALL", "medium": "MEDIUM", "large": "LARGE"}
)


def direction_words(*, receive_only: bool) -> str:
    """In which directions members protect what they send and receive."""
    return INBOUND if receive_only else BOTH


def acl_words(entry: AccessEntry, *, ipv6: bool = False) -> str:
    """A line as GDOI prints it: `deny udp any port = 500 any`; one of an IPv6 list has `eq 500`."""
    if ipv6 or entry.destination is None:
        return entry.line()
    ends = (_end_words(entry.source), _end_words(entry.destination))
    return " ".join((entry.action, entry.protocol, *ends, *entry.options))


def _end_words(end: Endpoint) -> str:
    ports = end.ports
    if ports is None:
        return end.text
    return " ".join((end.text, "port", OPERATORS[ports.operator], *map(str, ports.numbers)))


def transform_words(transform: Transform) -> str:
    """The transforms of a set as GDOI names them: `esp-256-aes esp-sha256-hmac`."""
    cipher, bits = transform.cipher, transform.bits
    if cipher == "esp-aes":
        words = [cipher if bits in (0, USUAL_AES_BITS) else f"esp-{bits}-aes"]
    else:
        words = [f"{cipher} {bits}" if bits and transform.counter_mode else cipher]
    return " ".join((*words, *filter(None, (transform.integrity,))))


def cipher_bytes(transform: Transform) -> int:
    """The size of the key that encrypts."""
    known = CIPHER_BYTES.get(transform.cipher)
    return known if known is not None else (transform.bits or USUAL_AES_BITS) // 8


def check_bytes(transform: Transform) -> int:
    """The size of the key that protects the integrity; 0 for combined modes."""
    return CHECK_BYTES.get(transform.integrity, 0)


def replay_words(replay: Replay) -> str:
    """The method as key servers name it."""
    names = {ReplayKind.TIME: "Time Based", ReplayKind.COUNTER: "Count Based"}
    return names.get(replay.kind, "Disabled")


def size_words(size: str, bits: int) -> str:
    """The length of sender identifiers: `24 bits (MEDIUM)`."""
    return f"{bits} bits ({SIZES[size]})"


def whole(seconds: float) -> int:
    """Seconds that remain or have gone, as shows print them."""
    return max(0, int(seconds))
