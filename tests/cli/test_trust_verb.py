"""Host keys from the command line, of routers that answer over SSH."""

import sys
from base64 import b64decode
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest

from getvpn.cli.main import run
from getvpn.emulator.lab.background import BackgroundLab
from getvpn.tasks.ssh import known_hosts
from getvpn.tasks.ssh.host_keys import HostKey

from ..fleets import LabFleet
from ..tasks.ssh.keys import rsa

Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabFleet]:
    lab = BackgroundLab({"host_keys": {"type": "ed25519"}, "devices": {"R1": {}, "R2": {}}})
    with lab:
        yield LabFleet.of(lab, tmp_path_factory.mktemp("fleet"))


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user who knows nobody yet."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(known_hosts, "SYSTEM_FILES", ())
    monkeypatch.chdir(tmp_path)
    return tmp_path


def address(fleet: LabFleet, name: str = "R1") -> str:
    return f"127.0.0.1:{fleet.lab.host(name).port}"


def own_key(fleet: LabFleet, name: str = "R1") -> HostKey:
    port = fleet.lab.host(name).port
    lines = (line.split() for line in fleet.known.read_text().splitlines())
    (key,) = (words[1:3] for words in lines if words[0] == f"[127.0.0.1]:{port}")
    return HostKey(kind=key[0], blob=b64decode(key[1]))


def own_file(home: Path) -> Path:
    return home / ".ssh/known_hosts"


def lie(home: Path, fleet: LabFleet, marker: str = "", key: HostKey | None = None) -> None:
    """Let the user know a key of R1, by default another than its own."""
    own_file(home).parent.mkdir()
    own_file(home).write_text(
        f"{marker}[127.0.0.1]:{fleet.lab.host('R1').port} {(key or rsa()).text}\n"
    )


def test_a_new_key_is_recorded_with_its_fingerprint(
    fleet: LabFleet, home: Path, capsys: Capture
) -> None:
    assert run(["trust", address(fleet), "--yes"]) == 0

    out, err = capsys.readouterr()
    assert (out, err) == (f"{address(fleet)}: recorded, {own_key(fleet)}\n", "")
    port = fleet.lab.host("R1").port
    assert own_file(home).read_text() == f"[127.0.0.1]:{port} {own_key(fleet).text}\n"
    assert run(["trust", address(fleet)]) == 0
    assert capsys.readouterr().out == f"{address(fleet)}: known, {own_key(fleet)}\n"


def test_all_devices_of_an_inventory_are_met_in_its_order(
    fleet: LabFleet, home: Path, capsys: Capture
) -> None:
    arguments = ["trust", "--hosts", str(fleet.hosts), "--known-hosts", "mine", "--yes"]

    assert run(arguments) == 0
    told = capsys.readouterr().out.splitlines()
    assert [line.partition(" (")[0] for line in told] == ["R1", "R2"]
    assert len((home / "mine").read_text().splitlines()) == 2
    assert not own_file(home).exists()


def test_without_a_terminal_a_new_key_is_shown_and_not_recorded(
    fleet: LabFleet, home: Path, capsys: Capture
) -> None:
    assert run(["trust", address(fleet)]) == 2

    out, err = capsys.readouterr()
    assert own_key(fleet).fingerprint in out
    assert err == (
        "getvpn: error: there is no terminal to ask on; --yes records new keys unasked\n"
    )
    assert not own_file(home).exists()


@pytest.mark.parametrize("options", [[], ["--yes"]])
def test_a_changed_key_is_not_recorded_unless_it_is_to_replace(
    fleet: LabFleet, home: Path, capsys: Capture, options: list[str]
) -> None:
    lie(home, fleet)
    before = own_file(home).read_text()

    assert run(["trust", address(fleet), *options]) == 3

    err = capsys.readouterr().err
    assert "not trusted" in err
    assert own_key(fleet).fingerprint in err
    assert rsa().fingerprint in err
    assert "--replace" in err
    assert own_file(home).read_text() == before


def test_a_changed_key_replaces_the_other_on_request(
    fleet: LabFleet, home: Path, capsys: Capture
) -> None:
    lie(home, fleet)

    assert run(["trust", address(fleet), "--replace", "--yes"]) == 0

    assert "recorded" in capsys.readouterr().out
    assert rsa().text not in own_file(home).read_text()
    assert own_key(fleet).text in own_file(home).read_text()


def test_a_revoked_key_is_never_recorded(fleet: LabFleet, home: Path, capsys: Capture) -> None:
    lie(home, fleet, "@revoked ", own_key(fleet))

    assert run(["trust", address(fleet), "--replace", "--yes"]) == 3

    assert "is revoked by" in capsys.readouterr().err
    assert len(own_file(home).read_text().splitlines()) == 1


def test_a_device_that_cannot_be_reached_does_not_keep_the_others_away(
    fleet: LabFleet, capsys: Capture
) -> None:
    assert run(["trust", "127.0.0.1:1", address(fleet), "--yes"]) == 3

    out, err = capsys.readouterr()
    assert "recorded" in out
    assert err == "127.0.0.1:1: 127.0.0.1:1 cannot be reached: connection refused\n"


def test_nobody_is_no_device(capsys: Capture) -> None:
    assert run(["trust", "--yes"]) == 2
    assert "no devices are named" in capsys.readouterr().err


class Terminal(StringIO):
    """What a person types."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("typed", "code", "word"), [("y\n", 0, "recorded"), ("n\n", 3, "not trusted"), ("\n", 3, "not")]
)
def test_on_a_terminal_a_person_decides(
    fleet: LabFleet,
    home: Path,
    capsys: Capture,
    monkeypatch: pytest.MonkeyPatch,
    typed: str,
    code: int,
    word: str,
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal(typed))

    assert run(["trust", address(fleet)]) == code

    out, err = capsys.readouterr()
    assert f"{address(fleet)}: {own_key(fleet)}\n{own_key(fleet).art()}\n" in out
    assert "Is this the key of the device? [y/N]" in out + err
    assert word in out + err
    assert own_file(home).exists() is (code == 0)


def test_a_person_is_not_asked_about_a_changed_key(
    fleet: LabFleet, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    lie(home, fleet)
    monkeypatch.setattr(sys, "stdin", Terminal("y\n"))

    assert run(["trust", address(fleet)]) == 3
    assert "[y/N]" not in "".join(capsys.readouterr())


def test_ctrl_d_leaves_everything_as_it_is(
    fleet: LabFleet, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal(""))

    assert run(["trust", address(fleet)]) == 130
    assert not own_file(home).exists()
