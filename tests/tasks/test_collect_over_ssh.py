"""Collections over real SSH, and what goes wrong on the way."""

import logging
import re
import shutil
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from time import monotonic

import pytest

from getvpn.emulator.lab.background import BackgroundLab
from getvpn.emulator.testing import console
from getvpn.tasks.collect import collect
from getvpn.tasks.collecting.gathered import Collection, Gathered
from getvpn.tasks.fleet.schedule import Limits
from getvpn.tasks.ssh.known_hosts import KnownHosts
from getvpn.tasks.ssh.netmiko_wire import NetmikoWire
from getvpn.tasks.ssh.target import Access

from ..fleets import LabFleet

NAMES = ("R1", "R2", "R3", "R4")
COMMANDS = ("show running-config", "show ip interface brief", "show ip ssh", "show users wide")
SECRET = "Zq9-tOp!7"  # noqa: S105 - made up, to be looked for
USER_SECRET = "Userpart-8Kd"  # noqa: S105 - as above
ENABLE_SECRET = "Enablepart-3Xw"  # noqa: S105 - as above
STARTUP = """\
hostname {name}
login on-failure log
logging buffered 200000
ip ssh logging events
enable secret 0 Enablepart-3Xw
username admin privilege 15 secret 0 Userpart-8Kd
username guest privilege 1 secret 0 Userpart-8Kd
crypto isakmp key Zq9-tOp!7 address 192.0.2.9
snmp-server community Zq9-tOp!7 RO
line vty 0 15
 login local
 transport input ssh
"""
AT_ONCE = Limits(backoff_s=0.01)
LONG_S = 300.0
"""So long nothing takes here, however busy the machine is, unless it never comes."""


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabFleet]:
    """Four routers; R1 and R2 are in one group of the inventory."""
    lab = BackgroundLab(
        {
            "host_keys": {"type": "ed25519"},
            "credentials": {"password": USER_SECRET, "secret": ENABLE_SECRET},
            "devices": {name: {"startup": STARTUP.format(name=name)} for name in NAMES},
        }
    )
    folder = tmp_path_factory.mktemp("fleet")
    (folder / "groups.yml").write_text("HUB: {}\n")
    hub = {"groups": ["HUB"]}
    with lab:
        yield LabFleet.of(lab, folder, {"R1": hub, "R2": hub})


@pytest.fixture(autouse=True)
def healthy(fleet: LabFleet) -> Iterator[None]:
    yield
    fleet.heal()


def of_each(found: Collection) -> dict[str, Gathered]:
    return {each.host: each for each in found.gathered()}


def texts(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): path.read_text("utf-8")
        for path in sorted(folder.rglob("*.txt"))
    }


def log_of(fleet: LabFleet, name: str) -> str:
    return fleet.lab.run(lambda: console(fleet.lab.lab[name]).run("show logging"))


def logins(fleet: LabFleet, name: str) -> int:
    """How often somebody has said to a router who he is: it tells that before it answers."""
    return log_of(fleet, name).count("SSH2_USERAUTH")


# All goes well


def test_every_host_gives_every_text(fleet: LabFleet, tmp_path: Path) -> None:
    found = collect(fleet.nornir(), tmp_path / "new", commands=COMMANDS[:3], access=fleet.access())

    assert (found.done, found.outputs, found.failures) == (4, 12, ())
    for name, each in of_each(found).items():
        assert [output.command for output in each.outputs] == list(COMMANDS[:3])
        assert each.address.startswith("127.0.0.1:")
        assert (
            f"hostname {name}\n" in (tmp_path / f"new/{name}/show_running-config.txt").read_text()
        )


@pytest.mark.skipif(shutil.which("ssh") is None, reason="there is no ssh")
def test_scrapli_gives_the_same_texts(fleet: LabFleet, tmp_path: Path) -> None:
    for transport in ("netmiko", "scrapli"):
        collect(
            fleet.nornir("R1"),
            tmp_path / transport,
            commands=COMMANDS[:3],
            access=fleet.access(transport=transport),
        )

    found = texts(tmp_path / "scrapli")
    assert len(found) == 3
    assert found == texts(tmp_path / "netmiko")


def test_other_processes_give_the_same_texts(fleet: LabFleet, tmp_path: Path) -> None:
    for processes in (1, 2):
        found = collect(
            fleet.nornir(),
            tmp_path / str(processes),
            commands=COMMANDS[:1],
            access=fleet.access(),
            processes=processes,
            jobs=2,
            limits=Limits(rate=None if processes == 1 else 2.0),
        )
        assert found.done == 4
    assert texts(tmp_path / "1") == texts(tmp_path / "2")


# Pace


def test_hosts_of_a_group_wait_for_each_other(fleet: LabFleet, tmp_path: Path) -> None:
    before = {name: logins(fleet, name) for name in NAMES[:2]}
    on: list[set[str]] = []

    def through(_: Gathered) -> None:
        on.append({name for name in before if logins(fleet, name) > before[name]})

    collect(
        fleet.nornir("R1", "R2"),
        tmp_path / "new",
        commands=COMMANDS[:1],
        access=fleet.access(),
        limits=Limits(per_group={"HUB": 1}),
        report=through,
    )

    # nobody has logged in to the second when the first one is through
    assert on == [{"R1"}, {"R1", "R2"}]


