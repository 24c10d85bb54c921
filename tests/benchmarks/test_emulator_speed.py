"""The emulator beside a bare asyncssh server and beside FakeNOS, turn by turn in one run.

`make bench` runs this. The server is pinned to one processor and the client to another where there
are two, so that neither slows the other. Each figure is a ratio.
"""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import asyncssh
import pytest

HERE = Path(__file__).parent
ROUNDS = 7
LOGINS = 150
IN_FLIGHT = 16
COMMANDS = 400
SESSIONS = 20
DEVICES = 5000
IDLE_DEVICE_BYTES = 60_000


@pytest.fixture(autouse=True)
def own_processor() -> Iterator[None]:
    """Keep the client on the second processor."""
    before = os.sched_getaffinity(0)
    if len(before) > 1:
        os.sched_setaffinity(0, {max(before)})
    yield
    os.sched_setaffinity(0, before)


@contextmanager
def serving(script: str, *arguments: object) -> Iterator[dict[str, Any]]:
    """Run a server on the first processor; gives what it says once it listens."""
    process = subprocess.Popen(
        [sys.executable, str(HERE / script), *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    with suppress(OSError):
        os.sched_setaffinity(process.pid, {0})
    begun = perf_counter()
    try:
        said = json.loads(process.stdout.readline())
        said["started_s"] = perf_counter() - begun
        yield said
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def options() -> asyncssh.SSHClientConnectionOptions:
    """A client that trusts everybody and has a password."""
    return asyncssh.SSHClientConnectionOptions(
        username="admin",
        password="admin",  # noqa: S106 - the lab of the benchmark
        known_hosts=None,
        client_keys=None,
        agent_path=None,
        config=None,
        preferred_auth="password",
        gss_host=None,
        compression_algs=["none"],
    )


async def logins(port: int) -> float:
    """Logins per second, some at a time."""
    chosen = options()
    left = iter(range(LOGINS))

    async def worker() -> None:
        for _ in left:
            connection = await asyncssh.connect("127.0.0.1", port, options=chosen)
            connection.abort()
            opened.append(connection)

    opened: list[asyncssh.SSHClientConnection] = []
    begun = perf_counter()
    await asyncio.gather(*(worker() for _ in range(IN_FLIGHT)))
    taken = perf_counter() - begun
    await asyncio.gather(*(connection.wait_closed() for connection in opened))
    return LOGINS / taken


async def commands(port: int, sessions: int, each: int, prompt: str = "#") -> float:
    """`show clock` per second over some sessions, logins not counted."""
    chosen = options()
    opened = []
    for _ in range(sessions):
        connection = await asyncssh.connect("127.0.0.1", port, options=chosen)
        process = await connection.create_process(term_type="vt100", encoding="utf-8")
        await process.stdout.readuntil(prompt)
        opened.append((connection, process))

    async def ask(process: Any) -> None:
        for _ in range(each):
            process.stdin.write("show clock\n")
            await process.stdout.readuntil(prompt)

    begun = perf_counter()
    await asyncio.gather(*(ask(process) for _, process in opened))
    taken = perf_counter() - begun
    for connection, _ in opened:
        connection.abort()
        await connection.wait_closed()
    return sessions * each / taken


def ratio(name: str, measure: Callable[[int], float], kind: str = "ed25519") -> float:
    """How many times the bare server's figure ours is: the median over some turns."""
    ratios = []
    with serving("bare_server.py", 1, kind) as bare, serving("lab_server.py", 1, kind) as lab:
        for server in (bare, lab):
            measure(server["ports"][0])
        for _ in range(ROUNDS):
            theirs = measure(bare["ports"][0])
            ours = measure(lab["ports"][0])
            print(f"{name}: bare {theirs:.0f}/s, ours {ours:.0f}/s, {ours / theirs:.2f}x")
            ratios.append(ours / theirs)
    return median(ratios)


@pytest.mark.parametrize("kind", ["ed25519", "rsa"])
def test_logins_are_nearly_as_fast_as_those_of_a_bare_server(kind: str) -> None:
    assert ratio(f"logins, {kind}", lambda port: asyncio.run(logins(port)), kind) >= 0.85


@pytest.mark.parametrize(("sessions", "each"), [(1, COMMANDS), (SESSIONS, COMMANDS // 8)])
def test_commands_are_more_than_half_as_fast_as_a_bare_echo(sessions: int, each: int) -> None:
    name = f"show clock, {sessions} sessions"

    assert ratio(name, lambda port: asyncio.run(commands(port, sessions, each))) >= 0.6


def test_thousands_of_devices_are_ready_within_three_times_bare_listeners() -> None:
    ratios, sizes = [], []
    for _ in range(3):
        with serving("bare_server.py", DEVICES, "ed25519", "raw") as bare:
            theirs = bare["started_s"]
        with serving("lab_server.py", DEVICES, "rsa") as lab:
            ratios.append(lab["started_s"] / theirs)
            sizes.append(lab["device_bytes"])
            print(f"{DEVICES} devices: bare {theirs:.2f} s, ours {lab['started_s']:.2f} s")
    print(f"an idle device: {median(sizes):.0f} bytes")

    assert median(ratios) <= 3
    assert median(sizes) <= IDLE_DEVICE_BYTES


def test_ten_thousand_devices_listen() -> None:
    with serving("lab_server.py", 10_000, "rsa") as lab:
        print(f"10000 devices: {lab['started_s']:.2f} s")

        assert asyncio.run(commands(lab["ports"][0], 1, 1)) > 0


def test_one_session_is_thirty_times_as_fast_as_with_fakenos() -> None:
    with serving("fakenos_server.py", 1) as fakenos:
        theirs = asyncio.run(commands(fakenos["ports"][0], 1, 15, prompt=">"))
    with serving("lab_server.py", 1, "rsa") as lab:
        ours = asyncio.run(commands(lab["ports"][0], 1, COMMANDS))
    print(f"show clock, 1 session: FakeNOS {theirs:.1f}/s, ours {ours:.0f}/s")

    assert ours >= 30 * theirs


def test_fifty_devices_start_fifty_times_as_fast_as_those_of_fakenos() -> None:
    with serving("fakenos_server.py", 50) as fakenos:
        theirs = fakenos["ready_s"]
    with serving("lab_server.py", 50, "rsa") as lab:
        ours = lab["ready_s"]
    print(f"50 devices: FakeNOS {theirs:.2f} s, ours {ours:.2f} s")

    assert theirs >= 50 * ours
