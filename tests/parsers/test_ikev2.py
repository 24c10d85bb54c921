from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from pathlib import Path

import pytest

from getvpn.errors import ParseError
from getvpn.parsers import parse
from getvpn.parsers.records.ikev2 import Ikev2Sa, Ikev2Sas

from .cuts import unnoticed_cuts
from .oracle import Trail, assert_covers, captures

SA = "show crypto ikev2 sa"
DETAIL = "show crypto ikev2 sa detailed"

REGISTRATION = """\
 IPv4 Crypto IKEv2  SA

Tunnel-id Local                 Remote                fvrf/ivrf            Status
1         10.20.0.7/848         10.10.1.1/848         none/RED-IN          READY
      Encr: AES-CBC, keysize: 256, PRF: SHA512, Hash: SHA512, DH Grp:19, \
Auth sign: RSA, Auth verify: RSA
      Life/Active Time: 86400/735 sec
      CE id: 1001, Session-id: 2
      Local spi: 00000000000000A1       Remote spi: 60C5E0A100000001

 IPv6 Crypto IKEv2  SA

Tunnel-id    fvrf/ivrf              Status
2          wan/none             IN-NEG
Local  2001:DB8:20::7/848
Remote  2001:DB8:10::1/848
      Encr: Unknown - 0, Hash: None, DH Grp:0, Auth sign: Unknown - 0, Auth verify: Unknown - 0
      Life/Active Time: 86400/0 sec

"""

DETAILED = """\
 IPv4 Crypto IKEv2  SA

Tunnel-id Local                 Remote                fvrf/ivrf            Status
1         10.10.1.1/848         10.20.0.7/848         none/none            READY
      Encr: AES-GCM, keysize: 256, PRF: SHA384, Hash: None, DH Grp:20, \
Auth sign: PSK, Auth verify: PSK, QR
      PQC Key Exchange: ML-KEM-768
      Life/Active Time: 86400/501 sec
      CE id: 0, Session-id: 3
      Local spi: 9BEA9E397377D9BB       Remote spi: 0830302A3CD0A874
      Status Description: Negotiation done
      Local id: ks1.example.net
      Remote id: hostname=br7.example.net,cn=br7
      Local req msg id:  3              Remote req msg id:  0
      Local next msg id: 3              Remote next msg id: 0
      Local req queued:  3              Remote req queued:  0
      Local window:      20             Remote window:      1
      DPD configured for 30 seconds, retry 6
      IETF Std Fragmentation  enabled.
      Quantum-safe Encryption using Manual PPK
      Quantum-safe Encryption using PQC: ML-KEM-768
      Dynamic Route Update: disabled
      IETF Std Fragmentation MTU in use: 1372 bytes.
      Extended Authentication not configured.
      NAT-T is detected  outside
      Cisco Trust Security SGT is disabled
      Assigned host addr: 10.99.0.4
      Initiator of SA : No
      Quantum Resistance Enabled
      Local Sys Id: sks1 Remote Sys Id: sks2
      Remote subnets:
      10.20.0.0 255.255.0.0
      2001:DB8:20::/48
      PEER TYPE: IOS-XE

"""

FIRST_RELEASES = """\
Tunnel-id Local                 Remote                fvrf/ivrf            Status
1         10.10.1.1/500         10.20.0.7/500         (none)/(none)        READY
      Encr: 3DES, Hash: SHA96, DH Grp:2, Auth sign: RSA, Auth verify: RSA
      Life/Active Time: 86400/12 sec
      CE id: 1001, Session-id: 1
      Status Description: Negotiation done
      Local spi: 1234567890ABCDEF       Remote spi: FEDCBA0987654321
      Local id: 10.10.1.1
      Remote id: 10.20.0.7
      Local req msg id:  0              Remote req msg id:  2
      Local next msg id: 0              Remote next msg id: 2
      Local req queued:  0              Remote req queued:  2
      Local window:      5              Remote window:      5
      DPD configured for 0 seconds, retry 0
      NAT-T is not detected
      Initiator of SA : No
"""


def sas(text: str, command: str = DETAIL) -> tuple[Ikev2Sa, ...]:
    record = parse(command, text)
    assert isinstance(record, Ikev2Sas)
    assert (record.unparsed, record.partial) == ((), ())
    return record.sas


