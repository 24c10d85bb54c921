"""Modes that share their lines, blocks that a line chooses, and releases that print otherwise."""

from collections.abc import Iterable

import pytest

from getvpn.emulator.config.edit import Edit, carry_out
from getvpn.emulator.config.rendering import render
from getvpn.emulator.config.store import Block, Config, Entry
from getvpn.emulator.grammar import XE, CommandSet, Grammar, Parsed, Setting
from getvpn.emulator.shell.dialogue import Script, finish

OLD, NEW = (16, 12), (17, 9)


def _choose(edit: Edit) -> None:
    if "." in edit.values["name"]:
        edit.enters = "subport"
        edit.begins = ("vlan 1",)


def _printed(entry: Entry, grammar: Grammar) -> Iterable[str] | None:
    if grammar.release >= NEW or entry.block is None:
        return None
    return [f"{entry.text} {line.text}" for line in entry.block.entries.values()]


def _grammar() -> Grammar:
    declared = CommandSet()
    declared.mode("config", "config")
    declared.mode("port", "config-port")
    declared.mode("subport", "config-subport", like="port")
    declared.setting(
        "config",
        "port <name!>",
        enters="port",
        check=_choose,
        printed=_printed,
        section_in=lambda _, grammar: "hostname" if grammar.release < NEW else "line",
    )
    declared.setting("config", "limit <number:1-9>", section="interface")
    declared.setting("port", "vlan <vlan:1-9>")
    return Grammar(XE, declared)


class _Router:
    family = XE

    def __init__(self) -> None:
        self.grammar = _grammar()
        self.config = Config()

    def enter(self, line: str, block: Block | None = None) -> Block | None:
        place = block or self.config.root
        parsed = self.grammar.parse(place.mode, line)
        assert isinstance(parsed, Parsed)
        assert isinstance(parsed.target, Setting)
        edit = Edit(
            router=self,  # type: ignore[arg-type]
            dialogue=Script(()),
            setting=parsed.target,
            block=place,
            values=parsed.values,
            text=parsed.text,
        )
        done: list[Entry | None] = []

        async def work() -> None:
            done.append(await carry_out(edit))

        finish(work())
        return done[0].block if done[0] else None

    def lines(self, release: tuple[int, int] = NEW) -> list[str]:
        grammar = self.grammar.of_release(release)
        return [line for line in render(self.config.root, grammar) if line != "!"]


@pytest.fixture
def router() -> _Router:
    return _Router()


def test_a_line_chooses_the_mode_of_its_block_and_what_it_begins_with(router: _Router) -> None:
    block = router.enter("port a.1")
    assert block is not None
    assert block.mode == "subport"
    assert router.lines() == ["port a.1", " vlan 1"]


def test_a_mode_like_another_has_the_same_lines(router: _Router) -> None:
    block = router.enter("port a.1")
    router.enter("vlan 7", block)
    assert router.lines() == ["port a.1", " vlan 7"]
    assert router.grammar.settings("subport") == router.grammar.settings("port")


def test_a_release_prints_a_block_in_its_own_form_and_place(router: _Router) -> None:
    router.enter("limit 3")
    router.enter("vlan 2", router.enter("port a"))
    assert router.lines(NEW) == ["limit 3", "port a", " vlan 2"]
    assert router.lines(OLD) == ["port a vlan 2", "limit 3"]
