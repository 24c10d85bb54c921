"""What fail-close lists let through beside registration, and what they should not."""

from collections.abc import Iterator
from functools import lru_cache

from ...parsers.config.acl_algebra import is_any_any
from ...parsers.config.acl_change import TOO_INTRICATE, told
from ...parsers.config.acl_sets import PacketSets
from ...parsers.config.packet_sets import TooManyStepsError
from ..context import DEVICE, MEMBER, DeviceContext, MemberContext, config_evidence
from ..control import Kind, exposed, service
from ..facts import Address, Fleet, MemberRole
from ..fail_close import Closed, by_state, for_each_block
from ..needs import CONFIG, GM_ACL, KS_ACL
from ..packets import group_of, held_by, sets_of
from ..policy import Same, as_command, as_printed
from ..routing import Use, addresses_of, bgp_uses, interior_uses
from ..rule import Grade, Outcome, Outcomes, Severity, rule
from ..sources import CSM, FAIL_CLOSE, GUIDE

_MEMBER = """
hostname gm1
crypto gdoi group G1
 identity number 1001
 server address ipv4 10.10.1.1
{more}crypto map GETVPN gdoi fail-close
 match address CLOSED
 activate
crypto map GETVPN 10 gdoi
 set group G1
interface GigabitEthernet0/1
 ip address 10.20.1.1 255.255.255.252
 crypto map GETVPN
router ospf 1
 network 10.20.1.0 0.0.0.3 area 0
ip access-list extended CLOSED
"""
_DENIES = """\
 deny tcp any any eq 22
 deny tcp any eq 22 any
 deny udp any any eq isakmp
 deny udp any any eq 848
 deny ospf any any
"""
_GOOD = _MEMBER.format(more="") + _DENIES


@rule(
    code="FCL004",
    title="A fail-close list lets administrators in",
    severity=Severity.HIGH,
    scope=DEVICE,
    needs=(CONFIG,),
    source=FAIL_CLOSE,
    rationale="""
        A member without keys drops what its fail-close list does not deny. If SSH is among that,
        nobody reaches the member to see why it does not register, and the site needs a visit.
        SSH from a few hosts is enough; both directions have to pass. Where the block is not
        activated yet the finding is a medium one.
    """,
    remediation="""
{list}
{denies}""",
    fix=Grade.SAFE,
    bad={"gm1.cfg": _GOOD.replace(" deny tcp any eq 22 any\n", "")},
    good={"gm1.cfg": _GOOD},
)
def management_dropped(ctx: DeviceContext) -> Outcomes:
    """A part of SSH passes in either direction."""
    yield from for_each_block(ctx, _management)


def _management(ctx: DeviceContext, closed: Closed) -> Iterator[Outcome]:
    clear = closed.clear
    if unknown := clear.unknown:
        yield ctx.not_checked(unknown[0])
        return
    missing = _shut_out(clear)
    if missing:
        yield ctx.at(
            closed.block,
            "acl",
            f"the fail-close block of crypto map {closed.map.name} lets no SSH through: no "
            + " and ".join(f"'deny {kind.deny}'" for kind in missing),
            severity=by_state(closed, Severity.HIGH),
            fixes=None if closed.appends else (),
            list=closed.header,
            denies="\n".join(f" deny {kind.deny}" for kind in missing),
        )


@lru_cache(maxsize=64)
def _shut_out(clear: PacketSets) -> tuple[Kind, ...]:
    """The directions of SSH of which no part passes in clear."""
    return tuple(kind for kind in service("22", 22) if not _passes(clear, kind))


def _passes(clear: PacketSets, kind: Kind) -> bool:
    """Whether a part of some traffic passes in clear."""
    return any(clear.both(PacketSets(kind.packets, ipv6=clear.ipv6)))


