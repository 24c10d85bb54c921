"""Rendered networks that run, and looks at all of their devices."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import cache

from getvpn.emulator import Lab
from getvpn.emulator.testing import console
from getvpn.errors import DeviceError, RefusedError
from getvpn.inventory.models import Intent
from getvpn.tasks.deploying.models import Role
from getvpn.tasks.deploying.network import GroupLook, looks
from getvpn.tasks.deploying.observing import Observed, observe, unreachable

from ..lab_devices import LabDevices
from ..networks import network
from ..test_render_labs import ENROLMENT, lab_of

SETTLED_S = 200.0
"""Key servers have elected a primary by then, and members are registered."""
Seen = Mapping[str, Observed]


@dataclass(slots=True, eq=False)
class Running:
    """A network of an intent that runs in a lab."""

    intent: Intent
    lab: Lab = field(init=False)
    devices: LabDevices = field(init=False)

    def __post_init__(self) -> None:
        self.lab = lab_of(self.intent, bits=1024)
        self.devices = LabDevices(self.lab)
        if self.intent.groups[0].authentication.kind == "pki":
            for name in roles(self.intent):
                self.type(name, *ENROLMENT)
        self.lab.advance(SETTLED_S)

    def look(self, names: Iterable[str] = (), *, whole: bool = True) -> dict[str, Observed]:
        """What all devices show, or those named."""
        wanted = set(names)
        return {
            name: self._look(name, role, whole)
            for name, role in roles(self.intent).items()
            if not wanted or name in wanted
        }

    def type(self, name: str, *lines: str) -> str:
        """Type lines at the console of a router."""
        said = console(self.lab[name]).run(*lines)
        self.lab.advance(0)
        return said

    def configure(self, name: str, *lines: str) -> str:
        """Configure a router at its console, and save that."""
        return self.type(name, "configure terminal", *lines, "end", "write memory")

    def group(self, seen: Seen) -> GroupLook:
        """The first group as `seen` shows it."""
        return next(looks(self.intent, seen))

    def _look(self, name: str, role: Role, whole: bool) -> Observed:
        clock = self.devices.clock
        try:
            with closing(self.devices(name)) as device:
                return observe(device, role, clock=clock, whole=whole)
        except DeviceError as error:
            return unreachable(name, role, error, clock=clock)


def roles(intent: Intent) -> dict[str, Role]:
    """The devices of an intent."""
    found: dict[str, Role] = {server.name: "key server" for server in intent.key_servers}
    return found | {member.name: "member" for member in intent.members}


@cache
def healthy() -> tuple[Intent, Seen]:
    """A network of two key servers and two members in which all is well; not to be changed."""
    running = Running(network())
    return running.intent, running.look()


class Told:
    """A device that says what it was told to say; what it was not told it refuses."""

    def __init__(self, name: str, texts: Mapping[str, str]) -> None:
        self.name = name
        self.prompt = f"{name}#"
        self.texts = dict(texts)
        self.asked: list[str] = []

    def send(self, command: str, *, timeout_s: float | None = None) -> str:
        """The text for a command."""
        del timeout_s
        self.asked.append(command)
        if command not in self.texts:
            raise RefusedError("refused", device=self.name, command=command, words="% Invalid")
        return self.texts[command]


def told(seen: Observed, change: Callable[[dict[str, str]], object]) -> Observed:
    """The look at a device that says something else; `change` gets its texts by command."""
    texts = dict(seen.texts)
    change(texts)
    device = Told(seen.device, texts)
    again = observe(device, seen.role)  # type: ignore[arg-type]  # only `send` is called
    return replace(again, at=seen.at)


def saying(seen: Seen, name: str, command: str, old: str, new: str) -> dict[str, Observed]:
    """The look at a network of which one device says something else in one answer."""

    def change(texts: dict[str, str]) -> None:
        assert old in texts[command]
        texts[command] = texts[command].replace(old, new)

    return {**seen, name: told(seen[name], change)}
