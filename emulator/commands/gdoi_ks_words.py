"""How the shows of key servers word policies, beside what those of members say too.

The words are those of published outputs of IOS 12.4 to 15.4 and IOS-XE 16 and 17.
"""

from collections.abc import Mapping
from types import MappingProxyType

from ..gdoi.member.state import Direction
from ..gdoi.policy import Protocol, Replay, ReplayKind, ServerPolicy
from .gdoi_gm_words import DIRECTIONS

TYPES: Mapping[Protocol, str] = MappingProxyType(
    {Protocol.GDOI: "GDOI (ISAKMP)", Protocol.GIKEV2: "G-IKEv2 (IKEv2)"}
)
CIPHERS: Mapping[str, str] = MappingProxyType({"des": "DES", "3des": "3DES", "aes": "AES"})
ENCAPSULATIONS: Mapping[str, str] = MappingProxyType(
    {"tunnel": "ENCAPS_TUNNEL", "transport": "ENCAPS_TRANSPORT"}
)
METHODS: Mapping[ReplayKind, str] = MappingProxyType(
    {
        ReplayKind.TIME: "Time Based",
        ReplayKind.COUNTER: "Count Based",
        ReplayKind.OFF: "Disabled",
    }
)
"""Checks for replays as key servers name them; the last is from memory."""
SID_SIZES = {24: "MEDIUM", 32: "LARGE"}
ALIVE = "Alive"
"""What a key server thinks of itself."""
NO_ADDRESS = "0.0.0.0"  # noqa: S104 - an address in a table


def enabled(*, on: bool) -> str:
    """Whether something is on."""
    return "Enabled" if on else "Disabled"


def group_type(policy: ServerPolicy) -> str:
    """How members of a group register; GDOI where both ways are open."""
    return TYPES[Protocol.GDOI if policy.gdoi or not policy.ikev2_profile else Protocol.GIKEV2]


def acknowledgement(policy: ServerPolicy) -> str:
    """The kind of acknowledgement that a key server takes."""
    return policy.rekey.acknowledgement.capitalize()


def direction(policy: ServerPolicy) -> str:
    """In which directions members protect what they send and receive."""
    return DIRECTIONS[Direction.INBOUND_ONLY if policy.receive_only else Direction.BOTH]


def replay_method(replay: Replay) -> str:
    """The check for replays."""
    return METHODS[replay.kind]


def replay_window(replay: Replay) -> int:
    """The window of the check for replays; 0 without one."""
    return 0 if replay.kind is ReplayKind.OFF else replay.window


def size_words(bits: int) -> str:
    """The length of sender identifiers: `24 bits (MEDIUM)` (sizes: Suite B guide)."""
    return f"{bits} bits ({SID_SIZES.get(bits, 'SMALL')})"


def whole(seconds: float) -> int:
    """Seconds that remain or have gone, as shows print them."""
    return max(0, int(seconds))


def narrow_pair(left: str, value: object, right: str, other: object, width: int = 10) -> str:
    """Two values of a KEK in the columns of IOS 15, where blanks stand behind the second too."""
    return f"    {left:<19}: {value!s:<12}{right:<18}: {other!s:<{width}}"


def wide_pair(left: str, value: object, right: str, other: object, width: int = 0) -> str:
    """Two values of a key in the columns of IOS-XE."""
    return f"    {left:<19}: {value!s:<14}{right:<22}: {other!s:<{width}}"
