"""Serve a lab, and weigh the turns of its loop.

The argument is a lab file. The first line on stdout is JSON of the ports of the devices. For each
line on stdin comes a line: JSON of how heavy the turns were since the last line. One who comes at
any moment meets a turn that is no heavier than `half` in half of the cases, than `most` in nine of
ten. They are told in units of work, a millisecond or so: neither what else the machine does counts
nor how fast it is. `resident_kb` is the memory that is held when garbage has been collected, 0
where the system does not tell.
"""

import asyncio
import gc
import json
import resource
import sys
from pathlib import Path
from time import thread_time

from getvpn.emulator import Lab

UNIT = 60_000
"""Steps of a loop that are a unit of work."""


class WeighingLoop(asyncio.SelectorEventLoop):
    """A loop that notes for how many seconds its turns keep the processor."""

    def __init__(self) -> None:
        super().__init__()
        self.turns: list[float] = []
        self.weighs = True

    def _run_once(self) -> None:
        begun = thread_time()
        self.weighs = True
        super()._run_once()  # type: ignore[misc]  # it is not public
        if self.weighs:
            self.turns.append(thread_time() - begun)

    def met(self, share: float) -> float:
        """How long the turns are, at most, in which this share of the time passed."""
        left = sum(self.turns) * share
        for turn in sorted(self.turns):
            left -= turn
            if left <= 0:
                return turn
        return 0.0

    def told(self) -> dict[str, float]:
        """What was noted; the turn that tells it does not count."""
        gc.collect()
        unit_s = sorted(unit() for _ in range(5))[2]
        found = {
            "half": self.met(0.5) / unit_s,
            "most": self.met(0.9) / unit_s,
            "resident_kb": resident_kb(),
        }
        self.turns, self.weighs = [], False
        return found


def unit() -> float:
    """How many seconds of the processor a unit of work takes."""
    begun = thread_time()
    for _ in range(UNIT):
        pass
    return thread_time() - begun


def resident_kb() -> int:
    """The memory that this process holds."""
    status = Path("/proc/self/status")
    return int(status.read_text().split("VmRSS:")[1].split()[0]) if status.exists() else 0


def say(what: object) -> None:
    """Write a line of JSON."""
    sys.stdout.write(f"{json.dumps(what)}\n")
    sys.stdout.flush()


async def serve(loop: WeighingLoop, path: Path) -> None:
    """Serve the lab until stdin ends."""
    over = asyncio.Event()

    def asked() -> None:
        if sys.stdin.readline():
            say(loop.told())
        else:
            over.set()

    async with Lab(path) as lab:
        loop.add_reader(sys.stdin, asked)
        say({host.name: host.port for host in lab.hosts()})
        await over.wait()
        loop.remove_reader(sys.stdin)


def main() -> None:
    """Serve with as many open files as the system grants."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with asyncio.Runner(loop_factory=WeighingLoop) as runner:
        loop = runner.get_loop()
        assert isinstance(loop, WeighingLoop)
        runner.run(serve(loop, Path(sys.argv[1])))


if __name__ == "__main__":
    main()
