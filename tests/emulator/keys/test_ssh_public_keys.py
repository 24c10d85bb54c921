import hashlib
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from getvpn.emulator.keys import (
    BadKeyStringError,
    KeyStore,
    SeededKeyMaker,
    SshPublicKey,
    read_blob,
    read_key_hash,
    read_key_string,
    secsh_lines,
    ssh_public_key,
)
from getvpn.emulator.keys.ssh_keys import MAX_KEY_CHARS, USER_KEY_TYPES

from .seeds import seeded

# of RFC 8032 §7.1 test 1, in the encoding of RFC 8709 §4
ED25519_TEXT = (
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea comment"
)


_MAKER = SeededKeyMaker(seeded(8))

KEYS = {
    "ssh-rsa": _MAKER.rsa(1024),
    "ecdsa-sha2-nistp256": _MAKER.ec(256),
    "ecdsa-sha2-nistp384": _MAKER.ec(384),
    "ecdsa-sha2-nistp521": _MAKER.ec(521),
    "ssh-ed25519": _MAKER.ed25519(),
}


@pytest.mark.parametrize("key_type", KEYS)
def test_the_key_of_a_pair_is_read_back_from_its_text(key_type: str) -> None:
    public = ssh_public_key(KEYS[key_type])
    assert public.key_type == key_type
    assert read_blob(public.blob) == public
    assert read_key_string([public.text]) == public


def test_every_type_that_ios_takes_is_read() -> None:
    assert tuple(KEYS) == USER_KEY_TYPES


@pytest.mark.parametrize(
    "typed",
    [
        lambda words: [" ".join(words)],
        lambda words: [" ".join(words[:2])],
        lambda words: [words[1]],
        lambda words: [words[1] + " me@example.net"],
        lambda words: [words[1][start : start + 20] for start in range(0, len(words[1]), 20)],
        lambda words: [f"  {words[0]} {words[1][:30]}\r\n", f"{words[1][30:]} me and you \n", ""],
    ],
    ids=["whole", "no comment", "no type", "comment only", "cut in lines", "blanks and ends"],
)
def test_a_key_is_read_however_it_was_pasted(typed: Callable[[list[str]], list[str]]) -> None:
    key = read_key_string(typed(ED25519_TEXT.split()))
    assert key.key_type == "ssh-ed25519"
    assert key.blob.hex().endswith(
        "0020d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    )


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [""],
        ["ssh-rsa"],
        ["not base64!"],
        ["AAAA"],
        ["AAAAC3NzaC1lZDI1NTE5AAAAINdamAGC"],
        [b64encode(b"\0\0\0\7ssh-dss").decode()],
        [b64encode(b"\xff\xff\xff\xffssh-rsa").decode()],
        ["A" * 100] * 1_000,
    ],
)
def test_what_is_no_key_is_refused(lines: list[str]) -> None:
    with pytest.raises(BadKeyStringError):
        read_key_string(lines)


def test_a_key_string_without_end_is_refused_early() -> None:
    seen = 0

    def endless() -> Iterator[str]:
        nonlocal seen
        while True:
            seen += 1
            yield "A" * 1_000

    with pytest.raises(BadKeyStringError):
        read_key_string(endless())
    assert seen <= MAX_KEY_CHARS // 1_000 + 1


def test_the_fingerprints_are_those_of_the_encoding() -> None:
    key = read_key_string([ED25519_TEXT])
    assert key.md5 == hashlib.md5(key.blob, usedforsecurity=False).hexdigest().upper()
    digest = b64encode(hashlib.sha256(key.blob).digest()).decode().rstrip("=")
    assert key.sha256 == f"SHA256:{digest}"


def test_a_key_hash_has_32_digits() -> None:
    assert read_key_hash("5d24ea1d261c1836e437f4e67e2cebeb") == "5D24EA1D261C1836E437F4E67E2CEBEB"
    for wrong in (
        "",
        "5D24",
        "5D24EA1D261C1836E437F4E67E2CEBEX",
        "5D 24EA1D261C1836E437F4E67E2CEBE",
    ):
        with pytest.raises(BadKeyStringError):
            read_key_hash(wrong)


def test_the_host_key_is_shown_in_lines_of_80_columns(store: KeyStore, now: float) -> None:
    (pair,) = store.generate_rsa("KS1.example.net", 1024, now=now)
    title, size, *lines = secsh_lines(pair)
    assert title == "IOS Keys in SECSH format(ssh-rsa, base64 encoded): KS1.example.net"
    assert size == "Modulus Size : 1024 bits"
    assert {len(line) for line in lines[:-1]} == {80}
    assert read_key_string(lines) == ssh_public_key(pair.material)
    (pair,) = store.generate_ec("KS1.example.net", 256, now=now)
    assert secsh_lines(pair)[:2] == [
        "IOS Keys in SECSH format(ecdsa-sha2-nistp256, base64 encoded): KS1.example.net",
        "Key Size : 256 bits",
    ]


def test_older_and_newest_releases_differ_around_the_host_key(store: KeyStore, now: float) -> None:
    (pair,) = store.generate_rsa("a", 512, now=now)
    full = secsh_lines(pair)
    assert secsh_lines(pair, states_size=False) == [full[0], *full[2:]]
    padded = secsh_lines(pair, padded=True)
    assert len(padded[-1]) == 80
    assert padded[-1].rstrip() == full[-1]


@given(st.binary(max_size=100))
def test_any_bytes_are_a_key_or_refused(blob: bytes) -> None:
    with suppress(BadKeyStringError):
        assert isinstance(read_blob(blob), SshPublicKey)
