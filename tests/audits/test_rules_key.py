import pytest

from getvpn.audits.examples import audit_example
from getvpn.audits.rule import AnyRule, Finding, Severity
from getvpn.audits.rules.key import key_output, rekey_keys_differ
from getvpn.audits.rules.key_quality import key_shared, key_too_short
from getvpn.audits.settings import Settings

from .ks_texts import config, coop, coop_file, kek, pair, policy, policy_file, session, tek

OWN = "{}/show crypto key mypubkey rsa.txt"
A, B = key_output(2048, "A5"), key_output(2048, "B6")
MEMBER = (
    "hostname {}\ncrypto gdoi group G1\n identity number 1001\n server address ipv4 10.10.1.1\n"
)


def _findings(rule: AnyRule, files: dict[str, str]) -> tuple[Finding, ...]:
    return audit_example(rule, files).findings


def _reasons(rule: AnyRule, files: dict[str, str]) -> list[str]:
    report = audit_example(rule, files)
    assert report.findings == ()
    return [each.reason for each in report.not_checked]


def _learnt(bits: int, fill: str, server: str = "10.10.1.1") -> str:
    """What a member shows of a key: of a long one the first 256 bytes."""
    data = key_output(bits, fill).partition("Key Data:\n")[2].replace(" ", "").replace("\n", "")
    lines = [data[start : start + 80] for start in range(0, min(len(data), 512), 80)]
    lines[-1] = lines[-1][: 512 - 80 * (len(lines) - 1)]
    return (
        f"  GDOI Group: G1\n\n   KS IP Address: {server}\n"
        "    conn-id: 1021  my-cookie:0C13FA1A his-cookie:7C1E94D2\n"
        "    Key Data:\n" + "".join(f"     {line}\n" for line in lines)
    )


def _registered(bits: str) -> str:
    """What a member shows of itself and its KEK."""
    return f"""\
GROUP INFORMATION

    Group Name               : G1
    Group Identity           : 1001
    Group Type               : GDOI (ISAKMP)
    Crypto Path              : ipv4
    Key Management Path      : ipv4
    Rekeys received          : 31
    IPSec SA Direction       : Both

     Group Server list       : 10.10.1.1

Group Member Information For Group G1:
    IPSec SA Direction       : Both
    ACL Received From KS     : gdoi_group_G1_temp_acl

    Group member             : 10.20.1.1       vrf: None
       Local addr/port       : 10.20.1.1/848
       Remote addr/port      : 10.10.1.1/848
       fvrf/ivrf             : None/None
       Version               : 1.0.26
       Registration status   : Registered
       Registered with       : 10.10.1.1
       Re-registers in       : 1102 sec
       Succeeded registration: 1
       Attempted registration: 1
       Last rekey from       : 10.10.1.1
       Last rekey seq num    : 3
       Unicast rekey received: 31
       Rekey ACKs sent       : 31
       Rekey Rcvd(hh:mm:ss)  : 00:09:57
       DP Error Monitoring   : OFF
       IPSEC init reg executed    : 0
       IPSEC init reg postponed   : 0
       Active TEK Number     : 1
       SA Track (OID/status) : disabled

       allowable rekey cipher: any
       allowable rekey hash  : any
       allowable transformtag: any ESP

    Rekeys cumulative
       Total received        : 31
       After latest register : 31
       Rekey Acks sents      : 31

KEK POLICY:
    Rekey Transport Type     : Unicast
    Lifetime (secs)          : 52790
    Encrypt Algorithm        : AES
    Key Size                 : 256
    Sig Hash Algorithm       : HMAC_AUTH_SHA256
    Sig Key Length (bits)    : {bits}

TEK POLICY for the current KS-Policy ACEs Downloaded:
  GigabitEthernet0/0/1:
    IPsec SA:
        spi: 0x5A1C77E0(1511815136)
        transform: esp-256-aes esp-sha256-hmac
        sa timing:remaining key lifetime (sec): (1189)
        Anti-Replay(Time Based) : 5 sec interval
        tag method : disabled
        alg key size: 32 (bytes)
        sig key size: 32 (bytes)
        encaps: ENCAPS_TUNNEL
"""


