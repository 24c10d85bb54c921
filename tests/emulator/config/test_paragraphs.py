"""Which global lines of a configuration stand together, and where `!` separates them."""

import pytest

from getvpn.emulator.config.rendering import render
from getvpn.emulator.config.sections import PARAGRAPHS, SECTIONS, SEPARATED
from getvpn.emulator.config.store import Block, Entry
from getvpn.emulator.grammar import CommandSet, Grammar

declared = CommandSet()
declared.mode("config", "config")
for section in ("service", "platform", "hostname", "vrf", "line"):
    declared.setting("config", f"{section} <name!>", section=section)


def rendered(*lines: str) -> list[str]:
    grammar = Grammar("xe", declared)
    settings = {setting.name: setting for setting in grammar.settings("config")}
    block = Block("config")
    for line in lines:
        word, name = line.split()
        entry = Entry(setting=settings[word], text=line, values={"name": name})
        block.entries[entry.key] = entry
    return render(block, grammar)


def test_no_section_is_named_twice() -> None:
    assert len(set(SECTIONS)) == len(SECTIONS)
    assert set(SECTIONS) >= SEPARATED


@pytest.mark.parametrize("paragraph", PARAGRAPHS)
def test_no_paragraph_is_empty(paragraph: tuple[str, ...]) -> None:
    assert paragraph


def test_a_mark_stands_behind_a_paragraph_and_not_within() -> None:
    assert rendered("line a", "hostname b", "platform c", "service d") == [
        "service d",
        "platform c",
        "!",
        "hostname b",
        "!",
        "line a",
        "!",
    ]


def test_a_mark_stands_behind_every_line_of_a_separated_section() -> None:
    assert rendered("vrf a", "vrf b", "hostname c") == [
        "hostname c",
        "!",
        "vrf a",
        "!",
        "vrf b",
        "!",
    ]


def test_a_configuration_without_lines_has_no_marks() -> None:
    assert rendered() == []
