"""Crypto maps: whether a group's traffic meets one, and the group is there."""

from collections.abc import Iterator

from ...parsers.config import CryptoMap, CryptoMapEntry, DeviceConfig
from ..context import DEVICE, MEMBER, DeviceContext, MemberContext
from ..ike import is_member
from ..needs import CONFIG
from ..rule import Grade, Outcome, Outcomes, Severity, rule
from ..sources import COMMANDS, CONCEPTS

_GROUP = """
hostname gm1
crypto gdoi group G1
 identity number 1001
 server address ipv4 10.10.1.1
"""
_MAP = """\
crypto map GETVPN 10 gdoi
 set group G1
"""
_INTERFACE = """\
interface GigabitEthernet0/1
 ip address 10.20.1.1 255.255.255.252
"""
_APPLIED = " crypto map GETVPN\n"
_GOOD = _GROUP + _MAP + _INTERFACE + _APPLIED
_NO_INTERFACES = "there are no interfaces in the configuration"


def _maps(config: DeviceConfig) -> Iterator[tuple[CryptoMap, CryptoMapEntry]]:
    """The entries of crypto maps that are for groups."""
    for crypto_map in config.crypto_maps:
        for entry in crypto_map.entries:
            if entry.kind == "gdoi":
                yield crypto_map, entry


def _no_config(ctx: DeviceContext) -> Iterator[Outcome]:
    """*Not checked*, for members without configuration."""
    if is_member(ctx.device):
        yield ctx.missing()


@rule(
    code="MAP001",
    aliases=("GV-106",),
    title="The crypto map of a group is applied to an interface",
    severity=Severity.CRITICAL,
    scope=DEVICE,
    needs=(CONFIG,),
    source=CONCEPTS,
    rationale="""
        A member registers and encrypts where the crypto map of its group is applied. A map that no
        interface has does nothing: the site sends everything in clear. Where the only interfaces
        that have it are shut down, nothing is sent (medium). A map for a group that the device
        itself serves is left aside.
    """,
    remediation="""
interface <interface towards the provider>
 {command} {map}""",
    bad={"gm1.cfg": _GROUP + _MAP + _INTERFACE},
    good={"gm1.cfg": _GOOD},
)
def not_applied(ctx: DeviceContext) -> Outcomes:
    """Some interface that is not shut down has the map."""
    if ctx.config is None:
        yield from _no_config(ctx)
        return
    served = {view.group for view in ctx.config.key_servers}
    judged: dict[str, CryptoMap] = {
        crypto_map.name: crypto_map
        for crypto_map, entry in _maps(ctx.config)
        if entry.group not in served
    }
    for crypto_map in judged.values():
        up = [
            name
            for name in crypto_map.interfaces
            if name in ctx.config.interfaces and not ctx.config.interfaces[name].shutdown
        ]
        if up:
            continue
        if ctx.config_missing or not ctx.config.interfaces:
            yield ctx.not_checked(ctx.config_missing or _NO_INTERFACES)
            continue
        down = ", ".join(crypto_map.interfaces)
        yield ctx.at(
            crypto_map.entries[0],
            "",
            f"crypto map {crypto_map.name} is applied to no interface"
            + (f" but {down}, which is shut down" if down else ""),
            severity=Severity.MEDIUM if down else None,
            command="ipv6 crypto map" if crypto_map.family == "ipv6" else "crypto map",
            map=crypto_map.name,
        )


@rule(
    code="MAP002",
    title="The crypto map that an interface names exists",
    severity=Severity.HIGH,
    scope=DEVICE,
    needs=(CONFIG,),
    source=COMMANDS,
    rationale="""
        IOS keeps the line of an interface for a crypto map that has been removed, or was misspelt.
        Nothing is encrypted there, although the interface looks as if it were.
    """,
    remediation="""
interface {interface}
 no {command} {map}
 ! then the map of the group: {command} <map>""",
    bad={
        "gm1.cfg": (_GROUP + _MAP + _INTERFACE + _APPLIED).replace("map GETVPN 10", "map OTHER 10")
    },
    good={"gm1.cfg": _GOOD},
)
def map_missing(ctx: DeviceContext) -> Outcomes:
    """Every map on an interface of a member is in the configuration."""
    if ctx.config is None:
        yield from _no_config(ctx)
        return
    if not is_member(ctx.device):
        return
    names = {(each.family, each.name) for each in ctx.config.crypto_maps}
    for interface in ctx.config.interfaces.values():
        for family, name, field in (
            ("ipv4", interface.crypto_map, "crypto_map"),
            ("ipv6", interface.ipv6_crypto_map, "ipv6_crypto_map"),
        ):
            if name is None or (family, name) in names:
                continue
            if ctx.config_missing:
                yield ctx.not_checked(ctx.config_missing)
                continue
            yield ctx.at(
                interface,
                field,
                f"{interface.name} has crypto map {name}, which does not exist",
                interface=interface.name,
                command="ipv6 crypto map" if family == "ipv6" else "crypto map",
                map=name,
            )


