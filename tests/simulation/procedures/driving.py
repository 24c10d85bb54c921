"""Sessions on the routers of a lab to which things happen: at a line, or at an instant.

Every line takes some time of the lab. What a router was told, and when, is remembered.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from getvpn.emulator import Lab
from getvpn.errors import LoginError, OverdueError, TransportError
from getvpn.tasks.ssh.session import Session

from ...tasks.lab_devices import WITHIN, Killed, LabDevices, _LabWire

TYPED: Final = re.compile(r"\b(Key-\w+)|([A-Za-z0-9]{20})")
"""Secrets of intents, as `KnownSecrets` makes them, and passwords that are made up."""
LINE_S = 0.3
"""How long a router takes for a line."""
COPY_LINES = 200
"""A copy takes as long as so many lines."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line that was typed: in which process (from 0), when, where, and whether in a wait."""

    process: int
    at: float
    device: str
    text: str
    waiting: bool


@dataclass(slots=True, eq=False)
class Driven(LabDevices):
    """Opens sessions; `before` and `after` are called with each line, and may raise.

    `slow` is how long a line takes on a device. `lines` are those that were typed, `shown` what
    routers printed that holds a private key. While `deaf` has a device, it answers nothing.
    `damaged` is what happens once to a file that is copied to a device. What ended the process is
    `dead`: it does nothing more.
    """

    before: Callable[[str, str], None] | None = None
    after: Callable[[str, str], None] | None = None
    process: int = 0
    waiting: bool = False
    slow: dict[str, float] = field(default_factory=dict)
    deaf: set[str] = field(default_factory=set)
    lines: list[Line] = field(default_factory=list)
    shown: list[bytes] = field(default_factory=list)
    damaged: dict[str, Callable[[bytes], bytes]] = field(default_factory=dict)
    dead: Killed | None = None
    at_once: int = 1

    def live(self) -> None:
        """Raise what ended the process."""
        if self.dead is not None:
            raise self.dead

    def open(self, name: str) -> Session:
        """A session on a router."""
        self.live()
        self.opened += 1
        return Session(name, lambda: _Wire(self, name), timeouts=WITHIN).open()

    def upload(
        self,
        name: str,
        local: str,
        remote: str,
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        """Copy a file, which takes its time, over a connection of its own."""
        self.live()
        entered = f"(scp) {local} {remote}"
        if self.before is not None:
            self.before(name, entered)
        faults = self.lab[name].faults
        if faults.refuses():
            raise TransportError("connection refused", device=name)
        if faults.fails_login():
            raise LoginError("turns the password down", device=name, hint="look it up")
        if name in self.deaf:
            raise OverdueError("does not answer", device=name)
        now = self.lab.kernel.now()
        self.lines.append(Line(self.process, now, name, entered, self.waiting))
        self.lab.kernel.advance(COPY_LINES * self.slow.get(name, LINE_S))
        LabDevices.upload(self, name, local, remote, progress)
        if self.after is not None:
            self.after(name, entered)

    def content(self, name: str, local: str) -> bytes:
        """What arrives of a file."""
        return self.damaged.pop(name, bytes)(Path(local).read_bytes())

    def cut_off(self, name: str) -> None:
        """Break the sessions on a router."""
        for wire in self._wires:
            if isinstance(wire, _Wire) and wire.name == name:
                wire.close()


class _Wire(_LabWire):
    """As in `lab_devices`, with what happens to lines."""

    def __init__(self, devices: Driven, name: str) -> None:
        faults = devices.lab[name].faults
        if faults.refuses():
            raise TransportError("connection refused")
        if faults.fails_login():
            raise LoginError("turns the password down", hint="look it up")
        super().__init__(devices, name)
        self.name = name
        self._driven = devices
        devices._wires.append(self)

    def write(self, data: bytes) -> None:
        if self._over:
            raise TransportError("the connection is closed")
        driven, name = self._driven, self.name
        driven.live()
        text = data.decode("utf-8", "replace").strip()
        if text and driven.before is not None:
            driven.before(name, text)
        if self._over:
            raise TransportError("the connection is closed")
        if text:
            now = driven.lab.kernel.now()
            driven.typed.append((name, text))
            driven.lines.append(Line(driven.process, now, name, text, driven.waiting))
        if name not in driven.deaf:
            self._shell.feed(data)
        driven.lab.kernel.advance(driven.slow.get(name, LINE_S))
        if text and driven.after is not None:
            driven.after(name, text)

    def read(self, timeout_s: float) -> bytes:
        if self.name in self._driven.deaf and not self._over:
            raise TimeoutError
        data = super().read(timeout_s)
        if b"PRIVATE KEY" in data:
            self._driven.shown.append(data)
        return data


def new_devices(lab: Lab) -> Driven:
    """Sessions on the routers of a lab."""
    return Driven(lab)


__all__ = ["Driven", "Killed", "Line", "new_devices"]
