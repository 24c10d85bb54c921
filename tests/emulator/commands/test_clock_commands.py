"""Setting and showing the clock and the calendar."""

import pytest

from getvpn.emulator.services.ntp import Ntp

from .readers import PLATFORMS, STARTUP, Bench, refused
from .visitors import Visitor


@pytest.fixture(params=PLATFORMS)
def bench(request: pytest.FixtureRequest) -> Bench:
    return Bench(request.param)


def test_genie_and_the_template_read_the_clock(bench: Bench) -> None:
    assert bench.run("show clock") == "*02:12:01.000 UTC Fri Jan 2 2026\n"
    (row,) = bench.textfsm("show clock")
    assert (row["time"], row["timezone"], row["year"]) == ("02:12:01.000", "UTC", "2026")


def test_the_clock_is_set_in_either_order_of_day_and_month(bench: Bench) -> None:
    bench.run("clock set 10:20:30 5 March 2027")
    assert bench.run("show clock") == "10:20:30.000 UTC Fri Mar 5 2027\n"
    bench.run("clock set 1:02:03 mar 6 2027")
    assert bench.run("show clock detail") == (
        "01:02:03.000 UTC Sat Mar 6 2027\nTime source is user configuration\n"
    )


def test_the_log_tells_who_set_the_clock(bench: Bench) -> None:
    bench.run("clock set 10:20:30 5 March 2027")
    assert bench.router.log.messages[-1].text == (
        "System clock has been updated from 02:12:01 UTC Fri Jan 2 2026 to "
        "10:20:30 UTC Fri Mar 5 2027, configured from console by console."
    )
    Visitor(bench.router).type(b"clock set 10:20:30 6 March 2027\n")
    assert bench.router.log.messages[-1].text.endswith(
        "configured from console by oper on vty0 (192.0.2.9)."
    )


def test_days_that_do_not_exist_are_refused(bench: Bench) -> None:
    assert refused(bench.run("clock set 10:20:30 31 Feb 2027"))
    assert refused(bench.run("clock set 25:20:30 1 Feb 2027"))
    assert bench.run("clock set 10:20:30 1 Feb") == "% Incomplete command.\n\n"


def test_a_time_is_typed_in_the_zone_of_the_router() -> None:
    summer = "clock summer-time CEST recurring last Sun Mar 2:00 last Sun Oct 3:00\n"
    zone = f"clock timezone CET 1\n{summer}"
    bench = Bench("isr4451", STARTUP + zone)
    bench.run("clock set 12:00:00 1 July 2026")
    assert bench.run("show clock detail") == (
        "12:00:00.000 CEST Wed Jul 1 2026\n"
        "Time source is user configuration\n"
        "Summer time starts 02:00:00 CET Sun Mar 29 2026\n"
        "Summer time ends 03:00:00 CEST Sun Oct 25 2026\n"
    )
    assert bench.router.utc_moment().hour == 10


def test_the_calendar_goes_on_by_itself_and_survives_a_reload(bench: Bench) -> None:
    bench.run("calendar set 8:00:00 1 May 2027")
    assert bench.run("show calendar") == "08:00:00 UTC Sat May 1 2027\n"
    assert bench.run("show clock").startswith("*02:12:01")
    bench.run("clock read-calendar")
    assert bench.run("show clock").startswith("*08:00:00")
    bench.reboot()
    assert bench.run("show clock detail") == (
        "*08:00:00.000 UTC Sat May 1 2027\nTime source is hardware calendar\n"
    )


def test_the_calendar_is_set_by_the_clock(bench: Bench) -> None:
    bench.run("clock set 10:20:30 5 March 2027")
    bench.run("clock update-calendar")
    assert bench.run("show calendar") == "10:20:30 UTC Fri Mar 5 2027\n"


def test_a_time_server_sets_a_wrong_clock_right_and_the_log_tells_it(bench: Bench) -> None:
    bench.run("clock set 10:20:30 5 March 2027")
    bench.configure("ntp server 192.0.2.254")
    assert bench.router.clock_mark == "."
    bench.advance(64)
    assert bench.run("show clock detail") == (
        "02:13:05.000 UTC Fri Jan 2 2026\nTime source is NTP\n"
    )
    assert bench.router.log.messages[-1].mnemonic == "CLOCKUPDATE"
    assert bench.router.feature(Ntp).selected is not None
