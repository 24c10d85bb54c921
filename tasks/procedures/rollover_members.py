"""The members of a group while its key servers change over to another RSA key."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from ...errors import GetvpnError, ParseError, TransportError
from ...parsers.records.gdoi_gm_pubkey import GmPubkeys
from ...parsers.records.keys import PublicKey
from ...parsers.records.log_buffer import LogBuffer
from ..deploying.observing import GM_PUBKEY, KS, KS_POLICY
from ..deploying.reading import read
from ..deploying.seen import ServedGroup
from . import rekey_keys as keys
from .alarms import Alarms
from .logged import TAKEN, TURNED_DOWN
from .looking import group_look
from .model import Step, UnmetError
from .rekeying import REGISTER, let_register, names_of_members
from .rollover_settings import Settings
from .run import Run, Seen

LATE_S: Final = 600.0
"""How long after the keys have expired members may still be missing."""
GO_ON: Final = "'getvpn runs resume' goes on from here"
LOG: Final = "show logging | include GDOI"
EARLIER: Final = 0.05
LEAST_S: Final = 60.0
"""Members register again when this part of the lifetime is left, or so many seconds (reference
§3.5)."""
KEPT_OPEN: Final = 50
"""More sessions than these are not kept while members are waited for."""
SHOWN: Final = 3


def waves(s: Settings) -> list[Step]:
    """The steps that let members register again some at a time; none unless that is wanted."""
    if not s.wave:
        return []
    waves = [s.followed[at : at + s.wave] for at in range(0, len(s.followed), s.wave)]
    return [_wave(s, names, number, len(waves)) for number, names in enumerate(waves, 1)]


def _wave(s: Settings, names: Sequence[str], number: int, count: int) -> Step:
    return Step(
        name=f"let wave {number} of {count} register again",
        why="so that not all members come to the key servers at once",
        device=names[0] if len(names) == 1 else None,
        commands=(f"{REGISTER} group {s.group}, on {', '.join(names)}",),
        precheck=lambda run: not _missing(run, s, names),
        apply=lambda run: let_register(run, s.group, _missing(run, s, names)),
        verify=lambda run: _Following(run, s, names, at_once=True).wait(LATE_S),
        effect="these members send nothing encrypted until they have registered, some seconds",
        state=f"{min(number * s.wave, len(s.followed))} members hold the new key",
        advice=GO_ON,
        needs_s=30.0,
        timeout_s=LATE_S,
        stops=True,
    )


def follow(s: Settings) -> Step:
    """The step that waits until all members hold the new key."""

    def verify(run: Run) -> None:
        leading = group_look(run, s.group, only=(KS, KS_POLICY)).leading
        lasts = s.lifetime_s if leading is None else leading.remaining_s or s.lifetime_s
        _Following(run, s, s.followed).wait(float(lasts) + LATE_S)

    return Step(
        name="follow the members until each holds the new key",
        why="the old key may go only when nobody needs it any more",
        commands=(f"{GM_PUBKEY}, on {len(s.followed)} members", f"{LOG}, on those that are late"),
        verify=verify,
        effect="members turn one rekey down (%CRYPTO-6-IKMP_MODE_FAILURE or "
        "%GDOI-3-GDOI_REKEY_FAILURE) and register again",
        state="all members hold the new key, the old one is still on the key servers"
        if s.strategy == "new-label"
        else "all members hold the new key",
        advice="mend what it says ('clear crypto gdoi' on members that are missing lets them "
        "register at once), then 'getvpn runs resume' goes on from here",
        needs_s=float(s.lifetime_s),
        timeout_s=s.lifetime_s + LATE_S,
        stops=True,
    )


def tell_moved(run: Run, s: Settings) -> None:
    """Say how many members know the new key already when the old one is used again."""
    with suppress(GetvpnError):
        moved = len(s.followed) - len(_missing(run, s, s.followed))
        if moved:
            run.say(
                f"{moved} members know the key {s.new} already: they turn the next rekey down, and "
                "register again before their keys expire"
            )


class _Following:
    """Waits until members hold the new key.

    They are asked when they are expected to come: `at_once`, or before their keys expire after the
    next rekey. Those that turn it down do what they should, which people are told.
    """

    def __init__(
        self, run: Run, s: Settings, names: Sequence[str], *, at_once: bool = False
    ) -> None:
        self.run, self.s, self.names, self.at_once = run, s, names, at_once
        self.missing = list(names)
        self.before: frozenset[int] | None = None
        self.listened = False

    def wait(self, within_s: float) -> None:
        """Wait. Raises LateError, AlarmError."""
        still = "the old key is still there"
        if self.s.strategy == "in-place":
            still = "'clear crypto gdoi' lets them register at once"
        self.run.wait(
            "members with the new key",
            self._look,
            within_s=within_s,
            watch=[Alarms(run=self.run, group=self.s.group, members=self.s.members)],
            advice=f"look at the members that are missing; {still}",
        )

    def _look(self) -> Seen:
        leading = self.run.memory["look"].leading
        spis = leading.tek_spis if leading is not None else frozenset()
        self.before = spis if self.before is None else self.before
        rekeyed = spis != self.before or leading is None
        self._ask(only_some=not rekeyed and not self.at_once)
        until = None if leading is None or self.at_once else self._expected(leading)
        ahead = not rekeyed and until is not None and bool(self.missing)
        return Seen(
            done=not self.missing,
            text="before the next rekey" if ahead else _named(self.missing),
            have=len(self.names) - len(self.missing),
            of=len(self.names),
            until=until,
        )

    def _expected(self, leading: ServedGroup) -> float | None:
        """When members come next: before keys expire that a rekey has replaced, or after it."""
        now, every = self.run.clock.now(), leading.policy.teks if leading.policy is not None else ()
        old = [tek.remaining_s for tek in every if tek.spi not in leading.tek_spis]
        left = min((each for each in old if each), default=None)
        if left is not None:
            earlier_s = max(LEAST_S, EARLIER * self.s.lifetime_s)
            if left > earlier_s:
                return now + left - earlier_s
            if self.before != leading.tek_spis:
                return None
        rekey = leading.time_to_rekey_s
        return None if rekey is None else now + rekey

    def _ask(self, *, only_some: bool) -> None:
        """Strike those off the list that have come; with `only_some` as far as one has not."""
        run, asked = self.run, list(self.missing)
        if not only_some and not self.at_once and not self.listened:
            self.listened = True
            refusing = self._refusing(asked)
            asked = [name for name in asked if name not in refusing]
        while asked:
            some = asked[:1] if only_some else asked
            found = _missing(run, self.s, some)
            self.missing = [name for name in self.missing if name not in some or name in found]
            asked = [] if found else asked[len(some) :]
        if only_some or len(self.missing) > KEPT_OPEN:
            for name in self.names:
                run.drop(name)

    def _refusing(self, names: Sequence[str]) -> set[str]:
        """Those that have turned the rekey down, as they are expected to."""
        called = names_of_members(self.run, self.s.group)
        found = self.run.each(names, lambda name: _turned_down(self.run, name, called[name]))
        refusing = {name for name, each in found.items() if each is True}
        if refusing:
            self.run.say(
                f"{len(refusing)} of {len(self.names)} members turned the rekey down, as "
                "expected: they register again before their keys expire"
            )
        return refusing


def _turned_down(run: Run, name: str, group: str) -> bool:
    """Whether the last that a member logged of the keys of a group is that it turned them down.

    The message that it turned a rekey down names no group; those that it got keys do.
    """
    text = run.device(name).send(LOG)
    try:
        record = read("show logging", text, source=name)
    except ParseError:
        return False
    messages = record.messages if isinstance(record, LogBuffer) else ()
    of_group = re.compile(rf"\bgroup {re.escape(group)}(?!\S)")
    told = [
        each.mnemonic
        for each in messages
        if each.mnemonic in TURNED_DOWN or (each.mnemonic in TAKEN and of_group.search(each.text))
    ]
    return bool(told) and told[-1] in TURNED_DOWN


def _named(missing: Sequence[str]) -> str:
    if not missing:
        return ""
    more = f" and {len(missing) - SHOWN} more" if len(missing) > SHOWN else ""
    return f"missing: {', '.join(missing[:SHOWN])}{more}"


def _public(run: Run, s: Settings) -> bytes:
    """The public half of the new key, which all key servers have in common."""
    kept = run.memory.get("public")
    if isinstance(kept, bytes):
        return kept
    found = run.each([s.primary, *s.secondaries], lambda name: keys.key_on(run, name, s.new))
    data = {each.data for each in found.values() if isinstance(each, PublicKey)}
    if len(data) != 1:
        raise next(
            (each for each in found.values() if isinstance(each, TransportError)),
            UnmetError(f"the key servers have {len(data)} different keys {s.new}"),
        )
    run.memory["public"] = public = data.pop()
    return public


def _missing(run: Run, s: Settings, names: Sequence[str]) -> list[str]:
    """Those of the members that do not hold the new key, or cannot be asked."""
    wanted = _public(run, s)
    called = names_of_members(run, s.group)
    found = run.each(names, lambda name: _holds(run, name, called[name], wanted))
    return [name for name in names if found[name] is not True]


def _holds(run: Run, name: str, group: str, wanted: bytes) -> bool:
    """Whether a member verifies rekeys with this key; IOS cuts long ones."""
    text = run.device(name).send(GM_PUBKEY)
    record = read(GM_PUBKEY, text, source=name)
    groups = record.groups if isinstance(record, GmPubkeys) else ()
    held = [key.key_data for each in groups if each.group == group for key in each.keys]
    return any(data and wanted.startswith(data) for data in held)
