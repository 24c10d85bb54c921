from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Any

import pytest

from getvpn.errors import ParseError
from getvpn.parsers import parse
from getvpn.parsers.records.isakmp import (
    IsakmpDefaultPolicies,
    IsakmpPolicies,
    IsakmpSaDetails,
    IsakmpSas,
)

from .cuts import unnoticed_cuts
from .oracle import Trail, assert_covers, captures

SA = "show crypto isakmp sa"
DETAIL = "show crypto isakmp sa detail"
POLICY = "show crypto isakmp default policy"

MEMBER = """\
IPv4 Crypto ISAKMP SA
dst             src             state          conn-id status
10.10.1.1       10.20.0.7       GDOI_IDLE         1004 ACTIVE
10.20.0.7       10.10.1.1       GDOI_REKEY        1005 ACTIVE
10.10.1.2       10.20.0.7       MM_NO_STATE          0 ACTIVE
10.10.1.3       10.20.0.7       MM_NO_STATE       1003 ACTIVE (deleted)

IPv6 Crypto ISAKMP SA

"""

SLOTS = """\
IPv4 Crypto ISAKMP SA
dst             src             state          conn-id slot status
10.10.1.1       10.20.0.7       GDOI_IDLE         1001    0 ACTIVE
10.10.1.1       10.20.0.7       GDOI_REKEY           0    0 ACTIVE (deleted)
"""

LABELLED = """\
IPv4 Crypto ISAKMP SA
dst             src             state          conn-id status

IPv6 Crypto ISAKMP SA

 dst: 2001:DB8:10::1
 src: 2001:DB8:20::7
 state: GDOI_IDLE         conn-id:   1001 status: ACTIVE

 dst: 2001:DB8:10::1
 src: 2001:DB8:20::7
 state: MM_NO_STATE       conn-id:   1000 slot: 0 status: ACTIVE (deleted)

"""

MEMBER_DETAIL = """\
Codes: C - IKE configuration mode, D - Dead Peer Detection
       K - Keepalives, N - NAT-traversal
       T - cTCP encapsulation, X - IKE Extended Authentication
       psk - Preshared key, rsig - RSA signature
       renc - RSA encryption
IPv4 Crypto ISAKMP SA

C-id  Local           Remote          I-VRF  Status Encr Hash   Auth DH Lifetime Cap.

1004  10.20.0.7       10.10.1.1              ACTIVE aes  sha256 rsig 14 23:40:07 D
       Engine-id:Conn-id =  SW:4

1005  10.20.0.7       10.10.1.1       RED-IN ACTIVE aes  sha    psk  5  1d02h    DN
       Engine-id:Conn-id =  Onboard VPN:5

1006  10.20.0.7       10.10.1.1              ACTIVE aes  sha         0  0
       Engine-id:Conn-id =  SW:6

0     10.20.0.7       10.10.1.2              ACTIVE                  0  0
       Engine-id:Conn-id =  ???

IPv6 Crypto ISAKMP SA

"""

LABELLED_DETAIL = """\
IPv6 Crypto ISAKMP SA

 dst: 2001:DB8:10::1
 src: 2001:DB8:20::7
 conn-id:   1001 I-VRF:                Status: ACTIVE Encr: des  Hash: sha    Auth: psk
 DH: 1   Lifetime: 23:45:00 Cap: D     Engine-id:Conn-id = SW:1
"""

POLICIES = """\
Default IKE policy
Default protection suite of priority 65507
\tencryption algorithm:\tAES - Advanced Encryption Standard (128 bit keys).
\thash algorithm:\t\tSecure Hash Standard
\tauthentication method:\tRivest-Shamir-Adleman Signature
\tDiffie-Hellman group:\t#5 (1536 bit)
\tlifetime:\t\t86400 seconds, no volume limit
Default protection suite of priority 65514
\tencryption algorithm:\tThree key triple DES
\thash algorithm:\t\tSecure Hash Standard 2 (256 bit)
\tauthentication method:\tPre-Shared Key
\tDiffie-Hellman group:\t#2
\tlifetime:\t\t3600 seconds, 4608000 kilobytes volume limit
"""

FALLBACK = """\
Default protection suite
\tencryption algorithm:\tDES - Data Encryption Standard (56 bit keys).
\thash algorithm:\t\tSecure Hash Standard
\tauthentication method:\tRivest-Shamir-Adleman Signature
\tDiffie-Hellman group:\t#1 (768 bit)
\tlifetime:\t\t86400 seconds, no volume limit
"""


def sas(text: str) -> IsakmpSas:
    record = parse(SA, text)
    assert isinstance(record, IsakmpSas)
    assert (record.unparsed, record.partial) == ((), ())
    return record


