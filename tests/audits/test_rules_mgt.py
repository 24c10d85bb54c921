"""What holds for all rules on the management of devices; logs, times and notifications."""

import pytest

from getvpn.audits.examples import audit_example
from getvpn.audits.management import NOT_THE_DEVICE
from getvpn.audits.registry import registry
from getvpn.audits.rule import AnyRule, Grade, Severity
from getvpn.audits.rules.mgt_logging import (
    changes_unlogged,
    console_logging,
    logins_unguarded,
    no_log_server,
    no_notifications,
    times_of_logs,
    unproven_time,
)

from .managed import CUT, KS_SHOWN, PART, member, part_of_member, part_of_server, router, server
from .said import messages, reasons

RULES = pytest.mark.parametrize("rule", registry().select(["MGT"]), ids=lambda rule: rule.code)


def lines_of(files: dict[str, str], rule: AnyRule) -> list[tuple[str, ...]]:
    """The lines of the fixes of all findings."""
    return [fix.lines for finding in audit_example(rule, files).findings for fix in finding.fixes]


@RULES
def test_devices_without_a_part_in_a_group_are_passed_over(rule: AnyRule) -> None:
    report = audit_example(rule, router("snmp-server community x RW", "ip http server"))
    assert (report.findings, report.not_checked) == ((), ())


@RULES
def test_without_configuration_nothing_is_passed(rule: AnyRule) -> None:
    report = audit_example(rule, KS_SHOWN)
    assert (messages(report), reasons(report)) == ([], ["there is no configuration"])


@RULES
def test_what_is_absent_from_a_part_is_not_absent(rule: AnyRule) -> None:
    report = audit_example(rule, part_of_server() | part_of_member())
    assert messages(report) == []
    assert PART in reasons(report)


@RULES
def test_a_text_about_getvpn_alone_is_not_judged_by_what_it_lacks(rule: AnyRule) -> None:
    files = {
        name: text.replace("line con 0\n stopbits 1\n", "")
        for name, text in (server() | member()).items()
    }
    report = audit_example(rule, files)
    assert messages(report) == []
    assert set(reasons(report)) <= {
        NOT_THE_DEVICE,
        "there are no vty lines in the configuration",
    }


@pytest.mark.parametrize(
    ("lines", "message", "fixed"),
    [
        ((), "notifications of GDOI are not enabled", True),
        (("snmp-server enable traps bgp",), "notifications of GDOI are not enabled", True),
        (
            ("snmp-server enable traps gdoi",),
            "notifications of GDOI are enabled, and no host receives them",
            False,
        ),
        (("snmp-server enable traps", "snmp-server host 10.1.1.1 x"), None, False),
        (("snmp-server enable traps gdoi", "snmp-server host 10.1.1.1 x"), None, False),
    ],
)
def test_notifications_of_gdoi_need_to_be_enabled_and_received(
    lines: tuple[str, ...], message: str | None, fixed: bool
) -> None:
    files = server(*lines)
    assert messages(audit_example(no_notifications, files)) == ([message] if message else [])
    assert lines_of(files, no_notifications) == ([("snmp-server enable traps gdoi",)] * fixed)


def test_who_lacks_a_receiver_of_notifications_is_told_how_to_name_one() -> None:
    files = server("snmp-server enable traps gdoi")
    (finding,) = audit_example(no_notifications, files).findings
    assert "snmp-server host ADDRESS version 3 priv USER" in finding.remediation


def test_a_member_without_log_server_is_found_as_well() -> None:
    assert messages(audit_example(no_log_server, member())) == [
        "log messages are sent to no server"
    ]
    assert messages(audit_example(no_log_server, member("logging 10.10.9.50"))) == []


def test_a_log_server_in_a_part_is_enough() -> None:
    report = audit_example(no_log_server, part_of_server("logging host 10.10.9.50"))
    assert (report.findings, report.not_checked) == ((), ())


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ((), "log messages bear no time"),
        (("no service timestamps log datetime msec",), "log messages bear no time"),
        (
            ("service timestamps log uptime",),
            "log messages bear the time since the last start",
        ),
        (("service timestamps log datetime msec",), None),
        (("service timestamps log datetime msec localtime",), None),
        (("service timestamps log datetime localtime", "clock timezone UTC 0 0"), None),
        (("service timestamps log datetime localtime", "clock timezone GMT 0"), None),
        (("service timestamps log datetime localtime", "clock timezone Z"), None),
        (
            ("service timestamps log datetime localtime", "clock timezone CET 1 0"),
            "log messages bear the local time (timezone CET)",
        ),
        (
            ("service timestamps log datetime localtime", "clock timezone GMT 1"),
            "log messages bear the local time (timezone GMT)",
        ),
        (("service timestamps log datetime", "clock timezone CET 1 0"), None),
    ],
)
def test_log_messages_bear_utc(lines: tuple[str, ...], message: str | None) -> None:
    files = server(*lines)
    assert messages(audit_example(times_of_logs, files)) == ([message] if message else [])
    expected = [("service timestamps log datetime msec show-timezone",)] if message else []
    assert lines_of(files, times_of_logs) == expected


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ((), "all messages are logged to the console, the default"),
        (("logging console",), "messages of low severity are logged to the console"),
        (("logging console errors",), "messages of low severity are logged to the console"),
        (("logging console critical",), None),
        (("logging console 2",), None),
        (("logging console discriminator X emergencies",), None),
        (("no logging console",), None),
        (("logging console errors", "no logging console"), None),
        (
            ("no logging console", "logging console errors"),
            "messages of low severity are logged to the console",
        ),
    ],
)
def test_the_console_of_a_key_server_shows_grave_messages_only(
    lines: tuple[str, ...], message: str | None
) -> None:
    files = server(*lines)
    assert messages(audit_example(console_logging, files)) == ([message] if message else [])