def test_a_group_registration_has_port_848_and_typed_values() -> None:
    sa, _ = sas(REGISTRATION, SA)
    assert (sa.tunnel_id, sa.status, sa.fvrf, sa.ivrf) == (1, "READY", None, "RED-IN")
    assert (sa.local, sa.local_port) == (IPv4Address("10.20.0.7"), 848)
    assert (sa.remote, sa.remote_port) == (IPv4Address("10.10.1.1"), 848)
    assert (sa.encryption, sa.key_bits, sa.prf, sa.hash) == ("AES-CBC", 256, "SHA512", "SHA512")
    assert (sa.dh_group, sa.auth_sign, sa.auth_verify) == (19, "RSA", "RSA")
    assert (sa.lifetime_s, sa.active_s, sa.ce_id, sa.session_id) == (86400, 735, 1001, 2)
    assert (sa.local_spi, sa.remote_spi) == (0xA1, 0x60C5E0A100000001)
    assert sa.initiator is None


def test_an_ipv6_sa_in_negotiation_has_no_algorithms_yet() -> None:
    _, sa = sas(REGISTRATION, SA)
    assert (sa.status, sa.fvrf, sa.ivrf) == ("IN-NEG", "wan", None)
    assert (sa.local, sa.remote) == (IPv6Address("2001:db8:20::7"), IPv6Address("2001:db8:10::1"))
    assert (sa.encryption, sa.key_bits, sa.prf, sa.hash) == (None, None, None, None)
    assert (sa.dh_group, sa.auth_sign) == (0, None)


def test_every_line_of_the_details_is_read() -> None:
    (sa,) = sas(DETAILED)
    assert (sa.hash, sa.quantum_resistant, sa.pqc_key_exchange) == (None, True, "ML-KEM-768")
    assert (sa.local_id, sa.remote_id) == ("ks1.example.net", "hostname=br7.example.net,cn=br7")
    assert (sa.local_request_id, sa.remote_request_id) == (3, 0)
    assert (sa.local_next_id, sa.remote_next_id) == (3, 0)
    assert (sa.local_queued, sa.remote_queued) == (3, 0)
    assert (sa.local_window, sa.remote_window) == (20, 1)
    assert (sa.dpd_interval_s, sa.dpd_retry_s) == (30, 6)
    assert (sa.fragmentation, sa.fragmentation_standard) == (True, "IETF Std")
    assert sa.fragmentation_mtu_bytes == 1372
    assert sa.quantum_safe == ("Manual PPK", "PQC: ML-KEM-768")
    assert (sa.dynamic_route_update, sa.extended_authentication) == (False, False)
    assert (sa.nat_detected, sa.nat_side, sa.sgt) == (True, "outside", False)
    assert (sa.assigned_address, sa.initiator) == (IPv4Address("10.99.0.4"), False)
    assert (sa.quantum_resistance, sa.local_system_id, sa.remote_system_id) == (
        True,
        "sks1",
        "sks2",
    )
    assert sa.remote_subnets == (IPv4Network("10.20.0.0/16"), IPv6Network("2001:db8:20::/48"))
    assert sa.peer_type == "IOS-XE"


def test_the_first_releases_print_neither_key_size_nor_prf() -> None:
    (sa,) = sas(FIRST_RELEASES)
    assert (sa.encryption, sa.key_bits, sa.prf, sa.hash) == ("3DES", None, None, "SHA96")
    assert (sa.fvrf, sa.nat_detected, sa.fragmentation) == (None, False, None)


def test_no_sa_is_an_empty_answer() -> None:
    assert parse(SA, "").empty
    assert sas(" IPv4 Crypto IKEv2  SA \n\n IPv6 Crypto IKEv2  SA \n", SA) == ()


@pytest.mark.parametrize("command", [SA, DETAIL])
def test_another_output_is_refused(command: str) -> None:
    with pytest.raises(ParseError):
        parse(command, "Key Server Policy:\nFor group G (handle: 1) server 10.0.0.1 (handle: 2):\n")


def test_a_cut_inside_the_details_is_an_error() -> None:
    headers = [
        "IPv4 Crypto IKEv2  SA",
        "Tunnel-id Local                 Remote                fvrf/ivrf            Status",
    ]
    assert [cut.partition(":")[0].strip() for cut in unnoticed_cuts(DETAIL, DETAILED)] == [
        *headers,
        # lines that not every release prints
        "Initiator of SA",
        "Quantum Resistance Enabled",
        "Local Sys Id",
        "Remote subnets",
        "10.20.0.0 255.255.0.0",
        "2001",
        "PEER TYPE",
    ]
    plain = [cut.partition(":")[0].strip() for cut in unnoticed_cuts(SA, DETAILED)]
    assert plain[:5] == [*headers, "Life/Active Time", "CE id", "Local spi"]


