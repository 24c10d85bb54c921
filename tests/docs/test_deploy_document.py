"""What docs/deploy.md tells to type is typed, and what it says in tables is so."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from getvpn.cli.deploy import command as verb
from getvpn.inventory.models import Intent
from getvpn.tasks.deploying.journal import read_journal

from ..fleets import LabFleet
from ..tasks.procedures.group_worlds import World
from .blocks import alike, code_blocks
from .memory import Edit, drive, first, wired, write
from .over_ssh import served, settle
from .script import Script

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "deploy.md").read_text("utf-8")
BLOCKS = {block.name: block.text for block in code_blocks(DOCS / "deploy.md") if block.name}
Capture = pytest.CaptureFixture[str]


def clear(*names: str, more: Edit = lambda _: None) -> Intent:
    """The first network, in whose policy these protocols are in clear."""

    def edit(document: dict[str, Any]) -> None:
        document["groups"][0]["policies"][0]["traffic"]["clear"] = list(names)

    return first(more, edit)


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabFleet]:
    """The first network of the intent, in a lab."""
    with served(clear("esp", "ssh"), tmp_path_factory.mktemp("reader")) as made:
        yield made


@pytest.fixture
def reader(fleet: LabFleet, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder in which the page is followed, by a user who knows the routers."""
    settle(fleet, fleet.folder, monkeypatch)
    write(clear("esp", "ssh", "icmp"))


def apart(shown: list[str], out: list[str]) -> list[str]:
    """What is shown beside the lines of `out`, which stand in it in their order."""
    left, beside = list(out), []
    for line in shown:
        if left and left[0] == line:
            left.pop(0)
        else:
            beside.append(line)
    assert left == []
    return beside


@pytest.mark.usefixtures("reader")
@pytest.mark.executes("docs/deploy.md", "An example")
def test_what_is_typed_prints_what_the_page_shows(script: Script) -> None:
    for done in script.all():
        assert apart(alike(done.command.shown), alike(done.out)) == alike(done.err)
    names = re.findall(r"── ([.\w]+)(?:/| |$)", BLOCKS["tree"], re.MULTILINE)
    (report, *_) = Path(".getvpn/deployments").glob("*/report.json")
    found = {path.name for folder in (Path(".getvpn"), report.parent) for path in folder.iterdir()}
    assert found == set(names)
    events = {entry["event"] for entry in read_journal(report.with_name("journal.jsonl"))}
    assert events <= set(re.findall(r"`(\w+)`", PAGE.split("line before each act")[1]))


@pytest.mark.executes("docs/deploy.md")
def test_the_calls_of_the_page_work(
    script: Script, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GETVPN_JOURNAL", f"sqlite:///{tmp_path}/journal.db")
    for command in script:
        world = World(clear("esp", "ssh", more=wired))
        for name in world.lab.devices:
            world.type(name, "write memory")
        write(clear("esp", "ssh", "icmp", more=wired))
        drive(monkeypatch, world)
        done = script.run(command)
        if "branch-*" in command.words:
            assert "nothing to do" in done.err
        else:
            assert (world.acts() != []) is ("--commit" in command.words)
    options = {name for each in verb.params for name in each.opts}
    assert set(re.findall(r"`(--[\w-]+)", PAGE)) <= options


@pytest.mark.usefixtures("reader")
def test_the_python_of_the_page_runs(capsys: Capture) -> None:
    found: dict[str, object] = {}
    exec(compile(BLOCKS["runbook"], "deploy.md", "exec"), found)  # noqa: S102 - our own page
    assert capsys.readouterr().out.startswith("nothing to do 0")
