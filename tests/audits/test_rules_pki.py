"""Certificates in IKE: where they are advised, and how their revocation is handled."""

import pytest

from getvpn.audits.examples import audit_example
from getvpn.audits.rule import Severity
from getvpn.audits.rules.pki import many_shared_keys
from getvpn.audits.rules.pki_revocation import (
    checked_on_member,
    no_new_registration,
    shared_keys_beside_lists,
    unchecked_on_server,
)
from getvpn.audits.settings import Settings, profile

from .said import messages, reasons

PSK = "crypto isakmp policy 10\n encryption aes\n authentication pre-share\n"
CERTIFICATE = "crypto isakmp policy 10\n encryption aes\n"
TRUSTPOINT = "crypto pki trustpoint CA\n enrollment url http://10.10.9.30:80\n"
KS = "crypto gdoi group G1\n identity number 1001\n server local\n  address ipv4 10.10.1.1\n"
CRL = "  registration periodic crl trustpoint CA\n"
GM = "crypto gdoi group G1\n identity number 1001\n server address ipv4 10.10.1.1\n"
PART = "the text is a part of a configuration: it has no line 'hostname'"

KS_ANSWER = """\
Total group members registered to this box: {members}

Key Server Information For Group G1:
    Group Name                : G1
    Re-auth on new CRL        : {crl}
    Group Identity            : 1001
    Group Type                : GDOI (ISAKMP)
    Group Members             : {members}
    Rekey Acknowledgement Cfg : Cisco
    IPSec SA Direction        : Both
    CKM status                : Disabled
    ACL Configured:
        access-list POLICY
"""
ISAKMP_SA = """\
IPv4 Crypto ISAKMP SA

C-id  Local           Remote          I-VRF  Status Encr Hash   Auth DH Lifetime Cap.

1001  10.10.1.1       10.20.1.1              ACTIVE aes sha256    {method}  14 23:47:21
       Engine-id:Conn-id =  SW:1

IPv6 Crypto ISAKMP SA

"""
KS_FILE = "ks1/show crypto gdoi ks.txt"
SA_FILE = "ks1/show crypto isakmp sa detail.txt"


def server(*parts: str) -> dict[str, str]:
    return {"ks1.cfg": "hostname ks1\n" + "".join(parts)}


def member(*parts: str) -> dict[str, str]:
    return {"gm1.cfg": "hostname gm1\n" + "".join(parts)}


@pytest.mark.parametrize(("members", "found"), [(100, False), (101, True)])
def test_the_count_of_the_key_server_decides_where_keys_are_for_ranges(
    members: int, found: bool
) -> None:
    files = server(PSK, "crypto isakmp key 6 <removed> address 0.0.0.0\n", KS)
    files[KS_FILE] = KS_ANSWER.format(members=members, crl="Disabled")
    report = audit_example(many_shared_keys, files)
    assert bool(report.findings) is found
    assert report.not_checked == ()
    assert all(finding.severity is Severity.INFO for finding in report.findings)


def test_a_key_for_a_range_tells_no_number_of_members() -> None:
    files = server(PSK, "crypto isakmp key 6 <removed> address 0.0.0.0\n", KS)
    (reason,) = reasons(audit_example(many_shared_keys, files))
    assert reason.startswith("there is no 'show crypto gdoi ks'")


def test_single_keys_tell_the_number_of_members() -> None:
    keys = "".join(f"crypto isakmp key 6 <removed> address 10.20.1.{n}\n" for n in range(1, 12))
    files = server(PSK, keys, KS)
    assert audit_example(many_shared_keys, files).findings == ()
    report = audit_example(many_shared_keys, files, Settings(psk_members_advised=10))
    assert messages(report) == [
        "ISAKMP policy 10 takes pre-shared keys, for 11 devices: more than 10"
    ]
    assert report.not_checked == ()


def test_certificates_serve_any_number_of_members() -> None:
    files = server(CERTIFICATE, KS)
    files[KS_FILE] = KS_ANSWER.format(members=900, crl="Enabled")
    report = audit_example(many_shared_keys, files)
    assert (report.findings, report.not_checked) == ((), ())


@pytest.mark.parametrize(
    ("line", "severity"),
    [
        ("", None),
        (" revocation-check crl none\n", None),
        (" revocation-check ocsp crl\n", None),
        (" revocation-check ocsp\n", Severity.MEDIUM),
        (" revocation-check none\n", Severity.HIGH),
    ],
)
def test_a_key_server_asks_for_revocation_lists(line: str, severity: Severity | None) -> None:
    report = audit_example(unchecked_on_server, server(CERTIFICATE, TRUSTPOINT, line, KS))
    assert [finding.severity for finding in report.findings] == ([severity] if severity else [])
    assert report.not_checked == ()


@pytest.mark.parametrize(
    "other",
    [
        "crypto pki trustpoint TP-self-signed-1\n enrollment selfsigned\n revocation-check none\n",
        "crypto pki trustpoint W\n enrollment url u\n usage ssl-server\n revocation-check none\n",
    ],
)
def test_trustpoints_that_ike_does_not_use_may_do_without(other: str) -> None:
    report = audit_example(unchecked_on_server, server(CERTIFICATE, TRUSTPOINT, other, KS))
    assert report.findings == ()


