"""What docs/logs.md tells to type is typed, and what it says in tables is so."""

import ast
import gzip
import json
from pathlib import Path

import pytest

from getvpn.audits import logs
from getvpn.audits.logs.kinds import TOPICS
from getvpn.audits.logs.prepared import MOST_GROUPS
from getvpn.audits.logs.rekeys import GRACE_S, MOST_MEMBERS, MOST_REKEYS
from getvpn.audits.logs.store import MOST_EVENTS
from getvpn.cli.main import run

from .blocks import code_blocks
from .script import Script

PAGE = Path(__file__).resolve().parents[2] / "docs" / "logs.md"
TEXT = PAGE.read_text("utf-8")
BLOCKS = {block.name: block.text for block in code_blocks(PAGE) if block.name}
ROWS = [
    [cell.strip() for cell in line.split("|")[1:-1]]
    for line in TEXT.splitlines()
    if line.startswith("| ") and not line.startswith("| about |")
]
Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with the logs of the page."""
    monkeypatch.chdir(tmp_path)
    Path("logs").mkdir()
    for name, text in BLOCKS.items():
        if name.startswith("logs/"):
            Path(name).write_text(text, "utf-8")


@pytest.mark.executes("docs/logs.md")
def test_what_is_typed_prints_what_the_page_shows(script: Script) -> None:
    Path("ks1.log").write_text(BLOCKS["logs/ks1.log"])
    Path("gm1.log.gz").write_bytes(gzip.compress(BLOCKS["logs/gm1.log"].encode()))
    script.source = Path("ks1.log").read_bytes()
    for done in script.all():
        assert done.err == ""
        if done.command.shown:
            assert (done.code, done.out.rstrip()) == (1, done.command.shown.rstrip())


def test_all_troubles_stand_in_the_table() -> None:
    named: set[str] = set()
    for path in Path(logs.__file__).parent.glob("explain_*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            first = None
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                first = node.args[0] if node.func.attr == "explain" and node.args else None
            elif isinstance(node, ast.Tuple) and len(node.elts) == 5:
                first = node.elts[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                named.add(first.value)
    assert {row[0] for row in ROWS} == {each for each in named if "_" not in each}
    assert {topic for row in ROWS for topic in row[1].split(", ")} <= set(TOPICS)


def test_the_limits_of_the_page_are_those_of_the_code() -> None:
    words = " ".join(TEXT.split())
    assert f"{MOST_EVENTS:,} events are kept" in words
    assert f"{MOST_GROUPS} groups, {MOST_MEMBERS:,} members and {MOST_REKEYS:,} rekeys" in words
    assert f"goes on for {GRACE_S:.0f} seconds" in words


def test_the_python_of_the_page_runs(capsys: Capture) -> None:
    exec(compile(BLOCKS["logs"], "logs.md", "exec"), {})  # noqa: S102 - our own page
    assert capsys.readouterr().out == "medium missed rekeys ('gm2',)\n"
    assert run(["logs", "logs", "--format", "json"]) == 1
    assert json.loads(capsys.readouterr().out)["schema_version"] == 1
