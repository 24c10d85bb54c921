"""Transform sets as IOS names them in its tables."""

from collections.abc import Mapping
from types import MappingProxyType

from ..gdoi.policy import Transform

INTEGRITY_BYTES: Mapping[str, int] = MappingProxyType(
    {
        "esp-md5-hmac": 16,
        "esp-sha-hmac": 20,
        "esp-sha256-hmac": 32,
        "esp-sha384-hmac": 48,
        "esp-sha512-hmac": 64,
    }
)
"""The key of each integrity (RFC 2403, 2404, 4868)."""
SALT_BYTES = 4
"""What the key of a counter mode has more than its cipher (RFC 4106 §8.1)."""
USUAL_BITS = 128


def transform_text(transform: Transform) -> str:
    """A transform set as IOS names it in its tables: `esp-256-aes esp-sha256-hmac`."""
    words = [transform.cipher]
    if transform.cipher == "esp-aes" and transform.bits > USUAL_BITS:
        words = [f"esp-{transform.bits}-aes"]
    elif transform.counter_mode and transform.bits > USUAL_BITS:
        words.append(str(transform.bits))
    return " ".join((*words, transform.integrity)).rstrip()


def key_bytes(transform: Transform) -> tuple[int, int]:
    """The sizes of the keys that encrypt and that protect integrity, in bytes."""
    salt = SALT_BYTES if transform.counter_mode else 0
    return transform.bits // 8 + salt, INTEGRITY_BYTES.get(transform.integrity, 0)


def algorithm_text(transform: Transform) -> str:
    """Cipher and hash as `show crypto engine connections active` names them: `AES256+SHA256`."""
    name = transform.cipher.removeprefix("esp-").upper()
    sized = transform.bits > USUAL_BITS and transform.cipher in ("esp-aes", "esp-gcm", "esp-gmac")
    cipher = f"{name}{transform.bits}" if sized else name
    hashed = transform.integrity.removeprefix("esp-").removesuffix("-hmac").upper()
    return f"{cipher}+{hashed}" if hashed else cipher
