"""What a device is asked for and what is kept of it; the devices are in memory."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from nornir.core import Nornir
from nornir.core.inventory import Defaults, Groups, Host, Hosts, Inventory
from nornir.core.task import MultiResult
from nornir.plugins.runners import SerialRunner

from getvpn.audits.registry import registry
from getvpn.emulator.testing import make_router
from getvpn.errors import TransportError, UsageError
from getvpn.parsers.transcript import read_paths
from getvpn.tasks.collect import collect, collect_device
from getvpn.tasks.collecting.gathered import Gathered, Index
from getvpn.tasks.collecting.recording import Recorder
from getvpn.tasks.collecting.wanted import commands_for
from getvpn.tasks.fleet.inventories import fleet_of_addresses
from getvpn.tasks.fleet.runner import FleetRunner
from getvpn.tasks.ssh.connection import CONNECTION, GetvpnConnection
from getvpn.tasks.ssh.session import Session

from .ssh.wires import RouterWire, ScriptedWire, session_on

SECRET = "Zq9-tOp!7"  # noqa: S105 - made up, to be looked for
SERVER = """\
hostname KS1
crypto gdoi group G
 identity number 1
 server local
  address ipv4 192.0.2.1
"""


class OnWire(GetvpnConnection):
    """A connection that is there already."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session


def host_on(wire: ScriptedWire | RouterWire, name: str = "R1", **said: Any) -> Nornir:
    """A fleet of one host, to which there is a session."""
    host = Host(name=name, hostname="192.0.2.1", defaults=Defaults(), **said)
    host.connections[CONNECTION] = OnWire(session_on(wire, name=name))
    hosts = Hosts({name: host})
    return Nornir(inventory=Inventory(hosts=hosts, groups=Groups(), defaults=Defaults()))


def asked(nornir: Nornir, folder: Path, **options: Any) -> MultiResult:
    """What `collect_device` gives of the one host."""
    run = nornir.with_runner(SerialRunner()).run
    (found,) = run(collect_device, raise_on_error=False, folder=folder, **options).values()
    return found


def gathered(nornir: Nornir, folder: Path, **options: Any) -> Gathered:
    result: Gathered = asked(nornir, folder, **options)[0].result
    return result


Make = Callable[..., RouterWire]


@pytest.fixture(scope="module")
def router() -> Make:
    """A terminal of a router with a configuration."""

    def make(config: str = SERVER, platform: str = "isr4451") -> RouterWire:
        return RouterWire(make_router("KS1", platform, config))

    return make


class Listening(RouterWire):
    """Remembers what is typed."""

    def __init__(self, config: str, platform: str) -> None:
        super().__init__(make_router("KS1", platform, config))
        self.typed: list[str] = []

    def write(self, data: bytes) -> None:
        self.typed += data.decode().splitlines()
        super().write(data)


# What is asked for


@pytest.mark.parametrize("platform", ["isr2911", "c8000v"])
def test_each_command_is_asked_once_by_the_role_of_the_configuration(
    tmp_path: Path, platform: str
) -> None:
    wire = Listening(SERVER, platform)

    got = gathered(host_on(wire), tmp_path)

    assert got.roles == ("key_server",)
    commands = wire.typed[2:]
    assert len(set(commands)) == len(commands)
    assert commands[0] == "show running-config"
    assert {"show crypto gdoi ks policy", "show crypto gdoi ks coop"} <= set(commands)
    assert not [command for command in commands if "gdoi gm" in command]
    assert [output.command for output in got.outputs] == commands
    assert got.failure is None


def test_the_role_of_the_inventory_goes_before_that_of_the_configuration(tmp_path: Path) -> None:
    wire = Listening(SERVER, "isr4451")

    got = gathered(host_on(wire, data={"getvpn_role": "member"}), tmp_path)

    assert got.roles == ("member",)
    assert not [command for command in wire.typed if "gdoi ks" in command]


