"""A rekey: it is sent by the primary, once the key servers agree, and seen to reach the members."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Final

from ...errors import DeviceError, GetvpnError, RefusedError
from .context import Context
from .models import Rekey
from .network import GroupLook, looks
from .observing import Observed, observe, unreachable
from .outcome import CheckError, RekeyOutcome, clause, fault_of
from .rekeys import keys_of
from .seen import ServedGroup
from .server_health import policy_troubles, server_troubles
from .survey import in_turn
from .troubles import sentences
from .verify import members_on
from .watch import Watch

POLL_S: Final = 3.0
PACE_S: Final = 5.0
"""A key server sends unicast rekeys to so many members ..."""
PACE_MEMBERS: Final = 50
"""... in so many seconds (measured on two key servers, reference §3.3)."""
_COMPLAINT: Final = re.compile(r"^ *(?:%|ERROR\b).*", re.IGNORECASE | re.MULTILINE)
_SHOWN: Final = 3


def send_rekey(context: Context, watch: Watch, rekey: Rekey) -> RekeyOutcome:
    """Send a rekey and wait until all members have it that were registered before.

    Nothing is sent while the key servers have different policies.
    """
    outcome = RekeyOutcome(group=rekey.group, device=rekey.device, state="not sent")
    try:
        return _Sending(context, watch, rekey).run(outcome)
    except (GetvpnError, OSError) as error:
        said = clause(error) if isinstance(error, GetvpnError) else str(error)
        context.note("rekey", state="failed", group=rekey.group, said=said)
        return replace(outcome, state="failed", said=said, fault=fault_of(error))


@dataclass(slots=True)
class _Members:
    """The members of a group, while a rekey goes round."""

    reached: list[str] = field(default_factory=list)
    missed: dict[str, str] = field(default_factory=dict)
    unseen: dict[str, str] = field(default_factory=dict)


class _Sending:
    def __init__(self, context: Context, watch: Watch, rekey: Rekey) -> None:
        self.context = context
        self.watch = watch
        self.rekey = rekey
        self.members = _Members()

    def run(self, outcome: RekeyOutcome) -> RekeyOutcome:
        context, group = self.context, self.rekey.group
        look = self._look(whole=True)
        primary = self._primary(look)
        self.rekey = replace(self.rekey, called=primary.group)
        torn = sentences(policy_troubles(look))
        if torn:
            raise CheckError(f"no rekey is sent while key servers differ: {torn[0]}")
        self._expect(look)
        before = keys_of(primary)
        context.note("rekey", state="begins", group=group, device=primary.device, keys=before)
        context.tell(primary.device, f"is told '{self.rekey.command}'")
        self._command(primary.device)
        gone = self._wait(before)
        outcome = replace(
            outcome,
            device=primary.device,
            state="sent" if gone else "failed",
            reached=tuple(self.members.reached),
            missed=dict(self.members.missed),
            unseen=dict(self.members.unseen),
        )
        if not gone:
            raise CheckError(f"{primary.device} has the same keys as before")
        if not self.members.missed:
            return outcome
        said = _missed(self.members)
        return replace(outcome, said=said, fault="check")

    def _look(
        self, *, whole: bool = False, more: Mapping[str, Observed] | None = None
    ) -> GroupLook:
        seen = self.watch.look({self.rekey.device}, whole=whole)
        (look,) = looks(self.context.intent, {**seen, **(more or {})}, {self.rekey.group})
        return look

    def _primary(self, look: GroupLook) -> ServedGroup:
        if look.primary is None:
            raise CheckError("the group has no primary, or several")
        return look.primary

    def _expect(self, look: GroupLook) -> None:
        """Say which members should get it: all that were registered, as far as is known."""
        seen = self.context.observed
        (before,) = looks(self.context.intent, seen, {look.name})
        for name in look.intended_members:
            known = before.members.get(name)
            if name in seen and seen[name].failure:
                self.members.unseen[name] = seen[name].failure
            elif known is not None and not known.registered:
                self.members.unseen[name] = "it was not registered before"
            elif known is not None or name not in seen:
                self.members.missed[name] = "it was not looked at"

    def _command(self, primary: str) -> None:
        with closing(self.context.open_device(primary)) as device:
            said = device.send(self.rekey.command)
            found = _COMPLAINT.search(said)
            if found is not None:
                words = found[0].strip()
                raise RefusedError(
                    f"refuses '{self.rekey.command}': {words}",
                    device=primary,
                    command=self.rekey.command,
                    words=words,
                )

    # ---- until it has arrived ----

    def _wait(self, before: tuple[str, ...]) -> bool:
        """Wait for the members; gives whether the keys are others."""
        clock = self.context.clock
        deadline = clock.now() + self._patience_s()
        gone = False
        while True:
            look = self._look()
            if look.primary is not None and keys_of(look.primary) != before:
                if not gone:
                    self.context.note("rekey", state="done", group=self.rekey.group)
                    self.context.tell(self.rekey.group, "has new keys; its members are looked at")
                gone = True
                if not list(server_troubles(look)):
                    self._ask(self.members.missed)
                    if not self.members.missed:
                        return True
            if clock.now() >= deadline:
                return gone
            clock.sleep(min(POLL_S, max(deadline - clock.now(), 0.1)))

    def _patience_s(self) -> float:
        """Until the last retransmission, and what a group may take to be well."""
        (group,) = (each for each in self.context.intent.groups if each.name == self.rekey.group)
        resent = group.rekey.retransmit
        pace = PACE_S * (1 + len(self.members.missed) // PACE_MEMBERS)
        return resent.interval_s * (resent.number or 3) + pace + self.context.manner.settle_s

    def _ask(self, names: Iterable[str]) -> None:
        seen = in_turn(list(names), self._member, self.context.manner.jobs)
        standing = members_on(self._look(more=seen))
        for name, observed in seen.items():
            if observed.failure:
                self.members.missed[name] = observed.failure
            elif name in standing and standing[name].current:
                del self.members.missed[name]
                self.members.reached.append(name)
            else:
                why = standing[name].why if name in standing else ("it is no member of the group",)
                self.members.missed[name] = ", ".join(why)

    def _member(self, name: str) -> Observed:
        clock = self.context.clock
        try:
            with closing(self.context.open_device(name)) as device:
                return observe(device, "member", clock=clock, whole=False)
        except DeviceError as error:
            return unreachable(name, "member", error, clock=clock)


def _missed(members: _Members) -> str:
    count = len(members.missed)
    shown = [f"{name} ({why})" for name, why in list(members.missed.items())[:_SHOWN]]
    more = f" and {count - _SHOWN} more" if count > _SHOWN else ""
    whole = count + len(members.reached)
    return f"{count} of {whole} members have not got it: {', '.join(shown)}{more}"
