"""What the links of an IPv6 group need in clear."""

from collections.abc import Iterator
from ipaddress import ip_address

from ...parsers.config import Selector
from ...parsers.config.acl_algebra import traffic
from ...parsers.config.acl_sets import PacketSets
from ..context import GROUP, GroupContext
from ..packets import for_each_set, in_front_of, shown_entries
from ..policy import SOURCES, Policy, as_printed
from ..rule import Grade, Outcome, Outcomes, Severity, rule
from ..sources import OURS

_KEY_SERVER = """
hostname ks1
crypto gdoi group ipv6 G6
 identity number 1006
 server local
  sa ipsec 10
   match address ipv6 POLICY6
  address ipv4 10.10.1.1
ipv6 access-list POLICY6
{line} sequence 20 permit ipv6 any any
"""
_OF_LINK = Selector(kind="prefix", address=ip_address("fe80::"), prefixlen=10)
_TO_LINK = Selector(kind="prefix", address=ip_address("ff02::"), prefixlen=16)
_DISCOVERY = PacketSets(
    [
        traffic("icmp", source=_OF_LINK, destination=_OF_LINK),
        traffic("icmp", source=_OF_LINK, destination=_TO_LINK),
    ],
    ipv6=True,
)
"""Neighbor and router discovery between the devices of a link (RFC 4861)."""


@rule(
    code="ACL040",
    title="Neighbor discovery of IPv6 is not encrypted",
    severity=Severity.MEDIUM,
    scope=GROUP,
    needs=SOURCES,
    source=OURS,
    rationale="""
        In place of ARP, IPv6 finds the provider's router by ICMP between link-local addresses. A
        policy that takes these packets leaves a member without its next hop, and so without key
        servers, once it has keys or fails closed. What comes from fe80::/10 never leaves the link,
        so that one deny for it protects nothing less.
    """,
    remediation="""
{list}
 ! in front of the permits
 deny ipv6 FE80::/10 any""",
    fix=Grade.REKEY,
    bad={"ks1.cfg": _KEY_SERVER.format(line="")},
    good={"ks1.cfg": _KEY_SERVER.format(line=" sequence 10 deny ipv6 FE80::/10 any\n")},
)
def discovery_encrypted(ctx: GroupContext) -> Outcomes:
    """No ICMP between the devices of a link reaches a permit of an IPv6 policy."""
    yield from for_each_set(ctx, _discovery)


def _discovery(ctx: GroupContext, policy: Policy, sets: PacketSets) -> Iterator[Outcome]:
    if not sets.ipv6:
        return
    both = next(sets.both(_DISCOVERY), None)
    if both is not None:
        (permit,) = shown_entries(policy, [both.one])
        yield ctx.finding(
            policy.prove(permit),
            f"'{as_printed(permit)}' in the policy of group {policy.group} encrypts neighbor "
            "discovery of the link",
            device=policy.device,
            fixes=in_front_of(policy, permit, "deny ipv6 FE80::/10 any"),
            list=policy.header_of(permit),
        )
