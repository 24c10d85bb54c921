"""Access lists that members have of their own, and members of several groups."""

import pytest

from getvpn.audits.engine import Report
from getvpn.audits.examples import audit_example
from getvpn.audits.rule import AnyRule, Fix, Grade, Severity
from getvpn.audits.rules.acl_groups import groups_overlap
from getvpn.audits.rules.acl_local import (
    local_denies_in_vain,
    local_denies_too_wide,
    local_permits,
)

from .policies import PERMIT, gm_acl, key_server, member, messages, reasons, severities
from .test_rules_rpl import GM_GDOI

RULES = (local_permits, local_denies_too_wide, local_denies_in_vain)
SSH = "deny tcp any any eq 22"


def _member(*lines: str, more: str = "") -> str:
    text = member().replace(" set group G1\n", " set group G1\n match address LOCAL\n")
    return f"{text}{more}ip access-list extended LOCAL\n" + "".join(f" {line}\n" for line in lines)


def _audit(
    rule: AnyRule, *lines: str, more: str = "", policy: tuple[str, ...] = (PERMIT,)
) -> Report:
    return audit_example(
        rule, {"ks1.cfg": key_server(*policy), "gm1.cfg": _member(*lines, more=more)}
    )


def _shown(*local: str, command: str = "gm acl") -> str:
    entries = "".join(f"   access-list  {line}\n" for line in local)
    text = gm_acl(PERMIT).removesuffix("\n").replace("gm acl", command)
    return f"{text} ACL Configured Locally:\n  Map Name: GETVPN\n{entries}\n"


# ---- permits ----


def test_a_permit_of_a_member_is_ignored() -> None:
    (finding,) = _audit(local_permits, SSH, "permit ip any host 10.99.0.1").findings
    assert finding.severity is Severity.HIGH
    assert finding.message == (
        "access list LOCAL of the member has 'permit ip any host 10.99.0.1': members cannot add "
        "to what the group encrypts"
    )
    assert finding.fixes == (
        Fix(
            device="gm1",
            lines=("ip access-list extended LOCAL", " no permit ip any host 10.99.0.1"),
            grade=Grade.SAFE,
        ),
    )


def test_every_permit_of_a_member_is_told() -> None:
    made = _audit(local_permits, "permit ip any host 10.99.0.1", "permit tcp any any")
    assert len(made.findings) == 2
    assert not _audit(local_permits, SSH, "deny ip any any").findings


def test_what_a_member_shows_of_its_own_list_counts() -> None:
    name = "gm1/show crypto gdoi gm acl.txt"
    made = audit_example(local_permits, {name: _shown("deny tcp any any", "permit udp any any")})
    (finding,) = made.findings
    assert "access list of crypto map GETVPN of the member has" in finding.message
    assert finding.evidence[0].value == "access-list permit udp any any"
    assert finding.evidence[0].field == "entries"
    assert finding.remediation.startswith("! the access list of the crypto map\n no permit udp")
    assert finding.fixes == ()
    made = audit_example(local_permits, {name: _shown("deny tcp any any")})
    assert (made.findings, made.not_checked) == ((), ())
    cut = _shown("deny tcp any any", "deny udp any any").removesuffix("udp any any\n\n")
    made = audit_example(local_permits, {name: cut})
    assert made.findings == ()
    assert made.not_checked


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_member_that_says_nothing_of_a_list_is_not_checked(rule: AnyRule) -> None:
    shown = "gm1/show crypto gdoi gm acl.txt"
    made = audit_example(rule, {shown: gm_acl(PERMIT)})
    assert (made.findings, made.not_checked) == ((), ())
    asked = {"gm1/show crypto gdoi gm acl download.txt": gm_acl(PERMIT)}
    made = audit_example(rule, asked)
    assert reasons(made) == ["there is no configuration or 'show crypto gdoi gm acl'"]
    made = audit_example(rule, {"gm1.cfg": "hostname gm1\n" + member().split("\n", 1)[1]})
    assert (made.findings, made.not_checked) == ((), ())
    made = audit_example(rule, {"gm1.cfg": member().split("\n", 1)[1]})
    assert reasons(made) == ["the text is a part of a configuration: it has no line 'hostname'"]