@rule(
    code="MAP003",
    title="Every entry of a crypto map for groups names its group",
    severity=Severity.HIGH,
    scope=DEVICE,
    needs=(CONFIG,),
    source=COMMANDS,
    rationale="""
        An entry without `set group` is incomplete: IOS says so when it is entered, and leaves the
        traffic that it was for in clear.
    """,
    remediation="""
crypto map {ipv6}{map} {number} gdoi
 set group <group>""",
    bad={"gm1.cfg": _GOOD.replace(" set group G1\n", "")},
    good={"gm1.cfg": _GOOD},
)
def group_not_named(ctx: DeviceContext) -> Outcomes:
    """Each `gdoi` entry has a group."""
    if ctx.config is None:
        yield from _no_config(ctx)
        return
    for crypto_map, entry in _maps(ctx.config):
        if entry.group is not None:
            continue
        if not ctx.device.block_complete(entry.line):
            yield ctx.not_checked(f"crypto map {crypto_map.name} is not known in full")
            continue
        yield ctx.at(
            entry,
            "",
            f"crypto map {crypto_map.name} {entry.sequence} names no group",
            ipv6="ipv6 " if crypto_map.family == "ipv6" else "",
            map=crypto_map.name,
            number=entry.sequence,
        )


@rule(
    code="MAP004",
    title="The group that a crypto map names exists",
    severity=Severity.HIGH,
    scope=DEVICE,
    needs=(CONFIG,),
    source=COMMANDS,
    rationale="""
        `set group` with a name that no group has leaves the entry without key servers: the member
        never registers for it. Names of groups are local and are told apart by case.
    """,
    fix=Grade.REGISTRATION,
    remediation="""
crypto map {ipv6}{map} {number} gdoi
 set group {near}""",
    bad={"gm1.cfg": _GOOD.replace("set group G1", "set group g1")},
    good={"gm1.cfg": _GOOD},
)
def group_missing(ctx: DeviceContext) -> Outcomes:
    """The group of each `gdoi` entry is configured on the device."""
    if ctx.config is None:
        yield from _no_config(ctx)
        return
    groups = [view.group for view in ctx.config.group_members]
    groups += [view.group for view in ctx.config.key_servers]
    for crypto_map, entry in _maps(ctx.config):
        if entry.group is None or entry.group in groups:
            continue
        if ctx.config_missing:
            yield ctx.not_checked(ctx.config_missing)
            continue
        alike = [name for name in groups if name.lower() == entry.group.lower()]
        yield ctx.at(
            entry,
            "group",
            f"crypto map {crypto_map.name} {entry.sequence} names group {entry.group}, which is "
            "not configured" + (f"; there is {alike[0]}" if alike else ""),
            ipv6="ipv6 " if crypto_map.family == "ipv6" else "",
            map=crypto_map.name,
            number=entry.sequence,
            near=alike[0] if alike else "<group>",
        )


@rule(
    code="MAP005",
    title="Every group of a member is in a crypto map",
    severity=Severity.HIGH,
    scope=MEMBER,
    needs=(CONFIG,),
    source=CONCEPTS,
    rationale="""
        A group becomes active when a crypto map with it is applied to an interface. A group that
        no map names never registers, and nothing is encrypted for it.
    """,
    remediation="""
crypto map {ipv6}<map> <number> gdoi
 set group {group}
interface <interface towards the provider>
 {ipv6}crypto map <map>""",
    bad={"gm1.cfg": _GROUP + _INTERFACE},
    good={"gm1.cfg": _GOOD},
)
def group_without_map(ctx: MemberContext) -> Outcomes:
    """Some entry of a crypto map has the group."""
    if ctx.configured is None:
        yield ctx.missing()
        return
    view, config = ctx.configured
    if any(entry.group == view.group for _, entry in _maps(config)):
        return
    if ctx.config_missing:
        yield ctx.not_checked(ctx.config_missing)
        return
    yield ctx.at(
        view,
        "",
        f"group {view.group} is in no crypto map: the member never registers for it",
        ipv6="ipv6 " if view.family == "ipv6" else "",
        group=view.group,
    )


@rule(
    code="MAP006",
    title="IPv4 groups are in IPv4 crypto maps, IPv6 groups in IPv6 ones",
    severity=Severity.HIGH,
    scope=DEVICE,
    needs=(CONFIG,),
    source=COMMANDS,
    rationale="""
        A group belongs to one address family (`crypto gdoi group ipv6`), a crypto map too. IOS
        refuses to bring the two together when they are typed; in a configuration that was copied
        or restored the entry stays without group.
    """,
    remediation="""
no crypto map {ipv6}{map} {number} gdoi
crypto map {right}<map> {number} gdoi
 set group {group}""",
    bad={"gm1.cfg": _GOOD.replace("group G1\n identity", "group ipv6 G1\n identity")},
    good={"gm1.cfg": _GOOD},
)
def families_mixed(ctx: DeviceContext) -> Outcomes:
    """The group of each entry has the address family of the map."""
    if ctx.config is None:
        yield from _no_config(ctx)
        return
    families: dict[str, set[str]] = {}
    for member in ctx.config.group_members:
        families.setdefault(member.group, set()).add(member.family)
    for server in ctx.config.key_servers:
        families.setdefault(server.group, set()).add(server.family)
    for crypto_map, entry in _maps(ctx.config):
        known = families.get(entry.group or "", {crypto_map.family})
        if crypto_map.family not in known:
            (other,) = known
            yield ctx.at(
                entry,
                "group",
                f"crypto map {crypto_map.name} {entry.sequence} is for "
                f"{_named(crypto_map.family)}, its group {entry.group} for {_named(other)}",
                ipv6="ipv6 " if crypto_map.family == "ipv6" else "",
                right="ipv6 " if other == "ipv6" else "",
                map=crypto_map.name,
                number=entry.sequence,
                group=entry.group,
            )


def _named(family: str) -> str:
    return {"ipv4": "IPv4", "ipv6": "IPv6"}[family]
