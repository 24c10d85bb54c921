from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from getvpn.emulator.keys.errors import BadSecretError
from getvpn.emulator.keys.type6 import decrypt_type6, encrypt_type6, looks_like_type6


def _random(seed: int = 1) -> Random:
    return Random(seed)  # noqa: S311 - reproducible


PASSWORDS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=127)


@given(PASSWORDS, st.integers())
def test_what_is_encrypted_comes_back(password: str, seed: int) -> None:
    text = encrypt_type6(password, "a master key", _random(seed))
    assert decrypt_type6(text, "a master key") == password
    assert looks_like_type6(text)


def test_a_text_is_as_long_as_those_of_ios() -> None:
    # a published sample: 13 characters give 33
    assert len(encrypt_type6("ciscoadmin123", "MyS3cretkey", _random())) == 33


def test_another_master_key_does_not_fit() -> None:
    text = encrypt_type6("secret", "a master key", _random())
    with pytest.raises(BadSecretError):
        decrypt_type6(text, "another key")


@pytest.mark.parametrize(
    "text", ["", "A", "AAA", "AAAAAA", "iiiiiiiiiiiiiii", "0" * 30, "A" * 9000]
)
def test_other_texts_are_no_passwords(text: str) -> None:
    assert not looks_like_type6(text)
    with pytest.raises(BadSecretError):
        decrypt_type6(text, "a master key")


def test_the_same_password_twice_gives_two_texts() -> None:
    random = _random()
    assert encrypt_type6("secret", "a key", random) != encrypt_type6("secret", "a key", random)
