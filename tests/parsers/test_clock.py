from datetime import datetime
from pathlib import Path

import pytest

from getvpn.errors import ParseError
from getvpn.parsers import parse
from getvpn.parsers.records.system import DeviceClock

from .oracle import assert_covers, captures
from .texts import KS_POLICY

COMMAND = "show clock"

DETAIL = """\
ks1#show clock detail
21:07:26.552 CET Tue Mar 3 2026
Time source is NTP
Summer time starts 02:00:00 CET Sun Mar 29 2026
Summer time ends 03:00:00 CEST Sun Oct 25 2026
ks1#
"""


def _clock(text: str, command: str = COMMAND) -> DeviceClock:
    record = parse(command, text)
    assert isinstance(record, DeviceClock)
    assert record.unparsed == ()
    return record


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("mark", "authoritative", "synchronized"),
    [("", True, True), (".", True, False), ("*", False, False)],
)
def test_the_mark_tells_how_far_the_time_can_be_trusted(
    mark: str, authoritative: bool, synchronized: bool
) -> None:
    now = _clock(f"{mark}09:08:07.006 UTC Tue Mar 3 2026\n").now

    assert now.time == _at("2026-03-03T09:08:07.006000")
    assert (now.zone, now.mark) == ("UTC", mark)
    assert (now.authoritative, now.synchronized) == (authoritative, synchronized)


def test_detail_names_the_source_and_the_summer_time() -> None:
    clock = _clock(DETAIL, "show clock detail")

    assert (clock.hostname, clock.source, clock.now.zone) == ("ks1", "NTP", "CET")
    assert clock.summer_time_starts == _at("2026-03-29T02:00:00")
    assert clock.summer_time_ends == _at("2026-10-25T03:00:00")


def test_a_device_may_have_no_time_source() -> None:
    clock = _clock("*00:12:31.042 UTC Mon Mar 1 1993\nNo time source\n", "show clock detail")

    assert (clock.source, clock.now.authoritative) == (None, False)


@pytest.mark.parametrize("text", ["", KS_POLICY, "25:00:00.000 UTC Tue Mar 3 2026\n", "09:08"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ParseError):
        parse(COMMAND, text)


def test_shared_captures_are_read_as_the_other_parser_does(shared: Path) -> None:
    for capture in captures(shared, "clock"):
        now = _clock(capture.text, capture.command).now
        time = now.time
        assert_covers(
            capture.expected,
            {
                ("time",): f"{time:%H:%M:%S}.{time.microsecond // 1000:03}",
                ("timezone",): now.zone,
                ("day_of_week",): f"{time:%a}",
                ("month",): f"{time:%b}",
                ("day",): str(time.day),
                ("year",): str(time.year),
            },
        )
