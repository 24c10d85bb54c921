"""The trend of a report as a small drawing: a column for each audit, severities on each other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ..engine import Past
from ..rule import Severity

COLUMN: Final = 84
"""How much room a column has, of which it takes half."""
HEIGHT: Final = 110
TOP: Final = 20
MOST_COLUMNS: Final = 16
MOST_LINES: Final = 24
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
    """An audit: `at` says when, `label` the same in short, `x` is its middle."""

    at: str
    label: str
    total: int
    x: float
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
    return Trend(
        columns=[_column(number, at, each, most) for number, (at, each) in enumerate(shown)],
        width=COLUMN * len(shown),
        rows=[(at, [each.get(one, 0) for one in order]) for at, each in told],
        change=_change(told[-2], counts),
        lines=list(_lines([*(dict(each.figures) for each in past), dict(figures)])),
    )


def _column(number: int, at: str, counts: Mapping[Severity, int], most: int) -> Column:
    total = sum(counts.values())
    day = _DAY.match(at)
    pieces = list(_pieces(counts, HEIGHT / most))
    return Column(
        at=at,
        label=day[0] if day else at[:_LABEL_CHARS],
        total=total,
        x=COLUMN * (number + 0.5),
        top=TOP + HEIGHT - total * HEIGHT / most,
        pieces=pieces,
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
    shown = told[-MOST_COLUMNS:]
    step = (LINE_WIDTH - 2 * _MARGIN) / (len(shown) - 1)
    for name in list(shown[-1])[:MOST_LINES]:
        values = [
            (_MARGIN + at * step, each[name]) for at, each in enumerate(shown) if name in each
        ]
        if len(values) > 1:
            yield _line(name, values)


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
