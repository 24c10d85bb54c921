"""The address that members register with, and one protocol for each group."""

from __future__ import annotations

from collections.abc import Iterator

from ...parsers.config import AccessList, AclEntry, DeviceConfig, Interface, View
from ..context import (
    DEVICE,
    GROUP,
    MEMBER,
    DeviceContext,
    GroupContext,
    MemberContext,
    config_evidence,
)
from ..facts import Address, MemberRole, ServerRole
from ..ike import is_member, member_addresses
from ..needs import CONFIG
from ..policy import list_gap
from ..rule import Fix, Grade, Outcome, Outcomes, Severity, rule
from ..sources import COMMANDS, GUIDE
from ..wan import crypto_interfaces

_MEMBER = """
hostname gm1
crypto gdoi group G1
 identity number 1001
 server address ipv4 10.10.1.1
{group}{local}crypto map GETVPN 10 gdoi
 set group G1
interface Loopback0
 ip address 10.20.0.1 255.255.255.255
interface GigabitEthernet0/1
 ip address 10.20.1.1 255.255.255.252
 crypto map GETVPN
"""
_LOCAL = "crypto map GETVPN local-address {}\n"


@rule(
    code="MAP007",
    title="The interface that gives a member its address is there, up and has an address",
    severity=Severity.HIGH,
    scope=MEMBER,
    needs=(CONFIG,),
    source=COMMANDS,
    rationale="""
        `crypto map … local-address` and `client registration interface` name the interface whose
        address the member registers with. One that does not exist, is shut down or has no address
        gives none: the member does not register, or with another address than its key servers
        and their authorization lists expect.
    """,
    remediation="""
interface {interface}
 ! an address, and
 no shutdown""",
    bad={"gm1.cfg": _MEMBER.format(group="", local=_LOCAL.format("Loopback1"))},
    good={"gm1.cfg": _MEMBER.format(group="", local=_LOCAL.format("Loopback0"))},
)
def no_address(ctx: MemberContext) -> Outcomes:
    """Look up the local address of the group's map and its registration interface."""
    if ctx.configured is None:
        yield ctx.missing()
        return
    view, config = ctx.configured
    named: list[tuple[View, str, str | None]] = [
        (view, "registration_interface", view.registration_interface)
    ]
    named += [
        (crypto_map, "local_address", crypto_map.local_address)
        for crypto_map in config.crypto_maps
        if any(entry.group == view.group for entry in crypto_map.entries)
    ]
    for where, field, name in named:
        fault = "" if name is None else _fault(config, name)
        if not fault or name is None:
            continue
        if name not in config.interfaces and (ctx.config_missing or not config.interfaces):
            yield ctx.not_checked(ctx.config_missing or "there are no interfaces in it")
        elif ctx.config_missing and not ctx.device.block_complete(config.interfaces[name].line):
            yield ctx.not_checked(f"interface {name} is not known in full")
        else:
            message = f"{name}, whose address group {view.group} registers with, {fault}"
            yield ctx.at(where, field, message, interface=name)


def _fault(config: DeviceConfig, name: str) -> str:
    interface = config.interfaces.get(name)
    if interface is None:
        return "does not exist"
    if interface.shutdown:
        return "is shut down"
    return "" if _has_address(interface) else "has no address"


def _has_address(interface: Interface) -> bool:
    given = (interface.addresses, interface.ipv6_addresses, interface.dhcp, interface.unnumbered)
    return any(given)


_SERVER = """
hostname ks1
crypto gdoi group G1
 identity number 1001
 server local
  authorization address ipv4 52
  sa ipsec 10
   match address ipv4 POLICY
  address ipv4 10.10.1.1
ip access-list extended POLICY
 permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255
access-list 52 permit 10.20.{}
"""