@rule(
    code="FCL005",
    title="A fail-close list lets the routing of the link through",
    severity=Severity.HIGH,
    scope=MEMBER,
    needs=(CONFIG,),
    source=FAIL_CLOSE,
    rationale="""
        A member that cannot speak its routing protocol with the provider before it has keys has
        no route to its key servers either, and never gets them. Static routes need nothing.
        Where the block is not activated yet the finding is a medium one.
    """,
    remediation="""
{list}
{denies}""",
    fix=Grade.SAFE,
    bad={"gm1.cfg": _GOOD.replace(" deny ospf any any\n", "")},
    good={"gm1.cfg": _GOOD},
)
def routing_dropped(ctx: MemberContext) -> Outcomes:
    """What the member sends to neighbors on its encrypting interfaces is denied by the list."""

    def judge(_: DeviceContext, closed: Closed) -> Iterator[Outcome]:
        if any(entry.group == ctx.group for entry in closed.map.entries):
            yield from _routing(ctx, closed)

    yield from for_each_block(ctx, judge)


def _routing(ctx: MemberContext, closed: Closed) -> Iterator[Outcome]:
    for use in _uses(ctx, closed, ctx.role):
        found = [each for each in exposed(closed.judged, use.kinds) if each.permit is not None]
        if found:
            denies = [f"deny {each.kind.deny}" for each in found]
            yield ctx.finding(
                [
                    config_evidence(ctx.device, closed.block, "acl"),
                    config_evidence(ctx.device, use.line),
                ],
                f"the fail-close block of crypto map {closed.map.name} drops {use.protocol} "
                f"{use.place}: no " + " and ".join(f"'{deny}'" for deny in denies),
                severity=by_state(closed, Severity.HIGH),
                fixes=None if closed.appends else (),
                list=closed.header,
                denies="\n".join(f" {deny}" for deny in denies),
            )


@lru_cache(maxsize=1)
def _addresses(of: Same[Fleet]) -> frozenset[Address]:
    """The addresses of all devices, which each member asks for."""
    return addresses_of(of.what)


def _uses(ctx: MemberContext, closed: Closed, role: MemberRole) -> Iterator[Use]:
    yield from bgp_uses(role, closed.map.family, _addresses(Same(ctx.fleet)))
    yield from interior_uses(role, closed.map.family)


@rule(
    code="FCL006",
    title="Fail-close lists have denies only",
    severity=Severity.LOW,
    scope=DEVICE,
    needs=(CONFIG,),
    source=FAIL_CLOSE,
    rationale="""
        A deny lets traffic pass in clear, and IOS adds a permit for everything behind the list.
        A permit of its own therefore says nothing new, or makes denies behind it void. Whoever
        wrote it mostly meant to let that traffic through.
    """,
    remediation="""
{list}
 no {entry}
 ! if the traffic was to pass: a deny for it""",
    bad={"gm1.cfg": f"{_GOOD} permit tcp any any eq 443\n"},
    good={"gm1.cfg": _GOOD},
)
def permits_in_list(ctx: DeviceContext) -> Outcomes:
    """No entry of a fail-close list is a permit; a last one for everything does no harm."""
    yield from for_each_block(ctx, _permits)


def _permits(ctx: DeviceContext, closed: Closed) -> Iterator[Outcome]:
    entries = closed.acl.entries if closed.acl is not None else ()
    for entry in entries:
        final = entry is entries[-1] and is_any_any(entry)
        if entry.action == "permit" and not final:
            yield ctx.at(
                entry,
                "",
                f"'{as_printed(entry)}' in the fail-close list of crypto map {closed.map.name} "
                "drops its traffic while there are no keys",
                list=closed.header,
                entry=as_command(entry),
            )


_KEY_SERVER = """
hostname ks1
crypto gdoi group G1
 identity number 1001
 server local
  sa ipsec 10
   match address ipv4 POLICY
  address ipv4 10.10.1.1
ip access-list extended POLICY
 permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255
"""


