"""Routing protocols between members and provider, which a policy must leave in clear."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from ...parsers.config import AclEntry
from ..context import GROUP, GroupContext, config_evidence
from ..control import BGP_PORT, Exposed, Kind, any_any, bgp_session, exposed, is_any_any, names_port
from ..facts import MemberRole
from ..needs import CONFIG
from ..policy import SOURCES, Policy, for_each_policy, local_list
from ..routing import Use, addresses_of, bgp_uses, interior_uses
from ..rule import Grade, Outcome, Outcomes, Severity, rule
from ..sources import CONCEPTS
from .acl_exclusions import denied, missing_denies, permits_of

_IN_EVIDENCE = 5
"""Members of one finding that stand in its evidence."""


@dataclass(frozen=True, slots=True)
class _Hit:
    """Packets of a member that the policy encrypts."""

    role: MemberRole
    use: Use
    found: tuple[Exposed, ...]


def _key_server(*denies: str) -> str:
    lines = "".join(f" deny {deny}\n" for deny in denies)
    return f"""
hostname ks1
crypto gdoi group G1
 identity number 1001
 server local
  sa ipsec 10
   match address ipv4 POLICY
  address ipv4 10.10.1.1
ip access-list extended POLICY
{lines} permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255
"""


def _member(routing: str) -> str:
    return f"""
hostname gm1
crypto gdoi group G1
 identity number 1001
 server address ipv4 10.10.1.1
crypto map GETVPN 10 gdoi
 set group G1
