"""From the intent to devices and back, over real SSH: render, deploy, collect, audit."""

import logging
import os
import pty
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from getvpn.cli.main import run
from getvpn.emulator.groups.feature import Gdoi
from getvpn.emulator.lab.background import BackgroundLab
from getvpn.emulator.testing import console
from getvpn.tasks.render import render

from ..fleets import LabFleet
from ..labs import GETVPN
from ..tasks.networks import KnownSecrets, devices, golden, platform
from ..tasks.test_render_labs import ENROLMENT, beside
from .struck import DEPLOYMENT, struck

NAMES = ("KS1", "KS2", "BR1", "BR2")
LOGIN = "Userpart-8Kd"
GROUP = "GETVPN-G1"
NOT_OF_THE_INTENT = "MGT,LOG,OPS,PKI,GMR007,RKY014"
"""What no intent decides, and what has become of the devices in this lab."""
REACHED = ["--hosts", "hosts.yml", "--known-hosts", "known_hosts"]
Capture = pytest.CaptureFixture[str]


class Deployed(LabFleet):
    """A fleet that is deployed to, from its folder."""

    def write(self, *clear: str, wan: str = "10.10.11.1/24") -> None:
        """Write the intent: the advised one, with more left in clear."""
        said = golden("default").model_dump(by_alias=True, mode="json", exclude_unset=True)
        said["groups"][0]["policies"][0]["traffic"]["clear"] += clear
        said["members"][1]["lan"][0]["mss"] = 1300
        said["key_servers"][0]["wan"]["address"] = wan
        (self.folder / "network.yml").write_text(yaml.safe_dump(said))

    def shown(self, name: str, command: str) -> str:
        """What a router prints at its console."""
        return self.lab.run(lambda: console(self.lab.lab[name]).run(command))

    def types(self, name: str, *lines: str) -> None:
        """Configure a device by hand, and save it."""
        words = ("configure terminal", *lines, "end", "write memory")
        self.lab.run(lambda: console(self.lab.lab[name]).run(*words))

    def running(self) -> dict[str, str]:
        """The configurations of all routers."""
        command = "show running-config | begin hostname"
        return {name: self.shown(name, command) for name in NAMES}

    def rekeys(self) -> int:
        """How many rekeys the primary has sent."""
        return self.lab.run(lambda: self.lab.lab["KS1"].feature(Gdoi).servers[GROUP].rekeys_sent)


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    """The advised network, rendered and running; its members have registered."""
    intent = golden("default")
    texts = render(intent, KnownSecrets())
    key = {"label": "GETVPN-REKEY", "bits": 2048, "exportable": True, "devices": NAMES[:2]}
    lab = BackgroundLab(
        {
            "seed": 1,
            "host_keys": {"type": "ed25519"},
            "credentials": {"password": LOGIN, "secret": LOGIN},
            "network": {"mtu": 9000},
            "keys": [key],
            "devices": {
                device.name: {
                    "platform": platform(device),
                    "startup": texts[device.name] + beside(device, intent),
                }
                for device in devices(intent)
            },
        }
    )
    with lab:
        for name in NAMES:
            lab.run(lambda name=name: console(lab.lab[name]).run(*ENROLMENT, "write memory"))  # type: ignore[misc]
        lab.advance(120)
        yield Deployed.of(lab, tmp_path_factory.mktemp("fleet"))  # type: ignore[misc]


