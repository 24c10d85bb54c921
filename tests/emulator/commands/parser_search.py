"""Finding the parser for a command, among the thousands that genie and ntc-templates have, quickly.

What is found is what the libraries themselves find. They compare a command with every other one
that they know, one after the other, which takes longer than all parsing.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

_TOKENS = 2


class _Alike:
    """Genie's parsers, of which only some commands are gone through."""

    def __init__(self, whole: Any, commands: tuple[str, ...]) -> None:
        self._whole = whole
        self._commands = commands

    def __iter__(self) -> Iterator[str]:
        return iter(self._commands)

    def __contains__(self, command: object) -> bool:
        return command in self._whole

    def __getattr__(self, name: str) -> Any:
        return getattr(self._whole, name)


@cache
def quicken_genie() -> None:
    """From now on genie compares a command only with those whose first words may be its own.

    Its parsers compile their thousands of expressions each time, of which Python remembers few.
    """
    from genie.libs.parser.utils import common

    re._MAXCACHE = 20_000  # type: ignore[attr-defined]
    whole = common._load_parser_json()
    search_all = common._fuzzy_search_command

    @cache
    def alike(first: tuple[str, ...]) -> _Alike:
        return _Alike(whole, tuple(command for command in whole if _may_be(first, command)))

    def search(command: str, fuzzy: bool, *rest: Any) -> Any:
        if fuzzy or common.parser_data is not whole:
            return search_all(command, fuzzy, *rest)
        common.parser_data = alike(tuple(command.split()[:_TOKENS]))
        try:
            return search_all(command, fuzzy, *rest)
        finally:
            common.parser_data = whole

    common._fuzzy_search_command = search


def _may_be(first: tuple[str, ...], command: str | None) -> bool:
    """Whether the first words of a command are, or begin, those of another one with arguments."""
    for typed, known in zip(first, (command or "").split(), strict=False):
        if "{" in known:
            return True
        if not known.startswith(typed):
            return False
    return command is not None


@cache
def ntc_row(command: str) -> int:
    """The row of the index of ntc-templates for a command of `cisco_ios`; 0 if there is none."""
    patterns = _ntc_patterns()
    return next((row for row, pattern in patterns if not pattern or pattern.match(command)), 0)


@cache
def _ntc_patterns() -> tuple[tuple[int, Any], ...]:
    return tuple(
        (row.row, row["Command"])
        for row in ntc_table().index.compiled
        if not row["Platform"] or row["Platform"].match("cisco_ios")
    )


@cache
def ntc_table() -> Any:
    """The table with the index of ntc-templates."""
    from ntc_templates.parse import _get_template_dir
    from textfsm import clitable

    return clitable.CliTable("index", _get_template_dir())
