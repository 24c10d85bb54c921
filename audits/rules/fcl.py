"""Fail-close: members that send nothing in clear while they have no keys."""

from collections.abc import Iterator
from functools import lru_cache

from ...parsers.config import AclEntry, CryptoMap
from ..context import DEVICE, DeviceContext
from ..control import GDOI_PORT, IKE_PORT, Kind, exposed, peering
from ..facts import Address
from ..fail_close import Closed, by_state, closed_maps, for_each_block, group_maps, registers_aside
from ..ike import is_member
from ..needs import CONFIG
from ..rule import Grade, NotChecked, Outcome, Outcomes, Severity, rule
from ..sources import FAIL_CLOSE
from ..wan import crypto_interfaces

_MEMBER = """
hostname gm1
crypto gdoi group G1
 identity number 1001
 server address ipv4 10.10.1.1
{block}crypto map GETVPN 10 gdoi
 set group G1
interface GigabitEthernet0/1
 ip address 10.20.1.1 255.255.255.252
 crypto map GETVPN
ip access-list extended CLOSED
 deny tcp any any eq 22
 deny tcp any eq 22 any
 deny udp any any eq isakmp
 deny udp any any eq 848
"""
_BLOCK = """\
crypto map GETVPN gdoi fail-close
 match address CLOSED
"""
_GOOD = _MEMBER.format(block=f"{_BLOCK} activate\n")


def _without(*lines: str) -> str:
    text = _GOOD
    for line in lines:
        text = text.replace(f" {line}\n", "")
    return text


@rule(
    code="FCL001",
    aliases=("GV-083",),
    title="Members send nothing in clear before they have keys",
    severity=Severity.LOW,
    scope=DEVICE,
    needs=(CONFIG,),
    thresholds=("fail_close",),
    source=FAIL_CLOSE,
    rationale="""
        Without more a member fails open: until its first registration it sends in clear what the
        group encrypts. A fail-close block on its crypto map drops that instead. It is needed where
        clear text is not acceptable, and costs availability: the setting `fail-close` says whether
        a site advises it (low), requires it (high) or leaves it to each member (no finding).
    """,
    remediation="""
{list} <FAIL-CLOSE>
 deny tcp any any eq 22
 deny tcp any eq 22 any
 deny udp any any eq isakmp
 deny udp any any eq 848
crypto map {ipv6}{map} gdoi fail-close
 match address <FAIL-CLOSE>
 activate""",
    bad={"gm1.cfg": _MEMBER.format(block="")},
    good={"gm1.cfg": _GOOD},
)
def fails_open(ctx: DeviceContext) -> Outcomes:
    """Every crypto map of a group has a fail-close block."""
    wanted = {"advised": Severity.LOW, "required": Severity.HIGH}.get(ctx.settings.fail_close)
    if wanted is None or (ctx.config is None and not is_member(ctx.device)):
        return
    if ctx.config is None:
        yield ctx.missing()
        return
    for crypto_map in group_maps(ctx.config):
        if crypto_map.fail_close is not None:
            continue
        if ctx.config_missing:
            yield ctx.not_checked(ctx.config_missing)
            continue
        yield ctx.at(
            crypto_map.entries[0],
            "",
            f"crypto map {crypto_map.name} has no fail-close block: before the first registration "
            "traffic leaves in clear",
            severity=wanted,
            list="ipv6 access-list" if crypto_map.family == "ipv6" else "ip access-list extended",
            ipv6=_ipv6(crypto_map),
            map=crypto_map.name,
        )