@rule(
    code="FCL007",
    title="A fail-close list keeps the traffic of hosts closed that the group encrypts",
    severity=Severity.MEDIUM,
    scope=MEMBER,
    needs=(CONFIG, KS_ACL, GM_ACL),
    source=CSM,
    rationale="""
        Denies in a fail-close list are for what a member needs before it has keys: registration,
        routing, management. A deny for all protocols of networks that the group encrypts leaves
        their traffic in clear until the member is registered, which is what fail-close is to
        prevent.
    """,
    remediation="""
{list}
 ! narrow to the protocols that are needed without keys
 no {entry}""",
    bad={"ks1.cfg": _KEY_SERVER, "gm1.cfg": f"{_GOOD} deny ip 10.31.0.0 0.0.255.255 any\n"},
    good={"ks1.cfg": _KEY_SERVER, "gm1.cfg": f"{_GOOD} deny ip any 192.168.0.0 0.0.255.255\n"},
)
def open_while_closed(ctx: MemberContext) -> Outcomes:
    """No deny for whole hosts takes what the policy of the group encrypts."""

    def judge(_: DeviceContext, closed: Closed) -> Iterator[Outcome]:
        if any(entry.group == ctx.group for entry in closed.map.entries):
            yield from _open(ctx, closed)

    yield from for_each_block(ctx, judge)


def _open(ctx: MemberContext, closed: Closed) -> Iterator[Outcome]:
    wide = [each for each in closed.entries if each.protocol in ("ip", "ipv6")]
    if not any(each.action == "deny" for each in wide):
        return
    group = group_of(ctx.fleet, ctx.role)
    policy = None if group is None else held_by(ctx.role, group)
    if policy is None or policy.gap or sets_of(policy).unknown:
        yield ctx.not_checked("the policy of the group is not known in full")
        return
    try:
        both = [
            each
            for each in closed.clear.both(sets_of(policy))
            if each.one.protocol in ("ip", "ipv6")
        ]
    except TooManyStepsError:
        yield ctx.not_checked(TOO_INTRICATE)
        return
    for line in {id(each.one.line): each for each in both}.values():
        yield ctx.at(
            line.one.line,
            "",
            f"'{' '.join(line.one.line.redacted.split())}' in the fail-close list of crypto map "
            f"{closed.map.name} leaves {told(line.part, ipv6=closed.ipv6)} in clear, which group "
            f"{ctx.group} encrypts",
            list=closed.header,
            entry=" ".join(line.one.line.text.split()),
        )


@rule(
    code="FCL008",
    title="A member that is to fall back to fail-close has a block to fall back to",
    severity=Severity.LOW,
    scope=MEMBER,
    needs=(CONFIG,),
    source=GUIDE,
    rationale="""
        `client fail-close revert` makes a member drop traffic again when a later registration
        fails. It does so by the fail-close block of its crypto map: without one, or with one that
        is not activated, the line does nothing.
    """,
    fix=Grade.SAFE,
    remediation="""
crypto {kind} group {group}
 no client fail-close revert
! or give the crypto map a fail-close block, and activate it""",
    bad={
        "gm1.cfg": _MEMBER.format(more=" client fail-close revert\n")
        .replace(" activate\n", "")
        .replace("GigabitEthernet0/1", "GigabitEthernet1")
        + _DENIES
    },
    good={"gm1.cfg": _MEMBER.format(more=" client fail-close revert\n") + _DENIES},
)
def revert_to_nothing(ctx: MemberContext) -> Outcomes:
    """A group with `client fail-close revert` is in a crypto map with an activated block."""
    if ctx.configured is None:
        yield ctx.missing()
        return
    view, config = ctx.configured
    if not view.fail_close_revert:
        if not ctx.device.block_complete(view.line):
            yield ctx.not_checked(f"group {view.group} is not known in full")
        return
    maps = [
        each for each in config.crypto_maps if any(one.group == view.group for one in each.entries)
    ]
    if any(each.fail_close is not None and each.fail_close.activated for each in maps):
        return
    if ctx.config_missing:
        yield ctx.not_checked(ctx.config_missing)
        return
    yield ctx.at(
        view,
        "fail_close_revert",
        f"group {view.group} is to fall back to fail-close, but its crypto map has no activated "
        "fail-close block",
        kind=view.spelling,
        group=view.group,
    )
