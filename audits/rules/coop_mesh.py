"""Who lists whom as cooperative key server."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..context import GROUP, GroupContext, ServerContext, config_evidence, show_evidence
from ..facts import Address
from ..group_keys import block_gap, gdoi_or_gkm
from ..needs import CONFIG, KS_COOP
from ..rule import Evidence, Fix, Grade, Outcomes, Severity, rule
from ..servers import NO_SERVER, absent_servers, address_of, coop, cooperates, own_addresses
from ..sources import COMMANDS
from ..teams import teams

_SERVER = """
hostname {host}
crypto gdoi group G1
 identity number 1001
 server local
  address ipv4 {address}
  redundancy
   local priority 100
{peers}interface Loopback0
 ip address {address} 255.255.255.255
"""


def _example(host: str, address: str, *peers: str) -> str:
    lines = "".join(f"   peer address ipv4 {peer}\n" for peer in peers)
    return _SERVER.format(host=host, address=address, peers=lines)


@rule(
    code="COOP008",
    aliases=("GV-068",),
    title="All key servers of a group list each other by their own addresses",
    severity=Severity.CRITICAL,
    scope=GROUP,
    needs=(CONFIG, KS_COOP),
    source=COMMANDS,
    rationale="""
        A key server takes announcements only from the peers that it lists, by the address that
        they have under `address ipv4`. Two that do not list each other do not share members and
        keys, and may both become primary.
    """,
    remediation="""
crypto gdoi group {group}
 server local
  redundancy
   peer address ipv4 {peers}""",
    bad={
        "ks1.cfg": _example("ks1", "10.10.1.1", "10.10.2.1", "10.10.3.1"),
        "ks2.cfg": _example("ks2", "10.10.2.1", "10.10.1.1"),
        "ks3.cfg": _example("ks3", "10.10.3.1", "10.10.1.1", "10.10.2.1"),
    },
    good={
        "ks1.cfg": _example("ks1", "10.10.1.1", "10.10.2.1"),
        "ks2.cfg": _example("ks2", "10.10.2.1", "10.10.1.1"),
    },
)
def peers_not_listed(ctx: GroupContext) -> Outcomes:
    """Each key server has to list every address that any other has or lists."""
    if not ctx.group.servers:
        yield ctx.not_checked(NO_SERVER)
    for team in teams(ctx):
        yield from _mesh(ctx, team)


def _mesh(ctx: GroupContext, team: Sequence[ServerContext]) -> Outcomes:
    nodes = []
    for server in team:
        node = _node(server)
        if node is not None:
            nodes.append(node)
        elif cooperates(server) is not False:
            gap = block_gap(server)
            yield server.not_checked(gap) if gap else server.missing()
    others = _other_addresses(team)
    known: dict[Address, Evidence] = {}
    for node in nodes:
        for address, evidence in node.addresses():
            known.setdefault(others.get(address, address), evidence)
    for node in nodes:
        yield from _faults(node, known, others)
    for address in absent_servers(team):
        if address not in others:
            yield ctx.not_checked(f"the peers of key server {address} are not known")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Node:
    """A key server with the addresses that it lists, each with its proof."""

    server: ServerContext
    address: Address | None
    head: Evidence
    peers: dict[Address, Evidence]

    def addresses(self) -> Iterator[tuple[Address, Evidence]]:
        """Its own address, then those of its peers."""
        if self.address is not None:
            yield self.address, self.head
        yield from self.peers.items()


def _node(server: ServerContext) -> _Node | None:
    """What the key server lists, by its configuration or else by its sessions."""
    view, shown = server.view, coop(server)
    if view is not None and view.redundancy is not None and not block_gap(server):
        lines = zip(view.redundancy.peers, view.redundancy.peer_lines, strict=True)
        head = config_evidence(server.device, view.redundancy)
        peers = {peer: config_evidence(server.device, line) for peer, line in lines}
    elif view is None and shown is not None and shown[1].redundancy and shown[0].complete:
        head = show_evidence(*shown)
        peers = {peer.address: show_evidence(shown[0], peer, "address") for peer in shown[1].peers}
    else:
        return None
    return _Node(server=server, address=address_of(server), head=head, peers=peers)


def _other_addresses(team: Sequence[ServerContext]) -> dict[Address, Address]:
    """Addresses of key servers on other interfaces, each with the one that is right."""
    right = {address_of(server) for server in team}
    found: dict[Address, Address] = {}
    for server in team:
        address = address_of(server)
        if address is not None:
            own = own_addresses(server.device)
            found.update((each, address) for each, _ in own if each not in right)
    return found


def _faults(
    node: _Node, known: dict[Address, Evidence], others: dict[Address, Address]
) -> Outcomes:
    server = node.server
    name = f"key server {server.device.name} of group {server.group}"
    if node.address is None:
        message = f"{name} has no address that its peers could list"
        yield server.finding(node.head, message, group=server.group, peers="<its peers>")
        return
    for peer, evidence in node.peers.items():
        if peer in others:
            right = others[peer]
            message = f"{name} lists {peer}, another address of key server {right}"
            fixes = _peers(node, f"no peer address ipv4 {peer}", f"peer address ipv4 {right}")
            yield server.finding(evidence, message, group=server.group, peers=right, fixes=fixes)
    listed = {others.get(peer, peer) for peer in node.peers} | {node.address}
    missing = [address for address in known if address not in listed]
    if missing:
        names = ", ".join(map(str, missing))
        message = f"{name} does not list key server {names} as its peer"
        proofs = (node.head, *(known[address] for address in missing))
        fixes = _peers(node, *(f"peer address ipv4 {address}" for address in missing))
        yield server.finding(proofs, message, group=server.group, peers=names, fixes=fixes)


def _peers(node: _Node, *lines: str) -> tuple[Fix, ...]:
    """Lines for the peers of a key server, where its configuration is known."""
    server = node.server
    if server.view is None:
        return ()
    block = (f"crypto {gdoi_or_gkm(server)} group {server.group}", " server local", "  redundancy")
    typed = (*block, *(f"   {line}" for line in lines))
    return (Fix(device=server.device.name, lines=typed, grade=Grade.SAFE),)
