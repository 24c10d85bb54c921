from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

from getvpn.parsers import parse
from getvpn.parsers.config.acl import Selector
from getvpn.parsers.records.ipsec import IpsecFlow, IpsecSa, IpsecSas

from .oracle import SharedCapture, Trail, assert_covers, captures


def ipsec(text: str, command: str = "show crypto ipsec sa") -> IpsecSas:
    record = parse(command, text)
    assert isinstance(record, IpsecSas)
    assert record.unparsed == ()
    return record


def _mask(selector: Selector) -> dict[str, str]:
    """A selector as address and mask again."""
    if selector.kind == "any":
        return {"addr": str(IPv4Address(0)), "mask": str(IPv4Address(0))}
    wildcard = selector.wildcard or IPv4Address(0)
    return {"addr": str(selector.address), "mask": str(IPv4Address(0xFFFFFFFF & ~int(wildcard)))}


def _spi(number: int | None) -> str:
    return f"0x{number or 0:X}({number or 0})"


def _sa_answer(sa: IpsecSa, *, detail: bool) -> dict[str, Any]:
    lifetime: str = (
        f"{sa.remaining_s}" if sa.remaining_kb is None else f"({sa.remaining_kb}/{sa.remaining_s})"
    )
    words = list(sa.settings or ())
    answer: dict[str, Any] = {
        "transform": " ".join(sa.transform or ()),
        "in_use_settings": f"{words[0]}, {''.join(words[1:])}",
        "iv_size": f"{sa.iv_bytes} bytes",
        "remaining_key_lifetime": lifetime,
        "replay_detection_support": "Y" if sa.replay_detection else "N",
        "status": f"{sa.status}({sa.status_detail})",
        "kilobyte_volume_rekey": "disabled" if sa.volume_rekey is False else None,
    }
    if not detail:
        answer["conn_id"] = sa.conn_id
        answer["flow_id"] = sa.engine
        answer["flow_id_val"] = sa.flow_id
        answer["sibling_flags"] = f"{sa.sibling_flags or 0:X}"
        answer["crypto_map"] = sa.crypto_map
    return answer


def _flow_answer(flow: IpsecFlow, *, detail: bool) -> dict[Trail, object]:
    counters = flow.counters
    assert counters is not None
    ours: dict[Trail, object] = {
        ("protected_vrf",): flow.vrf or "(none)",
        ("peer_ip",): str(flow.peer),
        ("port",): flow.peer_port,
        ("action",): flow.action,
        ("acl",): "".join(f"{flag}," for flag in flow.flags or ()),
        ("local_crypto_endpt",): str(flow.local_endpoint),
        ("remote_crypto_endpt",): str(flow.remote_endpoint),
        ("plaintext_mtu",): flow.plaintext_mtu_bytes,
        ("path_mtu",): flow.path_mtu_bytes,
        ("ip_mtu",): flow.ip_mtu_bytes,
        ("ip_mtu_idb",): flow.mtu_interface,
        ("current_outbound_spi",): _spi(flow.outbound_spi),
        ("pfs",): "Y" if flow.pfs else "N",
        ("dh_group",): "none" if flow.dh_group is None else f"group{flow.dh_group}",
        ("pqc",): flow.pqc_key_exchange,
        ("send_errors",): counters.send_errors,
        ("recv_errors",): counters.receive_errors,
    }
    for side, selector, port in (
        ("local_ident", flow.local, flow.local_port),
        ("remote_ident", flow.remote, flow.remote_port),
    ):
        row = {**_mask(selector), "prot": str(flow.protocol), "port": str(port)}
        ours.update({(side, name): value for name, value in row.items()})
    for theirs, own in THEIR_COUNTERS.items():
        ours[(f"pkts_{theirs}",)] = getattr(counters, own)
    for found in flow.sa_lists:
        for sa in found.sas:
            at = (f"{found.direction}_{found.protocol}_sas", "spi", _spi(sa.spi))
            answer = _sa_answer(sa, detail=detail)
            ours.update({(*at, name): value for name, value in answer.items()})
    return ours


THEIR_COUNTERS = {
    "encaps": "encapsulated",
    "encrypt": "encrypted",
    "digest": "digested",
    "decaps": "decapsulated",
    "decrypt": "decrypted",
    "verify": "verified",
    "compressed": "compressed",
    "decompressed": "decompressed",
    "not_compressed": "not_compressed",
    "compr_failed": "compression_failed",
    "not_decompressed": "not_decompressed",
    "decompress_failed": "decompression_failed",
    "no_sa_send": "no_sa_sent",
    "invalid_sa_rcv": "invalid_sa_received",
    "invalid_prot_recv": "invalid_protocol",
    "verify_failed": "verification_failed",
    "invalid_identity_recv": "invalid_identity",
    "replay_rollover_send": "replay_rollover_sent",
    "replay_rollover_rcv": "replay_rollover_received",
    "replay_failed_rcv": "replay_failed",
    "tagged_send": "tagged",
    "untagged_rcv": "untagged",
    "not_tagged_send": "not_tagged",
    "not_untagged_rcv": "not_untagged",
    "internal_err_send": "internal_errors_sent",
    "internal_err_recv": "internal_errors_received",
}


def _answer(capture: SharedCapture, record: IpsecSas) -> dict[Trail, object]:
    ours: dict[Trail, object] = {}
    counts: dict[str, int] = {}
    for flow in record.flows:
        assert flow.interface is not None
        name = flow.interface.name
        counts[name] = counts.get(name, 0) + 1
        at = ("interface", name)
        ours[(*at, "crypto_map_tag")] = flow.interface.crypto_map
        ours[(*at, "local_addr")] = str(flow.interface.local_address)
        answer = _flow_answer(flow, detail="detail" in capture.command)
        ours.update({(*at, "ident", str(counts[name]), *key): v for key, v in answer.items()})
    return ours


def test_shared_captures_are_read_whole(shared: Path) -> None:
    for capture in captures(shared, "ipsec sa"):
        record = ipsec(capture.text, capture.command)
        assert record.flows
        if capture.expected is not None:
            assert record.partial == ()
            assert_covers(capture.expected, _answer(capture, record))


def test_the_shared_group_captures_keep_their_peculiarities(shared: Path) -> None:
    found = {c.path: ipsec(c.text) for c in captures(shared, "ipsec sa") if c.expected is None}
    stopped = found["community/crypto_ipsec_sa/1.txt"]
    (flow,) = stopped.flows
    assert "pager" in stopped.partial[0]
    assert (flow.group, flow.peer_port) == ("CUST-A-GETVPN", 848)
    assert flow.sas("inbound")[0].spi == flow.sas("outbound")[0].spi == flow.outbound_spi
    excerpt = found["community/crypto_ipsec_sa/2.txt"]
    assert excerpt.partial == ()
    assert [(f.vrf, f.interface) for f in excerpt.flows] == [("Site-1", None), ("Site-2", None)]
