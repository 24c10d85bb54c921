"""What the encryption of a group adds to a packet, and what still fits through a path.

Packets are in tunnel mode with the header kept: a copy of the IP header stands before the ESP
header (RFC 4303), then the initialization vector, the meta data of Cisco (the pseudotime and the
tag), the packet with its padding, two bytes and the check value. All sizes are in bytes.
"""

from collections.abc import Mapping
from types import MappingProxyType

from .policy import Transform

IPV4_HEADER, IPV6_HEADER = 20, 40
ESP_HEADER = 8
TRAILER = 2
"""The length of the padding and the next header."""
TBAR_BYTES = 16
"""The pseudotime: `plaintext mtu 1422` of a group with it is 1438 without (published samples)."""
TAG_BYTES = 8
"""The security group tag (no source; a budget)."""
USUAL_VECTOR, USUAL_BLOCK = 0, 4
COMBINED_CHECK = 16

VECTORS: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        "esp-des": (8, 8),
        "esp-3des": (8, 8),
        "esp-aes": (16, 16),
        "esp-gcm": (8, 4),
        "esp-gmac": (8, 4),
        "esp-seal": (8, 4),
    }
)
"""The initialization vector and the block of each cipher."""
CHECKS: Mapping[str, int] = MappingProxyType(
    {
        "esp-md5-hmac": 12,
        "esp-sha-hmac": 12,
        "esp-sha256-hmac": 16,
        "esp-sha384-hmac": 24,
        "esp-sha512-hmac": 32,
    }
)
"""The check value of each integrity (RFC 2403, 2404, 4868)."""


def encapsulated_size(
    inner: int, transform: Transform, *, tbar: bool = False, sgt: bool = False, ipv6: bool = False
) -> int:
    """The size of a packet of `inner` bytes after encryption."""
    fixed, carried, block = _shape(transform, tbar=tbar, sgt=sgt, ipv6=ipv6)
    padded = inner - carried + TRAILER
    return fixed + padded + -padded % block


def largest_inner(
    path_mtu: int,
    transform: Transform,
    *,
    tbar: bool = False,
    sgt: bool = False,
    ipv6: bool = False,
) -> int:
    """The largest packet that still fits into `path_mtu` after encryption, not below 0."""
    fixed, carried, block = _shape(transform, tbar=tbar, sgt=sgt, ipv6=ipv6)
    room = (path_mtu - fixed) // block * block
    return max(0, room - TRAILER + carried)


def vector_bytes(transform: Transform) -> int:
    """The size of the initialization vector."""
    return VECTORS.get(transform.cipher, (USUAL_VECTOR, USUAL_BLOCK))[0]


def _shape(transform: Transform, *, tbar: bool, sgt: bool, ipv6: bool) -> tuple[int, int, int]:
    """What does not depend on the packet, what of the packet is not encrypted, and the block."""
    vector, block = VECTORS.get(transform.cipher, (USUAL_VECTOR, USUAL_BLOCK))
    check = COMBINED_CHECK if transform.counter_mode else CHECKS.get(transform.integrity, 0)
    header = IPV6_HEADER if ipv6 else IPV4_HEADER
    meta = (TBAR_BYTES if tbar else 0) + (TAG_BYTES if sgt else 0)
    carried = header if transform.mode == "transport" else 0
    return header + ESP_HEADER + vector + meta + check, carried, block