def test_a_key_that_another_key_server_does_not_have_is_found_there() -> None:
    files = pair() | {OWN.format("ks1"): A, OWN.format("ks2"): B}
    (finding,) = _findings(rekey_keys_differ, files)
    assert finding.device == "ks2"
    assert finding.message == (
        "key server ks2 signs rekeys of group G1 with another RSA key than key server ks1"
    )
    digests = {str(each.value) for each in finding.evidence}
    assert len(digests) == 2
    assert all(each.startswith("294 bytes, SHA-256 of the first 256: ") for each in digests)


def test_the_key_of_the_primary_is_the_right_one() -> None:
    files = pair() | {OWN.format("ks1"): A, OWN.format("ks2"): B}
    files[coop_file(2)] = coop(2, session(1))
    (finding,) = _findings(rekey_keys_differ, files)
    assert finding.device == "ks1"


def test_a_key_that_is_not_in_the_list_is_missing() -> None:
    other = A.replace("Key name: REKEY", "Key name: SSH")
    files = pair() | {OWN.format("ks1"): A, OWN.format("ks2"): other}
    (finding,) = _findings(rekey_keys_differ, files)
    assert finding.device == "ks2"
    assert finding.message == "key server of group G1 has no RSA key called REKEY"
    assert [each.source for each in finding.evidence] == [OWN.format("ks2"), "ks2.cfg"]


@pytest.mark.parametrize("asked", ["rsa SSH", "rsa | include name", "ec"])
def test_a_list_that_would_not_show_the_key_proves_nothing(asked: str) -> None:
    other = A.replace("Key name: REKEY", "Key name: SSH")
    files = pair() | {
        OWN.format("ks1"): A,
        f"ks2/show crypto key mypubkey {asked}.txt": other,
    }
    assert _reasons(rekey_keys_differ, files) == [
        "there is no 'show crypto key mypubkey rsa' or 'show crypto gdoi gm pubkey'"
    ]


def test_the_label_in_use_serves_where_there_is_no_configuration() -> None:
    files = {
        policy_file(1): policy(1, kek(), tek()),
        policy_file(2): policy(2, kek(), tek()),
        OWN.format("ks1"): A,
        OWN.format("ks2"): B,
    }
    (finding,) = _findings(rekey_keys_differ, files)
    assert finding.device == "ks2"


def test_labels_may_differ_only_where_the_keys_are_seen_to_be_the_same() -> None:
    files = pair("rsa REKEY", "rsa SIGN")
    (finding,) = _findings(rekey_keys_differ, files)
    assert finding.severity is Severity.HIGH
    assert finding.message == (
        "key servers of group G1 sign rekeys with RSA keys of different names:"
        " REKEY on ks1, SIGN on ks2"
    )
    named = A.replace("Key name: REKEY", "Key name: SIGN")
    files |= {OWN.format("ks1"): A, OWN.format("ks2"): named}
    (finding,) = _findings(rekey_keys_differ, files)
    assert finding.severity is Severity.LOW
    files[OWN.format("ks2")] = B.replace("Key name: REKEY", "Key name: SIGN")
    (finding,) = _findings(rekey_keys_differ, files)
    assert finding.severity is Severity.CRITICAL


def test_a_group_that_names_no_key_is_left_to_the_rule_on_signatures() -> None:
    text = config(1).replace("  rekey authentication mypubkey rsa REKEY\n", "")
    assert _findings(rekey_keys_differ, {"ks1.cfg": text}) == ()


def test_members_prove_which_key_a_key_server_has() -> None:
    files = pair() | {
        OWN.format("ks1"): A,
        "gm1.cfg": MEMBER.format("gm1"),
        "gm1/show crypto gdoi gm pubkey.txt": _learnt(2048, "A5", "10.10.2.1"),
    }
    assert _reasons(rekey_keys_differ, files) == []
    files["gm1/show crypto gdoi gm pubkey.txt"] = _learnt(2048, "B6", "10.10.2.1")
    (finding,) = _findings(rekey_keys_differ, files)
    assert finding.device == "ks2"
    assert [each.device for each in finding.evidence] == ["gm1", "ks1"]


