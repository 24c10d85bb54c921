"""Large answers, slow readers and hostile peers: others go on, and memory has an end."""

import asyncio
import socket
import struct
from contextlib import AsyncExitStack, suppress
from random import Random
from typing import Any

import asyncssh
import pytest

from getvpn.emulator.faults import Faults
from getvpn.emulator.ssh import SshPort
from getvpn.emulator.ssh.output import CHUNK, HIGH_WATER, Output

from ..standing import delayed, eventually, passes
from ..standing import run_standing as run
from .small_router import PROMPT, Shell, SmallRouter, client, knock, opened, served, settled

TURNS_BETWEEN = 5
"""Turns of the loop between an answer and the next question."""
GARBAGE = Random(1).randbytes(200_000)  # noqa: S311 - garbage, not a secret


async def _answers(shell: Shell, until: "asyncio.Future[Any]") -> int:
    """How many answers come until something else is done."""
    answers = 0
    while not until.done():
        await shell.ask(b"size")
        answers += 1
        for _ in range(TURNS_BETWEEN):
            await asyncio.sleep(0)
    return answers


def _connections(shell: Shell) -> list[Any]:
    """The server's side of the connections that have logged in."""
    return list(shell.port._admitted)


async def _size(shell: Shell) -> int:
    """How many bytes come until the session ends."""
    size = 0
    while part := await shell.process.stdout.read(1 << 16):
        size += len(part)
    return size


def test_five_megabytes_leave_others_their_turn() -> None:
    async def talk() -> tuple[int, int]:
        async with (
            served(SmallRouter()) as port,
            client(port) as one,
            client(port) as other,
            Shell(one) as large,
            Shell(other) as small,
        ):
            await large.until()
            await small.until()
            large.process.stdin.write(b"big 5000000\nexit\n")
            reading = asyncio.ensure_future(_size(large))
            answers = await _answers(small, reading)
            return await reading, answers

    size, answers = run(talk)
    assert size == len(b"big 5000000\r\n" + PROMPT + b"exit\r\n") + 5000000 // 16 * 16
    # a chunk leaves in a turn of the loop, and an answer takes some turns
    assert answers > 5