def test_logins_are_no_faster_than_the_rate(fleet: LabFleet, tmp_path: Path) -> None:
    began = monotonic()
    found = collect(
        fleet.nornir(),
        tmp_path / "new",
        commands=COMMANDS[:1],
        access=fleet.access(),
        limits=Limits(rate=10.0),
    )

    assert found.done == 4
    assert monotonic() - began >= 0.3


# Host keys


def test_a_host_whose_key_is_not_known_is_not_logged_in_to(fleet: LabFleet, tmp_path: Path) -> None:
    keys = [line for line in fleet.known.read_text().splitlines() if "ssh-ed25519" in line]
    known = tmp_path / "known_hosts"
    known.write_text(f"{keys[1]}\n")
    before = logins(fleet, "R1")

    found = collect(
        fleet.nornir("R1", "R2"),
        tmp_path / "new",
        commands=COMMANDS[:1],
        access=Access(known_hosts=str(known)),
    )

    (failure,) = found.failures
    assert (failure.host, failure.kind, found.done) == ("R1", "host-key", 1)
    host = fleet.lab.host("R1")
    (entry,) = KnownHosts.of(fleet.known).entries(host.address, host.port)
    assert entry.key.fingerprint in failure.message
    assert f"getvpn trust --known-hosts {known} 127.0.0.1:{host.port}'" in failure.message
    assert of_each(found)["R1"].attempts == 1
    # nobody has said who he is
    assert logins(fleet, "R1") == before


@pytest.mark.parametrize("transport", ["netmiko", "scrapli"])
def test_another_key_than_before_is_refused(
    fleet: LabFleet, tmp_path: Path, transport: str
) -> None:
    host = fleet.lab.host("R1")
    (own,) = KnownHosts.of(fleet.known).entries(host.address, host.port)
    (other,) = KnownHosts.of(fleet.known).entries(host.address, fleet.lab.host("R2").port)
    known = tmp_path / "known_hosts"
    known.write_text(f"[127.0.0.1]:{host.port} {other.key.text}\n")
    before = logins(fleet, "R1")

    found = collect(
        fleet.nornir("R1"),
        tmp_path / "new",
        commands=COMMANDS[:1],
        access=Access(known_hosts=str(known), transport=transport),
    )

    (failure,) = found.failures
    assert failure.kind == "host-key"
    assert own.key.fingerprint in failure.message
    assert f"{known}:1 has {other.key}" in failure.message
    assert logins(fleet, "R1") == before


# Logins


@pytest.mark.parametrize("transport", ["netmiko", "scrapli"])
def test_a_wrong_password_is_tried_once_on_each_host(
    fleet: LabFleet, tmp_path: Path, transport: str
) -> None:
    before = {name: fleet.failed_logins(name) for name in NAMES[:2]}

    found = collect(
        fleet.nornir(*NAMES[:2], password=SECRET),
        tmp_path / "new",
        access=fleet.access(transport=transport),
        limits=Limits(retries=5, backoff_s=0),
    )

    assert {each.host: each.kind for each in found.failures} == {"R1": "login", "R2": "login"}
    assert {name: fleet.failed_logins(name) - before[name] for name in before} == {
        "R1": 1,
        "R2": 1,
    }
    assert "it is not tried again" in found.failures[0].message
    assert {each.attempts for each in found.gathered()} == {1}


def test_a_wrong_secret_of_enable_is_tried_once(fleet: LabFleet, tmp_path: Path) -> None:
    nornir = fleet.nornir("R1", username="guest")
    nornir.inventory.hosts["R1"].connection_options["netmiko"].extras = {"secret": SECRET}

    found = collect(nornir, tmp_path / "new", access=fleet.access())

    (failure,) = found.failures
    assert (failure.kind, of_each(found)["R1"].attempts) == ("login", 1)
    assert "the secret of 'enable' is turned down" in failure.message


def test_the_secret_of_enable_opens_the_configuration(fleet: LabFleet, tmp_path: Path) -> None:
    found = collect(
        fleet.nornir("R1", username="guest"),
        tmp_path / "new",
        commands=COMMANDS[:1],
        access=fleet.access(),
    )

    assert found.complete
    assert found.outputs == 1


# Hosts that do not answer


