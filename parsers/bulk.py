"""Runs of equal blocks, taken by one expression for a whole block.

A members table has the same lines in the same order in each of its rows. `Bulk` is the
template's lines put together, each optional; `Tight` is the same with just the lines that the row
before had. Both claim what the walk over single lines would claim, and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import MISSING, dataclass, field, fields
from typing import Any

from .record import Converter, Row

_BLANK_LINES = r"[ \t]*\n(?:[ \t]*\n)*"
_NAMED = re.compile(r"\(\?P<\w+>")
_SPANS_LINES = re.compile(r"\[\^|\\s|\\D|\\W")


@dataclass(frozen=True, slots=True)
class Part:
    """One line of a block: its expression, and the fields in its capture groups."""

    source: str
    groups: int
    fields: tuple[tuple[str, int, Converter], ...]

    @property
    def is_plain(self) -> bool:
        """Whether it sets a field and cannot match over a line end."""
        return bool(self.fields) and not _SPANS_LINES.search(self.source)

    @property
    def unnamed(self) -> str:
        """The expression with numbered groups, for use beside others."""
        return _NAMED.sub("(", self.source)


@dataclass(frozen=True, slots=True)
class Tight:
    """The expression for blocks of one known shape, and how a row is made from its groups."""

    regex: re.Pattern[str]
    groups: tuple[int, ...]
    filled: tuple[tuple[Callable[[Row, object], None], Converter], ...]
    constant: tuple[tuple[Callable[[Row, object], None], object], ...]
    row: type[Row]
    place_line: Callable[[Row, object], None]

    def make(self, match: re.Match[str], lineno: int) -> Row | None:
        """The row of `match`; None when a text is no such value.

        The slots are set one by one: the frozen constructor takes three times as long.
        """
        made: Row = object.__new__(self.row)
        try:
            for (put, convert), text in zip(self.filled, match.group(*self.groups), strict=True):
                put(made, convert(text))
        except ValueError:
            return None
        for put, value in self.constant:
            put(made, value)
        self.place_line(made, lineno)
        return made


@dataclass(frozen=True, slots=True)
class Bulk:
    """The expression for a whole block: one of its starts, then each line that may follow.

    It ends behind the line end of the last line that it takes and the blank lines after that.
    """

    row: type[Row]
    starts: tuple[Part, ...]
    lines: tuple[Part, ...]
    regex: re.Pattern[str]
    tights: dict[tuple[int, ...], Tight | None] = field(default_factory=dict)

    @classmethod
    def of(cls, row: type[Row], starts: tuple[Part, ...], lines: tuple[Part, ...]) -> Bulk | None:
        """The expression for a block, or None where it could take what the walk would not."""
        if len(lines) < 3 or not all(part.is_plain for part in (*starts, *lines)):
            return None
        head = "|".join(rf"{part.unnamed}(?=[ \t]*$)" for part in starts)
        tail = "".join(rf"(?:[ \t]*{part.unnamed}{_BLANK_LINES})?" for part in lines)
        regex = re.compile(rf"[ \t]*(?:{head}){_BLANK_LINES}{tail}", re.MULTILINE)
        return cls(row, starts, lines, regex)

    def shape(self, match: re.Match[str]) -> tuple[int, ...]:
        """The numbers of the parts that matched; starts come first."""
        found, group = [], 1
        for index, part in enumerate((*self.starts, *self.lines)):
            if match[group + part.fields[0][1] - 1] is not None:
                found.append(index)
            group += part.groups
        return tuple(found)

    def values(self, match: re.Match[str]) -> dict[str, Any] | None:
        """The block's values by field; None when one is no such value or contradicts another."""
        values: dict[str, Any] = {}
        group = 0
        for part in (*self.starts, *self.lines):
            for name, inner, convert in part.fields:
                text = match[group + inner]
                try:
                    if (
                        text is not None
                        and values.setdefault(name, found := convert(text)) != found
                    ):
                        return None
                except ValueError:
                    return None
            group += part.groups
        return values

    def place(self, match: re.Match[str]) -> int:
        """Where in the block's lines the walk would go on."""
        return max(0, self.shape(match)[-1] - len(self.starts) + 1)

    def tight(self, match: re.Match[str]) -> Tight | None:
        """The expression for blocks of the shape of `match`; None where rows need a constructor."""
        shape = self.shape(match)
        if shape not in self.tights:
            self.tights[shape] = self._tighten(shape)
        return self.tights[shape]

    def _tighten(self, shape: tuple[int, ...]) -> Tight | None:
        parts = [(*self.starts, *self.lines)[index] for index in shape]
        names = [name for part in parts for name, _, _ in part.fields]
        if len(set(names)) != len(names) or hasattr(self.row, "__post_init__"):
            return None
        groups: list[int] = []
        filled: list[tuple[Callable[[Row, object], None], Converter]] = []
        offset = 0
        for part in parts:
            for name, inner, convert in part.fields:
                groups.append(offset + inner)
                filled.append((getattr(self.row, name).__set__, convert))
            offset += part.groups
        constant = []
        for item in fields(self.row):
            if item.name in names or item.name == "lineno":
                continue
            if item.default is MISSING:
                return None
            constant.append((getattr(self.row, item.name).__set__, item.default))
        source = "".join(rf"[ \t]*{part.unnamed}{_BLANK_LINES}" for part in parts)
        return Tight(
            regex=re.compile(source, re.MULTILINE),
            groups=tuple(groups),
            filled=tuple(filled),
            constant=tuple(constant),
            row=self.row,
            place_line=getattr(self.row, "lineno").__set__,  # noqa: B009 - the slot, not a value
        )
