"""Processor load and memory of a router.

They follow from what the router is, how long it has been up, and what it holds: sessions, the
configuration, the log buffer. Nothing is stored; the same router at the same time says the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..config.store import walk
from ..grammar import CLASSIC
from ..platforms.processes import JOBS, Job

if TYPE_CHECKING:
    from ..device import Router
    from ..lines import Line

HUNDREDTHS = 100
SECOND_US = 1_000_000
SESSION_BYTES = 104_360
ENTRY_BYTES = 640
"""What a line of the configuration takes in memory."""
INIT_SHARE = 0.14
DEAD_BYTES = 65_536
PEAK_BYTES = 3_400_000
"""How much more than now was in use while the router booted."""
IO_BLOCK = 412
BLOCK_ALIGN = 8
IMAGE_SHARE = 0.28
"""The part of the main memory that the image itself takes on a classic router."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """A process: CPU time in ms, runs, load in hundredths of a percent, and memory in bytes."""

    pid: int
    tty: int
    name: str
    runtime_ms: int
    invoked: int
    load_5s: int
    load_1min: int
    load_5min: int
    allocated: int
    freed: int
    holding: int

    @property
    def usecs(self) -> int:
        """CPU time of a run, in microseconds."""
        return self.runtime_ms * 1000 // self.invoked if self.invoked else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """The load of the processor in percent; `interrupts` is the part of the first."""

    five_s: int
    interrupts: int
    one_min: int
    five_min: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """A pool of memory, in bytes; `head` is its address."""

    name: str
    head: int
    total: int
    used: int
    lowest: int
    largest: int

    @property
    def free(self) -> int:
        """What is not in use."""
        return self.total - self.used


def processes(router: "Router") -> list[Process]:
    """All processes by number; those of sessions have the number of their line."""
    jobs = [job for job in JOBS if router.family in job.families]
    found = [_process(router, pid, 0, job) for pid, job in enumerate(jobs, 1)]
    for line in router.lines.used():
        name = "Exec" if line.kind == "con" else "SSH Process"
        up_s = max(router.clock.now() - line.since, 1.0)
        job = Job(name, 40, 60, SESSION_BYTES)
        found.append(_process(router, len(found) + 1, line.number, job, up_s))
    return found


def pid_of(router: "Router", line: "Line") -> int:
    """The number of the process that serves the session on a line."""
    names = ("Exec", "SSH Process")
    found = [p.pid for p in processes(router) if p.tty == line.number and p.name in names]
    return found[-1] if found else -1


def load(router: "Router") -> Load:
    """The load now: what the processes use, and interrupts."""
    found = processes(router)
    five_s = sum(process.load_5s for process in found) // HUNDREDTHS
    interrupts = _dice(router, "interrupts", 5, 2)
    return Load(
        five_s=five_s + interrupts + 1,
        interrupts=interrupts,
        one_min=sum(process.load_1min for process in found) // HUNDREDTHS + 1,
        five_min=sum(process.load_5min for process in found) // HUNDREDTHS + 1,
    )


def init_bytes(router: "Router") -> int:
    """What the start of the system, the configuration and the log hold."""
    lines = sum(1 for _ in walk(router.config.root))
    fixed = int(_processor_total(router) * INIT_SHARE)
    return (fixed + lines * ENTRY_BYTES + router.log.buffer_bytes()) // BLOCK_ALIGN * BLOCK_ALIGN


def pools(router: "Router") -> list[Pool]:
    """The pools: that of the processes, and that of packets."""
    identity = router.platform.identity
    total = _processor_total(router)
    used = init_bytes(router) + DEAD_BYTES + sum(p.holding for p in processes(router))
    lowest = total - used - PEAK_BYTES
    processor = Pool(
        name="Processor",
        head=_head(router, "processor"),
        total=total,
        used=used,
        lowest=lowest,
        largest=(total - used) - _dice(router, "largest", 86400, 400_000),
    )
    io_total = identity.io_kb * 1024
    if router.family == CLASSIC:
        io_used = int(io_total * 0.35)
        io = Pool(
            name="I/O",
            head=_head(router, "io"),
            total=io_total,
            used=io_used,
            lowest=io_total - io_used,
            largest=io_total - io_used - 64 * 1024,
        )
        return [processor, io]
    # all of it belongs to the queue to the forwarding processor but two small blocks
    io = Pool(
        name="lsmpi_io",
        head=_head(router, "io"),
        total=io_total + 600,
        used=io_total + 600 - 2 * IO_BLOCK,
        lowest=2 * IO_BLOCK,
        largest=IO_BLOCK,
    )
    return [processor, io]


def top_first(found: list[Process], key: str) -> Iterator[Process]:
    """Processes by a column, the largest first."""
    return iter(sorted(found, key=lambda process: (-getattr(process, key), process.pid)))


def _process(router: "Router", pid: int, tty: int, job: Job, up_s: float | None = None) -> Process:
    seconds = router.uptime_s if up_s is None else up_s
    runtime_ms = int(job.work * seconds) // 1000 + (job.held >> 14)
    invoked = int(job.calls * seconds) // 60 + 1
    share = job.work * 100 * HUNDREDTHS // SECOND_US
    swing = share // 2 + (1 if job.work > 100 else 0)
    bucket = f"load {pid}"
    return Process(
        pid=pid,
        tty=tty,
        name=job.name,
        runtime_ms=runtime_ms,
        invoked=invoked,
        load_5s=share + _dice(router, bucket, 5, swing * 2),
        load_1min=share + _dice(router, bucket, 60, swing),
        load_5min=share,
        allocated=job.held + invoked * 24,
        freed=invoked * 24,
        holding=job.held,
    )


def _dice(router: "Router", purpose: str, period_s: int, most: int) -> int:
    """A number up to `most` that changes every `period_s` seconds."""
    if most <= 0:
        return 0
    number = int(router.clock.now() // period_s)
    return router.chassis.random(f"{purpose} {number}").randint(0, most)


def _processor_total(router: "Router") -> int:
    main = router.platform.identity.main_kb * 1024
    return int(main * (1 - IMAGE_SHARE)) if router.family == CLASSIC else main


def _head(router: "Router", pool: str) -> int:
    """The address of a pool: 32 bits on a classic router, an address of Linux on IOS-XE."""
    random = router.chassis.random(f"address of {pool}")
    if router.family == CLASSIC:
        return random.randrange(0x2000_0000, 0x3000_0000, 0x10)
    return random.randrange(0x7F00_0000_0000, 0x7FFF_0000_0000, 0x8)


def load_line(router: "Router") -> str:
    """The load of the processor in one line."""
    now = load(router)
    return (
        f"CPU utilization for five seconds: {now.five_s}%/{now.interrupts}%; "
        f"one minute: {now.one_min}%; five minutes: {now.five_min}%\n"
    )


def time_stamp(router: "Router") -> str:
    """Load and time, as `exec prompt timestamp` puts them before what a command shows."""
    text = load_line(router).replace("CPU utilization for five seconds", "Load for five secs")
    source = router.wall.source if router.wall.trusted else "hardware calendar"
    return f"{text}Time source is {source}, {router.clock_text()}\n\n"