@pytest.fixture(autouse=True)
def place(fleet: Deployed, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder of the fleet, whose groups are at rest."""
    monkeypatch.chdir(fleet.folder)
    monkeypatch.setenv("GETVPN_JOURNAL", f"sqlite:///{fleet.folder}/journal.db")
    fleet.lab.advance(400)


def deploy(*more: str) -> int:
    return run(["deploy", *REACHED, *more])


def test_a_dry_run_says_what_would_be_done_and_leaves_devices_alone(
    fleet: Deployed, capsys: Capture
) -> None:
    fleet.write("bfd")
    before, sent = fleet.running(), fleet.rekeys()

    assert deploy() == 0

    out, err = capsys.readouterr()
    assert out.index("KS2: key server") < out.index("KS1: key server") < out.index("BR2: member")
    assert " 222 deny udp any any eq 3784" in out
    assert f"rekey: {GROUP} on KS1, since its policy changes: what is encrypted" in out
    assert "dry run: 3 devices to change, 1 rekey; nothing was changed" in err
    assert "carry it out: getvpn deploy --hosts hosts.yml --known-hosts known_hosts --commit" in err
    assert (fleet.running(), fleet.rekeys()) == (before, sent)


def test_what_is_deployed_is_what_an_audit_finds_nothing_in(
    fleet: Deployed, capsys: Capture, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    fleet.write("bfd")
    sent = fleet.rekeys()

    assert deploy("--commit", "--yes") == 0
    assert fleet.rekeys() == sent + 1
    out, err = capsys.readouterr()
    assert f"{GROUP}: has new keys, and 2 members have them\n" in out
    for name in ("BR1", "BR2"):
        assert "deny udp any any port = 3784" in fleet.shown(name, "show crypto gdoi")
    assert run(["collect", *REACHED, "-o", "got"]) == 0
    assert run(["audit", "got", "--ignore", NOT_OF_THE_INTENT]) == 0
    assert "no findings on 4 devices" in "".join(capsys.readouterr())

    before = fleet.running()
    assert deploy("--commit", "--yes") == 0
    assert "nothing to do" in capsys.readouterr().err
    assert (fleet.running(), fleet.rekeys()) == (before, sent + 1)
    assert LOGIN not in out + err + caplog.text
    assert all(path.stat().st_mode & 0o077 == 0 for path in Path(".getvpn").rglob("*"))


def test_a_refused_line_is_told_with_its_device_and_taken_back(
    fleet: Deployed, capsys: Capture
) -> None:
    fleet.write("bfd", "hsrp", wan="10.10.9.1/24")
    fleet.types("KS1", "interface Loopback9", "ip address 10.10.9.200 255.255.255.255")
    before, sent = fleet.running(), fleet.rekeys()

    assert deploy("--commit", "--yes") == 1

    out = capsys.readouterr().out
    assert "KS2  rolled back\n" in out
    assert "KS1  rolled back: refuses 'ip address 10.10.9.1 255.255.255.0'" in out
    assert ": % 10.10.9.0 overlaps with Loopback9" in out
    assert "BR" not in out[out.index("KS2  rolled back") :].split("failed: ")[0]
    assert (fleet.running(), fleet.rekeys()) == (before, sent)
    fleet.types("KS1", "no interface Loopback9")


@pytest.mark.parametrize(
    ("device", "event", "state"), [("KS2", "apply", "begins"), ("KS1", "keep", "done")]
)
def test_a_deployment_that_was_killed_goes_on_where_it_was(
    device: str, event: str, state: str, fleet: Deployed, capsys: Capture
) -> None:
    fleet.write("bfd", "hsrp", *(["igmp"] if device == "KS1" else []))
    sent = fleet.rekeys()
    words = ("deploy", *REACHED, "--commit", "--yes")
    killed = struck(DEPLOYMENT, signal.SIGKILL, *words, event=event, state=state, device=device)
    assert killed.returncode == -signal.SIGKILL, killed.stderr

    assert deploy("--commit", "--yes") == 0
    assert fleet.rekeys() == sent + 1
    assert f"{GROUP}: has new keys, and 2 members have them\n" in capsys.readouterr().out
    for name in ("KS1", "KS2"):
        startup = fleet.shown(name, "show startup-config | begin hostname")
        assert fleet.running()[name] == startup
    assert deploy("--commit", "--yes") == 0
    assert "nothing to do" in capsys.readouterr().err


def test_ctrl_c_lets_the_device_at_hand_be_finished_and_key_servers_agree(
    fleet: Deployed,
) -> None:
    fleet.write("bfd", "hsrp", "ldp")
    before, sent = fleet.running(), fleet.rekeys()

    words = ("deploy", *REACHED, "--commit", "--yes")
    done = struck(DEPLOYMENT, signal.SIGINT, *words, event="apply", state="begins", device="KS2")

    assert done.returncode == 130
    assert "ends after the device at hand; once more breaks it off" in done.stderr
    assert "KS2  rolled back\n" in done.stdout
    assert "stopped: it was stopped; KS2 as before; KS1 not changed\n" in done.stdout
    assert (fleet.running(), fleet.rekeys()) == (before, sent)


def test_who_is_asked_on_a_terminal_may_say_no(fleet: Deployed) -> None:
    fleet.write("bfd", "hsrp", "ldp")
    before = fleet.running()
    said = bytearray()

    def read(terminal: int) -> bytes:
        said.extend(data := os.read(terminal, 4096))
        if said.endswith(b"carry it out? [y/N]: "):
            os.write(terminal, b"n\n")
        return data

    status = pty.spawn([*GETVPN, "deploy", *REACHED, "--commit"], read, lambda _: b"")

    assert os.waitstatus_to_exitcode(status) == 1
    assert b" to change, 1 rekey: carry it out? [y/N]: " in said
    assert b"nothing was changed" in said
    assert fleet.running() == before


def test_a_wrong_password_is_tried_once_and_a_wrong_host_key_not_at_all(
    fleet: Deployed, capsys: Capture, tmp_path: Path
) -> None:
    hosts = yaml.safe_load(fleet.hosts.read_text())
    hosts["BR1"]["password"] = "wrong"  # noqa: S105 - it is
    (tmp_path / "hosts.yml").write_text(yaml.safe_dump(hosts))
    known = fleet.known.read_text()
    keys = {name: fleet.lab.known_hosts(name).split() for name in ("BR2", "KS2")}
    known = known.replace(keys["BR2"][2], keys["KS2"][2])
    (tmp_path / "known_hosts").write_text(known)
    failed = fleet.failed_logins("BR1")

    code = run(
        ["deploy", "--hosts", f"{tmp_path}/hosts.yml", "--known-hosts", f"{tmp_path}/known_hosts"]
    )

    assert code == 3
    out = capsys.readouterr().out
    assert "not reached: BR1: " in out
    assert "not reached: BR2: " in out
    assert "SHA256:" in out
    assert fleet.failed_logins("BR1") == failed + 1
