"""Processes, the load of the processor, memory."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..grammar import CLASSIC, CommandSet
from ..services.processes import (
    DEAD_BYTES,
    Pool,
    Process,
    init_bytes,
    load_line,
    pools,
    processes,
    top_first,
)
from ..shell.call import Call

if TYPE_CHECKING:
    from ..device import Router

CPU_HEAD = " PID Runtime(ms)     Invoked      uSecs   5Sec   1Min   5Min TTY Process \n"
MEMORY_HEAD = " PID TTY  Allocated      Freed    Holding    Getbufs    Retbufs Process\n"
POOL_HEAD = (
    f"{'Head':>20}{'Total(b)':>12}{'Used(b)':>12}{'Free(b)':>12}"
    f"{'Lowest(b)':>12}{'Largest(b)':>12}\n"
)
BLOCK_HEAD = " Address      Bytes     Prev     Next Ref     PrevF    NextF  what\n"
SORT_KEYS = {"5sec": "load_5s", "1min": "load_1min", "5min": "load_5min"}
TRACEKEY_SINCE = (16, 6)
"""The first release that begins `show memory statistics` with a key for its developers."""
SMALLEST_STACK_BYTES = 3_000

declared = CommandSet()
declared.words(
    {
        "show memory": "Memory statistics",
        "memory statistics": "Overall memory statistics",
        "show processes": "Active process statistics",
        "processes cpu": "Show CPU usage per process",
        "processes memory": "Show memory usage per process",
        "cpu sorted": "Show sorted output based on percentage of usage",
        "memory sorted": "Show sorted output based on Holding memory",
        "sorted 1min": "Sort based on 1 minute utilization",
        "sorted 5min": "Sort based on 5 minutes utilization",
        "sorted 5sec": "Sort based on 5 seconds utilization",
        "show stacks": "Process stack utilization",
    }
)


@declared.exec("show processes cpu", "show processes cpu sorted [<by:5sec|1min|5min>]")
def show_processes_cpu(call: Call) -> str:
    """The load of the processor, and of each process."""
    found: Iterable[Process] = processes(call.router)
    if call.has("sorted"):
        found = top_first(list(found), SORT_KEYS[call.get("by") or "5sec"])
    return load_line(call.router) + CPU_HEAD + "".join(map(_cpu_line, found))


def _cpu_line(process: Process) -> str:
    loads = "".join(
        f"{hundredths / 100:6.2f}%"
        for hundredths in (process.load_5s, process.load_1min, process.load_5min)
    )
    return (
        f"{process.pid:4}{process.runtime_ms:12}{process.invoked:12}{process.usecs:11}"
        f"{loads}{process.tty:4} {process.name:<17}\n"
    )


@declared.exec("show processes memory [sorted]")
def show_processes_memory(call: Call) -> str:
    """The memory that each process holds."""
    router = call.router
    text = ""
    for pool in pools(router):
        text += f"{pool.name:>9} Pool Total: {pool.total:10}"
        text += f" Used: {pool.used:10} Free: {pool.free:10}\n"
    held = init_bytes(router)
    found = processes(router)
    rows = [(0, 0, held + DEAD_BYTES, 0, held, "*Init*"), (0, 0, 0, 0, DEAD_BYTES, "*Dead*")]
    if call.has("sorted"):
        found = list(top_first(found, "holding"))
    rows += [(p.pid, p.tty, p.allocated, p.freed, p.holding, p.name) for p in found]
    text += "\n" + MEMORY_HEAD
    for pid, tty, allocated, freed, holding, name in rows:
        text += f"{pid:4}{tty:4}{allocated:11}{freed:11}{holding:11}{0:11}{0:11} {name:<16}\n"
    total = sum(row[4] for row in rows)
    return f"{text}{total:>37} Total\n"


@declared.exec("show memory statistics")
def show_memory_statistics(call: Call) -> str:
    """The pools of memory."""
    return _statistics(call.router)


def _statistics(router: "Router") -> str:
    key = ""
    if router.family != CLASSIC and router.software.release >= TRACEKEY_SINCE:
        digits = router.chassis.random("trace key").randbytes(16).hex()
        key = f"Tracekey : 1#{digits}   \n\n"
    return key + POOL_HEAD + "".join(map(_pool_line, pools(router)))


def _pool_line(pool: Pool) -> str:
    return (
        f"{pool.name:>9}  {pool.head:>9X}{pool.total:12}{pool.used:12}{pool.free:12}"
        f"{pool.lowest:12}{pool.largest:12}\n"
    )


@declared.exec("show memory")
def show_memory(call: Call) -> str:
    """The pools, and the blocks in use, one for each process."""
    router = call.router
    pool = pools(router)[0]
    text = f"{_statistics(router)}\n\n          Processor memory\n\n{BLOCK_HEAD}"
    at, before = pool.head, 0
    for process in processes(router):
        following = at + process.holding
        text += (
            f"{at:08X} {process.holding:010} {before:08X} {following:08X} 001  "
            f"-------- -------- {process.name}\n"
        )
        at, before = following, at
    return text


@declared.exec("show stacks")
def show_stacks(call: Call) -> str:
    """How much of its stack each process has left at least."""
    text = "Minimum process stacks:\n Free/Size   Name\n"
    for process in processes(call.router):
        size = 12_000 if process.holding > 20_000 else 6_000
        free = size - SMALLEST_STACK_BYTES + process.pid % 7 * 100
        text += f"{free:5}/{size:<6} {process.name}\n"
    text += "\nInterrupt level stacks:\nLevel    Called Unused/Size  Name\n"
    runs = int(call.router.uptime_s * 250)
    for level, name in ((1, "Network interfaces"), (3, "Timer interrupt"), (5, "Console UART")):
        text += f"  {level} {runs // level:>11}   8{level}00/9000  {name}\n"
    return text
