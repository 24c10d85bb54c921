"""Releases, restarts and licences, as `show version` tells them."""

from datetime import date

import pytest

from getvpn.audits.examples import audit_example
from getvpn.audits.releases import affected_by_cve_2023_20109, security_support_ends
from getvpn.audits.rule import AnyRule, Severity
from getvpn.audits.rules.ops_software import (
    crashed,
    forgets_configuration,
    known_fault,
    licence,
    unsupported,
    version_text,
)
from getvpn.parsers.records.system import release

from .managed import member, router, server
from .said import messages, reasons

FILE, CLOCK = "ks1/show version.txt", "ks1/show clock.txt"
RULES = pytest.mark.parametrize(
    "rule", [known_fault, unsupported, forgets_configuration, crashed, licence]
)
PACKAGES = """\
Technology Package License Information for Module:'c1900'

-----------------------------------------------------------------
Technology    Technology-package           Technology-package
              Current       Type           Next reboot
------------------------------------------------------------------
ipbase        ipbasek9      EvalRightToUse None
security      {current:<13} {type:<14} {coming}

Configuration register"""


def shown(text: str) -> dict[str, str]:
    return server() | {FILE: text}


def licensed(current: str, kind: str, coming: str) -> dict[str, str]:
    table = PACKAGES.format(current=current, type=kind, coming=coming)
    return shown(version_text().replace("Configuration register", table))


@pytest.mark.parametrize(
    ("text", "affected"),
    [
        ("12.4(22)T5", True),
        ("12.4(24)T8", True),
        ("12.4(24)T9", False),
        ("12.4(20)T1", None),
        ("15.0(1)M10", True),
        ("15.1(4)M10", True),
        ("15.1(4)M11", False),
        ("15.2(4)M1", None),
        ("15.3(3)M10", True),
        ("15.5(3)S10", True),
        ("15.6(3)M9", True),
        ("15.6(3)M10", False),
        ("15.7(3)M9", True),
        ("15.8(3)M10", True),
        ("15.9(3)M7a", True),
        ("15.9(3)M8", False),
        ("16.3.1", None),
        ("16.6.10", True),
        ("16.12.9", True),
        ("16.12.10", False),
        ("17.3.7", True),
        ("17.3.8", False),
        ("17.6.5a", True),
        ("17.6.6", False),
        ("17.9.3", True),
        ("17.9.4", False),
        ("17.11.1a", True),
        ("17.12.1", False),
        ("17.18.1", False),
        ("18.1.1", False),
    ],
)
def test_releases_are_affected_as_the_record_of_the_cve_says(
    text: str, affected: bool | None
) -> None:
    assert affected_by_cve_2023_20109(release(text)) is affected


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("16.6.5", date(2023, 7, 31)),
        ("16.11.1", date(2023, 7, 31)),
        ("16.12.1", date(2023, 7, 31)),
        ("17.1.1", date(2020, 11, 21)),
        ("17.9.5", date(2026, 7, 29)),
        ("17.18.1", date(2029, 8, 8)),
        ("17.19.1", None),
        ("15.9(3)M8", None),
        ("12.4(24)T8", None),
    ],
)
def test_support_ends_as_the_notices_say(text: str, ends: date | None) -> None:
    assert security_support_ends(release(text)) == ends


@RULES
def test_without_show_version_nothing_is_passed(rule: AnyRule) -> None:
    for files in (server(), member()):
        (reason,) = reasons(audit_example(rule, files))
        assert reason == "there is no 'show version'"
        assert messages(audit_example(rule, files)) == []


@RULES
def test_devices_without_a_group_are_passed_over(rule: AnyRule) -> None:
    text = version_text(xe="16.06.05", ios="16.6.5", reason="crash", register="0x2142")
    report = audit_example(rule, router() | {"r1/show version.txt": text})
    assert (report.findings, report.not_checked) == ((), ())


def test_an_affected_release_is_found_with_its_line() -> None:
    (finding,) = audit_example(
        known_fault, shown(version_text(ios="17.6.5", xe="17.06.05"))
    ).findings
    assert finding.message == "release 17.6.5 is affected by CVE-2023-20109"
    assert (finding.severity, finding.evidence[0].value) == (Severity.HIGH, "17.6.5")
    report = audit_example(known_fault, shown(version_text()))
    assert (report.findings, report.not_checked) == ((), ())


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (known_fault, "release 16.3.1 is of a train that is not kept here"),
        (unsupported, "the end of support of release 17.99.1 is not known here"),
    ],
)
def test_trains_that_are_not_known_are_not_passed(rule: AnyRule, said: str) -> None:
    name = said.split()[1] if rule is known_fault else "17.99.1"
    report = audit_example(rule, shown(version_text(ios=name, xe=name)))
    assert (messages(report), reasons(report)) == ([], [said])


