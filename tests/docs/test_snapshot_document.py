"""What docs/snapshot.md tells to type is typed, and what it says in tables is so."""

import re
from pathlib import Path

import pytest

from getvpn.cli.main import run
from getvpn.cli.snapshot import ACTIONS
from getvpn.cli.snapshot_diff import EXPECTATIONS
from getvpn.tasks.snapshots.expecting import RULES, Expectation
from getvpn.tasks.snapshots.facts import Kind, Topic

from ..fleets import LabFleet
from ..tasks.snapshots.captured_worlds import around_a_rollover, save
from .blocks import code_blocks
from .commands import Command
from .memory import first, write
from .over_ssh import OVER_SSH, settle
from .script import Script

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "snapshot.md").read_text("utf-8")
BLOCKS = {block.name: block.text for block in code_blocks(DOCS / "snapshot.md")}
MOVING = {Topic.TRAFFIC_KEYS, Topic.REKEYS, Topic.TRAFFIC}
Capture = pytest.CaptureFixture[str]
Patch = pytest.MonkeyPatch


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which a network was saved before a rollover and after it."""
    place = tmp_path_factory.mktemp("saved")
    for name, (captures, _) in zip(("monday", "tuesday"), around_a_rollover(), strict=True):
        save(captures, place / name)
    return place


@pytest.fixture(autouse=True)
def url(folders: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> str:
    """The reader's journal, with both as snapshots."""
    monkeypatch.chdir(folders)
    found = f"sqlite:///{tmp_path}/journal.db"
    monkeypatch.setenv("GETVPN_JOURNAL", found)
    for name in ("monday", "tuesday"):
        assert run(["snapshot", "take", name, "--from", name]) == 0
    capsys.readouterr()
    return found


def rows_of(heading: str) -> list[list[str]]:
    """The cells of the table that begins with this heading."""
    rows = PAGE.split(f"\n| {heading} |", 1)[1].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def without_keys(text: str) -> str:
    """A text in which all public keys look alike."""
    return re.sub(r"\b[0-9a-f]{16}\b", "KEY", text)


@OVER_SSH
@pytest.mark.executes("docs/snapshot.md")
def test_what_is_typed_prints_what_the_page_shows(
    script: Script, folders: Path, first_fleet: LabFleet, tmp_path: Path, monkeypatch: Patch
) -> None:
    settle(first_fleet, tmp_path, monkeypatch)
    write(first())
    for name in ("monday", "tuesday"):
        (tmp_path / name).symlink_to(folders / name)
    assert run(["snapshot", "take", "after", "--from", "tuesday"]) == 0

    def before(command: Command) -> None:
        if command.text.startswith("getvpn snapshot take before '"):
            assert run(["snapshot", "show", "before", "branch-1"]) == 0
        elif command.text.startswith("getvpn snapshot take before --from"):
            assert run(["snapshot", "show", "before", "KS2"]) == 0
            assert run(["snapshot", "show", "before", "branch-1"]) == 2
        else:
            return
        assert run(["snapshot", "remove", "before"]) == 0

    *calls, example = script
    for command in calls:
        before(command)
        script.run(command)
    for name in ("monday", "tuesday"):
        run(["snapshot", "take", name, "--from", name])
    assert without_keys(script.run(example).out) == without_keys(f"{example.shown}\n")
    assert {each.words[2] for each in script} == set(ACTIONS)


def test_the_tables_name_all_there_is() -> None:
    assert [row[0] for row in rows_of("kind")] == [str(kind) for kind in Kind]
    assert {row[0] for row in rows_of("topic")} == {str(topic) for topic in set(Topic) - MOVING}
    assert {row[0].strip("`") for row in rows_of("expectation")} == set(EXPECTATIONS)


def test_expectations_are_as_the_table_says() -> None:
    for name, must, may, _ in rows_of("expectation"):
        rule = RULES[Expectation(name.strip("`"))]
        assert must == (rule.must or "-")
        assert set(may.split(", ")) == ({str(topic) for topic in rule.may} or {"-"})


def test_the_python_of_the_page_runs(url: str) -> None:
    found: dict[str, object] = {}
    exec(compile(BLOCKS["expected"], "snapshot.md", "exec"), found)  # noqa: S102 - our own page
    outcome = found["outcome"]
    assert callable(outcome)
    assert outcome(url, "monday", "tuesday", "rollover") == "as expected"
    assert outcome(url, "monday", "tuesday", "upgrade") == "not as expected"
