"""Lengths of encoded RSA keys, and hexadecimal dumps as IOS prints them."""

from __future__ import annotations

from collections.abc import Iterator

from .primes import PUBLIC_EXPONENT

GROUP_BYTES = 4
LINE_BYTES = 8 * GROUP_BYTES
"""A line of a dump has eight groups of eight digits (genieparser samples)."""

_SHORT_LENGTH = 0x80
# SEQUENCE { OBJECT IDENTIFIER rsaEncryption, NULL } of RFC 8017 appendix A.1
_RSA_ALGORITHM_BYTES = 15


def modulus_bytes(bits: int) -> int:
    """Bytes of a modulus and of a signature made with it: the `sig size` of a key server."""
    return (bits + 7) // 8


def public_key_bytes(bits: int, exponent: int = PUBLIC_EXPONENT) -> int:
    """Bytes of the SubjectPublicKeyInfo of an RSA key: the `sig key length` of a key server.

    294 for 2048 bits; a group member shows the same length in bits (genieparser samples).
    """
    numbers = _element(bits // 8 + 1) + _element(exponent.bit_length() // 8 + 1)
    bit_string = _element(1 + _element(numbers))
    return _element(_RSA_ALGORITHM_BYTES + bit_string)


def hex_groups(data: bytes) -> str:
    """`data` as groups of eight capital digits with a blank between."""
    return data.hex(" ", -GROUP_BYTES).upper()


def hex_lines(data: bytes) -> Iterator[str]:
    """The lines of a dump, without what stands before and behind each."""
    for start in range(0, len(data), LINE_BYTES):
        yield hex_groups(data[start : start + LINE_BYTES])


def _element(content_bytes: int) -> int:
    """Bytes of a DER element with so much content: tag, length, content."""
    if content_bytes < _SHORT_LENGTH:
        return 2 + content_bytes
    return 2 + (content_bytes.bit_length() + 7) // 8 + content_bytes
