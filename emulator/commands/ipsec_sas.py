"""Showing the SAs of IPsec: those in the table, and the flows that crypto maps wait for."""

from typing import TYPE_CHECKING

from ..config.store import Entry
from ..grammar import CommandSet
from ..groups.ipsec_tables import ident, local_address
from ..services.access_lists import access_list
from ..services.crypto_sas import CryptoSas, IpsecFlow, IpsecSa
from ..settings.crypto_map import APPLIED, MAPS
from ..shell.call import Call
from .gdoi_ks_layout import Row, layout_of

if TYPE_CHECKING:
    from ..device import Router

declared = CommandSet()
declared.words(
    {
        "ipsec sa": "IPSEC SA table",
        "sa count": "Show IPsec SA count",
        "sa interface": "Show info for specific interface",
        "sa map": "Show IPSEC SA of a crypto map",
        "sa map WORD": "Crypto map tag",
        "sa peer": "Show all existing SAs for all interfaces w/a given peer",
        "sa peer A.B.C.D": "IP address of the peer",
        "ipsec sa detail": "Show counter detail",
        "sa detail": "Show counter detail",
        "sa interface detail": "Show counter detail",
        "sa map detail": "Show counter detail",
        "sa peer detail": "Show counter detail",
    }
)


def flows_of(router: "Router") -> list[IpsecFlow]:
    """What is protected: the flows with SAs, and those that crypto maps wait for."""
    flows = router.feature(CryptoSas).flows
    known = {(flow.interface, flow.local, flow.remote) for flow in flows}
    waiting = [
        flow
        for interface, name, entry in applied_entries(router)
        if entry["kind"] == "ipsec-isakmp"
        for flow in _waiting(router, interface, name, entry)
        if (flow.interface, flow.local, flow.remote) not in known
    ]
    return [*flows, *waiting]


def applied_entries(router: "Router") -> list[tuple[str, str, Entry]]:
    """The entries of crypto maps that are applied: interface, map, entry."""
    root = router.config.root
    found = []
    for interface in root.all("interface"):
        for setting in MAPS.values() if interface.block is not None else ():
            name = interface.block.value(APPLIED[setting], "name") if interface.block else None
            entries = [entry for entry in root.all(setting) if entry["name"] == name]
            entries.sort(key=lambda entry: int(entry["seq"]))
            found += [(str(interface["name"]), str(name), entry) for entry in entries]
    return found


def _waiting(router: "Router", interface: str, name: str, entry: Entry) -> list[IpsecFlow]:
    """The flows of a map's access list, which have no SAs yet."""
    root, block = router.config.root, entry.block
    peers = block.all("set peer") if block is not None else []
    acl = block.value("match address", "acl") if block is not None else None
    chosen = access_list(root, str(acl)) if acl is not None else None
    if block is None or not peers or chosen is None:
        return []
    return [
        IpsecFlow(
            interface=interface,
            map_name=name,
            local_address=local_address(router, name, interface),
            peer=str(peers[0]["peer"]),
            local=ident(line, source=True),
            remote=ident(line, source=False),
            pfs_group=str(block.value("set pfs", "group", "")),
            plaintext_mtu=1500,
        )
        for _, line in chosen.entries
        if line.permits
    ]


@declared.exec(
    "show crypto ipsec sa [detail]",
    "show crypto ipsec sa interface <interface:interface> [detail]",
    "show crypto ipsec sa peer <peer:ipv4> [detail]",
    "show crypto ipsec sa map <map> [detail]",
    privilege=1,
)
def show_sa(call: Call) -> str:
    """The SAs by interface."""
    router = call.router
    wanted = call.get("interface"), call.get("peer"), call.get("map")
    flows = [
        flow
        for flow in flows_of(router)
        if wanted[0] in (None, flow.interface)
        and wanted[1] in (None, flow.peer)
        and wanted[2] in (None, flow.map_name)
    ]
    heads: dict[tuple[str, str], str] = {}
    for interface, name, entry in applied_entries(router):
        if wanted[0] in (None, interface) and wanted[1] is None and wanted[2] in (None, name):
            address = local_address(router, name, interface, setting=entry.setting.name)
            heads[interface, name] = address
    for flow in flows:
        heads.setdefault((flow.interface, flow.map_name), flow.local_address)
    if not heads:
        return "\nNo SAs found\n"
    now, detail = router.clock.now(), call.has("detail")
    # no group is named in the outputs of releases before 15.2
    named = layout_of(router).has(Row.PATHS)
    said = []
    for (interface, name), address in heads.items():
        said.append(f"\ninterface: {interface}\n    Crypto map tag: {name}, local addr {address}\n")
        said += [
            _flow_text(flow, now, detail=detail, named=named)
            for flow in flows
            if (flow.interface, flow.map_name) == (interface, name)
        ]
    return "".join(said)


