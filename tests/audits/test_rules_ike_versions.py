"""Versions of IKE, its policies, and what it lets others try."""

import pytest

from getvpn.audits.examples import audit_example
from getvpn.audits.management import NOT_THE_DEVICE
from getvpn.audits.rule import Severity
from getvpn.audits.rules.ike_strangers import aggressive_mode, keys_for_strangers
from getvpn.audits.rules.ike_versions import (
    cooperation_without_ikev1,
    default_policies,
    mixed_methods,
    old_registration,
)
from getvpn.audits.settings import Settings, profile

from .key_worlds import member_status, registered
from .managed import KS_SHOWN, PART, member, part_of_server, router, server
from .said import messages, reasons

STIG, CNSA = profile("stig").settings, profile("cnsa").settings
POLICY = "crypto isakmp policy 10"
KEY = "crypto isakmp key 6 <removed> address"
GKM = """\
hostname ks1
{isakmp}crypto gkm group G1
 identity number 1001
 server local
{protocols}  address ipv4 10.10.1.1
  redundancy
   local priority 100
   peer address ipv4 10.10.2.1
   peer address ipv4 10.10.3.1
"""


def _cooperating(isakmp: str, protocols: str = "  no gdoi\n  gikev2 X\n") -> dict[str, str]:
    return {"ks1.cfg": GKM.format(isakmp=isakmp, protocols=protocols)}


PRE_SHARED = f"{POLICY}\n authentication pre-share\n group 14\n"
BOTH = f"{KEY} 10.10.2.1\n{KEY} 10.10.3.1\n"
NO_POLICY = "group G1 is of G-IKEv2, and no ISAKMP policy is there for the cooperation"
NOTHING = "there is nothing to authenticate key server {} with in IKE version 1"


@pytest.mark.parametrize(
    ("isakmp", "said"),
    [
        (PRE_SHARED + BOTH, []),
        (BOTH, [NO_POLICY]),
        (PRE_SHARED, [NOTHING.format("10.10.2.1"), NOTHING.format("10.10.3.1")]),
        (PRE_SHARED + f"{KEY} 10.10.3.1\n", [NOTHING.format("10.10.2.1")]),
        (PRE_SHARED + f"{KEY} 10.10.0.0 255.255.0.0\n", []),
        (PRE_SHARED + "crypto isakmp key 6 <removed> hostname ks2\n", []),
    ],
)
def test_key_servers_of_ikev2_groups_need_ikev1_among_themselves(
    isakmp: str, said: list[str]
) -> None:
    report = audit_example(cooperation_without_ikev1, _cooperating(isakmp))
    assert (messages(report), reasons(report)) == (said, [])
    for finding in report.findings:
        is_policy = finding.message == NO_POLICY
        assert finding.severity is (Severity.MEDIUM if is_policy else Severity.HIGH)


def test_key_servers_of_ikev1_groups_are_left_to_other_rules() -> None:
    report = audit_example(cooperation_without_ikev1, _cooperating("", "  gdoi\n"))
    assert (report.findings, report.not_checked) == ((), ())


def test_a_part_does_not_tell_that_ikev1_is_missing() -> None:
    whole = _cooperating("")["ks1.cfg"].replace("hostname ks1\n", "") + "ntp master\n"
    report = audit_example(cooperation_without_ikev1, {"ks1.cfg": whole})
    assert (messages(report), reasons(report)) == ([], [PART])
    cut = part_of_server()["ks1.cfg"]
    report = audit_example(cooperation_without_ikev1, {"ks1.cfg": cut})
    assert reasons(report) == ["the group is not known in full"]
    assert reasons(audit_example(cooperation_without_ikev1, KS_SHOWN)) == [
        "there is no configuration"
    ]


def test_the_default_policies_of_a_release_are_not_relied_upon() -> None:
    assert messages(audit_example(default_policies, server())) == [
        "there is no ISAKMP policy: those of the release hold"
    ]
    (finding,) = audit_example(default_policies, server("no crypto isakmp default policy")).findings
    assert finding.severity is Severity.HIGH
    assert finding.message.endswith("the default ones are off: IKE cannot run")
    assert messages(audit_example(default_policies, server(POLICY))) == []
    assert messages(audit_example(default_policies, _cooperating(""))) == [
        "there is no ISAKMP policy: those of the release hold"
    ]


def test_policies_in_a_part_may_be_elsewhere() -> None:
    report = audit_example(default_policies, part_of_server("no crypto isakmp default policy"))
    assert (messages(report), reasons(report)) == ([], [PART])


def test_a_member_of_an_ikev2_group_needs_no_isakmp_policy() -> None:
    files = {
        "gm1.cfg": member()["gm1.cfg"].replace(
            "crypto map", " client protocol gikev2 P\ncrypto map", 1
        )
    }
    report = audit_example(default_policies, files)
    assert (report.findings, report.not_checked) == ((), ())


