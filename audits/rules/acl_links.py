"""Protocols of the link, and logins, that a policy would encrypt on some member."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from ipaddress import IPv4Address

from ...parsers.config import Selector
from ...parsers.config.acl_algebra import traffic
from ...parsers.config.acl_sets import PacketSets
from ..context import GROUP, GroupContext, config_evidence
from ..control import exposed
from ..facts import MemberRole
from ..links import bfd_uses, dhcp_uses, igmp_uses, ldp_uses, radius_uses, redundancy_uses
from ..needs import CONFIG
from ..packets import for_each_set, in_front_of, shown_entries
from ..policy import SOURCES, Policy, as_printed, for_each_policy, local_list
from ..routing import VERSION, Use
from ..rule import Grade, Outcome, Outcomes, Severity, rule
from ..sources import CONCEPTS, OURS
from .acl_exclusions import missing_denies

_REMEDIATION = """
{list}
 ! in front of the permits
{denies}"""


def _key_server(*denies: str) -> str:
    lines = "".join(f" {n} deny {deny}\n" for n, deny in enumerate(denies, start=1))
    return f"""
hostname ks1
crypto gdoi group G1
 identity number 1001
 server local
  sa ipsec 10
   match address ipv4 POLICY
  address ipv4 10.10.1.1
ip access-list extended POLICY
{lines} 50 permit ip any any
"""


def _member(line: str, address: str = "10.20.1.1 255.255.255.248", more: str = "") -> str:
    return f"""
hostname gm1
{more}crypto gdoi group G1
 identity number 1001
 server address ipv4 10.10.1.1
crypto map GETVPN 10 gdoi
 set group G1
