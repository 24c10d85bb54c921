"""Cooperation of key servers: `show crypto gdoi ks coop`."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from ..gdoi.records import CoopPeer, Role
from ..gdoi.server.coop import Coop
from ..gdoi.server.group import ServerGroup
from ..grammar import CLASSIC, XE, CommandSet
from ..shell.call import Call
from .gdoi_ks_choice import as_text, both_spellings, chosen_servers
from .gdoi_ks_layout import Layout, Row, layout_of
from .gdoi_ks_words import ALIVE, whole

ALONE = "        *NO* redundancy configured for this group"
UNHEARD = "Unknown"
"""The version of a key server from which nothing came."""
IKE_STATES: Mapping[bool, str] = MappingProxyType({True: "Established", False: "Failed"})
"""By whether the SA to a peer is up; the second is from memory."""
CLIENTS: Mapping[str, tuple[tuple[str, str], ...]] = MappingProxyType(
    {
        XE: (
            ("Cooperative key server infra", "2.0.0 "),
            ("Client : KS_POLICY_CLIENT", "2.0.0 "),
            ("Client : GROUP_MEMBER_CLIENT", "2.0.1 "),
            ("Client : SID_CLIENT", "1.0.1"),
        ),
        CLASSIC: (
            ("Cooperative key server infra", "1.0.2 "),
            ("Client : KS_POLICY_CLIENT", "1.0.1 "),
            ("Client : GROUP_MEMBER_CLIENT", "1.0.1 "),
            ("Client : SID_CLIENT", "1.0.1"),
        ),
    }
)
"""The parts of the cooperation and their versions: IOS-XE 17; those of IOS 15 from memory."""

declared = CommandSet()
declared.words(
    {
        "ks coop": "Show cooperative key server information",
        "ks coop detail": "Show detailed cooperative key server information",
        "ks coop version": "Show the versions of the cooperation",
    }
)


@both_spellings(declared, "ks coop [detail]")
def show_coop(call: Call) -> str:
    """The key servers of each group; `detail` adds nothing (published outputs)."""
    layout = layout_of(call.router)
    lines: list[str] = []
    for group in chosen_servers(call):
        lines += _group_lines(group, layout)
    return as_text([*lines, ""] if lines else [])


@both_spellings(declared, "ks coop version")
def show_version(call: Call) -> str:
    """What the software speaks with other key servers."""
    parts = CLIENTS[call.router.family]
    return as_text([*(f"{name} Version : {version}" for name, version in parts), ""])


def _group_lines(group: ServerGroup, layout: Layout) -> Iterator[str]:
    yield f"Crypto Gdoi Group Name :{group.policy.group} "
    yield (f"        Group handle: {group.handle}, Local Key Server handle: {group.server_handle}")
    if group.coop is None or group.policy.coop is None:
        yield ALONE
        yield ""
        return
    yield ""
    yield f"        Local Address: {group.policy.address} "
    yield f"        Local Priority: {group.policy.coop.priority:<9}"
    yield f"        Local KS Role: {group.role!s:<10}, Local KS Status: {ALIVE:<10}"
    if layout.has(Row.VERSIONS):
        yield f"        Local KS version: {group.host.server_version}"
    if layout.has(Row.COOP_VERSIONS):
        yield f"        Local COOP version: {group.host.coop_version} "
    yield from _timer_lines(group, group.coop, layout)
    yield "        Peer Sessions:"
    for number, peer in enumerate(peers_of(group), 1):
        yield f"        Session {number}:"
        yield from _peer_lines(peer, layout)
        yield ""


def peers_of(group: ServerGroup) -> list[CoopPeer]:
    """The other key servers in the order of the configuration; before the start by address only."""
    if group.coop is None or group.policy.coop is None:
        return []
    known = group.coop.peers
    if known:
        return list(known.values())
    others = [peer for peer in group.policy.coop.peers if peer != group.policy.address]
    return [
        CoopPeer(address=address, handle=group.server_handle + place)
        for place, address in enumerate(others, 1)
    ]


def _timer_lines(group: ServerGroup, coop: Coop, layout: Layout) -> Iterator[str]:
    parameters = group.host.parameters
    due = coop.due_at
    left = 0 if due is None else whole(due - group.kernel.now())
    if coop.role is Role.PRIMARY:
        yield "        Primary Timers: "
        yield f"                Primary Refresh Policy Time: {whole(parameters.announce_s)}"
        yield f"                Remaining Time: {left}"
    else:
        yield "        Secondary Timers: "
        yield f"                Sec Primary Periodic Time: {whole(parameters.query_s)} "
        yield f"                Remaining Time: {left}, Retries: {coop.retries}"
        yield f"                Invalid ANN PST recvd: {coop.invalid_pseudotimes}"
        blocking = "Yes" if coop.blocking else "No"
        yield f"                New GM Temporary Blocking Enforced?: {blocking}"
        if layout.has(Row.COOP_VERSIONS):
            yield "                Per-user timer remaining time: 0"
    yield f"                Antireplay Sequence Number: {coop.sequence}"
    if not layout.wide:
        yield ""


def _peer_lines(peer: CoopPeer, layout: Layout) -> Iterator[str]:
    rows = [f"Server handle: {peer.handle}", f"Peer Address: {peer.address}"]
    if layout.has(Row.VERSIONS):
        rows.append(f"Peer Version: {peer.version or UNHEARD}")
    if layout.has(Row.COOP_VERSIONS):
        rows.append(f"Peer COOP version: {peer.coop_version or UNHEARD} ")
        rows.append(f"COOP Protocol: {peer.protocol}")
    rows += [
        f"Peer Priority: {peer.priority:<16}",
        f"Peer KS Role: {peer.role!s:<10}, Peer KS Status: {peer.status!s:<10}",
        f"Antireplay Sequence Number: {peer.sequence}",
    ]
    yield from (f"                {row}" for row in rows)
    yield ""
    yield f"                IKE status: {IKE_STATES[peer.established]}"
    yield "                Counters:"
    counters = [
        f"Ann msgs sent: {peer.sent}",
        f"Ann msgs sent with reply request: {peer.sent_asking}",
        f"Ann msgs recv: {peer.received} ",
        f"Ann msgs recv with reply request: {peer.received_asking}",
        f"Packet sent drops: {peer.sent_drops} ",
        f"Packet Recv drops: {peer.received_drops} ",
        f"Total bytes sent: {peer.bytes_sent} ",
        f"Total bytes recv: {peer.bytes_received}",
    ]
    yield from (f"                    {counter}" for counter in counters)
