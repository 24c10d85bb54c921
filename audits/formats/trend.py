"""The trend of a report as a small drawing: a column for each audit, severities on each other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

from ..engine import Past
from ..rule import Severity

COLUMN: Final = 84
"""How much room a column has with its label."""
HEIGHT: Final = 110
TOP: Final = 20
WIDTH: Final = 840
"""How wide the drawing is: with more columns than have room for a label each is narrower."""
MOST_COLUMNS: Final = 120
"""The latest audits are drawn, the table has all."""
MOST_LINES: Final = 24
MOST_POINTS: Final = 150
"""A line of more audits is drawn by the lowest and the highest of some that follow each other."""
_COUNT_WIDTH: Final = 28
_BAR: Final = 34
LINE_WIDTH: Final = 160
LINE_HEIGHT: Final = 22
_MARGIN: Final = 3
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d(?=[T ])")
_LABEL_CHARS: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """The findings of one severity, `height` high."""

    severity: str
    count: int
    y: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """An audit: `at` says when, `label` the same in short.

    `left` is where it begins, `x` its middle. `count` is the total; both texts are empty where
    there is no room for them.
    """

    at: str
    label: str
    count: str
    x: float
    left: float
    bar: float
    top: float
    pieces: Sequence[Piece]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A key figure over time: its `points` as a drawing has them, the last value and the range."""

    name: str
    points: str
    x: float
    y: float
    last: str
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """The columns, this audit's the last; `change` says what is different since the last one.

    `lines` are key figures of groups.
    """

    columns: Sequence[Column]
    width: float
    rows: Sequence[tuple[str, Sequence[int]]]
    change: str
    lines: Sequence[Line] = ()


def trend_of(
    past: Sequence[Past],
    counts: Mapping[Severity, int],
    figures: Sequence[tuple[str, float]] = (),
) -> Trend | None:
    """The trend from earlier audits to this one, with its key figures; None without any."""
    if not past:
        return None
    order = sorted(Severity, reverse=True)
    told = [(each.at, dict(each.counts)) for each in past] + [("this one", dict(counts))]
    most = max(1, *(sum(each.values()) for _, each in told))
    shown = told[-MOST_COLUMNS:]
    room = min(COLUMN, WIDTH / len(shown))
    return Trend(
        columns=list(_columns(shown, room, HEIGHT / most)),
        # half of the last label stands out
        width=round(room * len(shown) + (COLUMN - room) / 2),
        rows=[(at, [each.get(one, 0) for one in order]) for at, each in told],
        change=_change(told[-2], counts),
        lines=list(_lines([*(dict(each.figures) for each in past), dict(figures)])),
    )


def _columns(
    shown: Sequence[tuple[str, Mapping[Severity, int]]], room: float, scale: float
) -> Iterator[Column]:
    """A column for each audit, `room` wide; those at which there is room for it have a label."""
    every = ceil(COLUMN / room)
    bar = min(_BAR, room * 0.75)
    for number, (at, counts) in enumerate(shown):
        total = sum(counts.values())
        day = _DAY.match(at)
        label = day[0] if day else at[:_LABEL_CHARS]
        behind = len(shown) - 1 - number
        x = room * (number + 0.5)
        yield Column(
            at=at,
            label=label if behind % every == 0 and x >= COLUMN // 2 else "",
            count=str(total) if room >= _COUNT_WIDTH or not behind else "",
            x=round(x, 1),
            left=round(x - bar / 2, 1),
            bar=round(bar, 1),
            top=TOP + HEIGHT - total * scale,
            pieces=list(_pieces(counts, scale)),
        )


def _pieces(counts: Mapping[Severity, int], scale: float) -> Iterator[Piece]:
    """The worst at the bottom, where columns are compared best."""
    bottom: float = TOP + HEIGHT
    for severity in sorted(Severity, reverse=True):
        if count := counts.get(severity, 0):
            height = count * scale
            bottom -= height
            yield Piece(severity=str(severity), count=count, y=bottom, height=height)


def _lines(told: Sequence[Mapping[str, float]]) -> Iterator[Line]:
    """A line for each figure that this audit and an earlier one have."""
    step = (LINE_WIDTH - 2 * _MARGIN) / (len(told) - 1)
    for name in list(told[-1])[:MOST_LINES]:
        values = [(_MARGIN + at * step, each[name]) for at, each in enumerate(told) if name in each]
        if len(values) > 1:
            yield _line(name, _fewer(values))


def _fewer(values: Sequence[tuple[float, float]]) -> Sequence[tuple[float, float]]:
    """As many points as can be told apart, without losing a peak, and the last one."""
    if len(values) <= MOST_POINTS:
        return values
    some = ceil(2 * len(values) / MOST_POINTS)
    kept: list[tuple[float, float]] = []
    for at in range(0, len(values), some):
        part = values[at : at + some]
        ends = min(part, key=lambda each: each[1]), max(part, key=lambda each: each[1])
        kept += sorted(set(ends))
    return kept if kept[-1] == values[-1] else [*kept, values[-1]]


def _line(name: str, values: Sequence[tuple[float, float]]) -> Line:
    low, high = min(value for _, value in values), max(value for _, value in values)
    room = LINE_HEIGHT - 2 * _MARGIN
    # what never changed lies in the middle
    scale = room / (high - low) if high > low else 0.0
    base = LINE_HEIGHT - _MARGIN if high > low else LINE_HEIGHT / 2
    points = [(x, base - (value - low) * scale) for x, value in values]
    last_x, last_y = points[-1]
    return Line(
        name=name,
        points=" ".join(f"{x:.1f},{y:.1f}" for x, y in points),
        x=round(last_x, 1),
        y=round(last_y, 1),
        last=f"{values[-1][1]:.10g}",
        told=f"from {low:.10g} to {high:.10g}" if high > low else "always the same",
    )


def _change(before: tuple[str, Mapping[Severity, int]], now: Mapping[Severity, int]) -> str:
    """What there is more and less of, the worst first."""
    at, then = before
    day = _DAY.match(at)
    told = [
        f"{abs(more)} {'more' if more > 0 else 'fewer'} {severity}"
        for severity in sorted(Severity, reverse=True)
        if (more := now.get(severity, 0) - then.get(severity, 0))
    ]
    return f"Since {day[0] if day else at}: {', '.join(told) or 'as many of each severity'}."
