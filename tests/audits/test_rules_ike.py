"""Lifetimes, dead peer detection and forward secrecy."""

import pytest

from getvpn.audits.examples import audit_example
from getvpn.audits.rule import Severity
from getvpn.audits.rules.ike import (
    forward_secrecy,
    member_detection,
    periodic_detection,
    sa_lifetime,
)
from getvpn.audits.settings import Settings, profile

from .said import messages, reasons

STIG = profile("stig").settings
POLICY = "crypto isakmp policy 10\n encryption aes\n authentication pre-share\n"
KS = "crypto gdoi group G1\n identity number 1001\n server local\n  address ipv4 10.10.1.1\n"
COOP = KS + "  redundancy\n   local priority 100\n   peer address ipv4 10.10.2.1\n"
GM = "crypto gdoi group G1\n identity number 1001\n server address ipv4 10.10.1.1\n"
KEEPALIVE = "crypto isakmp keepalive 15 periodic\n"

KS_ANSWER = """\
Total group members registered to this box: 1

Key Server Information For Group G1:
    Group Name                : G1
    Re-auth on new CRL        : Disabled
    Group Identity            : 1001
    Group Type                : {kind}
    Group Members             : 1
    Rekey Acknowledgement Cfg : Cisco
    IPSec SA Direction        : Both
    CKM status                : Disabled
    ACL Configured:
        access-list POLICY
"""


@pytest.mark.parametrize(
    ("seconds", "settings", "found"),
    [
        (86_399, Settings(), "86399 s, less than 86400 s"),
        (86_400, Settings(), None),
        (28_801, STIG, "28801 s, more than 28800 s"),
        (28_800, STIG, None),
        (3_599, STIG, "3599 s, less than 3600 s"),
    ],
)
def test_the_lifetime_of_a_key_server_has_two_bounds(
    seconds: int, settings: Settings, found: str | None
) -> None:
    text = f"hostname ks1\n{POLICY} lifetime {seconds}\n{KS}"
    report = audit_example(sa_lifetime, {"ks1.cfg": text}, settings)
    wanted = [] if found is None else [f"ISAKMP policy 10 keeps IKE SAs for {found}"]
    assert messages(report) == wanted
    assert reasons(report) == []


def test_members_have_only_the_upper_bound() -> None:
    short = f"hostname gm1\n{POLICY} lifetime 1200\n{GM}"
    assert messages(audit_example(sa_lifetime, {"gm1.cfg": short})) == []
    default = f"hostname gm1\n{POLICY}{GM}"
    (finding,) = audit_example(sa_lifetime, {"gm1.cfg": default}, STIG).findings
    assert finding.message == (
        "ISAKMP policy 10 keeps IKE SAs by default for 86400 s, more than 28800 s"
    )
    assert finding.location.line == 2
    assert finding.remediation == "crypto isakmp policy 10\n lifetime 28800"


def test_each_policy_is_looked_at() -> None:
    weak = POLICY.replace("10", "20") + " lifetime 600\n"
    report = audit_example(sa_lifetime, {"ks1.cfg": f"hostname ks1\n{POLICY}{weak}{KS}"})
    assert messages(report) == ["ISAKMP policy 20 keeps IKE SAs for 600 s, less than 86400 s"]


def test_without_policies_the_default_lifetime_counts() -> None:
    text = f"hostname ks1\n{KS}"
    assert messages(audit_example(sa_lifetime, {"ks1.cfg": text})) == []
    report = audit_example(sa_lifetime, {"ks1.cfg": text}, STIG)
    (finding,) = report.findings
    assert finding.message == (
        "there is no ISAKMP policy, and the default ones keep IKE SAs for 86400 s,"
        " more than 28800 s"
    )
    assert finding.location.line is None


def test_the_ikev2_profile_of_a_group_counts_and_no_other() -> None:
    profiles = "crypto ikev2 profile GKM\n lifetime 40000\ncrypto ikev2 profile OTHER\n"
    member = GM + " client protocol gikev2 GKM\n"
    report = audit_example(
        sa_lifetime, {"gm1.cfg": f"hostname gm1\n{profiles}{POLICY}{member}"}, STIG
    )
    assert messages(report) == ["IKEv2 profile GKM keeps IKE SAs for 40000 s, more than 28800 s"]


SHOWN_POLICY = """\
Global IKE policy
Protection suite of priority 10
        encryption algorithm:   AES - Advanced Encryption Standard (256 bit keys).
        hash algorithm:         Secure Hash Standard 2 (256 bit)
        authentication method:  Pre-Shared Key
        Diffie-Hellman group:   #19 (256 bit)
        lifetime:               {seconds} seconds, no volume limit
"""


@pytest.mark.parametrize(("seconds", "found"), [(1200, True), (86_400, False)])
def test_the_lifetimes_of_policies_may_be_known_from_the_device_alone(
    seconds: int, found: bool
) -> None:
    files = {
        "ks1/show crypto gdoi ks.txt": KS_ANSWER.format(kind="GDOI (ISAKMP)"),
        "ks1/show crypto isakmp policy.txt": SHOWN_POLICY.format(seconds=seconds),
    }
    report = audit_example(sa_lifetime, files)
    text = "ISAKMP policy 10 keeps IKE SAs for 1200 s, less than 86400 s"
    assert messages(report) == ([text] if found else [])
    assert report.not_checked == ()


def test_isakmp_policies_do_not_pass_a_group_of_ikev2() -> None:
    files = {
        "ks1/show crypto gdoi ks.txt": KS_ANSWER.format(kind="G-IKEv2 (IKEv2)"),
        "ks1/show crypto isakmp policy.txt": SHOWN_POLICY.format(seconds=86_400),
    }
    assert len(audit_example(sa_lifetime, files).not_checked) == 1


