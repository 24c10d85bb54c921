"""What upgrades wait for: time to the next rekey. What they watch meanwhile: the key servers."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Final

from ...errors import TransportError
from ..deploying.health import PATIENCE, needed_s
from ..deploying.models import Role
from ..deploying.network import GroupLook, looks
from ..deploying.observing import KS, KS_COOP, KS_MEMBERS, KS_POLICY, Observed
from ..deploying.seen import ServedGroup
from ..deploying.troubles import Kind
from .looking import intent_of, look
from .model import AlarmError, LateError, UnmetError, enough
from .run import Run, Seen
from .upgrade_settings import Upgrade

GRACE_S: Final = 180.0
"""How long after its time a rekey may still be missing, or acknowledgements of it."""
MOST_REKEYS: Final = 3
"""So many rekeys may pass before there is time enough: of traffic keys, and of the rekey key."""
QUICK: Final = (KS, KS_COOP, KS_POLICY)


def roles_of(run: Run, s: Upgrade) -> dict[str, Role]:
    """All key servers of the groups that the upgrade is about, those of others left out."""
    intent = intent_of(run)
    external = {server.name for server in intent.key_servers if server.external}
    names = dict.fromkeys(
        role.name for group in intent.groups if group.name in s.groups for role in group.servers
    )
    return {name: "key server" for name in names if name not in external}


def seen_of(
    run: Run, s: Upgrade, *, without: Collection[str] = (), only: Collection[str] = ()
) -> tuple[dict[str, Observed], list[GroupLook]]:
    """The key servers now, and each group as they show it."""
    roles = {name: role for name, role in roles_of(run, s).items() if name not in without}
    observed = look(run, roles, whole=False, only=only)
    return observed, list(looks(intent_of(run), observed, s.groups))


@dataclass(slots=True, kw_only=True)
class Guard:
    """Watches the key servers during waits, and raises AlarmError when a group is in danger.

    `away` are those that restart: that they are not there is expected. What lasts only as long as
    an election may does no harm.
    """

    run: Run
    s: Upgrade
    away: Collection[str] = ()
    _since: dict[str, float] = field(default_factory=dict)

    def __call__(self) -> None:
        """Look, and judge."""
        self.judge(*seen_of(self.run, self.s, without=self.away, only=QUICK))

    def judge(self, observed: Mapping[str, Observed], groups: Sequence[GroupLook]) -> None:
        """Raise AlarmError when something has been wrong for too long."""
        now = self.run.clock.now()
        found = dict(self._found(observed, groups))
        self._since = {what: self._since.get(what, now) for what in found}
        for what, (kind, advice) in found.items():
            if now - self._since[what] >= PATIENCE.get(kind, 0.0):
                raise AlarmError(what, hint=advice)

    def _found(
        self, observed: Mapping[str, Observed], groups: Sequence[GroupLook]
    ) -> Iterator[tuple[str, tuple[Kind, str]]]:
        for name, seen in observed.items():
            if seen.failure and name not in self.away:
                what = f"{name} cannot be reached any more"
                yield what, (Kind.UNREACHABLE, "bring it back before anything else restarts")
        for group in groups:
            if len(group.primaries) > 1:
                names = " and ".join(each.device for each in group.primaries)
                what = f"{names} are primary of {group.name} at once"
                yield what, (Kind.SEVERAL_PRIMARIES, "mend the way between them")
            primary, had = group.primary, self.s.members.get(group.name, 0)
            count = None if primary is None else primary.member_count
            if count is not None and count < had:
                what = f"{group.name} has fewer members than before"
                advice = f"{had} were registered: see why members are missing"
                yield what, (Kind.MEMBERS_LOST, advice)


# ---- time to the next rekey ----


def await_time(run: Run, s: Upgrade, needs_s: float, *, proven: bool = True) -> None:
    """Wait until the next rekey of all groups is far enough off for what takes `needs_s`.

    Where it is not, the next one is waited for, until it is sent and, where it is `proven`, all
    members have acknowledged it. Raises LateError, UnmetError when lifetimes are too short.
    """
    for _ in range(MOST_REKEYS + 1):
        _, groups = seen_of(run, s, only=(*QUICK, KS_MEMBERS))
        left = left_s(groups)
        if enough(left, needs_s):
            return
        run.say(
            f"{left:.0f} s to the next rekey do not suffice, {needed_s(needs_s):.0f} s are needed: "
            "it is waited for"
        )
        first = next(each for each in groups if _left(each) == left)
        _await_rekey(run, s, first, left or 0.0, proven=proven)
    raise UnmetError(
        f"rekeys follow each other too fast: never {needed_s(needs_s):.0f} s between two",
        hint="make the lifetime of the traffic keys longer, or say with --takes how long it takes",
    )


def left_s(groups: Sequence[GroupLook]) -> float | None:
    """The time to the next rekey of any of the groups, in seconds; None when none is due."""
    return min((left for left in map(_left, groups) if left is not None), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Before:
    """What a primary showed before a rekey: its keys, and the acknowledgements it has not got."""

    keys: Sequence[int | None]
    owed: Mapping[str, int]

    @classmethod
    def of(cls, server: ServedGroup | None) -> _Before:
        """As a primary shows it now, for the journal too."""
        spi, teks = keys_of(server)
        return cls(keys=[spi, *sorted(teks)], owed=unacknowledged(server))


def _await_rekey(
    run: Run,
    s: Upgrade,
    first: GroupLook,
    left: float,
    *,
    proven: bool,
    before: _Before | None = None,
) -> None:
    """Wait for the rekey of a group that comes after the look `first`, in `left` seconds.

    `before` says otherwise what there was before it.
    """
    due = run.clock.now() + left
    was = before or _Before.of(first.leading)
    guard = Guard(run=run, s=s)

    def look() -> Seen:
        observed, groups = seen_of(run, s, only=(*QUICK, KS_MEMBERS))
        guard.judge(observed, groups)
        now = next(each for each in groups if each.name == first.name).leading
        if now is None or _Before.of(now).keys == was.keys:
            return Seen(done=False, text=f"the next rekey of {first.name}", until=due)
        owes = unacknowledged(now) if proven else {}
        missing = [name for name, number in owes.items() if number > was.owed.get(name, 0)]
        count = now.member_count or 0
        return Seen(
            done=not missing,
            text=f"acknowledgements, {missing[0]} is missing" if missing else "acknowledged",
            have=count - len(missing),
            of=count,
        )

    run.wait(
        f"a rekey of {first.name}",
        look,
        within_s=left + GRACE_S + retransmits_s(first),
        advice="see which members do not acknowledge: 'show crypto gdoi ks members'",
    )


def _left(group: GroupLook) -> float | None:
    """As the primary says, or any key server while there is none."""
    servers = [group.primary] if group.primary is not None else list(group.servers.values())
    known = [each.time_to_rekey_s for each in servers if each.member_count != 0]
    return min((each for each in known if each is not None), default=None)


def keys_of(server: ServedGroup | None) -> tuple[int | None, frozenset[int]]:
    """The keys that a key server gives out: another pair means that a rekey has been sent."""
    return (None, frozenset()) if server is None else (server.kek_spi, server.tek_spis)


def unacknowledged(server: ServedGroup | None) -> dict[str, int]:
    """How many of the rekeys that a key server has sent its members did not acknowledge.

    With multicast nobody acknowledges anything.
    """
    if server is None or server.kek is None or server.kek.transport.lower() != "unicast":
        return {}
    return {
        str(each.address): each.rekeys_sent - each.acks_received
        for each in server.members
        if each.rekeys_sent is not None and each.acks_received is not None
    }


def retransmits_s(group: GroupLook) -> float:
    """How long a key server repeats a rekey for members that do not acknowledge it."""
    again = group.group.rekey.retransmit
    return float(again.interval_s * (again.number or 1)) if again is not None else 0.0


def await_acknowledged_rekey(run: Run, s: Upgrade, *, at_once: bool) -> None:
    """See a rekey of each group that all members acknowledge; with `at_once` it is sent now.

    Who goes on with a run sends none where one was sent, unless that one came to nothing: what a
    member has missed, it never acknowledges.
    """
    _, groups = seen_of(run, s, only=(*QUICK, KS_MEMBERS))
    for group in groups:
        primary = group.primary
        if primary is None:
            raise UnmetError(f"nobody is primary of {group.name}")
        if primary.member_count == 0:
            continue
        if not at_once:
            _await_rekey(run, s, group, _left(group) or 0.0, proven=True)
            continue
        marker = f"before the rekey of {group.name}"
        before = _sent_after(run, marker, group, primary)
        try:
            _await_rekey(run, s, group, 0.0, proven=True, before=before)
        except LateError:
            run.keep(marker, None)
            raise


def _sent_after(run: Run, marker: str, group: GroupLook, primary: ServedGroup) -> _Before:
    """Have a rekey sent, unless other keys than those kept under `marker` are in use already."""
    kept = run.kept.get(marker)
    now = _Before.of(group.leading)
    before = now if kept is None else _Before(**kept)
    if now.keys == before.keys:
        run.keep(marker, asdict(before))
        run.device(primary.device).send(f"crypto gdoi ks group {primary.group} rekey")
    return before


def reached(observed: Mapping[str, Observed]) -> None:
    """Raise TransportError for a device that may be back when it is asked again."""
    for name, seen in observed.items():
        if seen.failure:
            raise TransportError(seen.failure, device=name)


def brief(found: Sequence[str]) -> str:
    """The first of several sentences, and how many there are beside."""
    return f"{found[0]} (and {len(found) - 1} more)" if len(found) > 1 else found[0]
