from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

import pytest

from getvpn.errors import ParseError
from getvpn.parsers import parse
from getvpn.parsers.records.ikev2 import Ikev2ExtService, Ikev2Policies, Ikev2Proposals

from .cuts import unnoticed_cuts
from .oracle import Trail, assert_covers, captures

POLICY = "show crypto ikev2 policy"
PROPOSAL = "show crypto ikev2 proposal"
EXT_SERVICE = "show crypto ikev2 stats ext-service"

POLICIES = """\
 IKEv2 policy : default
      Match fvrf : any
      Match address local : any
      Proposal    : default

 IKEv2 policy : GKM-POLICY.1
      Match fvrf  : wan
      Match address local : 10.10.1.1
      Match address local : 2001:DB8:10::1
      Proposal    : SUITE-B
      Proposal    : LEGACY
"""

PROPOSALS = """\
 IKEv2 proposal: SUITE-B
     Encryption : AES-GCM-256
     Integrity  : none
     PRF        : SHA512 SHA384
     DH Group   : DH_GROUP_521_ECP/Group 21 DH_GROUP_4096_MODP/Group 16
     PQC Key Exchange: ML-KEM-768 ML-KEM-1024 Optional
 IKEv2 proposal: LEGACY
     Encryption : 3DES
     Integrity  : SHA96
     PRF        : SHA1
     DH Group   : DH_GROUP_1024_MODP/Group 2
     PQC Key Exchange: ML-KEM-1024
"""

SERVICES = """\
--------------------------------------------------------------
AAA OPERATION                                PASSED     FAILED
--------------------------------------------------------------
RECEIVING PSKEY                                  12          3
AUTHENTICATION USING EAP                          0          0
---------------------------------------------------------------
GKM OPERATION                                PASSED     FAILED
---------------------------------------------------------------
GET_POLICY                                       40          1
PPK SKS  OPERATION                           PASSED     FAILED
--------------------------------------------------------------
PPK GET CAP                                       0          0
"""


def policies(text: str) -> Ikev2Policies:
    record = parse(POLICY, text)
    assert isinstance(record, Ikev2Policies)
    assert record.unparsed == ()
    return record


def proposals(text: str) -> Ikev2Proposals:
    record = parse(PROPOSAL, text)
    assert isinstance(record, Ikev2Proposals)
    assert record.unparsed == ()
    return record


def services(text: str) -> Ikev2ExtService:
    record = parse(EXT_SERVICE, text)
    assert isinstance(record, Ikev2ExtService)
    assert record.unparsed == ()
    return record


def test_policies_list_addresses_and_proposals_in_order() -> None:
    default, own = policies(POLICIES).policies
    assert (default.name, default.fvrf, default.local_addresses) == ("default", None, ())
    assert (own.name, own.fvrf) == ("GKM-POLICY.1", "wan")
    assert own.local_addresses == (IPv4Address("10.10.1.1"), IPv6Address("2001:db8:10::1"))
    assert own.proposals == ("SUITE-B", "LEGACY")


def test_proposals_list_algorithms_in_order() -> None:
    own, legacy = proposals(PROPOSALS).proposals
    assert (own.encryption, own.integrity) == (("AES-GCM-256",), ())
    assert (own.prf, own.dh_groups) == (("SHA512", "SHA384"), (21, 16))
    assert (own.pqc_key_exchange, own.pqc_optional) == (("ML-KEM-768", "ML-KEM-1024"), True)
    assert (legacy.dh_groups, legacy.pqc_key_exchange) == ((2,), ("ML-KEM-1024",))
    assert legacy.pqc_optional is False


def test_a_proposal_wrapped_at_eighty_columns_is_joined() -> None:
    line = next(line for line in PROPOSALS.splitlines() if "521" in line)
    long = f"{line} DH_GROUP_2048_MODP/Group 14"
    text = PROPOSALS.replace(line, f"{long[:80]}\n{long[80:]}")
    assert proposals(text).proposals[0].dh_groups == (21, 16, 14)


def test_services_hold_their_operations() -> None:
    found = services(SERVICES).services
    assert [(s.service, len(s.operations)) for s in found] == [
        ("AAA", 2),
        ("GKM", 1),
        ("PPK SKS", 1),
    ]
    operation = found[0].operations[0]
    assert (operation.operation, operation.passed, operation.failed) == ("RECEIVING PSKEY", 12, 3)
    assert found[1].operations[0].operation == "GET_POLICY"


