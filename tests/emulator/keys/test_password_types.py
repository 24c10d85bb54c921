import hashlib
import hmac
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from getvpn.emulator.keys import (
    HASH_TYPES,
    BadSecretError,
    PasswordChecker,
    decode_type7,
    encode_type7,
    hash_password,
    verify_password,
    well_formed,
)
from getvpn.emulator.keys.passwords import MAX_PASSWORD_CHARS, md5_crypt

from .seeds import seeded

# the examples that hashcat publishes for its modes 500, 5700, 9200 and 9300, and texts from the web
KNOWN = [
    (0, "cisco", "cisco"),
    (4, "2btjjy78REtmYkkW0csHUbJZOstRXoWdX1mGrmmfeHI", "hashcat"),
    (5, "$1$28772684$iEwNOgGugqO9.bIz5sk8k/", "hashcat"),
    (5, "$1$mERr$hx5rVt7rPNoS4wqbXKX7m0", "cisco"),
    (7, "02050D480809", "cisco"),
    (7, "094F471A1A0A", "cisco"),
    (7, "094f471a1a0a", "cisco"),
    (8, "$8$TnGX/fE4KGHOVU$pEhnEvxrvaynpi8j4f.EMHr6M.FzU8xnZnBr/tJdFWk", "hashcat"),
    (9, "$9$2MJBozw/9R3UsU$2lFhcKvpghcyw8deP25GOfyZaagyUOGBymkryvOdfo6", "hashcat"),
]

TYPES = [0, 5, 7, 8, 9]


@pytest.mark.parametrize(("secret_type", "stored", "password"), KNOWN)
def test_published_secrets_are_verified(secret_type: int, stored: str, password: str) -> None:
    assert well_formed(secret_type, stored)
    assert verify_password(secret_type, stored, password)
    assert not verify_password(secret_type, stored, password + "x")
    assert not verify_password(secret_type, stored, "")


@pytest.mark.parametrize("secret_type", TYPES)
def test_what_is_hashed_is_verified(secret_type: int) -> None:
    stored = hash_password(secret_type, "Grüße 1", seeded(1))
    assert well_formed(secret_type, stored)
    assert verify_password(secret_type, stored, "Grüße 1")
    assert not verify_password(secret_type, stored, "Grüße 2")


@pytest.mark.parametrize("secret_type", [5, 8, 9])
def test_the_salt_comes_from_the_random_source(secret_type: int) -> None:
    first, again, other = (hash_password(secret_type, "cisco", seeded(n)) for n in (1, 1, 2))
    assert first == again != other


@pytest.mark.parametrize(("secret_type", "salt_chars"), [(5, 4), (8, 14), (9, 14)])
def test_salts_have_the_length_that_ios_gives_them(secret_type: int, salt_chars: int) -> None:
    _, mark, salt, digest = hash_password(secret_type, "cisco", seeded(3)).split("$")
    assert mark == {5: "1", 8: "8", 9: "9"}[secret_type]
    assert len(salt) == salt_chars
    assert len(digest) == (22 if secret_type == 5 else 43)


def test_types_that_no_router_writes_are_not_made() -> None:
    for secret_type in (1, 4, 6, 10):
        with pytest.raises(BadSecretError):
            hash_password(secret_type, "cisco", seeded(1))


@pytest.mark.parametrize(
    ("secret_type", "stored"),
    [
        (0, ""),
        (4, "2btjjy78REtmYkkW0csHUbJZOstRXoWdX1mGrmmfeH"),
        (5, "cisco"),
        (5, "$1$mERr"),
        (5, "$1$$hx5rVt7rPNoS4wqbXKX7m0"),
        (5, "$1$mERr$hx5rVt7rPNoS4wqbXKX7m"),
        (5, "$1$mERrmERrm$hx5rVt7rPNoS4wqbXKX7m0"),
        (5, "$1$mERr$hx5rVt7rPNoS4wqbXKX7m0$"),
        (7, "0"),
        (7, "02050D48080"),
        (7, "99050D480809"),
        (7, "0205 0D480809"),
        (7, "0205zz"),
        (7, "02" + "00" * 10_000),
        (8, "$9$2MJBozw/9R3UsU$2lFhcKvpghcyw8deP25GOfyZaagyUOGBymkryvOdfo6"),
        (9, "$9$2MJBozw/9R3UsU$2lFhcKvpghcyw8deP25GOfyZaagyUOGBymkryvOdfo"),
        (9, "$9$2MJBozw/9R3Us$2lFhcKvpghcyw8deP25GOfyZaagyUOGBymkryvOdfo6"),
        (9, "$9$2MJBozw/9R3U+U$2lFhcKvpghcyw8deP25GOfyZaagyUOGBymkryvOdfo6"),
        (6, "ABCDEF"),
    ],
)
def test_a_malformed_secret_is_known_as_such_and_opens_nothing(
    secret_type: int, stored: str
) -> None:
    assert not well_formed(secret_type, stored)
    assert not verify_password(secret_type, stored, "cisco")


