"""Clients that mean no good: others go on being answered, and memory has an end.

The lab is a process of its own. A question is answered in the turn of the loop in which it comes,
so others wait as long as a turn takes while somebody attacks the same router: that is weighed, in
units of work that take a millisecond or so. They do not depend on what other processes do, unless
a virtual machine counts what was taken from it. What an attack does it does each time: one that
coincides with something else is repeated.
"""

import asyncio
import json
import os
import random
import resource
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from ...labs import write_lab
from .visitors import run

pytestmark = pytest.mark.xdist_group("hostile clients")

WEIGHED_LAB = Path(__file__).parent / "scripts" / "weighed_lab.py"
ADDRESS = "127.0.0.1"
ALLOWED = 100
ALLOWED_FOR_ONE_IN_TEN = 300
PAUSE_S = 0.002
TIMES = 2
ATTEMPTS = 10
MEMORY_KB = 100_000
HALF_OPEN_EACH = 30
HALF_OPEN = int(os.environ.get("GETVPN_HALF_OPEN", "2000"))
SPARE_FILES = 200
ACL_LINES = 6200
WHO = {"username": "admin", "password": "admin"}


class Victim:
    """A router under attack; its lab is a process that weighs the turns of its loop."""

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(WEIGHED_LAB), str(folder / "lab.yml")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.ports: dict[str, int] = self._read()

    def _read(self) -> Any:
        assert self.process.stdout is not None
        return json.loads(self.process.stdout.readline())

    def weighed(self) -> dict[str, float]:
        """How heavy the turns of the lab were since this was asked last, and what it holds."""
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        found: dict[str, float] = self._read()
        return found

    async def works(self, attack: Callable[[], Awaitable[None]]) -> None:
        """Ask for the time again and again until the attack is over, and then once more."""
        async with self.connect() as connection:
            process = await shell(connection)
            attacking = asyncio.ensure_future(attack())
            while True:
                last = attacking.done()
                process.stdin.write(b"show clock\r")
                assert b"UTC" in await process.stdout.readuntil(b"#")
                if last:
                    return await attacking
                await asyncio.sleep(PAUSE_S)

    def endures(self, attack: Callable[[], Awaitable[None]]) -> None:
        """Check that others are answered and memory is kept while `attack` is repeated."""
        before = self.weighed()["resident_kb"]
        seen: list[dict[str, float]] = []
        while len(seen) < ATTEMPTS and not any(within(each) for each in seen):
            for _ in range(TIMES):
                run(lambda: self.works(attack))
            seen.append(self.weighed())
        assert within(seen[-1]), seen
        assert seen[-1]["resident_kb"] - before < MEMORY_KB

    def connect(self, **more: Any) -> Any:
        """A connection of somebody who may log in."""
        options = {"known_hosts": None, "config": None, "client_keys": None, "agent_path": None}
        return asyncssh.connect(ADDRESS, self.ports["KS1"], **(WHO | options | more))

    def end(self) -> None:
        """End the lab."""
        self.process.kill()
        self.process.communicate()


async def nothing() -> None:
    """No attack."""


def within(turns: dict[str, float]) -> bool:
    """Whether others need not wait longer than they may."""
    return turns["half"] < ALLOWED and turns["most"] < ALLOWED_FOR_ONE_IN_TEN


