import subprocess
from pathlib import Path

import pytest

from getvpn.tasks.ssh.host_keys import HostKey

from .keys import ed25519, rsa

P256 = HostKey(kind="ecdsa-sha2-nistp256", blob=b"")
P521 = HostKey(kind="ecdsa-sha2-nistp521", blob=b"")


@pytest.mark.parametrize("key", [rsa(7), ed25519(9), ed25519(200)], ids=str)
def test_a_key_is_shown_as_openssh_shows_it(key: HostKey, tmp_path: Path) -> None:
    path = tmp_path / "known_hosts"
    path.write_text(f"r1 {key.text}\n")
    shown = subprocess.run(
        ["ssh-keygen", "-lvf", path], capture_output=True, text=True, check=True
    ).stdout

    first, _, picture = shown.partition("\n")
    assert first == f"{key.bits} {key.fingerprint} r1 ({key.family})"
    assert picture.strip() == key.art()


def test_the_length_of_a_key_follows_from_it() -> None:
    keys = (rsa(bits=1024), rsa(bits=4096), ed25519(), P256, P521)
    assert [key.bits for key in keys] == [1024, 4096, 256, 256, 521]


@pytest.mark.parametrize(
    "blob", [b"", b"\0\0\0\7ssh-rsa", b"\xff\xff\xff\xff", b"\0\0\0\1x\0\0\0\1y\0\0\0\x09z"]
)
def test_a_key_that_is_cut_has_no_length_and_a_fingerprint_all_the_same(blob: bytes) -> None:
    key = HostKey(kind="ssh-rsa", blob=blob)

    assert key.bits == 0
    assert key.fingerprint.startswith("SHA256:")


def test_a_key_of_an_unknown_kind_is_called_by_its_kind() -> None:
    assert str(HostKey(kind="ssh-new", blob=b"x")).startswith("ssh-new SHA256:")