def test_where_an_isakmp_profile_names_a_trustpoint_the_others_do_not_count() -> None:
    other = "crypto pki trustpoint OTHER\n enrollment terminal\n revocation-check none\n"
    named = "crypto isakmp profile GDOI\n ca trust-point CA\n"
    assert (
        len(audit_example(unchecked_on_server, server(CERTIFICATE, TRUSTPOINT, other, KS)).findings)
        == 1
    )
    report = audit_example(unchecked_on_server, server(CERTIFICATE, TRUSTPOINT, other, named, KS))
    assert report.findings == ()


def test_trustpoints_do_not_matter_where_keys_are_shared() -> None:
    files = server(PSK, TRUSTPOINT, " revocation-check none\n", KS)
    for rule in (unchecked_on_server, no_new_registration):
        report = audit_example(rule, files)
        assert (report.findings, report.not_checked) == ((), ())


@pytest.mark.parametrize(
    ("line", "settings", "message"),
    [
        ("", Settings(), "checks revocation by crl, the default"),
        (" revocation-check crl none\n", Settings(), "checks revocation by crl"),
        (" revocation-check none\n", Settings(), None),
        (" revocation-check none\n", profile("stig").settings, "checks no revocation"),
        ("", profile("stig").settings, None),
    ],
)
def test_profiles_differ_on_revocation_checks_of_members(
    line: str, settings: Settings, message: str | None
) -> None:
    report = audit_example(checked_on_member, member(CERTIFICATE, TRUSTPOINT, line, GM), settings)
    wanted = [] if message is None else [f"trustpoint CA of a group member {message}"]
    assert messages(report) == wanted


def test_the_trustpoints_that_ios_makes_for_itself_are_no_fault_of_members() -> None:
    own = "crypto pki trustpoint SLA-TrustPoint\n enrollment pkcs12\n revocation-check crl\n"
    report = audit_example(checked_on_member, member(CERTIFICATE, own, GM))
    assert (report.findings, report.not_checked) == ((), ())


def test_a_trustpoint_that_is_cut_is_none_with_defaults() -> None:
    report = audit_example(checked_on_member, {"gm1.cfg": CERTIFICATE + GM + TRUSTPOINT})
    assert messages(report) == []
    assert reasons(report) == [PART, "trustpoint CA is not known in full"]


def test_certificates_call_for_a_new_registration_on_a_new_list() -> None:
    report = audit_example(no_new_registration, server(CERTIFICATE, TRUSTPOINT, KS))
    (finding,) = report.findings
    assert finding.remediation.endswith("registration periodic crl trustpoint CA")
    assert finding.fixes[0].lines[-1] == "  registration periodic crl trustpoint CA"
    report = audit_example(no_new_registration, server(CERTIFICATE, TRUSTPOINT, KS, CRL))
    assert (report.findings, report.not_checked) == ((), ())


def test_the_trustpoint_that_is_watched_must_exist() -> None:
    report = audit_example(no_new_registration, server(CERTIFICATE, KS, CRL))
    assert messages(report) == ["group G1 watches trustpoint CA, which does not exist"]


@pytest.mark.parametrize(
    ("crl", "method", "found", "known"),
    [
        ("Enabled", "psk", False, True),
        ("Disabled", "rsig", True, True),
        ("Disabled", "psk", False, False),
    ],
)
def test_output_tells_of_new_registrations_where_an_sa_rests_on_certificates(
    crl: str, method: str, found: bool, known: bool
) -> None:
    files = {
        KS_FILE: KS_ANSWER.format(members=1, crl=crl),
        SA_FILE: ISAKMP_SA.format(method=method),
    }
    report = audit_example(no_new_registration, files)
    assert bool(report.findings) is found
    assert bool(report.not_checked) is not known


def test_shared_keys_are_found_on_key_servers_and_members_of_a_group_with_lists() -> None:
    files = server(PSK, TRUSTPOINT, KS, CRL) | member(PSK, GM)
    report = audit_example(shared_keys_beside_lists, files)
    assert [(finding.device, finding.location.line) for finding in report.findings] == [
        ("gm1", 4),
        ("ks1", 4),
    ]


def test_a_shared_key_policy_counts_beside_one_with_certificates() -> None:
    files = server(CERTIFICATE, PSK.replace("10", "20"), TRUSTPOINT, KS, CRL)
    assert messages(audit_example(shared_keys_beside_lists, files)) == [
        "ISAKMP policy 20 takes pre-shared keys, which no revocation list concerns"
    ]


def test_shared_keys_are_no_fault_without_lists() -> None:
    report = audit_example(shared_keys_beside_lists, server(PSK, KS) | member(PSK, GM))
    assert (report.findings, report.not_checked) == ((), ())


def test_a_member_in_part_is_not_passed() -> None:
    files = server(CERTIFICATE, TRUSTPOINT, KS, CRL) | {"gm1.cfg": GM}
    report = audit_example(shared_keys_beside_lists, files)
    assert (messages(report), reasons(report)) == ([], [PART])