def test_a_device_that_is_in_no_group_is_asked_for_its_configuration_only(tmp_path: Path) -> None:
    wire = Listening("hostname R1\n", "isr4451")

    assert gathered(host_on(wire), tmp_path).roles == ()
    assert wire.typed[2:] == ["show running-config"]


def test_only_what_the_chosen_rules_read_is_asked_for(tmp_path: Path) -> None:
    wire = Listening(SERVER, "isr4451")

    gathered(host_on(wire), tmp_path, select=("COOP",))

    rules = registry().select(("COOP",), ())
    assert wire.typed[2:] == list(commands_for(rules, ("key_server",)))
    assert len(wire.typed) < 2 + len(commands_for(registry().select((), ()), ("key_server",)))


def test_who_may_not_see_the_configuration_sees_what_the_device_does(tmp_path: Path) -> None:
    wire = ScriptedWire({"show crypto gdoi": "GROUP INFORMATION\n"})

    got = gathered(host_on(wire), tmp_path)

    refused = [output.command for output in got.outputs if output.refused]
    assert refused[0] == "show running-config"
    assert got.roles == ()
    assert {"show crypto gdoi ks policy", "show crypto gdoi gm"} <= set(refused)
    assert [output.command for output in got.outputs if output.file] == ["show crypto gdoi"]
    assert got.failure is None


def test_what_is_refused_as_gdoi_is_asked_for_as_gkm(tmp_path: Path) -> None:
    wire = ScriptedWire({"show crypto gkm ks policy": "policy\n"})

    got = gathered(
        host_on(wire), tmp_path, commands=["show crypto gdoi ks policy", "show crypto gdoi gm"]
    )

    first, second = got.outputs
    assert (first.command, first.refused) == ("show crypto gkm ks policy", None)
    assert second.command == "show crypto gdoi gm"
    assert second.refused is not None
    assert wire.typed[2:] == [
        *("show crypto gdoi ks policy", "show crypto gkm ks policy"),
        *("show crypto gdoi gm", "show crypto gkm gm"),
    ]


def test_commands_that_are_named_are_asked_for_instead_once_each(
    router: Make, tmp_path: Path
) -> None:
    names = ["show clock", "show nonsense", "show clock", "show ip interface brief"]

    got = gathered(host_on(router()), tmp_path, commands=names)

    assert [output.command for output in got.outputs] == [names[0], names[1], names[3]]
    assert [output.refused is not None for output in got.outputs] == [False, True, False]


# What is kept


def test_texts_are_kept_with_time_and_command_and_the_audit_knows_them(
    router: Make, tmp_path: Path
) -> None:
    got = gathered(host_on(router()), tmp_path, select=("COOP",))

    for output in got.outputs:
        assert output.file is not None
        text = (tmp_path / output.file).read_text("utf-8")
        assert output.size == len(text.encode())
        assert output.at.endswith("Z")
        if output.command != "show running-config":
            assert text.startswith(f"KS1#{output.command}\n")
    assert (tmp_path / "R1" / "show_running-config.txt").read_text().startswith("Building conf")
    captures = read_paths([tmp_path]).captures
    assert {capture.host for capture in captures} == {"KS1"}
    shown = [str(capture.resolved) for capture in captures if capture.kind != "config"]
    assert len(shown) == len(captures) - 1


def test_files_are_for_nobody_else(router: Make, tmp_path: Path) -> None:
    folder = tmp_path / "new"
    gathered(host_on(router()), folder, commands=["show clock"])

    modes = {path.name: path.stat().st_mode & 0o777 for path in folder.rglob("*")}
    assert modes == {"R1": 0o700, "show_clock.txt": 0o600}


def test_commands_whose_files_would_be_called_alike_have_files_of_their_own(
    router: Make, tmp_path: Path
) -> None:
    names = ["show clock", "show  clock", "SHOW CLOCK"]

    got = gathered(host_on(router()), tmp_path, commands=names)

    files = [output.file for output in got.outputs if output.file]
    assert len({file.lower() for file in files}) == len(files) == 3


