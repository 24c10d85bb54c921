"""docs/architecture.md draws what the contracts of the imports say."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from .blocks import code_blocks

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "architecture.md"


@pytest.fixture(scope="module")
def contracts() -> list[dict[str, Any]]:
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    found: list[dict[str, Any]] = tomllib.loads(text)["tool"]["importlinter"]["contracts"]
    return found


def test_the_picture_has_the_layers_of_the_contract_in_their_order(
    contracts: list[dict[str, Any]],
) -> None:
    (layers,) = [each["layers"] for each in contracts if each["type"] == "layers"]
    (drawing,) = [block.text for block in code_blocks(PAGE) if block.language == "mermaid"]
    labels = dict(re.findall(r'(L\d)\["(.+?)"\]', drawing))
    arrows = re.findall(r"(L\d)\S* --> (L\d)", re.sub(r'\[".+?"\]', "", drawing))

    assert [labels[f"L{number}"] for number in range(len(labels))] == layers
    assert arrows == [(f"L{number}", f"L{number + 1}") for number in range(len(layers) - 1)]


def test_the_text_names_the_rooms_that_do_not_know_the_emulator(
    contracts: list[dict[str, Any]],
) -> None:
    (sources,) = [
        each["source_modules"]
        for each in contracts
        if each.get("forbidden_modules") == ["getvpn.emulator"]
    ]
    rooms = {name.split(".")[1] for name in sources} - {"errors"}
    sentence = PAGE.read_text("utf-8").split("import the emulator;")[1].split("do not.")[0]

    assert set(re.findall(r"`(\w+)`", sentence)) == rooms


def test_every_room_is_in_the_table() -> None:
    rooms = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"docs", "tests", "build"}
    told = re.findall(r"^\| `(\w+)` \|", PAGE.read_text("utf-8"), re.MULTILINE)

    assert set(told) == rooms