@pytest.mark.parametrize(
    ("methods", "said"),
    [
        (("pre-share", "pre-share"), []),
        (("rsa-sig", "rsa-sig"), []),
        (
            ("rsa-sig", "pre-share"),
            ["ISAKMP policy 20 takes pre-shared keys, policy 10 certificates"],
        ),
        (
            ("pre-share", "rsa-sig"),
            ["ISAKMP policy 10 takes pre-shared keys, policy 20 certificates"],
        ),
        (("pre-share", "rsa-encr"), []),
    ],
)
def test_one_method_of_authentication_is_enough(methods: tuple[str, str], said: list[str]) -> None:
    first, second = methods
    lines = (
        *(POLICY, f" authentication {first}"),
        *("crypto isakmp policy 20", f" authentication {second}"),
    )
    report = audit_example(mixed_methods, server(*lines))
    assert (messages(report), reasons(report)) == (said, [])
    for finding in report.findings:
        assert finding.severity is Severity.INFO


def test_a_policy_that_is_cut_does_not_tell_its_method() -> None:
    text = part_of_server(POLICY, " authentication pre-share")["ks1.cfg"]
    text += "crypto isakmp policy 20\n encryption aes\n"
    report = audit_example(mixed_methods, {"ks1.cfg": text})
    assert (messages(report), reasons(report)) == (
        [],
        ["ISAKMP policy 20 is not known in full"],
    )
    found = text.replace(" encryption aes", " authentication rsa-sig")
    assert len(messages(audit_example(mixed_methods, {"ks1.cfg": found}))) == 1


@pytest.mark.parametrize(
    ("protocols", "settings", "said", "severity"),
    [
        ("  gdoi\n", Settings(), None, None),
        ("  no gdoi\n  gikev2 X\n", Settings(), None, None),
        ("  no gdoi\n  gikev2 X\n", STIG, None, None),
        ("  gikev2 X\n", Settings(), "IKE version 1, beside IKEv2", Severity.INFO),
        ("  gikev2 X\n", STIG, "IKE version 1, beside IKEv2", Severity.MEDIUM),
        ("", CNSA, "IKE version 1", Severity.MEDIUM),
    ],
)
def test_the_profile_decides_whether_ikev1_may_be_used(
    protocols: str, settings: Settings, said: str | None, severity: Severity | None
) -> None:
    report = audit_example(old_registration, _cooperating("", protocols), settings)
    expected = f"key server of group G1 takes registrations by {said}"
    assert messages(report) == ([expected] if said else [])
    assert [finding.severity for finding in report.findings] == ([severity] if severity else [])
    assert report.not_checked == ()


def test_members_are_judged_by_their_protocol() -> None:
    assert messages(audit_example(old_registration, member())) == []
    (finding,) = audit_example(old_registration, member(), STIG).findings
    assert finding.message == "member of group G1 registers by IKE version 1"
    assert finding.severity is Severity.MEDIUM
    files = {
        "gm1.cfg": member()["gm1.cfg"].replace(
            "crypto map", " client protocol gikev2 P\ncrypto map", 1
        )
    }
    assert messages(audit_example(old_registration, files, STIG)) == []


def test_a_group_that_is_cut_may_use_ikev2() -> None:
    for files in (
        part_of_server(),
        {"gm1.cfg": "crypto gdoi group G1\n identity number 1\n server address ipv4 10.1.1.1\n"},
    ):
        report = audit_example(old_registration, files, STIG)
        assert messages(report) == []
        assert reasons(report) == ["group G1 is not known in full", PART]


def test_devices_without_a_group_may_use_any_version() -> None:
    report = audit_example(old_registration, router(POLICY), STIG)
    assert (report.findings, report.not_checked) == ((), ())


@pytest.mark.parametrize(
    ("kind", "settings", "found"),
    [
        ("GDOI (ISAKMP)", STIG, True),
        ("GDOI (ISAKMP)", Settings(), False),
        ("G-IKEv2 (IKEv2)", STIG, False),
    ],
)
def test_without_configuration_the_type_of_the_group_tells(
    kind: str, settings: Settings, found: bool
) -> None:
    identity = "    Group Identity           : 1001\n"
    text = member_status().replace(identity, f"{identity}    Group Type               : {kind}\n")
    report = audit_example(old_registration, {"gm1/show crypto gdoi.txt": text}, settings)
    assert messages(report) == [f"group BRANCH is of type {kind}"] * found
    assert report.not_checked == ()


