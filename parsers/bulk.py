"""Runs of equal blocks, taken by one expression for a whole block.

A members table has the same lines in the same order in each of its rows. `Bulk` is the template's
lines put together, each optional; `Tight` is the same with just the lines that the row before had.
Both claim what the walk over single lines would claim, and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import MISSING, dataclass, field
from functools import lru_cache
from itertools import groupby
from typing import Any

from .block import NAMED, Block, Pattern, Put, setter
from .record import Converter, Row

_BLANK_LINES = r"[ \t]*\n(?:[ \t]*\n)*"
_SPANS_LINES = re.compile(r"\[\^|\\s|\\D|\\W")


def _solid(part: Pattern) -> str:
    """The expression of a line that is not stripped: a value does not start with a blank."""
    return NAMED.sub(r"((?=\\S)", part.source)


@dataclass(frozen=True, slots=True)
class Tight:
    """The expression for blocks of one known shape, and how a row is made from its groups."""

    regex: re.Pattern[str]
    groups: tuple[int, ...]
    filled: tuple[tuple[Put, Converter], ...]
    constant: tuple[tuple[Put, object], ...]
    row: type[Row]
    put_lineno: Put

    def make(self, match: re.Match[str], lineno: int) -> Row | None:
        """The row of `match`; None when a text is no such value."""
        made: Row = object.__new__(self.row)
        try:
            for (put, convert), text in zip(self.filled, match.group(*self.groups), strict=True):
                put(made, convert(text))
        except ValueError:
            return None
        for put, value in self.constant:
            put(made, value)
        self.put_lineno(made, lineno)
        return made


@dataclass(frozen=True, slots=True)
class Bulk:
    """The expression for a whole block: one of its starts, then each line that may follow.

    It ends behind the line end of the last line that it takes and the blank lines after that.
    """

    block: Block
    regex: re.Pattern[str]
    tights: dict[tuple[int, ...], Tight | None] = field(default_factory=dict)

    @property
    def _parts(self) -> tuple[Pattern, ...]:
        return (*self.block.starts, *self.block.lines)

    def shape(self, match: re.Match[str]) -> tuple[int, ...]:
        """The numbers of the parts that matched; starts come first."""
        found, group = [], 0
        for index, part in enumerate(self._parts):
            if match[group + part.fields[0][1]] is not None:
                found.append(index)
            group += part.groups
        return tuple(found)

    def values(self, match: re.Match[str]) -> dict[str, Any] | None:
        """The block's values by field; None when one is no such value or contradicts another."""
        values: dict[str, Any] = {}
        group = 0
        for part in self._parts:
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
        return max(0, self.shape(match)[-1] - len(self.block.starts) + 1)

    def tight(self, match: re.Match[str]) -> Tight | None:
        """The expression for blocks of the shape of `match`; None where rows need a constructor."""
        shape = self.shape(match)
        if shape not in self.tights:
            self.tights[shape] = self._tighten(shape)
        return self.tights[shape]

    def _tighten(self, shape: tuple[int, ...]) -> Tight | None:
        parts = [self._parts[index] for index in shape]
        names = [name for part in parts for name, _, _ in part.fields]
        maker = self.block.maker
        if len(set(names)) != len(names) or maker.slots is None:
            return None
        groups: list[int] = []
        filled: list[tuple[Put, Converter]] = []
        offset = 0
        for part in parts:
            for name, inner, convert in part.fields:
                groups.append(offset + inner)
                filled.append((setter(maker.row, name), convert))
            offset += part.groups
        rest = [(put, default) for name, put, default in maker.slots if name not in names]
        if any(default is MISSING for _, default in rest):
            return None
        return Tight(
            regex=re.compile(
                "".join(rf"[ \t]*{_solid(part)}{_BLANK_LINES}" for part in parts), re.MULTILINE
            ),
            groups=tuple(groups),
            filled=tuple(filled),
            constant=tuple(rest),
            row=maker.row,
            put_lineno=maker.put_lineno,
        )


@lru_cache(maxsize=256)
def bulk_of(block: Block) -> Bulk | None:
    """The expression for a block, or None where it could take what the walk would not."""
    parts = (*block.starts, *block.lines)
    plain = not (block.children or block.collected) and block.many and len(block.lines) >= 3
    labels = [part.label.lower() for part in block.lines]
    if not plain or any(part.constants or part.joins or not part.fields for part in parts):
        return None
    # of two patterns for one label the walk takes the nearer: only neighbours are foreseen here
    runs = [label for label, _ in groupby(labels)]
    if len(set(runs)) < len(runs) or any(_SPANS_LINES.search(p.source) for p in parts):
        return None
    head = "|".join(rf"{_solid(part)}(?=[ \t]*$)" for part in block.starts)
    tail = "".join(rf"(?:[ \t]*{_solid(part)}{_BLANK_LINES})?" for part in block.lines)
    return Bulk(block, re.compile(rf"[ \t]*(?:{head}){_BLANK_LINES}{tail}", re.MULTILINE))


class BulkReader:
    """Runs block expressions over the text that the lines make up together.

    After `run`, `rows` are the finished blocks, and `last_values` those of the block that is left
    open, since stray lines of it may follow (`last_lineno` its first line, `last_place` where the
    walk goes on); None where the walk starts anew.
    """

    def __init__(self, texts: Sequence[str], numbers: Sequence[int], body: str) -> None:
        self.texts = texts
        self._numbers = numbers
        self._text = body
        self._index = self._offset = 0
        self.rows: list[Row] = []
        self.last_values: dict[str, Any] | None = None
        self.last_lineno = self.last_place = 0

    def _seek(self, index: int) -> int:
        """The offset at which line `index` starts; lines are asked for in rising order."""
        self._offset += sum(map(len, self.texts[self._index : index])) + index - self._index
        self._index = index
        return self._offset

    def run(self, block: Block, bulk: Bulk, index: int) -> int:
        """Read blocks from line `index` on; the number of lines taken."""
        text, rows = self._text, []
        offset, lineno = self._seek(index), index
        last = (offset, lineno)
        while (match := bulk.regex.match(text, offset)) is not None:
            values = bulk.values(match)
            if values is None or block.missing(values.keys()):
                break
            made: Row | None = block.maker.make(values, self._numbers[lineno])
            tight = bulk.tight(match)
            while match is not None and made is not None:
                rows.append(made)
                last = (offset, lineno)
                lineno += text.count("\n", offset, match.end())
                offset = match.end()
                if tight is None or (match := tight.regex.match(text, offset)) is None:
                    break
                made = tight.make(match, self._numbers[lineno])
        self.rows = rows
        return self._leave_open(block, bulk, *last) - index if rows else 0

    def _leave_open(self, block: Block, bulk: Bulk, offset: int, line: int) -> int:
        """Take the last row back as an open block; the index of the line behind it."""
        self.rows.pop()
        match = bulk.regex.match(self._text, offset)
        values = bulk.values(match) if match else None
        self.last_values = None if values is None or block.missing(values.keys()) else values
        if match is None or self.last_values is None:
            return line
        self.last_lineno, self.last_place = self._numbers[line], bulk.place(match)
        return line + self._text.count("\n", offset, match.end())
