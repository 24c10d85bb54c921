"""Cooperative key servers: how many, which priorities, and nothing else on them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ...parsers.config.defaults import REDUNDANCY_PRIORITY
from ..context import (
    DEVICE,
    GROUP,
    DeviceContext,
    GroupContext,
    ServerContext,
    config_evidence,
    show_evidence,
)
from ..facts import Address
from ..group_keys import servers_of
from ..needs import CONFIG, GDOI, KS_COOP
from ..rule import Evidence, Outcome, Outcomes, Severity, rule
from ..servers import ALIVE, NO_SERVER, absent_servers, address_of, coop
from ..sources import CONCEPTS
from ..teams import teams

_ALONE = """
hostname ks1
crypto gdoi group G1
 identity number 1001
 server local
  address ipv4 10.10.1.1
"""


def _with_peers(count: int) -> str:
    peers = "".join(f"   peer address ipv4 10.10.{n}.1\n" for n in range(2, count + 2))
    return _ALONE + "  redundancy\n   local priority 100\n" + peers


@rule(
    code="COOP001",
    aliases=("GV-001",),
    title="A group has at least two cooperative key servers",
    severity=Severity.CRITICAL,
    scope=GROUP,
    needs=(CONFIG, KS_COOP),
    thresholds=("coop_servers_min",),
    source=CONCEPTS,
    rationale="""
        The key server holds the control plane of the whole group. When the only one is down, no
        member can register or rekey, and traffic stops when the last keys expire.
    """,
    remediation="""
crypto gdoi group {group}
 server local
  redundancy
   local priority <1-255>
   peer address ipv4 <other key server>""",
    bad={"ks1.cfg": _ALONE},
    good={"ks1.cfg": _with_peers(1)},
)
def single_key_server(ctx: GroupContext) -> Outcomes:
    """Every key server has enough peers by its configuration, and enough of them are alive."""
    for server in servers_of(ctx):
        outcomes = tuple(_too_few_configured(server, ctx.settings.coop_servers_min))
        yield from outcomes or _too_few_alive(server, ctx.settings.coop_servers_min)
    if not ctx.group.servers:
        yield ctx.not_checked(NO_SERVER)


def _too_few_configured(server: ServerContext, wanted: int) -> Iterator[Outcome]:
    view = server.view
    if view is None:
        return
    count = 1 + len(view.redundancy.peers if view.redundancy else ())
    if count >= wanted:
        return
    if not server.device.block_complete(view.line):
        yield server.not_checked(f"block of group {server.group} is not known in full")
        return
    how = f"lists {_peers(count - 1)}" if view.redundancy else "has no 'redundancy' block"
    message = f"key server of group {server.group} {how}: {count} of at least {wanted} key servers"
    yield server.at(view.redundancy or view, "", message, group=server.group)


def _too_few_alive(server: ServerContext, wanted: int) -> Iterator[Outcome]:
    shown = coop(server)
    if shown is None or not shown[0].complete:
        if server.view is None:
            yield server.missing()
        return
    output, group = shown
    alive = 1 + sum(peer.status == ALIVE for peer in group.peers)
    if group.redundancy is False:
        problem = "has no redundancy"
    elif 1 + len(group.peers) < wanted:
        problem = f"has {_peers(len(group.peers))}"
    elif alive < wanted:
        problem = f"sees {alive - 1} of {_peers(len(group.peers))} alive"
    else:
        return
    message = f"key server of group {server.group} {problem}: {alive} of at least {wanted}"
    yield server.shown(output, group, "", f"{message} key servers", group=server.group)


def _peers(count: int) -> str:
    return f"{count} peer" if count == 1 else f"{count} peers"


@rule(
    code="COOP002",
    aliases=("GV-002",),
    title="A group has at most eight cooperative key servers",
    severity=Severity.HIGH,
    scope=GROUP,
    needs=(CONFIG, KS_COOP),
    thresholds=("coop_servers_max",),
    source=CONCEPTS,
    rationale="""
        Cisco supports up to eight key servers in a group. Each announces its database to all
        others, so every further one adds to the load of all.
    """,
    remediation="""
