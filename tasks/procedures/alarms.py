"""What must not happen while a procedure waits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from ..deploying.health import PATIENCE
from ..deploying.network import GroupLook, looks
from ..deploying.observing import KS, KS_COOP, KS_POLICY
from ..deploying.server_health import peer_troubles
from ..deploying.troubles import Kind
from .looking import intent_of, look, servers_of
from .model import AlarmError
from .run import Run


@dataclass(slots=True, kw_only=True)
class Alarms:
    """Watches the key servers of a group, for `Run.wait`.

    Raises AlarmError when two of them are primary, one of them is dead or cannot be reached, or
    when the members are fewer than `members`; that may last some time, since elections take theirs.
    The look is left in the memory of the run, under `look`. What is logged, `logged.Ears` hear.
    """

    run: Run
    group: str
    members: int | None = None
    _since: dict[str, float] = field(default_factory=dict)

    def __call__(self) -> None:
        """Look, and judge."""
        seen = self._seen()
        self.run.memory["look"] = seen
        now = self.run.clock.now()
        found = {what: (kind, advice) for kind, what, advice in self._found(seen)}
        self._since = {what: self._since.get(what, now) for what in found}
        for what, (kind, advice) in found.items():
            if now - self._since[what] >= PATIENCE.get(kind, 0.0):
                raise AlarmError(what, hint=advice)

    def _seen(self) -> GroupLook:
        """All key servers, and the keys of the one that leads."""
        run, group = self.run, self.group
        intent, roles = intent_of(run), servers_of(run, group)
        observed = look(run, roles, whole=False, only=(KS, KS_COOP))
        leading = next(looks(intent, observed, [group])).leading
        if leading is not None:
            name = leading.device
            keys = look(run, {name: roles[name]}, whole=False, only=(KS_POLICY,))[name]
            records = {**observed[name].records, **keys.records}
            observed[name] = replace(observed[name], records=records, failure=keys.failure)
        return next(looks(intent, observed, [group]))

    def _found(self, seen: GroupLook) -> Iterator[tuple[Kind, str, str]]:
        if len(seen.primaries) > 1:
            names = ", ".join(each.device for each in seen.primaries)
            yield (
                Kind.SEVERAL_PRIMARIES,
                f"{names} are primary of {self.group} at once",
                "mend the way between them, then 'getvpn recover split'",
            )
        for name, observed in seen.observed.items():
            if observed.failure:
                yield Kind.UNREACHABLE, f"{name} cannot be reached any more", "bring it back first"
        for trouble in (each for each in peer_troubles(seen) if each.kind is Kind.PEER):
            yield trouble.kind, f"{trouble.devices[0]}: {trouble.what}", trouble.advice
        count = None if seen.primary is None else seen.primary.member_count
        if self.members is not None and count is not None and count < self.members:
            yield (
                Kind.MEMBERS_LOST,
                f"{self.group} has fewer members than before",
                f"{self.members} were registered: see which are missing, and why",
            )
