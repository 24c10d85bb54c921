"""What docs/history.md tells to type is typed, and what it says in tables is so."""

import csv
import io
import json
import re
from pathlib import Path

import pytest

from getvpn.cli.history import ACTIONS, COLUMNS
from getvpn.cli.main import run

from ..tasks.procedures.group_worlds import World
from ..tasks.snapshots.captured_worlds import captures_of, save
from .script import Script

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "history.md").read_text("utf-8")
Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with what a network says."""
    monkeypatch.setenv("GETVPN_JOURNAL", f"sqlite:///{tmp_path}/journal.db")
    monkeypatch.chdir(tmp_path)
    save(captures_of(World()), tmp_path / "captures")
    return tmp_path


def fields_of(heading: str) -> list[str]:
    """What the first column of a table names."""
    rows = PAGE.split(f"\n| {heading} |", 1)[1].split("\n\n")[0].splitlines()[2:]
    return [name for row in rows for name in re.findall(r"`([^`]+)`", row.split("|")[1])]


@pytest.mark.executes("docs/history.md")
def test_all_of_it_is_so(place: Path, script: Script, capsys: Capture) -> None:
    script.all()
    typed = {words[2] for each in script if (words := each.words)[1] == "history" and words[2:]}
    assert typed | {"list"} == set(ACTIONS)
    assert 'id="trend"' in (place / "wan.html").read_text("utf-8")

    rows = list(csv.DictReader(io.StringIO((place / "wan.csv").read_text("utf-8"))))
    assert tuple(rows[0]) == COLUMNS
    assert any(row["name"] == "findings high" and row["device"] for row in rows)
    figures = {row["name"] for row in rows if not row["name"].startswith("findings ")}
    assert figures == set(fields_of("figure"))

    assert run(["history", "show", "wan", "-f", "json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["audits"]) == 4