class _Authorization:
    """An authorization list; entries for single hosts are found at once, as there are many."""

    def __init__(self, acl: AccessList) -> None:
        self.acl = acl
        self._hosts: dict[int, int] = {}
        self._ranges: list[tuple[int, AclEntry]] = []
        for at, entry in enumerate(acl.entries):
            if entry.source.kind == "host" and entry.source.address is not None:
                self._hosts.setdefault(int(entry.source.address), at)
            else:
                self._ranges.append((at, entry))

    def first(self, address: Address) -> AclEntry | None:
        """The entry that decides about an address; one with an object group may be it."""
        found = [at for at, entry in self._ranges if _selects(entry, address)][:1]
        if int(address) in self._hosts:
            found.append(self._hosts[int(address)])
        return self.acl.entries[min(found)] if found else None

    def permits(self, address: Address) -> bool:
        """Whether the list lets a member with that address register."""
        entry = self.first(address)
        return entry is not None and entry.action == "permit"


def _selects(entry: AclEntry, address: Address) -> bool:
    bits = entry.source.bits
    return bits is None or (int(address) ^ bits[0]) & bits[1] == 0


@rule(
    code="MAP008",
    aliases=("GV-107",),
    title="Key servers authorize the address that a member registers with",
    severity=Severity.HIGH,
    scope=GROUP,
    needs=(CONFIG,),
    source=COMMANDS,
    rationale="""
        A key server with `authorization address` refuses members whose address its list does not
        permit. A member registers with the address of its registration interface, else of the
        crypto map's local address, else of the interface with the map: which of them that is, is
        easily changed without a thought of the lists on all key servers.
    """,
    remediation="""
! on {server}
{list}
 permit {address}""",
    bad={
        "ks1.cfg": _SERVER.format("0.1"),
        "gm1.cfg": _MEMBER.format(group="", local=""),
    },
    good={
        "ks1.cfg": _SERVER.format("0.1"),
        "gm1.cfg": _MEMBER.format(group="", local=_LOCAL.format("Loopback0")),
    },
)
def not_authorized(ctx: GroupContext) -> Outcomes:
    """Look for each address of a member in the authorization list of each key server."""
    for server in ctx.group.servers:
        if server.view is None or server.device.config is None:
            yield ctx.not_checked(f"there is no {CONFIG}", device=server.device.name)
            continue
        name = server.view.authorization_acl
        if name is None:
            if not server.device.block_complete(server.view.line):
                reason = f"group {server.group} is not known in full"
                yield ctx.not_checked(reason, device=server.device.name)
            continue
        acl = server.device.config.access_lists.get(name)
        gap = f"access list {name} is not in the configuration"
        if acl is not None:
            gap = list_gap(server.device, acl)
        if acl is None or gap:
            yield ctx.not_checked(gap, device=server.device.name)
            continue
        known = _Authorization(acl)
        for role in ctx.group.members:
            yield from _authorized(ctx, server, known, role)


def _authorized(
    ctx: GroupContext, server: ServerRole, known: _Authorization, role: MemberRole
) -> Iterator[Outcome]:
    addresses = () if role.view is None else tuple(member_addresses(role.device, role.view))
    if not addresses:
        reason = "the address that the member registers with is not known"
        yield ctx.not_checked(reason, device=role.device.name)
    for address in addresses:
        acl = known.acl
        if address.version == 4 and not known.permits(address):
            yield ctx.finding(
                config_evidence(server.device, acl.line),
                f"key server {server.device.name} does not authorize {address}, the address that "
                f"{role.device.name} registers with: access list {acl.name} does not permit it",
                device=role.device.name,
                fixes=_permit(server, known, address),
                server=server.device.name,
                list=f"ip access-list {acl.kind} {acl.name}",
                address=f"host {address}",
            )


def _permit(server: ServerRole, known: _Authorization, address: Address) -> tuple[Fix, ...]:
    """A line at the end of a standard list, where no line before it refuses the address."""
    acl = known.acl
    if acl.kind != "standard" or known.first(address) is not None:
        return ()
    lines = (f"ip access-list standard {acl.name}", f" permit host {address}")
    return (Fix(device=server.device.name, lines=lines, grade=Grade.SAFE),)