def details(text: str) -> IsakmpSaDetails:
    record = parse(DETAIL, text)
    assert isinstance(record, IsakmpSaDetails)
    assert (record.unparsed, record.partial) == ((), ())
    return record


def policies(text: str) -> IsakmpDefaultPolicies:
    record = parse(POLICY, text)
    assert isinstance(record, IsakmpDefaultPolicies)
    assert (record.unparsed, record.partial) == ((), ())
    return record


def test_a_member_has_a_registration_sa_and_a_rekey_sa() -> None:
    found = sas(MEMBER).sas
    assert [(sa.state, sa.conn_id, sa.deleted) for sa in found] == [
        ("GDOI_IDLE", 1004, False),
        ("GDOI_REKEY", 1005, False),
        ("MM_NO_STATE", 0, False),
        ("MM_NO_STATE", 1003, True),
    ]
    assert found[0].destination == IPv4Address("10.10.1.1")
    assert found[0].source == IPv4Address("10.20.0.7")
    assert {sa.status for sa in found} == {"ACTIVE"}
    assert [sa.slot for sa in found] == [None] * 4


def test_the_slot_column_of_12_4_is_read() -> None:
    assert [(sa.conn_id, sa.slot, sa.deleted) for sa in sas(SLOTS).sas] == [
        (1001, 0, False),
        (0, 0, True),
    ]


def test_ipv6_sas_with_labels_are_read() -> None:
    first, second = sas(LABELLED).sas
    assert first.destination == second.destination == IPv6Address("2001:db8:10::1")
    assert (first.state, first.conn_id, first.slot, first.deleted) == (
        "GDOI_IDLE",
        1001,
        None,
        False,
    )
    assert (second.state, second.conn_id, second.slot, second.deleted) == (
        "MM_NO_STATE",
        1000,
        0,
        True,
    )


def test_headers_alone_are_no_sa() -> None:
    assert sas("IPv4 Crypto ISAKMP SA\ndst  src  state  conn-id status\n").sas == ()


def test_a_detail_row_has_types_and_seconds() -> None:
    registration, other, rekey, none = details(MEMBER_DETAIL).sas
    assert (registration.local, registration.remote) == (
        IPv4Address("10.20.0.7"),
        IPv4Address("10.10.1.1"),
    )
    assert (registration.encryption, registration.hash, registration.authentication) == (
        "aes",
        "sha256",
        "rsig",
    )
    assert (registration.dh_group, registration.lifetime_s) == (14, 85207)
    assert (registration.ivrf, registration.capabilities) == (None, "D")
    assert (registration.engine, registration.engine_conn_id) == ("SW", 4)
    assert (other.ivrf, other.capabilities, other.lifetime_s) == ("RED-IN", "DN", 93600)
    assert (other.engine, other.engine_conn_id) == ("Onboard VPN", 5)
    assert (rekey.encryption, rekey.hash, rekey.authentication, rekey.lifetime_s) == (
        "aes",
        "sha",
        None,
        0,
    )
    assert (none.conn_id, none.encryption, none.dh_group, none.engine) == (0, None, 0, None)


def test_a_labelled_detail_names_destination_and_source() -> None:
    (sa,) = details(LABELLED_DETAIL).sas
    assert (sa.destination, sa.source) == (
        IPv6Address("2001:db8:10::1"),
        IPv6Address("2001:db8:20::7"),
    )
    assert (sa.local, sa.remote, sa.ivrf) == (None, None, None)
    assert (sa.conn_id, sa.encryption, sa.lifetime_s, sa.engine_conn_id) == (1001, "des", 85500, 1)


def test_default_policies_have_sizes_and_limits() -> None:
    first, second = policies(POLICIES).policies
    assert (first.priority, first.encryption, first.encryption_bits) == (
        65507,
        "AES - Advanced Encryption Standard",
        128,
    )
    assert (first.hash, first.hash_bits, first.authentication) == (
        "Secure Hash Standard",
        None,
        "Rivest-Shamir-Adleman Signature",
    )
    assert (first.dh_group, first.dh_bits) == (5, 1536)
    assert (first.lifetime_s, first.volume_limit_kb) == (86400, None)
    assert (second.encryption, second.encryption_bits) == ("Three key triple DES", None)
    assert (second.hash, second.hash_bits) == ("Secure Hash Standard 2", 256)
    assert (second.dh_group, second.dh_bits, second.volume_limit_kb) == (2, None, 4608000)


