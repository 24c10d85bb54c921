"""What lists of groups are: there, with permits, and within what keys can be told for."""

from __future__ import annotations

from collections.abc import Iterator

from ...parsers.config import AccessList, AclEntry, DeviceConfig, PortMatch, Selector, View
from ..context import DEVICE, GROUP, DeviceContext, GroupContext
from ..ike import has_role
from ..needs import CONFIG
from ..policy import SOURCES, Policy, as_command, as_printed, for_each_policy
from ..rule import Outcome, Outcomes, Severity, rule
from ..sources import CONCEPTS, OURS, RFC6407

_KEY_SERVER = """
hostname ks1
crypto gdoi group G1
 identity number 1001
 server local
  sa ipsec 10
   match address ipv4 POLICY
  address ipv4 10.10.1.1
"""
_LIST = "ip access-list extended POLICY\n"
_PERMIT = " permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255\n"
_IN_EVIDENCE = 5
"""Entries of one finding that stand in its evidence."""


@rule(
    code="ACL029",
    title="Policies select by protocol, networks and single ports only",
    severity=Severity.MEDIUM,
    scope=GROUP,
    needs=SOURCES,
    source=f"{RFC6407}, section 5.5.1",
    rationale="""
        A key server tells members what to encrypt as a protocol, two networks and one port at
        each end. There is no place for ranges of ports (`range`, `gt`, `lt`, `neq`), nor for
        `established`, DSCP, ICMP types or fragments: what members make of such a line is not
        what stands there.
    """,
    remediation="""
{list}
 no {entry}
 ! in its place lines for single ports, or the whole protocol""",
    bad={"ks1.cfg": f"{_KEY_SERVER}{_LIST} deny tcp any any range 20 25\n{_PERMIT}"},
    good={"ks1.cfg": f"{_KEY_SERVER}{_LIST} deny tcp any any eq 22\n{_PERMIT}"},
)
def more_than_members_are_told(ctx: GroupContext) -> Outcomes:
    """No entry has a range of ports or a condition beside protocol, addresses and ports."""
    yield from for_each_policy(ctx, _more, whole=False)


def _more(ctx: GroupContext, policy: Policy) -> Iterator[Outcome]:
    wrong = [entry for entry in policy.written if _asks_more(entry)]
    if wrong:
        others = f", as do {len(wrong) - 1} more" if len(wrong) > 1 else ""
        yield ctx.finding(
            [policy.prove(entry) for entry in wrong[:_IN_EVIDENCE]],
            f"'{as_printed(wrong[0])}' in the policy of group {policy.group} asks for "
            f"{_what(wrong[0])}, which members cannot be told{others}",
            device=policy.device,
            list=policy.header_of(wrong[0]),
            entry=as_command(wrong[0]),
        )


def _asks_more(entry: AclEntry) -> bool:
    return bool(entry.flags) or _spans(entry.source_ports) or _spans(entry.destination_ports)


def _spans(ports: PortMatch) -> bool:
    """Whether a condition on ports is neither absent nor single ports."""
    return not ports.is_any and any(low != high for low, high in ports.ranges)


def _what(entry: AclEntry) -> str:
    for ports in (entry.source_ports, entry.destination_ports):
        if _spans(ports):
            return f"the ports '{ports}'"
    return f"'{' '.join(entry.flags)}'"


@rule(
    code="ACL030",
    title="Policies have wildcards without holes",
    severity=Severity.LOW,
    scope=GROUP,
    needs=SOURCES,
    source=f"{RFC6407}, section 5.5.1",
    rationale="""
        Members are told a network and its mask. A wildcard with holes, such as 0.0.255.0, selects
        networks that are not next to each other: releases and platforms differ in what they make
        of it, and people misread it. Subnet masks in the place of wildcards are left to ACL017.
    """,
    remediation="""
{list}
 no {entry}
 ! in its place one line for each network""",
    bad={"ks1.cfg": f"{_KEY_SERVER}{_LIST} deny ip 10.0.1.0 0.255.0.255 any\n{_PERMIT}"},
    good={"ks1.cfg": f"{_KEY_SERVER}{_LIST} deny ip 10.0.0.0 0.3.255.255 any\n{_PERMIT}"},
)
def wildcards_with_holes(ctx: GroupContext) -> Outcomes:
    """Every wildcard ignores the last bits of an address only."""
    yield from for_each_policy(ctx, _holes, whole=False)