def test_an_endless_password_is_not_hashed() -> None:
    long = "x" * (MAX_PASSWORD_CHARS + 1)
    assert not verify_password(5, md5_crypt(long, "mERr"), long)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60), st.integers(0, 2**32))
def test_type_7_is_turned_back(password: str, seed: int) -> None:
    assert decode_type7(encode_type7(password, seeded(seed))) == password


def test_type_7_starts_at_one_of_sixteen_places() -> None:
    texts = {encode_type7("cisco", seeded(seed)) for seed in range(300)}
    assert {text[:2] for text in texts} == {f"{place:02d}" for place in range(16)}
    assert "02050D480809" in texts
    assert "14141B180F0B" in texts


@given(st.text(max_size=200))
def test_any_text_is_a_type_7_password_or_refused(text: str) -> None:
    try:
        decode_type7(text)
    except BadSecretError:
        assert not well_formed(7, text)


@given(st.text(st.characters(codec="ascii"), min_size=1, max_size=70))
@settings(max_examples=25)
def test_types_8_and_9_are_standard_functions_in_another_alphabet(password: str) -> None:
    for secret_type in (8, 9):
        _, _, salt, digest = hash_password(secret_type, password, seeded(5)).split("$")
        if secret_type == 8:
            raw = hashlib.pbkdf2_hmac("sha256", password.encode(), salt.encode(), 20_000)
        else:
            raw = hashlib.scrypt(
                password.encode(), salt=salt.encode(), n=16_384, r=1, p=1, dklen=32
            )
        assert hmac.compare_digest(_decoded(digest), raw)


# -- remembering


@pytest.fixture
def checker() -> PasswordChecker:
    return PasswordChecker(seeded(6), capacity=2)


@pytest.mark.parametrize(("secret_type", "stored", "password"), KNOWN)
def test_a_checker_says_the_same_however_often_it_is_asked(
    checker: PasswordChecker, secret_type: int, stored: str, password: str
) -> None:
    for _ in range(3):
        assert checker.verify(secret_type, stored, password)
        assert not checker.verify(secret_type, stored, password + "x")
        assert not checker.verify(secret_type, stored + "x", password)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the slow functions that were called since."""
    called: list[str] = []

    def noting(name: str, real: Callable[..., bytes]) -> Callable[..., bytes]:
        def function(*values: Any, **options: Any) -> bytes:
            called.append(name)
            return real(*values, **options)

        return function

    for name in ("pbkdf2_hmac", "scrypt"):
        monkeypatch.setattr(hashlib, name, noting(name, getattr(hashlib, name)))
    return called


def test_fifty_logins_with_one_password_cost_one_hash(
    checker: PasswordChecker, slow: list[str]
) -> None:
    stored = hash_password(9, "cisco", seeded(1))
    slow.clear()
    assert all(checker.verify(9, stored, "cisco") for _ in range(50))
    assert slow == ["scrypt"]
    assert verify_password(9, stored, "cisco")
    assert slow == ["scrypt"] * 2


@pytest.mark.parametrize("secret_type", [8, 9])
def test_a_process_makes_a_slow_hash_once(secret_type: int, slow: list[str]) -> None:
    first = hash_password(secret_type, "made once", seeded(41))
    assert len(slow) <= 1
    slow.clear()
    assert {hash_password(secret_type, "made once", seeded(41)) for _ in range(20)} == {first}
    assert not slow
    others = [("made once", 42), ("another", 41)]
    assert first not in [hash_password(secret_type, word, seeded(seed)) for word, seed in others]


def test_only_so_many_passwords_are_remembered_and_the_last_used_stay(
    checker: PasswordChecker,
) -> None:
    secrets = [hash_password(5, f"pw{number}", seeded(number)) for number in range(3)]
    for number in (0, 1, 0, 2):
        assert checker.verify(5, secrets[number], f"pw{number}")
    assert len(checker._right) == 2
    assert checker._token(5, secrets[0], "pw0") in checker._right
    assert checker._token(5, secrets[1], "pw1") not in checker._right


def test_neither_failures_nor_passwords_are_kept(checker: PasswordChecker) -> None:
    stored = hash_password(5, "right", seeded(1))
    checker.verify(5, stored, "wrong")
    assert not checker._right
    checker.verify(5, stored, "right")
    assert not [token for token in checker._right if b"right" in token]


def test_a_secret_of_one_type_says_nothing_of_another(checker: PasswordChecker) -> None:
    stored = hash_password(5, "right", seeded(1))
    assert checker.verify(5, stored, "right")
    assert not [kind for kind in HASH_TYPES if kind != 5 and checker.verify(kind, stored, "right")]


def test_a_password_of_any_characters_can_be_asked_for(checker: PasswordChecker) -> None:
    for kind, stored, _ in KNOWN:
        assert not checker.verify(kind, stored, "\udcff\0\n")
        assert not checker.verify(kind, stored, "x" * 100_000)


def _decoded(text: str) -> bytes:
    alphabet = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    bits = "".join(f"{alphabet.index(char):06b}" for char in text)
    return bytes(int(bits[place : place + 8], 2) for place in range(0, 256, 8))
