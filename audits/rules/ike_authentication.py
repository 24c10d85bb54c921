"""Whether every member can authenticate with every key server, and key servers with each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..context import GROUP, GroupContext, MemberContext, ServerContext, config_evidence
from ..group_keys import members_of, servers_of
from ..ike import member_addresses, registers_by_ikev1, registration_vrfs
from ..ike_peers import Means, ikev1_means, ikev2_means, wanted
from ..listing import KeyServer, key_servers
from ..needs import CONFIG
from ..rule import Finding, Outcomes, Severity, rule
from ..sources import CONCEPTS

if TYPE_CHECKING:
    from ...parsers.config import ConfigLine, DeviceConfig, GroupMemberConfig, KeyServerConfig
    from ..facts import Address

_NAMED = 4

_SERVER = """
hostname ks1
crypto isakmp policy 10
 encryption aes 256
 hash sha256
 authentication pre-share
 group 19
crypto isakmp key 6 <removed> address 10.10.2.1
{key}crypto gdoi group G1
 identity number 1001
 server local
  address ipv4 10.10.1.1
  redundancy
   local priority 100
   peer address ipv4 10.10.2.1
"""
_MEMBER = """
hostname gm1
crypto isakmp policy 10
 encryption aes 256
 hash sha256
 authentication pre-share
 group 19
crypto isakmp key 6 <removed> address 10.10.1.1
crypto isakmp key 6 <removed> address 10.10.2.1
crypto gdoi group G1
 identity number 1001
 server address ipv4 10.10.1.1
 server address ipv4 10.10.2.1
crypto map WAN 10 gdoi
 set group G1
interface GigabitEthernet0/0/1
 ip address 10.20.1.1 255.255.255.252
 crypto map WAN
"""


@rule(
    code="IKE007",
    aliases=("GV-054",),
    title="Members and key servers can authenticate each other in IKE",
    severity=Severity.HIGH,
    scope=GROUP,
    needs=(CONFIG,),
    source=CONCEPTS,
    rationale="""
        A member registers over IKE, and key servers cooperate over it: both sides need a
        pre-shared key for the other, or certificates, and a method that both take. What is
        missing towards the second key server is only noticed when the first one fails.
    """,
    remediation="""
crypto isakmp policy <priority>
 authentication pre-share
