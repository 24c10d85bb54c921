"""Crypto maps that are applied, exist, and have groups of their own address family."""

import pytest

from getvpn.audits.engine import Report
from getvpn.audits.examples import audit_example
from getvpn.audits.rule import AnyRule, Severity
from getvpn.audits.rules.map import (
    families_mixed,
    group_missing,
    group_not_named,
    group_without_map,
    map_missing,
    not_applied,
)

from .policies import PERMIT, gm_acl, key_server, reasons

GROUP = "crypto gdoi group G1\n identity number 1001\n server address ipv4 10.10.1.1\n"
MAP = "crypto map GETVPN 10 gdoi\n set group G1\n"
WAN = "interface GigabitEthernet0/1\n ip address 10.20.1.1 255.255.255.252\n"
ON = " crypto map GETVPN\n"
GROUP6 = GROUP.replace("group G1", "group ipv6 G6").replace("1001", "1006")
MAP6 = "crypto map ipv6 MAP6 10 gdoi\n set group G6\n"
RULES = (
    not_applied,
    map_missing,
    group_not_named,
    group_missing,
    group_without_map,
    families_mixed,
)
PART = "the text is a part of a configuration: it has no line 'hostname'"


def _audit(rule: AnyRule, *parts: str) -> Report:
    return audit_example(rule, {"gm1.cfg": "hostname gm1\n" + "".join(parts)})


def _part(rule: AnyRule, *parts: str) -> Report:
    return audit_example(rule, {"gm1.cfg": "".join(parts)})


def _passes(made: Report) -> bool:
    assert made.not_checked == ()
    return not made.findings


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_map_with_a_group_on_an_interface_passes(rule: AnyRule) -> None:
    assert _passes(_audit(rule, GROUP, MAP, WAN, ON))
    assert _passes(_audit(rule, GROUP6, MAP6, WAN, " ipv6 crypto map MAP6\n"))
    assert _passes(audit_example(rule, {"ks1.cfg": key_server(PERMIT)}))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_members_without_configuration_are_not_checked(rule: AnyRule) -> None:
    made = audit_example(rule, {"gm1/show crypto gdoi gm acl.txt": gm_acl(PERMIT)})
    assert reasons(made) == ["there is no configuration"]
    assert {finding.severity for finding in made.findings} == set()


# ---- applied ----


def test_a_map_that_no_interface_has_is_found() -> None:
    (finding,) = _audit(not_applied, GROUP, MAP, WAN).findings
    assert finding.severity is Severity.CRITICAL
    assert finding.message == "crypto map GETVPN is applied to no interface"
    assert finding.evidence[0].text == "crypto map GETVPN 10 gdoi"
    assert finding.remediation.endswith("\n crypto map GETVPN")
    (finding,) = _audit(not_applied, GROUP6, MAP6, WAN).findings
    assert finding.remediation.endswith("\n ipv6 crypto map MAP6")


def test_an_interface_that_is_shut_down_does_not_count() -> None:
    (finding,) = _audit(not_applied, GROUP, MAP, WAN, ON, " shutdown\n").findings
    assert finding.severity is Severity.MEDIUM
    assert finding.message.endswith("no interface but GigabitEthernet0/1, which is shut down")
    more = WAN.replace("0/1", "0/2") + ON
    assert _passes(_audit(not_applied, GROUP, MAP, WAN, ON, " shutdown\n", more))


def test_maps_for_peers_and_for_groups_that_the_device_serves_are_left_aside() -> None:
    isakmp = "crypto map OTHER 10 ipsec-isakmp\n set peer 10.0.0.1\n"
    assert _passes(_audit(not_applied, isakmp, WAN))
    served = key_server(PERMIT) + MAP + WAN
    assert _passes(audit_example(not_applied, {"ks1.cfg": served}))
    other = "crypto map GETVPN 20 gdoi\n set group G2\n"
    made = audit_example(not_applied, {"ks1.cfg": served + other})
    assert len(made.findings) == 1


def test_interfaces_that_are_not_there_may_have_the_map() -> None:
    assert reasons(_part(not_applied, GROUP, MAP, WAN)) == [PART]
    assert _passes(_part(not_applied, GROUP, MAP, WAN, ON))
    made = _audit(not_applied, GROUP, MAP)
    assert (made.findings, reasons(made)) == (
        (),
        ["there are no interfaces in the configuration"],
    )


# ---- maps that are missing ----