def _sa_answer(found: tuple[Ikev2Sa, ...]) -> dict[Trail, object]:
    ours: dict[Trail, object] = {}
    for sa in found:
        at = (f"ipv{sa.local.version}", str(sa.tunnel_id))
        row = {
            "tunnel_id": sa.tunnel_id,
            "fvrf": sa.fvrf or "none",
            "ivrf": sa.ivrf or "none",
            "status": sa.status,
            "local_ip": str(sa.local).upper(),
            "local_port": sa.local_port,
            "remote_ip": str(sa.remote).upper(),
            "remote_port": sa.remote_port,
            "encryption": sa.encryption,
            "keysize": sa.key_bits,
            "prf": sa.prf,
            "hash": sa.hash,
            "dh_group": sa.dh_group,
            "auth_sign": sa.auth_sign,
            "auth_verify": sa.auth_verify,
            "pqc": sa.pqc_key_exchange,
            "life_time": sa.lifetime_s,
            "active_time": sa.active_s,
            "ce_id": sa.ce_id,
            "session_id": sa.session_id,
            "local_spi": f"{sa.local_spi or 0:016X}",
            "remote_spi": f"{sa.remote_spi or 0:016X}",
        }
        ours.update({(*at, name): value for name, value in row.items()})
    return ours


def _enabled(value: bool | None) -> str:
    return "enabled" if value else "disabled"


def _detail_answer(found: tuple[Ikev2Sa, ...]) -> dict[Trail, object]:
    ours: dict[Trail, object] = {}
    for sa in found:
        at = ("tunnel_id", str(sa.tunnel_id))
        nat = f"detected {sa.nat_side}" if sa.nat_detected else "not detected"
        row = {
            "local": f"{sa.local}/{sa.local_port}",
            "remote": f"{sa.remote}/{sa.remote_port}",
            "fvrf": sa.fvrf or "none",
            "ivrf": sa.ivrf or "none",
            "status": sa.status.lower(),
            "encryption": (sa.encryption or "none").lower(),
            "keysize": sa.key_bits,
            "prf": (sa.prf or "none").lower(),
            "hash": (sa.hash or "none").lower(),
            "dh_grp": sa.dh_group,
            "auth_sign": (sa.auth_sign or "none").lower(),
            "auth_verify": (sa.auth_verify or "none").lower(),
            "qr": "qr" if sa.quantum_resistant else None,
            "life_time": sa.lifetime_s,
            "active_time": sa.active_s,
            "ce_id": sa.ce_id,
            "session_id": sa.session_id,
            "local_spi": f"{sa.local_spi or 0:016X}",
            "remote_spi": f"{sa.remote_spi or 0:016X}",
            "status_description": (sa.status_description or "").lower(),
            "local_id": sa.local_id,
            "remote_id": sa.remote_id,
            "local_reg_msg_id": sa.local_request_id,
            "remote_req_msg_id": sa.remote_request_id,
            "local_next_msg_id": sa.local_next_id,
            "remote_next_msg_id": sa.remote_next_id,
            "local_req_queued": sa.local_queued,
            "remote_req_queued": sa.remote_queued,
            "local_window": sa.local_window,
            "remote_window": sa.remote_window,
            "dpd_configured_time": sa.dpd_interval_s,
            "retry": sa.dpd_retry_s,
            "dynamic_route_update": _enabled(sa.dynamic_route_update),
            "extended_authentication": "configured"
            if sa.extended_authentication
            else "not configured",
            "nat_t": nat,
            "cisco_trust_security_sgt": _enabled(sa.sgt),
            "initiator_of_sa": "yes" if sa.initiator else "no",
            "pushed_ip": str(sa.pushed_address),
            "quantum_resistance": "Enabled" if sa.quantum_resistance else "Disabled",
        }
        ours.update({(*at, name): value for name, value in row.items()})
        for index, subnet in enumerate(sa.remote_subnets):
            written = subnet.with_netmask.replace("/", " ")
            ours[(*at, "remote_subnets", str(index))] = written
        assert sa.fragmentation is False
    return ours


def test_shared_captures_are_read_whole(shared: Path) -> None:
    for capture in captures(shared, "ikev2 sa"):
        found = sas(capture.text, capture.command)
        assert found
        if "detail" not in capture.command:
            assert_covers(capture.expected, _sa_answer(found))
            continue
        blanks = {("tunnel_id", "*", "fragmentation"): "`not  configured` keeps Cisco's blanks"}
        ours = _detail_answer(found)
        if "detected  outside" in capture.text:
            blanks["tunnel_id", "8", "nat_t"] = "`detected  outside` keeps Cisco's blanks"
        assert_covers(capture.expected, ours, blanks)