def _flow_text(flow: IpsecFlow, now: float, *, detail: bool, named: bool) -> str:
    spi = flow.current_spi
    if spi is None:
        spi = flow.outbound[-1].spi if flow.outbound else 0
    flags = "".join(f"{flag}," for flag in flow.flags)
    mtu = f"ip mtu {flow.path_mtu}, ip mtu idb {flow.interface}"
    lines = [
        "",
        f"   protected vrf: {flow.vrf or '(none)'}",
        f"   local  ident (addr/mask/prot/port): {flow.local.text}",
        f"   remote ident (addr/mask/prot/port): {flow.remote.text}",
        *([f"   Group: {flow.group}"] if flow.group and named else []),
        f"   current_peer {flow.peer} port {flow.peer_port}",
        f"     {'PERMIT' if flow.permit else 'DENY'}, flags={{{flags}}}",
        *_counters(flow, detail=detail),
        "",
        f"     local crypto endpt.: {flow.local_address}, remote crypto endpt.: {flow.peer}",
        f"     plaintext mtu {flow.plaintext_mtu}, path mtu {flow.path_mtu}, {mtu}",
        f"     current outbound spi: 0x{spi:X}({spi})",
        f"     PFS (Y/N): {'Y' if flow.pfs_group else 'N'}, DH group: {flow.pfs_group or 'none'}",
    ]
    for direction, sas in (("inbound", flow.inbound), ("outbound", flow.outbound)):
        for kind in ("esp", "ah", "pcp"):
            lines += ["", f"     {direction} {kind} sas:"]
            for sa in sas if kind == "esp" else ():
                lines += _sa_lines(flow, sa, now, detail=detail)
    return "".join(f"{line}\n" for line in lines)


def _counters(flow: IpsecFlow, *, detail: bool) -> list[str]:
    out, into = flow.encapsulated, flow.decapsulated
    lines = [
        f"    #pkts encaps: {out}, #pkts encrypt: {out}, #pkts digest: {out}",
        f"    #pkts decaps: {into}, #pkts decrypt: {into}, #pkts verify: {into}",
        "    #pkts compressed: 0, #pkts decompressed: 0",
        "    #pkts not compressed: 0, #pkts compr. failed: 0",
        "    #pkts not decompressed: 0, #pkts decompress failed: 0",
    ]
    if not detail:
        return [*lines, f"    #send errors {flow.send_errors}, #recv errors {flow.receive_errors}"]
    return [
        *lines,
        f"    #pkts no sa (send) {flow.send_errors}, #pkts invalid sa (rcv) 0",
        "    #pkts encaps failed (send) 0, #pkts decaps failed (rcv) 0",
        "    #pkts invalid prot (recv) 0, #pkts verify failed: 0",
        "    #pkts invalid identity (recv) 0, #pkts invalid len (rcv) 0",
        "    #pkts replay rollover (send): 0, #pkts replay rollover (rcv) 0",
        f"    ##pkts replay failed (rcv): {flow.replayed}",
        "    #pkts tagged (send): 0, #pkts untagged (rcv): 0",
        "    #pkts not tagged (send): 0, #pkts not untagged (rcv): 0",
        "    #pkts internal err (send): 0, #pkts internal err (recv) 0",
    ]


def _sa_lines(flow: IpsecFlow, sa: IpsecSa, now: float, *, detail: bool) -> list[str]:
    left = max(int(sa.created_at + sa.lifetime_s - now), 0)
    if sa.lifetime_kb is None:
        timing = [
            f"        sa timing: remaining key lifetime (sec): {left}",
            "        Kilobyte Volume Rekey has been disabled",
        ]
    else:
        timing = [f"        sa timing: remaining key lifetime (k/sec): ({sa.lifetime_kb}/{left})"]
    flags = f"sibling_flags 80000040, crypto map: {flow.map_name}"
    replay = f"        replay detection support: {'Y' if sa.window else 'N'}"
    if detail and sa.window:
        replay += f"  replay window size: {sa.window}"
    return [
        f"      spi: 0x{sa.spi:X}({sa.spi})",
        f"        transform: {sa.transform} ,",
        f"        in use settings ={{{sa.mode}, }}",
        f"        conn id: {sa.conn_id}, flow_id: SW:{sa.conn_id}, {flags}",
        *timing,
        f"        IV size: {sa.iv_bytes} bytes",
        replay,
        "        Status: ACTIVE(ACTIVE)",
    ]


@declared.exec("show crypto ipsec sa count", privilege=1)
def show_sa_count(call: Call) -> str:
    """How many SAs there are."""
    total = sum(len(flow.sas) for flow in call.router.feature(CryptoSas).flows)
    return f"IPsec SA total: {total}, active: {total}, rekeying: 0, unused: 0, invalid: 0\n"