def test_show_output_of_the_key_server_alone_tells_no_version() -> None:
    assert reasons(audit_example(old_registration, KS_SHOWN, STIG)) == [
        "there is no configuration or 'show crypto gdoi'"
    ]


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ((POLICY, " authentication pre-share"), True),
        ((POLICY, " authentication rsa-sig"), False),
        ((POLICY, " authentication pre-share", "crypto isakmp aggressive-mode disable"), False),
        ((f"{KEY} 10.1.1.1",), True),
        ((), False),
    ],
)
def test_aggressive_mode_is_off_where_keys_are_shared(lines: tuple[str, ...], found: bool) -> None:
    report = audit_example(aggressive_mode, server(*lines))
    message = "aggressive mode of IKE is not disabled, and keys are shared"
    assert messages(report) == [message] * found
    assert report.not_checked == ()
    for finding in report.findings:
        assert finding.fixes[0].lines == ("crypto isakmp aggressive-mode disable",)


def test_aggressive_mode_of_a_part_is_not_known() -> None:
    for lines in ((), (POLICY, " authentication pre-share")):
        report = audit_example(aggressive_mode, part_of_server(*lines))
        assert (messages(report), reasons(report)) == ([], [PART])


def test_a_text_about_getvpn_alone_does_not_tell_of_aggressive_mode() -> None:
    text = server(POLICY, " authentication pre-share")["ks1.cfg"].replace("line con 0\n", "")
    assert reasons(audit_example(aggressive_mode, {"ks1.cfg": text})) == [NOT_THE_DEVICE]


STRANGER = "there is a pre-shared key for 10.9.9.9, which is no key server or peer"
MANY = ("interface Tunnel1", " ip address 10.8.0.1 255.255.255.0")


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ((f"{KEY} 10.10.1.1", f"{KEY} 10.10.2.1"), []),
        ((f"{KEY} 10.9.9.9",), [STRANGER]),
        ((f"{KEY} 10.9.9.0 255.255.255.0",), []),
        ((f"{KEY} 10.9.9.9", "crypto map M 5 ipsec-isakmp", " set peer 10.9.9.9"), []),
        ((f"{KEY} 10.9.9.9", *MANY, " tunnel destination 10.9.9.9"), []),
        ((f"{KEY} 10.9.9.9", *MANY), [STRANGER]),
        (
            (f"{KEY} 10.9.9.9", *MANY, " tunnel destination 10.9.9.8",
             " tunnel protection ipsec profile P"),
            [STRANGER],
        ),
        (("crypto isakmp key 6 <removed> hostname ks9",), []),
    ],
)  # fmt: skip
def test_keys_of_members_are_for_their_peers(lines: tuple[str, ...], said: list[str]) -> None:
    report = audit_example(keys_for_strangers, member(*lines))
    assert (messages(report), reasons(report)) == (said, [])


@pytest.mark.parametrize(
    "lines",
    [
        (*MANY, " tunnel protection ipsec profile P"),
        ("crypto map M 5 ipsec-isakmp", " set peer far.example.net"),
        ("crypto map M 5 ipsec-isakmp dynamic D",),
        ("crypto map M 5 ipsec-isakmp", " set peer 10.9.9.8", " set peer far.example.net"),
    ],
)
def test_tunnels_to_many_find_their_peers_by_themselves(lines: tuple[str, ...]) -> None:
    files = member(f"{KEY} 10.9.9.9", *lines)
    assert reasons(audit_example(keys_for_strangers, files)) == [
        "tunnels find their peers by themselves"
    ]


REGISTER = "ks1/show crypto gdoi ks members.txt"


@pytest.mark.parametrize(
    ("host", "found"),
    [("10.20.1.1", False), ("10.10.2.1", False), ("10.20.3.1", False), ("10.9.9.9", True)],
)
def test_keys_of_key_servers_are_for_members_and_each_other(host: str, found: bool) -> None:
    text = server(f"{KEY} {host}")["ks1.cfg"] + "  redundancy\n   peer address ipv4 10.10.2.1\n"
    other = member()["gm1.cfg"].replace("10.20.1.1", "10.20.3.1")
    files = {"ks1.cfg": text, REGISTER: registered(), "gm1.cfg": other}
    report = audit_example(keys_for_strangers, files)
    expected = f"there is a pre-shared key for {host}, which is no key server, member or peer"
    assert messages(report) == [expected] * found
    assert report.not_checked == ()
    assert all(finding.severity is Severity.INFO for finding in report.findings)


def test_members_that_were_not_shown_may_be_those_of_the_keys() -> None:
    assert reasons(audit_example(keys_for_strangers, server(f"{KEY} 10.9.9.9"))) == [
        "there is no 'show crypto gdoi ks members'"
    ]
    report = audit_example(keys_for_strangers, server(f"{KEY} 0.0.0.0"))
    assert (report.findings, report.not_checked) == ((), ())


def test_peers_may_stand_in_the_rest_of_the_configuration() -> None:
    text = member(f"{KEY} 10.9.9.9")["gm1.cfg"].replace("hostname gm1\n", "")
    report = audit_example(keys_for_strangers, {"gm1.cfg": text})
    assert (messages(report), reasons(report)) == ([], [PART])
