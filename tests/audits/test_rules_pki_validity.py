"""How long certificates are valid, and by which clock."""

import pytest

from getvpn.audits.examples import audit_example
from getvpn.audits.rule import Severity
from getvpn.audits.rules.pki_validity import (
    clock_of_certificates,
    near_the_end,
    renewed_by_hand,
)
from getvpn.audits.settings import Settings

from .managed import KS_SHOWN, PART, part_of_server, router, server
from .said import messages, reasons

USE = "whether IKE uses certificates is not known"
IKE = ("crypto isakmp policy 10", " encryption aes", " group 19")
POINT = ("crypto pki trustpoint CA", " enrollment url http://10.10.9.30:80")
SHARED = ("crypto isakmp policy 10", " authentication pre-share")
CERTIFICATE = """\
{title}
  Status: Available
  Certificate Serial Number (hex): 03
  Certificate Usage: General Purpose
  Issuer:
    cn=CA
  Subject:
    Name: ks1
    cn=ks1
  Validity Date:
    start date: {start}
    end   date: {end}
{renew}  Associated Trustpoints: {point}
"""
NTP = """\
Clock is {state}
nominal freq is 1000.0003 Hz, actual freq is 1000.4923 Hz, precision is 2**13
ntp uptime is 1938800 (1/100 of seconds), resolution is 1000
reference time is DFA98D6B.F2F229A7 (16:55:55.949 UTC Wed Nov 28 2018)
clock offset is 0.0000 msec, root delay is 0.00 msec
root dispersion is 18.84 msec, peer dispersion is 0.00 msec
loopfilter state is 'CTRL' (Normal Controlled Loop), drift is -0.000491998 s/s
system poll interval is 64, last update was 1301 sec ago.
"""
NTP_FILE, CLOCK_FILE = "ks1/show ntp status.txt", "ks1/show clock.txt"
CERTIFICATES = "ks1/show crypto pki certificates.txt"
KS1 = server(*IKE, *POINT)
CLOCK = {CLOCK_FILE: "10:00:00.000 UTC Fri Mar 20 2026\n"}


def certificate(
    end: str = "10:00:00 UTC Jan 1 2027",
    *,
    start: str = "10:00:00 UTC Jan 1 2026",
    renew: str = "",
    title: str = "Certificate",
    point: str = "CA",
) -> dict[str, str]:
    line = f"    renew date: {renew}\n" if renew else ""
    text = CERTIFICATE.format(title=title, start=start, end=end, renew=line, point=point)
    return {CERTIFICATES: text}


@pytest.mark.parametrize(
    ("given", "said", "severity"),
    [
        (certificate("10:00:00 UTC Apr 19 2026"), None, None),
        (
            certificate("09:59:59 UTC Apr 19 2026"),
            "certificate of CA ends in 29 days, less than 30",
            Severity.HIGH,
        ),
        (
            certificate("10:00:01 UTC Mar 20 2026"),
            "certificate of CA ends in 0 days, less than 30",
            Severity.HIGH,
        ),
        (
            certificate("10:00:00 UTC Mar 20 2026"),
            "certificate of CA ended on 2026-03-20",
            Severity.CRITICAL,
        ),
        (certificate(start="10:00:00 UTC Mar 20 2026"), None, None),
        (
            certificate(start="10:00:01 UTC Mar 20 2026"),
            "certificate of CA is not valid before 2026-03-20",
            Severity.CRITICAL,
        ),
        (
            certificate("10:00:00 UTC Apr 1 2026", renew="10:00:00 UTC Mar 25 2026"),
            None,
            None,
        ),
        (
            certificate(renew="10:00:00 UTC Mar 20 2026"),
            "certificate of CA should have been renewed on 2026-03-20",
            Severity.HIGH,
        ),
        (
            certificate("10:00:00 UTC Apr 1 2026", renew="10:00:00 UTC Apr 1 2026"),
            "certificate of CA ends in 12 days, less than 30",
            Severity.HIGH,
        ),
        (
            certificate("10:00:00 UTC Apr 1 2026", title="CA Certificate"),
            "CA certificate of CA ends in 12 days, less than 30",
            Severity.HIGH,
        ),
        (certificate("10:00:00 UTC Apr 1 2026", point="OTHER"), None, None),
    ],
)
def test_certificates_are_compared_with_the_clock(
    given: dict[str, str], said: str | None, severity: Severity | None
) -> None:
    report = audit_example(near_the_end, KS1 | given | CLOCK)
    assert messages(report) == ([said] if said else [])
    assert [finding.severity for finding in report.findings] == ([severity] if severity else [])
    assert report.not_checked == ()


