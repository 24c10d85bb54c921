"""The access lists that say what a group encrypts: their size, their shape, their order."""

from collections.abc import Iterator

from ...parsers.config import AclEntry
from ...parsers.config.acl_algebra import asymmetric, first_match, is_any_any, mirror
from ..context import GROUP, GroupContext
from ..packets import right_behind, shown_entries
from ..policy import SOURCES, Policy, as_command, as_printed, for_each_policy
from ..rule import Fix, Grade, Outcome, Outcomes, Severity, rule
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

_MULTICAST = {4: (0xE0 << 24, 0xF0 << 24), 6: (0xFF << 120, 0xFF << 120)}
"""Address and care mask of 224.0.0.0/4 and ff00::/8."""

_MOST_COMPARED = 1_000
"""Permits beyond which each is not compared with all others: `ACL001` says enough of them."""

_IN_EVIDENCE = 5
"""Entries of one finding that stand in its evidence."""


def _permits(count: int) -> str:
    lines = (f" permit ip host 10.1.0.{n} host 10.1.0.{n}\n" for n in range(1, count + 1))
    return _KEY_SERVER + "".join(lines)


@rule(
    code="ACL001",
    aliases=("GV-019",),
    title="The access lists of a group have at most 100 lines",
    severity=Severity.CRITICAL,
    scope=GROUP,
    needs=SOURCES,
    thresholds=("acl_max_lines", "acl_max_permits", "acl_warn_lines"),
    source=CONCEPTS,
    rationale="""
        Members take at most 100 lines, permit and deny together, and drop the rest: traffic
        that the missing lines should encrypt leaves in clear, or is dropped. Another guide
        counts permits only, up to 100, each of which makes two SAs; both are tested. The lists
        of all `sa ipsec` blocks are concatenated, so they count together. From 80 lines on
        the finding is a medium one: there is little room left.
    """,
    remediation="Summarise the networks of access list {acl} into fewer, larger ranges.",
    bad={"ks1.cfg": _permits(101)},
    good={"ks1.cfg": _permits(79)},
)
def too_many_lines(ctx: GroupContext) -> Outcomes:
    """Count the lines and the permits of each policy."""
    yield from for_each_policy(ctx, _size, whole=False)


def _size(ctx: GroupContext, policy: Policy) -> Iterator[Outcome]:
    lines, permits, limits = len(policy.written), len(policy.permits), ctx.settings
    severity = Severity.CRITICAL
    if lines > limits.acl_max_lines:
        how = f"more than {limits.acl_max_lines}"
    elif permits > limits.acl_max_permits:
        how = f"more than {limits.acl_max_permits} permits"
    elif lines >= limits.acl_warn_lines:
        how = f"close to the limit of {limits.acl_max_lines}"
        severity = Severity.MEDIUM
    else:
        return
    yield ctx.finding(
        policy.prove(None),
        f"policy of group {policy.group} has {lines} lines with {permits} permits, {how}",
        device=policy.device,
        severity=severity,
        acl=policy.all_names or f"of group {policy.group}",
    )


@rule(
    code="ACL002",
    aliases=("GV-020",),
    title="A policy has few permits, for summarised networks",
    severity=Severity.LOW,
    scope=GROUP,
    needs=SOURCES,
    thresholds=("acl_permits_advised", "acl_max_permits"),
    source=CONCEPTS,
    rationale="""
        Each permit makes a pair of SAs on every member, whether or not the member has such
        networks. One permit from the range of all sites to itself does the work of many.
    """,
    remediation="""
{list}
 ! in place of {count} permits, one range that holds all sites
 permit ip <network> <wildcard> <network> <wildcard>""",
    bad={"ks1.cfg": _permits(11)},
    good={"ks1.cfg": _permits(10)},
)
def many_permits(ctx: GroupContext) -> Outcomes:
    """Count the permits; beyond the limit of ACL001, that rule speaks."""
    yield from for_each_policy(ctx, _permit_count, whole=False)


def _permit_count(ctx: GroupContext, policy: Policy) -> Iterator[Outcome]:
    count, advised = len(policy.permits), ctx.settings.acl_permits_advised
    if advised < count <= ctx.settings.acl_max_permits:
        yield ctx.finding(
            policy.prove(None),
            f"policy of group {policy.group} has {count} permits, more than {advised}",
            device=policy.device,
            list=policy.list_header,
            count=count,
        )


@rule(
    code="ACL003",
    aliases=("GV-021",),
    title="A policy is symmetric: what it encrypts from A to B, it encrypts from B to A",
    severity=Severity.MEDIUM,
    scope=GROUP,
    needs=SOURCES,
    source=CONCEPTS,
    rationale="""
        All members have the same list, and each matches it against what it sends: the replies
        to traffic that a permit encrypts need a permit of their own. Without it they leave in
        clear, and the other end, which expects them encrypted, drops them. Mending that pair by
        pair multiplies the lines; equal ranges on both sides need one. Multicast has no
        replies, so a permit to a multicast range needs no counterpart.
    """,
    fix=Grade.REKEY,
    remediation="""
{list}
 permit {reverse}""",
    bad={"ks1.cfg": f"{_KEY_SERVER} permit ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255\n"},
    good={
        "ks1.cfg": f"{_KEY_SERVER} permit ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255\n"
        " permit ip 10.2.0.0 0.0.255.255 10.1.0.0 0.0.255.255\n"
        " permit ip 10.0.0.0 0.255.255.255 239.0.0.0 0.255.255.255\n"
    },
)
def one_way_permits(ctx: GroupContext) -> Outcomes:
    """Every permit is covered, with source and destination swapped, by a permit."""
    yield from for_each_policy(ctx, _asymmetry, whole=True)