def test_a_list_that_was_not_read_in_full_is_not_passed() -> None:
    made = _audit(local_permits, "deny bogus any any")
    assert reasons(made) == ["a line of access list LOCAL was not understood"]
    made = _audit(local_permits, "permit ip any any", "deny bogus any any")
    assert (len(made.findings), made.not_checked) == (1, ())
    for rule in (local_denies_too_wide, local_denies_in_vain):
        made = _audit(rule, "deny bogus any any", "deny ip any any")
        assert (made.findings, reasons(made)) == (
            (),
            ["a line of access list LOCAL was not understood"],
        )


# ---- denies that are too wide ----


def test_a_deny_for_a_whole_network_behind_the_member_is_found() -> None:
    deny = "deny ip 10.31.0.0 0.0.255.255 any"
    made = _audit(local_denies_too_wide, SSH, deny, "deny ip host 10.31.0.9 any")
    (finding,) = made.findings
    assert finding.severity is Severity.HIGH
    assert finding.message == (
        "access list LOCAL of the member leaves 10.31.0.0/24 in clear, which the policy of group "
        f"G1 encrypts: '{deny}'"
    )
    assert finding.evidence[0].text == deny
    assert f" no {deny}" in finding.remediation


def test_where_other_networks_are_encrypted_it_may_be_meant_so() -> None:
    more = "interface GigabitEthernet0/2\n ip address 10.32.0.1 255.255.255.0\n"
    made = _audit(local_denies_too_wide, "deny ip 10.32.0.0 0.0.0.255 any", more=more)
    assert severities(made) == [Severity.MEDIUM]
    made = _audit(local_denies_too_wide, "deny ip 10.0.0.0 0.255.255.255 any", more=more)
    assert severities(made) == [Severity.HIGH]
    assert "leaves 10.31.0.0/24 and 10.32.0.0/24 in clear" in messages(made)[0]


def test_a_deny_that_leaves_a_part_encrypted_is_narrow_enough() -> None:
    for deny in (
        SSH,
        "deny tcp any any",
        "deny ip host 10.31.0.9 any",
        "deny ip any host 10.9.9.9",
    ):
        made = _audit(local_denies_too_wide, deny)
        assert (made.findings, made.not_checked) == ((), ())
    made = _audit(local_denies_too_wide, "deny ip 192.168.0.0 0.0.255.255 any")
    assert made.findings == ()


def test_without_networks_a_deny_for_everything_is_found() -> None:
    files = {
        "ks1.cfg": key_server(PERMIT),
        "gm1/show crypto gdoi gm acl.txt": _shown("deny ip any any"),
    }
    (message,) = messages(audit_example(local_denies_too_wide, files))
    assert "leaves everything in clear" in message
    (finding,) = audit_example(local_denies_too_wide, files).findings
    assert finding.remediation.startswith("! the access list of the crypto map\n")
    files["gm1/show crypto gdoi gm acl.txt"] = _shown("deny ip 10.0.0.0 0.127.255.255 any")
    assert not audit_example(local_denies_too_wide, files).findings


def test_networks_that_the_group_does_not_encrypt_are_left_aside() -> None:
    policy = ("permit ip 10.99.0.0 0.0.255.255 any",)
    made = _audit(local_denies_too_wide, "deny ip 10.31.0.0 0.0.255.255 any", policy=policy)
    assert made.findings == ()


def test_networks_of_ipv6_count_by_their_prefix() -> None:
    text = """\
hostname gm1
crypto gdoi group ipv6 G6
 identity number 1006
 server address ipv4 10.10.1.1
crypto map ipv6 MAP6 10 gdoi
 set group G6
 match address LOCAL6
interface GigabitEthernet0/0
 ipv6 address 2001:db8:31::1/64
interface GigabitEthernet0/1
 ipv6 address 2001:db8:20::1/64
 ipv6 crypto map MAP6
ipv6 access-list LOCAL6
 {}
"""
    server = """\
hostname ks1
crypto gdoi group ipv6 G6
 identity number 1006
 server local
  sa ipsec 10
   match address ipv6 POLICY6
  address ipv4 10.10.1.1
ipv6 access-list POLICY6
 permit ipv6 any any
"""
    for deny, count in (
        ("deny ipv6 2001:db8:31::/48 any", 1),
        ("deny ipv6 2001:db8:31::/65 any", 0),
    ):
        files = {"ks1.cfg": server, "gm1.cfg": text.format(deny)}
        made = audit_example(local_denies_too_wide, files)
        assert (len(made.findings), made.not_checked) == (count, ())
    assert audit_example(local_denies_in_vain, files).findings == ()
    files["gm1.cfg"] = text.format("permit ipv6 any any")
    (finding,) = audit_example(local_permits, files).findings
    assert finding.remediation.startswith("ipv6 access-list LOCAL6\n")


