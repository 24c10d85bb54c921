import pytest

from getvpn.audits.examples import audit_example
from getvpn.audits.rule import Severity
from getvpn.audits.rules.acl import (
    everything_first,
    many_permits,
    one_way_permits,
    too_many_lines,
)
from getvpn.audits.settings import Settings

from .policies import (
    PERMIT,
    fires,
    gm_acl,
    key_server,
    ks_acl,
    member,
    messages,
    reasons,
    report,
    severities,
)


def _permits(count: int) -> list[str]:
    return [f"permit ip host 10.1.0.{n} host 10.1.0.{n}" for n in range(1, count + 1)]


def _denies(count: int) -> list[str]:
    return [f"deny ip host 10.2.0.{n} any" for n in range(1, count + 1)]


@pytest.mark.parametrize(
    ("permits", "denies", "severity"),
    [
        (1, 78, None),
        (1, 79, Severity.MEDIUM),
        (1, 99, Severity.MEDIUM),
        (1, 100, Severity.CRITICAL),
        (101, 0, Severity.CRITICAL),
    ],
)
def test_lines_count_permit_and_deny_together(
    permits: int, denies: int, severity: Severity | None
) -> None:
    made = report(too_many_lines, *_denies(denies), *_permits(permits))
    assert severities(made) == ([] if severity is None else [severity])
    assert made.not_checked == ()


def test_permits_have_a_limit_of_their_own() -> None:
    settings = Settings(acl_max_lines=500, acl_warn_lines=400)
    made = report(too_many_lines, *_permits(101), settings=settings)
    assert messages(made) == [
        "policy of group G1 has 101 lines with 101 permits, more than 100 permits"
    ]
    assert severities(made) == [Severity.CRITICAL]
    assert report(too_many_lines, *_permits(100), settings=settings).findings == ()


def test_the_lists_of_all_policies_of_a_group_count_together() -> None:
    text = key_server(*_permits(60)).replace(
        "  address ipv4", "  sa ipsec 20\n   match address ipv4 MORE\n  address ipv4"
    )
    more = "".join(f" {line}\n" for line in _denies(41))
    made = audit_example(too_many_lines, {"ks1.cfg": f"{text}ip access-list extended MORE\n{more}"})
    assert "101 lines with 60 permits" in messages(made)[0]


def test_show_output_stands_in_for_a_missing_configuration() -> None:
    name = "ks1/show crypto gdoi ks acl.txt"
    made = audit_example(too_many_lines, {name: ks_acl(*_permits(101))})
    assert severities(made) == [Severity.CRITICAL]
    assert made.findings[0].location.source == name
    assert audit_example(too_many_lines, {name: ks_acl(PERMIT)}).not_checked == ()


def test_a_member_tells_the_policy_of_a_key_server_that_was_not_given() -> None:
    files = {f"gm{n}/show crypto gdoi gm acl.txt": gm_acl(*_permits(101)) for n in (1, 2)}
    made = audit_example(too_many_lines, files)
    assert [finding.device for finding in made.findings] == ["gm1"]
    files["ks1.cfg"] = key_server(PERMIT)
    files["gm1.cfg"] = member()
    assert audit_example(too_many_lines, files).findings == ()


def test_what_a_member_took_from_a_key_server_that_shows_the_same_is_not_told_again() -> None:
    files = {
        "ks1/show crypto gdoi ks acl.txt": ks_acl(*_permits(101)),
        "gm1/show crypto gdoi gm acl.txt": gm_acl(*_permits(101)),
    }
    made = audit_example(too_many_lines, files)
    assert [finding.device for finding in made.findings] == ["ks1"]


def test_a_filtered_list_is_judged_by_what_is_there_only() -> None:
    name = "ks1/show crypto gdoi ks acl | include permit|Group|Conf.txt"
    made = audit_example(too_many_lines, {name: ks_acl(*_permits(101))})
    assert severities(made) == [Severity.CRITICAL]
    made = audit_example(too_many_lines, {name: ks_acl(PERMIT)})
    assert made.findings == ()
    assert "is not known in full" in reasons(made)[0]


def test_what_may_have_more_lines_is_not_checked() -> None:
    numbered = key_server(PERMIT).replace("POLICY", "101").removeprefix("hostname ks1\n")
    numbered = numbered.replace("ip access-list extended 101\n permit", "access-list 101 permit")
    assert "may have more lines" in reasons(audit_example(too_many_lines, {"ks1.cfg": numbered}))[0]
    broken = report(too_many_lines, PERMIT, "deny tcp any any eq nonsense")
    assert "was not understood" in reasons(broken)[0]
    missing = key_server(PERMIT).replace("extended POLICY", "extended OTHER")
    made = audit_example(too_many_lines, {"ks1.cfg": missing})
    assert reasons(made) == ["access list POLICY is not in the configuration"]


def test_a_snippet_with_a_whole_named_list_is_enough() -> None:
    text = key_server(*_permits(101)).removeprefix("hostname ks1\n") + "router bgp 1\n"
    assert severities(audit_example(too_many_lines, {"ks1.cfg": text})) == [Severity.CRITICAL]


def test_a_group_without_any_policy_is_not_checked() -> None:
    made = audit_example(too_many_lines, {"gm1.cfg": member()})
    assert reasons(made) == ["no policy of this group is known"]