@rule(
    code="FCL002",
    aliases=("GV-085",),
    title="A fail-close block is activated",
    severity=Severity.MEDIUM,
    scope=DEVICE,
    needs=(CONFIG,),
    source=FAIL_CLOSE,
    rationale="""
        Nothing of a fail-close block holds until `activate` stands in it: the member still fails
        open, although its configuration looks as if it did not. Activate it only when its list
        lets through what registration and management need (FCL003, FCL004).
    """,
    remediation="""
crypto map {ipv6}{map} gdoi fail-close
 activate""",
    fix=Grade.SAFE,
    bad={"gm1.cfg": _MEMBER.format(block=_BLOCK)},
    good={"gm1.cfg": _GOOD},
)
def not_activated(ctx: DeviceContext) -> Outcomes:
    """Every fail-close block has `activate`."""
    for closed in closed_maps(ctx):
        if isinstance(closed, NotChecked):
            yield closed
        elif not closed.block.activated:
            safe = not closed.gap and not list(_registration(ctx, closed))
            yield ctx.at(
                closed.block,
                "",
                f"the fail-close block of crypto map {closed.map.name} is not activated: the "
                "member fails open",
                fixes=None if safe else (),
                ipv6=_ipv6(closed.map),
                map=closed.map.name,
            )


@rule(
    code="FCL003",
    aliases=("GV-084",),
    title="A fail-close list lets members register",
    severity=Severity.CRITICAL,
    scope=DEVICE,
    needs=(CONFIG,),
    source=FAIL_CLOSE,
    rationale="""
        Behind the denies of a fail-close list stands a permit for everything, and what a permit
        takes is dropped while there are no keys. If IKE and registration (UDP 500 and 848) are
        among it, the member never gets keys and stays cut off. Where the block is not activated
        yet the finding is a medium one. A group that registers through an interface without
        crypto map does not depend on it.
    """,
    remediation="""
{list}
{denies}""",
    fix=Grade.SAFE,
    bad={"gm1.cfg": _without("deny udp any any eq 848")},
    good={"gm1.cfg": _GOOD},
)
def cannot_register(ctx: DeviceContext) -> Outcomes:
    """IKE and registration with the key servers are denied by the list."""

    def judge(ctx: DeviceContext, closed: Closed) -> Iterator[Outcome]:
        kinds = _registration(ctx, closed)
        if kinds:
            denies = [f"deny {kind.deny}" for kind in kinds]
            yield ctx.at(
                closed.block,
                "acl",
                f"the fail-close block of crypto map {closed.map.name} drops registration: "
                f"no '{denies[0]}'" + (f" and '{denies[1]}'" if len(denies) > 1 else ""),
                severity=by_state(closed, Severity.CRITICAL),
                fixes=None if closed.appends else (),
                list=closed.header,
                denies="\n".join(f" {deny}" for deny in denies),
            )

    yield from for_each_block(ctx, judge)


def _ipv6(crypto_map: CryptoMap) -> str:
    """The word that follows `crypto map` where the map is for IPv6."""
    return "ipv6 " if crypto_map.family == "ipv6" else ""


def _registration(ctx: DeviceContext, closed: Closed) -> tuple[Kind, ...]:
    """The kinds of registration traffic that a block drops."""
    servers = _servers(ctx, closed)
    return () if servers == () else _dropped(closed.judged, servers)


@lru_cache(maxsize=64)
def _dropped(judged: tuple[AclEntry, ...], servers: tuple[Address, ...] | None) -> tuple[Kind, ...]:
    """The same for these key servers; most members have one list and the same key servers."""
    return tuple(
        each.kind
        for name, port in (("isakmp", IKE_PORT), ("848", GDOI_PORT))
        for each in exposed(judged, peering(name, port, servers))
        if each.permit is not None
    )


def _servers(ctx: DeviceContext, closed: Closed) -> tuple[Address, ...] | None:
    """The key servers that registrations across the map go to; None where they are not known."""
    if ctx.config is None:
        return None
    version = 6 if closed.ipv6 else 4
    names = {entry.group for entry in closed.map.entries}
    outer = {each.name for each in crypto_interfaces(ctx.config, closed.map.family)}
    found: dict[Address, None] = {}
    for view in ctx.config.group_members:
        if view.group not in names or registers_aside(ctx.config, view, outer):
            continue
        if not view.servers or any(isinstance(each, str) for each in view.servers):
            return None
        addresses = (each for each in view.servers if not isinstance(each, str))
        found.update(dict.fromkeys(each for each in addresses if each.version == version))
    return tuple(found)