@rule(
    code="MAP009",
    aliases=("GV-099",),
    title="A member has a group by one protocol only",
    severity=Severity.MEDIUM,
    scope=DEVICE,
    needs=(CONFIG,),
    source=GUIDE,
    rationale="""
        A key server may serve members by GDOI and by G-IKEv2 at the same time, a member uses one
        of the two for a group. Two groups of one identity, one of each kind, are what is left of a
        migration: the member registers twice, and which policy holds depends on the crypto map.
    """,
    remediation="""
! when no crypto map names it any more
no crypto {kind} group {group}""",
    bad={
        "gm1.cfg": _MEMBER.format(
            group="crypto gkm group G2\n identity number 1001\n server address ipv4 10.10.1.1\n"
            " client protocol gikev2 PROF\n",
            local="",
        )
    },
    good={"gm1.cfg": _MEMBER.format(group="", local="")},
)
def two_protocols(ctx: DeviceContext) -> Outcomes:
    """No two groups of the device have one identity and different protocols."""
    if ctx.config is None:
        if is_member(ctx.device):
            yield ctx.missing()
        return
    if ctx.config_missing and ctx.config.group_members:
        yield ctx.not_checked(ctx.config_missing)
    seen = {view.identity: view for view in reversed(ctx.config.group_members)}
    for view in ctx.config.group_members:
        first = seen[view.identity]
        mixed = (first.spelling, first.protocol) != (view.spelling, view.protocol)
        if view.identity is not None and first.family == view.family and mixed:
            yield ctx.finding(
                [config_evidence(ctx.device, view), config_evidence(ctx.device, first)],
                f"groups {first.group} and {view.group} are one by their identity {view.identity}, "
                f"by {_protocol(first.spelling, first.protocol)} and by "
                f"{_protocol(view.spelling, view.protocol)}",
                kind=view.spelling,
                group=view.group,
            )


def _protocol(spelling: str, protocol: str) -> str:
    name = {"gdoi": "GDOI", "gikev2": "G-IKEv2"}[protocol]
    return f"{name} (crypto {spelling} group)"


@rule(
    code="MAP010",
    title="A member on several links registers once",
    severity=Severity.LOW,
    scope=MEMBER,
    needs=(CONFIG,),
    source=GUIDE,
    rationale="""
        Without `crypto map … local-address` a member registers once for each interface with the
        map, each time with another address: the key servers count two members, send two rekeys,
        and both addresses have to be authorized. The address of a loopback makes it one.
    """,
    remediation="""
crypto map {ipv6}{map} local-address <loopback>""",
    bad={
        "gm1.cfg": _MEMBER.format(group="", local="")
        + "interface GigabitEthernet0/2\n ip address 10.20.2.1 255.255.255.252\n"
        " crypto map GETVPN\n"
    },
    good={
        "gm1.cfg": _MEMBER.format(group="", local=_LOCAL.format("Loopback0"))
        + "interface GigabitEthernet0/2\n ip address 10.20.2.1 255.255.255.252\n"
        " crypto map GETVPN\n"
    },
)
def registers_twice(ctx: MemberContext) -> Outcomes:
    """A map of the group on several interfaces has a local address."""
    if ctx.configured is None:
        yield ctx.missing()
        return
    view, config = ctx.configured
    outer = {each.name for each in crypto_interfaces(config, view.family, view.group)}
    for crypto_map in config.crypto_maps:
        names = [name for name in crypto_map.interfaces if name in outer]
        ours = any(entry.group == view.group for entry in crypto_map.entries)
        if not ours or crypto_map.local_address is not None or view.registration_interface:
            continue
        vrfs = {config.interfaces[name].vrf for name in names}
        if len(names) > 1 and len(vrfs) == 1 and not ctx.config_missing:
            yield ctx.at(
                crypto_map,
                "",
                f"crypto map {crypto_map.name} is on {' and '.join(names)} without local address: "
                f"the member registers {len(names)} times",
                ipv6="ipv6 " if crypto_map.family == "ipv6" else "",
                map=crypto_map.name,
            )
        elif ctx.config_missing:
            yield ctx.not_checked(ctx.config_missing)