@pytest.mark.parametrize(("count", "found"), [(10, False), (11, True), (100, True), (101, False)])
def test_many_permits_are_found_up_to_where_the_limit_is(count: int, found: bool) -> None:
    assert fires(many_permits, *_permits(count)) is found


@pytest.mark.parametrize(
    "lines",
    [
        [PERMIT],
        ["permit ip any any"],
        ["permit ip host 10.1.1.1 any", "permit ip any host 10.1.1.1"],
        ["permit tcp any host 10.1.1.1 eq www", "permit tcp host 10.1.1.1 eq 80 any"],
        ["permit ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255", PERMIT],
        ["permit ip any 224.0.0.0 15.255.255.255", "permit udp any host 239.1.1.1"],
        ["deny ip host 10.1.1.1 any", PERMIT],
    ],
)
def test_symmetric_policies_pass(lines: list[str]) -> None:
    assert not fires(one_way_permits, *lines)


@pytest.mark.parametrize(
    "lines",
    [
        ["permit ip host 10.1.1.1 any"],
        ["permit tcp any host 10.1.1.1 eq www", "permit tcp any eq www host 10.1.1.1"],
        ["permit ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255"],
        ["permit ip any 192.0.0.0 63.255.255.255"],
    ],
)
def test_one_way_permits_are_found(lines: list[str]) -> None:
    assert fires(one_way_permits, *lines)


def test_the_missing_permit_is_advised_and_all_are_counted() -> None:
    made = report(
        one_way_permits, "permit tcp 10.1.0.0 0.0.255.255 any eq 80", "permit ip host 10.2.2.2 any"
    )
    (finding,) = made.findings
    assert "'permit tcp 10.1.0.0 0.0.255.255 any eq 80' and 1 more" in finding.message
    assert " permit tcp any eq 80 10.1.0.0 0.0.255.255" in finding.remediation
    assert len(finding.evidence) == 2


@pytest.mark.parametrize(
    ("before", "behind", "fixes"),
    [
        ("deny tcp any any eq tacacs", "deny ip any any", 0),
        ("deny tcp any any eq bgp", "deny tcp any any eq tacacs", 0),
        ("deny tcp any any eq bgp", "deny ip any any", 1),
    ],
)
def test_no_permit_is_added_for_what_a_deny_takes_in_whole(
    before: str, behind: str, fixes: int
) -> None:
    one_way = "permit tcp any eq tacacs any"
    (finding,) = report(one_way_permits, before, one_way, behind).findings
    assert len(finding.fixes) == fixes


def test_permits_are_added_behind_the_denies_between_those_that_need_them() -> None:
    lines = ("10 permit tcp any any eq 8080", "20 deny udp any any eq 848")
    last = "30 permit udp any range 100 900 any"
    (finding,) = report(one_way_permits, *lines, last, f"50 {PERMIT}").findings
    assert finding.fixes[0].lines == (
        "ip access-list extended POLICY",
        " 48 permit tcp any eq 8080 any",
        " 49 permit udp any any range 100 900",
    )


def test_symmetry_of_unknown_object_groups_is_not_checked() -> None:
    made = report(one_way_permits, "permit ip object-group A host 10.1.1.1")
    assert reasons(made) == ["an object group is not known in full"]


def test_known_object_groups_are_compared_by_their_members() -> None:
    groups = "object-group network A\n 10.1.0.0 255.255.0.0\n"
    lines = ("permit ip object-group A any", "permit ip any 10.1.0.0 0.0.255.255")
    made = audit_example(one_way_permits, {"ks1.cfg": key_server(*lines, more=groups)})
    assert (made.findings, made.not_checked) == ((), ())


def test_too_many_permits_are_not_compared() -> None:
    lines = [f"permit ip host 10.{n >> 8}.{n & 255}.1 any" for n in range(1_001)]
    assert reasons(report(one_way_permits, *lines)) == ["1001 permits are too many"]


def test_everything_needs_denies_before_it() -> None:
    (finding,) = report(everything_first, "permit ip any any").findings
    assert finding.severity is Severity.HIGH
    assert finding.message.endswith("'permit ip any any': no deny stands before it")


def test_denies_behind_everything_are_found_even_with_others_before() -> None:
    (finding,) = report(
        everything_first, "deny esp any any", "permit ip any any", "deny udp any any eq 848"
    ).findings
    assert "1 behind it never match, as 'deny udp any any eq 848'" in finding.message
    assert [evidence.line for evidence in finding.evidence] == [10, 11]


def test_everything_behind_denies_passes_and_so_do_other_policies() -> None:
    assert not fires(everything_first, "deny esp any any", "permit ip any any")
    assert not fires(everything_first, PERMIT, "deny udp any any eq 848")


def test_everything_may_be_written_with_a_wildcard_of_ones() -> None:
    line = "permit ip 0.0.0.0 255.255.255.255 0.0.0.0 255.255.255.255"
    assert fires(everything_first, line)


def test_an_ipv6_policy_is_mended_in_an_ipv6_list() -> None:
    text = """\
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
    (finding,) = audit_example(everything_first, {"ks1.cfg": text}).findings
    assert finding.remediation.startswith("ipv6 access-list POLICY6\n no permit ipv6 any any")
