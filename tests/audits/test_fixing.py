"""Fixes of many findings become lines for each device, and contradictions are not decided."""

import pytest

from getvpn.audits.engine import Report
from getvpn.audits.examples import captures
from getvpn.audits.fixing import Fixes, fixes_of
from getvpn.audits.load import fleet_of
from getvpn.audits.rule import Finding, Fix, Grade, Location, Severity
from getvpn.audits.settings import Settings

POLICY = """
hostname ks1
ip access-list extended POLICY
 10 deny udp any any eq 848
 20 permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255
"""


def finding(rule: str, *fixes: Fix) -> Finding:
    return Finding(
        rule=rule,
        severity=Severity.LOW,
        device=fixes[0].device if fixes else "ks1",
        location=Location(source="ks1.cfg", line=1),
        message=f"what {rule} finds",
        fixes=fixes,
    )


def fix(*lines: str, device: str = "ks1", grade: Grade = Grade.SAFE) -> Fix:
    return Fix(device=device, lines=lines, grade=grade)


def fixed(*findings: Finding, config: str = "", most: Grade = Grade.REGISTRATION) -> Fixes:
    fleet = fleet_of(captures({"ks1.cfg": config} if config else {}))
    report = Report(
        fleet=fleet, rules=(), profile="seed", settings=Settings(), findings=tuple(findings)
    )
    return fixes_of(report, most)


def lines(*findings: Finding, config: str = "") -> list[str]:
    (device,) = fixed(*findings, config=config).devices
    return [line.text for line in device.lines]


def test_blocks_of_several_findings_become_one() -> None:
    group = ("crypto gdoi group G1", " server local")
    one = finding("AAA001", fix(*group, "  rekey algorithm aes 256"))
    other = finding("AAA002", fix(*group, "  rekey transport unicast"))
    assert lines(one, other) == [*group, "  rekey algorithm aes 256", "  rekey transport unicast"]


def test_a_line_that_two_findings_want_is_there_once_and_names_both() -> None:
    wanted = ("line vty 0 4", " transport input ssh")
    (device,) = fixed(finding("AAA001", fix(*wanted)), finding("AAA002", fix(*wanted))).devices
    assert [line.text for line in device.lines] == list(wanted)
    assert [each.finding.rule for each in device.lines[1].why] == ["AAA001", "AAA002"]


def test_what_is_referred_to_comes_first_and_goes_last() -> None:
    heads = (
        *("no ip access-list extended OLD", "no crypto map OLD", "line vty 0 4"),
        *("interface Loopback0", "crypto map M 10 gdoi", "crypto gdoi group G1"),
        *("crypto ipsec profile P", "crypto ipsec transform-set T esp-aes"),
        *("ip access-list extended L", "crypto pki trustpoint C"),
    )
    assert lines(*(finding(f"AAA{at:03}", fix(head)) for at, head in enumerate(heads))) == [
        *("crypto pki trustpoint C", "ip access-list extended L"),
        *("crypto ipsec transform-set T esp-aes", "crypto ipsec profile P"),
        *("crypto gdoi group G1", "crypto map M 10 gdoi", "interface Loopback0", "line vty 0 4"),
        *("no crypto map OLD", "no ip access-list extended OLD"),
    ]


@pytest.mark.parametrize(
    ("head", "one", "other"),
    [
        ("crypto ipsec profile P", " set security-association lifetime seconds 7200",
         " set security-association lifetime seconds 3600"),
        ("interface Tunnel1", " ip tcp adjust-mss 1360", " ip tcp adjust-mss 1358"),
        ("ip access-list extended L", " deny esp any any", " no deny esp any any"),
        ("line vty 0 4", " transport input ssh", " no transport input telnet"),
        ("service timestamps log datetime msec", "", "service timestamps log uptime"),
    ],
)  # fmt: skip
def test_two_values_for_one_line_are_both_refused(head: str, one: str, other: str) -> None:
    ways = [(head, one) if one else (head,), (head, other) if one else (other,)]
    found = fixed(*(finding(f"AAA00{at}", fix(*way)) for at, way in enumerate(ways)))
    assert found.devices == ()
    (refused,) = found.refused
    assert refused.device == "ks1"
    assert refused.rules == ("AAA000", "AAA001")
    assert "these want different things" in str(refused)
    assert ways[0][-1].strip() in refused.reason
    assert ways[1][-1].strip() in refused.reason


def test_what_nobody_contradicts_is_taken_beside_what_is_refused() -> None:
    found = fixed(
        finding("AAA001", fix("interface Tunnel1", " ip mtu 1400")),
        finding("AAA002", fix("interface Tunnel1", " ip mtu 1398")),
        finding("AAA003", fix("interface Tunnel1", " ip tcp adjust-mss 1358")),
    )
    assert [line.text for line in found.devices[0].lines] == [
        "interface Tunnel1",
        " ip tcp adjust-mss 1358",
    ]
    assert len(found.refused) == 1


