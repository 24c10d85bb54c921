"""Where a key server stands: its groups, its address and its interfaces."""

from typing import TYPE_CHECKING

from ..context import DEVICE, SERVER, DeviceContext, ServerContext, config_evidence
from ..group_keys import block_gap, gdoi_or_gkm
from ..ike import is_server
from ..needs import CONFIG
from ..rule import Grade, Outcomes, Severity, rule
from ..servers import own_addresses
from ..sources import COMMANDS, CONCEPTS, OURS

if TYPE_CHECKING:
    from ...parsers.config import DeviceConfig, Interface, KeyServerConfig

_DESIGN = "Cisco GETVPN design and implementation guide"
_MANAGEMENT = ("mgmt", "management", "oob")
"""What names of VRFs for management have in common."""

_GROUPS = """
hostname ks1
crypto gdoi group G1
 identity number 1001
 server local
  address ipv4 10.10.1.1
crypto gdoi group G2
 identity number {number}
 server local
  address ipv4 10.10.1.1
"""
_SERVER = """
hostname ks1
crypto gdoi group G1
 identity number 1001
 server local
{registration}  address ipv4 10.10.1.1
  redundancy
   local priority 100
   peer address ipv4 10.10.2.1{peers}
{interfaces}"""
_LOOPBACK = "interface Loopback0\n ip address 10.10.1.1 255.255.255.255\n"
_LINK = "interface GigabitEthernet0/0/{number}\n ip address 10.0.{number}.1 255.255.255.0\n"


def _example(
    interfaces: str = _LOOPBACK, peers: str = "", registration: str = ""
) -> dict[str, str]:
    text = _SERVER.format(interfaces=interfaces, peers=peers, registration=registration)
    return {"ks1.cfg": text}


@rule(
    code="COOP021",
    aliases=("GV-061",),
    title="Each group of a key server has a number of its own",
    severity=Severity.HIGH,
    scope=DEVICE,
    needs=(CONFIG,),
    source=f"{OURS}: the number is what a registration names",
    rationale="""
        A member asks for its group by number. Of two groups with one number a key server can
        serve one only, and it may be the wrong one: members then get the policy and the keys of
        others.
    """,
    remediation="""
Give group {group} another 'identity number', on all of its key servers and members at once.""",
    bad={"ks1.cfg": _GROUPS.format(number=1001)},
    good={"ks1.cfg": _GROUPS.format(number=1002)},
)
def number_is_taken(ctx: DeviceContext) -> Outcomes:
    """Compare the identities of the groups that the device serves."""
    if not is_server(ctx.device):
        return
    if ctx.config is None:
        yield ctx.missing()
        return
    owners: dict[object, KeyServerConfig] = {}
    for view in ctx.config.key_servers:
        if view.identity is None:
            continue
        first = owners.setdefault(view.identity, view)
        if first is not view:
            proofs = [config_evidence(ctx.device, each, "identity") for each in (view, first)]
            message = f"groups {first.group} and {view.group} have one identity, {view.identity}"
            yield ctx.finding(proofs, message, group=view.group)
    if ctx.config_missing:
        yield ctx.not_checked(ctx.config_missing)


@rule(
    code="COOP022",
    title="The address of a key server is on one of its interfaces, which is up",
    severity=Severity.HIGH,
    scope=SERVER,
    needs=(CONFIG,),
    source=COMMANDS,
    rationale="""
        A key server sends rekeys and announcements from the address under `server local`. One
        that no interface has, or whose interface is shut down, gets no answers: peers and members
        do not reach it by the address that they list.
    """,
    remediation="""
Configure {address} on a loopback interface of the key server, or the right address under
'server local' of group {group}.""",
    bad=_example(interfaces=_LINK.format(number=1)),
    good=_example(),
)
def address_is_elsewhere(ctx: ServerContext) -> Outcomes:
    """Look for the address among those of the interfaces."""
    if ctx.configured is None:
        yield ctx.missing()
        return
    view, config = ctx.configured
    if view.address is None:
        if gap := block_gap(ctx):
            yield ctx.not_checked(gap)
        return
    homes = [each for address, each in own_addresses(ctx.device) if address == view.address]
    message = f"address {view.address} of the key server of group {ctx.group}"
    if any(not each.shutdown for each in homes):
        return
    if homes:
        yield ctx.finding(
            (
                config_evidence(ctx.device, homes[0], "shutdown"),
                config_evidence(ctx.device, view, "address"),
            ),
            f"{message} is on {homes[0].name}, which is shut down",
            address=view.address,
            group=ctx.group,
        )
    elif reason := _unknown_addresses(ctx, config):
        yield ctx.not_checked(reason)
    else:
        told = f"{message} is on none of its interfaces"
        yield ctx.at(view, "address", told, address=view.address, group=ctx.group)


def _unknown_addresses(ctx: ServerContext, config: "DeviceConfig") -> str:
    """Why an address that is not configured may still be the device's; '' if it cannot."""
    if ctx.config_missing:
        return ctx.config_missing
    leased = [each.name for each in config.interfaces.values() if each.dhcp]
    return f"{leased[0]} has its address by DHCP" if leased else ""