def test_a_part_of_a_configuration_is_not_passed() -> None:
    report = audit_example(sa_lifetime, {"ks1.cfg": POLICY + KS})
    assert messages(report) == []
    assert reasons(report) == ["the text is a part of a configuration: it has no line 'hostname'"]


def test_devices_outside_getvpn_are_passed_over() -> None:
    report = audit_example(sa_lifetime, {"r1.cfg": f"hostname r1\n{POLICY} lifetime 600\n"})
    assert (report.findings, report.not_checked) == ((), ())


def test_a_cooperative_key_server_without_keepalives_is_found() -> None:
    (finding,) = audit_example(periodic_detection, {"ks1.cfg": f"hostname ks1\n{COOP}"}).findings
    assert finding.severity is Severity.HIGH
    assert finding.location.line == 6
    assert finding.remediation == "crypto isakmp keepalive 15 periodic"


def test_one_finding_stands_for_all_groups_of_a_key_server() -> None:
    two = COOP + COOP.replace("G1", "G2").replace("1001", "1002")
    assert len(audit_example(periodic_detection, {"ks1.cfg": f"hostname ks1\n{two}"}).findings) == 1


def test_a_single_key_server_needs_no_keepalives() -> None:
    report = audit_example(periodic_detection, {"ks1.cfg": f"hostname ks1\n{KS}"})
    assert (report.findings, report.not_checked) == ((), ())


def test_keepalives_may_stand_in_the_part_that_is_missing() -> None:
    report = audit_example(periodic_detection, {"ks1.cfg": COOP})
    assert messages(report) == []
    assert reasons(report) == ["the text is a part of a configuration: it has no line 'hostname'"]


def test_redundancy_may_stand_behind_a_cut() -> None:
    report = audit_example(periodic_detection, {"ks1.cfg": KS})
    assert reasons(report) == ["a group is not known in full, perhaps it has 'redundancy'"]


def test_a_member_without_keepalives_passes_only_by_its_whole_configuration() -> None:
    whole = audit_example(member_detection, {"gm1.cfg": f"hostname gm1\n{GM}"})
    assert (whole.findings, whole.not_checked) == ((), ())
    part = audit_example(member_detection, {"gm1.cfg": GM})
    assert reasons(part) == ["the text is a part of a configuration: it has no line 'hostname'"]


def test_a_group_that_is_cut_off_may_be_one_of_a_key_server() -> None:
    head = f"version 17.9\nhostname ks1\n{KEEPALIVE}"
    report = audit_example(member_detection, {"ks1.cfg": head + KS.partition(" server local")[0]})
    assert (messages(report), len(report.not_checked)) == ([], 1)
    assert len(audit_example(member_detection, {"ks1.cfg": head + GM}).findings) == 1


def test_periodic_keepalives_of_a_key_server_are_no_fault_of_its_membership() -> None:
    other = GM.replace("G1", "G2").replace("1001", "1002")
    report = audit_example(member_detection, {"ks1.cfg": f"hostname ks1\n{KEEPALIVE}{KS}{other}"})
    assert messages(report) == []


@pytest.mark.parametrize(
    ("lines", "lack"),
    [
        ("", "is served by IKEv1 only"),
        ("  gikev2 GKM\n", "uses GKM without 'pfs'"),
        ("  gikev2 GKM\n  pfs\n", None),
    ],
)
def test_forward_secrecy_needs_both_lines(lines: str, lack: str | None) -> None:
    report = audit_example(forward_secrecy, {"ks1.cfg": f"hostname ks1\n{KS}{lines}"})
    text = f"group G1 {lack}: its rekeys have no perfect forward secrecy"
    assert messages(report) == ([] if lack is None else [text])


@pytest.mark.parametrize(
    ("version", "fixed"), [("15.7", False), ("16.9", False), ("16.12", True), ("17.9", True)]
)
def test_forward_secrecy_is_mended_where_the_release_has_it(version: str, fixed: bool) -> None:
    text = f"version {version}\nhostname ks1\n{KS}  gikev2 GKM\nend\n"
    (finding,) = audit_example(forward_secrecy, {"ks1.cfg": text}).findings
    assert bool(finding.fixes) is fixed
    assert ("which ks1 cannot have" in finding.message) is not fixed


def test_forward_secrecy_is_not_written_for_one_key_server_of_two() -> None:
    peers = COOP.replace("  redundancy", "  gikev2 GKM\n  redundancy")
    other = peers.replace("10.10.1.1", "10.10.3.1").replace("10.10.2.1", "10.10.1.1")
    other = other.replace("10.10.3.1", "10.10.2.1")
    files = {
        "ks1.cfg": f"version 17.9\nhostname ks1\n{peers}end\n",
        "ks2.cfg": f"version 15.7\nhostname ks2\n{other}end\n",
    }
    found = audit_example(forward_secrecy, files).findings
    assert [(each.device, each.fixes) for each in found] == [("ks1", ()), ("ks2", ())]
    assert all("which ks2 cannot have" in each.message for each in found)


def test_pfs_may_stand_behind_a_cut() -> None:
    report = audit_example(forward_secrecy, {"ks1.cfg": KS + "  gikev2 GKM\n"})
    assert reasons(report) == ["the group is not known in full"]


@pytest.mark.parametrize(("kind", "found"), [("GDOI (ISAKMP)", True), ("G-IKEv2 (IKEv2)", False)])
def test_the_type_of_a_group_tells_that_it_has_no_forward_secrecy(kind: str, found: bool) -> None:
    files = {"ks1/show crypto gdoi ks.txt": KS_ANSWER.format(kind=kind)}
    report = audit_example(forward_secrecy, files)
    assert not report.fleet.devices[0].problems
    assert bool(report.findings) is found
    assert bool(report.not_checked) is not found
