"""Sending echo requests: what the user sees while they go out, and the sums behind them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..terminal import Interrupted
from .interfaces import Interfaces
from .reach import Answer, Probe, Way, answer, delay_ms, way_to

if TYPE_CHECKING:
    from ..shell.call import Call
    from ..terminal import Terminal

MARKS_PER_LINE = 70
ETHERNET_BYTES = 14


@dataclass(slots=True, kw_only=True)
class Echo:
    """A ping: its destination (an address) and what is sent. `sizes` are those of one round."""

    destination: str
    vrf: str = ""
    repeat: int = 5
    sizes: range = range(100, 101)
    timeout_s: int = 2
    source: str = ""
    unfragmented: bool = False
    pattern: str = ""

    @property
    def count(self) -> int:
        """How many packets are sent."""
        return self.repeat * len(self.sizes)

    @property
    def head(self) -> str:
        """What is printed before the marks."""
        first, last = self.sizes[0], self.sizes[-1]
        size = f"{first}" if first == last else f"[{first}..{last}]"
        text = "Type escape sequence to abort.\n"
        text += f"Sending {self.count}, {size}-byte ICMP Echos to {self.destination}, "
        text += f"timeout is {self.timeout_s} seconds:\n"
        if self.source:
            text += f"Packet sent with a source address of {self.source} \n"
        if self.unfragmented:
            text += "Packet sent with the DF bit set\n"
        if self.pattern:
            text += f"Packet has data pattern {self.pattern}\n"
        return text


@dataclass(slots=True)
class _Sum:
    """Packets sent and answered, and the times of the answers in ms."""

    sent: int = 0
    answered: int = 0
    least_ms: int = 0
    most_ms: int = 0
    total_ms: int = 0

    def add(self, took_ms: int) -> None:
        self.answered += 1
        self.least_ms = min(self.least_ms or took_ms, took_ms)
        self.most_ms = max(self.most_ms, took_ms)
        self.total_ms += took_ms

    @property
    def text(self) -> str:
        """The last line of a ping."""
        percent = self.answered * 100 // self.sent if self.sent else 0
        text = f"Success rate is {percent} percent ({self.answered}/{self.sent})"
        if not self.answered:
            return text + "\n"
        mean = self.total_ms // self.answered
        times = f"{self.least_ms}/{mean}/{self.most_ms}"
        return f"{text}, round-trip min/avg/max = {times} ms\n"


async def send(call: "Call", echo: Echo) -> None:
    """Send the packets, one after another, until they are all sent or the user has enough."""
    call.dialogue.write(echo.head)
    terminal = call.session.terminal if call.session else None
    total = _Sum()
    _interruptible(terminal, on=True)
    try:
        await _rounds(call, echo, total)
    except Interrupted:
        pass
    finally:
        _interruptible(terminal, on=False)
    call.dialogue.write(f"\n{total.text}")


def _interruptible(terminal: "Terminal | None", *, on: bool) -> None:
    if terminal is not None:
        terminal.interruptible = on


async def _rounds(call: "Call", echo: Echo, total: _Sum) -> None:
    for _ in range(echo.repeat):
        for size in echo.sizes:
            if total.sent and total.sent % MARKS_PER_LINE == 0:
                call.dialogue.write("\n")
            await _packet(call, echo, total, size)


async def _packet(call: "Call", echo: Echo, total: _Sum, size: int) -> None:
    router, way = call.router, way_to(call.router, echo.destination, echo.vrf)
    heard = answer(router, way, _probe(echo, size)) if way is not None else Answer.NONE
    if way is None or heard is not Answer.CAME:
        total.sent += 1
        if heard is Answer.TOO_LARGE:
            call.dialogue.write("M")
        await call.dialogue.sleep(echo.timeout_s)
        if heard is Answer.NONE:
            call.dialogue.write(".")
        return
    took = delay_ms(router, way, total.sent)
    total.sent += 1
    await call.dialogue.sleep(took / 1000)
    total.add(took)
    _count(call, way, size)
    call.dialogue.write("!")


def _probe(echo: Echo, size: int) -> Probe:
    return Probe(
        destination=echo.destination,
        source=echo.source,
        vrf=echo.vrf,
        size=size,
        unfragmented=echo.unfragmented,
    )


def _count(call: "Call", way: Way, size: int) -> None:
    length = size + ETHERNET_BYTES
    call.router.feature(Interfaces).count(
        way.interface, packets_in=1, bytes_in=length, packets_out=1, bytes_out=length
    )
