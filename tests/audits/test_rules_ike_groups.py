"""Diffie-Hellman groups of IKE, by configuration, by default and in use."""

import pytest

from getvpn.audits.examples import audit_example
from getvpn.audits.ike_groups import advised, weakness
from getvpn.audits.rule import Severity
from getvpn.audits.rules.ike_versions import weak_group
from getvpn.audits.settings import Settings, profile

from .managed import PART, part_of_server, router, server
from .said import messages, reasons

STIG, CNSA = profile("stig").settings, profile("cnsa").settings
POLICY = "crypto isakmp policy 10"
DEFAULTS = """\
Default protection suite of priority 65507
        encryption algorithm:   AES - Advanced Encryption Standard (128 bit keys).
        hash algorithm:         Secure Hash Standard
        authentication method:  Rivest-Shamir-Adleman Signature
        Diffie-Hellman group:   #{group} ({bits} bit)
        lifetime:               86400 seconds, no volume limit
"""
PROPOSALS = """\
 IKEv2 proposal: default
     Encryption : AES-CBC-256
     Integrity  : SHA512
     PRF        : SHA512
     DH Group   : DH_GROUP_256_ECP/Group 19 DH_GROUP_1536_MODP/Group 5
"""
ISAKMP_SA = """\
IPv4 Crypto ISAKMP SA

C-id  Local           Remote          I-VRF  Status Encr Hash   Auth DH Lifetime Cap.

1001  10.20.1.1       10.10.1.1              ACTIVE aes sha256    psk  {group:<2} 23:47:21
       Engine-id:Conn-id =  SW:1

IPv6 Crypto ISAKMP SA

"""
IKEV2_SA = """\
 IPv4 Crypto IKEv2  SA

Tunnel-id Local                 Remote                fvrf/ivrf            Status
1         10.20.1.1/{port}         10.10.1.1/{port}         none/none            READY
   Encr: AES-CBC, keysize: 128, PRF: SHA1, Hash: SHA96, DH Grp:5, Auth sign: PSK, Auth verify: PSK
      Life/Active Time: 86400/20942 sec

 IPv6 Crypto IKEv2  SA

"""
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
SHOWN_MEMBER = """\
Group Member Information For Group G1:
    IPSec SA Direction       : Both
    ACL Received From KS     : gdoi_group_G1_temp_acl

    Group member             : 10.20.1.1      vrf: None
       Registration status   : Registered
       Registered with       : 10.10.1.1
       Re-registers in       : 6580 sec
       Succeeded registration: 1
       Attempted registration: 1
       Last rekey from       : 10.10.1.1
       Last rekey seq num    : 2
"""


@pytest.mark.parametrize(
    ("group", "settings", "weak"),
    [
        (1, Settings(), "group 1 (768 bits), less than 2048 bits"),
        (2, Settings(), "group 2 (1024 bits), less than 2048 bits"),
        (5, Settings(), "group 5 (1536 bits), less than 2048 bits"),
        (14, Settings(), ""),
        (22, Settings(), "group 22, which has a small subgroup"),
        (23, Settings(), "group 23, which has a small subgroup"),
        (24, Settings(), "group 24, which has a small subgroup"),
        (25, Settings(), "group 25 (192 bits), less than 256 bits"),
        (26, Settings(), "group 26 (224 bits), less than 256 bits"),
        (27, Settings(), "group 27 (224 bits), less than 256 bits"),
        (19, Settings(), ""),
        (31, Settings(), ""),
        (99, Settings(), ""),
        (15, STIG, "group 15 (3072 bits), less than 4096 bits"),
        (16, STIG, ""),
        (17, STIG, ""),
        (18, STIG, ""),
        (19, STIG, ""),
        (14, CNSA, "group 14 (2048 bits), less than 3072 bits"),
        (15, CNSA, ""),
        (19, CNSA, "group 19 (256 bits), less than 384 bits"),
        (20, CNSA, ""),
        (21, CNSA, ""),
        (28, CNSA, "group 28 (256 bits), less than 384 bits"),
        (29, CNSA, ""),
        (30, CNSA, ""),
        (32, CNSA, ""),
    ],
)
def test_profiles_differ_on_groups(group: int, settings: Settings, weak: str) -> None:
    assert weakness(group, settings) == weak


@pytest.mark.parametrize(("least", "group"), [(256, 19), (384, 20), (385, 21), (521, 21)])
def test_the_smallest_curve_that_is_good_enough_is_advised(least: int, group: int) -> None:
    settings = Settings(dh_curve_min_bits=least)
    assert advised(settings) == group
    (finding,) = audit_example(weak_group, server(POLICY, " group 2"), settings).findings
    assert finding.remediation == f"{POLICY}\n group {group}"


