"""Reloads at a time: when they come, and why."""

import pytest

from getvpn.emulator.testing import Console, console, make_router


@pytest.fixture
def con() -> Console:
    con = console(make_router("KS1", startup="hostname KS1\n"))
    con.run("write memory")
    return con


@pytest.mark.parametrize(
    ("line", "at", "reason"),
    [
        ("reload at 23:00", "23:00:00 UTC Thu Jan 1 2026", "Reload Command"),
        ("reload at 23:00 jan 10", "23:00:00 UTC Sat Jan 10 2026", "Reload Command"),
        ("reload at 23:00 10 jan", "23:00:00 UTC Sat Jan 10 2026", "Reload Command"),
        ("reload at 23:00 10 jan new image", "23:00:00 UTC Sat Jan 10 2026", "new image"),
        ("reload at 23:00 10 things", "23:00:00 UTC Thu Jan 1 2026", "10 things"),
        ("reload in 1:30 new image", "01:30:00 UTC Thu Jan 1 2026", "new image"),
    ],
)
def test_a_reload_is_scheduled_for_a_time_or_a_date(
    con: Console, line: str, at: str, reason: str
) -> None:
    said = con.type(f"{line}\n".encode())
    assert f"\nReload scheduled for {at} (in " in said
    assert f"\nReload reason: {reason}\n" in said
    con.type(b"\n")
    shown = con.run("show reload")
    assert shown.startswith(f"Reload scheduled for {at} (in ")
    assert shown.endswith(f"Reload reason: {reason}\n")
    con.run("reload cancel")
    assert con.run("show reload") == "No reload is scheduled.\n"
