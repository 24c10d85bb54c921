"""A router in memory that gets another intent, over a session that may end at any line."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from getvpn.emulator.device import Router
from getvpn.emulator.testing import console
from getvpn.inventory.models import Intent
from getvpn.inventory.resolve import device_views
from getvpn.tasks.deploying.means import make_way
from getvpn.tasks.deploying.models import Change, Way
from getvpn.tasks.diff import Command, Difference, difference, inverse, way_back
from getvpn.tasks.render import render
from getvpn.tasks.ssh.session import Session

from ..networks import KnownSecrets, booted, devices
from ..ssh.wires import RouterWire, session_on

ARCHIVE = "archive\n path bootflash:archive\n!\n"
ARCHIVE_ISR = "archive\n path flash:archive\n!\n"


class Killed(BaseException):
    """The process is no more."""


class CountedWire(RouterWire):
    """A wire whose process ends when it has sent `most` lines; all lines are in `typed`."""

    def __init__(self, router: Router, most: int | None = None) -> None:
        super().__init__(router)
        self.most = most
        self.typed: list[str] = []

    def write(self, data: bytes) -> None:
        if self.most is not None and len(self.typed) >= self.most:
            raise Killed
        self.typed.append(data.decode().rstrip("\n"))
        super().write(data)


class RouterClock:
    """The time of a router."""

    def __init__(self, router: Router) -> None:
        self.router = router

    def now(self) -> float:
        return self.router.clock.now()

    def sleep(self, seconds: float) -> None:
        self.router.clock.advance(seconds)


@dataclass(slots=True)
class Changing:
    """A device that has the intent of before; `commands` lead to the one that is wanted."""

    name: str
    router: Router
    backup: str
    intended: str
    commands: tuple[Command, ...]
    inverse: tuple[Command, ...]
    back_to: Callable[[str, str], Sequence[Command]]
    compared: Callable[[], Difference]
    wires: list[CountedWire] = field(default_factory=list)

    def back(self, now: str) -> Sequence[Command]:
        """The lines that lead from a configuration back to that of before."""
        return self.back_to(now, self.backup)

    def session(self, most: int | None = None) -> Session:
        """A session of a process that ends when it has sent so many lines more."""
        wire = CountedWire(self.router)
        found = session_on(wire, name=self.name)
        wire.typed.clear()
        wire.most = most
        self.wires.append(wire)
        return found

    def way(
        self,
        *,
        most: int | None = None,
        commands: tuple[Command, ...] | None = None,
        trial_s: float | None = 900,
        backup: str | None = None,
    ) -> Way:
        """A way of the change, of a process of its own."""
        change = Change(
            device=self.name,
            role="key server",
            groups=("G1",),
            means="lines",
            commands=self.commands if commands is None else commands,
            inverse=self.inverse,
        )
        before = self.backup if backup is None else backup
        return make_way(
            self.session(most),
            change,
            backup=before,
            back=lambda now: self.back_to(now, before),
            username="admin",
            clock=RouterClock(self.router),
            trial_s=trial_s,
        )

    def with_line(self, text: str, *, modes: tuple[str, ...] | None = None) -> tuple[Command, ...]:
        """The commands with another one in the middle of them."""
        at = len(self.commands) // 2
        modes = self.commands[at].modes if modes is None else modes
        return (*self.commands[:at], Command(modes=modes, text=text), *self.commands[at:])

    def running(self) -> str:
        """What the router shows, without its head."""
        shown = console(self.router).run("show running-config")
        return shown[shown.index("\nversion ") :]

    def startup(self) -> str:
        """What it has saved, without its head."""
        shown = console(self.router).run("show startup-config")
        return shown[shown.index("\nversion ") :] if "\nversion " in shown else ""

    @property
    def typed(self) -> list[str]:
        """What the last process has sent."""
        return self.wires[-1].typed


def changing(before: Intent, after: Intent, name: str, more: str = "") -> Changing:
    """A device of both intents that has what `before` says, and `more`."""
    (device,) = (it for it in devices(after) if it.name == name)
    router = booted(device, more + render(before, KnownSecrets(), [name])[name])
    console(router).run("write memory")
    view = device_views(after)[name]
    (intended,) = render(after, KnownSecrets(), [name]).values()
    backup = console(router).run("show running-config")
    return Changing(
        name=name,
        router=router,
        backup=backup,
        intended=intended,
        commands=difference(view, intended, backup).commands,
        inverse=inverse(view, intended, backup),
        back_to=lambda now, before: way_back(view, intended, now, before),
        compared=lambda: difference(view, intended, console(router).run("show running-config")),
    )


def asked(commands: tuple[Command, ...]) -> tuple[Command, ...]:
    """The same lines, none of which is expected to ask."""
    return tuple(replace(command, asks=False) for command in commands)
