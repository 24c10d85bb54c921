"""Questions about packets that rules ask of policies, and what is typed to mend them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import lru_cache

from ..parsers.config import AclEntry
from ..parsers.config.acl_change import TOO_INTRICATE
from ..parsers.config.acl_sets import PacketSets
from ..parsers.config.packet_sets import TooManyStepsError
from .context import GroupContext
from .facts import Fleet, Group, MemberRole
from .fix_lists import ROOM, numbered_anew
from .policy import Policy, Same, downloads, for_each_policy, policies
from .rule import Fix, Grade, Outcome, Outcomes

MOST_LINES = 400
"""Entries beyond which a policy is not asked for packets: devices take a hundred (ACL001)."""


def sets_of(policy: Policy) -> PacketSets:
    """The policy as sets of packets; the same for the same policy, so that answers are kept."""
    return _sets(Same(policy))


@lru_cache(maxsize=64)
def _sets(of: Same[Policy]) -> PacketSets:
    return PacketSets(of.what.entries, ipv6=of.what.family == "ipv6")


def for_each_set(
    ctx: GroupContext, judge: Callable[[GroupContext, Policy, PacketSets], Iterator[Outcome]]
) -> Outcomes:
    """What `judge` says of each policy that is known in full; *not checked* for the others."""

    def asked(ctx: GroupContext, policy: Policy) -> Iterator[Outcome]:
        sets, reason = sets_of(policy), ""
        if len(policy.entries) > MOST_LINES:
            reason = f"{len(policy.entries)} entries are too many"
        elif sets.unknown:
            reason = sets.unknown[0]
        else:
            try:
                yield from list(judge(ctx, policy, sets))
            except TooManyStepsError:
                reason = TOO_INTRICATE
        if reason:
            yield ctx.not_checked(reason, device=policy.device)

    yield from for_each_policy(ctx, asked, whole=True)


def group_of(fleet: Fleet, role: MemberRole) -> Group | None:
    """The group of a member among those of the audit."""
    return _groups(Same(fleet)).get(id(role))


@lru_cache(maxsize=1)
def _groups(of: Same[Fleet]) -> dict[int, Group]:
    return {id(role): group for group in of.what.groups for role in group.members}


def held_by(role: MemberRole, group: Group) -> Policy | None:
    """What a member holds of its group; where that is not known in full, what is pushed to it.

    None where nothing is known; the policy has a gap where it is not known in full.
    """
    candidates = (*downloads(role), *policies(group))
    return next((each for each in candidates if not each.gap), next(iter(candidates), None))


def shown_entries(policy: Policy, entries: Iterable[AclEntry]) -> tuple[AclEntry, ...]:
    """The entries as they stand that `entries` come from, each once.

    Those that object groups were replaced in come from one line.
    """
    lines = {id(each.line): each for each in policy.written}
    found = (lines.get(id(each.line), each) for each in entries)
    return tuple({id(each): each for each in found}.values())


def vanished(policy: Policy, entries: Iterable[AclEntry]) -> tuple[AclEntry, ...]:
    """The entries as they stand of which all parts are among `entries`."""
    among = {id(each) for each in entries}
    kept = {id(each.line) for each in policy.entries if id(each) not in among}
    return tuple(
        each
        for each in shown_entries(policy, [one for one in policy.entries if id(one) in among])
        if id(each.line) not in kept
    )


def list_fix(policy: Policy, *lines: str, grade: Grade = Grade.REKEY) -> tuple[Fix, ...]:
    """Lines for the access list of a policy as a fix, where it is known which list that is."""
    if len(policy.names) != 1:
        return ()
    typed = (policy.list_header, *(f" {line}" for line in lines))
    return (Fix(device=policy.device, lines=typed, grade=grade),)


def in_front_of(policy: Policy, entry: AclEntry, *lines: str) -> tuple[Fix, ...]:
    """A fix that puts lines in front of an entry, where it is known which list that is.

    Where the numbers of the list are not shown, or leave no room, it is numbered anew.
    """
    at = next((n for n, each in enumerate(policy.written) if each is entry), None)
    if at is None or len(policy.names) != 1:
        return ()
    before = policy.written[at - 1].sequence if at else 0
    number = entry.sequence
    again: tuple[str, ...] = ()
    if before is None or number is None or number - before <= len(lines):
        if policy.family == "ipv6":
            return ()
        again, number = (numbered_anew(next(iter(policy.names))),), ROOM * (at + 1)
    first, word = number - len(lines), "sequence " if policy.family == "ipv6" else ""
    (fix,) = list_fix(policy, *(f"{word}{first + n} {line}" for n, line in enumerate(lines)))
    return (replace(fix, lines=(*again, *fix.lines)),)


def right_behind(policy: Policy, entry: AclEntry, *lines: str) -> tuple[Fix, ...]:
    """A fix that puts lines behind an entry and in front of the next one; see `in_front_of`."""
    at = next((n for n, each in enumerate(policy.written) if each is entry), None)
    if at is None:
        return ()
    if at + 1 == len(policy.written):
        return list_fix(policy, *lines)
    return in_front_of(policy, policy.written[at + 1], *lines)