def test_the_number_of_days_is_a_threshold() -> None:
    files = KS1 | certificate("10:00:00 UTC Apr 1 2026") | CLOCK
    settings = Settings(certificate_days_left_min=12)
    assert messages(audit_example(near_the_end, files, settings)) == []
    settings = Settings(certificate_days_left_min=13)
    (finding,) = audit_example(near_the_end, files, settings).findings
    assert finding.remediation.startswith("crypto pki trustpoint CA\n auto-enroll 80")


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        (KS1, "there is no 'show crypto pki certificates'"),
        (KS1 | certificate(), "there is no 'show clock'"),
        (KS_SHOWN, USE),
        (part_of_server(), USE),
        (KS_SHOWN | certificate(point="TP-self-signed-1") | CLOCK, USE),
        (KS_SHOWN | certificate(point="SLA-TrustPoint") | CLOCK, USE),
    ],
)
def test_without_certificates_or_clock_nothing_is_passed(
    files: dict[str, str], reason: str
) -> None:
    report = audit_example(near_the_end, files)
    assert (messages(report), reasons(report)) == ([], [reason])


def test_without_configuration_all_certificates_count() -> None:
    files = KS_SHOWN | certificate("10:00:00 UTC Apr 1 2026", point="ANY") | CLOCK
    report = audit_example(near_the_end, files)
    assert messages(report) == ["certificate of ANY ends in 12 days, less than 30"]
    assert report.not_checked == ()


def test_certificates_do_not_matter_where_keys_are_shared() -> None:
    files = server(*SHARED) | certificate("10:00:00 UTC Apr 1 2020") | CLOCK
    for rule in (near_the_end, clock_of_certificates):
        report = audit_example(rule, files)
        assert (report.findings, report.not_checked) == ((), ())


def test_devices_without_a_group_are_passed_over() -> None:
    files = router(*IKE, *POINT) | {
        "r1/show crypto pki certificates.txt": certificate("10:00:00 UTC Apr 1 2020")[CERTIFICATES],
        "r1/show clock.txt": CLOCK[CLOCK_FILE],
    }
    for rule in (near_the_end, clock_of_certificates, renewed_by_hand):
        report = audit_example(rule, files)
        assert (report.findings, report.not_checked) == ((), ())


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (POINT, True),
        ((*POINT, " auto-enroll"), False),
        ((*POINT, " auto-enroll 90 regenerate"), False),
        (("crypto pki trustpoint CA", " enrollment terminal"), False),
    ],
)
def test_trustpoints_that_enrol_by_url_renew_by_themselves(
    lines: tuple[str, ...], found: bool
) -> None:
    report = audit_example(renewed_by_hand, server(*IKE, *lines))
    message = "trustpoint CA does not renew its certificate by itself"
    assert messages(report) == [message] * found
    assert report.not_checked == ()
    for finding in report.findings:
        assert finding.fixes[0].lines == ("crypto pki trustpoint CA", " auto-enroll 80")


def test_a_trustpoint_that_is_cut_may_renew_by_itself() -> None:
    text = part_of_server(*IKE)["ks1.cfg"] + "".join(f"{line}\n" for line in POINT)
    report = audit_example(renewed_by_hand, {"ks1.cfg": text})
    assert messages(report) == []
    assert reasons(report) == [PART, "trustpoint CA is not known in full"]
    assert reasons(audit_example(renewed_by_hand, KS_SHOWN)) == ["there is no configuration"]


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        ({NTP_FILE: NTP.format(state="synchronized, stratum 4, reference is 10.1.1.1")}, None),
        (
            {NTP_FILE: NTP.format(state="unsynchronized, stratum 16, no reference clock")},
            "a clock that NTP does not keep right",
        ),
        ({NTP_FILE: "%NTP is not enabled.\n"}, "a clock that NTP does not keep right"),
        ({CLOCK_FILE: "10:00:00.000 UTC Fri Mar 20 2026\n"}, None),
        (
            {CLOCK_FILE: "*10:00:00.000 UTC Fri Mar 20 2026\n"},
            "a clock that the device does not trust",
        ),
        (
            {CLOCK_FILE: ".10:00:00.000 UTC Fri Mar 20 2026\n"},
            "a clock whose source does not answer",
        ),
        (
            {
                NTP_FILE: NTP.format(state="synchronized, stratum 4, reference is 10.1.1.1"),
                CLOCK_FILE: ".10:00:00.000 UTC Fri Mar 20 2026\n",
            },
            None,
        ),
    ],
)
def test_the_clock_by_which_certificates_are_judged_is_right(
    shown: dict[str, str], said: str | None
) -> None:
    report = audit_example(clock_of_certificates, KS1 | shown)
    assert messages(report) == ([f"certificates are judged by {said}"] if said else [])
    assert report.not_checked == ()


def test_a_clock_that_was_not_shown_is_not_passed() -> None:
    assert reasons(audit_example(clock_of_certificates, KS1)) == [
        "there is no 'show ntp status' or 'show clock'"
    ]
    assert reasons(audit_example(clock_of_certificates, KS_SHOWN)) == [USE]


def test_members_without_a_group_or_certificates_may_have_any_clock() -> None:
    shown = {NTP_FILE: NTP.format(state="unsynchronized, stratum 16, no reference clock")}
    report = audit_example(clock_of_certificates, server(*SHARED) | shown)
    assert (report.findings, report.not_checked) == ((), ())
    files = router(*IKE, *POINT) | {"r1/show ntp status.txt": shown[NTP_FILE]}
    report = audit_example(clock_of_certificates, files)
    assert (report.findings, report.not_checked) == ((), ())