def _asymmetry(ctx: GroupContext, policy: Policy) -> Iterator[Outcome]:
    permits = [entry for entry in policy.entries if entry.action == "permit"]
    if len(permits) > _MOST_COMPARED:
        yield ctx.not_checked(f"{len(permits)} permits are too many", device=policy.device)
        return
    lonely = [entry for entry in asymmetric(permits) if not _to_multicast(entry)]
    if not lonely:
        return
    if any(entry.source.bits is None or entry.destination.bits is None for entry in permits):
        yield ctx.not_checked("an object group is not known in full", device=policy.device)
        return
    first, others = lonely[0], len(lonely) - 1
    yield ctx.finding(
        [policy.prove(entry) for entry in lonely[:_IN_EVIDENCE]],
        f"policy of group {policy.group} has no permit for the opposite direction of "
        f"'{as_printed(first)}'{f' and {others} more' if others else ''}",
        device=policy.device,
        list=policy.header_of(first),
        reverse=" ".join(_reverse(first)),
        fixes=_mirrored(policy, lonely),
    )


def _mirrored(policy: Policy, lonely: list[AclEntry]) -> tuple[Fix, ...]:
    """A fix that puts the opposite direction of each permit behind the last of them."""
    written = shown_entries(policy, lonely)
    if len(written) != len(lonely):  # they come from object groups
        return ()
    # before a deny it would encrypt what somebody excluded, behind it it would never match
    denies = [each for each in policy.entries if each.action == "deny" and not is_any_any(each)]
    if any(first_match(denies, mirror(entry)).outcome == "denied" for entry in lonely):
        return ()
    lines = dict.fromkeys(f"permit {' '.join(_reverse(entry))}" for entry in lonely)
    # behind the last, since denies between them (IKE, GDOI) have to stay in front
    return right_behind(policy, written[-1], *lines)


def _to_multicast(entry: AclEntry) -> bool:
    address, bits = entry.destination.address, entry.destination.bits
    if address is None or bits is None:
        return False
    base, care = _MULTICAST[address.version]
    return bits[1] & care == care and bits[0] & care == base


def _reverse(entry: AclEntry) -> Iterator[str]:
    """The words of the opposite direction, as they follow `permit`."""
    parts = (
        entry.protocol,
        entry.destination,
        entry.destination_ports,
        entry.source,
        entry.source_ports,
    )
    yield from (text for part in parts if (text := str(part)))


@rule(
    code="ACL004",
    aliases=("GV-022",),
    title="Denies for control traffic stand before 'permit ip any any'",
    severity=Severity.HIGH,
    scope=GROUP,
    needs=SOURCES,
    source=CONCEPTS,
    rationale="""
        The whole policy, `permit ip any any`, also takes what members need before they have
        keys: IKE, registration, routing, management. Such traffic must be denied first. The
        first line that matches decides, so a deny behind that permit never matches.
    """,
    fix=Grade.REKEY,
    remediation="""
{list}
 no {permit}
 ! the denies for control traffic, then last of all:
 permit {protocol} any any""",
    bad={"ks1.cfg": f"{_KEY_SERVER} permit ip any any\n deny udp any any eq 848\n"},
    good={"ks1.cfg": f"{_KEY_SERVER} deny udp any any eq 848\n permit ip any any\n"},
)
def everything_first(ctx: GroupContext) -> Outcomes:
    """No deny stands behind the permit for everything, and at least one in front of it.

    Whether these are the right ones, the rules about each kind of control traffic say.
    """
    yield from for_each_policy(ctx, _everything, whole=True)


def _everything(ctx: GroupContext, policy: Policy) -> Iterator[Outcome]:
    at = next(
        (n for n, one in enumerate(policy.entries) if one.action == "permit" and is_any_any(one)),
        None,
    )
    if at is None:
        return
    permit = policy.entries[at]
    before = any(entry.action == "deny" for entry in policy.entries[:at])
    behind = [entry for entry in policy.entries[at:] if entry.action == "deny"]
    if before and not behind:
        return
    faults = [] if before else ["no deny stands before it"]
    if behind:
        faults.append(f"{len(behind)} behind it never match, as '{as_printed(behind[0])}'")
    yield ctx.finding(
        [policy.prove(permit), *map(policy.prove, behind[:_IN_EVIDENCE])],
        f"policy of group {policy.group} encrypts everything with '{as_printed(permit)}': "
        + ", ".join(faults),
        device=policy.device,
        list=policy.header_of(permit),
        permit=as_command(permit),
        protocol=permit.protocol,
        fixes=None if behind and len(policy.names) == 1 else (),
    )
