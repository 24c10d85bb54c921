"""Whether configurations are saved, and by which address a key server is known."""

import pytest

from getvpn.audits.examples import audit_example
from getvpn.audits.management import NOT_THE_DEVICE
from getvpn.audits.rule import Severity
from getvpn.audits.rules.ops_configuration import on_a_link, unsaved

from .managed import KS_SHOWN, PART, member, part_of_server, router, server
from .said import messages, reasons

CHANGED = "! Last configuration change at {} by admin\n"
SAVED = "! NVRAM config last updated at {}\n"
UNKNOWN = "the configuration does not tell when it was changed and saved"
NOON, LATER = "12:00:00 UTC Mon Mar 2 2026", "12:00:01 UTC Mon Mar 2 2026"
ADDRESS = " ip address 10.10.1.1 255.255.255.0"


def headed(files: dict[str, str], *lines: str) -> dict[str, str]:
    """The configuration with these lines in front."""
    return {name: "".join(lines) + text.removeprefix("\n") for name, text in files.items()}


@pytest.mark.parametrize(
    ("changed", "saved", "found"),
    [
        (NOON, NOON, False),
        (NOON, LATER, False),
        (LATER, NOON, True),
        ("12:00:00 UTC Sun Mar  1 2026", NOON, False),
        ("12:00:00 UTC Tue Mar 3 2026", NOON, True),
        ("00:00:00 UTC Fri Jan 1 2027", NOON, True),
    ],
)
def test_a_change_after_the_last_save_is_found(changed: str, saved: str, found: bool) -> None:
    files = headed(server(), CHANGED.format(changed), SAVED.format(saved))
    report = audit_example(unsaved, files)
    assert bool(report.findings) is found
    assert report.not_checked == ()


def test_the_finding_rests_on_both_times() -> None:
    files = headed(server(), CHANGED.format(LATER), SAVED.format(NOON))
    (finding,) = audit_example(unsaved, files).findings
    assert finding.message == (
        "the configuration was changed at 2026-03-02 12:00:01 and saved at 2026-03-02 12:00:00"
    )
    assert [each.line for each in finding.evidence] == [1, 2]
    assert finding.severity is Severity.MEDIUM
    files = headed(member(), CHANGED.format(LATER), SAVED.format(NOON))
    (finding,) = audit_example(unsaved, files).findings
    assert finding.severity is Severity.LOW


@pytest.mark.parametrize(
    "lines",
    [
        (),
        (CHANGED.format(LATER),),
        (SAVED.format(NOON),),
        (CHANGED.format("some day"), SAVED.format(NOON)),
        (CHANGED.format("12:00:00 UTC Mon Xyz 2 2026"), SAVED.format(NOON)),
        ("! nothing\n" * 40, CHANGED.format(LATER), SAVED.format(NOON)),
    ],
)
def test_a_text_without_both_times_is_not_judged(lines: tuple[str, ...]) -> None:
    report = audit_example(unsaved, headed(server(), *lines))
    assert (messages(report), reasons(report)) == ([], [UNKNOWN])


def test_the_head_may_be_as_long_as_that() -> None:
    lines = ("! nothing\n" * 38, CHANGED.format(LATER), SAVED.format(NOON))
    assert len(audit_example(unsaved, headed(server(), *lines)).findings) == 1


def test_other_devices_may_be_unsaved() -> None:
    files = headed(router(), CHANGED.format(LATER), SAVED.format(NOON))
    report = audit_example(unsaved, files)
    assert (report.findings, report.not_checked) == ((), ())
    assert reasons(audit_example(unsaved, KS_SHOWN)) == ["there is no configuration"]


@pytest.mark.parametrize(
    ("lines", "said", "severity"),
    [
        (("interface Loopback0", ADDRESS), None, None),
        (
            ("interface Ethernet0/0", ADDRESS),
            "key server of group G1 is known by the address of Ethernet0/0",
            Severity.LOW,
        ),
        (
            ("interface Loopback0", " ip address 10.10.1.2 255.255.255.0"),
            "no interface has the address of the key server of group G1",
            Severity.HIGH,
        ),
        ((), "no interface has the address of the key server of group G1", Severity.LOW),
        (
            (
                *("interface Loopback0", " ip address 10.10.1.9 255.255.255.0"),
                " ip address 10.10.1.1 255.255.255.0 secondary",
            ),
            None,
            None,
        ),
    ],
)
def test_key_servers_are_known_by_a_loopback(
    lines: tuple[str, ...], said: str | None, severity: Severity | None
) -> None:
    report = audit_example(on_a_link, server(*lines))
    assert messages(report) == ([said] if said else [])
    assert [finding.severity for finding in report.findings] == ([severity] if severity else [])
    assert report.not_checked == ()


def test_a_text_about_getvpn_alone_may_lack_the_interface() -> None:
    text = server("interface Loopback1")["ks1.cfg"].replace("line con 0\n stopbits 1\n", "")
    assert reasons(audit_example(on_a_link, {"ks1.cfg": text})) == [NOT_THE_DEVICE]


def test_an_address_by_dhcp_may_be_that_of_the_key_server() -> None:
    report = audit_example(on_a_link, server("interface Ethernet0/0", " ip address dhcp"))
    assert (messages(report), reasons(report)) == ([], ["an interface gets its address by DHCP"])


def test_a_part_may_lack_the_interface_or_the_address() -> None:
    report = audit_example(on_a_link, part_of_server("interface Loopback1"))
    assert (messages(report), reasons(report)) == ([], [PART])
    text = part_of_server()["ks1.cfg"].replace("  address ipv4 10.10.1.1\n", "")
    assert reasons(audit_example(on_a_link, {"ks1.cfg": text})) == [
        "the group is not known in full"
    ]
    whole = server()["ks1.cfg"].replace("  address ipv4 10.10.1.1\n", "")
    report = audit_example(on_a_link, {"ks1.cfg": whole})
    assert (report.findings, report.not_checked) == ((), ())
    assert reasons(audit_example(on_a_link, KS_SHOWN)) == ["there is no configuration"]