def test_the_console_of_a_member_does_not_matter() -> None:
    report = audit_example(console_logging, member())
    assert (report.findings, report.not_checked) == ((), ())


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ((), True),
        (("archive", " path flash:x"), True),
        (("archive", " log config", "  hidekeys"), True),
        (("archive", " log x", "  logging enable"), True),
        (("archive", " log config", "  logging enable"), False),
    ],
)
def test_changes_are_logged_by_the_archive(lines: tuple[str, ...], found: bool) -> None:
    report = audit_example(changes_unlogged, server(*lines))
    assert messages(report) == ["changes of the configuration are not logged"] * found
    assert all(finding.severity is Severity.INFO for finding in report.findings)
    assert report.not_checked == ()


def test_an_archive_that_is_cut_may_log_changes() -> None:
    text = part_of_server()["ks1.cfg"] + "archive\n path flash:x\n"
    report = audit_example(changes_unlogged, {"ks1.cfg": text})
    assert (messages(report), reasons(report)) == (
        [],
        ["the block 'archive' is not known in full"],
    )


@pytest.mark.parametrize(
    ("lines", "message", "fix"),
    [
        (
            (),
            "there is no 'login block-for' and 'login on-failure'",
            ("login block-for 120 attempts 5 within 60", "login on-failure log"),
        ),
        (
            ("login block-for 60 attempts 3 within 30",),
            "there is no 'login on-failure'",
            ("login on-failure log",),
        ),
        (
            ("login on-failure log", "login block-for 9 attempts 3 within 9", "no login block-for"),
            "there is no 'login block-for'",
            ("login block-for 120 attempts 5 within 60",),
        ),
    ],
)
def test_only_what_is_missing_against_failed_logins_is_added(
    lines: tuple[str, ...], message: str, fix: tuple[str, ...]
) -> None:
    files = server(*lines)
    assert messages(audit_example(logins_unguarded, files)) == [message]
    assert lines_of(files, logins_unguarded) == [fix]


def test_failed_logins_on_members_are_left_aside() -> None:
    assert messages(audit_example(logins_unguarded, member())) == []


@pytest.mark.parametrize(
    ("lines", "said", "severity"),
    [
        ((), ["there is no NTP server"], Severity.LOW),
        (("ntp master 3",), [], None),
        (
            ("ntp server vrf M 10.1.1.1", "ntp server ip 10.1.1.2 key 1", "ntp peer 10.1.1.3"),
            [
                "NTP server 10.1.1.1 does not have to prove who it is",
                "NTP server 10.1.1.3 does not have to prove who it is",
            ],
            Severity.MEDIUM,
        ),
        (("ntp server 10.1.1.1 key 1",), ["no NTP key is trusted"], Severity.MEDIUM),
        (
            ("ntp server 10.1.1.1 key 1", "ntp trusted-key 1"),
            ["NTP servers have keys, and 'ntp authenticate' is missing"],
            Severity.MEDIUM,
        ),
        (("ntp server 10.1.1.1 key 1", "ntp trusted-key 1", "ntp authenticate"), [], None),
    ],
)
def test_ntp_servers_prove_who_they_are(
    lines: tuple[str, ...], said: list[str], severity: Severity | None
) -> None:
    report = audit_example(unproven_time, server(*lines))
    assert messages(report) == said
    assert {finding.severity for finding in report.findings} == ({severity} if severity else set())


def test_the_check_of_ntp_keys_is_turned_on_where_keys_are_there() -> None:
    files = server("ntp server 10.1.1.1 key 1", "ntp trusted-key 1")
    (finding,) = audit_example(unproven_time, files).findings
    (fix,) = finding.fixes
    assert (fix.device, fix.lines, fix.grade) == ("ks1", ("ntp authenticate",), Grade.SAFE)


def test_a_cut_configuration_is_not_known_to_lack_ntp() -> None:
    files = {"ks1.cfg": "version 15.4\n" + server()["ks1.cfg"]}
    assert reasons(audit_example(unproven_time, files)) == [CUT]
