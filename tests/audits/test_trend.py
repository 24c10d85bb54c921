"""The trend of a report: columns of findings, lines of key figures."""

from hypothesis import given, settings
from hypothesis import strategies as st

from getvpn.audits.engine import Past
from getvpn.audits.formats.trend import LINE_HEIGHT, LINE_WIDTH, MOST_COLUMNS, trend_of


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


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=40), st.floats(-1e9, 1e9))
@settings(max_examples=50, deadline=None)
def test_lines_stay_in_their_room(values: list[float], last: float) -> None:
    trend = trend_of([past(x=value) for value in values], {}, [("x", last)])
    assert trend is not None
    (line,) = trend.lines
    points = [tuple(map(float, each.split(","))) for each in line.points.split()]
    assert len(points) == min(len(values) + 1, MOST_COLUMNS)
    assert all(0 <= x <= LINE_WIDTH and 0 <= y <= LINE_HEIGHT for x, y in points)
    assert points == sorted(points, key=lambda each: each[0])
