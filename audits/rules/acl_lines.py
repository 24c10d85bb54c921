"""Lines of policies that never match, or match in vain; permits that one line can stand for."""

from collections.abc import Iterator

from ...parsers.config import AclEntry
from ...parsers.config.acl_algebra import is_any_any
from ...parsers.config.acl_sets import PacketSets
from ..context import GROUP, GroupContext
from ..packets import for_each_set, list_fix, shown_entries, vanished
from ..policy import SOURCES, Policy, as_command, as_printed
from ..rule import Grade, Outcome, Outcomes, Severity, rule
from ..sources import CONCEPTS, OURS

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
_IN_EVIDENCE = 5
"""Entries of one finding that stand in its evidence."""


@rule(
    code="ACL018",
    title="No entry of a policy is overruled by the entries before it",
    severity=Severity.HIGH,
    scope=GROUP,
    needs=SOURCES,
    source=OURS,
    rationale="""
        The first line that matches decides, across all lists of the group in the order of their
        `sa ipsec` blocks. An entry all of whose packets earlier lines of the other kind take, one
        of them or several together, does not do what it says: a permit leaves its traffic in
        clear (high), a deny lets it be encrypted (medium). So does a deny behind the permit that
        it is an exception to. Behind a permit for everything ACL004 speaks.
    """,
    remediation="""
{list}
 ! '{entry}' has to stand in front of
 ! '{by}'""",
    bad={
        "ks1.cfg": f"{_KEY_SERVER} deny ip 10.1.0.0 0.0.255.255 any\n"
        " permit ip 10.1.2.0 0.0.0.255 10.0.0.0 0.255.255.255\n" + _PERMIT
    },
    good={
        "ks1.cfg": f"{_KEY_SERVER} permit ip 10.1.2.0 0.0.0.255 10.0.0.0 0.255.255.255\n"
        " deny ip 10.1.0.0 0.0.255.255 any\n" + _PERMIT
    },
)
def overruled(ctx: GroupContext) -> Outcomes:
    """Look for entries that never match, as earlier ones of the other kind take a part."""
    yield from for_each_set(ctx, _overruled)


def _overruled(ctx: GroupContext, policy: Policy, sets: PacketSets) -> Iterator[Outcome]:
    whole = {id(each) for each in vanished(policy, [dead.entry for dead in sets.dead])}
    late = {id(each) for each in vanished(policy, [late.entry for late in sets.late])}
    told = set[int]()
    for dead in (*sets.dead, *sets.late):
        against = [each for each in dead.by if each.action != dead.entry.action]
        (entry,) = shown_entries(policy, [dead.entry])
        never = id(entry) in whole
        known = never or id(entry) in late
        if not against or not known or any(map(_takes_everything, dead.by)) or id(entry) in told:
            continue
        told.add(id(entry))
        yield _overruled_by(ctx, policy, entry, shown_entries(policy, [*against, *dead.by]), never)


def _overruled_by(
    ctx: GroupContext, policy: Policy, entry: AclEntry, by: tuple[AclEntry, ...], never: bool
) -> Outcome:
    """`never`: it never matches; else it does, but leaves in clear only what is so anyway."""
    others = f" and {len(by) - 1} more" if len(by) > 1 else ""
    taken = "all of it" if never else "what it is an exception to"
    effect = "never matches" if never else "changes nothing"
    return ctx.finding(
        [policy.prove(entry), *map(policy.prove, by[:_IN_EVIDENCE])],
        f"'{as_printed(entry)}' in the policy of group {policy.group} {effect}: "
        f"'{as_printed(by[0])}'{others} takes {taken} before",
        device=policy.device,
        severity=Severity.HIGH if entry.action == "permit" else Severity.MEDIUM,
        list=policy.header_of(by[0]),
        entry=as_command(entry),
        by=as_command(by[0]),
    )


def _takes_everything(entry: AclEntry) -> bool:
    return entry.action == "permit" and is_any_any(entry)


@rule(
    code="ACL019",
    title="Every permit of a policy encrypts something that no other permit does",
    severity=Severity.LOW,
    scope=GROUP,
    needs=SOURCES,
    source=CONCEPTS,
    rationale="""
        Each permit makes a pair of SAs on every member, also one that only repeats others: its
        packets are taken by permits before it, or would be by permits behind it. Without it
        exactly the same is encrypted, and every member saves two SAs.
    """,
    remediation="""
{list}
 no {entry}""",
    fix=Grade.REKEY,
    bad={
        "ks1.cfg": f"{_KEY_SERVER} permit ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255\n{_PERMIT}"
    },
    good={"ks1.cfg": _KEY_SERVER + _PERMIT},
)
def permits_in_vain(ctx: GroupContext) -> Outcomes:
    """Look for permits that can be taken out without changing what is encrypted."""
    yield from for_each_set(ctx, _permits_in_vain)


def _permits_in_vain(ctx: GroupContext, policy: Policy, sets: PacketSets) -> Iterator[Outcome]:
    for entry in _in_vain(policy, sets, "permit"):
        yield ctx.finding(
            policy.prove(entry),
            f"'{as_printed(entry)}' in the policy of group {policy.group} costs a pair of SAs on "
            "every member, other permits encrypt all of it",
            device=policy.device,
            fixes=list_fix(policy, f"no {as_command(entry)}"),
            list=policy.header_of(entry),
            entry=as_command(entry),
        )


