"""NTP: a router's time servers, which of them answer, and which one it follows.

A server that answers is reached 64 seconds after it was configured, and the best of those that are
reached holds the clock. Whether servers answer is a setting of the lab (`time_servers`), and can be
changed for one server while the router runs (`answer`).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from ..clock import Timer
from ..feature import Feature
from ..grammar.arguments import ipv4, ipv6

if TYPE_CHECKING:
    from ..config.store import Change, Entry
    from ..device import Router

POLL_S = 64
"""The shortest time between two questions to a server (RFC 5905), which is kept up here."""
POLLS_REMEMBERED = 8
NO_STRATUM = 16
LOCAL_CLOCK = "127.127.1.1"
NO_DISPERSION = 15937.5
LEAST_DISPERSION = 0.9
ROUNDING_S = 0.001
"""Times of the clock are floats: a question counts this much before its time."""
STEP_S = 1.0
"""A clock that is wrong by more is set, and the log tells it."""
WATCHED = frozenset({"ntp server", "ntp peer", "ntp master"})


@dataclass(slots=True, kw_only=True)
class Association:
    """A server, a peer, or the router's own clock.

    `changes` tells since when the other end answers or does not, oldest first. `delay_ms` and
    `offset_ms` are those of the path, which depend on router and server only.
    """

    host: str
    address: str
    vrf: str
    mode: str
    preferred: bool
    key: int | None
    version: int
    begun_at: float
    stratum: int
    reference: str
    delay_ms: float
    offset_ms: float
    changes: list[tuple[float, bool]] = field(default_factory=list)

    def answers(self, at: float) -> bool:
        """Whether the other end answers at a time."""
        said = False
        for since, answering in self.changes:
            if since <= at:
                said = answering
        return said

    def polls(self, now: float) -> int:
        """How often it was asked."""
        return max(0, int((now - self.begun_at + ROUNDING_S) // POLL_S))

    def answered(self, now: float) -> Iterator[float]:
        """The times of the last eight questions that were answered, the newest first."""
        count = self.polls(now)
        for number in range(count, max(0, count - POLLS_REMEMBERED), -1):
            at = self.begun_at + number * POLL_S
            if self.answers(at):
                yield at

    def reach(self, now: float) -> int:
        """The last eight questions as bits, the newest lowest; printed in octal."""
        count = self.polls(now)
        bits = 0
        for number in range(max(1, count - POLLS_REMEMBERED + 1), count + 1):
            bits = bits << 1 | self.answers(self.begun_at + number * POLL_S)
        return bits

    def when(self, now: float) -> float | None:
        """Seconds since the last answer, None without one in the last eight."""
        last = next(self.answered(now), None)
        return None if last is None else now - last

    def dispersion(self, now: float) -> float:
        """How uncertain its time is, in ms: halved by each answer (RFC 5905)."""
        answers = sum(1 for _ in self.answered(now))
        if not answers:
            return NO_DISPERSION
        return LEAST_DISPERSION + (NO_DISPERSION / (1 << min(self.polls(now), 40)))


class Ntp(Feature):
    """The associations of a router, and the one that it follows."""

    def __init__(self, router: "Router") -> None:
        super().__init__(router)
        self.associations: dict[tuple[str, str, str], Association] = {}
        self.selected: Association | None = None
        self.started_at: float | None = None
        self._lost_at: float | None = None
        self._timers: list[Timer] = []

    # ---- what others ask ----

    @property
    def enabled(self) -> bool:
        """Whether a server, a peer or the own clock is configured."""
        return bool(self.associations)

    @property
    def stratum(self) -> int:
        """How far the router is from a true clock; 16 is not at all."""
        chosen = self.selected
        return NO_STRATUM if chosen is None else chosen.stratum + 1

    @property
    def updated_at(self) -> float | None:
        """When the clock was last set right, None if it never was."""
        now = self.router.clock.now()
        if self.selected is not None:
            return now - (self.selected.when(now) or 0.0)
        return None if self._lost_at is None else self._lost_at - POLLS_REMEMBERED * POLL_S

    def candidates(self) -> list[Association]:
        """Those that could be followed."""
        now = self.router.clock.now()
        return [each for each in self.associations.values() if each.reach(now)]

    def answer(self, host: str, answering: bool) -> None:
        """Let a server answer, or not, from now on; KeyError if none has this name."""
        found = [each for each in self.associations.values() if each.host == host]
        if not found:
            raise KeyError(host)
        for association in found:
            association.changes.append((self.router.clock.now(), answering))
            self._wake(association)

    # ---- events ----

    def config_changed(self, change: "Change") -> None:
        """A server was configured or taken back."""
        if change.name not in WATCHED or change.owners:
            return
        self._forget(change.before)
        if change.after is not None and not change.after.negated:
            self._begin(change.after)
        self.router.wall.awaiting = self.enabled
        self._select()

    def stopped(self) -> None:
        """The router goes down."""
        for timer in self._timers:
            timer.cancel()

    # ---- associations ----

    def _begin(self, entry: "Entry") -> None:
        now = self.router.clock.now()
        if self.started_at is None:
            self.started_at = now
        association = self._association(entry, now)
        self.associations[_key(entry)] = association
        answering = association.mode == "master" or (
            self.router.behaviour.time_servers and bool(association.address)
        )
        association.changes.append((now, answering))
        self._wake(association)

    def _forget(self, entry: "Entry | None") -> None:
        if entry is None:
            return
        gone = self.associations.pop(_key(entry), None)
        if gone is not None and gone is self.selected:
            self.selected = None
        if not self.associations:
            self.started_at = None

    def _association(self, entry: "Entry", now: float) -> Association:
        name = entry.setting.name
        if name == "ntp master":
            return Association(
                host=LOCAL_CLOCK,
                address=LOCAL_CLOCK,
                vrf="",
                mode="master",
                preferred=False,
                key=None,
                version=4,
                begun_at=now,
                stratum=int(entry["stratum"]) - 1,
                reference=".LOCL.",
                delay_ms=0.0,
                offset_ms=0.0,
            )
        host = str(entry["host"])
        random = self.router.chassis.random(f"time server {host}")
        stratum = random.randint(1, 3)
        reference = ".GPS." if stratum == 1 else ".".join(["198", "51", "100", str(stratum)])
        return Association(
            host=host,
            address=self._address(host),
            vrf=str(entry.get("vrf") or ""),
            mode=name.removeprefix("ntp "),
            preferred=bool(entry.get("prefer")),
            key=entry.get("key"),
            version=int(entry.get("version") or 4),
            begun_at=now,
            stratum=stratum,
            reference=reference,
            delay_ms=round(random.uniform(0.6, 6.0), 3),
            offset_ms=round(random.uniform(0.02, 0.9), 3),
        )

    def _address(self, host: str) -> str:
        """The address of a name that the router knows; names that it would have to ask are lost."""
        known = ipv4(host) or ipv6(host)
        if known:
            return known
        entry = self.router.config.root.find("ip host", host)
        addresses = entry.get("addresses", ()) if entry is not None else ()
        return str(addresses[0]) if addresses else ""

    # ---- time passes ----

    def _wake(self, association: Association) -> None:
        """Look again when the next answer is in, and when the last one has been forgotten."""
        clock = self.router.clock
        polls = association.polls(clock.now())
        for count in (polls + 1, polls + POLLS_REMEMBERED):
            due = association.begun_at + count * POLL_S
            self._timers.append(clock.call_at(due, partial(self._look, association)))

    def _look(self, association: Association) -> None:
        if association in self.associations.values() and self.router.running:
            self._select()

    def _select(self) -> None:
        """Follow the best one: preferred, then near to a true clock, then first configured."""
        before, now = self.selected, self.router.clock.now()
        able = sorted(self.candidates(), key=lambda each: (not each.preferred, each.stratum))
        self.selected = able[0] if able else None
        wall = self.router.wall
        if self.selected is not None:
            if before is not self.selected:
                self._log(5, "PEERSYNC", f"NTP synced to peer {self.selected.host}")
            self._set_clock()
        elif wall.synchronized:
            self._lost_at = now
            wall.synchronized = False
            self._log(4, "UNSYNC", "NTP sync is lost")

    def _set_clock(self) -> None:
        router, wall = self.router, self.router.wall
        if abs(wall.offset_s) > STEP_S:
            old = router.second_text(router.clock.now())
            wall.set_by_ntp()
            new = router.second_text(router.clock.now())
            text = f"System clock has been updated from {old} to {new}, configured from NTP."
            router.log.add("SYS", 6, "CLOCKUPDATE", text)
        wall.set_by_ntp()
        if router.config.root.has("ntp update-calendar"):
            wall.calendar_offset_s = wall.offset_s

    def _log(self, severity: int, mnemonic: str, text: str) -> None:
        """Tell the log, if `ntp logging` asks for it."""
        if self.router.config.root.has("ntp logging"):
            self.router.log.add("NTP", severity, mnemonic, text)


def _key(entry: "Entry") -> tuple[str, str, str]:
    return entry.setting.name, str(entry.get("vrf") or ""), str(entry.get("host") or "")
