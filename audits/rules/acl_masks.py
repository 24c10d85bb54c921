"""Access lists with subnet masks in the place of wildcards."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address

from ...parsers.config import AccessList, AclEntry, DeviceConfig, Selector
from ..context import DEVICE, DeviceContext, config_evidence
from ..policy import SOURCES, Policy, as_command, as_printed, downloads, list_gap, policy_of
from ..rule import Evidence, Outcomes, Severity, rule
from ..sources import OURS

_IN_EVIDENCE = 5
"""Entries of one finding that stand in its evidence."""

_MASKED = """
hostname ks1
crypto gdoi group G1
 identity number 1001
 server local
  sa ipsec 10
   match address ipv4 POLICY
  address ipv4 10.10.1.1
ip access-list extended POLICY
 permit ip 10.0.0.0 {bits} 10.0.0.0 {bits}
"""


@rule(
    code="ACL017",
    title="Access lists of groups have wildcards, not subnet masks",
    severity=Severity.HIGH,
    scope=DEVICE,
    needs=SOURCES,
    source=OURS,
    rationale="""
        In an access list the bits that are set do not matter: `10.0.0.0 255.255.255.0` selects
        every address that ends in .0, and none of the hosts in 10.0.0.0/24. What was meant to
        be encrypted leaves in clear. The lines look right at first sight, and training labs
        pass them on.
    """,
    remediation="""
{list}
 no {entry}
 {meant}""",
    bad={"ks1.cfg": _MASKED.format(bits="255.0.0.0")},
    good={"ks1.cfg": _MASKED.format(bits="0.255.255.255")},
)
def masks_for_wildcards(ctx: DeviceContext) -> Outcomes:
    """No entry of a list that a group uses has a subnet mask in the place of a wildcard."""
    lists = tuple(_lists(ctx))
    for each in lists:
        wrong = [entry for entry in each.entries if _masked(entry)]
        if wrong:
            others = f", as have {len(wrong) - 1} more" if len(wrong) > 1 else ""
            yield ctx.finding(
                [each.prove(entry) for entry in wrong[:_IN_EVIDENCE]],
                f"'{as_printed(wrong[0])}' of access list {each.name} has a subnet mask in the "
                f"place of a wildcard{others}",
                list=each.header,
                entry=as_command(wrong[0]),
                meant=_meant(wrong[0]),
            )
        elif each.gap:
            yield ctx.not_checked(each.gap)


@dataclass(frozen=True, slots=True, kw_only=True)
class _List:
    """An access list of a device; the fields mean what those of `Policy` mean."""

    name: str
    header: str
    entries: tuple[AclEntry, ...]
    gap: str
    prove: Callable[[AclEntry], Evidence]


def _lists(ctx: DeviceContext) -> Iterator[_List]:
    """The lists that the groups of the device use; without configuration, what it shows."""
    if ctx.config is not None:
        for name in dict.fromkeys(_names(ctx.config)):
            yield _configured(ctx, name, ctx.config.access_lists.get(name))
        return
    servers = (role for role in ctx.fleet.servers if role.device is ctx.device)
    members = (role for role in ctx.fleet.members if role.device is ctx.device)
    shown = [policy_of(role) for role in servers]
    shown += [policy for role in members for policy in downloads(role)]
    for policy in shown:
        yield from _shown(policy)


def _shown(policy: Policy) -> Iterator[_List]:
    for name in dict.fromkeys(policy.lists or (None,)):
        pairs = zip(policy.written, policy.lists, strict=True)
        entries = tuple(entry for entry, of in pairs if of == name)
        yield _List(
            name=name or f"of group {policy.group}",
            header=policy.header_of(*entries),
            entries=entries,
            gap=policy.gap,
            prove=policy.prove,
        )


def _configured(ctx: DeviceContext, name: str, acl: AccessList | None) -> _List:
    """The list called `name`; one that is missing has no entries."""
    gap = ctx.config_missing and f"access list {name} is not known: {ctx.config_missing}"
    return _List(
        name=name,
        header=f"ip access-list {acl.kind if acl else 'extended'} {name}",
        entries=acl.entries if acl else (),
        gap=list_gap(ctx.device, acl) if acl else gap,
        prove=lambda entry: config_evidence(ctx.device, entry.line),
    )


def _names(config: DeviceConfig) -> Iterator[str]:
    """The IPv4 lists that say what is encrypted, who may register and where rekeys go."""
    for server in config.key_servers:
        given = (server.authorization_acl, server.rekey_address_acl)
        yield from (name for name in given if name is not None)
        yield from (sa.acl for sa in server.sas if sa.acl is not None)
    for crypto_map in config.crypto_maps:
        for entry in crypto_map.entries:
            if entry.kind == "gdoi" and entry.acl is not None:
                yield entry.acl
        if crypto_map.fail_close is not None and crypto_map.fail_close.acl is not None:
            yield crypto_map.fail_close.acl


def _masked(entry: AclEntry) -> bool:
    return entry.source.looks_like_netmask or entry.destination.looks_like_netmask


def _meant(entry: AclEntry) -> str:
    """The entry with wildcards in the place of masks; the network where it is still there."""
    parts = (
        entry.action,
        entry.protocol,
        _with_wildcard(entry.source),
        str(entry.source_ports),
        _with_wildcard(entry.destination),
        str(entry.destination_ports),
        *entry.flags,
    )
    return " ".join(part for part in parts if part)


def _with_wildcard(selector: Selector) -> str:
    if not selector.looks_like_netmask or selector.wildcard is None:
        return str(selector)
    mask = int(selector.wildcard)
    network = int(selector.address or 0) & mask
    # IOS drops the bits that do not matter: here those that tell the network.
    text = str(IPv4Address(network)) if network else "<network>"
    return f"{text} {IPv4Address(mask ^ 0xFFFF_FFFF)}"