# ---- denies in vain ----


def test_a_deny_for_what_the_group_leaves_in_clear_is_information() -> None:
    made = _audit(local_denies_in_vain, SSH, "deny udp any any eq 848", policy=(SSH, PERMIT))
    (finding,) = made.findings
    assert finding.severity is Severity.INFO
    assert finding.message == (
        f"'{SSH}' in access list LOCAL of the member changes nothing: group G1 does not encrypt "
        "what it selects"
    )
    (fix,) = finding.fixes
    assert (fix.lines, fix.grade) == (
        ("ip access-list extended LOCAL", f" no {SSH}"),
        Grade.SAFE,
    )


def test_two_rules_together_leave_a_list_one_line() -> None:
    lines = ("deny ip 172.16.0.0 0.15.255.255 any", "permit ip any any")
    fixes = [
        fix
        for rule in (local_permits, local_denies_in_vain)
        for finding in _audit(rule, *lines).findings
        for fix in finding.fixes
    ]
    assert [fix.lines[-1] for fix in fixes] == [" no permit ip any any"]


def test_denies_that_count_and_a_last_deny_for_all_are_left_alone() -> None:
    assert not _audit(local_denies_in_vain, SSH).findings
    assert not _audit(local_denies_in_vain, "deny ip any any").findings
    assert _audit(local_denies_in_vain, "deny ip any any", SSH).findings
    assert _audit(local_denies_in_vain, "deny ip 172.16.0.0 0.15.255.255 any").findings
    files = {
        "ks1.cfg": key_server(SSH, PERMIT),
        "gm1/show crypto gdoi gm acl.txt": _shown("deny udp 172.16.0.0 0.15.255.255 any"),
    }
    (finding,) = audit_example(local_denies_in_vain, files).findings
    assert finding.fixes == ()
    assert finding.remediation.startswith("! the access list of the crypto map\n no deny udp")


@pytest.mark.parametrize("rule", RULES[1:], ids=lambda rule: rule.code)
def test_without_the_policy_a_local_list_says_nothing(rule: AnyRule) -> None:
    made = audit_example(rule, {"gm1.cfg": _member("deny ip any any")})
    assert (made.findings, reasons(made)) == ((), ["the policy of the group is not known"])
    made = _audit(rule, "deny ip any any", policy=("permit ip object-group A any",))
    assert reasons(made) == ["it is not known what 'permit ip object-group A any' selects"]
    files = {"ks1.cfg": key_server(), "gm1.cfg": _member("deny ip any any")}
    files["ks1.cfg"] = files["ks1.cfg"].replace("ip access-list", "! ")
    assert reasons(audit_example(rule, files)) == ["the policy of the group is not known"]


# ---- several groups ----

GROUPS = """\
hostname gm1
crypto gdoi group G1
 identity number 1001
 server address ipv4 10.10.1.1
crypto gdoi group G2
 identity number 1002
 server address ipv4 10.10.2.1
crypto map GETVPN 10 gdoi
 set group G1
crypto map {second} 20 gdoi
 set group G2
interface GigabitEthernet0/1
 ip address 10.20.1.1 255.255.255.252
 crypto map GETVPN
interface GigabitEthernet0/2
 ip address 10.20.2.1 255.255.255.252
{map}"""


def _groups(*lines: str, second: str = "GETVPN", map_: str = "") -> dict[str, str]:
    other = key_server(*lines, address="10.10.2.1", name="ks2")
    return {
        "ks1.cfg": key_server("deny tcp any any eq 22", PERMIT),
        "ks2.cfg": other.replace("G1", "G2").replace("1001", "1002"),
        "gm1.cfg": GROUPS.format(second=second, map=map_),
    }


def test_two_groups_on_one_interface_must_not_encrypt_the_same() -> None:
    (finding,) = audit_example(groups_overlap, _groups("permit tcp any any eq 443")).findings
    assert finding.severity is Severity.HIGH
    assert finding.device == "gm1"
    assert finding.message == (
        "groups G1 and G2 on GigabitEthernet0/1 both encrypt tcp from 10.0.0.0/8 to 10.0.0.0/8 "
        "port 443"
    )
    assert [(each.source, each.text) for each in finding.evidence] == [
        ("ks1.cfg", PERMIT),
        ("ks2.cfg", "permit tcp any any eq 443"),
    ]
    assert finding.remediation.startswith(
        "! tcp from 10.0.0.0/8 to 10.0.0.0/8 port 443\n! belongs to one of G1 and G2"
    )


