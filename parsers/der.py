"""The length of an RSA key, read from its DER bytes.

IOS dumps public keys as a SubjectPublicKeyInfo (RFC 5280 §4.1.2.7). `show crypto gdoi gm pubkey`
stops after 256 bytes, in the midst of a key of 2048 bits. So only the lengths in the encoding are
relied on: they stand in front of the modulus, and tell its size whether its end is there or not.
"""

from __future__ import annotations

_INTEGER = 0x02
_BIT_STRING = 0x03
_OBJECT_ID = 0x06
_SEQUENCE = 0x30
_RSA_ENCRYPTION = bytes.fromhex("2a864886f70d010101")
_MAX_LENGTH_BYTES = 4


def encoded_bytes(der: bytes) -> int | None:
    """Bytes that the DER element at the start of `der` has in full; None when it has no such start.

    More than `len(der)` means that the element was cut.
    """
    try:
        _, end = _header(der, 0, _SEQUENCE)
    except ValueError:
        return None
    return end


def rsa_modulus_bits(der: bytes) -> int | None:
    """Bits of the modulus of the RSA public key in `der` (a SubjectPublicKeyInfo).

    The bytes may end anywhere behind the first of the modulus. None when they end before it, are
    another kind of key, or are not DER.
    """
    try:
        return _modulus_bits(der)
    except ValueError:
        return None


def _modulus_bits(der: bytes) -> int:
    start, info_end = _header(der, 0, _SEQUENCE)
    if len(der) > info_end:
        raise ValueError("bytes behind the key")
    start, algorithm_end = _header(der, start, _SEQUENCE, within=info_end)
    start, end = _header(der, start, _OBJECT_ID, within=algorithm_end)
    if der[start:end] != _RSA_ENCRYPTION:
        raise ValueError("not an RSA key")
    start, end = _header(der, algorithm_end, _BIT_STRING, within=info_end)
    if end != info_end or der[start : start + 1] != b"\0":
        raise ValueError("not a whole number of bytes")
    start, key_end = _header(der, start + 1, _SEQUENCE, within=end)
    if key_end != end:
        raise ValueError("bytes behind the modulus and the exponent")
    start, end = _header(der, start, _INTEGER, within=key_end)
    lead = der[start : min(start + 2, end)]
    if not lead or lead[0] & 0x80:
        raise ValueError("no modulus, or a negative one")
    if lead[0]:
        return 8 * (end - start - 1) + lead[0].bit_length()
    # the zero that keeps the number positive; the byte behind it has its highest bit set
    if len(lead) < 2 or not lead[1] & 0x80:
        raise ValueError("not the shortest form of the modulus")
    return 8 * (end - start - 1)


def _header(der: bytes, at: int, tag: int, *, within: int | None = None) -> tuple[int, int]:
    """Where the content of the element at `at` begins and ends; the end may lie beyond `der`."""
    if len(der) < at + 2 or der[at] != tag:
        raise ValueError(f"no element with tag {tag:#x}")
    start, length = at + 2, der[at + 1]
    if length & 0x80:
        count = length & 0x7F
        if not 1 <= count <= _MAX_LENGTH_BYTES or len(der) < start + count:
            raise ValueError("unusable length")
        length = int.from_bytes(der[start : start + count])
        start += count
    if within is not None and start + length > within:
        raise ValueError("an element is longer than the one around it")
    return start, start + length