def test_a_slow_reader_pauses_its_session_and_loses_nothing() -> None:
    async def talk() -> tuple[bool, int, bytes]:
        router = SmallRouter()
        async with opened(router, window=65536) as shell:
            await shell.until()
            shell.process.stdin.write(b"big 1000000\n" * 30)
            session = router.sessions[0]
            await eventually(lambda: session.paused)
            await settled(shell.connection)
            paused, held = session.paused, len(session.input)
            shell.process.stdin.write(b"exit\n")
            said = await shell.process.stdout.read()
            return paused, held, said

    paused, held, said = run(talk)
    assert paused
    # the commands behind the first wait for the client, not in the output
    assert held == len(b"big 1000000\n") * 29
    assert said.count(b"0123456789abcde\n") == 30 * (1000000 // 16)
    assert said.endswith(PROMPT + b"exit\r\n")


def test_a_client_that_never_reads_holds_one_answer_at_most() -> None:
    async def talk() -> int:
        router = SmallRouter()
        async with served(router) as port, AsyncExitStack() as stack:
            sock = socket.socket()
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            sock.setblocking(False)
            await asyncio.get_running_loop().sock_connect(sock, port.address)
            # a window so large that TCP alone holds the server back
            connection = await stack.enter_async_context(client(port, sock=sock))
            shell = await stack.enter_async_context(Shell(connection, window=1 << 30))
            await shell.until()
            connection._transport.pause_reading()
            shell.process.stdin.write(b"big 1000000\n" * 50)
            session = router.sessions[0]
            await eventually(lambda: session.paused)
            connection.abort()
            return len(session.input)

    # the kernel keeps some of it
    assert run(talk) >= len(b"big 1000000\n") * 40


def test_what_a_client_does_not_take_is_given_up_when_it_leaves() -> None:
    async def talk() -> int:
        router = SmallRouter()
        async with served(router) as port:
            async with client(port) as connection, Shell(connection, window=65536) as shell:
                await shell.until()
                shell.process.stdin.write(b"big 5000000\n")
                await eventually(lambda: router.sessions[0].paused)
                connection.abort()
            await eventually(lambda: port.connections == 0)
        return router.sessions[0].hung_up

    assert run(talk) == 1


def test_nothing_is_read_of_a_client_that_takes_no_answers() -> None:
    async def talk() -> None:
        async with opened(SmallRouter()) as shell:
            await shell.until()
            (server,) = _connections(shell)
            server.pause_writing()
            answer = asyncio.ensure_future(shell.connection._make_global_request(b"any"))
            shell.process.stdin.write(b"size\n")
            for _ in range(3):
                assert await knock(shell.port)
            assert not answer.done()
            server.resume_writing()
            await answer
            assert b"80 x 24" in await shell.until()

    run(talk)


@pytest.mark.parametrize(
    "said",
    [
        b"A" * 1_000_000,
        b"A" * 1_000_000 + b"\r\n",
        GARBAGE,
        b"SSH-1.5-old\r\n",
        b"SSH-2.0-x\xff\xfe\r\n",
        b"SSH-2.0-client\r\n" + GARBAGE,
        b"SSH-2.0-client\r\n" + struct.pack(">I", 0xFFFFFFFF) + b"\0" * 100,
        b"SSH-2.0-client\r\n" + struct.pack(">I", 12) + b"\x04\x14" + b"\0" * 100,
        b"GET / HTTP/1.1\r\nHost: router\r\n\r\n",
    ],
    ids=range(9),
)
def test_garbage_ends_its_own_connection_only(
    said: bytes, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    async def talk() -> bytes:
        async with opened(SmallRouter()) as shell:
            await shell.until()
            port = shell.connection.get_extra_info("peername")
            reader, writer = await asyncio.open_connection(*port)
            writer.write(said)
            writer.write_eof()
            heard = asyncio.ensure_future(asyncio.gather(reader.read(), return_exceptions=True))
            await _answers(shell, heard)
            writer.transport.abort()
            assert b"80 x 24" in await shell.ask(b"size")
            heard_bytes = (await heard)[0]
            return heard_bytes if isinstance(heard_bytes, bytes) else b"SSH-2.0-Cisco-1.25"

    heard = run(talk)
    assert heard.startswith(b"SSH-2.0-Cisco-1.25")
    assert b"Traceback" not in heard
    assert not caplog.records
    assert capfd.readouterr() == ("", "")


def test_a_client_that_sends_while_it_is_being_authenticated_is_cut_off() -> None:
    async def talk() -> None:
        router = SmallRouter(auth_delay_s=20)
        async with served(router) as port:
            login = asyncio.ensure_future(client(port)._coro)
            await eventually(lambda: delayed(20) == 1)
            (server,) = port._authenticating
            for _ in range(40):
                server.data_received(b"\0" * 65536)
            assert len(server._inpbuf) < 1_000_000
            await eventually(lambda: port.connections == 0)
            with pytest.raises((asyncssh.Error, OSError)):
                await login

    run(talk)


def test_many_that_come_at_once_are_no_more_than_the_limit() -> None:
    open_at_once: list[int] = []

    async def held(port: SshPort) -> None:
        with suppress(ConnectionResetError):
            reader, writer = await asyncio.open_connection(*port.address)
            try:
                await reader.read()
            finally:
                writer.transport.abort()

    async def talk() -> None:
        async with served(SmallRouter(unauthenticated_limit=2)) as port:
            clients = [asyncio.ensure_future(held(port)) for _ in range(8)]

            def refused() -> bool:
                open_at_once.append(port.connections)
                return sum(each.done() for each in clients) == 6

            await eventually(refused)
            assert port.connections == 2
        await asyncio.gather(*clients)

    run(talk)
    assert max(open_at_once) == 2


def test_half_open_connections_leave_sessions_and_memory_alone() -> None:
    count = 2000

    async def talk() -> tuple[int, int]:
        loop = asyncio.get_running_loop()
        async with (
            served(SmallRouter(unauthenticated_limit=50)) as port,
            client(port) as connection,
            Shell(connection) as shell,
        ):
            await shell.until()
            most = 0
            socks: list[socket.socket] = []

            async def flood() -> None:
                nonlocal most
                for number in range(count):
                    sock = socket.socket()
                    sock.setblocking(False)
                    socks.append(sock)
                    await loop.sock_connect(sock, port.address)
                    if number % 50 == 0:
                        await asyncio.sleep(0)
                        most = max(most, port.connections)

            flooding = asyncio.ensure_future(flood())
            answers = await _answers(shell, flooding)
            await flooding
            for sock in socks:
                sock.close()
            return answers, most

    answers, most = run(talk)
    # a few clients are taken in a turn of the loop, and an answer takes some turns
    assert answers > 20
    assert most <= 51


def test_a_megabyte_without_an_enter_is_taken() -> None:
    async def talk() -> bytes:
        async with opened(SmallRouter()) as shell:
            await shell.until()
            shell.process.stdin.write(b"a" * 1_000_000)
            shell.process.stdin.write(b"\nexit\n")
            return await shell.process.stdout.read()

    assert run(talk).startswith(b"a" * 1_000_000 + b"\r\n")


class Recorder:
    """A channel that notes what it is given."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.status: int | None = None

    def write(self, data: bytes) -> None:
        self.written.append(data)

    def exit(self, status: int) -> None:
        self.status = status


def test_output_waits_in_order_while_the_client_takes_nothing() -> None:
    async def talk() -> None:
        channel, pressure = Recorder(), []
        output = Output(channel, Faults(), asyncio.get_running_loop(), pressure.append)
        output.write(b"one")
        output.hold()
        output.write(b"two")
        output.write(b"x" * (HIGH_WATER + 1))
        output.finish(7)
        output.write(b"too late")
        assert channel.written == [b"one"]
        assert pressure == [True]
        output.release()
        await eventually(lambda: channel.status is not None)
        assert b"".join(channel.written) == b"onetwo" + b"x" * (HIGH_WATER + 1)
        assert max(map(len, channel.written)) <= CHUNK
        assert pressure == [True, False]
        assert channel.status == 7

    run(talk)


def test_abandoned_output_is_forgotten() -> None:
    async def talk() -> None:
        channel = Recorder()
        output = Output(channel, Faults(), asyncio.get_running_loop(), lambda _: None)
        output.write(b"x" * (10 * CHUNK))
        output.abandon()
        output.finish(0)
        await passes(1)
        assert len(channel.written) == 1
        assert channel.status is None
        assert output.waiting == 0

    run(talk)
