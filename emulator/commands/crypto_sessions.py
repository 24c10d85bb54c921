"""Showing sessions: `show crypto session`, a peer with its IKE SAs and what is protected."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..grammar import CLASSIC, CommandSet
from ..services.crypto_sas import GDOI_PORT, CryptoSas, IkeSa, Ikev2Sa, IpsecFlow
from ..services.sa_tables import REKEY
from ..shell.call import Call
from .ipsec_sas import flows_of

if TYPE_CHECKING:
    from ..device import Router

CURRENT = "Crypto session current status\n"
LEGEND = (
    "\n"
    "Code: C - IKE Configuration mode, D - Dead Peer Detection     \n"
    "K - Keepalives, N - NAT-traversal, T - cTCP encapsulation     \n"
    "X - IKE Extended Authentication, F - IKE Fragmentation\n"
)
CLASSIC_LEGEND = f"{LEGEND}R - IKE Auto Reconnect\n"
XE_LEGEND = f"{LEGEND}R - IKE Auto Reconnect, U - IKE Dynamic Route Update\nS - SIP VPN\n"
NAMES = {0: "ip"}
HOSTS = ("255.255.255.255", "128")

declared = CommandSet()
declared.words(
    {
        "show crypto session": "Show crypto sessions (tunnels)",
        "session brief": "Brief output",
        "session detail": "Detailed output",
        "session interface detail": "Detailed output",
        "session local detail": "Detailed output",
        "session remote detail": "Detailed output",
        "session interface": "Show crypto sessions on an interface",
        "session local": "Show crypto sessions for a local crypto endpoint",
        "session local A.B.C.D": "IP address of the local end",
        "session remote": "Show crypto sessions for a remote IKE peer",
        "session remote A.B.C.D": "IP address of the peer",
    }
)


@declared.exec(
    "show crypto session [detail]",
    "show crypto session interface <interface:interface> [detail]",
    "show crypto session local <local:ipv4> [detail]",
    "show crypto session remote <remote:ipv4> [detail]",
    privilege=1,
)
def show_session(call: Call) -> str:
    """The sessions: a peer, its IKE SAs, and what is protected with it."""
    router, detail = call.router, call.has("detail")
    said = [CURRENT]
    if detail:
        said.append(CLASSIC_LEGEND if router.family == CLASSIC else XE_LEGEND)
    places: dict[tuple[str, str, str, int], list[IpsecFlow]] = {}
    for flow in flows_of(router):
        if call.get("interface") in (None, flow.interface):
            key = flow.interface, flow.local_address, flow.peer, flow.peer_port
            places.setdefault(key, []).append(flow)
    tables = router.feature(CryptoSas)
    grouped = {flow.identity or flow.local_address for flow in tables.flows if flow.group}
    sas = _both(tables.ike, tables.ikev2)
    by_ends: dict[tuple[str, str], list[IkeSa | Ikev2Sa]] = {}
    for sa in sas:
        if sa.purpose == REKEY:
            continue
        by_ends.setdefault((sa.local, sa.remote), []).append(sa)
        own = not _of_group(sa) or sa.local not in grouped
        if own and call.get("interface") in (None, sa.interface):
            places.setdefault((sa.interface, sa.local, sa.remote, sa.remote_port), [])
    for (interface, local, remote, port), flows in places.items():
        if call.get("local") in (None, local) and call.get("remote") in (None, remote):
            of_group = any(flow.group for flow in flows)
            near = sas if of_group else by_ends.get((local, remote), [])
            shown = _Session(router, near, interface, local, remote, port, flows)
            said += ["\n", shown.text(detail=detail)]
    return "".join((*said, "\n"))


class _Session:
    """One peer on one interface; `near` are SAs that may be with it."""

    def __init__(
        self,
        router: "Router",
        near: list[IkeSa | Ikev2Sa],
        interface: str,
        local: str,
        remote: str,
        port: int,
        flows: list[IpsecFlow],
    ) -> None:
        self._now = router.clock.now()
        self._interface = interface
        self._peer = remote, port
        self._flows = flows
        # the SAs with the key servers of a group belong to its flows, which have no peer
        groups = {flow.group: flow.identity or local for flow in flows if flow.group}
        fitting = [sa for sa in near if _belongs(sa, local, remote, groups)]
        self._ike = [sa for sa in fitting if isinstance(sa, IkeSa)]
        self._ikev2 = [sa for sa in fitting if isinstance(sa, Ikev2Sa)]

    @property
    def status(self) -> str:
        """What IOS calls the state of all together."""
        ike = bool(self._ikev2) or any(sa.active for sa in self._ike)
        if any(flow.sas for flow in self._flows):
            return "UP-ACTIVE" if ike or any(flow.group for flow in self._flows) else "UP-NO-IKE"
        if ike:
            return "UP-IDLE"
        return "DOWN-NEGOTIATING" if self._ike else "DOWN"

    def text(self, *, detail: bool) -> str:
        """The lines of the session."""
        remote, port = self._peer
        lines = [f"Interface: {self._interface}"]
        profile = next((flow.profile for flow in self._flows if flow.profile), "")
        if profile:
            lines.append(f"Profile: {profile}")
        begun = [sa.established_at for sa in _both(self._ike, self._ikev2)]
        if detail and begun:
            lines.append(f"Uptime: {_span(self._now - min(begun))}")
        lines.append(f"Session status: {self.status}")
        if detail:
            ivrf = next((flow.vrf for flow in self._flows if flow.vrf), "(none)")
            lines.append(f"Peer: {remote} port {port} fvrf: (none) ivrf: {ivrf}")
            known = [sa.peer_id or sa.remote for sa in self._ike]
            known += [sa.remote_id for sa in self._ikev2]
            lines += [
                f"      Phase1_id: {known[-1] if known else '(none)'}",
                "      Desc: (none)",
            ]
        else:
            lines.append(f"Peer: {remote} port {port} ")
        for sa in _both(self._ike, self._ikev2):
            lines += self._ike_lines(sa, detail=detail)
        for flow in self._flows:
            lines += self._flow_lines(flow, detail=detail)
        return "".join(f"{line}\n" for line in lines)

    def _ike_lines(self, sa: IkeSa | Ikev2Sa, *, detail: bool) -> list[str]:
        if isinstance(sa, Ikev2Sa):
            version, session, up, connection, letters = (
                "IKEv2",
                sa.session_id,
                True,
                sa.tunnel_id,
                "",
            )
        else:
            version, session, up = "IKEv1", 0, sa.active
            connection, letters = sa.conn_id, sa.capabilities
        ends = f"local {sa.local}/{sa.local_port} remote {sa.remote}/{sa.remote_port}"
        lines = [f"  Session ID: {session}  "]
        lines.append(f"  {version} SA: {ends} {'Active' if up else 'Inactive'} ")
        if detail:
            left = max(sa.established_at + sa.lifetime_s - self._now, 0)
            lines.append(
                f"          Capabilities:{letters or '(none)'} connid:{connection} "
                f"lifetime:{_span(left)}"
            )
        return lines

    def _flow_lines(self, flow: IpsecFlow, *, detail: bool) -> list[str]:
        origin = "dynamic crypto map" if "dynamic" in flow.flags else "crypto map"
        lines = [
            f"  IPSEC FLOW: {'permit' if flow.permit else 'deny'} {_flow_words(flow)} ",
            f"        Active SAs: {len(flow.sas)}, origin: {origin}",
        ]
        if detail:
            into, out = flow.inbound[-1:], flow.outbound[-1:]
            lines += [
                "        Inbound:  #pkts dec'ed "
                f"{flow.decapsulated} drop {flow.receive_errors} life (KB/Sec) "
                + (self._left(flow) if into else "0/0"),
                "        Outbound: #pkts enc'ed "
                f"{flow.encapsulated} drop {flow.send_errors} life (KB/Sec) "
                + (self._left(flow) if out else "0/0"),
            ]
        return lines

    def _left(self, flow: IpsecFlow) -> str:
        sa = (flow.inbound or flow.outbound)[-1]
        left = max(int(sa.created_at + sa.lifetime_s - self._now), 0)
        return f"{'KB Vol Rekey Disabled' if sa.lifetime_kb is None else sa.lifetime_kb}/{left}"


def _both(ike: list[IkeSa], ikev2: list[Ikev2Sa]) -> list[IkeSa | Ikev2Sa]:
    return [*ike, *ikev2]


def _belongs(sa: IkeSa | Ikev2Sa, local: str, remote: str, groups: Mapping[str, str]) -> bool:
    """Whether an SA is one with a peer, or with a key server of one of some groups.

    The groups are given with the address of the member. SAs of rekeys are in no session (capture).
    """
    if not groups or sa.purpose == REKEY:
        return (sa.local, sa.remote) == (local, remote) and sa.purpose != REKEY
    return _of_group(sa) and any(
        sa.local == address and sa.group_name in ("", name) for name, address in groups.items()
    )


def _of_group(sa: IkeSa | Ikev2Sa) -> bool:
    """Whether an SA is one with a key server."""
    return sa.local_port == GDOI_PORT or bool(sa.purpose)


def _flow_words(flow: IpsecFlow) -> str:
    protocol = NAMES.get(flow.local.protocol, str(flow.local.protocol))
    words = [protocol]
    for end in (flow.local, flow.remote):
        words.append(f"host {end.address}" if end.mask in HOSTS else f"{end.address}/{end.mask}")
        if end.port:
            words.append(f"port {end.port}")
    return " ".join(words)


def _span(seconds: float) -> str:
    whole = int(seconds)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}"
