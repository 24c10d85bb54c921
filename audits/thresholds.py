"""What a threshold is: a number within bounds, or one of a few words; its meaning and source."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

MAX_LIFETIME_S: Final = 2_592_000
"""Thirty days: the longest lifetime that the CLI takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """What a setting means. `low` and `high` bound a number; `choices` are the words allowed."""

    name: str
    default: object
    meaning: str
    source: str
    unit: str = ""
    low: int | None = None
    high: int | None = None
    choices: tuple[str, ...] = ()


def number(default: int, meaning: str, *, unit: str, low: int, high: int, source: str) -> Any:
    """A whole number from `low` to `high`. Any, as `dataclasses.field` is typed."""
    described = {"meaning": meaning, "unit": unit, "low": low, "high": high, "source": source}
    return field(default=default, metadata=described)


def word(default: str, meaning: str, *, choices: tuple[str, ...], source: str) -> Any:
    """One of `choices`."""
    return field(
        default=default, metadata={"meaning": meaning, "choices": choices, "source": source}
    )


def seconds(default: int, meaning: str, source: str, low: int = 60) -> Any:
    """A time in seconds, of at most thirty days."""
    return number(default, meaning, unit="s", low=low, high=MAX_LIFETIME_S, source=source)


def count(default: int, meaning: str, source: str, low: int = 1, high: int = 100_000) -> Any:
    """How many there are of something."""
    return number(default, meaning, unit="", low=low, high=high, source=source)
