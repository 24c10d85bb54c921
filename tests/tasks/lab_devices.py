"""The routers of a lab as `Device`s, without SSH: the sessions are those that drive real devices.

Time is that of the lab: whoever waits on `clock` moves it. What `watch` raises ends the driving of
the devices at any line: `Killed`, as far as a test can tell, as if the process were no more.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from getvpn.emulator import Lab
from getvpn.emulator.files.errors import FileError
from getvpn.emulator.lab.background import BackgroundLab
from getvpn.emulator.shell.session import Session as Shell
from getvpn.errors import OverdueError, RefusedError, TransportError
from getvpn.tasks.ssh.device import Answer, Timeouts
from getvpn.tasks.ssh.session import Session

WITHIN = Timeouts(connect_s=5.0, login_s=5.0, command_s=5.0)
AGAIN_S = 2.0
LONG_S = 600.0
"""Time of the lab that a device may take to say something."""


class Killed(BaseException):
    """The process that drives devices is no more."""


class LabClock:
    """The time of a lab; a sleep moves it."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab

    def now(self) -> float:
        """Seconds since 1970, UTC."""
        return self.lab.kernel.now()

    def sleep(self, seconds: float) -> None:
        """Let the lab's time pass."""
        self.lab.advance(seconds)


class LabTime:
    """The time of a lab that is served; a sleep moves it, however long the rest takes."""

    def __init__(self, lab: BackgroundLab) -> None:
        self.lab = lab

    def now(self) -> float:
        """Seconds since 1970, UTC."""
        return self.lab.run(self.lab.lab.clock.now)

    def sleep(self, seconds: float) -> None:
        """Let the lab's time pass."""
        self.lab.advance(seconds)


class LabSession(Session):
    """A session whose restarts take the time of the lab."""

    clock: LabClock

    def reload(self, *, save: bool = False, within_s: float = 900.0) -> None:
        """Restart the router and log in again."""
        deadline = self.clock.now() + within_s
        kept = Answer(question="save?", reply="yes" if save else "no")
        with suppress(TransportError, OverdueError):
            self.dialogue("reload", [kept, Answer(question="reload")])
        self.close()
        while True:
            self.clock.sleep(AGAIN_S)
            try:
                self.open()
            except (TransportError, OverdueError):
                if self.clock.now() > deadline:
                    raise OverdueError("is not back", device=self.name) from None
            else:
                return


@dataclass(slots=True, eq=False)
class LabDevices:
    """Opens sessions on the routers of a lab.

    `typed` are all lines that were sent, by device, in order. `watch` is called with each before it
    is sent, and may raise.
    """

    lab: Lab
    typed: list[tuple[str, str]] = field(default_factory=list)
    watch: Callable[[str, str], object] | None = None
    opened: int = 0
    _wires: list["_LabWire"] = field(default_factory=list)

    @property
    def clock(self) -> LabClock:
        """The clock that the sessions live by."""
        return LabClock(self.lab)

    def __call__(self, name: str) -> LabSession:
        """A session on a router, logged in. Raises TransportError while it is down."""
        self.opened += 1
        session = LabSession(name, lambda: self._wire(name), timeouts=WITHIN)
        session.clock = self.clock
        session.open()
        return session

    def upload(
        self,
        name: str,
        local: str,
        remote: str,
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        """Put a file into the flash of a router, as SCP would; `watch` is told before."""
        router = self.lab[name]
        if self.watch is not None:
            self.watch(name, f"scp {remote}")
        if router.faults.closed or not router.running:
            raise TransportError("connection refused", device=name)
        if not router.config.root.has("ip scp server enable"):
            raise RefusedError("Administratively disabled.", device=name)
        data = self.content(name, local)
        self.typed.append((name, f"scp {remote}"))
        try:
            upload = router.files.upload(remote)
            upload.feed(data)
            upload.commit(self.clock.now())
        except FileError as error:
            raise RefusedError(error.text, device=name, words=error.text) from None
        if progress is not None:
            progress(len(data), len(data))

    def content(self, name: str, local: str) -> bytes:
        """What arrives of a file that is copied to a router."""
        del name
        return Path(local).read_bytes()

    def hang_up(self) -> None:
        """End all sessions, as they end with the process that had them."""
        for wire in self._wires:
            wire.close()
        self._wires.clear()

    def _wire(self, name: str) -> "_LabWire":
        wire = _LabWire(self, name)
        self._wires.append(wire)
        return wire


class _LabWire:
    """Bytes to and from the command line of a router."""

    def __init__(self, devices: LabDevices, name: str) -> None:
        self._devices = devices
        self._name = name
        self._out = bytearray()
        self._over = False
        lab = devices.lab
        router = lab[name]
        if router.faults.closed or not router.running:
            raise TransportError("connection refused")
        line = router.lines.claim_vty("192.0.2.200", self.close)
        if line is None:
            raise TransportError("connection refused")
        self._line = line
        self._shell = Shell(
            router,
            user="admin",
            privilege=15,
            source="192.0.2.200",
            columns=0,
            rows=0,
            write=self._out.extend,
            close=lambda _: self.close(),
            line=line,
        )
        self._shell.start()
        lab.kernel.advance(0)

    def write(self, data: bytes) -> None:
        """Type."""
        if self._over:
            raise TransportError("the connection is closed")
        text = data.decode("utf-8", "replace").strip()
        if text:
            if self._devices.watch is not None:
                self._devices.watch(self._name, text)
            self._devices.typed.append((self._name, text))
        self._shell.feed(data)
        self._devices.lab.kernel.advance(0)

    def read(self, timeout_s: float) -> bytes:
        """What the router has printed; the lab's time passes until it does."""
        kernel = self._devices.lab.kernel
        until = kernel.now() + LONG_S
        while not self._out:
            if self._over:
                raise TransportError("the connection is closed")
            due = kernel.next_due()
            if due is None or due > until:
                raise TimeoutError
            kernel.run_until(due)
        data = bytes(self._out)
        self._out.clear()
        return data

    def pending(self) -> bool:
        """Whether there is more."""
        return bool(self._out)

    def settle(self, prompt: str) -> None:
        """Nothing depends on it."""

    def close(self) -> None:
        """Hang up."""
        if not self._over:
            self._over = True
            self._shell.hangup()
            self._line.release()
