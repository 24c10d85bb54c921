"""Networks that are watched in the time of a lab."""

from dataclasses import dataclass, field

from getvpn.errors import LoginError
from getvpn.tasks.ssh.device import Device
from getvpn.tasks.watching.notices import Notice
from getvpn.tasks.watching.outbox import Way
from getvpn.tasks.watching.posting import Figures, Post
from getvpn.tasks.watching.state import State
from getvpn.tasks.watching.watcher import Pace, Watcher

from ..deploying.looking import Running
from ..networks import network


@dataclass(slots=True)
class Reached:
    """The devices of a running network; those in `refusing` turn the login down."""

    running: Running
    at_once: int = 0
    refusing: set[str] = field(default_factory=set)
    shared: bool = False
    opened: list[str] = field(default_factory=list)

    def username(self, name: str) -> str:
        """Each has a user of its own, unless they share one."""
        return "admin" if self.shared else name

    def open(self, name: str) -> Device:
        """A session."""
        self.opened.append(name)
        if name in self.refusing:
            raise LoginError("the login is turned down", device=name)
        return self.running.devices(name)


@dataclass(slots=True)
class Kept:
    """A way that keeps what goes out on it."""

    items: list[Notice] = field(default_factory=list)
    name: str = "kept"

    def send(self, item: Notice) -> None:
        """Keep it."""
        self.items.append(item)


class Watched:
    """Two key servers and two members that are watched; `told` is all that went out."""

    def __init__(self, pace: Pace | None = None, *, history: Way[Figures] | None = None) -> None:
        self.running = Running(network())
        self.devices = Reached(self.running)
        self.clock = self.running.devices.clock
        self.kept = Kept()
        self.watcher = Watcher(
            self.running.intent,
            self.devices,
            self.clock,
            pace=pace or Pace(every_s=60, members_every_s=300, sample=2),
            post=Post(self.clock, (self.kept,), history=history, least="info", threads=False),
        )

    @property
    def state(self) -> State:
        """What is known."""
        return self.watcher.state

    def looks(self, count: int) -> State:
        """Let so many looks pass."""
        self.watcher.run(count=count)
        return self.state

    def names(self) -> list[tuple[str, str, str]]:
        """What was told: name, state and device."""
        return [(each.name, each.state, each.device) for each in self.kept.items]