@rule(
    code="COOP023",
    title="No key server lists itself as its peer",
    severity=Severity.MEDIUM,
    scope=SERVER,
    needs=(CONFIG,),
    source=COMMANDS,
    rationale="""
        A key server that lists itself waits for a peer that never answers. The line is usually
        copied from the configuration of another one, whose address it should be.
    """,
    remediation="""
crypto {spelling} group {group}
 server local
  redundancy
   no peer address ipv4 {peer}""",
    fix=Grade.SAFE,
    bad=_example(peers="\n   peer address ipv4 10.10.1.1"),
    good=_example(),
)
def own_peer(ctx: ServerContext) -> Outcomes:
    """Look for the key server's own addresses among its peers."""
    if ctx.configured is None:
        yield ctx.missing()
        return
    view, _ = ctx.configured
    own = {view.address, *(address for address, _ in own_addresses(ctx.device))}
    redundancy = view.redundancy
    if redundancy is not None:
        for peer, line in zip(redundancy.peers, redundancy.peer_lines, strict=True):
            if peer in own:
                message = f"key server of group {ctx.group} lists {peer}, which is its own address"
                yield ctx.at(
                    line, "", message, group=ctx.group, peer=peer, spelling=gdoi_or_gkm(ctx)
                )
    if gap := block_gap(ctx) or ctx.config_missing:
        yield ctx.not_checked(gap)


@rule(
    code="COOP024",
    aliases=("GV-118",),
    title="A key server does nothing but serve keys",
    severity=Severity.INFO,
    scope=DEVICE,
    needs=(CONFIG,),
    thresholds=("server_links_advised",),
    source=f"{_DESIGN}; {CONCEPTS}",
    rationale="""
        Registrations of a whole group come within seconds and need the processor. A router that
        also forwards traffic shares it, is upgraded for other reasons, and is reached by more
        people. Interfaces beyond the way in and a second one for redundancy suggest that it does.
    """,
    remediation="""
Plan a device of its own for the key server; loopbacks and a management VRF do not count.""",
    bad=_example(interfaces="".join(_LINK.format(number=number) for number in (1, 2, 3))),
    good=_example(interfaces=_LOOPBACK + _LINK.format(number=1)),
)
def forwards_traffic(ctx: DeviceContext) -> Outcomes:
    """Count the interfaces in use that are neither loopbacks nor for management."""
    if not is_server(ctx.device):
        return
    if ctx.config is None:
        yield ctx.missing()
        return
    links = [each for each in ctx.config.interfaces.values() if _is_link(each)]
    if len(links) > ctx.settings.server_links_advised:
        names = ", ".join(each.name for each in links)
        yield ctx.finding(
            [config_evidence(ctx.device, each) for each in links],
            f"the key server has {len(links)} interfaces in use: {names}",
        )
    elif ctx.config_missing:
        yield ctx.not_checked(ctx.config_missing)


def _is_link(interface: "Interface") -> bool:
    has_address = interface.dhcp or bool(interface.addresses or interface.ipv6_addresses)
    vrf = (interface.vrf or "").lower()
    return (
        has_address
        and not interface.shutdown
        and not interface.is_loopback
        and not any(word in vrf for word in _MANAGEMENT)
    )


@rule(
    code="COOP025",
    title="The interface by which a key server takes registrations exists and is up",
    severity=Severity.HIGH,
    scope=SERVER,
    needs=(CONFIG,),
    source=COMMANDS,
    rationale="""
        With `registration interface` a key server answers members on that interface only. Where
        it does not exist, or is shut down, no member can register.
    """,
    remediation="""
Name an interface under 'registration interface' of group {group} that members reach, or take the
line out.""",
    bad=_example(registration="  registration interface Loopback1\n"),
    good=_example(registration="  registration interface Loopback0\n"),
)
def no_registration_interface(ctx: ServerContext) -> Outcomes:
    """Look for the interface."""
    if ctx.configured is None:
        yield ctx.missing()
        return
    view, config = ctx.configured
    name = view.registration_interface
    if name is None:
        if gap := block_gap(ctx):
            yield ctx.not_checked(gap)
        return
    found = [each for each in config.interfaces.values() if _is_called(each, name)]
    said = f"key server of group {ctx.group} takes registrations on {name}"
    if found and found[0].shutdown:
        yield ctx.finding(
            (
                config_evidence(ctx.device, found[0], "shutdown"),
                config_evidence(ctx.device, view, "registration_interface"),
            ),
            f"{said}, which is shut down",
            group=ctx.group,
        )
    elif not found and ctx.config_missing:
        yield ctx.not_checked(ctx.config_missing)
    elif not found:
        told = f"{said}, which does not exist"
        yield ctx.at(view, "registration_interface", told, group=ctx.group)


def _is_called(interface: "Interface", name: str) -> bool:
    return interface.name.replace(" ", "").lower() == name.replace(" ", "").lower()
