"""Groups and members that still send in clear, as during a migration."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ..context import (
    GROUP,
    SERVER,
    GroupContext,
    MemberContext,
    ServerContext,
    config_evidence,
    show_evidence,
)
from ..group_keys import members_of
from ..listing import KeyServer, key_servers
from ..needs import CONFIG, GDOI, KS
from ..rule import Evidence, Grade, Outcome, Outcomes, Severity, rule
from ..sources import CSM, GUIDE

if TYPE_CHECKING:
    from ...parsers.config import KeyServerConfig

_SERVER = """
hostname ks1
crypto gdoi group G1
 identity number 1001
 server local
{more}  sa ipsec 10
   match address ipv4 POLICY
  address ipv4 10.10.1.1
ip access-list extended POLICY
 permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255
"""
_MEMBER = """
hostname gm1
crypto gdoi group G1
 identity number 1001
 server address ipv4 10.10.1.1
{more}crypto map GETVPN 10 gdoi
 set group G1
interface GigabitEthernet0/1
 ip address 10.20.1.1 255.255.255.252
 crypto map GETVPN
"""
_BOTH = "both"


@rule(
    code="OPS002",
    aliases=("GV-109",),
    title="A group encrypts in both directions: receive-only is for migrations",
    severity=Severity.HIGH,
    scope=SERVER,
    needs=(CONFIG, KS, GDOI),
    source=CSM,
    rationale="""
        With `sa receive-only` all members decrypt what comes encrypted, and send in clear. That
        helps while members are added one by one. Left behind afterwards, the whole group has keys,
        rekeys and counters, and encrypts nothing. Without the line members encrypt from the next
        rekey on; all of them have to be registered by then.
    """,
    remediation="""
crypto {kind} group {group}
 server local
  no sa receive-only""",
    fix=Grade.REKEY,
    bad={"ks1.cfg": _SERVER.format(more="  sa receive-only\n")},
    good={"ks1.cfg": _SERVER.format(more="")},
)
def receive_only(ctx: ServerContext) -> Outcomes:
    """Look for `sa receive-only`, and for a direction other than both in show output."""
    if ctx.view is not None and ctx.view.receive_only:
        yield ctx.at(
            ctx.view,
            "receive_only",
            f"group {ctx.group} is receive-only: its members send in clear",
            kind=ctx.view.spelling,
            group=ctx.group,
        )
        return
    shown = list(_shown_direction(ctx))
    # two commands show the direction, and one finding tells of it
    yield from [each for each in shown if each is not None][:1]
    known = ctx.view is not None and ctx.device.block_complete(ctx.view.line)
    if not shown and not known:
        yield ctx.missing()


def _shown_direction(ctx: ServerContext) -> Iterator[Outcome | None]:
    """A finding for each output with another direction than both, None for others."""
    for shown, row in ctx.rows(KS, lambda record: record.groups):
        yield from _judged(ctx, row.direction, show_evidence(shown, row, "direction"))
    for listing, group in ctx.rows(GDOI, lambda record: record.groups):
        if group.role != "group-member":
            yield from _judged(ctx, group.direction, show_evidence(listing, group, "direction"))


def _judged(
    ctx: ServerContext, direction: str | None, evidence: Evidence
) -> Iterator[Outcome | None]:
    if direction is not None and direction.lower() != _BOTH:
        yield ctx.finding(
            evidence,
            f"group {ctx.group} has direction '{direction}': its members send in clear",
            fixes=(),
            kind="gdoi",
            group=ctx.group,
        )
    elif direction is not None:
        yield None


@rule(
    code="OPS003",
    aliases=("GV-110",),
    title="Members take encrypted traffic only: passive is for migrations",
    severity=Severity.MEDIUM,
    scope=GROUP,
    needs=(CONFIG, KS, GDOI),
    source=GUIDE,
    rationale="""
        A passive member encrypts what it sends, and takes in clear what ought to come encrypted.
        The command `crypto gdoi gm … ipsec direction` does the like until the next reload, without
        a line in the configuration, and can have it send in clear, too. Both are for the time in
        which not all sites are members.
    """,
    remediation="""