def test_a_map_that_does_not_exist_is_found_on_its_interface() -> None:
    (finding,) = _audit(map_missing, GROUP, WAN, ON).findings
    assert finding.severity is Severity.HIGH
    assert finding.message == "GigabitEthernet0/1 has crypto map GETVPN, which does not exist"
    assert finding.evidence[0].text == "crypto map GETVPN"
    assert "interface GigabitEthernet0/1\n no crypto map GETVPN\n" in finding.remediation
    (finding,) = _audit(map_missing, GROUP, MAP, WAN, " ipv6 crypto map GETVPN\n").findings
    assert "\n no ipv6 crypto map GETVPN\n" in finding.remediation
    assert reasons(_part(map_missing, GROUP, WAN, ON)) == [PART]


def test_maps_of_devices_that_are_no_members_are_no_matter_of_this_audit() -> None:
    assert _passes(_audit(map_missing, WAN, ON))


# ---- groups ----


def test_an_entry_without_group_is_incomplete() -> None:
    (finding,) = _audit(group_not_named, GROUP, "crypto map GETVPN 10 gdoi\n", WAN, ON).findings
    assert finding.severity is Severity.HIGH
    assert finding.message == "crypto map GETVPN 10 names no group"
    assert finding.remediation == "crypto map GETVPN 10 gdoi\n set group <group>"
    (finding,) = _audit(group_not_named, GROUP6, "crypto map ipv6 M 5 gdoi\n", WAN).findings
    assert finding.remediation.startswith("crypto map ipv6 M 5 gdoi")
    made = _part(group_not_named, GROUP, "crypto map GETVPN 10 gdoi\n")
    assert reasons(made) == ["crypto map GETVPN is not known in full"]


def test_a_group_that_is_not_configured_is_found_with_one_of_a_like_name() -> None:
    (finding,) = _audit(group_missing, GROUP, MAP.replace("G1", "g1"), WAN, ON).findings
    assert finding.severity is Severity.HIGH
    assert finding.message == (
        "crypto map GETVPN 10 names group g1, which is not configured; there is G1"
    )
    assert finding.evidence[0].text == "set group g1"
    assert finding.remediation == "crypto map GETVPN 10 gdoi\n set group G1"
    (finding,) = _audit(group_missing, GROUP, MAP6, WAN, ON).findings
    assert finding.message.endswith("names group G6, which is not configured")
    assert finding.remediation == "crypto map ipv6 MAP6 10 gdoi\n set group <group>"
    assert reasons(_part(group_missing, MAP)) == [PART]
    assert _passes(audit_example(group_missing, {"ks1.cfg": key_server(PERMIT) + MAP}))
    assert _passes(_audit(group_missing, GROUP, "crypto map GETVPN 10 gdoi\n", WAN, ON))


def test_a_group_that_no_map_has_never_registers() -> None:
    (finding,) = _audit(group_without_map, GROUP, WAN).findings
    assert finding.severity is Severity.HIGH
    assert finding.message == "group G1 is in no crypto map: the member never registers for it"
    assert finding.evidence[0].text == "crypto gdoi group G1"
    assert finding.remediation.startswith("crypto map <map> <number> gdoi\n set group G1\n")
    (finding,) = _audit(group_without_map, GROUP6, GROUP, MAP, WAN, ON).findings
    assert finding.remediation.startswith("crypto map ipv6 <map>")
    assert reasons(_part(group_without_map, GROUP, WAN)) == [PART]


def test_maps_and_groups_are_of_one_address_family() -> None:
    (finding,) = _audit(families_mixed, GROUP, MAP6.replace("G6", "G1"), WAN).findings
    assert finding.severity is Severity.HIGH
    assert finding.message == "crypto map MAP6 10 is for IPv6, its group G1 for IPv4"
    assert finding.remediation == (
        "no crypto map ipv6 MAP6 10 gdoi\ncrypto map <map> 10 gdoi\n set group G1"
    )
    (finding,) = _audit(families_mixed, GROUP6, MAP.replace("G1", "G6"), WAN).findings
    assert finding.message == "crypto map GETVPN 10 is for IPv4, its group G6 for IPv6"
    assert finding.remediation.startswith("no crypto map GETVPN 10 gdoi\ncrypto map ipv6 <map>")
    assert _passes(_audit(families_mixed, MAP, WAN))
    same = GROUP6.replace("G6", "G1")
    assert _passes(_audit(families_mixed, GROUP, same, MAP, WAN, ON))
