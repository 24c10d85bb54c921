"""What docs/watch.md tells to type goes on until Ctrl-C, in virtual time; a key server dies."""

import shutil
import socket
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ..tasks.lab_devices import LabClock
from ..tasks.procedures.group_worlds import World
from ..tasks.watching.test_ways import Server, serving
from .commands import ROOT, Command
from .memory import drive, wan, write
from .script import Done, Script

LOOKS = 4
DIES_AFTER = 2
CTRL_C = 130
PAGER = """\
#!/bin/sh
[ "$*" = "--team network" ] && cat >> paged
"""
Patch = pytest.MonkeyPatch
Typed = Callable[[Command], Done]


class Watching(LabClock):
    """The time of a network; somebody presses Ctrl-C after some looks."""

    def __init__(self, world: World) -> None:
        super().__init__(world.lab)
        self.waits = 0

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.waits += 1
        if self.waits > LOOKS:
            raise KeyboardInterrupt
        if self.waits == DIES_AFTER:
            self.lab.power_off("KS2")
        super().sleep(seconds)


@pytest.fixture
def page(script: Script, tmp_path: Path, monkeypatch: Patch) -> Typed:
    """Types a command of the page in a folder with what it needs, in a fresh network."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GETVPN_JOURNAL", f"sqlite:///{tmp_path}/journal.db")
    monkeypatch.setenv("HOOK_TOKEN", "t0ken")
    write(wan())

    def typed(command: Command) -> Done:
        world = World(wan())
        drive(monkeypatch, world)
        clock = Watching(world)
        monkeypatch.setattr("getvpn.tasks.clock.SystemClock", lambda: clock)
        done = script.run(command, code=CTRL_C)
        assert "ServerGone" in done.out
        return done

    return typed


@pytest.fixture
def hook() -> Iterator[Server]:
    """A webhook."""
    with serving() as server:
        yield server


@pytest.mark.executes("docs/watch.md", "Who is told")
def test_those_are_told_who_are_named(
    script: Script, page: Typed, hook: Server, tmp_path: Path
) -> None:
    Path("page-me").write_text(PAGER)
    Path("page-me").chmod(0o700)
    script.here["hook"] = f"http://127.0.0.1:{hook.server_port}/getvpn"
    Path("hook-url").write_text(script.here["hook"])
    Path("hook-url").chmod(0o600)
    paged, posted, posted_too, logged = script
    page(paged)
    assert '"name": "ServerGone"' in (tmp_path / "paged").read_text()
    for command, token in ((posted, "Bearer t0ken"), (posted_too, None)):
        hook.got.clear()
        page(command)
        assert "ServerGone" in [body["name"] for _, _, body in hook.got]
        assert {(path, said.get("Authorization")) for path, said, _ in hook.got} == {
            ("/getvpn", token)
        }
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as syslog:
        syslog.bind(("127.0.0.1", 0))
        syslog.settimeout(300)
        script.here["syslog"] = f"127.0.0.1:{syslog.getsockname()[1]}"
        page(logged)
        assert any(b"ServerGone" in packet for packet in iter(lambda: syslog.recv(2000), b""))


@pytest.mark.executes("docs/watch.md", "Metrics")
def test_the_rules_are_checked(script: Script) -> None:
    script.here["root"] = str(ROOT)
    for command in script:
        if shutil.which("promtool"):
            assert "SUCCESS: " in script.run(command).out
        else:
            script.otherwise(command)


@pytest.mark.executes("docs/watch.md", "As a service")
def test_the_service_serves_metrics(script: Script, page: Typed) -> None:
    (command,) = script
    assert "metrics: http://127.0.0.1:" in page(command).err


@pytest.mark.xdist_group("pg")
@pytest.mark.executes("docs/watch.md", "History")
def test_figures_are_entered(
    script: Script, page: Typed, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    here, there = script
    page(here)
    with sqlite3.connect(tmp_path / "journal.db") as journal:
        assert journal.execute("SELECT count(*) FROM figures").fetchone()[0] > 0
    journal.close()
    try:
        script.here["postgres"] = request.getfixturevalue("postgres")
    except pytest.skip.Exception:
        script.otherwise(there)
    else:
        page(there)
        with request.getfixturevalue("psycopg").connect(script.here["postgres"]) as found:
            assert found.execute("SELECT count(*) FROM figures").fetchone()[0] > 0
