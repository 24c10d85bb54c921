"""The clock of a router: zones, summer time, what sets it and what it says of itself."""

from datetime import UTC, datetime

import pytest

from getvpn.emulator.clock import ManualClock
from getvpn.emulator.testing import console, make_router


def at(*parts: int) -> ManualClock:
    return ManualClock(datetime(*parts, tzinfo=UTC).timestamp())


def shown(when: ManualClock, startup: str) -> str:
    return make_router(startup=startup, clock=when).clock_text()


def test_a_zone_moves_the_local_time() -> None:
    clock = at(2026, 1, 5, 23, 30)
    assert shown(clock, "clock timezone IST 5 30\n") == "*05:00:00.000 IST Tue Jan 6 2026"
    assert shown(clock, "clock timezone NST -3 30\n") == "*20:00:00.000 NST Mon Jan 5 2026"


SUMMER = (
    "clock timezone CET 1\nclock summer-time CEST recurring last Sun Mar 2:00 last Sun Oct 3:00\n"
)


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        ((2026, 3, 29, 0, 59), "*01:59:00.000 CET Sun Mar 29 2026"),
        ((2026, 3, 29, 1, 0), "*03:00:00.000 CEST Sun Mar 29 2026"),
        ((2026, 10, 25, 0, 59), "*02:59:00.000 CEST Sun Oct 25 2026"),
        ((2026, 10, 25, 1, 0), "*02:00:00.000 CET Sun Oct 25 2026"),
    ],
)
def test_summer_time_begins_and_ends_at_its_borders(parts: tuple[int, ...], text: str) -> None:
    assert shown(at(*parts), SUMMER) == text


def test_summer_time_without_a_rule_is_that_of_the_united_states() -> None:
    startup = "clock timezone EST -5\nclock summer-time EDT recurring\n"
    assert shown(at(2026, 3, 8, 6, 59), startup) == "*01:59:00.000 EST Sun Mar 8 2026"
    assert shown(at(2026, 3, 8, 7, 0), startup) == "*03:00:00.000 EDT Sun Mar 8 2026"
    assert shown(at(2026, 11, 1, 6, 0), startup) == "*01:00:00.000 EST Sun Nov 1 2026"


def test_summer_time_of_the_south_spans_the_new_year() -> None:
    startup = (
        "clock timezone AEST 10\nclock summer-time AEDT recurring 1 Sun Oct 2:00 1 Sun Apr 3:00\n"
    )
    assert " AEDT " in shown(at(2026, 1, 1), startup)
    assert " AEST " in shown(at(2026, 7, 1), startup)
    assert " AEDT " in shown(at(2026, 12, 1), startup)


def test_summer_time_can_have_dates() -> None:
    startup = "clock summer-time EXT date Jun 1 2026 0:00 Jun 3 2026 0:00 30\n"
    assert shown(at(2026, 5, 31, 23), startup).split()[1] == "UTC"
    assert shown(at(2026, 6, 1, 0), startup) == "*00:30:00.000 EXT Mon Jun 1 2026"
    assert shown(at(2026, 6, 2, 23, 30), startup).split()[1] == "UTC"


def test_a_wall_time_is_brought_back_to_utc() -> None:
    router = make_router(startup=SUMMER)
    for utc in (datetime(2026, 1, 5, 12, tzinfo=UTC), datetime(2026, 7, 5, 12, tzinfo=UTC)):
        router.wall.set_by_hand(utc)
        assert router.wall.to_utc(router.local_moment()) == utc


def test_a_clock_that_was_set_by_hand_counts_until_the_reload() -> None:
    router = make_router()
    assert router.clock_mark == "*"
    router.wall.set_by_hand(datetime(2020, 2, 2, 2, 2, tzinfo=UTC))
    assert router.clock_text() == "02:02:00.000 UTC Sun Feb 2 2020"
    router.stop()
    router.boot()
    assert router.clock_text() == "*00:00:00.000 UTC Thu Jan 1 2026"


def test_a_time_server_that_is_lost_leaves_a_point() -> None:
    router = make_router()
    router.wall.awaiting = True
    assert router.clock_mark == "*"
    router.wall.set_by_ntp()
    assert router.clock_mark == ""
    router.wall.synchronized = False
    assert router.clock_mark == "."


def test_a_calendar_that_is_believed_needs_no_mark() -> None:
    assert make_router(platform="isr2911", startup="clock calendar-valid\n").clock_mark == ""


def test_the_second_of_a_past_event_is_in_the_zone_of_then() -> None:
    clock = at(2026, 3, 29, 0, 59)
    router = make_router(startup=SUMMER, clock=clock)
    then = clock.now()
    clock.advance(3600)
    assert router.second_text(then) == "01:59:00 CET Sun Mar 29 2026"
    assert console(router).run("show clock").startswith("*03:59:00.000 CEST")
