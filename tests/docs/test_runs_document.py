"""What docs/procedures.md tells to type is typed, from the plan of a run to its end."""

import json
import re
from pathlib import Path

import pytest

from getvpn.cli.main import run

from ..cli.test_runs_verb import be
from ..tasks.lab_devices import Killed
from ..tasks.procedures.rollover_worlds import RolloverWorld
from .commands import Command
from .memory import drive, wan, write
from .script import Done, Script

Patch = pytest.MonkeyPatch
ENDED = ": done; WAN uses the key GETVPN-REKEY-2 everywhere"
LINES_BEFORE_THE_END = 6


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: Patch) -> None:
    """The folder of Alice, who plans, and her journal."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GETVPN_JOURNAL", f"sqlite:///{tmp_path}/journal.db")
    be(monkeypatch, "alice")
    write(wan())


def fresh(script: Script) -> RolloverWorld:
    """A network in which nothing has happened yet."""
    world = RolloverWorld(wan())
    drive(script.patch, world)
    return world


def killed(script: Script, journal: str) -> None:
    """Let a run end early, in the middle of what it does; its journal is a file of its own."""
    script.patch.setenv("GETVPN_JOURNAL", f"sqlite:///{Path(journal).absolute()}")
    world = fresh(script)
    world.kill_at(LINES_BEFORE_THE_END)
    with pytest.raises(Killed):
        run(["rollover", "rsa", "--execute", "--yes"])
    (script.here["run"],) = re.findall(r"^(\w+) +rollover rsa", listed(script), re.MULTILINE)
    world.begin()


def listed(script: Script) -> str:
    """The runs in the journal."""
    script.capsys.readouterr()
    assert run(["runs"]) == 0
    return script.capsys.readouterr().out


@pytest.mark.xdist_group("pg")
@pytest.mark.executes("docs/procedures.md")
def test_all_that_is_told_of_runs_works(
    script: Script, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """In the order of the page."""
    script.here["journal"] = f"{tmp_path}/journal.db"
    left = iter(script)

    def typed(code: int | None = None) -> Done:
        return script.run(next(left), code=code)

    fresh(script)
    assert "nothing was done" in typed().err
    plan = json.loads(typed().out)
    script.here["step"] = plan["steps"][3]["name"]
    for _ in range(2):
        fresh(script)
        assert ENDED in typed().err

    fresh(script)
    waiting = typed()
    script.here["run"] = waiting.err.split("run ")[1].split(":")[0]
    assert "waiting for approval" in waiting.err
    be(script.patch, "bob")
    assert "approved; alice calls" in typed().err
    be(script.patch, "alice")
    assert ENDED in typed().err

    fresh(script)
    paused = typed()
    assert ": paused" in paused.err
    script.here["run"] = paused.err.split("run ")[1].split(":")[0]
    assert f"{script.here['run']}  rollover rsa" in typed().out
    in_postgres(script, next(left), request)

    assert typed().out.count("rollover rsa") == 4
    states = sorted(each["status"] for each in json.loads(typed().out)["runs"])
    assert states == ["done", "done", "done", "paused"]
    assert script.here["run"] in typed().out
    assert "show crypto gdoi ks coop" in typed().out
    assert typed().out == ""
    assert Path("evidence.html").read_text("utf-8").startswith("<!doctype html>")
    assert typed().out.startswith("# ")
    assert ENDED in typed().err

    killed(script, "aborted.db")
    assert "rolled back" in typed(1).err
    killed(script, "left.db")
    assert "left as it was" in typed().err
    killed(script, "unlocked.db")
    assert "WAN is held by" in typed().err
    assert "is held by" not in listed(script)
    killed(script, "broken.db")
    assert ENDED in typed().err


def in_postgres(script: Script, command: Command, request: pytest.FixtureRequest) -> None:
    """Look into a journal in PostgreSQL, where that is installed."""
    try:
        script.here["postgres"] = request.getfixturevalue("postgres")
    except pytest.skip.Exception:
        script.otherwise(command)
    else:
        assert script.run(command).err == "the journal has no runs\n"