@pytest.fixture
def impatient(fleet: LabFleet, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets the time-out of a command on R3 begin when that hangs, however long it took before."""
    read = NetmikoWire.read

    def patient(wire: NetmikoWire, timeout_s: float) -> bytes:
        while wire.netmiko.port == fleet.lab.host("R3").port:
            # in this order: after it nothing comes any more
            if fleet.lab.run(lambda: not fleet.lab.lab["R3"].faults.active()):
                break
            with suppress(TimeoutError):
                return read(wire, 0.05)
        return read(wire, timeout_s)

    monkeypatch.setattr(NetmikoWire, "read", patient)


@pytest.mark.usefixtures("impatient")
def test_a_host_that_hangs_costs_its_time_out_and_no_more(fleet: LabFleet, tmp_path: Path) -> None:
    fleet.lab.fault("R2", "hang")
    fleet.lab.fault("R3", "hang-after 4")
    nornir = fleet.nornir()
    fleet.give(nornir, "R2", login_timeout=1.0)
    fleet.give(nornir, "R3", command_timeout=1.0)
    began = monotonic()

    access = fleet.access(login_timeout=LONG_S, command_timeout=LONG_S)
    found = collect(nornir, tmp_path / "new", commands=COMMANDS[:3], access=access)

    assert monotonic() - began < LONG_S
    assert found.done == 2
    assert {each.host: each.kind for each in found.failures} == {"R2": "timeout", "R3": "timeout"}
    each = of_each(found)
    assert each["R2"].seconds >= 1
    assert "no answer to the login within 1 s" in str(each["R2"].failure)
    assert [output.command for output in each["R3"].outputs] == list(COMMANDS[:1])
    assert f"no answer to '{COMMANDS[1]}' within 1 s" in str(each["R3"].failure)
    assert (each["R2"].attempts, each["R3"].attempts) == (1, 1)


def test_a_port_that_takes_no_connection_is_tried_again(fleet: LabFleet, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nornir = fleet.nornir("R1", "R2")
        nornir.inventory.hosts["R1"].port = free.getsockname()[1]

        found = collect(
            nornir,
            tmp_path / "new",
            commands=COMMANDS[:1],
            access=fleet.access(),
            limits=Limits(retries=1, backoff_s=0.01),
        )

    (failure,) = found.failures
    assert (failure.host, failure.kind) == ("R1", "transport")
    assert "cannot be reached: connection refused" in failure.message
    assert {host: each.attempts for host, each in of_each(found).items()} == {"R1": 2, "R2": 1}


def test_a_session_that_breaks_in_the_middle_begins_again(fleet: LabFleet, tmp_path: Path) -> None:
    fleet.lab.fault("R1", "drop-after 4")

    found = collect(
        fleet.nornir("R1"),
        tmp_path / "new",
        commands=COMMANDS[:3],
        access=fleet.access(),
        limits=AT_ONCE,
    )

    assert found.complete
    assert of_each(found)["R1"].attempts == 2
    assert found.outputs == 3


def test_what_was_got_before_the_last_break_is_kept(fleet: LabFleet, tmp_path: Path) -> None:
    fleet.lab.fault("R1", "drop-after 5")

    found = collect(
        fleet.nornir("R1"),
        tmp_path / "new",
        commands=COMMANDS[:3],
        access=fleet.access(),
        limits=Limits(retries=0),
    )

    (failure,) = found.failures
    assert failure.kind == "transport"
    assert found.outputs == 2
    assert len(texts(tmp_path / "new")) == 2


def test_garbage_is_an_error_and_no_text(fleet: LabFleet, tmp_path: Path) -> None:
    fleet.lab.fault("R1", "garble 30")

    found = collect(
        fleet.nornir("R1"),
        tmp_path / "new",
        commands=COMMANDS[:1],
        access=fleet.access(login_timeout=1.0, command_timeout=1.0),
        limits=Limits(retries=0),
    )

    assert not found.complete


def test_an_address_where_nobody_speaks_ssh_is_told(fleet: LabFleet, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        nornir = fleet.nornir("R1")
        nornir.inventory.hosts["R1"].port = server.getsockname()[1]

        found = collect(nornir, tmp_path / "new", access=fleet.access(login_timeout=0.5))

    assert [each.kind for each in found.failures] == ["timeout"]


# Secrets


@pytest.mark.parametrize("transport", ["netmiko", "scrapli"])
def test_no_secret_is_in_anything_that_a_run_leaves_behind(
    fleet: LabFleet,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    transport: str,
) -> None:
    caplog.set_level(logging.DEBUG)
    loggers = [logging.getLogger(name) for name in ("netmiko", "paramiko", "scrapli", "nornir")]
    for logger in loggers:
        caplog.set_level(logging.DEBUG, logger.name)
    told: list[Gathered] = []
    wrong = "Wrongpart-5Tq"

    nornir = fleet.nornir("R1", "R2", username="guest")
    nornir.inventory.hosts["R2"].password = wrong
    found = collect(
        nornir,
        tmp_path / "new",
        commands=[*COMMANDS, "show logging", "show crypto isakmp key", "show snmp community"],
        access=fleet.access(transport=transport),
        report=told.append,
    )

    assert (found.done, [each.kind for each in found.failures]) == (1, ["login"])
    left = [path.read_text("utf-8") for path in tmp_path.rglob("*") if path.is_file()]
    said = "\n".join([*left, *map(str, told), repr(found), caplog.text, *capfd.readouterr()])
    for secret in (SECRET, USER_SECRET, ENABLE_SECRET, wrong):
        assert [line for line in re.split(r"\n", said) if secret in line] == []
