"""Advice on access lists: optional exclusions, local policies, the size of a member's tables."""

from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network

from ...parsers.config import AclEntry, ConfigLine, Selector
from ..context import FLEET, GROUP, FleetContext, GroupContext, config_evidence
from ..control import (
    BGP_PORT,
    RIP_PORT,
    datagrams,
    exposed,
    is_any_any,
    names_port,
    server_addresses,
)
from ..facts import Address, MemberRole
from ..needs import CONFIG
from ..policy import SOURCES, Policy, as_command, as_printed, downloads, for_each_policy, policies
from ..rule import Outcome, Outcomes, Severity, rule
from ..sources import CONCEPTS

_KEY_SERVER = """
hostname ks1
crypto gdoi group G1
 identity number 1001
 server local
  sa ipsec 10
   match address ipv4 POLICY
  address ipv4 10.10.1.1
ip access-list extended POLICY
"""
_PERMIT = " permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255\n"
_OPTIONAL = (
    ("DNS", 53, "domain", ("dns", "domain")),
    ("SNMP", 161, "snmp", ("snmp",)),
    ("syslog", 514, "syslog", ("syslog", "logging")),
)
"""Name, UDP port, its word in IOS, and the words of a remark that speaks of it."""


@rule(
    code="ACL014",
    aliases=("GV-032",),
    title="Whether DNS, SNMP and syslog are encrypted is decided in writing",
    severity=Severity.INFO,
    scope=GROUP,
    needs=SOURCES,
    source=CONCEPTS,
    rationale="""
        Whether management traffic is to be encrypted depends on where the servers are: those
        without a member in front of them cannot be reached with it. An entry for the protocol,
        deny or permit, or a remark that names it, shows that this was thought of.
    """,
    remediation="""
{list}
 ! in front of the permits, where the servers are outside the group; else a remark
{denies}""",
    bad={"ks1.cfg": _KEY_SERVER + _PERMIT},
    good={
        "ks1.cfg": f"{_KEY_SERVER} remark DNS and syslog servers are behind members\n"
        f" deny udp any any eq snmp\n deny udp any eq snmp any\n{_PERMIT}"
    },
)
def optional_undecided(ctx: GroupContext) -> Outcomes:
    """An entry or a remark names each protocol that a permit would take."""
    yield from for_each_policy(ctx, _optional, whole=True)


def _optional(ctx: GroupContext, policy: Policy) -> Iterator[Outcome]:
    remarks = " ".join(policy.remarks).lower()
    missing, permit = {}, None
    for name, port, word, words in _OPTIONAL:
        if any(names_port(entry, port) for entry in policy.entries):
            continue
        found = next(exposed(policy.entries, datagrams(word, port)), None)
        if found is not None and found.permit and not any(each in remarks for each in words):
            missing[name] = f" deny {found.kind.deny}"
            permit = permit or found.permit
    if permit is not None:
        yield ctx.finding(
            policy.prove(permit),
            f"policy of group {policy.group} encrypts {', '.join(missing)} with "
            f"'{as_printed(permit)}': no entry or remark says that this is wanted",
            device=policy.device,
            list=policy.header_of(permit),
            denies="\n".join(missing.values()),
        )


def _member(name: str, network: str, routing: str = "") -> str:
    return f"""
hostname {name}
crypto gdoi group G1
 identity number 1001
 server address ipv4 10.10.1.1
interface GigabitEthernet0/0
 ip address {network}.1 255.255.255.0
{routing}
"""


_MEMBERS = {f"gm{n}.cfg": _member(f"gm{n}", f"10.3{n}.0") for n in range(1, 4)}
_WITH_EIGRP = _member("gm4", "10.34.0", "router eigrp 7\n network 10.0.0.0")


@rule(
    code="ACL015",
    aliases=("GV-033",),
    title="What concerns few members is denied on these, not in the policy of all",
    severity=Severity.LOW,
    scope=GROUP,
    needs=(CONFIG,),
    thresholds=("local_policy_percent",),
    source=CONCEPTS,
    rationale="""
        Every member takes every line of the policy, up to a limit. A deny for the networks or
        the routing protocol of a few sites belongs into a list of their own crypto map, which
        is tried first.
    """,
    remediation="""
! on {members}
ip access-list extended <LOCAL-DENY>
 {deny}
crypto map <map> <number> gdoi
 match address <LOCAL-DENY>
! then on the key servers
{list}
 no {deny}""",
    bad={
        "ks1.cfg": f"{_KEY_SERVER} deny eigrp any any\n{_PERMIT}",
        **_MEMBERS,
        "gm4.cfg": _WITH_EIGRP,
    },
    good={"ks1.cfg": _KEY_SERVER + _PERMIT, **_MEMBERS, "gm4.cfg": _WITH_EIGRP},
)
def local_policy_in_global_list(ctx: GroupContext) -> Outcomes:
    """Compare each deny with the routing protocols and the networks of the members given."""
    yield from for_each_policy(ctx, _local_denies, whole=False)


