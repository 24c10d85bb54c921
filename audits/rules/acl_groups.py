"""Members of several groups."""

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Final

from ...parsers.config.acl_change import TOO_INTRICATE, told
from ...parsers.config.packet_sets import TooManyStepsError
from ..context import FLEET, FleetContext
from ..facts import Group, MemberRole
from ..needs import CONFIG, GDOI, GM_ACL, KS_ACL
from ..packets import held_by, sets_of, shown_entries
from ..rule import Outcome, Outcomes, Severity, rule
from ..sources import GUIDE
from ..wan import crypto_interfaces

Joined = tuple[MemberRole, Group]
"""A group as a member takes part in it."""
MOST_GROUPS: Final = 50
"""So many groups on an interface are compared with each other, lest a text takes hours."""
NAMED: Final = 5

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
_TWO_GROUPS = """
hostname gm1
crypto gdoi group G1
 identity number 1001
 server address ipv4 10.10.1.1
crypto gdoi group G2
 identity number 1002
 server address ipv4 10.10.1.1
crypto map GETVPN 10 gdoi
 set group G1
crypto map GETVPN 20 gdoi
 set group G2
interface GigabitEthernet0/1
 ip address 10.20.1.1 255.255.255.252
 crypto map GETVPN
"""
_SECOND = (
    _KEY_SERVER.replace("G1", "G2")
    .replace("1001", "1002")
    .replace("POLICY", "POLICY2")
    .replace("hostname ks1\n", "")
)
_APART = _SECOND.replace("10.0.0.0 0.255.255.255", "172.16.0.0 0.15.255.255")


@rule(
    code="ACL028",
    aliases=("GV-088",),
    title="The groups of a member encrypt different traffic",
    severity=Severity.HIGH,
    scope=FLEET,
    needs=(CONFIG, KS_ACL, GM_ACL, GDOI),
    source=GUIDE,
    rationale="""
        On an interface with several groups the one with the lower number in the crypto map takes
        what both want: the members of the other group cannot decrypt it. Overlapping lists of
        groups on one interface are not supported.
    """,
    remediation="""
! {traffic}
! belongs to one of {first} and {second}: deny it in the list of the other""",
    bad={"ks1.cfg": _KEY_SERVER + _SECOND, "gm1.cfg": _TWO_GROUPS},
    good={"ks1.cfg": _KEY_SERVER + _APART, "gm1.cfg": _TWO_GROUPS},
)
def groups_overlap(ctx: FleetContext) -> Outcomes:
    """Compare what the groups encrypt that a member has on one interface."""
    of_device: dict[str, list[Joined]] = {}
    for group in ctx.fleet.groups:
        for role in group.members:
            of_device.setdefault(role.device.name, []).append((role, group))
    for name, roles in of_device.items():
        yield from _of_member(ctx, name, roles)


def _of_member(ctx: FleetContext, device: str, roles: Sequence[Joined]) -> Iterator[Outcome]:
    """Compare those groups that meet on an interface: each pair once, not each with each."""
    meeting: dict[str, list[Joined]] = {}
    unknown = []
    for role, group in roles:
        names = _interfaces(role)
        if names is None:
            unknown.append(role.group)
        for name in names or ():
            meeting.setdefault(name, []).append((role, group))
    if unknown and len(roles) > 1:
        yield ctx.not_checked(f"the interfaces of {_listed(unknown)} are not known", device=device)
    compared = set()
    for name, there in sorted(meeting.items()):
        if len(there) > MOST_GROUPS:
            reason = f"{name} has more than {MOST_GROUPS} groups, which are not compared"
            yield ctx.not_checked(reason, device=device)
            continue
        for one, other in combinations(there, 2):
            pair = (one[0].group, other[0].group)
            if pair not in compared:
                compared.add(pair)
                yield from _pair(ctx, one, other, name)


def _listed(groups: Sequence[str]) -> str:
    """Some groups by their names, and how many more there are."""
    shown = [*groups[:NAMED], *([f"{len(groups) - NAMED} more"] if len(groups) > NAMED else ())]
    head, last = ", ".join(shown[:-1]), shown[-1]
    return f"groups {head} and {last}" if head else f"group {last}"


def _pair(ctx: FleetContext, one: Joined, other: Joined, interface: str) -> Iterator[Outcome]:
    device, names = one[0].device.name, (one[0].group, other[0].group)
    policies = [held_by(*each) for each in (one, other)]
    known = [each for each in policies if each is not None and not each.gap]
    unknown = [reason for each in known for reason in sets_of(each).unknown]
    if len(known) < 2 or unknown:
        reason = unknown[0] if unknown else "the policy of a group of the member is not known"
        yield ctx.not_checked(reason, device=device)
        return
    try:
        both = next(sets_of(known[0]).both(sets_of(known[1])), None)
    except TooManyStepsError:
        yield ctx.not_checked(TOO_INTRICATE, device=device)
        return
    if both is not None:
        shared = told(both.part, ipv6=known[0].family == "ipv6")
        yield ctx.finding(
            [
                known[0].prove(*shown_entries(known[0], [both.one])),
                known[1].prove(*shown_entries(known[1], [both.other])),
            ],
            f"groups {names[0]} and {names[1]} on {interface} both encrypt {shared}",
            device=device,
            traffic=shared,
            first=names[0],
            second=names[1],
        )


def _interfaces(role: MemberRole) -> frozenset[str] | None:
    """The interfaces on which a member encrypts for its group, None where they are not known."""
    config = role.device.config
    if config is not None and role.view is not None:
        family = role.view.family
        names = frozenset(one.name for one in crypto_interfaces(config, family, role.group))
        return names if names or role.device.config_complete else None
    names = frozenset(
        keys.interface
        for output in role.device.records(GDOI)
        for group in output.record.groups
        if group.group == role.group
        for keys in group.tek_interfaces
    )
    return names or None
