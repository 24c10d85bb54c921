"""Where messages go, in the configuration and in the log itself."""

from collections.abc import Callable

import pytest

from getvpn.emulator.device import Router
from getvpn.emulator.testing import console

Added = Callable[[Router, str], list[str]]
Refused = Callable[[Router, str], str]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("logging buffered 65535", ["logging buffered 65535"]),
        ("logging buffered 4096", []),
        ("logging buffered 51200 warnings", ["logging buffered 51200 warnings"]),
        ("logging buffered 6", ["logging buffered informational"]),
        ("logging buffered debugging", []),
        ("logging buffered 8192\nlogging buffered errors", ["logging buffered 8192 errors"]),
        ("logging buffered 8192 errors\nlogging buffered 9000", ["logging buffered 9000"]),
        ("no logging buffered", ["no logging buffered"]),
        ("no logging buffered\nlogging buffered", []),
        ("no logging console", ["no logging console"]),
        ("logging console critical", ["logging console critical"]),
        ("logging console 7", []),
        ("no logging console\nlogging console", []),
        ("no logging console\ndefault logging console", []),
        ("logging monitor 3", ["logging monitor errors"]),
        ("logging trap notifications", ["logging trap notifications"]),
        ("logging trap informational", []),
        ("no logging trap", ["no logging trap"]),
        ("logging facility local6", ["logging facility local6"]),
        ("logging facility local7", []),
        ("logging 192.0.2.1", ["logging host 192.0.2.1"]),
        ("logging host 192.0.2.1\nlogging 192.0.2.1", ["logging host 192.0.2.1"]),
        ("logging host log.lab.local", ["logging host log.lab.local"]),
        (
            "logging host 192.0.2.1 vrf M transport tcp port 1514",
            ["logging host 192.0.2.1 vrf M transport tcp port 1514"],
        ),
        ("logging source-interface lo0", ["logging source-interface Loopback0"]),
        ("logging origin-id hostname", ["logging origin-id hostname"]),
        ("logging userinfo", ["logging userinfo"]),
        (
            "logging rate-limit console 10 except errors",
            ["logging rate-limit console 10 except errors"],
        ),
        ("no logging on", ["no logging on"]),
        ("no logging btrace", ["no logging btrace"]),
    ],
)
def test_a_line_is_kept_in_its_canonical_form(
    any_router: Router, added: Added, typed: str, kept: list[str]
) -> None:
    assert added(any_router, typed) == kept
    assert added(any_router, "\n".join(kept)) == []


@pytest.mark.parametrize("line", ["no logging host 192.0.2.1", "no logging 192.0.2.1"])
def test_a_host_is_removed_in_either_spelling(router: Router, line: str) -> None:
    before = router.running_lines()
    router.merge("logging host 192.0.2.1\n")
    router.merge(line)
    assert router.running_lines() == before


def test_the_caret_points_at_a_wrong_address(router: Router) -> None:
    con = console(router)
    con.run("configure terminal")
    said = con.run("logging 0255.255.1")
    assert said.split("\n")[0] == " " * (len("Router(config)#") + len("logging ")) + "^"


def test_a_switched_off_buffer_keeps_nothing(router: Router) -> None:
    router.merge("no logging buffered\n")
    count = len(router.log.messages)
    router.log.add("SYS", 5, "TEST", "text")
    assert len(router.log.messages) == count
    router.merge("logging buffered 8192 errors\n")
    router.log.add("SYS", 5, "TEST", "text")
    router.log.add("SYS", 3, "TEST", "text")
    assert len(router.log.messages) == count + 1
    assert router.log.buffer_bytes() == 8192


def test_a_switched_off_console_is_not_counted(router: Router) -> None:
    router.merge("no logging console\n")
    before = router.log.counts["console"]
    router.log.add("SYS", 3, "TEST", "text")
    assert router.log.counts["console"] == before


def test_messages_without_timestamps_have_none(router: Router) -> None:
    router.merge("no service timestamps log\n")
    router.log.add("SYS", 3, "TEST", "text")
    assert router.log.messages[-1].line == "%SYS-3-TEST: text"


def test_without_logging_nothing_is_kept(router: Router) -> None:
    router.merge("no logging on\n")
    count = len(router.log.messages)
    router.log.add("SYS", 3, "TEST", "text")
    assert len(router.log.messages) == count