@pytest.fixture(scope="module")
def victim(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Victim]:
    """KS1 with many vty lines and a long configuration, beside it many others."""
    rules = "".join(f" permit ip host 10.0.{n >> 8}.{n & 255} any\n" for n in range(ACL_LINES))
    startup = (
        "hostname KS1\nline vty 0 97\n login local\n transport input ssh\n"
        f"interface Loopback0\n description {'a' * 190}\nip access-list extended BIG\n{rules}"
    )
    others = {f"R{number}": None for number in range(-(-HALF_OPEN // HALF_OPEN_EACH))}
    folder = tmp_path_factory.mktemp("lab")
    write_lab(folder, "lab.yml", {"KS1": {"startup": startup}, **others}, seed=1)
    made = Victim(folder)
    try:
        run(lambda: made.works(nothing))  # it boots
        yield made
    finally:
        made.end()


async def shell(connection: Any) -> Any:
    """A command line that does not page."""
    process = await connection.create_process(term_type="vt100", term_size=(200, 40), encoding=None)
    await process.stdout.readuntil(b"#")
    process.stdin.write(b"terminal length 0\r")
    await process.stdout.readuntil(b"#")
    return process


async def taken_in(connection: Any) -> None:
    """Wait until the router has taken in all that the client sent.

    It answers a request that it does not know in its turn.
    """
    await connection._make_global_request(b"any")


async def closed(reader: asyncio.StreamReader) -> None:
    """Wait until the router has had enough."""
    try:
        while await reader.read(65536):
            pass
    except ConnectionError:
        pass


@pytest.mark.parametrize("begin", [b"", b"configure terminal\r", b"enable\r", b"copy "])
def test_a_line_of_a_megabyte_is_no_burden(victim: Victim, begin: bytes) -> None:
    async def attack() -> None:
        async with victim.connect() as connection:
            process = await shell(connection)
            process.stdin.write(begin + b"a" * 1_000_000 + b"\r\x03\x03exit\rexit\rexit\r")
            await process.stdout.read()

    victim.endures(attack)


def test_a_command_of_two_hundred_kilobytes_is_no_burden(victim: Victim) -> None:
    async def attack() -> None:
        async with victim.connect() as connection:
            await connection.run("show " + "x" * 200_000)

    victim.endures(attack)


@pytest.mark.parametrize("hello", [b"", b"SSH-2.0-x\r\n", b"SSH-2.0-" + b"x" * 70_000])
def test_garbage_is_no_burden(victim: Victim, hello: bytes) -> None:
    source = random.Random(1)  # noqa: S311 - garbage
    pieces = [hello + source.randbytes(50_000) for _ in range(20)]

    async def send(data: bytes) -> None:
        try:
            reader, writer = await asyncio.open_connection(ADDRESS, victim.ports["KS1"])
            writer.write(data)
            await closed(reader)
            writer.transport.abort()
        except ConnectionError:
            pass

    async def attack() -> None:
        await asyncio.gather(*map(send, pieces))

    victim.endures(attack)


def test_thousands_of_half_open_connections_are_no_burden(victim: Victim) -> None:
    """GETVPN_HALF_OPEN says how many; this process has to be allowed so many open files."""
    before, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    number = min(HALF_OPEN, most - SPARE_FILES)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    ports = list(victim.ports.values())
    clients: list[socket.socket] = []

    def leave() -> None:
        while clients:
            clients.pop().close()

    async def attack() -> None:
        loop = asyncio.get_running_loop()
        if len(clients) == number:
            leave()
        for index in range(len(clients), min(len(clients) + -(-number // TIMES), number)):
            client = socket.socket()
            clients.append(client)
            client.setblocking(False)
            await loop.sock_connect(client, (ADDRESS, ports[index % len(ports)]))
        # somebody who knows how to log in is let in all the same
        async with victim.connect() as connection:
            await shell(connection)

    try:
        victim.endures(attack)
        assert len(clients) == number
    finally:
        leave()
        resource.setrlimit(resource.RLIMIT_NOFILE, (before, most))


def test_readers_that_are_too_slow_are_no_burden(victim: Victim) -> None:
    """Four sessions ask for 5 MB each, read nothing for a while, and then all of it."""

    async def reader() -> int:
        async with victim.connect() as connection:
            process = await shell(connection)
            process.channel.pause_reading()
            process.stdin.write(b"show running-config\r" * 26 + b"exit\r")
            await taken_in(connection)
            process.channel.resume_reading()
            size = 0
            while piece := await process.stdout.read(1 << 17):
                size += len(piece)
            return size

    async def attack() -> None:
        sizes = await asyncio.gather(*(reader() for _ in range(4)))
        assert min(sizes) == max(sizes) > 5_000_000

    victim.endures(attack)


@pytest.mark.parametrize(
    "keys", [b"?" * 2000, b"show ?\x15" * 300, b"s\t\x15" * 5000], ids=["help", "words", "tab"]
)
@pytest.mark.parametrize("reads", [True, False])
def test_floods_of_keys_are_no_burden(victim: Victim, keys: bytes, reads: bool) -> None:
    async def attack() -> None:
        async with victim.connect() as connection:
            process = await shell(connection)
            process.stdin.write(keys + b"exit\r")
            if reads:
                await process.stdout.read()
            else:
                process.channel.pause_reading()
                await taken_in(connection)
            connection.abort()

    victim.endures(attack)


@pytest.mark.parametrize(
    "pattern",
    ["(a+)+b", "(a|a)*b", "((((a*)*)*)*)*b", "(.*a){40}b", "[ab]*" * 45, "(" * 200, "_*" * 99],
    ids=range(7),
)
def test_patterns_are_no_burden(victim: Victim, pattern: str) -> None:
    async def attack() -> None:
        async with victim.connect() as connection:
            process = await shell(connection)
            process.stdin.write(f"show running-config | include {pattern}\rexit\r".encode())
            await process.stdout.read()

    victim.endures(attack)


def test_guessed_passwords_are_no_burden(victim: Victim) -> None:
    async def guess(number: int) -> None:
        with pytest.raises((asyncssh.PermissionDenied, asyncssh.ConnectionLost)):
            await victim.connect(password=f"guess {number}", preferred_auth="password")

    async def attack() -> None:
        await asyncio.gather(*map(guess, range(6)))

    victim.endures(attack)