@pytest.mark.parametrize(
    ("line", "severity", "message"),
    [
        ("", Severity.HIGH, "has no 'group' line and so takes Diffie-Hellman group 1 (768 bits)"),
        (" group 2", Severity.HIGH, "takes Diffie-Hellman group 2 (1024 bits)"),
        (" group 5", Severity.MEDIUM, "takes Diffie-Hellman group 5 (1536 bits)"),
        (" group 24", Severity.MEDIUM, "takes Diffie-Hellman group 24, which has a small subgroup"),
    ],
)
def test_a_group_within_reach_is_graver_than_one_that_is_only_old(
    line: str, severity: Severity, message: str
) -> None:
    (finding,) = audit_example(weak_group, server(POLICY, line, "!")).findings
    assert finding.severity is severity
    assert finding.message.startswith(f"ISAKMP policy 10 {message}")


def test_good_groups_pass_and_other_devices_are_passed_over() -> None:
    report = audit_example(weak_group, server(POLICY, " group 14"))
    assert (report.findings, report.not_checked) == ((), ())
    report = audit_example(weak_group, router(POLICY, " group 1"))
    assert (report.findings, report.not_checked) == ((), ())


def test_a_policy_that_is_cut_is_none_with_the_default_group() -> None:
    text = part_of_server()["ks1.cfg"] + f"{POLICY}\n encryption aes\n"
    report = audit_example(weak_group, {"ks1.cfg": text})
    assert messages(report) == []
    assert reasons(report) == ["ISAKMP policy 10 is not known in full", PART]


def test_the_default_policies_count_where_none_is_configured() -> None:
    shown = {"ks1/show crypto isakmp default policy.txt": DEFAULTS.format(group=5, bits=1536)}
    report = audit_example(weak_group, server() | shown)
    assert messages(report) == [
        "default ISAKMP policy 65507 takes Diffie-Hellman group 5 (1536 bits), less than 2048 bits"
    ]
    assert report.not_checked == ()
    assert reasons(audit_example(weak_group, server())) == [
        "no ISAKMP policy is configured, and what the default ones take depends on the release"
    ]
    assert messages(audit_example(weak_group, server(POLICY, " group 19") | shown)) == []


def test_proposals_of_ikev2_are_those_that_policies_name() -> None:
    lines = (
        *("crypto ikev2 proposal P", " encryption aes-cbc-256", " group 5 19"),
        *("crypto ikev2 proposal UNUSED", " encryption aes-cbc-256", " group 1"),
        *("crypto ikev2 policy POL", " proposal P"),
    )
    text = "".join(f"{line}\n" for line in lines)
    files = {"ks1.cfg": GKM.format(isakmp=text, protocols="  no gdoi\n  gikev2 X\n")}
    found = messages(audit_example(weak_group, files))
    assert found == [
        "IKEv2 proposal P takes Diffie-Hellman group 5 (1536 bits), less than 2048 bits"
    ]
    part = {"ks1.cfg": files["ks1.cfg"].replace("hostname ks1\n", "")}
    assert messages(audit_example(weak_group, part)) == found


def test_the_default_proposal_is_known_from_the_device_only() -> None:
    isakmp = f"{POLICY}\n group 14\n"
    files = {"ks1.cfg": GKM.format(isakmp=isakmp, protocols="  no gdoi\n  gikev2 X\n")}
    assert reasons(audit_example(weak_group, files)) == [
        (
            "IKEv2 proposal default is not in the configuration, and there is no "
            "'show crypto ikev2 proposal'"
        )
    ]
    report = audit_example(weak_group, files | {"ks1/show crypto ikev2 proposal.txt": PROPOSALS})
    assert messages(report) == [
        "IKEv2 proposal default takes Diffie-Hellman group 5 (1536 bits), less than 2048 bits"
    ]
    assert report.not_checked == ()


@pytest.mark.parametrize(("group", "found"), [(2, True), (14, False), (0, False)])
def test_without_configuration_the_sas_in_use_tell(group: int, found: bool) -> None:
    files = {
        "gm1/show crypto gdoi gm.txt": SHOWN_MEMBER,
        "gm1/show crypto isakmp sa detail.txt": ISAKMP_SA.format(group=group),
    }
    report = audit_example(weak_group, files)
    expected = "IKE SA with 10.10.1.1 takes Diffie-Hellman group 2 (1024 bits), less than 2048 bits"
    assert messages(report) == [expected] * found
    assert reasons(report) == ["there is no configuration"]


@pytest.mark.parametrize(("port", "found"), [(848, True), (500, False)])
def test_sas_of_ikev2_count_by_their_port(port: int, found: bool) -> None:
    files = {
        "gm1/show crypto gdoi gm.txt": SHOWN_MEMBER,
        "gm1/show crypto ikev2 sa.txt": IKEV2_SA.format(port=port),
    }
    expected = (
        "IKEv2 SA with 10.10.1.1 takes Diffie-Hellman group 5 (1536 bits), less than 2048 bits"
    )
    assert messages(audit_example(weak_group, files)) == [expected] * found
