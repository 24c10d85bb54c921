"""Groups and members that still send in clear."""

import pytest

from getvpn.audits.engine import Report
from getvpn.audits.examples import audit_example
from getvpn.audits.rule import AnyRule, Fix, Grade, Severity
from getvpn.audits.rules.ops_direction import d3p_with_gikev2, passive, receive_only

from .policies import PERMIT, gm_acl, key_server, ks_acl, member, messages, reasons
from .test_rules_rpl import GM_GDOI, KS_GDOI

PART = "the text is a part of a configuration: it has no line 'hostname'"
SHOWN_SERVER = KS_GDOI.format(method="Time Based", window=5)
SHOWN_MEMBER = GM_GDOI.format(transform="esp-aes", replay="(Counter Based) : 64")


def _server(*lines: str, kind: str = "gdoi") -> str:
    text = key_server(PERMIT).replace("crypto gdoi group", f"crypto {kind} group")
    return text.replace("  sa ipsec", "".join(f"  {line}\n" for line in lines) + "  sa ipsec")


def _member(*lines: str) -> str:
    inside = "".join(f" {line}\n" for line in lines)
    return member().replace("crypto map GETVPN 10", f"{inside}crypto map GETVPN 10")


def _cut(text: str) -> str:
    return (
        text.split("\n", 1)[1]
        .split("ip access-list", maxsplit=1)[0]
        .split("crypto map", maxsplit=1)[0]
    )


def _passes(made: Report) -> bool:
    assert made.not_checked == ()
    return not made.findings


# ---- receive-only ----


@pytest.mark.parametrize("kind", ["gdoi", "gkm"])
def test_a_group_left_receive_only_is_found(kind: str) -> None:
    text = _server("sa receive-only", kind=kind)
    (finding,) = audit_example(receive_only, {"ks1.cfg": text}).findings
    assert finding.severity is Severity.HIGH
    assert finding.message == "group G1 is receive-only: its members send in clear"
    assert finding.evidence[0].text == "sa receive-only"
    assert finding.fixes == (
        Fix(
            device="ks1",
            lines=(f"crypto {kind} group G1", " server local", "  no sa receive-only"),
            grade=Grade.REKEY,
        ),
    )


def test_a_direction_that_the_server_shows_counts() -> None:
    name = "ks1/show crypto gdoi.txt"
    assert _passes(audit_example(receive_only, {name: SHOWN_SERVER}))
    text = SHOWN_SERVER.replace("Direction       : Both", "Direction       : Inbound Only")
    (finding,) = audit_example(receive_only, {name: text}).findings
    assert finding.message == "group G1 has direction 'Inbound Only': its members send in clear"
    assert finding.evidence[0].value == "Inbound Only"
    assert finding.fixes == ()
    both = {"ks1.cfg": _server("sa receive-only"), name: text}
    assert len(audit_example(receive_only, both).findings) == 1
    ks = (
        "ks1#show crypto gdoi ks\nTotal group members registered to this box: 0\n\n"
        "Key Server Information For Group G1:\n    Group Name               : G1\n"
        "    Group Identity           : 1001\n    Group Members            : 0\n"
        "    IPSec SA Direction       : {}\n    ACL Configured:\n        access-list POLICY\n"
    )
    for direction, count in (("Both", 0), ("Inbound Only", 1)):
        files = {"ks1/show crypto gdoi ks.txt": ks.format(direction)}
        made = audit_example(receive_only, files)
        assert (len(made.findings), made.not_checked) == (count, ())
        if count:
            assert len(audit_example(receive_only, files | {name: text}).findings) == 1


def test_a_group_that_is_not_known_in_full_is_not_passed() -> None:
    assert _passes(audit_example(receive_only, {"ks1.cfg": _server()}))
    made = audit_example(receive_only, {"ks1/show crypto gdoi ks acl.txt": ks_acl(PERMIT)})
    assert reasons(made) == [
        "there is no configuration or 'show crypto gdoi ks' or 'show crypto gdoi'"
    ]
    made = audit_example(receive_only, {"ks1.cfg": _cut(_server())})
    assert reasons(made) == [PART]
    shown = SHOWN_MEMBER.replace("Direction       : Both", "Direction       : Inbound Only")
    made = audit_example(receive_only, {"gm1/show crypto gdoi.txt": shown})
    assert (made.findings, made.not_checked) == ((), ())


# ---- passive ----


def test_a_member_left_passive_is_found() -> None:
    (finding,) = audit_example(passive, {"gm1.cfg": _member("passive")}).findings
    assert finding.severity is Severity.MEDIUM
    assert finding.message == "the member takes traffic of group G1 in clear, too (passive)"
    assert finding.evidence[0].text == "passive"
    (fix,) = finding.fixes
    assert (fix.lines, fix.grade) == (
        ("crypto gdoi group G1", " no passive"),
        Grade.REGISTRATION,
    )
    assert _passes(audit_example(passive, {"gm1.cfg": _member()}))


