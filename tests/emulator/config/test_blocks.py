from collections.abc import Iterable

import pytest

from getvpn.emulator.config.edit import Edit, carry_out
from getvpn.emulator.config.rendering import render
from getvpn.emulator.config.store import Block, Config, Entry
from getvpn.emulator.grammar import XE, CommandSet, Grammar, Parsed, Setting
from getvpn.emulator.shell.dialogue import Script, finish


def _remarks(entry: Entry) -> Iterable[str]:
    return ("Nothing is matched",) if entry.block and not entry.block.has("match") else ()


def _grammar() -> Grammar:
    declared = CommandSet()
    declared.mode("config", "config")
    declared.mode("rule", "config-rule")
    declared.mode("base", "config-rule-base", parent="rule")

    def order(entry: Entry) -> tuple[str, bool]:
        return entry["name"], entry.setting.enters is not None

    declared.setting(
        "config",
        "table <name!> size <size:1-9>",
        name="size",
        section="vrf",
        order=order,
        among="t",
    )
    declared.setting(
        "config",
        "table <name!>",
        name="table",
        section="vrf",
        order=order,
        among="t",
        enters="rule",
        begins=lambda _router: ("weight 3", "no log"),
        remarks=_remarks,
    )
    declared.setting(
        "config", "tree <name!>", section="vrf", enters="rule", begins=lambda _router: ("base",)
    )
    declared.setting("rule", "base", enters="base", closing="exit-base")
    declared.setting("rule", "match <what>")
    declared.setting("rule", "weight <weight:1-9>")
    declared.setting("rule", "log", default_on=True)
    return Grammar(XE, declared)


class _Router:
    family = XE

    def __init__(self) -> None:
        self.grammar = _grammar()
        self.config = Config()

    def enter(self, line: str, block: Block | None = None) -> Entry:
        place = block or self.config.root
        parsed = self.grammar.parse(place.mode, line)
        assert isinstance(parsed, Parsed)
        assert isinstance(parsed.target, Setting)
        done: list[Entry | None] = []

        async def work() -> None:
            edit = Edit(
                router=self,  # type: ignore[arg-type]
                dialogue=Script(()),
                setting=parsed.target,  # type: ignore[arg-type]
                block=place,
                values=parsed.values,
                text=parsed.text,
            )
            done.append(await carry_out(edit))

        finish(work())
        assert done[0] is not None
        return done[0]

    def lines(self) -> list[str]:
        return [line for line in render(self.config.root, self.grammar) if line != "!"]


@pytest.fixture
def router() -> _Router:
    return _Router()


def test_a_new_block_begins_with_the_lines_that_ios_writes_into_it(router: _Router) -> None:
    router.enter("table a")
    assert router.lines() == ["table a", " ! Nothing is matched", " weight 3", " no log"]


def test_a_block_may_begin_with_a_block(router: _Router) -> None:
    router.enter("tree a")
    assert router.lines() == ["tree a", " base", " exit-base"]


def test_a_block_that_is_entered_again_keeps_its_lines(router: _Router) -> None:
    entry = router.enter("table a")
    router.enter("weight 5", entry.block)
    router.enter("table a")
    assert " weight 5" in router.lines()


def test_a_remark_goes_when_its_reason_goes(router: _Router) -> None:
    entry = router.enter("table a")
    router.enter("match x", entry.block)
    assert router.lines() == ["table a", " match x", " weight 3", " no log"]


def test_settings_of_one_list_are_printed_in_its_order(router: _Router) -> None:
    router.enter("table b")
    router.enter("table a")
    router.enter("table b size 2")
    router.enter("table a size 1")
    heads = [line for line in router.lines() if not line.startswith(" ")]
    assert heads == ["table a size 1", "table a", "table b size 2", "table b"]
