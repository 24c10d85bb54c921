"""Policies that treat traffic in one way here and in another there."""

from collections.abc import Iterator, Mapping

from ...parsers.config import AclEntry
from ...parsers.config.acl_algebra import is_any_any, mirror
from ...parsers.config.acl_change import AclChange, Shift, acl_change
from ...parsers.config.acl_sets import PacketSets
from ...parsers.config.packet_sets import Bits
from ..acl_forms import as_line
from ..context import GROUP, GroupContext
from ..facts import Address, MemberRole
from ..needs import CONFIG, GDOI, GM_ACL, KS_ACL
from ..packets import for_each_set, in_front_of, shown_entries
from ..policy import SOURCES, Policy, as_command, as_printed, downloads_by_server, policy_of
from ..rule import Evidence, Grade, Outcome, Outcomes, Severity, rule
from ..sources import CONCEPTS, GUIDE

_SERVER = """
hostname {name}
crypto gdoi group G1
 identity number 1001
 server local
  sa ipsec 10
   match address ipv4 POLICY
  address ipv4 {address}
  redundancy
   local priority 100
   peer address ipv4 {peer}
ip access-list extended POLICY
{lines}"""
_PERMIT = " permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255\n"
_HTTPS = " deny tcp any any eq 443\n", " deny tcp any eq 443 any\n"
_ANSWERED = frozenset((53, 69, 161, 1645, 1646, 1812, 1813))
"""UDP ports from which answers come; other UDP may well be a one-way street."""

_NO_ANSWERS: dict[bool, tuple[Bits, ...]] = {
    False: ((0xE0 << 24, 0xF0 << 24),),
    True: ((0xFF << 120, 0xFF << 120), (0xFE80 << 112, 0xFFC0 << 112)),
}
"""Value and care mask of 224.0.0.0/4 and, for IPv6, of ff00::/8 and fe80::/10."""

_TOLD = 3
"""Kinds of traffic that one message tells of."""


def _server(name: str, number: int, lines: str) -> str:
    address, peer = f"10.10.{number}.1", f"10.10.{3 - number}.1"
    return _SERVER.format(name=name, address=address, peer=peer, lines=lines)


@rule(
    code="ACL022",
    title="What a policy leaves in clear, it leaves in clear in both directions",
    severity=Severity.MEDIUM,
    scope=GROUP,
    needs=SOURCES,
    source=CONCEPTS,
    rationale="""
        All members have the same list and match it against what they send. Where a deny covers
        one direction of a conversation only, the answers are encrypted: a host without a member
        in front of it never reads them, and with one in front half the conversation depends on
        keys that it was meant to be free of. UDP that has no answers, multicast and conditions
        such as `established` are left aside.
    """,
    remediation="""
{list}
 ! in front of '{permit}'
 deny {reverse}""",
    fix=Grade.REKEY,
    bad={"ks1.cfg": _server("ks1", 1, f" 10{_HTTPS[0]} 20{_PERMIT}")},
    good={"ks1.cfg": _server("ks1", 1, f" 10{_HTTPS[0]} 20{_HTTPS[1]} 30{_PERMIT}")},
)
def one_way_denies(ctx: GroupContext) -> Outcomes:
    """No deny leaves traffic in clear whose opposite direction is encrypted."""
    yield from for_each_set(ctx, _one_way)


def _one_way(ctx: GroupContext, policy: Policy, sets: PacketSets) -> Iterator[Outcome]:
    first: dict[AclEntry, Shift] = {}
    for shift in sets.one_way:
        if shift.clear is not None and _has_answers(shift.clear) and not _to_many(shift):
            first.setdefault(shift.clear, shift)
    for turned, shift in first.items():
        deny, permit = shown_entries(policy, [mirror(turned), shift.permit])
        # with names of ports, as the rules about protocols write the same line
        reverse = as_line(mirror(deny)).removeprefix("deny ")
        yield ctx.finding(
            [policy.prove(deny), policy.prove(permit)],
            f"'{as_printed(deny)}' in the policy of group {policy.group} leaves one direction in "
            f"clear, '{as_printed(permit)}' encrypts the other: {shift}",
            device=policy.device,
            fixes=in_front_of(policy, permit, f"deny {reverse}"),
            list=policy.header_of(permit),
            permit=as_command(permit),
            reverse=reverse,
        )


def _has_answers(turned: AclEntry) -> bool:
    """Whether what a deny, here turned round, leaves in clear belongs to two-way traffic."""
    if turned.flags or (turned.protocol in ("ip", "ipv6") and is_any_any(turned)):
        return False
    if turned.protocol != "udp":
        return True
    ranges = (*turned.source_ports.ranges, *turned.destination_ports.ranges)
    single = {low for low, high in ranges if low == high}
    ports = turned.source_ports.is_any and turned.destination_ports.is_any
    return ports or bool(single & _ANSWERED)


def _to_many(shift: Shift) -> bool:
    """Whether it is multicast, from whose addresses nothing is sent, or stays on its link."""
    return any(
        care & bits == bits and value & bits == base
        for value, care in (shift.traffic.source, shift.traffic.destination)
        for base, bits in _NO_ANSWERS[shift.ipv6]
    )


