"""A router just large enough for the SSH front: a few commands, users, lines and files."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from types import TracebackType
from typing import Any, Self

import asyncssh

from getvpn.emulator.faults import Faults
from getvpn.emulator.ssh import SshEvent, SshFront, SshPort, SshSettings

PROMPT = b"R1#"
PIECE = 1000
"""Bytes of a file that are given away at a time."""
VERSION = b"".join(b"line %d of the version\r\n" % number for number in range(41))


@cache
def host_key(kind: str = "ssh-ed25519", number: int = 0) -> bytes:
    """A private key in PEM; another one for each number."""
    del number
    sizes = {"key_size": 2048} if kind == "ssh-rsa" else {}
    return asyncssh.generate_private_key(kind, **sizes).export_private_key("pkcs8-pem")


@dataclass(slots=True)
class SmallLogin:
    """Somebody who has logged in."""

    user: str
    privilege: int = 15


@dataclass(slots=True)
class SmallAccess:
    """One user with a password, and public keys by their blob."""

    keys: dict[bytes, str] = field(default_factory=dict)

    def login(self, user: str, password: str, line: Any) -> SmallLogin | None:
        return SmallLogin(user) if (user, password) == ("admin", "pw") else None

    def public_key(self, user: str, key_type: str, blob: bytes, line: Any) -> SmallLogin | None:
        return SmallLogin(user) if self.keys.get(blob) == key_type else None


class SmallLine:
    """A line of the pool that it returns to."""

    def __init__(self, lines: "SmallLines", index: int, drop: Callable[[], None]) -> None:
        self.lines, self.index, self.drop = lines, index, drop

    def release(self) -> None:
        if self.lines.taken.get(self.index) is self:
            del self.lines.taken[self.index]


class SmallLines:
    """So many vty lines."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.taken: dict[int, SmallLine] = {}

    def vty_free(self) -> bool:
        return len(self.taken) < self.count

    def claim_vty(self, source: str, drop: Callable[[], None]) -> SmallLine | None:
        for index in range(self.count):
            if index not in self.taken:
                self.taken[index] = SmallLine(self, index, drop)
                return self.taken[index]
        return None


class SmallService:
    """An SSH server that can be switched off."""

    def __init__(self, keys: tuple[bytes, ...]) -> None:
        self.keys = keys
        self.on = True
        self.denied: set[str] = set()
        self.changed: Callable[[], None] = lambda: None
        self.steps = 0

    @property
    def ready(self) -> bool:
        return self.steps == 0

    async def prepare(self, turn: Callable[[], Awaitable[None]]) -> None:
        while self.steps:
            self.steps -= 1
            await turn()

    @property
    def enabled(self) -> bool:
        return self.on and bool(self.keys)

    def host_keys(self) -> tuple[bytes, ...]:
        return self.keys

    def admits(self, source: str) -> bool:
        return source not in self.denied

    def watch(self, changed: Callable[[], None]) -> None:
        self.changed = changed

    def switch(self, on: bool) -> None:
        self.on = on
        self.changed()


class SmallFiles:
    """Files in a dictionary, with a limit to their size."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.refused: str | None = None
        self.space = 10_000_000

    def refusal(self, login: Any) -> str | None:
        return self.refused

    def room(self, path: str) -> int:
        return self.space

    def upload(self, path: str, login: Any) -> "SmallUpload | str":
        if "missing/" in path:
            return f"%Error opening {path} (No such file or directory)"
        return SmallUpload(self, path)

    def download(self, path: str, login: Any) -> "SmallDownload | str":
        if path not in self.files:
            return f"%Error opening {path} (No such file or directory)"
        return SmallDownload(self.files[path])


class SmallUpload:
    """A file on its way into the dictionary."""

    def __init__(self, files: SmallFiles, path: str) -> None:
        self.files, self.path, self.data = files, path, b""

    def feed(self, data: bytes) -> None:
        self.data += data

    def commit(self) -> str | None:
        if "read-only" in self.path:
            return f"%Error opening {self.path} (Read-only file system)"
        self.files.files[self.path] = self.data
        return None


class SmallDownload:
    """A file of the dictionary in pieces; `given` counts those that were asked for."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.size = len(data)
        self.given = 0

    def chunks(self) -> Iterator[bytes]:
        for start in range(0, self.size, PIECE):
            self.given += 1
            yield self.data[start : start + PIECE]