def test_a_member_with_an_old_key_is_found() -> None:
    files = {
        "ks1.cfg": config(1),
        OWN.format("ks1"): A,
        "gm1.cfg": MEMBER.format("gm1"),
        "gm1/show crypto gdoi gm pubkey.txt": _learnt(2048, "B6"),
    }
    (finding,) = _findings(rekey_keys_differ, files)
    assert finding.device == "gm1"
    assert finding.message == (
        "member gm1 verifies rekeys of group G1 with another RSA key than key server ks1 has"
    )


@pytest.mark.parametrize("line", [0, 1])
def test_a_key_that_lost_bytes_on_its_way_is_no_other_key(line: int) -> None:
    head, body = _learnt(2048, "A5").split("Key Data:\n")
    lines = body.splitlines(keepends=True)
    for kept in (lines[: 2 + line] + lines[3 + line :], [*lines, lines[2 + line]]):
        files = {
            "ks1.cfg": config(1),
            OWN.format("ks1"): A,
            "gm1.cfg": MEMBER.format("gm1"),
            "gm1/show crypto gdoi gm pubkey.txt": f"{head}Key Data:\n{''.join(kept)}",
        }
        reason = "a key in 'show crypto gdoi gm pubkey' is not known in full"
        assert reason in _reasons(rekey_keys_differ, files)


def test_members_are_compared_without_any_key_server() -> None:
    files = {
        "gm1.cfg": MEMBER.format("gm1"),
        "gm2.cfg": MEMBER.format("gm2"),
        "gm1/show crypto gdoi gm pubkey.txt": _learnt(1024, "A5"),
        "gm2/show crypto gdoi gm pubkey.txt": _learnt(1024, "B6", "10.10.2.1"),
    }
    (finding,) = _findings(rekey_keys_differ, files)
    assert finding.device == ""
    assert finding.message == (
        "key server 10.10.2.1 signs rekeys of group G1 with another RSA key than"
        " key server 10.10.1.1"
    )
    files["gm2/show crypto gdoi gm pubkey.txt"] = _learnt(1024, "A5", "10.10.2.1")
    assert _reasons(rekey_keys_differ, files) == []


FIXED = key_output(2048, "A5", exportable="not exportable")


def test_one_exportable_copy_of_the_key_is_enough() -> None:
    files = pair() | {OWN.format("ks1"): FIXED, OWN.format("ks2"): A}
    assert _reasons(rekey_keys_differ, files) == []
    files[OWN.format("ks2")] = FIXED
    (finding,) = _findings(rekey_keys_differ, files)
    assert finding.device == "ks1"
    assert finding.severity is Severity.HIGH
    assert "cannot be exported" in finding.message


def test_the_key_of_the_primary_has_to_be_exportable_where_no_other_is_known() -> None:
    files = {"ks1.cfg": config(1), OWN.format("ks1"): FIXED}
    assert "the key of key server 10.10.2.1 is not known" in _reasons(rekey_keys_differ, files)
    files[coop_file(1)] = coop(1, session(2))
    (finding,) = _findings(rekey_keys_differ, files)
    assert finding.device == "ks1"


def test_a_single_key_server_has_nobody_to_export_to() -> None:
    alone = config(1).replace("  redundancy\n   local priority 100\n", "")
    alone = alone.replace("   peer address ipv4 10.10.2.1\n", "")
    assert _reasons(rekey_keys_differ, {"ks1.cfg": alone, OWN.format("ks1"): FIXED}) == []


@pytest.mark.parametrize(("octets", "bits"), [(128, 1024), (129, 1024), (192, 1536)])
def test_the_length_of_signatures_tells_the_size_of_the_key(octets: int, bits: int) -> None:
    files = {policy_file(1): policy(1, kek(signature=octets), tek())}
    (finding,) = _findings(key_too_short, files)
    assert finding.message == (
        f"RSA key that signs rekeys of group G1 has {bits} bits, less than 2048"
    )
    assert finding.evidence[0].field == "signature_bytes"


