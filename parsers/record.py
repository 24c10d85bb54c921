"""What every parsed record has in common.

A record is a tree of frozen dataclasses. Its fields carry the type of the value: addresses are
`ipaddress` objects, times are int seconds, SPIs are int, what the device did not print is None. How
a field is read from text follows from its annotation, or from `read(...)` where that is not enough.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

Converter = Callable[[str], object]
"""Text of one value → typed value; raises ValueError when the text is not such a value."""


def read(converter: Converter, *, default: Any = None, joined: str | None = None) -> Any:
    """A dataclass field that is read from text by `converter`.

    `joined` names the text put between the parts when the value is spread over several lines.
    """
    return field(default=default, metadata={"read": converter, "joined": joined})


def required(converter: Converter) -> Any:
    """Like `read`, for a value without which the block is not what it says it is."""
    return field(metadata={"read": converter, "joined": None})


@dataclass(frozen=True, slots=True)
class NumberedLine:
    """A line of the input."""

    lineno: int
    """Its number, from 1."""
    text: str
    """The line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A block inside a record."""

    together: ClassVar[tuple[tuple[str, ...], ...]] = ()
    """Fields that a device prints together: some without the others mean that the text was cut."""

    lineno: int = field(default=0, compare=False)
    """The line of the input at which it starts, from 1; 0 for a record as a whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record(Row):
    """The answer to one command."""

    command: str = field(default="", compare=False)
    """The command in full."""
    hostname: str | None = field(default=None, compare=False)
    """The name in the prompt; None where there is none."""
    unparsed: tuple[NumberedLine, ...] = ()
    """Every non-blank line that no pattern claimed."""
    partial: tuple[str, ...] = ()
    """Why it is not all: a filter, a pager that was not answered, a total that disagrees."""
    empty: bool = False
    """Whether the device legitimately printed nothing."""
    logs: tuple[NumberedLine, ...] = field(default=(), compare=False)
    """Syslog lines that arrived in between."""

    def finished(self) -> Self:
        """The record with what its rows get from each other; asked once, when it has been read."""
        return self

    def gaps(self) -> Iterable[str]:
        """Reasons why the record does not show all that the device has.

        Such as a total that disagrees with what follows it: the output was cut, or the device
        counted at another moment than it listed. They are asked once and added to `partial`, which
        holds the other reasons by then; not for an empty record.
        """
        return ()