class SmallSession:
    """Echoes, and runs a line when it is entered."""

    def __init__(self, columns: int, rows: int, write: Any, close: Any) -> None:
        self.columns, self.rows = columns or 80, rows or 24
        self.write, self.close = write, close
        self.line = bytearray()
        self.input = bytearray()
        self.paused = self.running = self.over = self.ended = False
        self.hung_up = 0

    def start(self) -> None:
        self.write(b"\r\n" + PROMPT)

    def start_exec(self, command: str) -> None:
        self.write(b"\r\n")
        self.write(self.answer(command.encode()))
        self.close(0)

    def feed(self, data: bytes) -> None:
        self.input += data
        if not self.running:
            self.run()

    def run(self) -> None:
        self.running = True
        while self.input and not self.paused and not self.over:
            self.take(self.input.pop(0))
        self.running = False
        if self.ended and not self.input and not self.over:
            self.over = True
            self.close(0)

    def end_of_input(self) -> None:
        self.ended = True
        if not self.running:
            self.run()

    def take(self, byte: int) -> None:
        if byte not in b"\r\n":
            self.line.append(byte)
            self.write(bytes((byte,)))
            return
        command = bytes(self.line)
        self.line.clear()
        self.write(b"\r\n")
        if command == b"exit":
            self.over = True
            self.close(0)
            return
        self.write(self.answer(command) + PROMPT)

    def answer(self, command: bytes) -> bytes:
        word, _, rest = command.partition(b" ")
        if word == b"boom":
            raise RuntimeError("a secret that nobody may see")
        if word == b"big":
            return b"0123456789abcde\n" * (int(rest) // 16)
        if word == b"size":
            return b"%d x %d\r\n" % (self.columns, self.rows)
        return VERSION if command == b"show version" else command + b"\r\n" if command else b""

    def resize(self, columns: int, rows: int) -> None:
        self.columns, self.rows = columns, rows

    def hangup(self) -> None:
        self.over = True
        self.hung_up += 1

    def pause(self) -> None:
        self.paused = True

    def resume(self) -> None:
        self.paused = False
        if not self.running:
            self.run()


class SmallRouter:
    """All of them together."""

    def __init__(
        self, *, keys: tuple[bytes, ...] | None = None, lines: int = 16, **settings: Any
    ) -> None:
        self.ssh = SmallService((host_key(),) if keys is None else keys)
        self.access = SmallAccess()
        self.lines = SmallLines(lines)
        self.settings = SshSettings(**settings)
        self.scp = SmallFiles()
        self.faults = Faults(1)
        self.banner = ""
        self.events: list[SshEvent] = []
        self.sessions: list[SmallSession] = []

    def login_banner(self) -> str:
        return self.banner

    def ssh_event(self, event: SshEvent) -> None:
        self.events.append(event)

    def open_session(
        self, *, login: Any, line: Any, source: str, columns: int, rows: int, write: Any, close: Any
    ) -> SmallSession:
        session = SmallSession(columns, rows, write, close)
        self.sessions.append(session)
        return session


@asynccontextmanager
async def served(router: SmallRouter) -> Any:
    """The port where a router listens."""
    front = SshFront()
    port = front.listen("127.0.0.1", 0, lambda: router)
    try:
        yield port
    finally:
        await front.close()


def client(port: SshPort, **more: Any) -> Any:
    """A connection of an asyncssh client."""
    options = {
        "username": "admin",
        "password": "pw",
        "known_hosts": None,
        "config": None,
        "client_keys": None,
        "agent_path": None,
    }
    return asyncssh.connect(*port.address, **(options | more))


class Shell:
    """A command line of an asyncssh client, in bytes."""

    port: SshPort

    def __init__(self, connection: Any, **more: Any) -> None:
        self.connection, self.more = connection, more

    async def __aenter__(self) -> Self:
        self.process = await self.connection.create_process(
            **({"term_type": "vt100", "encoding": None} | self.more)
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType
    ) -> None:
        self.process.close()

    async def until(self, text: bytes = PROMPT) -> bytes:
        said: bytes = await self.process.stdout.readuntil(text)
        return said

    async def ask(self, command: bytes) -> bytes:
        self.process.stdin.write(command + b"\n")
        return await self.until()

    async def heard(self) -> bytes:
        """What has come by the time that the router has taken in all that was typed."""
        await settled(self.connection)
        said: bytes = self.process.collect_output()[0]
        return said


@asynccontextmanager
async def opened(router: SmallRouter, **more: Any) -> Any:
    """A command line of a router that is served for it."""
    async with (
        served(router) as port,
        client(port) as connection,
        Shell(connection, **more) as shell,
    ):
        shell.port = port
        yield shell


async def settled(connection: Any) -> None:
    """Wait until the router has taken in all that the client sent, and said what it says to it.

    It answers a request that it does not know in its turn.
    """
    await connection._make_global_request(b"any")


async def knock(port: SshPort) -> bytes:
    """The first bytes that a TCP client reads; raises ConnectionError when it is refused."""
    loop = asyncio.get_running_loop()
    with socket.socket() as sock:
        sock.setblocking(False)
        await loop.sock_connect(sock, port.address)
        return await loop.sock_recv(sock, 100)