@pytest.mark.parametrize(
    ("ios", "found"),
    [("17.9.5", False), ("17.17.1", False), ("17.16.1", True), ("16.9.8", True)],
)
def test_the_day_is_that_of_the_output(ios: str, found: bool) -> None:
    """The example was restarted on 2026-03-05 and has been up for 15 days."""
    report = audit_example(unsupported, shown(version_text(ios=ios, xe=ios)))
    assert bool(report.findings) is found
    assert report.not_checked == ()


@pytest.mark.parametrize(
    ("clock", "said"),
    [
        ("10:00:00.000 UTC Tue Mar 31 2026", []),
        (
            "10:00:00.000 UTC Wed Apr 1 2026",
            ["release 17.17.1 gets no security fixes since 2026-03-31"],
        ),
    ],
)
def test_the_clock_goes_before_restart_and_uptime(clock: str, said: list[str]) -> None:
    files = shown(version_text(ios="17.17.1", xe="17.17.01")) | {CLOCK: clock + "\n"}
    assert messages(audit_example(unsupported, files)) == said


def test_without_any_time_support_is_not_judged() -> None:
    text = version_text().replace("System restarted at 06:35:00 UTC Thu Mar 5 2026\n", "")
    assert reasons(audit_example(unsupported, shown(text))) == ["there is no 'show clock'"]


@pytest.mark.parametrize(
    ("register", "said"),
    [
        ("0x2102", None),
        ("0x2142", "0x2142"),
        ("0x40", "0x40"),
        ("0x0", None),
        ("0x2142 (will be 0x2102 at next reload)", None),
        ("0x2102 (will be 0x2142 at next reload)", "0x2142"),
    ],
)
def test_the_register_of_the_next_restart_counts(register: str, said: str | None) -> None:
    report = audit_example(forgets_configuration, shown(version_text(register=register)))
    expected = f"configuration register {said} makes the device start without its configuration"
    assert messages(report) == ([expected] if said else [])
    assert report.not_checked == ()


@pytest.mark.parametrize(
    ("returned", "reason", "said"),
    [
        ("Reload Command", "Reload Command", None),
        ("power-on", "PowerOn", None),
        ("Reload Command", "Critical process fman_fp fault", "Critical process fman_fp fault"),
        ("bus error at PC 0x1", "Reload Command", "bus error at PC 0x1"),
        ("Critical software exception", "Crash", "Crash"),
        ("Watchdog Timeout", "LocalSoft", "Watchdog Timeout"),
    ],
)
def test_a_crash_is_told_once(returned: str, reason: str, said: str | None) -> None:
    text = version_text(returned=returned, reason=reason)
    report = audit_example(crashed, shown(text))
    assert messages(report) == ([f"the device restarted by itself: {said}"] if said else [])
    assert report.not_checked == ()


@pytest.mark.parametrize(
    ("current", "kind", "coming", "said", "severity"),
    [
        ("securityk9", "Permanent", "securityk9", None, None),
        (
            "securityk9",
            "EvalRightToUse",
            "securityk9",
            "is for evaluation (EvalRightToUse)",
            Severity.MEDIUM,
        ),
        (
            "securityk9",
            "Permanent",
            "None",
            "is not active after the next restart",
            Severity.HIGH,
        ),
        ("None", "None", "None", None, None),
    ],
)
def test_the_licence_for_encryption_is_there_to_stay(
    current: str, kind: str, coming: str, said: str | None, severity: Severity | None
) -> None:
    report = audit_example(licence, licensed(current, kind, coming))
    assert messages(report) == ([f"the licence for encryption {said}"] if said else [])
    assert [finding.severity for finding in report.findings] == ([severity] if severity else [])
    assert report.not_checked == ()


def test_platforms_without_packages_are_not_judged() -> None:
    assert reasons(audit_example(licence, shown(version_text()))) == [
        "the output has no technology packages"
    ]
