"""The trend of a report: columns of findings, lines of key figures."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from getvpn.audits.engine import Past
from getvpn.audits.formats.trend import (
    COLUMN,
    LINE_HEIGHT,
    LINE_WIDTH,
    MOST_COLUMNS,
    MOST_POINTS,
    WIDTH,
    trend_of,
)
from getvpn.audits.rule import Severity


def past(**figures: float) -> Past:
    """An earlier audit with these figures."""
    return Past(at="2026-01-01", counts=(), figures=tuple(figures.items()))


def test_a_line_needs_two_audits_that_have_the_figure() -> None:
    trend = trend_of([past(members=3), past(other=1)], {}, [("members", 5), ("new", 1)])
    assert trend is not None
    (line,) = trend.lines
    assert (line.name, line.last, line.told) == ("members", "5", "from 3 to 5")
    assert line.points == "3.0,19.0 157.0,3.0"


def test_a_figure_that_never_changes_lies_in_the_middle() -> None:
    trend = trend_of([past(members=2)], {}, [("members", 2)])
    assert trend is not None
    assert [line.told for line in trend.lines] == ["always the same"]
    assert trend.lines[0].points == "3.0,11.0 157.0,11.0"


FIGURES = st.integers(-(10**12), 10**12).map(lambda number: number / 1000)


@given(st.lists(FIGURES, min_size=1, max_size=400), FIGURES)
@settings(max_examples=50)
def test_lines_stay_in_their_room(values: list[float], last: float) -> None:
    trend = trend_of([past(x=value) for value in values], {}, [("x", last)])
    assert trend is not None
    (line,) = trend.lines
    points = [tuple(map(float, each.split(","))) for each in line.points.split()]
    assert min(len(values) + 1, MOST_POINTS // 4) <= len(points) <= MOST_POINTS + 1
    assert points[-1][0] == LINE_WIDTH - 3
    assert all(0 <= x <= LINE_WIDTH and 0 <= y <= LINE_HEIGHT for x, y in points)
    assert points == sorted(points, key=lambda each: each[0])


def test_a_line_of_a_year_keeps_its_peak() -> None:
    values = [3.0] * 300
    values[111] = 9.0
    trend = trend_of([past(members=value) for value in values], {}, [("members", 3)])
    assert trend is not None
    (line,) = trend.lines
    assert line.told == "from 3 to 9"
    heights = [float(each.split(",")[1]) for each in line.points.split()]
    assert heights.count(3.0) == 1


@given(st.integers(1, 400))
@settings(max_examples=25)
def test_columns_have_room_and_the_last_has_its_label(many: int) -> None:
    counts = {Severity.HIGH: 2}
    trend = trend_of([Past(at=f"2026-01-{n:02}", counts=()) for n in range(many)], counts)
    assert trend is not None
    assert len(trend.columns) == min(many + 1, MOST_COLUMNS)
    assert trend.width <= WIDTH + COLUMN / 2
    assert trend.columns[-1].x + COLUMN / 2 <= trend.width + 1
    assert (trend.columns[-1].label, trend.columns[-1].count) == ("this one", "2")
    labelled = [each.x for each in trend.columns if each.label]
    gaps = [later - one for one, later in pairwise(labelled)]
    assert all(gap >= COLUMN - 0.1 for gap in gaps)
    ends = [(each.left, each.left + each.bar) for each in trend.columns]
    assert all(end[1] <= after[0] for end, after in pairwise(ends))