def _holes(ctx: GroupContext, policy: Policy) -> Iterator[Outcome]:
    for entry in policy.written:
        holes = [each for each in (entry.source, entry.destination) if _has_holes(each)]
        if holes:
            yield ctx.finding(
                policy.prove(entry),
                f"'{as_printed(entry)}' in the policy of group {policy.group} has wildcard "
                f"{holes[0].wildcard}, which selects networks apart from each other",
                device=policy.device,
                list=policy.header_of(entry),
                entry=as_command(entry),
            )


def _has_holes(selector: Selector) -> bool:
    if selector.wildcard is None or selector.looks_like_netmask:
        return False
    free = int(selector.wildcard)
    return free & (free + 1) != 0


@rule(
    code="ACL031",
    title="The access lists that groups name are there, and have entries",
    severity=Severity.HIGH,
    scope=DEVICE,
    needs=(CONFIG,),
    source=OURS,
    rationale="""
        IOS takes a name of an access list that does not exist. A key server then has nothing to
        tell members what to encrypt, and a member has no exclusions of its own, or a fail-close
        list that lets nothing through: mostly a misspelt name or a list that was lost in a change.
    """,
    remediation="""
{header}
 ! the entries that were meant, or name another list""",
    bad={"ks1.cfg": _KEY_SERVER},
    good={"ks1.cfg": _KEY_SERVER + _LIST + _PERMIT},
)
def lists_missing(ctx: DeviceContext) -> Outcomes:
    """Each list of a policy, crypto map or fail-close block is in the configuration."""
    if ctx.config is None:
        if has_role(ctx.device):
            yield ctx.missing()
        return
    missing = False
    for view, name, ipv6, use in _named(ctx.config):
        acl = (ctx.config.ipv6_access_lists if ipv6 else ctx.config.access_lists).get(name)
        if acl is not None and (acl.entries or acl.unread):
            continue
        if ctx.config_missing and (acl is None or _may_go_on(ctx, acl)):
            missing = True
            continue
        yield ctx.at(
            view,
            "acl",
            f"{use} names access list {name}, which "
            f"{'does not exist' if acl is None else 'has no entries'}",
            header=f"{'ipv6 access-list' if ipv6 else 'ip access-list extended'} {name}",
        )
    if missing:
        yield ctx.not_checked(ctx.config_missing)


def _may_go_on(ctx: DeviceContext, acl: AccessList) -> bool:
    """Whether a part of a configuration may leave entries of a list out that it has some of.

    Lines of a numbered list stand by themselves.
    """
    return acl.line.words[0] == "access-list" or not ctx.device.block_complete(acl.line)


def _named(config: DeviceConfig) -> Iterator[tuple[View, str, bool, str]]:
    """The lists that groups use: where they are named, how, whether IPv6, and for what."""
    for server in config.key_servers:
        for sa in server.sas:
            if sa.acl is not None:
                yield sa, sa.acl, sa.acl_family == "ipv6", f"'sa ipsec' of group {server.group}"
    for crypto_map in config.crypto_maps:
        ipv6 = crypto_map.family == "ipv6"
        for entry in crypto_map.entries:
            if entry.kind == "gdoi" and entry.acl is not None:
                yield entry, entry.acl, ipv6, f"crypto map {crypto_map.name} {entry.sequence}"
        block = crypto_map.fail_close
        if block is not None and block.acl is not None:
            yield block, block.acl, ipv6, f"the fail-close block of crypto map {crypto_map.name}"


@rule(
    code="ACL032",
    title="A policy has a permit",
    severity=Severity.HIGH,
    scope=GROUP,
    needs=SOURCES,
    source=CONCEPTS,
    rationale="""
        A permit says what is encrypted. Without one a group has members, keys and rekeys, and
        encrypts nothing.
    """,
    remediation="""
{list}
 ! behind the denies
 permit ip <network> <wildcard> <network> <wildcard>""",
    bad={"ks1.cfg": f"{_KEY_SERVER}{_LIST} deny tcp any any eq 22\n"},
    good={"ks1.cfg": f"{_KEY_SERVER}{_LIST} deny tcp any any eq 22\n{_PERMIT}"},
)
def nothing_encrypted(ctx: GroupContext) -> Outcomes:
    """The lists of the group have entries, and one of them is a permit."""
    yield from for_each_policy(ctx, _no_permit, whole=True)


def _no_permit(ctx: GroupContext, policy: Policy) -> Iterator[Outcome]:
    if policy.written and not policy.permits:
        yield ctx.finding(
            policy.prove(None),
            f"policy of group {policy.group} has no permit: the group encrypts nothing",
            device=policy.device,
            list=policy.list_header,
        )
