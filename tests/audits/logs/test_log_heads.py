"""What stands in front of messages, in the forms that devices and syslog servers write."""

from datetime import UTC, datetime

import pytest

from getvpn.audits.logs.heads import HeadReader

NOW = datetime(2026, 6, 1)  # noqa: DTZ001 - logs have no zone
STAMP = "Mar  1 10:00:00.123"
AT = datetime(2026, 3, 1, 10, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("head", "host", "received"),
    [
        (f"{STAMP}: ", "", None),
        (f"*{STAMP}: ", "", None),
        (f"000123: *{STAMP} CET: ", "", None),
        (f"<189>123: .{STAMP}: ", "", None),
        ("Mar  1 2026 10:00:00.123: ", "", None),
        (f"000123: KS1: *{STAMP}: ", "KS1", None),
        (f"Mar  1 10:00:02 ks1 123: {STAMP}: ", "ks1", AT + 2),
        (f"<189>Mar  1 10:00:02 ks1.example.net 123: *{STAMP} UTC: ", "ks1.example.net", AT + 2),
        (f"Mar  1 10:00:02 10.1.1.1 local7.notice 123: {STAMP}: ", "10.1.1.1", AT + 2),
        (f"Mar  1 10:00:02 src@ks1/10.1.1.1 123: {STAMP}: ", "ks1", AT + 2),
        (f"Mar  1 2026 10:00:02 ks1 : {STAMP}: ", "ks1", AT + 2),
        (f"2026 Mar  1 10:00:02 ks1 {STAMP}: ", "ks1", AT + 2),
        (f"2026-03-01T10:00:02.5+00:00 ks1 123: {STAMP}: ", "ks1", AT + 2.5),
        (f"2026-03-01T11:00:02+01:00 ks1 123: {STAMP}: ", "ks1", AT + 2),
        (f"2026-03-01 10:00:02\tLocal7.Notice\t10.1.1.1\t123: {STAMP}: ", "10.1.1.1", AT + 2),
        (f"<189>1 2026-03-01T10:00:02Z ks1 - - - - {STAMP}: ", "ks1", AT + 2),
        (f'<189>1 2026-03-01T10:00:02.000Z ks1 123 - - [a b="c"] {STAMP}: ', "ks1", AT + 2),
    ],
)
def test_both_times_and_the_host_are_found(head: str, host: str, received: float | None) -> None:
    found = HeadReader(NOW).read(head)
    assert found.host == host
    assert found.received == received
    assert found.written == pytest.approx(AT + 0.123)


@pytest.mark.parametrize(
    ("head", "host"),
    [
        ("Mar  1 10:00:02 ks1 123: ", "ks1"),
        ("2026-03-01T10:00:02Z ks1 ", "ks1"),
        ("Mar  1 10:00:02 ks1 00:12:34: ", "ks1"),
        ("Mar  1 10:00:02 ks1 45: 1w2d: ", "ks1"),
    ],
)
def test_without_a_time_of_the_device_that_of_the_server_counts(head: str, host: str) -> None:
    found = HeadReader(NOW).read(head)
    assert (found.host, found.received, found.written) == (host, AT + 2, None)


@pytest.mark.parametrize("head", ["", "00:12:34: ", "1w2d: ", "Feb 30 10:00:00: ", "x" * 5000])
def test_heads_without_a_time_have_none(head: str) -> None:
    found = HeadReader(NOW).read(head)
    assert (found.received, found.written) == (None, None)


@pytest.mark.parametrize(
    ("stamp", "year"),
    [("Jun  1", 2026), ("Jun  2", 2026), ("Jun  3", 2025), ("Dec 31", 2025), ("Feb 29", 2024)],
)
def test_a_day_without_a_year_is_the_last_one(stamp: str, year: int) -> None:
    found = HeadReader(NOW).read(f"{stamp} 10:00:00: ")
    assert found.yearless
    assert found.written is not None
    assert datetime.fromtimestamp(found.written, UTC).year == year


@pytest.mark.parametrize("mark", ["*", "."])
def test_a_clock_that_is_not_set_is_marked(mark: str) -> None:
    assert HeadReader(NOW).read(f"{mark}{STAMP}: ").mark == mark
    assert HeadReader(NOW).read(f"{STAMP}: ").mark == ""
