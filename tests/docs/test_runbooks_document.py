"""What docs/runbooks.md says of the runbooks is so, and the one of its own works."""

import importlib
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

import getvpn
from getvpn import open_fleet

from ..playbooks.desk import Desk
from ..tasks.procedures.rollover_worlds import NEW, OLD, RolloverWorld
from .blocks import code_blocks

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "runbooks.md"
TEXT = PAGE.read_text("utf-8")
ROW = re.compile(r"^\| \[(\w+)\]\(\.\./playbooks/\1\.py\) \| .* \| `(.*)` \|$", re.MULTILINE)
CALLS = {name: shlex.split(call) for name, call in ROW.findall(TEXT)}
SOURCES = {
    path.stem: path.read_text("utf-8")
    for path in (ROOT / "playbooks").glob("*.py")
    if path.name != "__init__.py"
}


def test_every_runbook_is_in_a_table_and_those_that_change_are_in_theirs() -> None:
    assert CALLS.keys() == SOURCES.keys()
    changing = TEXT.partition("\n## Changing\n")[2].partition("\n## The public names\n")[0]
    acting = {name for name, text in SOURCES.items() if '"--execute"' in text}
    assert {name for name, _ in ROW.findall(changing)} == acting


@pytest.mark.parametrize("name", CALLS)
def test_the_call_of_each_is_a_call(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GETVPN_JOURNAL", f"sqlite:///{tmp_path}/journal.db")
    monkeypatch.setenv("NETOPS_PASSWORD", "word")
    called, *arguments = CALLS[name]
    assert called == name
    main = importlib.import_module(f"getvpn.playbooks.{name}").main
    # nothing that it names is there: that is told in one line, and arguments are not what is wrong
    assert main(*arguments) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_every_name_that_runbooks_use_is_told_and_no_other() -> None:
    told = TEXT.partition("\n## The public names\n")[2].partition("\n## One of your own\n")[0]
    cells = re.findall(r"^\| (`.*?`) \|", told, re.MULTILINE)
    named = [name for cell in cells for name in re.findall(r"`(\w+)`", cell)]
    assert sorted(named) == sorted(set(getvpn.__all__) - {"__version__"})


def test_the_runbook_of_the_page_asks_and_then_renews(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (block,) = code_blocks(PAGE)
    found: dict[str, Any] = {}
    exec(compile(block.text, PAGE.name, "exec"), found)  # noqa: S102 - our own page
    world = RolloverWorld()
    desk = Desk(world, tmp_path, monkeypatch)
    nornir = open_fleet(desk.hosts)
    for answer in ("no", "yes"):
        monkeypatch.setitem(found, "input", lambda _, answer=answer: answer)
        assert world.labels("KS1") == [OLD]
        assert found["renew"](nornir, desk.intent, "G1") is (answer == "yes")
    assert [world.labels(name) for name in ("KS1", "KS2")] == [[NEW], [NEW]]
    capsys.readouterr()
    assert found["renew"](nornir, desk.intent, "G1") is False
    assert "it has no RSA key 'GETVPN-REKEY'" in capsys.readouterr().out
