"""Modes that stand for several blocks at once, and where a caret points."""

import pytest

from getvpn.emulator.config.store import Block, RangeBlock
from getvpn.emulator.grammar import CommandSet, Grammar, Parsed


def test_a_range_hands_a_line_to_all_its_members() -> None:
    first, second = Block("line"), Block("line")
    settled = []
    place = RangeBlock("line", lambda: [first, second], lambda: settled.append(1))
    assert place.members() == [first, second]
    place.settle()
    assert settled == [1]


def test_an_ordinary_block_is_its_only_member() -> None:
    block = Block("line")
    block.settle()
    assert list(block.members()) == [block]


@pytest.mark.parametrize(("argument", "column"), [("name", 17), ("server", 10), ("group", 4)])
def test_a_caret_can_point_at_a_keyword_or_at_a_value(argument: str, column: int) -> None:
    declared = CommandSet()
    declared.mode("config", "config")
    declared.setting("config", "aaa group server <name!>")
    parsed = Grammar("xe", declared).parse("config", "aaa group server LAB")
    assert isinstance(parsed, Parsed)
    assert parsed.column(argument) == column
