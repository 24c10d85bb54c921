"""The verb `diff` on devices, over real SSH."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from getvpn.cli.main import run
from getvpn.emulator.lab.background import BackgroundLab
from getvpn.emulator.testing import console
from getvpn.inventory import load
from getvpn.tasks.render import render

from ..fleets import LabFleet
from ..tasks.networks import KnownSecrets
from .test_diff import INTENT

Capture = pytest.CaptureFixture[str]
LOGIN = "Userpart-8Kd"
KEYS = {name: f"Key-{name}" for name in ("PSK_COOP", "PSK_BR1", "PSK_BR2")}
NAMES = ("KS1", "KS2", "BR1")


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabFleet]:
    """Routers as intended; KS2 is primary, since KS1 was away. BR2 is not in the inventory."""
    folder = tmp_path_factory.mktemp("fleet")
    source = folder / "network.yml"
    source.write_text(INTENT)
    texts = render(load(source), KnownSecrets(), NAMES)
    lab = BackgroundLab(
        {
            "seed": 1,
            "host_keys": {"type": "ed25519"},
            "credentials": {"password": LOGIN, "secret": LOGIN},
            "keys": [{"label": "GETVPN-REKEY", "bits": 2048, "devices": ["KS1", "KS2"]}],
            "devices": {
                name: {
                    "platform": "c8000v",
                    "startup": f"{text}ip route 0.0.0.0 0.0.0.0 GigabitEthernet1\n",
                }
                for name, text in texts.items()
            },
        }
    )
    with lab:
        lab.kill("KS1")
        lab.advance(120)
        lab.boot("KS1")
        lab.advance(240)
        yield LabFleet.of(lab, folder)


@pytest.fixture(autouse=True)
def place(fleet: LabFleet, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The folder of the fleet, with all secrets in the environment."""
    for name, key in KEYS.items():
        monkeypatch.setenv(name, key)
    monkeypatch.chdir(fleet.folder)
    yield
    fleet.heal()


def diff(*more: str, hosts: str = "hosts.yml", known: str = "known_hosts") -> int:
    return run(["diff", "--live", "--hosts", hosts, "--known-hosts", known, *more])


def test_devices_as_intended_have_no_difference(capsys: Capture) -> None:
    assert diff("--exit-code", *NAMES) == 0
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.splitlines()[-1] == "3 devices compared, 0 of them differ"


def test_secondaries_stand_before_the_primary_that_there_is(
    fleet: LabFleet, capsys: Capture, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    lines = "crypto isakmp policy 10\nlifetime 3600"
    for name in NAMES:
        fleet.lab.run(lambda name=name: console(fleet.lab.lab[name]).configure(lines))  # type: ignore[misc]

    assert diff("--exit-code", "--format", "json", *NAMES) == 1

    captured = capsys.readouterr()
    found = json.loads(captured.out)["devices"]
    assert [each["device"] for each in found] == ["KS1", "KS2", "BR1"]
    assert [each["source"] for each in found] == ["running"] * 3
    assert [each["remediation"] for each in found] == [
        ["crypto isakmp policy 10", " no lifetime 3600"]
    ] * 3
    printed = captured.out + captured.err + caplog.text
    assert not [secret for secret in (LOGIN, *KEYS.values()) if secret in printed]
    fleet.lab.run(lambda: console(fleet.lab.lab["BR1"]).run("write memory"))


def test_a_device_that_fails_is_told_and_the_others_go_on(
    fleet: LabFleet, capsys: Capture, tmp_path: Path
) -> None:
    known = tmp_path / "known_hosts"
    place, key = (fleet.lab.known_hosts(name).split(None, 1) for name in ("KS1", "KS2"))
    wrong = f"{place[0]} {key[1]}"
    known.write_text(fleet.known.read_text().replace(fleet.lab.known_hosts("KS1"), wrong))

    code = diff("--format", "json", known=str(known))

    captured = capsys.readouterr()
    told = json.loads(captured.out)
    assert code == 3
    assert [each["device"] for each in told["devices"]] == ["KS2", "BR1"]
    (failure,) = told["failures"]
    assert failure["device"] == "KS1"
    assert failure["kind"] == "host-key"
    assert "SHA256:" in failure["message"]
    assert "KS1: host-key: " in captured.err
    assert "getvpn: error: BR2: hosts.yml does not say how it is reached\n" in captured.err


def test_a_refused_login_is_one_attempt(fleet: LabFleet, capsys: Capture) -> None:
    before = fleet.failed_logins("KS1")
    hosts = fleet.hosts.read_text()
    fleet.hosts.write_text(hosts.replace(f"password: {LOGIN}\n", "password: wrong\n"))
    try:
        assert diff("KS1") == 3
    finally:
        fleet.hosts.write_text(hosts)

    assert "KS1: login: " in capsys.readouterr().err
    assert fleet.failed_logins("KS1") == before + 1


def test_a_device_that_is_another_one_is_no_difference(fleet: LabFleet, capsys: Capture) -> None:
    hosts = fleet.hosts.read_text()
    fleet.hosts.write_text(hosts.replace("KS1:", "KSX:").replace("KS2:", "KS1:"))
    try:
        assert diff("KS1") == 3
    finally:
        fleet.hosts.write_text(hosts)

    captured = capsys.readouterr()
    assert captured.out == ""
    assert "KS1: device: says that it is KS2; the inventory has the address" in captured.err


def test_what_the_intent_lacks_is_told_before_anybody_logs_in(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("PSK_BR1")
    # nobody answers there
    hosts = tmp_path / "hosts.yml"
    hosts.write_text("BR1: {hostname: 127.0.0.1, port: 1, username: admin, password: none}\n")

    assert diff("BR1", hosts=str(hosts)) == 2

    assert "PSK_BR1 is not set" in capsys.readouterr().err


def test_an_inventory_without_the_devices_is_told(capsys: Capture, tmp_path: Path) -> None:
    hosts = tmp_path / "hosts.yml"
    hosts.write_text("R1: {hostname: 127.0.0.1}\n")

    assert run(["diff", "--live", "--hosts", str(hosts)]) == 2

    told = capsys.readouterr().err
    assert told == (
        f"getvpn: error: {hosts} has none of the devices; call them there as the intent does\n"
    )
