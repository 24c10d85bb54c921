import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from getvpn.parsers.der import encoded_bytes, rsa_modulus_bits

MODULUS_AT = 30
"""Bytes of the DER form that end with the first of a 1024-bit modulus (behind its zero)."""


def _spki(key: PublicKeyTypes) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _rsa(bits: int, *, exponent: int = 65537) -> bytes:
    """A public key of exactly `bits` bits; that the modulus has no factors does not matter here."""
    return _spki(rsa.RSAPublicNumbers(exponent, (1 << (bits - 1)) | 1).public_key())


@pytest.mark.parametrize("bits", [1024, 1536, 2048, 2176, 3072, 4096])
def test_the_bits_of_the_modulus_are_read(bits: int) -> None:
    assert rsa_modulus_bits(_rsa(bits)) == bits


@given(st.integers(min_value=1024, max_value=4200), st.sampled_from((3, 17, 65537)))
def test_any_modulus_length_and_exponent_is_read_exactly(bits: int, exponent: int) -> None:
    assert rsa_modulus_bits(_rsa(bits, exponent=exponent)) == bits


def test_der_lengths_are_those_of_the_reference() -> None:
    lengths = {bits: len(_rsa(bits)) for bits in (1024, 2048, 3072, 4096)}

    assert lengths == {1024: 162, 2048: 294, 3072: 422, 4096: 550}


def test_keys_of_other_kinds_have_no_modulus() -> None:
    elliptic = ec.derive_private_key(7, ec.SECP256R1()).public_key()
    edwards = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(32))).public_key()

    assert rsa_modulus_bits(_spki(elliptic)) is None
    assert rsa_modulus_bits(_spki(edwards)) is None


def test_a_key_that_is_cut_before_its_modulus_has_no_bits() -> None:
    whole = _rsa(1024)

    assert {rsa_modulus_bits(whole[:length]) for length in range(MODULUS_AT)} == {None}


@pytest.mark.parametrize("bits", [1024, 2048, 4096])
def test_a_key_that_is_cut_in_its_modulus_keeps_its_bits(bits: int) -> None:
    whole = _rsa(bits)

    assert rsa_modulus_bits(whole[: len(whole) // 2]) == bits


def test_the_whole_length_is_known_of_a_key_that_is_cut() -> None:
    whole = _rsa(2048)

    assert encoded_bytes(whole) == encoded_bytes(whole[:256]) == len(whole)
    assert encoded_bytes(b"") is None
    assert encoded_bytes(b"\x04\x01\x00") is None


def test_bytes_behind_the_key_are_not_accepted() -> None:
    assert rsa_modulus_bits(_rsa(1024) + b"\0") is None


def test_an_indefinite_or_huge_length_is_not_accepted() -> None:
    assert rsa_modulus_bits(b"\x30\x80" + bytes(20)) is None
    assert rsa_modulus_bits(b"\x30\x88" + b"\xff" * 8 + bytes(20)) is None


@given(st.binary(max_size=400))
def test_garbage_is_answered_with_none(garbage: bytes) -> None:
    assert rsa_modulus_bits(garbage) is None


@given(st.integers(min_value=0, max_value=161), st.integers(min_value=0, max_value=255))
def test_a_changed_byte_never_raises(position: int, value: int) -> None:
    changed = bytearray(_rsa(1024))
    changed[position] = value

    bits = rsa_modulus_bits(bytes(changed))

    assert bits is None or 0 < bits <= 1032