@pytest.mark.parametrize("command", [POLICY, PROPOSAL, EXT_SERVICE])
def test_another_output_is_refused(command: str) -> None:
    with pytest.raises(ParseError):
        parse(command, "Key Server Policy:\nFor group G (handle: 1) server 10.0.0.1 (handle: 2):\n")


def test_a_cut_inside_a_policy_or_proposal_is_an_error() -> None:
    assert "IKEv2 policy : default" not in unnoticed_cuts(POLICY, POLICIES)
    assert {cut.split()[0] for cut in unnoticed_cuts(PROPOSAL, PROPOSALS)} == {"DH", "PQC"}


def test_shared_policies_are_read_whole(shared: Path) -> None:
    for capture in captures(shared, "ikev2 policy"):
        ours: dict[Trail, object] = {}
        for policy in policies(capture.text).policies:
            at = ("policy_name", policy.name)
            ours[(*at, "match_fvrf")] = policy.fvrf or "any"
            ours[(*at, "match_address_local")] = " ".join(map(str, policy.local_addresses)) or "any"
            ours[(*at, "proposal")] = " ".join(policy.proposals)
        assert_covers(capture.expected, ours)


def test_shared_proposals_are_read_whole(shared: Path) -> None:
    names = {
        5: "DH_GROUP_1536_MODP/Group 5",
        14: "DH_GROUP_2048_MODP/Group 14",
        16: "DH_GROUP_4096_MODP/Group 16",
        19: "DH_GROUP_256_ECP/Group 19",
        21: "DH_GROUP_521_ECP/Group 21",
    }
    for capture in captures(shared, "ikev2 proposal"):
        ours: dict[Trail, object] = {}
        for proposal in proposals(capture.text).proposals:
            at = ("proposal_name", proposal.name)
            optional = ("Optional",) if proposal.pqc_optional else ()
            ours[(*at, "encryption")] = " ".join(proposal.encryption or ())
            ours[(*at, "integrity")] = " ".join(proposal.integrity or ())
            ours[(*at, "prf")] = " ".join(proposal.prf or ())
            ours[(*at, "pqc")] = " ".join((*(proposal.pqc_key_exchange or ()), *optional))
            for index, number in enumerate(proposal.dh_groups or ()):
                ours[(*at, "dh_group", str(index))] = names[number]
        assert_covers(capture.expected, ours)


THEIR_OPERATIONS = {
    "RECEIVING PSKEY": "receive_pskey",
    "AUTHENTICATION USING EAP": "eap_auth",
    "START ACCOUNTING": "start_acc",
    "STOP ACCOUNTING": "stop_acc",
    "IPSEC POLICY VERIFICATION": "ipsec_policy_verify",
    "DH PUBKEY GENERATED": "dh_key_generated",
    "DH SHARED SECKEY GENERATED": "secret_generated",
    "VERIFY CERTIFICATE": "verify_cert",
    "FETCHING CERTIFICATE USING HTTP": "cert_using_http",
    "FETCHING PEER CERTIFICATE USING HTTP": "peer_cert_using_http",
    "GET CERTIFICATES FROM ISSUERS": "get_cert_from_issuers",
    "GET DN FROM CERT": "get_dn_from_cert",
    "IKE PREROUTE IDB VERIFICATION": "idb_verification",
}


def test_shared_service_counters_are_read_whole(shared: Path) -> None:
    for capture in captures(shared, "ikev2 stats ext-service"):
        ours: dict[Trail, object] = {}
        for service in services(capture.text).services:
            name = f"{service.service} OPERATION".lower().replace("  ", " ").replace(" ", "_")
            if service.service.startswith("IKE PREROUTE"):
                name = "ike_preroute"
            for row in service.operations:
                own = row.operation.lower().replace(" ", "_")
                at = ("ikev2_stats", name, THEIR_OPERATIONS.get(row.operation, own))
                ours[(*at, "passed")] = row.passed
                ours[(*at, "failed")] = row.failed
        assert_covers(capture.expected, ours)
