"""Logging in with a private key."""

import hashlib
import shutil
import subprocess
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path

import pytest

from getvpn.emulator.lab.background import BackgroundLab
from getvpn.tasks.collect import collect
from getvpn.tasks.collecting.gathered import Failure, Gathered
from getvpn.tasks.fleet.schedule import Limits

from ...fleets import LabFleet

PHRASE = "Zq9-tOp!7"
STARTUP = """\
hostname R1
username admin privilege 15 secret 0 Userpart-8Kd
ip ssh pubkey-chain
 username admin
  key-hash ssh-rsa {}
line vty 0 15
 login local
 transport input ssh
"""
TRANSPORTS = pytest.mark.parametrize("transport", ["netmiko", "scrapli"])


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the key `own`, the same key under a passphrase, and one that nobody knows."""
    folder = tmp_path_factory.mktemp("keys")
    for name in ("own", "other"):
        words = ["ssh-keygen", "-q", "-t", "rsa", "-b", "2048", "-N", "", "-f", folder / name]
        subprocess.run(words, check=True)
    shutil.copy(folder / "own", folder / "locked")
    words = ["ssh-keygen", "-q", "-p", "-P", "", "-N", PHRASE, "-f", folder / "locked"]
    subprocess.run(words, check=True)
    (folder / "text").write_text("no key\n")
    (folder / "bytes").write_bytes(b"\xff\xfe")
    for name in ("text", "bytes"):
        (folder / name).chmod(0o600)
    return folder


@pytest.fixture(scope="module")
def fleet(keys: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabFleet]:
    """A router that knows the key `own`."""
    blob = b64decode((keys / "own.pub").read_text().split()[1])
    mark = hashlib.md5(blob, usedforsecurity=False).hexdigest().upper()
    lab = BackgroundLab(
        {
            "host_keys": {"type": "ed25519"},
            "devices": {"R1": {"startup": STARTUP.format(mark)}},
        }
    )
    with lab:
        yield LabFleet.of(lab, tmp_path_factory.mktemp("fleet"))


def asked(
    fleet: LabFleet, folder: Path, key: Path, transport: str, password: str = ""
) -> tuple[Gathered, Failure | None]:
    """What the router gave, and the failure if there was one."""
    found = collect(
        fleet.nornir(password=password),
        folder / "new",
        commands=["show clock"],
        access=fleet.access(key_file=str(key), transport=transport),
        limits=Limits(backoff_s=0),
    )
    (gathered,) = found.gathered()
    return gathered, gathered.failure


@TRANSPORTS
def test_a_key_that_is_known_opens_the_session(
    fleet: LabFleet, keys: Path, tmp_path: Path, transport: str
) -> None:
    gathered, failure = asked(fleet, tmp_path, keys / "own", transport)

    assert (gathered.files, failure) == (1, None)


def test_a_key_in_the_home_of_the_user_is_found(
    fleet: LabFleet, keys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(keys))

    assert asked(fleet, tmp_path, Path("~/own"), "netmiko")[1] is None


@TRANSPORTS
def test_a_key_that_is_not_known_is_tried_once(
    fleet: LabFleet, keys: Path, tmp_path: Path, transport: str
) -> None:
    gathered, failure = asked(fleet, tmp_path, keys / "other", transport)

    assert failure is not None
    assert (failure.kind, gathered.attempts) == ("login", 1)
    assert failure.message == "turns the user admin or the key down; it is not tried again"


@TRANSPORTS
def test_behind_a_key_that_is_not_known_the_password_is_tried(
    fleet: LabFleet, keys: Path, tmp_path: Path, transport: str
) -> None:
    assert asked(fleet, tmp_path, keys / "other", transport, "Userpart-8Kd")[1] is None


def test_behind_a_key_a_wrong_password_is_tried_once(
    fleet: LabFleet, keys: Path, tmp_path: Path
) -> None:
    before = fleet.failed_logins("R1")

    gathered, failure = asked(fleet, tmp_path, keys / "other", "netmiko", "wrong")

    assert (failure and failure.kind, gathered.attempts) == ("login", 1)
    assert fleet.failed_logins("R1") - before <= 2


@pytest.mark.parametrize(
    ("transport", "name"),
    [
        *(("netmiko", name) for name in ("nowhere", "text", "bytes", ".")),
        *(("scrapli", name) for name in ("nowhere", ".")),
    ],
)
def test_a_file_without_a_key_is_told(
    fleet: LabFleet, keys: Path, tmp_path: Path, transport: str, name: str
) -> None:
    gathered, failure = asked(fleet, tmp_path, keys / name, transport)

    assert failure is not None
    assert (failure.kind, gathered.attempts) == ("inventory", 1)
    assert failure.message.startswith(f"{keys / name}: ")


def test_a_key_under_a_passphrase_needs_it(fleet: LabFleet, keys: Path, tmp_path: Path) -> None:
    gathered, failure = asked(fleet, tmp_path, keys / "locked", "netmiko")

    assert failure == Failure(
        host="R1", kind="login", message=f"the key {keys / 'locked'} needs a passphrase"
    )
    assert gathered.attempts == 1


@pytest.mark.parametrize(("phrase", "kind"), [(PHRASE, None), ("Wrongpart-5Tq", "inventory")])
def test_the_passphrase_stands_in_the_inventory(
    fleet: LabFleet, keys: Path, tmp_path: Path, phrase: str, kind: str | None
) -> None:
    nornir = fleet.nornir(password="")
    options = {"passphrase": phrase, "key_file": str(keys / "locked")}
    fleet.give(nornir, "R1", **options)

    found = collect(nornir, tmp_path / "new", commands=["show clock"], access=fleet.access())

    assert [each.kind for each in found.failures] == [] if kind is None else [kind]
    assert phrase not in repr(found)
