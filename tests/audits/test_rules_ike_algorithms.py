"""The ciphers and hashes of IKE, by configuration, by default and in use."""

import pytest

from getvpn.audits.examples import audit_example
from getvpn.audits.rules.ike_algorithms import weak_cipher, weak_hash
from getvpn.audits.settings import Settings, profile

from .said import messages, reasons

GM = """\
crypto gdoi group G1
 identity number 1001
 server address ipv4 10.10.1.1
 server address ipv4 10.10.2.1
"""
STRONG = "crypto isakmp policy 10\n encryption aes 256\n hash sha512\n"
IKEV2_GM = GM + " client protocol gikev2 GKM\n"
PART = "the text is a part of a configuration: it has no line 'hostname'"

DEFAULT_POLICY = """\
Default protection suite of priority 65507
        encryption algorithm:   AES - Advanced Encryption Standard (128 bit keys).
        hash algorithm:         Secure Hash Standard
        authentication method:  Rivest-Shamir-Adleman Signature
        Diffie-Hellman group:   #5 (1536 bit)
        lifetime:               86400 seconds, no volume limit
"""
PROPOSALS = """\
 IKEv2 proposal: default
     Encryption : AES-CBC-256 3DES
     Integrity  : SHA512 SHA96
     PRF        : SHA512 SHA1
     DH Group   : DH_GROUP_256_ECP/Group 19
 IKEv2 proposal: unused
     Encryption : DES
     Integrity  : MD596
     PRF        : MD5
     DH Group   : DH_GROUP_1024_MODP/Group 2
"""
ISAKMP_SA = """\
IPv4 Crypto ISAKMP SA

C-id  Local           Remote          I-VRF  Status Encr Hash   Auth DH Lifetime Cap.

1001  10.20.1.1       10.10.1.1              ACTIVE {cipher} {hash}    psk  14 23:47:21
       Engine-id:Conn-id =  SW:1

IPv6 Crypto ISAKMP SA

"""
IKEV2_SA = """\
 IPv4 Crypto IKEv2  SA

Tunnel-id Local                 Remote                fvrf/ivrf            Status
1         10.20.1.1/{port}         10.10.1.1/{port}         none/none            READY
   Encr: AES-CBC, keysize: 128, PRF: SHA1, Hash: SHA96, DH Grp:16, Auth sign: PSK, Auth verify: PSK
      Life/Active Time: 86400/20942 sec

 IPv6 Crypto IKEv2  SA

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
       Unicast rekey received: 2
       Rekey ACKs sent       : 2
"""
GM_FILE = "gm1/show crypto gdoi gm.txt"


def config(*parts: str) -> dict[str, str]:
    return {"gm1.cfg": "hostname gm1\n" + "".join(parts)}


@pytest.mark.parametrize(
    ("line", "taken"),
    [
        ("encryption des", "takes encryption des"),
        ("encryption 3des", "takes encryption 3des"),
        ("hash sha512", "has no 'encryption' line and so takes des"),
        ("encryption aes", None),
        ("encryption aes 192", None),
    ],
)
def test_only_aes_protects_ike(line: str, taken: str | None) -> None:
    report = audit_example(weak_cipher, config(f"crypto isakmp policy 5\n {line}\n", GM))
    text = f"ISAKMP policy 5 {taken}; AES with 128 bits or more is wanted"
    assert messages(report) == ([] if taken is None else [text])


def test_a_profile_may_want_longer_keys() -> None:
    policy = "crypto isakmp policy 5\n encryption aes 192\n"
    (message,) = messages(audit_example(weak_cipher, config(policy, GM), profile("stig").settings))
    assert (
        message == "ISAKMP policy 5 takes encryption aes 192; AES with 256 bits or more is wanted"
    )


@pytest.mark.parametrize(
    ("line", "taken"),
    [
        ("hash md5", "takes hash md5"),
        ("hash sha", "takes hash sha"),
        ("encryption aes", "has no 'hash' line and so takes sha"),
        ("hash sha256", None),
    ],
)
def test_ike_is_authenticated_with_sha_2(line: str, taken: str | None) -> None:
    report = audit_example(weak_hash, config(f"crypto isakmp policy 5\n {line}\n", GM))
    text = f"ISAKMP policy 5 {taken}; 256 bits or more are wanted"
    assert messages(report) == ([] if taken is None else [text])


def test_the_bound_for_hashes_is_that_of_the_profile() -> None:
    policy = "crypto isakmp policy 5\n hash sha256\n"
    (finding,) = audit_example(weak_hash, config(policy, GM), profile("stig").settings).findings
    assert finding.message == "ISAKMP policy 5 takes hash sha256; 384 bits or more are wanted"
    assert finding.remediation == "crypto isakmp policy 5\n hash sha384"


