"""What encryption adds to a packet, and what is left for the packet itself. Sizes are bytes.

GETVPN uses ESP in tunnel mode with a copy of the original addresses outside:

    outer = IP header + ESP header 8 + IV + metadata + inner + padding + trailer 2 + ICV

The padding fills inner packet and trailer up to whole cipher blocks. IV, block and ICV sizes are
those of RFC 2451 (3DES), RFC 3602 (AES-CBC), RFC 4106 (GCM), RFC 4543 (GMAC), RFC 2404 (SHA-1) and
RFC 4868 (SHA-2).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Family = Literal["ipv4", "ipv6"]

IP_HEADER: Final[dict[Family, int]] = {"ipv4": 20, "ipv6": 40}
TCP_HEADER: Final = 20
_ESP_HEADER: Final = 8
_TRAILER: Final = 2

TIME_STAMP: Final = 16
"""What IOS sets aside for time-based replay protection: a member with AES-CBC, SHA-1 and a window
of 5 s prints `plaintext mtu 1422, path mtu 1500`, where 1438 would fit without it."""

SECURITY_TAG: Final = 8
"""What an inline security group tag (`tag cts sgt`) is allowed for; no source gives its size."""

_CIPHERS: Final = {
    "gcm": (8, 4, 16),
    "gmac": (8, 4, 16),
    "aes": (16, 16, 0),
    "3des": (8, 8, 0),
    "des": (8, 8, 0),
    "null": (0, 4, 0),
}
"""IV, block and own ICV. The combined modes stand first: `esp-gcm` may be written with `aes`."""

_HASHES: Final = {"sha512": 32, "sha384": 24, "sha256": 16, "sha": 12, "md5": 12}


@dataclass(frozen=True, slots=True, kw_only=True)
class Encapsulation:
    """A transform as far as packet sizes go, in bytes.

    `metadata` is what stands between IV and packet: time stamp, security group tag.
    """

    iv: int
    block: int
    icv: int
    metadata: int = 0

    def outer(self, inner: int, family: Family = "ipv4") -> int:
        """The size of an encrypted packet, for a packet of `inner` bytes with its header."""
        padding = -(inner + _TRAILER) % self.block
        return self._fixed(family) + inner + padding + _TRAILER

    def added(self, family: Family = "ipv4") -> tuple[int, int]:
        """The least and the most that encryption adds to a packet."""
        least = self._fixed(family) + _TRAILER
        return least, least + self.block - 1

    def largest_inner(self, path_mtu: int, family: Family = "ipv4") -> int:
        """The largest packet that fits into `path_mtu` when it is encrypted; at least 0."""
        room = path_mtu - self._fixed(family)
        return max(room - room % self.block - _TRAILER, 0)

    def _fixed(self, family: Family) -> int:
        return IP_HEADER[family] + _ESP_HEADER + self.iv + self.metadata + self.icv


def encapsulation(transforms: str, *, metadata: int = 0) -> Encapsulation | None:
    """The encapsulation of transforms as a configuration or a show command writes them.

    `esp-aes 256 esp-sha256-hmac` and `esp-256-aes esp-sha256-hmac` are the same. None for
    transforms whose sizes are not known (AH, SEAL).
    """
    words = set(transforms.lower().replace("-", " ").split())
    cipher = next((name for name in _CIPHERS if name in words), None)
    if cipher is None or "ah" in words or "seal" in words:
        return None
    iv, block, icv = _CIPHERS[cipher]
    icv = icv or next((size for name, size in _HASHES.items() if name in words), 0)
    return Encapsulation(iv=iv, block=block, icv=icv, metadata=metadata)


def metadata(*, time_based: bool, tagged: bool) -> int:
    """The bytes of metadata in each packet, for time-based replay protection and tags."""
    return TIME_STAMP * time_based + SECURITY_TAG * tagged


def segment(packet: int, family: Family = "ipv4") -> int:
    """The TCP payload (maximum segment size) of a packet of `packet` bytes without options."""
    return packet - IP_HEADER[family] - TCP_HEADER


WORST: Final = Encapsulation(iv=16, block=16, icv=32, metadata=TIME_STAMP)
"""AES-CBC and SHA-512 with time stamps: what needs the most room, tags left aside."""

BEST: Final = Encapsulation(iv=8, block=8, icv=12)
"""3DES and SHA-1 without time stamps: what needs the least room of all that protects integrity."""