@rule(
    code="ACL023",
    title="All key servers of a group encrypt the same packets",
    severity=Severity.MEDIUM,
    scope=GROUP,
    needs=(CONFIG, KS_ACL),
    source=CONCEPTS,
    rationale="""
        Members take the policy of the key server that they register with. Where another server's
        lists encrypt other packets, members that registered there send in clear what the rest
        expects encrypted, and drop it. COOP006 compares the texts and is the critical finding;
        this rule tells what a difference means for traffic, and is silent where two texts mean
        the same.
    """,
    remediation="""
! {traffic}
! is to be treated alike: give {server} and {model} one access list, then on the primary
! crypto gdoi ks rekey""",
    bad={
        "ks1.cfg": _server("ks1", 1, _PERMIT),
        "ks2.cfg": _server("ks2", 2, _HTTPS[0] + _PERMIT),
    },
    good={
        "ks1.cfg": _server("ks1", 1, "".join(_HTTPS) + _PERMIT),
        "ks2.cfg": _server("ks2", 2, "".join(reversed(_HTTPS)) + _PERMIT),
    },
)
def servers_encrypt_differently(ctx: GroupContext) -> Outcomes:
    """Compare the packets that each key server's policy encrypts with those of the first."""
    found = [policy_of(role) for role in ctx.group.servers]
    if len(found) < 2:
        if len(ctx.group.server_addresses) > 1 or not found:
            yield ctx.not_checked("fewer than two key servers of this group are known")
        return
    known = [policy for policy in found if not policy.gap]
    for policy in found:
        if policy.gap:
            yield ctx.not_checked(policy.gap, device=policy.device)
    for policy in known[1:]:
        yield from _compared(ctx, known[0], policy)


def _compared(ctx: GroupContext, model: Policy, policy: Policy) -> Iterator[Outcome]:
    change = acl_change(model.entries, policy.entries, ipv6=policy.family == "ipv6")
    shifts = (*change.encrypted, *change.clear)
    if shifts:
        yield ctx.finding(
            _proofs(model, policy, change),
            f"key server {policy.device} {_meaning(change)}, unlike key server {model.device}",
            device=policy.device,
            traffic=_traffic(shifts),
            server=policy.device,
            model=model.device,
        )
    elif change.unknown:
        yield ctx.not_checked(change.unknown[0], device=policy.device)


def _meaning(change: AclChange) -> str:
    told = ((change.encrypted, "encrypts"), (change.clear, "leaves in clear"))
    return " and ".join(f"{what} {_traffic(shifts)}" for shifts, what in told if shifts)


def _traffic(shifts: tuple[Shift, ...]) -> str:
    told = [str(each) for each in shifts[:_TOLD]]
    if len(shifts) > _TOLD:
        told.append(f"{len(shifts) - _TOLD} more")
    return "; ".join(told)


def _proofs(model: Policy, policy: Policy, change: AclChange) -> Iterator[Evidence]:
    """The entries by which the first of the traffic is treated in either way."""
    sides = ((change.encrypted, policy, model), (change.clear, model, policy))
    for shifts, encrypting, clearing in sides:
        for shift in shifts[:1]:
            yield _proof(encrypting, shift.permit)
            yield _proof(clearing, shift.clear)


def _proof(policy: Policy, entry: AclEntry | None) -> Evidence:
    return policy.prove(None if entry is None else shown_entries(policy, [entry])[0])


_MEMBER = """
gm1#show crypto gdoi gm acl
Group Name: G1
 ACL Downloaded From KS 10.10.1.1:
   access-list   deny tcp any any port = 443
   access-list   deny tcp any port = 443 any
   access-list   permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255

"""


@rule(
    code="ACL024",
    title="Members encrypt what their key server wants encrypted",
    severity=Severity.MEDIUM,
    scope=GROUP,
    needs=(CONFIG, KS_ACL, GM_ACL, GDOI),
    source=GUIDE,
    rationale="""
        A changed access list reaches members with the next rekey, or when they register again.
        Until then, and for good where a rekey does not reach them, they encrypt by the old one:
        between members of either kind packets are dropped or go in clear.
    """,
    remediation="""
! on the primary key server, when all key servers have the new list
crypto gdoi ks rekey
! then look at {member} again""",
    bad={
        "ks1.cfg": _server("ks1", 1, _PERMIT),
        "gm1/show crypto gdoi gm acl.txt": _MEMBER,
    },
    good={
        "ks1.cfg": _server("ks1", 1, "".join(_HTTPS) + _PERMIT),
        "gm1/show crypto gdoi gm acl.txt": _MEMBER,
    },
)
def members_encrypt_otherwise(ctx: GroupContext) -> Outcomes:
    """Compare the packets that each member encrypts with those of its key server's policy."""
    servers = {role.address: policy_of(role) for role in ctx.group.servers if role.address}
    for role in ctx.group.members:
        yield from _of_member(ctx, role, servers)


def _of_member(
    ctx: GroupContext, role: MemberRole, servers: Mapping[Address, Policy]
) -> Iterator[Outcome]:
    held = [(server, policy) for server, policy in downloads_by_server(role) if not policy.gap]
    if not held:
        yield ctx.not_checked("what the member holds is not known", device=role.device.name)
    told: set[str] = set()
    for server, policy in held:
        model = servers.get(server) if server is not None else None
        if model is None or model.gap:
            reason = f"the policy of key server {server or 'of the member'} is not known"
            yield ctx.not_checked(reason, device=role.device.name)
            continue
        change = acl_change(model.entries, policy.entries, ipv6=policy.family == "ipv6")
        shifts = (*change.encrypted, *change.clear)
        if shifts:
            message = f"{role.device.name} {_meaning(change)}, unlike key server {model.device}"
            if message in told:  # two texts show one list
                continue
            told.add(message)
            yield ctx.finding(
                _proofs(model, policy, change),
                message,
                device=role.device.name,
                member=role.device.name,
            )
        elif change.unknown:
            yield ctx.not_checked(change.unknown[0], device=role.device.name)