def test_lines_for_other_places_do_not_contradict_each_other() -> None:
    assert len(lines(
        finding("AAA001", fix("interface Tunnel1", " ip mtu 1400")),
        finding("AAA002", fix("interface Tunnel2", " ip mtu 1398")),
        finding("AAA003", fix("interface Tunnel2", " ip access-group A in")),
        finding("AAA004", fix("interface Tunnel2", " ip access-group B out")),
        finding("AAA005", fix("crypto map M 10 gdoi", " set group G1")),
        finding("AAA006", fix("crypto map M gdoi fail-close", " activate")),
        finding("AAA007", fix("logging host 10.0.0.1")),
        finding("AAA008", fix("logging host 10.0.0.2")),
    )) == 12  # fmt: skip


@pytest.mark.parametrize("first", [True, False])
def test_a_block_whose_first_line_changes_is_one_block(first: bool) -> None:
    old, new = (
        f"crypto ipsec transform-set T esp-aes esp-{word}-hmac" for word in ("sha", "sha256")
    )
    both = [finding("AAA001", fix(new)), finding("AAA002", fix(old, " mode tunnel"))]
    found = lines(*(both if first else both[::-1]), config=f"hostname ks1\n{old}\n")
    assert found == [new, " mode tunnel"]


def test_entries_for_one_number_of_a_list_get_numbers_beside_each_other() -> None:
    head = "ip access-list extended POLICY"
    found = lines(
        finding("AAA001", fix(head, " 19 deny esp any any")),
        finding("AAA002", fix(head, " 18 deny tcp any any eq 22", " 19 deny tcp any eq 22 any")),
        finding("AAA003", fix(head, " 9 deny pim any any")),
        config=POLICY,
    )
    assert found == [
        head,
        *(" 17 deny esp any any", " 18 deny tcp any any eq 22", " 19 deny tcp any eq 22 any"),
        " 9 deny pim any any",
    ]


def test_a_list_without_room_is_numbered_anew() -> None:
    head = "ip access-list extended POLICY"
    each = (finding(f"AAA{at:03}", fix(head, f" 19 deny {at} any any")) for at in range(90, 100))
    found = lines(*each, config=POLICY)
    assert found[:3] == ["ip access-list resequence POLICY 100 100", head, " 190 deny 90 any any"]
    assert found[-1] == " 199 deny 99 any any"


def test_fixes_by_old_and_by_new_numbers_come_to_stand_in_their_places() -> None:
    head = "ip access-list extended POLICY"
    found = lines(
        finding("AAA001", fix(head, " 9 deny pim any any")),
        finding(
            "AAA002", fix("ip access-list resequence POLICY 100 100", head, " 199 deny 90 any any")
        ),
        config=POLICY,
    )
    assert found == [
        "ip access-list resequence POLICY 100 100",
        *(head, " 99 deny pim any any", " 199 deny 90 any any"),
    ]


def test_a_list_that_no_configuration_tells_of_is_numbered_as_well() -> None:
    again, head = "ip access-list resequence SHOWN 100 100", "ip access-list extended SHOWN"
    assert lines(
        finding("AAA001", fix(again, head, " 399 deny esp any any")),
        finding("AAA002", fix(again, head, " 399 deny pim any any")),
    ) == [again, head, " 398 deny esp any any", " 399 deny pim any any"]


def test_permits_and_denies_for_one_place_are_refused() -> None:
    head = "ip access-list extended POLICY"
    found = fixed(
        finding("AAA001", fix(head, " 19 deny esp any any")),
        finding("AAA002", fix(head, " 19 permit ip any any")),
        config=POLICY,
    )
    assert [each.rules for each in found.refused] == [("AAA001",), ("AAA002",)]
    assert "their order decides" in found.refused[0].reason


def test_a_list_whose_remarks_have_numbers_is_not_numbered_anew() -> None:
    head = "ip access-list extended POLICY"
    config = POLICY.replace(" 20 permit", " 11 remark all sites\n 12 permit")
    found = fixed(
        finding("AAA001", fix(head, " 11 deny esp any any")),
        finding("AAA002", fix(head, " 11 deny pim any any")),
        config=config,
    )
    assert not found.devices
    assert "cannot be numbered anew" in found.refused[0].reason


@pytest.mark.parametrize("line", ["permit <network>", "hostname k\u00e4s", "banner \x07"])
def test_what_cannot_be_entered_is_refused(line: str) -> None:
    found = fixed(finding("AAA001", fix(line)))
    assert not found.devices
    assert len(found.refused) == 1


def test_fixes_beyond_a_grade_are_left_out() -> None:
    findings = [finding(f"AAA{at:03}", fix(f"ntp server 10.0.0.{at}", grade=grade))
                for at, grade in enumerate(Grade, 1)]  # fmt: skip
    found = fixed(*findings, finding("AAA009"), most=Grade.REKEY)
    assert found.counts == {Grade.SAFE: 1, Grade.REKEY: 1}
    assert found.devices[0].grade is Grade.REKEY
    assert [each.rule for each in found.beyond] == ["AAA003"]
    assert [each.rule for each in found.unfixed] == ["AAA009"]


def test_a_finding_that_takes_several_devices_has_the_grade_that_disturbs_most() -> None:
    both = finding(
        "AAA001", fix("ntp server 10.0.0.1"),
        fix("ntp server 10.0.0.1", device="ks2", grade=Grade.REGISTRATION),
    )  # fmt: skip
    found = fixed(both)
    assert [each.device for each in found.devices] == ["ks1", "ks2"]
    assert found.counts == {Grade.REGISTRATION: 1}
