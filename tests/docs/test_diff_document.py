"""What docs/diff.md tells to type is typed, and what it says in tables is so."""

import shutil
from pathlib import Path

import pytest

from getvpn.cli.main import run

from ..fleets import LabFleet
from .blocks import code_blocks
from .over_ssh import OVER_SSH, settle
from .script import Script

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "diff.md").read_text("utf-8")
BLOCKS = {block.name: block.text for block in code_blocks(DOCS / "diff.md") if block.name}
INTENT = next(block.text for block in code_blocks(DOCS / "intent.md") if block.name)
Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    """A folder with the network of the page, rendered before it changed."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PSK_COOP", "Key-PSK_COOP")
    monkeypatch.setenv("PSK_BRANCH_1", "Key-PSK_BRANCH_1")
    source = tmp_path / "network.yml"
    clear = INTENT.replace("[10.0.0.0/8]}", "[10.0.0.0/8], clear: [ssh, bgp]}")
    source.write_text(clear, "utf-8")
    assert run(["render", "-o", "saved"]) == 0
    changed = clear.replace("[ssh, bgp]", "[ssh, ntp, bgp]").replace("priority: 75", "priority: 80")
    source.write_text(changed, "utf-8")
    capsys.readouterr()


@OVER_SSH
@pytest.mark.executes("docs/diff.md")
def test_what_is_typed_prints_what_the_page_shows(
    script: Script, first_fleet: LabFleet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(first_fleet, tmp_path, monkeypatch)
    shutil.copytree("saved", "monday")
    *calls, example = script
    found = [script.run(each) for each in calls]
    assert [each.code for each in found] == [0, 0, 0, 0, 1]
    assert all("--- KS2" in each.out for each in (found[0], found[2]))
    assert "--- KS2" not in found[1].out
    done = script.run(example)
    assert (done.out + done.err).rstrip() == example.shown.rstrip()
    assert run(["diff", "--saved", "saved", "--form", "remediation", "branch-*"]) == 0


def test_the_python_of_the_page_runs() -> None:
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    exec(compile(BLOCKS["compared"], "diff.md", "exec"), found)  # noqa: S102 - our own page
    assert sorted(found["lines"]) == ["KS1", "KS2"]
    assert "   local priority 80" in found["lines"]["KS2"]