def test_configured_suites_are_told_from_those_of_the_device() -> None:
    configured = POLICIES.replace("Default IKE", "Global IKE").replace("Default prot", "Prot")
    text = configured.replace("65514", "20").replace("65507", "10") + FALLBACK
    record = parse("show crypto isakmp policy", text)
    assert isinstance(record, IsakmpPolicies)
    assert (record.unparsed, record.partial) == ((), ())
    assert [(policy.priority, policy.default) for policy in record.policies] == [
        (10, False),
        (20, False),
        (None, True),
    ]
    assert (record.policies[2].encryption, record.policies[2].encryption_bits) == (
        "DES - Data Encryption Standard",
        56,
    )
    shown = parse("show crypto isakmp policy", POLICIES)
    assert isinstance(shown, IsakmpPolicies)
    assert shown.policies == policies(POLICIES).policies
    assert all(policy.default for policy in shown.policies)


@pytest.mark.parametrize("command", [SA, DETAIL, POLICY])
def test_another_output_is_refused(command: str) -> None:
    with pytest.raises(ParseError):
        parse(command, "Crypto session current status\n\nInterface: Ethernet0/0\n")


def test_an_address_that_is_none_is_not_claimed() -> None:
    text = MEMBER.replace("10.10.1.2 ", "10.10.1.999")
    assert [line.lineno for line in parse(SA, text).unparsed] == [5]


def test_a_cut_shows_unless_whole_sas_are_left() -> None:
    assert [cut.partition(":")[0] for cut in unnoticed_cuts(SA, LABELLED)] == [
        "IPv4 Crypto ISAKMP SA",
        "dst             src             state          conn-id status",
        "IPv6 Crypto ISAKMP SA",
        "state",
        "state",
    ]
    assert unnoticed_cuts(DETAIL, LABELLED_DETAIL) == ["IPv6 Crypto ISAKMP SA"]
    assert [cut.partition(":")[0] for cut in unnoticed_cuts(POLICY, POLICIES)] == [
        "Default IKE policy",
        "lifetime",
    ]


def _sa_answer(record: IsakmpSas) -> dict[Trail, object]:
    ours: dict[Trail, object] = {}
    counts = {"IPv4": 0, "IPv6": 0}
    for sa in record.sas:
        family = "IPv6" if ":" in str(sa.destination) else "IPv4"
        counts[family] += 1
        at = ("isakmp_stats", family, str(counts[family]))
        ours[(*at, "destination")] = str(sa.destination)
        ours[(*at, "source")] = str(sa.source)
        ours[(*at, "session_state")] = sa.state
        ours[(*at, "conn_id")] = sa.conn_id
        ours[(*at, "status")] = sa.status
        if sa.deleted:
            ours[(*at, "current_status")] = "deleted"
    return ours


def _detail_answer(record: IsakmpSaDetails) -> dict[Trail, object]:
    ours: dict[Trail, object] = {}
    counts = {"IPv4": 0, "IPv6": 0}
    for sa in record.sas:
        family = "IPv6" if ":" in str(sa.local) else "IPv4"
        counts[family] += 1
        at = ("isakmp_stats", family, str(counts[family]))
        seconds = sa.lifetime_s or 0
        row: dict[str, Any] = {
            "c_id": sa.conn_id,
            "local_ip": str(sa.local),
            "remote_ip": str(sa.remote),
            "ivrf": sa.ivrf,
            "status": sa.status,
            "encr_algo": sa.encryption,
            "hash_algo": sa.hash,
            "auth_type": sa.authentication,
            "dh_group": sa.dh_group,
            "lifetime": f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}",
            "capabilities": sa.capabilities,
            "engine_id": sa.engine,
            "conn_id": sa.engine_conn_id,
        }
        ours.update({(*at, name): value for name, value in row.items()})
    return ours


def test_shared_captures_are_read_whole(shared: Path) -> None:
    for capture in captures(shared, "isakmp sa"):
        record = sas(capture.text)
        assert record.sas
        if capture.expected is not None:
            assert_covers(capture.expected, _sa_answer(record))


def test_shared_detail_captures_are_read_whole(shared: Path) -> None:
    for capture in captures(shared, "isakmp sa detail"):
        record = details(capture.text)
        assert record.sas
        if capture.expected is not None:
            assert_covers(capture.expected, _detail_answer(record))


def test_shared_default_policies_are_read_whole(shared: Path) -> None:
    for capture in captures(shared, "isakmp default policy"):
        ours: dict[Trail, object] = {}
        for policy in policies(capture.text).policies:
            at = ("policies", str(policy.priority))
            ours[(*at, "encryption_algorithm")] = (
                f"{policy.encryption} ({policy.encryption_bits} bit keys)."
            )
            ours[(*at, "hash_algorithm")] = policy.hash
            ours[(*at, "authentication_method")] = policy.authentication
            ours[(*at, "diffie_hellman_group")] = f"#{policy.dh_group} ({policy.dh_bits} bit)"
            ours[(*at, "lifetime")] = f"{policy.lifetime_s} seconds, no volume limit"
        assert_covers(capture.expected, ours)
