"""Files of known hosts, as OpenSSH reads and writes them."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from getvpn.errors import HostKeyError, InputError
from getvpn.tasks.ssh import known_hosts
from getvpn.tasks.ssh.host_keys import HostKey
from getvpn.tasks.ssh.known_hosts import KnownHosts, address, place, preferred

from .keys import ed25519, rsa

KEY, OTHER = rsa(1), rsa(2)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home of a user, on a system that knows no keys."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(known_hosts, "SYSTEM_FILES", (str(tmp_path / "system"),))
    (tmp_path / ".ssh").mkdir()
    return tmp_path


@pytest.fixture
def own(home: Path) -> Callable[..., KnownHosts]:
    """What the user knows, given the lines of the file."""

    def read(*lines: str) -> KnownHosts:
        (home / ".ssh/known_hosts").write_text("".join(f"{line}\n" for line in lines))
        return KnownHosts.of()

    return read


def is_known(known: KnownHosts, host: str, port: int = 22, key: HostKey = KEY) -> bool:
    try:
        known.check(host, port, key)
    except HostKeyError:
        return False
    return True


def lines_of(path: Path) -> list[str]:
    return path.read_text("utf-8").splitlines()


# Looking keys up


@pytest.mark.parametrize(
    ("hosts", "host", "port", "expected"),
    [
        ("ks1.example.net", "ks1.example.net", 22, True),
        ("ks1.example.net", "KS1.Example.NET", 22, True),
        ("KS1.example.net", "ks1.example.net", 22, True),
        ("ks1.example.net", "ks1.example.net", 2222, False),
        ("[ks1.example.net]:2222", "ks1.example.net", 2222, True),
        ("[ks1.example.net]:2222", "ks1.example.net", 22, False),
        ("[ks1.example.net]:2222", "ks1.example.net", 2223, False),
        ("ks1,192.0.2.1", "192.0.2.1", 22, True),
        ("ks1,192.0.2.1", "192.0.2.2", 22, False),
        ("2001:db8::1", "2001:DB8::1", 22, True),
        ("[2001:db8::1]:2222", "2001:db8::1", 2222, True),
        ("*.example.net", "ks1.example.net", 22, True),
        ("*.example.net", "example.net", 22, False),
        ("ks?", "ks1", 22, True),
        ("ks?", "ks12", 22, False),
        ("192.0.2.*,!192.0.2.9", "192.0.2.8", 22, True),
        ("192.0.2.*,!192.0.2.9", "192.0.2.9", 22, False),
        ("[192.0.2.*]:2222", "192.0.2.8", 2222, True),
        ("ks1.example.net", "ks1xexample.net", 22, False),
        ("*", "ks1", 2222, True),
    ],
)
def test_names_patterns_and_ports_mean_what_they_mean_to_openssh(
    own: Callable[..., KnownHosts], home: Path, hosts: str, host: str, port: int, expected: bool
) -> None:
    assert is_known(own(f"{hosts} {KEY.text}"), host, port) is expected

    # the oracle takes names as they are written, whereas ssh makes them small before
    name = place(host, port)
    asked = subprocess.run(
        ["ssh-keygen", "-F", name, "-f", home / ".ssh/known_hosts"],
        capture_output=True,
        check=False,
    )
    assert (asked.returncode == 0) is expected


@pytest.mark.parametrize(("host", "port"), [("ks1", 22), ("192.0.2.1", 2222), ("2001:db8::1", 22)])
def test_hashed_names_are_found(
    own: Callable[..., KnownHosts], home: Path, host: str, port: int
) -> None:
    own(f"other {OTHER.text}", f"{place(host, port)} {KEY.text}")
    file = home / ".ssh/known_hosts"
    subprocess.run(["ssh-keygen", "-H", "-f", file], capture_output=True, check=True)
    assert host not in file.read_text()

    known = KnownHosts.of()

    assert is_known(known, host, port)
    assert not is_known(known, host, port + 1)
    assert not is_known(known, "other")


def test_any_of_several_keys_is_the_right_one(own: Callable[..., KnownHosts]) -> None:
    known = own(f"ks1 {KEY.text}", f"ks1 {ed25519().text}")

    assert is_known(known, "ks1", key=ed25519())
    assert is_known(known, "ks1", key=KEY)
    assert known.kinds("ks1", 22) == ("ssh-rsa", "ssh-ed25519")


def test_a_key_that_is_not_known_is_told_with_its_fingerprint_and_what_to_do(
    own: Callable[..., KnownHosts],
) -> None:
    with pytest.raises(HostKeyError) as caught:
        own().check("192.0.2.1", 2222, KEY)

    assert str(caught.value) == (
        f"the host key of 192.0.2.1:2222 is not known: RSA {KEY.fingerprint}; compare it with the "
        "device's own, then 'getvpn trust 192.0.2.1:2222'"
    )


def test_a_changed_key_is_told_with_both_fingerprints_and_the_line(
    own: Callable[..., KnownHosts], home: Path
) -> None:
    with pytest.raises(HostKeyError) as caught:
        own("# mine", f"ks1 {OTHER.text}").check("ks1", 22, KEY)

    said = str(caught.value)
    assert KEY.fingerprint in said
    assert f"{home}/.ssh/known_hosts:2 has RSA {OTHER.fingerprint}" in said
    assert "'getvpn trust --replace ks1'" in said


def test_a_key_of_another_kind_is_a_changed_key(own: Callable[..., KnownHosts]) -> None:
    with pytest.raises(HostKeyError, match=r"is ED25519 SHA256:\S+, but .* has RSA SHA256:"):
        own(f"ks1 {KEY.text}").check("ks1", 22, ed25519())


def test_a_revoked_key_is_refused_however_well_it_is_known(
    own: Callable[..., KnownHosts],
) -> None:
    known = own(f"ks1 {KEY.text}", f"@revoked * {KEY.text}", f"ks2 {OTHER.text}")

    with pytest.raises(HostKeyError, match=r"is revoked by .*known_hosts:2"):
        known.check("ks1", 22, KEY)
    assert is_known(known, "ks2", key=OTHER)
    assert known.kinds("ks3", 22) == ()


def test_the_key_of_an_authority_is_no_key_of_a_device(own: Callable[..., KnownHosts]) -> None:
    assert not is_known(own(f"@cert-authority * {KEY.text}"), "ks1")


@pytest.mark.parametrize(
    "line",
    [
        "",
        "# ks1 is a comment",
        "ks1",
        "ks1 ssh-rsa",
        "ks1 ssh-rsa !!!",
        "ks1 ssh-rsa AAA",
        "@revoked ks1",
        "@other ks1 ssh-rsa AAAA",
        "|1|x|y ssh-rsa AAAA",
        "|1| ssh-rsa AAAA",
        f"ks1 {'9' * 4000}",
    ],
)
def test_what_is_no_line_of_known_hosts_says_nothing(
    own: Callable[..., KnownHosts], line: str
) -> None:
    known = own(line, f"ks1 {KEY.text} a comment of several words")

    assert is_known(known, "ks1")
    assert not is_known(known, "ks1", key=OTHER)


def test_bytes_that_are_no_text_do_not_hide_the_other_lines(home: Path) -> None:
    (home / ".ssh/known_hosts").write_bytes(b"\xff\xfe\0 x y\n" + f"ks1 {KEY.text}\n".encode())

    assert is_known(KnownHosts.of(), "ks1")


def test_files_of_system_and_user_are_read_beside_the_one_that_is_named(
    own: Callable[..., KnownHosts], home: Path
) -> None:
    own(f"ks2 {KEY.text}")
    (home / "system").write_text(f"ks3 {KEY.text}\n")
    named = home / "named"
    named.write_text(f"ks1 {KEY.text}\n")

    assert [is_known(KnownHosts.of(named), host) for host in ("ks1", "ks2", "ks3")] == [True] * 3
    assert [is_known(KnownHosts.of(), host) for host in ("ks1", "ks2", "ks3")] == [
        False,
        True,
        True,
    ]


def test_a_file_that_changes_is_read_again(own: Callable[..., KnownHosts]) -> None:
    assert not is_known(own(f"ks1 {OTHER.text}"), "ks1")
    assert is_known(own(f"ks1 {KEY.text}", "# longer"), "ks1")


def test_a_file_that_cannot_be_read_is_an_error(home: Path) -> None:
    (home / ".ssh/known_hosts").mkdir()

    with pytest.raises(InputError, match=r"\.ssh/known_hosts: cannot be read: Is a directory"):
        KnownHosts.of()


# Recording keys


def test_a_new_key_makes_folder_and_file_for_nobody_else(home: Path) -> None:
    file = home / "deep/known_hosts"

    KnownHosts.of(file).record("192.0.2.1", 2222, KEY)

    assert lines_of(file) == [f"[192.0.2.1]:2222 {KEY.text}"]
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert is_known(KnownHosts.of(file), "192.0.2.1", 2222)


def test_openssh_finds_what_is_recorded(home: Path) -> None:
    file = home / "known_hosts"
    for host, port in (("KS1", 22), ("192.0.2.1", 2222), ("2001:DB8::1", 2222)):
        KnownHosts.of(file).record(host, port, KEY)
        done = subprocess.run(
            ["ssh-keygen", "-F", place(host, port), "-f", file], capture_output=True, check=False
        )
        assert done.returncode == 0


def test_recording_twice_leaves_one_line(own: Callable[..., KnownHosts], home: Path) -> None:
    own().record("ks1", 22, KEY)
    KnownHosts.of().record("ks1", 22, KEY)

    assert lines_of(home / ".ssh/known_hosts") == [f"ks1 {KEY.text}"]


def test_another_key_takes_the_place_of_those_before_and_leaves_all_else(
    own: Callable[..., KnownHosts], home: Path
) -> None:
    kept = ["# mine", f"ks2 {OTHER.text} of ks2", f"@revoked * {ed25519(7).text}", "no line", ""]
    own(*kept, f"KS1 {OTHER.text}", f"ks1,192.0.2.1 {ed25519().text} both")

    KnownHosts.of().record("ks1", 22, KEY)

    file = home / ".ssh/known_hosts"
    assert lines_of(file) == [
        *kept[:4],
        f"192.0.2.1 {ed25519().text} both",
        f"ks1 {KEY.text}",
    ]
    assert is_known(KnownHosts.of(), "192.0.2.1", key=ed25519())
    assert not is_known(KnownHosts.of(), "ks1", key=OTHER)


def test_a_hashed_line_with_another_key_is_replaced(
    own: Callable[..., KnownHosts], home: Path
) -> None:
    own(f"ks1 {OTHER.text}", f"ks2 {OTHER.text}")
    file = home / ".ssh/known_hosts"
    subprocess.run(["ssh-keygen", "-H", "-f", file], capture_output=True, check=True)

    KnownHosts.of().record("ks1", 22, KEY)

    assert not is_known(KnownHosts.of(), "ks1", key=OTHER)
    assert is_known(KnownHosts.of(), "ks2", key=OTHER)
    assert len(lines_of(file)) == 2


def test_a_pattern_with_another_key_is_for_people_to_take_away(
    own: Callable[..., KnownHosts], home: Path
) -> None:
    known = own(f"192.0.2.* {OTHER.text}")

    with pytest.raises(InputError, match="take that line of known_hosts away yourself"):
        known.record("192.0.2.1", 22, KEY)
    assert lines_of(home / ".ssh/known_hosts") == [f"192.0.2.* {OTHER.text}"]


def test_another_key_in_a_file_of_the_system_is_for_people_to_take_away(
    own: Callable[..., KnownHosts], home: Path
) -> None:
    (home / "system").write_text(f"ks1 {OTHER.text}\n")

    with pytest.raises(InputError, match="system:1: the other key of ks1 stands in another file"):
        own().record("ks1", 22, KEY)


def test_a_file_that_is_no_text_is_not_written(home: Path) -> None:
    file = home / ".ssh/known_hosts"
    file.write_bytes(b"\xff\n")

    with pytest.raises(InputError, match="no UTF-8"):
        KnownHosts.of().record("ks1", 22, KEY)
    assert file.read_bytes() == b"\xff\n"


def test_a_link_stays_a_link(home: Path) -> None:
    (home / ".ssh/known_hosts").symlink_to(home / "kept/known_hosts")
    (home / "kept").mkdir()

    KnownHosts.of().record("ks1", 22, KEY)

    assert (home / ".ssh/known_hosts").is_symlink()
    assert lines_of(home / "kept/known_hosts") == [f"ks1 {KEY.text}"]


names = st.text("ab12.*?!", min_size=1, max_size=5)


@settings(max_examples=40)
@given(st.lists(st.tuples(st.lists(names, min_size=1, max_size=3), st.integers(1, 3)), max_size=4))
def test_what_is_recorded_is_known_and_nobody_else_s_key_changes(
    tmp_path_factory: pytest.TempPathFactory, lines: list[tuple[list[str], int]]
) -> None:
    home = tmp_path_factory.mktemp("known")
    file = home / ".ssh/known_hosts"
    file.parent.mkdir()
    file.write_text("".join(f"{','.join(hosts)} {rsa(key).text}\n" for hosts, key in lines))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(home))
        patch.setattr(known_hosts, "SYSTEM_FILES", ())
        _check_recording()


def _check_recording() -> None:
    known = KnownHosts.of()
    others = ("b2", "a", "ab", "12")
    before = {host: known.entries(host, 22) for host in others}

    try:
        known.record("a1", 22, KEY)
    except InputError:
        return
    after = KnownHosts.of()
    assert is_known(after, "a1")
    assert not is_known(after, "a1", key=rsa(2))
    for host in others:
        assert [each.key for each in after.entries(host, 22)] == [each.key for each in before[host]]


# Names of servers, kinds of keys


@pytest.mark.parametrize(
    ("host", "port", "shown"),
    [
        ("ks1", 22, "ks1"),
        ("ks1", 2222, "ks1:2222"),
        ("2001:db8::1", 22, "2001:db8::1"),
        ("2001:db8::1", 2222, "[2001:db8::1]:2222"),
    ],
)
def test_people_write_a_server_in_this_way(host: str, port: int, shown: str) -> None:
    assert address(host, port) == shown


def test_algorithms_for_the_kinds_that_are_known_come_first() -> None:
    offered = ["ssh-ed25519", "ecdsa-sha2-nistp256", "rsa-sha2-512", "rsa-sha2-256"]

    assert preferred(offered, ["ssh-rsa"]) == [
        *("rsa-sha2-512", "rsa-sha2-256"),
        *("ssh-ed25519", "ecdsa-sha2-nistp256"),
    ]
    assert preferred(offered, ["ecdsa-sha2-nistp256"])[0] == "ecdsa-sha2-nistp256"
    assert preferred(offered, ["ssh-dss"]) == offered
    assert preferred(offered, []) == offered


def test_the_home_that_is_meant_is_the_user_s(home: Path) -> None:
    assert KnownHosts.of().file == home / ".ssh/known_hosts"