def test_secrets_are_taken_out_unless_they_are_to_be_kept(router: Make, tmp_path: Path) -> None:
    config = f"{SERVER}crypto isakmp key {SECRET} address 192.0.2.9\n"
    names = ["show running-config", "show crypto isakmp key"]

    gathered(host_on(router(config)), tmp_path / "clean", commands=names)
    gathered(host_on(router(config)), tmp_path / "raw", commands=names, keep_secrets=True)

    kept = [path.read_text() for path in sorted((tmp_path / "clean/R1").iterdir())]
    assert [text for text in kept if SECRET in text] == []
    assert all(SECRET in path.read_text() for path in (tmp_path / "raw/R1").iterdir())


def test_a_session_that_was_open_stays_so(router: Make, tmp_path: Path) -> None:
    nornir = host_on(router())
    gathered(nornir, tmp_path, commands=["show clock"])

    session = nornir.inventory.hosts["R1"].connections[CONNECTION].connection
    assert " UTC " in session.send("show clock")


# What goes wrong


def test_what_was_got_before_the_connection_broke_is_a_result(tmp_path: Path) -> None:
    wire = ScriptedWire({"show a": "first\n", "show b": None})

    multi = asked(host_on(wire), tmp_path, commands=["show a", "show b", "show c"])

    got: Gathered = multi[0].result
    assert multi.failed
    assert isinstance(multi[0].exception, TransportError)
    assert [output.command for output in got.outputs] == ["show a"]
    assert (got.failure and got.failure.kind) == "transport"
    assert (tmp_path / "R1/show_a.txt").read_text() == "R1#show a\nfirst\n"


def test_a_refusal_is_no_failure(tmp_path: Path) -> None:
    multi = asked(host_on(ScriptedWire()), tmp_path, commands=["show nonsense"])

    assert not multi.failed
    assert multi[0].exception is None
    assert list(tmp_path.iterdir()) == []


def test_a_text_that_cannot_be_written_fails_its_host(router: Make, tmp_path: Path) -> None:
    (tmp_path / "R1").write_text("in the way")

    got = gathered(host_on(router()), tmp_path, commands=["show clock"])

    assert got.failure is not None
    assert (got.failure.kind, got.failure.message) == ("file", "File exists")


def test_hosts_that_would_share_a_folder_are_told_before_anybody_logs_in(tmp_path: Path) -> None:
    nornir = fleet_of_addresses(["admin@r1", "admin@R1"])

    with pytest.raises(UsageError, match="'r1' and 'R1' would share a folder"):
        collect(nornir, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_a_rule_that_there_is_not_is_told_before_anybody_logs_in(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        collect(fleet_of_addresses(["admin@r1"]), tmp_path / "new", select=("NONE999",))
    assert not (tmp_path / "new").exists()


def test_a_run_keeps_an_index_and_no_texts_in_memory(router: Make, tmp_path: Path) -> None:
    told: list[Gathered] = []

    found = collect(
        host_on(router()), tmp_path / "new", commands=["show clock"], report=told.append
    )

    assert (found.hosts, found.done, found.outputs, found.failures) == (1, 1, 1, ())
    assert found.complete
    assert list(found.gathered()) == told
    lines = (tmp_path / "new/collection.jsonl").read_text().splitlines()
    assert [next(iter(json.loads(line))) for line in lines] == ["collection", "host", "ended"]


def test_a_run_that_was_stopped_is_interrupted(tmp_path: Path) -> None:
    hosts = fleet_of_addresses(["192.0.2.1", "192.0.2.2"])
    runner = FleetRunner(jobs=1)
    runner.stop()
    recorder = Recorder(Index(tmp_path / "new"), 2)

    with recorder:
        hosts.with_runner(runner).with_processors([recorder]).run(collect_device, folder=tmp_path)

    assert recorder.collection.interrupted
    last = (tmp_path / "new/collection.jsonl").read_text().splitlines()[-1]
    assert json.loads(last)["interrupted"]
