"""What must not happen while a procedure waits."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from ...errors import ParseError
from ...parsers import parse
from ...parsers.records.log_buffer import LogBuffer
from ...parsers.syslog import SyslogMessage
from ..deploying.health import PATIENCE
from ..deploying.network import GroupLook, looks
from ..deploying.observing import KS, KS_COOP, KS_POLICY
from ..deploying.server_health import peer_troubles
from ..deploying.troubles import Kind
from .looking import intent_of, look, servers_of
from .model import AlarmError
from .run import Run

LOG_EVERY_S: Final = 60.0
ALARMING: Final[Mapping[str, str]] = {
    "KS_NO_RSA_KEYS": "the key that signs rekeys is missing",
    "COOP_CONFIG_MISMATCH": "the key servers have different policies",
    "COOP_KS_UNAUTH": "a key server that is no peer calls",
    "COOP_LIMIT_REACHED": "there are too many key servers",
    "COOP_PACKET_DROPPED": "key servers do not understand each other",
    "PSEUDO_TIME_LARGE": "the pseudotimes of key servers differ",
    "PSEUDO_TIME_TOO_OLD": "the pseudotime of a key server is too old",
    "KS_NACK_GM_EJECT": "a member that acknowledges no rekey is given up",
}
"""What key servers log that is expected of no procedure, by its mnemonic."""
LOG: Final = f"show logging | include {'|'.join(ALARMING)}"


@dataclass(slots=True, kw_only=True)
class Alarms:
    """Watches the key servers of a group, for `Run.wait`.

    Raises AlarmError when two of them are primary, one of them is dead or cannot be reached, when
    the members are fewer than `members`, and when the primary logs what it should not; all but the
    last of these may last some time, since elections take theirs. The look is left in the memory of
    the run, under `look`. Log messages that are `expected` do not count.
    """

    run: Run
    group: str
    members: int | None = None
    expected: Collection[str] = ()
    _since: dict[str, float] = field(default_factory=dict)
    _logged: dict[str, Collection[SyslogMessage]] = field(default_factory=dict)
    _log_due: float = 0.0

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
        if seen.leading is not None and now >= self._log_due:
            self._log_due = now + LOG_EVERY_S
            self._listen(seen.leading.device)

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

    def _listen(self, name: str) -> None:
        """Raise AlarmError for what was logged since this was asked first."""
        text = self.run.device(name).send(LOG)
        try:
            record = parse("show logging", text, source=name)
        except ParseError:
            return
        messages = record.messages if isinstance(record, LogBuffer) else ()
        known = self._logged.setdefault(name, messages)
        for each in messages:
            if each not in known and each.mnemonic not in self.expected:
                what = ALARMING.get(each.mnemonic, "it logs what it should not")
                raise AlarmError(
                    f"{what}: %{each.facility}-{each.severity}-{each.mnemonic} {each.text}"[:300],
                    device=name,
                )