interface GigabitEthernet0/1
 description WAN
 ip address 10.20.1.1 255.255.255.252
 crypto map GETVPN
{routing}
"""


_BGP = _member("router bgp 65101\n neighbor 10.20.1.2 remote-as 65000")
_OSPF = _member("router ospf 1\n network 10.20.1.0 0.0.0.3 area 0")


@rule(
    code="ACL008",
    aliases=("GV-026",),
    title="BGP between members and their provider is not encrypted, in either direction",
    severity=Severity.HIGH,
    scope=GROUP,
    needs=SOURCES,
    source=CONCEPTS,
    rationale="""
        The provider's router has no keys of the group. If a member encrypts its BGP session
        with it, the session goes down and the site loses its routes.
    """,
    fix=Grade.REKEY,
    remediation="""
{list}
 ! in front of the permits
 deny tcp any any eq bgp
 deny tcp any eq bgp any""",
    bad={"ks1.cfg": _key_server("tcp any any eq bgp"), "gm1.cfg": _BGP},
    good={"ks1.cfg": _key_server("tcp any any eq bgp", "tcp any eq bgp any"), "gm1.cfg": _BGP},
)
def bgp_encrypted(ctx: GroupContext) -> Outcomes:
    """The sessions of members with neighbors on the encrypting side reach no permit.

    Without the configuration of any member, a policy that denies BGP says that there is some.
    """
    devices = addresses_of(ctx.fleet)

    def uses(role: MemberRole, policy: Policy) -> Iterator[Use]:
        return bgp_uses(role, policy.family, devices)

    judge = partial(_routing, uses=uses, name="BGP", usual=bgp_session(), told=_denies_bgp)
    yield from for_each_policy(ctx, judge, whole=True)


@rule(
    code="ACL009",
    aliases=("GV-027",),
    title="OSPF, EIGRP and RIP of members on encrypting interfaces are not encrypted",
    severity=Severity.HIGH,
    scope=GROUP,
    needs=SOURCES,
    source=CONCEPTS,
    rationale="""
        The router at the other end of the link has no keys of the group. If a member encrypts
        what it sends there, the adjacency goes down, or never forms, and the site loses its
        routes. IS-IS is no IP traffic and needs no line.
    """,
    fix=Grade.REKEY,
    remediation="""
{list}
 ! in front of the permits
{denies}""",
    bad={"ks1.cfg": _key_server(), "gm1.cfg": _OSPF},
    good={"ks1.cfg": _key_server("ospf any any"), "gm1.cfg": _OSPF},
)
def interior_routing_encrypted(ctx: GroupContext) -> Outcomes:
    """What members send to neighbors on their encrypting interfaces reaches no permit."""

    def uses(role: MemberRole, policy: Policy) -> Iterator[Use]:
        return interior_uses(role, policy.family)

    judge = partial(_routing, uses=uses, name="OSPF", usual=any_any("ospf"), told=_denies_ospf)
    yield from for_each_policy(ctx, judge, whole=True)


def _denies_bgp(entry: AclEntry) -> bool:
    """Whether `entry` denies BGP between any two hosts, maybe in one direction only."""
    return entry.action == "deny" and names_port(entry, BGP_PORT) and is_any_any(entry)


def _denies_ospf(entry: AclEntry) -> bool:
    return entry.action == "deny" and entry.protocol == "ospf" and is_any_any(entry)


def _routing(
    ctx: GroupContext,
    policy: Policy,
    *,
    uses: Callable[[MemberRole, Policy], Iterator[Use]],
    name: str,
    usual: tuple[Kind, ...],
    told: Callable[[AclEntry], bool],
) -> Iterator[Outcome]:
    """Judge what members use by what they encrypt.

    `usual` are the packets of `name`, the protocol that matters where no member is known;
    `told` finds the entries of a policy that say that it is in use.
    """
    in_general = tuple(exposed(policy.entries, usual))
    hits: dict[str, list[_Hit]] = {}
    unknown = []
    for role in ctx.group.members:
        if not role.device.config_complete:
            unknown.append(role)
        acl = local_list(role)
        entries = (*(acl.entries if acl else ()), *policy.entries)
        for use in uses(role, policy):
            found = tuple(exposed(entries, use.kinds))
            if found:
                hits.setdefault(use.protocol, []).append(_Hit(role, use, found))
    for protocol, its_hits in hits.items():
        yield _finding(ctx, policy, protocol, its_hits)
    if hits or not in_general:
        return
    certain = [each for each in in_general if each.permit is not None]
    if not ctx.group.members and certain and any(map(told, policy.entries)):
        yield ctx.finding(
            dict.fromkeys(policy.prove(each.permit) for each in certain),
            f"policy of group {policy.group} encrypts {name}: {missing_denies(certain)}",
            device=policy.device,
            list=policy.header_of(*permits_of(certain)),
            denies=_lines(certain),
            fixes=denied(policy, certain),
        )
    elif not ctx.group.members:
        reason = f"there is no {CONFIG} of a member, which tells whether it uses {name}"
        yield ctx.not_checked(reason, device=policy.device)
    for role in unknown:
        gap = role.device.config_gap or f"there is no {CONFIG}"
        reason = f"whether the member uses {name} is not known: {gap}"
        yield ctx.not_checked(reason, device=role.device.name)


def _finding(ctx: GroupContext, policy: Policy, protocol: str, hits: list[_Hit]) -> Outcome:
    certain = [hit for hit in hits if any(each.permit is not None for each in hit.found)]
    if not certain:
        reason = f"whether {protocol} of members is encrypted depends on an object group"
        return ctx.not_checked(reason, device=policy.device)
    first = certain[0]
    found = [each for each in first.found if each.permit is not None]
    others = len({hit.role.device.name for hit in certain}) - 1
    more = f" and of {others} more member{'s' * (others > 1)}" if others else ""
    evidence = list(dict.fromkeys(policy.prove(each.permit) for each in found))
    evidence += [config_evidence(hit.role.device, hit.use.line) for hit in certain[:_IN_EVIDENCE]]
    return ctx.finding(
        evidence,
        f"policy of group {policy.group} encrypts {protocol} of {first.role.device.name} "
        f"{first.use.place}{more}: {missing_denies(found)}",
        device=policy.device,
        list=policy.header_of(*permits_of(found)),
        denies=_lines(found),
        fixes=denied(policy, found),
    )


def _lines(found: Iterable[Exposed]) -> str:
    return "\n".join(f" deny {each.kind.deny}" for each in found)