crypto gdoi group {group}
 server local
  redundancy
   no peer address ipv4 <key server beyond the {most} to keep>""",
    bad={"ks1.cfg": _with_peers(8)},
    good={"ks1.cfg": _with_peers(7)},
)
def too_many_key_servers(ctx: GroupContext) -> Outcomes:
    """Count the peers of each key server, and the key servers that were given."""
    most = ctx.settings.coop_servers_max
    for group, count, evidence in _key_servers(ctx):
        if evidence is None:
            yield ctx.not_checked(NO_SERVER)
        elif count > most:
            message = f"group {group} has {count} key servers, more than {most}"
            yield ctx.finding(evidence, message, group=group, most=most)


@rule(
    code="COOP003",
    aliases=("GV-003",),
    title="A group has no more than four cooperative key servers without need",
    severity=Severity.INFO,
    scope=GROUP,
    needs=(CONFIG, KS_COOP),
    thresholds=("coop_servers_advised", "coop_servers_max"),
    source=CONCEPTS,
    rationale="""
        More than four key servers are seldom needed: they have to be kept alike by hand, and
        each one more is one more that can differ.
    """,
    remediation="Keep no more than {advised} key servers, unless sites need one of their own.",
    bad={"ks1.cfg": _with_peers(4)},
    good={"ks1.cfg": _with_peers(3)},
)
def more_key_servers_than_needed(ctx: GroupContext) -> Outcomes:
    """As COOP002, up to where that rule begins."""
    advised = ctx.settings.coop_servers_advised
    for group, count, evidence in _key_servers(ctx):
        if evidence is None:
            yield ctx.not_checked(NO_SERVER)
        elif advised < count <= ctx.settings.coop_servers_max:
            message = f"group {group} has {count} key servers, more than the usual {advised}"
            yield ctx.finding(evidence, message, advised=advised)


def _key_servers(ctx: GroupContext) -> Iterator[tuple[str, int, Evidence | None]]:
    """The group's name, the largest number of key servers that a text tells of, and that text."""
    for team in teams(ctx) or ((),):
        counts: list[tuple[int, Evidence]] = []
        for server in team:
            if server.view is not None:
                redundancy = server.view.redundancy
                peers = len(redundancy.peers if redundancy else ())
                evidence = config_evidence(server.device, redundancy or server.view)
                counts.append((1 + peers, evidence))
            shown = coop(server)
            if shown is not None:
                counts.append((1 + len(shown[1].peers), show_evidence(*shown)))
        if not counts:
            yield ctx.group.name, 0, None
            continue
        count, proof = max(counts, key=lambda each: each[0])
        addresses = {address_of(server) for server in team} - {None}
        yield team[0].group, max(count, len(addresses)), proof


@rule(
    code="COOP004",
    aliases=("GV-004",),
    title="A key server is not also a group member",
    severity=Severity.CRITICAL,
    scope=DEVICE,
    needs=(CONFIG, GDOI),
    source=CONCEPTS,
    rationale="""
        A key server cannot be a member of a group. It keeps the keys of all members and should
        do nothing else: traffic on it competes with registrations and rekeys.
    """,
    remediation="Move the part as group member to another device and remove it here: {lines}.",
    bad={"ks1.cfg": _ALONE + "crypto gdoi group G2\n server address ipv4 10.10.9.1\n"},
    good={"ks1.cfg": _ALONE},
)
def key_server_as_member(ctx: DeviceContext) -> Outcomes:
    """Look for a group with `server address`, and for a crypto map that uses a served group.

    A crypto map that stands on no interface makes no member yet.
    """
    if all(role.device is not ctx.device for role in ctx.fleet.servers):
        return
    faults = (*_member_groups(ctx), *_maps(ctx)) or tuple(_member_groups_shown(ctx))
    yield from faults
    whole = any(output.complete for output in ctx.records(GDOI))
    if not faults and not whole and (ctx.config is None or ctx.config_missing):
        yield ctx.missing()


def _member_groups(ctx: DeviceContext) -> Outcomes:
    if ctx.config is None or not ctx.config.key_servers:
        return
    server = ctx.config.key_servers[0]
    for view in ctx.config.group_members:
        places = (config_evidence(ctx.device, view, "servers"), config_evidence(ctx.device, server))
        message = f"key server of group {server.group} is member of group {view.group}"
        yield ctx.finding(places, message, lines=f"crypto {view.spelling} group {view.group}")


def _maps(ctx: DeviceContext) -> Outcomes:
    if ctx.config is None:
        return
    served = {view.group for view in ctx.config.key_servers}
    entries = ((each, entry) for each in ctx.config.crypto_maps for entry in each.entries)
    for each, entry in entries:
        if entry.group not in served:
            continue
        message = (
            f"crypto map {each.name} on {each.interfaces[0]} makes the key server of group "
            f"{entry.group} a member of it"
            if each.interfaces
            else f"crypto map {each.name} is for group {entry.group}, of which this is the key "
            "server: on an interface it would make the device a member"
        )
        severity = None if each.interfaces else Severity.LOW
        evidence = config_evidence(ctx.device, entry, "group")
        yield ctx.finding(evidence, message, severity=severity, lines=f"crypto map {each.name}")


def _member_groups_shown(ctx: DeviceContext) -> Outcomes:
    for output in ctx.records(GDOI):
        serving = [group for group in output.record.groups if group.role == "key-server"]
        joined = [group for group in output.record.groups if group.role == "group-member"]
        for group in joined if serving else ():
            evidence = [show_evidence(output, each, "role") for each in (group, serving[0])]
            message = f"key server of group {serving[0].group} is member of group {group.group}"
            yield ctx.finding(evidence, message, lines=f"crypto gdoi group {group.group}")