def _in_vain(policy: Policy, sets: PacketSets, action: str) -> Iterator[AclEntry]:
    """The entries without which the policy encrypts the same; a last line for all is none.

    What overrules another entry is none either: it does something, if only by mistake.
    """
    busy = {
        id(each) for dead in sets.dead if not _all_alike(dead.by, dead.entry) for each in dead.by
    }
    busy |= {id(late.entry) for late in sets.late}
    among = [dead.entry for dead in sets.dead if _all_alike(dead.by, dead.entry)]
    idle = [each for each in sets.idle if id(each) not in busy]
    for entry in vanished(policy, [*among, *idle]):
        final = entry is policy.written[-1] and is_any_any(entry)
        if entry.action == action and not final:
            yield entry


def _all_alike(entries: tuple[AclEntry, ...], entry: AclEntry) -> bool:
    return all(each.action == entry.action for each in entries)


@rule(
    code="ACL020",
    title="Every deny of a policy leaves something in clear that would be encrypted",
    severity=Severity.INFO,
    scope=GROUP,
    needs=SOURCES,
    source=CONCEPTS,
    rationale="""
        What no permit takes is in clear anyway. A deny for such traffic, or for what other denies
        leave in clear already, uses up one of the hundred lines and hides which exclusions
        matter. A last `deny ip any any` only says what holds without it, and is left alone.
    """,
    remediation="""
{list}
 no {entry}""",
    fix=Grade.REKEY,
    bad={"ks1.cfg": f"{_KEY_SERVER} deny ip 192.168.0.0 0.0.255.255 any\n{_PERMIT}"},
    good={
        "ks1.cfg": f"{_KEY_SERVER} deny ip 10.9.0.0 0.0.255.255 any\n{_PERMIT} deny ip any any\n"
    },
)
def denies_in_vain(ctx: GroupContext) -> Outcomes:
    """Look for denies that can be taken out without changing what is encrypted."""
    yield from for_each_set(ctx, _denies_in_vain)


def _denies_in_vain(ctx: GroupContext, policy: Policy, sets: PacketSets) -> Iterator[Outcome]:
    # a list of denies only is no policy, and without them all it would have no entries at all
    some = any(each.action == "permit" for each in policy.entries)
    for entry in _in_vain(policy, sets, "deny"):
        yield ctx.finding(
            policy.prove(entry),
            f"'{as_printed(entry)}' in the policy of group {policy.group} changes nothing: no "
            "permit takes what it selects, or other denies stand for it",
            device=policy.device,
            fixes=list_fix(policy, f"no {as_command(entry)}") if some else (),
            list=policy.header_of(entry),
            entry=as_command(entry),
        )


@rule(
    code="ACL021",
    title="Neighbouring networks have one permit together",
    severity=Severity.LOW,
    scope=GROUP,
    needs=SOURCES,
    source=CONCEPTS,
    rationale="""
        Two permits whose addresses differ in one bit select exactly what one permit with a wider
        wildcard selects. Each permit less saves a pair of SAs on every member and a line of the
        hundred. Nothing else becomes encrypted by it.
    """,
    remediation="""
{list}
 no {first}
 no {second}
 {joined}""",
    fix=Grade.REKEY,
    bad={
        "ks1.cfg": f"{_KEY_SERVER} permit ip 10.2.0.0 0.0.255.255 10.0.0.0 0.255.255.255\n"
        " permit ip 10.3.0.0 0.0.255.255 10.0.0.0 0.255.255.255\n"
    },
    good={"ks1.cfg": f"{_KEY_SERVER} permit ip 10.2.0.0 0.1.255.255 10.0.0.0 0.255.255.255\n"},
)
def permits_apart(ctx: GroupContext) -> Outcomes:
    """Look for pairs of permits that differ in one bit of an address."""
    yield from for_each_set(ctx, _permits_apart)


def _permits_apart(ctx: GroupContext, policy: Policy, sets: PacketSets) -> Iterator[Outcome]:
    vain = {id(each) for each in (*sets.idle, *(dead.entry for dead in sets.dead))}
    own = {id(each) for each in policy.written}
    for first, second, joined in sets.mergeable:
        if vain & {id(first), id(second)} or not {id(first), id(second)} <= own:
            continue
        after = policy.written[policy.written.index(first) :]
        appended = all(each.action == "permit" for each in after)
        lines = (f"no {as_command(first)}", f"no {as_command(second)}", as_command(joined))
        yield ctx.finding(
            [policy.prove(first), policy.prove(second)],
            f"'{as_printed(first)}' and '{as_printed(second)}' in the policy of group "
            f"{policy.group} are one: '{as_command(joined)}'",
            device=policy.device,
            fixes=list_fix(policy, *lines) if appended else (),
            list=policy.header_of(first),
            first=as_command(first),
            second=as_command(second),
            joined=as_command(joined),
        )
