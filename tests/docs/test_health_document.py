"""What docs/health.md says of looks at a network holds."""

from pathlib import Path

import pytest
import yaml

from getvpn.tasks.deploying.health import CHANGE_S, DEADLINE_S, PATIENCE, needed_s
from getvpn.tasks.deploying.observing import CONFIGURED, STARTUP_DIFFERENCES, STATE
from getvpn.tasks.deploying.troubles import Kind

from ..tasks.deploying.looking import Running
from ..tasks.networks import network
from .blocks import code_blocks

PAGE = Path(__file__).resolve().parents[2] / "docs" / "health.md"
TEXT = PAGE.read_text("utf-8")
ROWS = [
    [cell.strip() for cell in line.split("|")[1:-1]]
    for line in TEXT.splitlines()
    if line.startswith("| ") and not line.startswith(("| kind |", "| key servers |"))
]


def test_all_commands_stand_on_the_page_in_their_order() -> None:
    asked = [row for row in ROWS if row[-1].startswith("`show") or row[0].startswith("`show")]
    for column, role in enumerate(CONFIGURED):
        told = [row[column].strip("`") for row in asked if row[column]]
        assert told == [*CONFIGURED[role], *STATE[role]]
    assert STARTUP_DIFFERENCES in TEXT


def test_all_kinds_of_trouble_stand_on_the_page() -> None:
    told = {kind for row in ROWS if not row[0].startswith("`") for kind in row[0].split(", ")}
    assert told - {""} == set(Kind)


def test_the_numbers_of_the_page_are_those_of_the_code() -> None:
    assert (CHANGE_S, needed_s(CHANGE_S), DEADLINE_S) == (60, 150, 300)
    assert PATIENCE == {
        Kind.SEVERAL_PRIMARIES: 30,
        Kind.FOREIGN_PRIMARY: 30,
        Kind.UNREACHABLE: 120,
        Kind.PEER: 120,
        Kind.MEMBERS_LOST: 180,
    }


def test_the_python_of_the_page_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (block,) = (block for block in code_blocks(PAGE) if block.name == "health")
    running = Running(network())
    said = running.intent.model_dump(mode="json", by_alias=True, exclude_unset=True)
    (tmp_path / "network.yml").write_text(yaml.safe_dump(said), "utf-8")
    monkeypatch.chdir(tmp_path)
    found = {"open_device": running.devices}
    exec(compile(block.text, "health.md", "exec"), found)  # noqa: S102 - our own page
    told = [f"G1 {name} is on the policy\n" for name in ("BR1", "BR2")]
    assert capsys.readouterr().out == "".join(told)
    assert len(list(tmp_path.glob("backups/*/*.cfg"))) == 4