def _local_denies(ctx: GroupContext, policy: Policy) -> Iterator[Outcome]:
    members = [role for role in ctx.group.members if role.device.config_complete]
    if not members:
        yield ctx.not_checked(f"there is no {CONFIG} of a member", device=policy.device)
        return
    few = len(members) * ctx.settings.local_policy_percent // 100
    servers = server_addresses(ctx.group, policy) or []
    for entry in policy.written:
        if entry.action != "deny" or any(_selects(entry, server) for server in servers):
            continue
        lines = ((role.device, _concern(role, entry)) for role in members)
        concerned = [(device, line) for device, line in lines if line is not None]
        if 0 < len(concerned) <= few:
            names = ", ".join(device.name for device, _ in concerned)
            yield ctx.finding(
                [policy.prove(entry), *(config_evidence(*each) for each in concerned)],
                f"'{as_printed(entry)}' in the policy of group {policy.group} concerns {names} "
                f"only, {len(concerned)} of {len(members)} members given",
                device=policy.device,
                list=policy.header_of(entry),
                deny=as_command(entry),
                members=names,
            )


def _concern(role: MemberRole, entry: AclEntry) -> ConfigLine | None:
    """The line by which a deny concerns a member: its routing protocol, or its network.

    A deny from a network to another matters where packets from there are sent.
    """
    config = role.device.config
    if config is None:
        return None
    if is_any_any(entry):
        wanted = _routing_protocol(entry)
        return next((each.line for each in config.routing if each.protocol == wanted), None)
    if entry.destination.kind == "any":
        return None
    for interface in config.interfaces.values():
        if any(_meets(entry.source, own.network) for own in interface.addresses):
            return interface.where("addresses")
        if any(_meets(entry.source, own.network) for own in interface.ipv6_addresses):
            return interface.where("ipv6_addresses")
    return None


def _meets(selector: Selector, network: IPv4Network | IPv6Network) -> bool:
    """Whether `selector` names addresses, and some of `network` are among them."""
    if selector.address is None or selector.bits is None:
        return False
    base, care = selector.bits
    both = care & int(network.netmask)
    same = not (base ^ int(network.network_address)) & both
    return same and selector.address.version == network.version


def _routing_protocol(entry: AclEntry) -> str | None:
    """The routing protocol that `entry` is written for, as a `router` line has it."""
    if entry.protocol in ("ospf", "eigrp"):
        return entry.protocol
    if entry.protocol == "tcp" and names_port(entry, BGP_PORT):
        return "bgp"
    if entry.protocol == "udp" and names_port(entry, RIP_PORT):
        return "rip"
    return None


def _selects(entry: AclEntry, server: Address) -> bool:
    """Whether the deny may be there for the sake of a key server."""
    for selector in (entry.source, entry.destination):
        if selector.address is not None and selector.bits is not None:
            base, care = selector.bits
            if selector.address.version == server.version and not (base ^ int(server)) & care:
                return True
    return False


def _two_groups(permits: int) -> str:
    """A member of two groups with this many permits each."""
    groups = ""
    for group in ("G1", "G2"):
        lines = (
            f"   access-list   permit ip host 10.{n}.0.1 host 10.{n}.0.1\n"
            for n in range(1, permits + 1)
        )
        groups += f"Group Name: {group}\n ACL Downloaded From KS 10.10.1.1:\n{''.join(lines)}\n"
    return f"gm1#show crypto gdoi gm acl\n{groups}"


@rule(
    code="ACL016",
    aliases=("GV-058",),
    title="A member holds few SAs: the permits of all its groups add up",
    severity=Severity.LOW,
    scope=FLEET,
    needs=SOURCES,
    thresholds=("member_permits_advised",),
    source=CONCEPTS,
    rationale="""
        A member makes a pair of SAs for each permit of each of its groups, and another pair
        while keys roll over. Large tables cost memory, and time at every rekey.
    """,
    remediation="Summarise the permits of {groups} on their key servers.",
    bad={"gm1/show crypto gdoi gm acl.txt": _two_groups(11)},
    good={"gm1/show crypto gdoi gm acl.txt": _two_groups(10)},
)
def large_sa_table(ctx: FleetContext) -> Outcomes:
    """Add up the permits that each member holds, or that its key servers push."""
    found: dict[str, list[Policy | None]] = {}
    for group in ctx.fleet.groups:
        pushed = max(policies(group), key=_certainty, default=None)
        for role in group.members:
            found.setdefault(role.device.name, []).append(_of_member(role, pushed))
    for device, its_policies in found.items():
        yield from _sum(ctx, device, its_policies)


def _of_member(role: MemberRole, pushed: Policy | None) -> Policy | None:
    """What a member holds of one group; where that is not known in full, what is `pushed`."""
    held = list(downloads(role))
    known = [policy for policy in held if not policy.gap]
    if not known and pushed is not None:
        held.append(pushed)
    return max(known or held, key=_certainty, default=None)


def _certainty(policy: Policy) -> tuple[bool, int]:
    return not policy.gap, len(policy.permits)


def _sum(ctx: FleetContext, device: str, found: list[Policy | None]) -> Outcomes:
    known = [policy for policy in found if policy is not None]
    total = sum(len(policy.permits) for policy in known)
    if total > ctx.settings.member_permits_advised:
        counted = [policy for policy in known if policy.permits]
        names = " and ".join(dict.fromkeys(policy.group for policy in counted))
        yield ctx.finding(
            [policy.prove(None) for policy in counted],
            f"the policies of {names} have {total} permits, "
            f"more than {ctx.settings.member_permits_advised}: a pair of SAs each",
            device=device,
            groups=names,
        )
    elif len(known) < len(found):
        yield ctx.not_checked("the policy of a group of the member is not known", device=device)
    elif gaps := [policy.gap for policy in known if policy.gap]:
        yield ctx.not_checked(gaps[0], device=device)