crypto isakmp key <key> address {peer}
! with G-IKEv2 the key stands in the keyring of the IKEv2 profile""",
    bad={"ks1.cfg": _SERVER.format(key=""), "gm1.cfg": _MEMBER},
    good={
        "ks1.cfg": _SERVER.format(key="crypto isakmp key 6 <removed> address 10.20.1.1\n"),
        "gm1.cfg": _MEMBER,
    },
)
def authentication(ctx: GroupContext) -> Outcomes:
    """Look on each side for a key for the other, or a certificate; and for a common method.

    Keys for a whole range count; whether two keys are the same cannot be seen.
    """
    members, servers = tuple(_members(ctx)), tuple(_servers(ctx))
    known = {each.ctx.device.name for each in members} | {each.ctx.device.name for each in servers}
    for each in (*members_of(ctx), *servers_of(ctx)):
        if each.device.name not in known:
            yield each.missing()
    if not ctx.group.members:
        yield ctx.not_checked("no member of the group is known")
    for member in members:
        own = [server for server in servers if server.serves(member)]
        opposed = next((server for server in own if _opposed(member, server)), None)
        if opposed is not None:
            yield _no_method(member, opposed)
        else:
            yield from _towards_servers(member, own)
    for server in servers:
        yield from _towards_members(server, [each for each in members if server.serves(each)])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Member:
    """A member with its configuration, how it authenticates, and the addresses it uses."""

    ctx: MemberContext
    config: DeviceConfig
    view: GroupMemberConfig
    means: Means
    addresses: tuple[Address, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Server:
    """A key server with its configuration and how it authenticates in both versions of IKE."""

    ctx: ServerContext
    config: DeviceConfig
    view: KeyServerConfig
    known: KeyServer
    ikev1: Means
    ikev2: Means | None

    def serves(self, member: _Member) -> bool:
        """Whether `member` is one of its members."""
        return self.known.serves(member.view.group, member.view.servers)

    def means(self, member: _Member) -> Means | None:
        """Those towards `member`; None where it does not serve that version of IKE."""
        if not registers_by_ikev1(member.view):
            return self.ikev2
        return self.ikev1 if self.view.gdoi else None


def _members(ctx: GroupContext) -> Iterator[_Member]:
    for member in members_of(ctx):
        if member.configured is not None:
            view, config = member.configured
            yield _Member(
                ctx=member,
                config=config,
                view=view,
                means=ikev1_means(member.device, config, registration_vrfs(config, view))
                if registers_by_ikev1(view)
                else ikev2_means(member.device, config, view.ikev2_profile),
                addresses=tuple(member_addresses(member.device, view)),
            )


def _servers(ctx: GroupContext) -> Iterator[_Server]:
    for known in key_servers(ctx):
        if known.server.configured is not None:
            view, config = known.server.configured
            device = known.server.device
            yield _Server(
                ctx=known.server,
                config=config,
                view=view,
                known=known,
                ikev1=ikev1_means(device, config),
                ikev2=ikev2_means(device, config, view.gikev2) if view.gikev2 else None,
            )


def _opposed(member: _Member, server: _Server) -> bool:
    """Whether both have ISAKMP policies, known in full, without a method in common."""
    return (
        registers_by_ikev1(member.view)
        and server.view.gdoi
        and bool(member.config.isakmp_policies and server.config.isakmp_policies)
        and not (member.ctx.config_missing or server.ctx.config_missing)
        and not member.means.methods & server.ikev1.methods
    )


def _no_method(member: _Member, server: _Server) -> Finding:
    sides = (
        config_evidence(side.ctx.device, side.config.isakmp_policies[0], "authentication")
        for side in (member, server)
    )
    mine, its = (
        " and ".join(sorted(each)) for each in (member.means.methods, server.ikev1.methods)
    )
    return member.ctx.finding(
        sides,
        f"ISAKMP policies authenticate by {mine}, those of key server {server.ctx.device.name} by"
        f" {its}: they have no method in common",
        peer=server.known.address or "<key server>",
    )


def _towards_servers(member: _Member, servers: Iterable[_Server]) -> Outcomes:
    """Whether the member can authenticate with each key server that it lists."""
    known = {server.known.address: server for server in servers}
    lacking = _Lacking(member.means)
    for address, line in zip(member.view.servers, member.view.server_lines, strict=True):
        if not isinstance(address, str):
            its = known[address].means(member) if address in known else None
            lacking.look(address, line, its)
        elif not member.means.serve_all(member.means.methods):
            yield member.ctx.not_checked(f"the address of key server {address} is not known")
    yield from lacking.outcomes(member.ctx)


def _towards_members(server: _Server, members: Iterable[_Member]) -> Outcomes:
    """Whether the key server can authenticate with each member, and each peer of it."""
    redundancy, unknown = server.view.redundancy, []
    lacking = [_Lacking(means) for means in (server.ikev1, server.ikev2) if means is not None]
    peers = zip(redundancy.peers, redundancy.peer_lines, strict=True) if redundancy else ()
    for peer, line in peers:
        lacking[0].look(peer, line)
    for member in members:
        means = server.means(member)
        if means is None or _opposed(member, server):
            continue
        if not member.addresses and not means.serve_all(_common(means, member.means)):
            unknown.append(member.ctx.device.name)
        for address in member.addresses:
            towards = next(each for each in lacking if each.means is means)
            towards.look(address, server.view.line, member.means)
    for each in lacking:
        yield from each.outcomes(server.ctx)
    if unknown:
        yield server.ctx.not_checked(f"the address of {_listed(unknown)} is not known")


def _common(mine: Means, its: Means | None) -> frozenset[str]:
    """The methods to look at: those that the other side takes as well, where it is known."""
    common = mine.methods & its.methods if its is not None else mine.methods
    return common or mine.methods


class _Lacking:
    """The peers with whom a device has nothing to authenticate, by what it would need."""

    def __init__(self, means: Means) -> None:
        self.means = means
        self.peers: dict[str, dict[Address, ConfigLine]] = {}

    def look(self, peer: Address, line: ConfigLine, its: Means | None = None) -> None:
        """Note `peer`, which `line` names, if it is one; `its` are the means of the peer."""
        common = _common(self.means, its)
        if not self.means.serve(peer, common):
            self.peers.setdefault(wanted(common), {}).setdefault(peer, line)

    def outcomes(self, ctx: MemberContext | ServerContext) -> Outcomes:
        """A finding for each kind of thing that is missing."""
        for need, peers in self.peers.items():
            named = _listed(map(str, peers))
            if not self.means.certain:
                yield ctx.not_checked(f"a key that names no address may be for {named}")
            elif ctx.config_missing:
                yield ctx.not_checked(ctx.config_missing)
            else:
                first, line = next(iter(peers.items()))
                message = f"there is no {need} for IKE with {named}"
                yield ctx.at(line, "", message, peer=first)


def _listed(names: Iterable[str]) -> str:
    """The names, the first ones of many."""
    every = list(names)
    more = f" and {len(every) - _NAMED} more" if len(every) > _NAMED else ""
    return ", ".join(every[:_NAMED]) + more