def test_the_bound_may_lie_between_two_hashes() -> None:
    policy = "crypto isakmp policy 5\n hash sha256\n"
    report = audit_example(weak_hash, config(policy, GM), Settings(ike_hash_min_bits=300))
    assert report.findings[0].remediation == "crypto isakmp policy 5\n hash sha384"


def test_a_weak_policy_counts_beside_a_strong_one() -> None:
    weak = "crypto isakmp policy 20\n encryption 3des\n hash sha256\n"
    (finding,) = audit_example(weak_cipher, config(STRONG, weak, GM)).findings
    assert finding.location.line == 6
    assert finding.message.endswith(
        "and a peer may choose it although ISAKMP policy 10 is stronger"
    )


def test_a_strong_policy_in_a_part_of_a_configuration_is_not_passed() -> None:
    report = audit_example(weak_cipher, {"gm1.cfg": STRONG + GM})
    assert (messages(report), reasons(report)) == ([], [PART])


def test_a_policy_that_is_cut_is_no_policy_with_defaults() -> None:
    report = audit_example(weak_hash, {"gm1.cfg": GM + "crypto isakmp policy 10\n encr aes\n"})
    assert messages(report) == []
    assert reasons(report) == ["ISAKMP policy 10 is not known in full", PART]


def test_without_policies_the_release_decides() -> None:
    report = audit_example(weak_cipher, config(GM))
    assert messages(report) == []
    assert reasons(report) == [
        "no ISAKMP policy is configured, and what the default ones take depends on the release"
    ]


def test_the_device_may_show_its_default_policies() -> None:
    files = {**config(GM), "gm1/show crypto isakmp default policy.txt": DEFAULT_POLICY}
    assert audit_example(weak_cipher, files).findings == ()
    report = audit_example(weak_hash, files)
    assert messages(report) == [
        "default ISAKMP policy 65507 takes hash Secure Hash Standard; 256 bits or more are wanted"
    ]
    assert reasons(report) == []
    assert messages(audit_example(weak_cipher, files, profile("stig").settings))


def test_policies_of_version_1_do_not_count_for_a_member_of_a_gikev2_group() -> None:
    weak = "crypto isakmp policy 20\n encryption des\n"
    proposal = "crypto ikev2 proposal P\n encryption aes-gcm-256\n prf sha384\n group 20\n"
    policy = "crypto ikev2 policy ALL\n proposal P\n"
    report = audit_example(weak_cipher, config(weak, proposal, policy, IKEV2_GM))
    assert (report.findings, report.not_checked) == ((), ())


def test_they_count_for_a_cooperative_key_server_of_one() -> None:
    weak = "crypto isakmp policy 20\n encryption des\n"
    server = "crypto gkm group G1\n identity number 1\n server local\n  no gdoi\n  gikev2 GKM\n"
    coop = "  address ipv4 10.10.1.1\n  redundancy\n   peer address ipv4 10.10.2.1\n"
    report = audit_example(weak_cipher, {"ks1.cfg": f"hostname ks1\n{weak}{server}{coop}"})
    assert [finding.location.line for finding in report.findings] == [3]


def test_only_ikev2_proposals_that_a_policy_names_count() -> None:
    used = (
        "crypto ikev2 proposal USED\n encryption aes-cbc-256 3des\n integrity sha256\n group 19\n"
    )
    unused = "crypto ikev2 proposal UNUSED\n encryption des\n integrity md5\n group 2\n"
    policy = "crypto ikev2 policy ALL\n proposal USED\n"
    files = config(used, unused, policy, IKEV2_GM)
    assert messages(audit_example(weak_cipher, files)) == [
        "IKEv2 proposal USED takes encryption 3des; AES with 128 bits or more is wanted"
    ]
    assert messages(audit_example(weak_hash, files)) == []


def test_aead_ciphers_are_judged_by_their_prf() -> None:
    proposal = "crypto ikev2 proposal P\n encryption aes-gcm-256\n prf sha1\n group 20\n"
    policy = "crypto ikev2 policy ALL\n proposal P\n"
    (finding,) = audit_example(weak_hash, config(proposal, policy, IKEV2_GM)).findings
    assert finding.message == "IKEv2 proposal P takes hash sha1; 256 bits or more are wanted"
    assert finding.location.line == 4


def test_the_default_ikev2_proposal_is_known_from_the_device_alone() -> None:
    (reason,) = reasons(audit_example(weak_cipher, config(IKEV2_GM)))
    assert reason.startswith("IKEv2 proposal default is not in the configuration")
    files = {**config(IKEV2_GM), "gm1/show crypto ikev2 proposal.txt": PROPOSALS}
    assert messages(audit_example(weak_cipher, files)) == [
        "IKEv2 proposal default takes encryption 3DES; AES with 128 bits or more is wanted"
    ]
    assert messages(audit_example(weak_hash, files)) == [
        "IKEv2 proposal default takes hash SHA96 and SHA1; 256 bits or more are wanted"
    ]


