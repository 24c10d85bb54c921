"""What the README tells to type is typed."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from getvpn.audits.registry import registry
from getvpn.cli.main import run
from getvpn.tasks.procedures.catalogue import PROCEDURES

from ..fleets import LabFleet
from ..labs import LabCommand
from ..tasks.lab_devices import Killed
from ..tasks.procedures.group_worlds import World
from ..tasks.procedures.rollover_worlds import RolloverWorld
from .blocks import code_blocks
from .commands import ROOT
from .memory import EXAMPLE, drive, first, wan, wired, write
from .over_ssh import OVER_SSH, settle
from .script import Script
from .test_watch_commands import CTRL_C, Watching

Patch = pytest.MonkeyPatch
LINES_BEFORE_THE_END = 6


@pytest.mark.executes("README.md", "Set-up")
def test_the_makefile_has_what_is_typed_first(script: Script) -> None:
    script.here["root"] = str(ROOT)
    demo, tests = script.all()
    assert "docs/tour.py" in demo.out  # which a test of its own runs
    assert "pytest" in tests.out


@pytest.mark.executes("README.md", "Use")
def test_what_is_saved_is_looked_at(script: Script, tmp_path: Path, monkeypatch: Patch) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(EXAMPLE / "network", "captures")
    shutil.copytree(EXAMPLE / "lab", "configs")
    Path("logs").mkdir()
    for block in code_blocks(ROOT / "docs" / "logs.md"):
        if block.name.startswith("logs/"):
            Path(block.name).write_text(block.text)
    for name, server in (("old.cfg", "ks1.cfg"), ("new.cfg", "ks2.cfg")):
        shutil.copy(EXAMPLE / "lab" / server, name)
    shown = "show crypto gkm ks policy"
    Path("session.log").write_text(
        f"ks1#{shown}\n{(EXAMPLE / 'network/ks1/show_crypto_gkm_ks_policy.txt').read_text()}ks1#\n"
    )
    somebody = ("-c", "user.name=somebody", "-c", "user.email=somebody@example.com")
    for words in (
        ("init", "-q", "-b", "main"),
        ("add", "configs"),
        ("commit", "-qm", "first"),
        ("update-ref", "refs/remotes/origin/main", "HEAD"),
    ):
        subprocess.run(["git", *somebody, *words], check=True, capture_output=True)
    done = script.all()
    assert any("IKE002" in each.out for each in done)
    assert "<html" in Path("report.html").read_text("utf-8")
    assert list(Path("fixes").glob("*.cfg")) != []


def test_the_finding_that_is_shown_is_one(
    monkeypatch: Patch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    page = (ROOT / "README.md").read_text("utf-8")
    (shown,) = re.findall(r"^```\n(inventory/example/[^`]*)^```$", page, re.MULTILINE)
    assert run(["audit", "inventory/example/network"]) == 1
    assert f"{' '.join(shown.split())}\n" in capsys.readouterr().out


def test_what_is_counted_is_right(capsys: pytest.CaptureFixture[str]) -> None:
    page = (ROOT / "README.md").read_text("utf-8")
    rules = len(registry().rules)
    assert run(["parse", "--list"]) == 0
    shows = sum("gdoi|gkm" in line for line in capsys.readouterr().out.splitlines())

    assert re.findall(r"(\d+) rules", page) == [str(rules)]
    assert f"\n| rules on GETVPN | {rules} | " in page
    assert f"\n| shows of GETVPN | {shows} commands, " in page
    assert f"\n| procedures over several devices, with journal | {len(PROCEDURES)} | " in page


@OVER_SSH
@pytest.mark.executes("README.md", "From the intent to the network")
def test_the_network_becomes_what_is_meant(
    script: Script, first_fleet: LabFleet, tmp_path: Path, monkeypatch: Patch
) -> None:
    settle(first_fleet, tmp_path, monkeypatch, knows=False)
    write(first())
    *asked, plan, commit = script
    trust, collect, audit, render, diff = map(script.run, asked)
    assert trust.out.count("recorded") == 3
    assert "3 done, 0 failed" in collect.out + collect.err
    assert (audit.code, diff.code) == (1, 0)
    assert "3 of 3 configurations new" in render.err

    def edit(document: dict[str, Any]) -> None:
        document["groups"][0]["policies"][0]["traffic"]["clear"] = ["icmp"]

    world = World(first(wired))
    for name in world.lab.devices:
        world.type(name, "write memory")
    write(first(wired, edit))
    drive(monkeypatch, world)
    assert "stage 1: secondary key servers" in script.run(plan).out
    assert world.acts() == []
    assert "done: all devices are as intended" in script.run(commit).out
    assert world.acts() != []


@pytest.mark.executes("README.md", "Procedures")
def test_a_procedure_goes_on_after_a_crash(
    script: Script, tmp_path: Path, monkeypatch: Patch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GETVPN_JOURNAL", f"sqlite:///{tmp_path}/journal.db")
    write(wan())
    plan, execute, upgrade, runs, resume, report = script
    for command in (plan, execute):
        drive(monkeypatch, RolloverWorld(wan()))
        script.run(command)
    assert "upgrade key-servers" in script.run(upgrade).out

    monkeypatch.setenv("GETVPN_JOURNAL", f"sqlite:///{tmp_path}/crashed.db")
    world = RolloverWorld(wan())
    drive(monkeypatch, world)
    world.kill_at(LINES_BEFORE_THE_END)
    with pytest.raises(Killed):
        run(["rollover", "rsa", "--execute", "--yes"])
    world.begin()
    said = script.run(runs)
    (name,) = re.findall(r"^(\w+) +rollover rsa", said.out, re.MULTILINE)
    script.here["run"] = name[:4]
    assert run(["runs", "unlock", "WAN", "--yes"]) == 0
    assert ": done; WAN uses the key" in script.run(resume).err
    script.run(report)
    assert "GETVPN-REKEY-2" in Path("run.html").read_text("utf-8")


@OVER_SSH
@pytest.mark.executes("README.md", "Before, after, and in between")
def test_what_has_happened_is_told(
    script: Script, first_fleet: LabFleet, tmp_path: Path, monkeypatch: Patch
) -> None:
    settle(first_fleet, tmp_path, monkeypatch)
    write(first())
    *asked, watch = script
    before, after, compared, audited, shown = map(script.run, asked)
    assert all("3 devices" in each.err for each in (before, after))
    assert compared.code == 1  # nothing was rolled over
    assert audited.code == 1
    assert shown.out.startswith("at  ")

    write(wan())
    world = World(wan())
    drive(monkeypatch, world)
    clock = Watching(world)
    monkeypatch.setattr("getvpn.tasks.clock.SystemClock", lambda: clock)
    assert "metrics: http://127.0.0.1:" in script.run(watch, code=CTRL_C).err


@pytest.mark.executes("README.md", "A lab")
def test_the_commands_for_a_lab_do_what_they_are_said_to(labs: LabCommand, script: Script) -> None:
    up, *others = script

    labs.processes = True
    lab = labs.up(str(ROOT / up.words[-1]))
    script.ran(up)
    assert list(lab.ports()) == ["KS1", "KS2", *(f"GM{number}" for number in range(1, 9))]
    assert "the password is 'admin'" in lab.notes
    for command in others:
        _, _, action, *rest = command.words
        call = labs.ssh if action == "ssh" else labs.run
        done = call(*rest, "show clock") if action == "ssh" else call(action, *rest)
        notes = "traffic of 56 pairs is recorded, one direction each\n" if "--start" in rest else ""
        expected = "56 pairs in " if action == "outages" and not notes else notes
        assert done.returncode == 0
        assert done.stderr.startswith(expected) if expected else done.stderr == ""
        script.ran(command)
