"""What a step sees of the run that it is a part of: devices, time, waits, and who is told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from threading import RLock
from typing import Any, Final, Protocol, TypeVar

from ...errors import DeviceError, OverdueError, TransportError, UsageError
from ..clock import Clock
from ..journal.journal import Event, Writer
from ..render import Secrets
from ..ssh.device import Device
from .model import LateError, Step
from .recorded import Hidden, RecordedDevice

QUICK_S: Final = 5.0
LOOK_EVERY_S: Final = 60.0
SLOWER: Final = 4.0
"""Where nobody knows when something comes, a wait looks again after this part of the time in which
nothing has changed, QUICK_S at least."""
IDLE_S: Final = 240.0
"""Sessions are not kept open for longer than this without use: lines are few, and time out."""
BEAT_S: Final = 20.0
"""So often a wait lets others see that its process is alive."""
KEPT: Final = "kept"
T = TypeVar("T")
Progress = Callable[[int, int], None]
"""Told now and then of a copy: how many bytes are there, and how many there will be."""


class Devices(Protocol):
    """Where sessions come from; `at_once` is how many may be open and used at a time."""

    @property
    def at_once(self) -> int:
        """1 where everything happens in one thread."""

    def open(self, name: str) -> Device:
        """A new session on a device. Raises the kinds of `DeviceError`."""

    def upload(self, name: str, local: str, remote: str, progress: Progress | None = None) -> None:
        """Copy the file `local` of this machine to a device, where it is called `remote`.

        `remote` has its file system: `bootflash:image.bin`. A file that is there is replaced.
        Raises the kinds of `DeviceError`, InputError when there is no file to copy.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a wait saw: whether it is over, how far it is, and when it expects to be over.

    `have` of `of` are counted (members that have re-registered), `until` is in UTC seconds.
    """

    done: bool
    text: str = ""
    have: int | None = None
    of: int | None = None
    until: float | None = None


class Observer(Protocol):
    """Who is told how a run goes: a terminal, a test."""

    def began(self, step: Step, number: int, count: int) -> None:
        """A step begins."""

    def ended(self, step: Step, how: str) -> None:
        """A step ended: `done`, `already done`, `failed`, `undone`."""

    def said(self, text: str) -> None:
        """Something that a person should know."""

    def waiting(self, what: str, seen: Seen, left_s: float) -> None:
        """A wait goes on, for `left_s` at most."""


class Silent:
    """An observer that nobody hears."""

    def began(self, step: Step, number: int, count: int) -> None:
        """Tell nobody."""

    def ended(self, step: Step, how: str) -> None:
        """Tell nobody."""

    def said(self, text: str) -> None:
        """Tell nobody."""

    def waiting(self, what: str, seen: Seen, left_s: float) -> None:
        """Tell nobody."""


@dataclass(slots=True, kw_only=True)
class Run:
    """The run, as its steps see it.

    `memory` lasts as long as the process: what a step finds missing there it gets again. `kept` is
    what `keep` was given, in this process or one before. `hidden` takes the secrets that must not
    be recorded. `secrets` are where those of the intent are looked up, None where nobody said.
    `listen` is called during all waits: it raises AlarmError for what is logged, and unexpected.
    `look_every_s` is how far apart looks of a wait are at most, in seconds.
    """

    id: str
    settings: Mapping[str, Any]
    clock: Clock
    devices: Devices
    writer: Writer
    observer: Observer = field(default_factory=Silent)
    heartbeat: Callable[[], None] = lambda: None
    look_every_s: float = LOOK_EVERY_S
    memory: dict[str, Any] = field(default_factory=dict, repr=False)
    kept: dict[str, Any] = field(default_factory=dict, repr=False)
    hidden: Hidden = field(default_factory=Hidden)
    secrets: Secrets | None = field(default=None, repr=False)
    step: Step | None = None
    listen: Callable[[], None] | None = None
    _quiet: bool = False
    _open: dict[str, RecordedDevice] = field(default_factory=dict, repr=False)
    _guard: RLock = field(default_factory=RLock, repr=False)

    def device(self, name: str) -> Device:
        """The session on a device, opened when it is first needed. Raises `DeviceError`."""
        session = self._open.get(name)
        if session is None:
            opened = self.devices.open(name)
            session = RecordedDevice(opened, self.hidden, self._note, lambda: not self._quiet)
            self._open[name] = session
        return session

    def drop(self, name: str) -> None:
        """Let go of a session, so that the next use opens another."""
        session = self._open.pop(name, None)
        if session is not None:
            with suppress(DeviceError):
                session.close()

    def upload(self, name: str, local: str, remote: str, *, shown: bool = True) -> None:
        """Copy a file of this machine to a device; see `Devices.upload`.

        It goes over a connection of its own. `shown` tells people how far it is.
        """
        began, told = self.clock.now(), -1

        def progress(sent: int, size: int) -> None:
            nonlocal told
            percent = sent * 100 // max(size, 1)
            if not shown or percent == told:
                return
            told, now = percent, self.clock.now()
            left_s = (now - began) * (size - sent) / max(sent, 1)
            seen = Seen(done=sent >= size, text=f"{percent} %", until=now + left_s)
            self.observer.waiting(f"copying to {name}", seen, left_s)

        entered = f"(scp) {local} {remote}"
        try:
            self.devices.upload(name, local, remote, progress)
        except DeviceError as error:
            self._note(name, entered, f"! {error}")
            raise
        self._note(name, entered, f"copied in {self.clock.now() - began:.0f} s")

    def close(self) -> None:
        """End all sessions."""
        for name in list(self._open):
            self.drop(name)

    def record(self, kind: str, text: str = "", **data: Any) -> Event:
        """Put an event of the present step into the journal, without the secrets of the run."""
        with self._guard:
            return self.writer.add(
                kind,
                self.hidden.struck(text),
                at=self.clock.now(),
                step=None if self.step is None else self.step.name,
                data=data,
            )

    def keep(self, name: str, value: Any) -> None:
        """Let `kept` have `value`, which is JSON and no secret, in processes that resume, too."""
        self.record(KEPT, name, value=value)
        self.kept[name] = value

    def reveal(self, reference: str) -> str:
        """A secret of the intent, which is not recorded from then on. Raises InputError."""
        if self.secrets is None:
            raise UsageError(
                f"the secret {reference} is needed", hint="say where secrets are looked up"
            )
        return self.hidden.keep(self.secrets.reveal(reference))

    def say(self, text: str) -> None:
        """Tell people something, and record it."""
        clean = self.hidden.struck(text)
        self.record("said", clean)
        self.observer.said(clean)

    def each(self, names: Sequence[str], act: Callable[[str], T]) -> dict[str, T | DeviceError]:
        """Do something on several devices, as many at a time as there may be.

        The results are by name; a device that fails gives its error, and loses its session.
        """

        def guarded(name: str) -> T | DeviceError:
            try:
                return act(name)
            except DeviceError as error:
                self.drop(name)
                return error

        threads = min(self.devices.at_once, len(names))
        if threads <= 1:
            return {name: guarded(name) for name in names}
        with ThreadPoolExecutor(threads) as pool:
            return dict(zip(names, pool.map(guarded, names), strict=True))

    def wait(
        self,
        what: str,
        look: Callable[[], Seen],
        *,
        within_s: float,
        watch: Iterable[Callable[[], None]] = (),
        advice: str | None = None,
    ) -> Seen:
        """Look again and again until it is done; give what was seen last.

        `watch` are called each time and raise AlarmError when the procedure must stop. A session
        that breaks is opened again. Looks are at most `look_every_s` of the run apart. Raises
        LateError after `within_s`.
        """
        guards = tuple(watch)
        since = self.clock.now()
        deadline = since + within_s
        self.record("wait", what, within_s=within_s)
        last, beaten = Seen(done=False), 0.0
        while True:
            if self.clock.now() - beaten >= BEAT_S:
                beaten = self.clock.now()
                self.heartbeat()
            seen = self._look(look, guards) or last
            now = self.clock.now()
            if seen.text != last.text or seen.have != last.have:
                since = now
                self.record("seen", seen.text, have=seen.have, of=seen.of)
            self.observer.waiting(what, seen, max(0.0, deadline - now))
            if seen.done:
                return seen
            last = seen
            if now >= deadline:
                raise LateError(
                    f"{what}: not within {within_s:.0f} s; {seen.text or 'nothing was seen'}",
                    hint=advice,
                )
            pause = min(_pause(now, since, seen.until), self.look_every_s, deadline - now)
            if pause > IDLE_S:
                self.close()
            self.clock.sleep(max(0.1, pause))

    def _look(self, look: Callable[[], Seen], guards: Sequence[Callable[[], None]]) -> Seen | None:
        """What is seen, or None when a session broke: a device that restarts does that."""
        self._quiet = True
        try:
            for guard in guards:
                guard()
            if self.listen is not None:
                self.listen()
            return look()
        except (TransportError, OverdueError) as error:
            self.record("broken", str(error))
            if error.device is not None:
                self.drop(error.device)
            return None
        finally:
            self._quiet = False

    def _note(self, device: str, entered: str, answer: str) -> None:
        if self._quiet:
            return  # what a wait sees again and again is summed up as it changes
        with self._guard:
            self.writer.add(
                "sent",
                entered,
                at=self.clock.now(),
                step=None if self.step is None else self.step.name,
                device=device,
                data={"answer": answer},
            )


def _pause(now: float, since: float, until: float | None) -> float:
    """How long not to look: until something is expected, or the longer the longer nothing is."""
    if until is not None and until - now > QUICK_S:
        return until - now
    return max(QUICK_S, (now - since) / SLOWER)