interface GigabitEthernet0/1
 ip address {address}
{line} crypto map GETVPN
"""


def _examples(gm: str, *denies: str) -> tuple[dict[str, str], dict[str, str]]:
    """A bad and a good example: without these denies, and with them."""
    return (
        {"ks1.cfg": _key_server(), "gm1.cfg": gm},
        {"ks1.cfg": _key_server(*denies), "gm1.cfg": gm},
    )


def _judged(ctx: GroupContext, uses: Callable[[MemberRole], Iterator[Use]]) -> Outcomes:
    """A finding for each policy that encrypts a use of a member, its own denies considered."""

    def judge(ctx: GroupContext, policy: Policy) -> Iterator[Outcome]:
        yield from _policy(ctx, policy, uses)

    yield from for_each_policy(ctx, judge, whole=True)


def _policy(
    ctx: GroupContext, policy: Policy, uses: Callable[[MemberRole], Iterator[Use]]
) -> Iterator[Outcome]:
    if VERSION[policy.family] == 6:
        return
    if not ctx.group.members:
        yield ctx.not_checked(f"there is no {CONFIG} of a member", device=policy.device)
    told = False
    for role in ctx.group.members:
        if not role.device.config_complete:
            reason = role.device.config_gap or f"there is no {CONFIG}"
            yield ctx.not_checked(reason, device=role.device.name)
        acl = local_list(role)
        entries = (*(acl.denies if acl else ()), *policy.entries)
        for use in () if told else uses(role):
            found = [each for each in exposed(entries, use.kinds) if each.permit is not None]
            if not found:
                continue
            told = True
            denies = [f"deny {each.kind.deny}" for each in found]
            first = found[0].permit
            (permit,) = shown_entries(policy, [first] if first is not None else [])
            yield ctx.finding(
                [policy.prove(permit), config_evidence(role.device, use.line)],
                f"policy of group {policy.group} encrypts {use.protocol} of {role.device.name} "
                f"{use.place}: {missing_denies(found)}",
                device=policy.device,
                fixes=in_front_of(policy, permit, *denies),
                list=policy.header_of(permit),
                denies="\n".join(f" {deny}" for deny in denies),
            )


_BAD, _GOOD = _examples(_member(" standby 1 ip 10.20.1.3\n"), "udp any any eq 1985")


@rule(
    code="ACL033",
    title="HSRP, VRRP and GLBP on encrypting interfaces are not encrypted",
    severity=Severity.MEDIUM,
    scope=GROUP,
    needs=SOURCES,
    source=CONCEPTS,
    rationale="""
        Two members at one site that share an address towards the provider find out by HSRP, VRRP
        or GLBP which of them has it. Encrypted, their hellos depend on keys: a member that loses
        them takes the address at the same time as the other one.
    """,
    remediation=_REMEDIATION,
    fix=Grade.REKEY,
    bad=_BAD,
    good=_GOOD,
)
def redundancy_encrypted(ctx: GroupContext) -> Outcomes:
    """What members send by these protocols reaches no permit."""
    yield from _judged(ctx, redundancy_uses)


_BAD, _GOOD = _examples(
    _member(" bfd interval 500 min_rx 500 multiplier 3\n"), "udp any any eq 3784"
)


@rule(
    code="ACL034",
    title="BFD with the provider is not encrypted",
    severity=Severity.MEDIUM,
    scope=GROUP,
    needs=SOURCES,
    source=CONCEPTS,
    rationale="""
        The provider's router has no keys of the group. BFD sessions that a member encrypts stay
        down, and with them the routing that waits for BFD.
    """,
    remediation=_REMEDIATION,
    fix=Grade.REKEY,
    bad=_BAD,
    good=_GOOD,
)
def bfd_encrypted(ctx: GroupContext) -> Outcomes:
    """BFD to the others on a link reaches no permit."""
    yield from _judged(ctx, bfd_uses)


_BAD, _GOOD = _examples(
    _member(" mpls ip\n"), "udp any any eq 646", "tcp any any eq 646", "tcp any eq 646 any"
)


@rule(
    code="ACL035",
    title="LDP with the provider is not encrypted",
    severity=Severity.MEDIUM,
    scope=GROUP,
    needs=SOURCES,
    source=CONCEPTS,
    rationale="""
        A member that exchanges labels with the provider's router does so by LDP, which that router
        cannot read when it comes encrypted: hellos and the session have to be in clear.
    """,
    remediation=_REMEDIATION,
    fix=Grade.REKEY,
    bad=_BAD,
    good=_GOOD,
)
def ldp_encrypted(ctx: GroupContext) -> Outcomes:
    """Hellos, and the session in both directions, reach no permit."""
    yield from _judged(ctx, ldp_uses)


_BAD, _GOOD = _examples(_member("", "dhcp"), "udp any eq bootpc any eq bootps")


@rule(
    code="ACL036",
    title="DHCP on encrypting interfaces is not encrypted",
    severity=Severity.MEDIUM,
    scope=GROUP,
    needs=SOURCES,
    source=CONCEPTS,
    rationale="""
        A member whose provider gives it an address asks for that before it has keys, and again
        before the lease ends. Encrypted, the question is dropped, and the member loses its address.
    """,
    remediation=_REMEDIATION,
    fix=Grade.REKEY,
    bad=_BAD,
    good=_GOOD,
)
def dhcp_encrypted(ctx: GroupContext) -> Outcomes:
    """A request to all hosts of the link reaches no permit."""
    yield from _judged(ctx, dhcp_uses)


_BAD, _GOOD = _examples(
    _member("", more="radius server A\n address ipv4 10.9.0.1 auth-port 1812 acct-port 1813\n"),
    "udp any any eq 1812",
    "udp any eq 1812 any",
)


@rule(
    code="ACL037",
    title="RADIUS between members and their servers is not encrypted",
    severity=Severity.LOW,
    scope=GROUP,
    needs=SOURCES,
    source=f"{CONCEPTS}, which asks for it with TACACS+",
    rationale="""
        A member asks its RADIUS server who may log in. If it has lost its keys, an encrypted
        request goes nowhere, and only local users can log in to mend that.
    """,
    remediation=_REMEDIATION,
    fix=Grade.REKEY,
    bad=_BAD,
    good=_GOOD,
)
def radius_encrypted(ctx: GroupContext) -> Outcomes:
    """Requests to the servers that members are configured with, and the answers, are in clear."""
    yield from _judged(ctx, radius_uses)


_BAD, _GOOD = _examples(_member(" ip pim sparse-mode\n"), "igmp any any")


@rule(
    code="ACL038",
    title="IGMP on encrypting interfaces is not encrypted",
    severity=Severity.MEDIUM,
    scope=GROUP,
    needs=SOURCES,
    source=CONCEPTS,
    rationale="""
        With IGMP a member tells the provider's router which multicast it wants, that of rekeys
        among it. The router has no keys: encrypted reports are lost, and the rekeys do not come.
    """,
    remediation=_REMEDIATION,
    fix=Grade.REKEY,
    bad=_BAD,
    good=_GOOD,
)
def igmp_encrypted(ctx: GroupContext) -> Outcomes:
    """Reports to the routers of a link with multicast reach no permit."""
    yield from _judged(ctx, igmp_uses)


_LINK_LOCAL = PacketSets(
    [
        replace(traffic("tcp"), action="deny"),
        traffic(
            "ip",
            destination=Selector(
                kind="wildcard",
                address=IPv4Address("224.0.0.0"),
                wildcard=IPv4Address("0.0.0.255"),
            ),
        ),
    ]
)
"""What never leaves a link: multicast to 224.0.0.0/24, which TCP does not use."""


@rule(
    code="ACL039",
    title="Multicast that does not leave a link is not encrypted",
    severity=Severity.INFO,
    scope=GROUP,
    needs=SOURCES,
    source=OURS,
    rationale="""
        Packets to 224.0.0.0/24 stay on their link, where the provider's router without keys is
        the only one to read them. A deny for that range covers the hellos of all protocols, also
        of one that is enabled some day. Which of them members use now, other rules say.
    """,
    remediation="""
{list}
 ! in front of the permits
 deny ip any 224.0.0.0 0.0.0.255""",
    fix=Grade.REKEY,
    bad={"ks1.cfg": _key_server("ospf any any")},
    good={"ks1.cfg": _key_server("ip any 224.0.0.0 0.0.0.255")},
)
def link_local_encrypted(ctx: GroupContext) -> Outcomes:
    """No packet to 224.0.0.0/24 reaches a permit."""
    yield from for_each_set(ctx, _link_local)


def _link_local(ctx: GroupContext, policy: Policy, sets: PacketSets) -> Iterator[Outcome]:
    both = next(sets.both(_LINK_LOCAL), None)
    if both is not None:
        (permit,) = shown_entries(policy, [both.one])
        yield ctx.finding(
            policy.prove(permit),
            f"'{as_printed(permit)}' in the policy of group {policy.group} encrypts multicast to "
            "224.0.0.0/24, which stays on the link",
            device=policy.device,
            fixes=in_front_of(policy, permit, "deny ip any 224.0.0.0 0.0.0.255"),
            list=policy.header_of(permit),
        )