def test_the_key_itself_decides_before_the_signatures() -> None:
    files = {
        "ks1.cfg": config(1),
        policy_file(1): policy(1, kek(signature=128), tek()),
        OWN.format("ks1"): A,
    }
    assert _reasons(key_too_short, files) == []


@pytest.mark.parametrize(("shown", "bits"), [("1024", 1024), ("1296", 1024), ("1808", 1536)])
def test_members_tell_the_size_where_key_servers_are_not_known(shown: str, bits: int) -> None:
    files = {"gm1/show crypto gdoi.txt": _registered(shown)}
    (finding,) = _findings(key_too_short, files)
    assert finding.device == ""
    assert f"with an RSA key of {bits} bits, less than 2048" in finding.message


@pytest.mark.parametrize("shown", ["2048", "2352", "3376", "4096", "4400"])
def test_longer_keys_pass_in_whichever_way_members_count_them(shown: str) -> None:
    assert _findings(key_too_short, {"gm1/show crypto gdoi.txt": _registered(shown)}) == ()


def test_a_short_key_is_told_once_for_the_group() -> None:
    files = {
        "ks1.cfg": config(1),
        OWN.format("ks1"): key_output(1024, "A5"),
        "gm1/show crypto gdoi.txt": _registered("1296"),
        "gm2/show crypto gdoi.txt": _registered("1296"),
    }
    (finding,) = _findings(key_too_short, files)
    assert finding.device == "ks1"
    del files[OWN.format("ks1")]
    (finding,) = _findings(key_too_short, files)
    assert [each.device for each in finding.evidence] == ["gm1", "gm2"]


def test_the_size_asked_for_is_a_setting() -> None:
    files = {"ks1.cfg": config(1), OWN.format("ks1"): A}
    report = audit_example(key_too_short, files, Settings(rsa_modulus_min_bits=3072))
    assert len(report.findings) == 1


def test_a_key_of_unknown_size_is_not_checked() -> None:
    (reason,) = _reasons(key_too_short, {"ks1.cfg": config(1)})
    assert reason.startswith("there is no 'show crypto key mypubkey rsa' or")
    unsigned = config(1).replace("  rekey authentication mypubkey rsa REKEY\n", "")
    assert _reasons(key_too_short, {"ks1.cfg": unsigned}) == []


def _shared(text: str, *shown: tuple[str, str]) -> list[str]:
    files = {"ks1.cfg": config(1) + text} | {f"ks1/{name}.txt": each for name, each in shown}
    report = audit_example(key_shared, files)
    assert report.not_checked == ()
    return [finding.message.partition(" and is that of ")[2] for finding in report.findings]


def test_a_trustpoint_with_the_key_is_found() -> None:
    trustpoint = "crypto pki trustpoint CA\n enrollment url http://10.9.9.9:80\n rsakeypair {}\n"
    assert _shared(trustpoint.format("REKEY 2048")) == ["trustpoint CA"]
    assert _shared(trustpoint.format("PKI 2048")) == []


def test_the_general_key_belongs_to_ssh_and_to_trustpoints_that_name_none() -> None:
    text = config(1).replace("rsa REKEY", "rsa ks1.example.net")
    (finding,) = _findings(key_shared, {"ks1.cfg": text})
    assert finding.message.endswith("is that of the device, which SSH uses")
    assert finding.evidence[1].text == "ip domain name example.net"
    text += "crypto pki trustpoint CA\n enrollment url http://10.9.9.9:80\n"
    (finding,) = _findings(key_shared, {"ks1.cfg": text})
    assert finding.message.endswith("is that of trustpoint CA")


def test_a_filtered_configuration_does_not_show_every_trustpoint() -> None:
    text = config(1).partition("\n")[2]
    (reason,) = _reasons(key_shared, {"ks1.cfg": text})
    assert reason == "the text is a part of a configuration: it has no line 'hostname'"
