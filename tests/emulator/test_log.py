"""What the log makes of messages: stamps, limits, counts, and where they appear."""

import pytest

from getvpn.emulator.clock import ManualClock
from getvpn.emulator.device import Router
from getvpn.emulator.login import Login
from getvpn.emulator.testing import console, make_router

NOW = "Jan  1 01:00:00"


def router_with(startup: str, *, uptime_s: float = 3600) -> Router:
    router = make_router("R1", startup=f"hostname R1\n{startup}")
    assert isinstance(router.clock, ManualClock)
    router.clock.advance(uptime_s)
    return router


def said(router: Router, severity: int = 5) -> str:
    router.log.add("TEST", severity, "SAID", "something")
    return router.log.messages[-1].line


@pytest.mark.parametrize(
    ("lines", "stamp"),
    [
        ("no service timestamps log", ""),
        ("service timestamps log uptime", "01:00:00: "),
        ("service timestamps log datetime", f"*{NOW}: "),
        ("service timestamps log datetime msec", f"*{NOW}.000: "),
        ("service timestamps log datetime msec year", "*Jan  1 2026 01:00:00.000: "),
        ("service timestamps log datetime show-timezone", f"*{NOW} UTC: "),
        (
            "clock timezone CET 1 0\nservice timestamps log datetime localtime show-timezone",
            "*Jan  1 02:00:00 CET: ",
        ),
        ("clock timezone CET 1 0\nservice timestamps log datetime localtime", "*Jan  1 02:00:00: "),
        ("clock timezone CET 1 0\nservice timestamps log datetime", f"*{NOW}: "),
    ],
)
def test_messages_are_stamped_as_configured(lines: str, stamp: str) -> None:
    assert said(router_with(lines + "\n")) == f"{stamp}%TEST-5-SAID: something"


@pytest.mark.parametrize(
    ("uptime_s", "stamp"), [(59, "00:00:59"), (93_600, "1d02h"), (25 * 86_400, "3w4d")]
)
def test_a_long_uptime_is_stamped_in_days(uptime_s: float, stamp: str) -> None:
    router = router_with("service timestamps log uptime\n", uptime_s=uptime_s)
    assert said(router) == f"{stamp}: %TEST-5-SAID: something"


def test_messages_are_numbered_on_request() -> None:
    router = router_with("service sequence-numbers\nservice timestamps log uptime\n")
    first, second = said(router), said(router)
    assert int(second[:6]) == int(first[:6]) + 1
    assert first[6:] == ": 01:00:00: %TEST-5-SAID: something"


def test_no_more_messages_come_in_a_second_than_are_allowed() -> None:
    router = router_with("logging rate-limit 3 except errors\n")
    for severity in (5, 5, 5, 5, 5, 3, 7):
        router.log.add("TEST", severity, "SAID", "something")
    shown = [message.severity for message in router.log.messages if message.facility == "TEST"]
    assert shown == [5, 5, 5, 3, 7]
    assert "2 messages rate-limited" in console(router).run("show logging")
    router.clock.advance(1)  # type: ignore[attr-defined]
    before = len(router.log.messages)
    said(router)
    assert len(router.log.messages) == before + 1


def test_debugging_is_limited_only_with_everything() -> None:
    router = router_with("logging rate-limit all 2\n")
    for _ in range(5):
        router.log.add("TEST", 7, "SAID", "something")
    assert sum(message.facility == "TEST" for message in router.log.messages) == 2


def test_a_limit_of_the_console_spares_the_buffer() -> None:
    router = router_with("logging rate-limit console 2\n")
    before = router.log.counts["console"]
    for _ in range(5):
        said(router)
    assert sum(message.facility == "TEST" for message in router.log.messages) == 5
    assert router.log.counts["console"] == before + 2


def test_messages_are_counted_by_kind_on_request() -> None:
    router = router_with("service timestamps log uptime\nlogging count\n", uptime_s=60)
    for name, severity in (("ONE", 5), ("TWO", 3), ("ONE", 5)):
        router.log.add("TEST", severity, name, "something")
    text = console(router).run("show logging count")
    head, line, *rows = text.splitlines()
    assert head.split() == ["Facility", "Message", "Name", "Sev", "Occur", "Last", "Time"]
    assert set(line) == {"="}
    words = [row.split() for row in rows]
    assert ["TEST", "ONE", "5", "2", "00:01:00"] in words
    assert ["TEST", "TWO", "3", "1", "00:01:00"] in words
    assert ["TEST", "TOTAL", "3"] in words
    assert "Count and timestamp logging messages: enabled" in console(router).run("show logging")
    console(router).configure("no logging count\n")
    said(router)
    assert console(router).run("show logging count").splitlines() == [head, line]


@pytest.mark.parametrize(
    ("line", "severity", "again"),
    [
        ("", 5, False),
        (" logging synchronous\n", 5, True),
        (" logging synchronous\n", 2, False),
        (" logging synchronous level 5\n", 5, False),
        (" logging synchronous level 5\n", 6, True),
        (" logging synchronous level all\n", 6, False),
    ],
)
def test_what_is_being_typed_is_shown_again_behind_messages(
    line: str, severity: int, again: bool
) -> None:
    router = router_with(f"line vty 0 4\n{line}")
    out = bytearray()
    vty = router.lines.claim_vty("192.0.2.9", lambda: None)
    assert vty is not None
    session = router.open_session(
        login=Login(user="ann", privilege=15),
        line=vty,
        source="192.0.2.9",
        columns=80,
        rows=24,
        write=out.extend,
        close=lambda _status: None,
    )
    session.start()
    session.feed(b"terminal monitor\nshow clo")
    out.clear()
    router.log.add("TEST", severity, "SAID", "something")
    assert bytes(out).endswith(b": something" + (b"\r\nR1#show clo" if again else b""))


# ---- lines that no configuration shows ----

USER = "snmp-server user watcher ADMINS v3 auth sha secret12345 priv aes 128 secret67890\n"


def test_a_user_of_snmp_is_not_shown_but_outlasts_a_reload() -> None:
    router = router_with("snmp-server group ADMINS v3 priv\n")
    con = console(router)
    con.configure(USER)
    con.run("write memory")
    assert "watcher" not in con.run("show running-config") + con.run("show startup-config")
    router.reload()
    router.clock.advance(60)  # type: ignore[attr-defined]
    assert "User name: watcher" in console(router).run("show snmp user")


def test_a_user_of_snmp_that_was_not_saved_is_gone() -> None:
    router = router_with("snmp-server group ADMINS v3 priv\n")
    con = console(router)
    con.run("write memory")
    con.configure(USER)
    router.reload()
    router.clock.advance(60)  # type: ignore[attr-defined]
    assert "watcher" not in console(router).run("show snmp user")
