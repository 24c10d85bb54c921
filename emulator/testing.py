"""A router without a network, for tests: commands go in as text, output comes back as text.

Everything happens at once: time passes only when the clock is moved. What lets others have their
turn goes on by itself.
"""

from random import Random

from .clock import ManualClock
from .device import Router
from .device_settings import DeviceSettings
from .files.store import FileStore
from .gdoi.parameters import Parameters
from .keys.maker import SeededKeyMaker
from .keys.store import KeyStore
from .platforms import platform_named
from .shell.session import Session
from .simulation.kernel import Kernel
from .simulation.network import Network

START = 1_767_225_600.0
"""2026-01-01 00:00:00 UTC."""
WIDE = 511


class _AtOnce(Session):
    """A session whose long work goes on at once: nobody runs the loop of its clock meanwhile."""

    async def turn(self) -> None:
        """Give nobody a turn."""


class Console:
    """A privileged session at the console; `run` gives what a command prints."""

    def __init__(self, router: Router, *, user: str = "admin", privilege: int = 15) -> None:
        self.router = router
        self.closed = False
        self._out = bytearray()
        waits = isinstance(router.clock, ManualClock)
        self.session = (Session if waits else _AtOnce)(
            router,
            user=user,
            privilege=privilege,
            source="console",
            columns=WIDE,
            rows=0,
            write=self._out.extend,
            close=self._close,
            line=router.lines.console(self._drop),
        )
        self.session.terminal.rows = 0
        self.session.start()
        self.take()

    @property
    def prompt(self) -> str:
        """The prompt of the mode that the session is in."""
        return self.session.prompt

    def take(self) -> str:
        """What has been printed since the last time, line ends as line feeds."""
        text = self._out.decode("latin-1").replace("\r\n", "\n")
        self._out.clear()
        return text

    def type(self, data: bytes) -> str:
        """Type bytes and give what appears, echo and prompts included."""
        self.session.feed(data)
        if isinstance(self.router.clock, ManualClock):
            self.router.clock.advance(0)
        return self.take()

    def run(self, *lines: str) -> str:
        """Type lines one after another; give what they print, without echoes and prompts."""
        said = []
        for line in lines:
            text = self.type(f"{line}\n".encode("latin-1"))
            begin = text.find("\n") + 1
            said.append(text[begin:].removesuffix(self.prompt))
        return "".join(said)

    def configure(self, text: str) -> str:
        """Type configuration lines, from exec mode and back to it; give what they print."""
        self.run("configure terminal")
        lines = [line for line in text.split("\n") if line.strip()]
        said = self.run(*lines)
        self.run("end")
        return said

    def _drop(self) -> None:
        self.session.hangup()

    def _close(self, status: int) -> None:
        self.closed = True


def world(seed: int | str = 1) -> Network:
    """A network without devices at the time `START`; its `kernel` is the clock of what joins it."""
    return Network(Kernel(START, seed))


def make_router(
    name: str = "R1",
    platform: str = "isr4451",
    startup: str = "",
    *,
    clock: ManualClock | None = None,
    behaviour: DeviceSettings | None = None,
    seed: int = 1,
    kernel: Kernel | None = None,
    network: Network | None = None,
    parameters: Parameters | None = None,
) -> Router:
    """A router that has booted with the configuration text `startup`.

    With `kernel` it lives by the time of it, with `network` it is a node there (see `world`).
    Raises ValueError if a line is refused.
    """
    model = platform_named(platform)
    if kernel is None and network is not None:
        kernel = network.kernel
    router = Router(
        name,
        model,
        clock or kernel or ManualClock(START),
        files=FileStore(model.layout(), now=START),
        keys=KeyStore(SeededKeyMaker(Random(seed)), redundancy=model.family == "xe"),  # noqa: S311
        behaviour=behaviour,
        seed=seed,
    )
    router.kernel, router.network = kernel, network
    router.parameters = parameters or router.parameters
    if network is not None and name not in network.nodes:
        network.attach(name)
    router.files.disk_full = lambda: router.faults.disk_full
    if startup:
        router.files.save_startup(startup.encode("latin-1"))
    loaded = router.boot()
    if loaded.rejected:
        raise ValueError("".join(line.text for line in loaded.rejected))
    return router


def console(router: Router, *, user: str = "admin", privilege: int = 15) -> Console:
    """A session at the router's console."""
    return Console(router, user=user, privilege=privilege)