@pytest.mark.parametrize(
    "line",
    ["permit tcp any any eq 22", "permit ip 172.16.0.0 0.15.255.255 any", "deny ip any any"],
)
def test_groups_with_different_traffic_do_not_overlap(line: str) -> None:
    made = audit_example(groups_overlap, _groups(line))
    assert (made.findings, made.not_checked) == ((), ())


def test_groups_on_different_interfaces_may_encrypt_the_same() -> None:
    files = _groups(PERMIT, second="OTHER", map_=" crypto map OTHER\n")
    made = audit_example(groups_overlap, files)
    assert (made.findings, made.not_checked) == ((), ())
    files = _groups(PERMIT, second="OTHER")
    assert audit_example(groups_overlap, files).not_checked == ()


def test_groups_without_policy_or_interface_are_not_compared() -> None:
    files = _groups(PERMIT)
    del files["ks2.cfg"]
    made = audit_example(groups_overlap, files)
    assert reasons(made) == ["the policy of a group of the member is not known"]
    assert [each.device for each in made.not_checked] == ["gm1"]
    files = _groups("permit ip object-group A any")
    made = audit_example(groups_overlap, files)
    assert reasons(made) == ["it is not known what 'permit ip object-group A any' selects"]
    shown = gm_acl(PERMIT) + gm_acl(PERMIT, group="G2").split("\n", 1)[1]
    made = audit_example(groups_overlap, {"gm1/show crypto gdoi gm acl.txt": shown})
    assert reasons(made) == ["the interfaces of groups G1 and G2 are not known"]
    assert [each.device for each in made.not_checked] == ["gm1"]
    files = _groups(PERMIT)
    files["gm1.cfg"] = files["gm1.cfg"].split("interface")[0].replace("hostname gm1\n", "")
    made = audit_example(groups_overlap, files)
    assert reasons(made) == ["the interfaces of groups G1 and G2 are not known"]


def test_the_interfaces_of_keys_tell_where_groups_meet() -> None:
    one = GM_GDOI.format(transform="esp-aes", replay="(Counter Based) : 64")
    head, sep, body = one.partition("    Group Name")
    for place, count in (("GigabitEthernet0/1", 1), ("GigabitEthernet0/2", 0)):
        other = (sep + body).replace("G1", "G2").replace("1001", "1002")
        shown = head + sep + body + other.replace("GigabitEthernet0/1", place)
        lists = gm_acl(PERMIT) + gm_acl(PERMIT, group="G2").split("\n", 1)[1]
        files = {"gm1/show crypto gdoi.txt": shown, "gm1/show crypto gdoi gm acl.txt": lists}
        made = audit_example(groups_overlap, files)
        assert (len(made.findings), made.not_checked) == (count, ())


def test_so_many_groups_that_nobody_has_are_told_and_not_compared() -> None:
    alone = "".join(
        f"crypto gdoi group A{n}\n identity number {n}\n server address ipv4 10.0.0.1\n"
        for n in range(300)
    )
    made = audit_example(groups_overlap, {"gm1.cfg": f"hostname gm1\n{alone}end\n"})
    assert (made.findings, made.not_checked) == ((), ())

    maps = "".join(f"crypto map M {n + 1} gdoi\n set group A{n}\n" for n in range(51))
    text = f"hostname gm1\n{alone}{maps}interface Ethernet1\n crypto map M\nend\n"
    made = audit_example(groups_overlap, {"gm1.cfg": text})
    assert reasons(made) == ["Ethernet1 has more than 50 groups, which are not compared"]

    shown = "".join(gm_acl(PERMIT, group=f"G{n}").split("\n", n and 1)[-1] for n in range(9))
    made = audit_example(groups_overlap, {"gm1/show crypto gdoi gm acl.txt": shown})
    assert reasons(made) == ["the interfaces of groups G0, G1, G2, G3, G4 and 4 more are not known"]


def test_a_member_of_one_group_has_nothing_to_compare() -> None:
    files = {"ks1.cfg": key_server(PERMIT), "gm1.cfg": member()}
    made = audit_example(groups_overlap, files)
    assert (made.findings, made.not_checked) == ((), ())