! where it was typed: crypto gdoi gm group {group} ipsec direction both
crypto {kind} group {group}
 no passive""",
    fix=Grade.REGISTRATION,
    bad={"gm1.cfg": _MEMBER.format(more=" passive\n")},
    good={"gm1.cfg": _MEMBER.format(more="")},
)
def passive(ctx: GroupContext) -> Outcomes:
    """Look for `passive`, and for a direction that no key server gave the member."""
    given = [
        each for each in key_servers(ctx) if any(_tells_to_receive(each.server, each.server.view))
    ]
    for member in members_of(ctx):
        if member.view is not None and member.view.passive:
            yield member.at(
                member.view,
                "passive",
                f"the member takes traffic of group {member.group} in clear, too (passive)",
                kind=member.view.spelling,
                group=member.group,
            )
        else:
            yield from _direction_of(member, given)


def _tells_to_receive(ctx: ServerContext, view: KeyServerConfig | None) -> Iterator[bool]:
    """Whether the key server's configuration, or an output, has members receive only."""
    yield view is not None and view.receive_only
    yield from (each is not None for each in _shown_direction(ctx))


def _direction_of(ctx: MemberContext, given: Sequence[KeyServer]) -> Outcomes:
    """Judge the direction that the member shows; `given`: servers that have it receive only."""
    shown = False
    for output, group in ctx.rows(GDOI, lambda record: record.groups):
        field = "direction" if group.member_direction is None else "member_direction"
        direction = group.member_direction or group.direction
        shown = True
        if direction.lower() == _BOTH:
            continue
        same = direction.lower() == group.direction.lower()
        if same and any(each.serves(ctx.group, group.servers) for each in given):
            continue
        only = direction.lower().endswith("only")
        yield ctx.shown(
            output,
            group,
            field,
            f"the member has direction '{direction}' in group {ctx.group}"
            + ("" if same else f", which has '{group.direction}'")
            + (": it sends in clear" if only else ""),
            severity=Severity.HIGH if only else None,
            fixes=(),
            kind="gdoi",
            group=ctx.group,
        )
    known = ctx.view is not None and ctx.device.block_complete(ctx.view.line)
    if not shown and not known:
        yield ctx.missing(CONFIG, GDOI)


@rule(
    code="OPS004",
    aliases=("GV-098",),
    title="IP-D3P and G-IKEv2 are not used together",
    severity=Severity.MEDIUM,
    scope=GROUP,
    needs=(CONFIG,),
    source=GUIDE,
    rationale="""
        Members that register by G-IKEv2 cannot take part in IP-D3P, the detection of delayed
        packets: they and the members by GDOI treat each other's packets differently. Time-based
        replay protection is there for both.
    """,
    remediation="""
! on all key servers, and `replay time` in its place
crypto {kind} group {group}
 server local
  no sa d3p window""",
    bad={"ks1.cfg": _SERVER.format(more="  gikev2 PROF\n  sa d3p window sec 5\n")},
    good={"ks1.cfg": _SERVER.format(more="  sa d3p window sec 5\n")},
)
def d3p_with_gikev2(ctx: GroupContext) -> Outcomes:
    """A group with an IP-D3P window has neither a G-IKEv2 profile nor members by G-IKEv2."""
    members = [
        role for role in ctx.group.members if role.view is not None and role.view.protocol != "gdoi"
    ]
    for server in ctx.group.servers:
        view = server.view
        if view is None:
            yield ctx.not_checked(f"there is no {CONFIG}", device=server.device.name)
        elif view.d3p_window_ms is not None and (view.gikev2 is not None or members):
            evidence = [config_evidence(server.device, view, "d3p_window_ms")]
            if view.gikev2 is not None:
                evidence.append(config_evidence(server.device, view, "gikev2"))
            evidence += [
                config_evidence(role.device, role.view, "protocol")
                for role in members
                if role.view is not None
            ]
            who = (
                "serves"
                if view.gikev2 is not None
                else f"has {members[0].device.name} as one of the"
            )
            yield ctx.finding(
                evidence,
                f"group {server.group} has an IP-D3P window and {who} members by G-IKEv2",
                device=server.device.name,
                kind=view.spelling,
                group=server.group,
            )
        elif view.d3p_window_ms is None and not server.device.block_complete(view.line):
            reason = f"group {server.group} is not known in full"
            yield ctx.not_checked(reason, device=server.device.name)
