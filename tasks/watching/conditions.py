"""The conditions of alerts in a look at a group."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

from ..deploying.member_health import member_troubles
from ..deploying.network import GroupLook
from ..deploying.server_health import server_troubles
from ..deploying.troubles import Kind, Trouble, members
from .alerts import Condition, Key
from .figures import MISSED_TOO_MANY, GroupFigures
from .rules import OF_MEMBERS, OF_TROUBLE, Rule

OF_GROUP: Final = frozenset(("NoPrimary", "KekExpires", "TekExpires", "MembersLost", "AcksMissed"))
"""Rules that can be judged as soon as one key server that serves the group answers."""
_OF_ALL: Final = frozenset(("SeveralPrimaries", "PeerMissing"))
"""Rules about key servers that have to be looked at together,"""
_BESIDE_LEADING: Final = frozenset(("KeysDiffer", "NoKeys", "MemberCountsDiffer"))
"""about one beside the one that leads,"""
_BESIDE_SERVERS: Final = frozenset(("MemberNotListed", "OldKeys"))
"""and about a member beside its key servers."""
_BUCKET_S: Final = 3600.0
_BUCKETS: Final = 24


class Most:
    """The largest number of members of a group within 24 hours, in a few numbers."""

    def __init__(self) -> None:
        self._hours: deque[tuple[float, int]] = deque(maxlen=_BUCKETS)

    def take(self, at: float, count: int) -> int:
        """Take a count; gives the largest."""
        hour = at // _BUCKET_S
        if self._hours and self._hours[-1][0] == hour:
            self._hours[-1] = (hour, max(count, self._hours[-1][1]))
        else:
            self._hours.append((hour, count))
        while hour - self._hours[0][0] >= _BUCKETS:
            self._hours.popleft()
        return max(most for _, most in self._hours)


def of_group(
    look: GroupLook,
    figures: GroupFigures,
    rules: Mapping[str, Rule],
    most: int | None,
    *,
    whole: bool,
) -> Iterator[Condition]:
    """What holds of a group; of its members only where they were looked at as well (`whole`).

    `look` has only devices that answered. `most` is how many members there have been.
    """
    troubles = list(server_troubles(look, complete=True))
    if whole:
        troubles += member_troubles(look, complete=True)
    yield from _told(troubles, look.name)
    yield from _keys(figures, rules)
    yield from _lost(figures, rules["MembersLost"], most)
    if whole:
        yield from _missed(figures, rules["AcksMissed"])


def unreachable(rule: str, device: str, why: str) -> Condition:
    """A device that does not answer."""
    return Condition(key=Key(rule, device=device), text=why)


def is_judged(
    key: Key, groups: Mapping[str, GroupFigures], reached: Collection[str], *, whole: bool
) -> bool:
    """Whether the looks at `groups` and the devices that were `reached` tell if an alert is over.

    `whole` is whether members were looked at too.
    """
    if key.rule in {"KeyServerUnreachable", "HistoryUnwritten"}:
        return True
    figures = groups.get(key.group)
    serving = figures is not None and any(server.role for server in figures.reached)
    if key.rule in OF_MEMBERS:
        beside = key.rule in _BESIDE_SERVERS
        return whole and key.device in reached and (serving or not beside)
    if figures is None or not serving:
        return False
    if key.rule in OF_GROUP:
        return _is_known(key.rule, figures, whole=whole)
    complete = len(figures.reached) == len(figures.servers)
    if key.rule in _OF_ALL:
        return complete
    if key.rule in _BESIDE_LEADING and figures.primary is None and not complete:
        # the one that it was compared with may be the one that is silent
        return False
    return not key.device or key.device in reached


def _is_known(rule: str, figures: GroupFigures, *, whole: bool) -> bool:
    """Whether there is the figure that a rule of a group is about."""
    if rule == "AcksMissed":
        return whole and figures.acks is not None
    return rule == "NoPrimary" or figures.members is not None


def _told(troubles: Iterable[Trouble], group: str) -> Iterator[Condition]:
    """The conditions that troubles are; several of a kind at a device are one."""
    found: dict[Key, list[Trouble]] = {}
    for trouble in troubles:
        rule = OF_TROUBLE.get(trouble.kind)
        if rule is not None:
            device = trouble.devices[0] if trouble.devices else ""
            found.setdefault(Key(rule, group, device), []).append(trouble)
    for key, same in found.items():
        words = [trouble.what for trouble in same]
        if same[0].advice and same[0].kind is not Kind.MEMBER_COUNT:
            words.append(same[0].advice)
        yield Condition(key=key, text="; ".join(dict.fromkeys(words)))


def _keys(figures: GroupFigures, rules: Mapping[str, Rule]) -> Iterator[Condition]:
    if not figures.members:
        # a group without members is not rekeyed
        return
    kek = ("KekExpires", "rekey key", figures.kek_expires_at, figures.kek_lifetime_s)
    tek = ("TekExpires", "traffic key", figures.tek_expires_at, figures.tek_lifetime_s)
    for (name, what, at, lifetime_s), (_, _, other, _) in ((kek, tek), (tek, kek)):
        if at is None and other is None:
            # that there are no keys at all is another rule
            continue
        rule = rules[name]
        whole_s = 1.0 if rule.seconds else float(lifetime_s or 0)
        left = 0.0 if at is None else at - figures.at
        ended = left <= 0
        if ended or left < _figure(rule.end) * whole_s:
            ends = "has ended" if ended else f"ends in {left:.0f} s"
            yield Condition(
                key=Key(name, figures.name),
                text=f"the {what} {ends}, and there is no newer one",
                wavering=not ended and left >= _figure(rule.begin) * whole_s,
            )


def _lost(figures: GroupFigures, rule: Rule, most: int | None) -> Iterator[Condition]:
    if figures.members is None or not most:
        return
    part = figures.members / most
    if part < _figure(rule.end):
        yield Condition(
            key=Key(rule.name, figures.name),
            text=f"it has {members(figures.members)}, within 24 hours there were {most}",
            wavering=part >= _figure(rule.begin),
        )


def _missed(figures: GroupFigures, rule: Rule) -> Iterator[Condition]:
    acks = figures.acks
    if acks is None or not acks.listed:
        return
    part = acks.lost / acks.listed
    if part > _figure(rule.end):
        yield Condition(
            key=Key(rule.name, figures.name),
            text=f"{acks.lost} of {members(acks.listed)} answered none of the last "
            f"{MISSED_TOO_MANY} rekeys or more",
            wavering=part <= _figure(rule.begin),
        )


def _figure(limit: float | None) -> float:
    return 0.0 if limit is None else limit