def test_a_direction_that_was_typed_on_the_member_is_found() -> None:
    name = "gm1/show crypto gdoi.txt"
    assert _passes(audit_example(passive, {name: SHOWN_MEMBER}))
    head, tail = SHOWN_MEMBER.split("Group Member Information")
    only = tail.replace("Direction       : Both", "Direction       : Inbound Optional")
    (finding,) = audit_example(passive, {name: f"{head}Group Member Information{only}"}).findings
    assert finding.message == (
        "the member has direction 'Inbound Optional' in group G1, which has 'Both'"
    )
    assert finding.fixes == ()
    both = {"gm1.cfg": _member("passive"), name: f"{head}Group Member Information{only}"}
    assert len(audit_example(passive, both).findings) == 1


@pytest.mark.parametrize(
    ("direction", "told", "severity"),
    [
        ("Inbound Only", "'Inbound Only' in group G1: it sends in clear", Severity.HIGH),
        ("Inbound Optional", "'Inbound Optional' in group G1", Severity.MEDIUM),
    ],
)
def test_a_direction_that_no_key_server_accounts_for_is_found(
    direction: str, told: str, severity: Severity
) -> None:
    name = "gm1/show crypto gdoi.txt"
    shown = SHOWN_MEMBER.replace("Direction       : Both", f"Direction       : {direction}")
    for files in ({name: shown}, {name: shown, "ks1.cfg": _server()}):
        (finding,) = audit_example(passive, files).findings
        assert finding.message == f"the member has direction {told}"
        assert (finding.severity, finding.device, finding.fixes) == (severity, "gm1", ())
    head, own, tail = shown.rpartition(f"    IPSec SA Direction       : {direction}\n")
    (finding,) = audit_example(passive, {name: head + tail}).findings
    assert own
    assert finding.severity is severity


def test_a_direction_is_told_of_the_key_server_that_gave_it() -> None:
    name = "gm1/show crypto gdoi.txt"
    shown = SHOWN_MEMBER.replace("Direction       : Both", "Direction       : Inbound Only")
    files = {name: shown, "ks1.cfg": _server("sa receive-only")}
    assert _passes(audit_example(passive, files))
    assert len(audit_example(receive_only, files).findings) == 1


def test_a_member_that_is_not_known_in_full_is_not_passed() -> None:
    made = audit_example(passive, {"gm1/show crypto gdoi gm acl.txt": gm_acl(PERMIT)})
    assert reasons(made) == ["there is no configuration or 'show crypto gdoi'"]
    assert reasons(audit_example(passive, {"gm1.cfg": _cut(_member())})) == [PART]


# ---- IP-D3P ----


def _d3p(*lines: str, gm: str = "") -> Report:
    files = {"ks1.cfg": _server(*lines)}
    if gm:
        files["gm1.cfg"] = gm
    return audit_example(d3p_with_gikev2, files)


def test_delay_detection_with_members_by_gikev2_is_found() -> None:
    (finding,) = _d3p("gikev2 PROF", "sa d3p window sec 5").findings
    assert finding.severity is Severity.MEDIUM
    assert finding.message == "group G1 has an IP-D3P window and serves members by G-IKEv2"
    assert [each.text for each in finding.evidence] == ["sa d3p window sec 5", "gikev2 PROF"]
    assert "\ncrypto gdoi group G1\n server local\n" in finding.remediation
    assert finding.device == "ks1"
    gm = _member("client protocol gikev2 PROF")
    (finding,) = _d3p("sa d3p window msec 1000", gm=gm).findings
    assert finding.message == (
        "group G1 has an IP-D3P window and has gm1 as one of the members by G-IKEv2"
    )
    assert finding.evidence[1].text == "client protocol gikev2 PROF"


@pytest.mark.parametrize(
    "lines", [(), ("gikev2 PROF",), ("sa d3p window sec 5",)], ids=["none", "gikev2", "d3p"]
)
def test_one_of_the_two_alone_is_no_fault(lines: tuple[str, ...]) -> None:
    assert _passes(_d3p(*lines, gm=_member()))


def test_servers_that_are_not_known_in_full_are_not_passed() -> None:
    made = audit_example(d3p_with_gikev2, {"ks1/show crypto gdoi ks acl.txt": ks_acl(PERMIT)})
    assert reasons(made) == ["there is no configuration"]
    made = audit_example(d3p_with_gikev2, {"ks1.cfg": _cut(_server())})
    assert reasons(made) == ["group G1 is not known in full"]
    assert [each.device for each in made.not_checked] == ["ks1"]
    assert messages(made) == []


@pytest.mark.parametrize("rule", [receive_only, passive], ids=lambda rule: rule.code)
def test_the_other_role_is_passed_over(rule: AnyRule) -> None:
    other = {"gm1.cfg": _member()} if rule is receive_only else {"ks1.cfg": _server()}
    assert _passes(audit_example(rule, other))