_PAIR = """
hostname {host}
crypto gdoi group G1
 identity number 1001
 server local
  address ipv4 {address}
  redundancy
   {priority}
   peer address ipv4 {peer}
"""
_KS1 = _PAIR.format(
    host="ks1", address="10.10.1.1", peer="10.10.2.1", priority="local priority 100"
)
_KS2 = {"host": "ks2", "address": "10.10.2.1", "peer": "10.10.1.1"}


@rule(
    code="COOP005",
    aliases=("GV-036",),
    title="Every key server has a priority of its own",
    severity=Severity.MEDIUM,
    scope=GROUP,
    needs=(CONFIG, KS_COOP),
    source=CONCEPTS,
    rationale="""
        The key server with the highest priority is elected; among equals the highest address
        decides. Distinct priorities say who is to be primary, in normal times and after a fault,
        which makes the group easier to set up and to troubleshoot.
    """,
    remediation="""
crypto gdoi group {group}
 server local
  redundancy
   local priority <2-255, another on each key server>""",
    bad={"ks1.cfg": _KS1, "ks2.cfg": _PAIR.format(priority="local priority 100", **_KS2)},
    good={"ks1.cfg": _KS1, "ks2.cfg": _PAIR.format(priority="local priority 75", **_KS2)},
)
def priorities_not_chosen(ctx: GroupContext) -> Outcomes:
    """Priorities by the configurations, then by what the key servers show of each other."""
    if not ctx.group.servers:
        yield ctx.not_checked(NO_SERVER)
    for team in teams(ctx):
        known: dict[Address | str, _Priority] = {}
        for server in team:
            local = _configured_priority(server) or _shown_priority(server)
            if local is not None:
                known[address_of(server) or server.device.name] = local
            elif server.view is None:
                yield server.missing()
        for server in team:
            for address, peer in _peer_priorities(server):
                known.setdefault(address, peer)
        for each in known.values():
            yield from each.faults(ctx)
        yield from _equal_priorities(ctx, known.values())
        for address in absent_servers(team):
            if address not in known:
                yield ctx.not_checked(f"the priority of key server {address} is not known")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Priority:
    """The priority of the key server called `name`; `gap` says why it may not be `value`."""

    name: str
    value: int
    evidence: Evidence
    device: str
    gap: str = ""

    def faults(self, ctx: GroupContext) -> Outcomes:
        """The default is a fault; where it comes from an absent line, the block must be whole."""
        if self.value != REDUNDANCY_PRIORITY:
            return
        if self.gap:
            yield ctx.not_checked(self.gap, device=self.device)
            return
        message = f"key server {self.name} of group {ctx.group.name} has the default priority"
        yield ctx.finding(
            self.evidence,
            f"{message} {REDUNDANCY_PRIORITY}",
            device=self.device,
            group=ctx.group.name,
        )


def _configured_priority(server: ServerContext) -> _Priority | None:
    if server.view is None or server.view.redundancy is None:
        return None
    redundancy = server.view.redundancy
    whole = not redundancy.is_default("priority") or server.device.block_complete(server.view.line)
    return _Priority(
        name=server.device.name,
        value=redundancy.priority,
        evidence=config_evidence(server.device, redundancy, "priority"),
        device=server.device.name,
        gap="" if whole else f"block of group {server.group} is not known in full",
    )


def _shown_priority(server: ServerContext) -> _Priority | None:
    shown = coop(server)
    if shown is None or shown[1].priority is None:
        return None
    evidence = show_evidence(*shown, "priority")
    name = server.device.name
    return _Priority(name=name, value=shown[1].priority, evidence=evidence, device=name)


def _peer_priorities(server: ServerContext) -> Iterator[tuple[Address, _Priority]]:
    shown = coop(server)
    for peer in shown[1].peers if shown else ():
        if shown is not None and peer.priority is not None:
            yield (
                peer.address,
                _Priority(
                    name=str(peer.address),
                    value=peer.priority,
                    evidence=show_evidence(shown[0], peer, "priority"),
                    device="",
                ),
            )


def _equal_priorities(ctx: GroupContext, known: Iterable[_Priority]) -> Outcomes:
    by_value: dict[int, list[_Priority]] = {}
    for each in known:
        by_value.setdefault(each.value, []).append(each)
    for value, same in by_value.items():
        if len(same) > 1 and value != REDUNDANCY_PRIORITY:
            names = " and ".join(each.name for each in same)
            message = f"key servers {names} of group {ctx.group.name} have the same priority"
            evidence = [each.evidence for each in same]
            yield ctx.finding(evidence, f"{message} {value}", group=ctx.group.name)