POLICIES = """\
Global IKE policy
Protection suite of priority 10
        encryption algorithm:   AES - Advanced Encryption Standard (256 bit keys).
        hash algorithm:         Secure Hash Standard 2 (256 bit)
        authentication method:  Pre-Shared Key
        Diffie-Hellman group:   #19 (256 bit)
        lifetime:               86400 seconds, no volume limit
Protection suite of priority 20
        encryption algorithm:   Three key triple DES
        hash algorithm:         Message Digest 5
        authentication method:  Pre-Shared Key
        Diffie-Hellman group:   #2 (1024 bit)
        lifetime:               1200 seconds, no volume limit
Default protection suite
        encryption algorithm:   DES - Data Encryption Standard (56 bit keys).
        hash algorithm:         Secure Hash Standard
        authentication method:  Rivest-Shamir-Adleman Signature
        Diffie-Hellman group:   #1 (768 bit)
        lifetime:               86400 seconds, no volume limit
"""
POLICY_FILE = "gm1/show crypto isakmp policy.txt"


def test_without_configuration_the_device_may_show_its_policies() -> None:
    files = {GM_FILE: SHOWN_MEMBER, POLICY_FILE: POLICIES}
    report = audit_example(weak_cipher, files)
    (message,) = messages(report)
    assert message.startswith("ISAKMP policy 20 takes encryption Three key triple DES;")
    assert message.endswith("a peer may choose it although ISAKMP policy 10 is stronger")
    assert report.not_checked == ()
    (finding,) = audit_example(weak_hash, files).findings
    assert finding.message.startswith("ISAKMP policy 20 takes hash Message Digest 5;")
    assert finding.remediation == "crypto isakmp policy 20\n hash sha256"


def test_the_policies_that_a_device_brings_along_count_where_none_is_configured() -> None:
    alone = "Global IKE policy\n" + POLICIES[POLICIES.index("Default protection") :]
    for files in ({GM_FILE: SHOWN_MEMBER}, config(GM)):
        report = audit_example(weak_cipher, {**files, POLICY_FILE: alone})
        assert [text.partition(";")[0] for text in messages(report)] == [
            "default ISAKMP policy takes encryption DES - Data Encryption Standard"
        ]
        assert report.not_checked == ()


def test_the_configuration_goes_before_what_the_device_showed_of_its_policies() -> None:
    files = {**config(STRONG, GM), POLICY_FILE: POLICIES}
    assert audit_example(weak_cipher, files).findings == ()


def test_without_configuration_sas_in_use_tell_what_was_taken() -> None:
    sas = ISAKMP_SA.format(cipher="3des", hash="sha")
    files = {GM_FILE: SHOWN_MEMBER, "gm1/show crypto isakmp sa detail.txt": sas}
    report = audit_example(weak_cipher, files)
    assert messages(report) == [
        "IKE SA with 10.10.1.1 takes encryption 3des; AES with 128 bits or more is wanted"
    ]
    assert reasons(report) == ["there is no configuration"]
    assert len(audit_example(weak_hash, files).findings) == 1


def test_strong_sas_do_not_pass_policies_that_are_not_known() -> None:
    sas = ISAKMP_SA.format(cipher="aes", hash="sha256")
    files = {GM_FILE: SHOWN_MEMBER, "gm1/show crypto isakmp sa detail.txt": sas}
    for rule in (weak_cipher, weak_hash):
        report = audit_example(rule, files, profile("stig").settings)
        expected = [] if rule is weak_cipher else ["IKE SA with 10.10.1.1 takes hash sha256"]
        assert [text.partition(";")[0] for text in messages(report)] == expected
        assert reasons(report) == ["there is no configuration"]


@pytest.mark.parametrize(("port", "found"), [(848, 1), (4500, 0)])
def test_ikev2_sas_count_on_the_port_of_gdoi_alone(port: int, found: int) -> None:
    sas = IKEV2_SA.format(port=port)
    files = {GM_FILE: SHOWN_MEMBER, "gm1/show crypto ikev2 sa.txt": sas}
    report = audit_example(weak_hash, files)
    assert not report.fleet.devices[0].problems
    assert len(report.findings) == found


def test_devices_outside_getvpn_are_passed_over() -> None:
    weak = {"r1.cfg": "hostname r1\ncrypto isakmp policy 1\n encr des\n"}
    for rule in (weak_cipher, weak_hash):
        report = audit_example(rule, weak)
        assert (report.findings, report.not_checked) == ((), ())
