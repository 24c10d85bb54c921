"""What a template is made of once it is compiled: patterns for lines, blocks of lines, rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import MISSING, dataclass, fields
from functools import cached_property
from typing import Any

from .record import Converter, Row

Put = Callable[[Row, object], None]
"""Sets one slot of a row."""

Values = Mapping[str, Any]
"""Values by field name."""

NAMED = re.compile(r"\(\?P<\w+>")
_ANYTHING = re.compile(r"\(\?P<\w+>\(\?:\.\+\)\)")
_NOT_LITERAL = re.compile(r"\(\?P<\w+>|\[[^]]*\]|\\.")


@dataclass(frozen=True, eq=False)
class Pattern:
    """One template line: `fullmatch` over a stripped line, values by capture group.

    Expressions are compiled when they are first used: most outputs need a part of a template.
    """

    source: str
    groups: int
    """Number of capture groups."""
    fields: tuple[tuple[str, int, Converter], ...]
    constants: tuple[tuple[str, object], ...]
    plain: bool
    """Whether the line does nothing but give single values to fields."""
    joins: bool
    label: str
    """The literal start of the line, for messages."""

    def read(self, match: re.Match[str], base: int = 0) -> Values | None:
        """The values in a match of the line; None when one is no such value.

        `base` is the number of groups in the match before those of the line.
        """
        try:
            values: dict[str, Any] = {
                name: convert(match[base + group]) for name, group, convert in self.fields
            }
        except ValueError:
            return None
        values.update(self.constants)
        return values

    @property
    def unnamed(self) -> str:
        """The expression with numbered groups, for use beside others."""
        return NAMED.sub("(", self.source)

    @cached_property
    def takes_anything(self) -> bool:
        """Whether every line matches."""
        return _ANYTHING.fullmatch(self.source) is not None

    @cached_property
    def telling(self) -> bool:
        """Whether a match says more than that some value stands there."""
        literal = _NOT_LITERAL.sub("", self.source)
        return len(self.fields) > 3 or re.search("[A-Za-z]{3}", literal) is not None

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """The expression."""
        return re.compile(self.source)

    @cached_property
    def loose(self) -> re.Pattern[str]:
        """The expression without regard to case."""
        return re.compile(self.source, re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class RowMaker:
    """Makes rows of one class from values by field name.

    The slots are set one by one: the constructor of a frozen class takes three times as long.
    """

    row: type[Row]
    put_lineno: Put
    slots: tuple[tuple[str, Put, object], ...] | None
    """Field name, setter, default; None for a class that looks at itself when it is made."""

    @classmethod
    def of(cls, row: type[Row]) -> RowMaker:
        """The maker for `row`."""
        if hasattr(row, "__post_init__"):
            return cls(row, setter(row, "lineno"), None)
        kept = (item for item in fields(row) if item.name != "lineno")
        slots = tuple((item.name, setter(row, item.name), item.default) for item in kept)
        return cls(row, setter(row, "lineno"), slots)

    def make(self, values: Mapping[str, Any], lineno: int) -> Row:
        """A row with `values`; the fields that it has no default for must be among them."""
        if self.slots is None:
            return self.row(lineno=lineno, **values)
        made: Row = object.__new__(self.row)
        for name, put, default in self.slots:
            put(made, values.get(name, default))
        self.put_lineno(made, lineno)
        return made


def setter(row: type[Row], name: str) -> Put:
    """What sets the slot `name` of a `row`."""
    put: Put = getattr(row, name).__set__
    return put


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """One of the ways in which a line can go on in a block: a line of it, or a child's start."""

    pattern: Pattern
    base: int
    """Groups of the joined expression before those of the pattern."""
    place: int
    child: Block | None


@dataclass(frozen=True, kw_only=True, eq=False)
class Block:
    """One template group: the row class it builds, its lines, its children."""

    name: str
    many: bool
    maker: RowMaker
    starts: tuple[Pattern, ...]
    lines: tuple[Pattern, ...]
    children: tuple[Block, ...]
    collected: frozenset[str]
    """Fields that take a value from each of several lines."""
    sequences: tuple[str, ...]
    """Those of them that become a tuple of the values."""
    texts: tuple[tuple[str, str, Converter], ...]
    """Those of them that become one value: name, joining text, converter of the whole."""
    required: frozenset[str]
    together: tuple[frozenset[str], ...]
    """Fields of which a whole block has all or none."""
    choices: tuple[Choice, ...]
    """The lines, then the children's starts, in the order of the template."""
    by_group: Mapping[int | None, Choice]
    """The choice that matched, by the last group of `regex` that closed."""
    gathers: bool
    """Whether values of several lines or children go into the row."""
    alien: tuple[Pattern, ...] = ()
    """Lines that only another command prints in a text that looks like this one's."""

    @cached_property
    def regex(self) -> re.Pattern[str] | None:
        """All choices in one expression; None for a block that has none."""
        return joined(self.choices)

    @cached_property
    def loose(self) -> re.Pattern[str] | None:
        """`regex` without regard to case, for releases that spell a label with other capitals."""
        return joined(self.choices, re.IGNORECASE)

    def missing(self, there: Set[str]) -> list[str]:
        """Fields that a whole block has and `there` lacks, in the order of the row class."""
        lacking = self.required - there
        for names in self.together:
            if not names <= there and not names.isdisjoint(there):
                lacking |= names - there
        return (
            [item.name for item in fields(self.maker.row) if item.name in lacking]
            if lacking
            else []
        )


def choices_of(lines: Sequence[Pattern], children: Sequence[Block]) -> tuple[Choice, ...]:
    """What `Block.choices` is, from a block's lines and children."""
    found: list[Choice] = []
    groups = 0
    pairs: list[tuple[Pattern, int, Block | None]] = [(p, i, None) for i, p in enumerate(lines)]
    pairs += [(start, 0, child) for child in children for start in child.starts]
    for pattern, place, child in pairs:
        found.append(Choice(pattern, groups, place, child))
        groups += pattern.groups + 1
    return tuple(found)


def joined(choices: Sequence[Choice], flags: int = 0) -> re.Pattern[str] | None:
    """One expression for all `choices`, by `fullmatch`; None where there is none.

    Each ends with an empty group of its own, so that the last group to close tells which one
    matched. A group around it would keep `re` from passing over a choice by its first character.
    """
    if not choices:
        return None
    return re.compile("|".join(f"{choice.pattern.unnamed}()" for choice in choices), flags)


def has_default(item: Any) -> bool:
    """Whether a dataclass field can be left out."""
    return item.default is not MISSING or item.default_factory is not MISSING
