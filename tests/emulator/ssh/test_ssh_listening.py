"""When a port accepts, when it refuses, and what it holds."""

import asyncio
from typing import Any

import asyncssh
import pytest

from getvpn.emulator.ssh import SshFront

from ..standing import delayed, eventually, passes
from ..standing import run_standing as run
from .small_router import Shell, SmallRouter, SmallService, client, knock, served

GREETING = b"SSH-2.0-Cisco-1.25\r\n"


def test_a_router_is_made_for_its_first_client() -> None:
    made = []

    def make() -> SmallRouter:
        made.append(SmallRouter())
        return made[0]

    async def talk() -> int:
        front = SshFront()
        port = front.listen("127.0.0.1", 0, lambda: made[0] if made else make())
        before = len(made)
        assert await knock(port) == GREETING
        assert await knock(port) == GREETING
        await front.close()
        return before

    assert run(talk) == 0
    assert len(made) == 1


def test_a_port_with_ssh_off_refuses_until_it_is_on() -> None:
    async def talk() -> None:
        router = SmallRouter()
        async with served(router) as port:
            assert await knock(port) == GREETING
            router.ssh.switch(on=False)
            assert not port.listening
            with pytest.raises(ConnectionRefusedError):
                await knock(port)
            router.ssh.switch(on=True)
            assert await knock(port) == GREETING

    run(talk)


def test_sessions_go_on_while_another_router_makes_its_host_keys() -> None:
    async def talk() -> None:
        router, fresh = SmallRouter(), SmallRouter()
        fresh.ssh.steps = 10**9
        front = SshFront()
        port = front.listen("127.0.0.1", 0, lambda: router)
        other = front.listen("127.0.0.1", 0, lambda: fresh)
        async with client(port) as connection, Shell(connection) as shell:
            await shell.until()
            knocks = [asyncio.create_task(knock(other)) for _ in range(3)]
            await eventually(lambda: fresh.ssh.steps < 10**9)
            assert b"80 x 24" in await shell.ask(b"size")
            assert not any(each.done() for each in knocks)
            fresh.ssh.steps = 1
            assert set(await asyncio.gather(*knocks)) == {GREETING}
        await front.close()

    run(talk)


def test_a_port_closes_while_host_keys_are_made() -> None:
    async def talk() -> None:
        router = SmallRouter()
        router.ssh.steps = 10**9
        async with served(router) as port:
            knocking = asyncio.create_task(knock(port))
            await eventually(lambda: router.ssh.steps < 10**9)
        with pytest.raises(ConnectionError):
            await knocking
        assert router.ssh.steps > 0

    run(talk)


def test_a_router_that_cannot_make_its_host_keys_resets_its_clients() -> None:
    class Broken(SmallService):
        @property
        def ready(self) -> bool:
            return False

        async def prepare(self, turn: Any) -> None:
            raise RuntimeError("a secret")

        def host_keys(self) -> tuple[bytes, ...]:
            raise RuntimeError("a secret")

    async def talk() -> None:
        broken, router = SmallRouter(), SmallRouter()
        broken.ssh = Broken(broken.ssh.keys)
        front = SshFront()
        ports = [front.listen("127.0.0.1", 0, lambda each=each: each) for each in (broken, router)]
        for _ in range(2):
            with pytest.raises(ConnectionResetError):
                await knock(ports[0])
        assert await knock(ports[1]) == GREETING
        await front.close()

    run(talk)


def test_switching_ssh_off_leaves_open_sessions_alone() -> None:
    async def talk() -> bytes:
        router = SmallRouter()
        async with served(router) as port, client(port) as connection, Shell(connection) as shell:
            await shell.until()
            router.ssh.switch(on=False)
            return await shell.ask(b"size")

    assert b"80 x 24" in run(talk)


def test_a_port_can_be_off_from_the_start() -> None:
    async def talk() -> None:
        router = SmallRouter()
        front = SshFront()
        port = front.listen("127.0.0.1", 0, lambda: router, listening=False)
        with pytest.raises(ConnectionRefusedError):
            await knock(port)
        port.refresh()
        assert await knock(port) == GREETING
        await front.close()

    run(talk)


def test_an_address_that_is_taken_is_an_error() -> None:
    async def talk() -> None:
        front = SshFront()
        taken = front.listen("127.0.0.1", 0, SmallRouter)
        try:
            with pytest.raises(OSError, match="in use"):
                front.listen(*taken.address, SmallRouter)
        finally:
            await front.close()

    run(talk)


def test_clients_are_refused_while_all_lines_are_busy() -> None:
    async def talk() -> None:
        router = SmallRouter(lines=2)
        async with served(router) as port, client(port) as one, client(port):
            with pytest.raises(ConnectionRefusedError):
                await knock(port)
            one.abort()
            await eventually(lambda: port.listening)
            async with client(port):
                assert len(router.lines.taken) == 2

    run(talk)


def test_lines_are_not_overbooked_by_clients_that_come_together() -> None:
    clients = 8
    ins: list[bytes] = []
    outs: list[Exception] = []

    async def attempt(port: Any) -> None:
        try:
            async with client(port) as connection, Shell(connection) as shell:
                ins.append(await shell.until())
                # nobody leaves before the others have tried
                await eventually(lambda: len(ins) + len(outs) == clients)
        except (OSError, asyncssh.Error) as error:
            outs.append(error)

    async def talk() -> None:
        async with served(SmallRouter(lines=3)) as port:
            await asyncio.gather(*(attempt(port) for _ in range(clients)))

    run(talk)
    assert (len(ins), len(outs)) == (3, 5)


def test_a_line_is_free_as_soon_as_its_session_ends() -> None:
    async def talk() -> None:
        async with served(SmallRouter(lines=1)) as port:
            for _ in range(20):
                async with client(port) as connection:
                    done = await connection.run("size", encoding=None)
                    assert done.stdout == b"\r\n80 x 24\r\n"

    run(talk)


def test_an_access_class_resets_those_it_denies() -> None:
    async def talk() -> None:
        router = SmallRouter()
        router.ssh.denied.add("127.0.0.1")
        async with served(router) as port:
            with pytest.raises(ConnectionResetError):
                await knock(port)

    run(talk)


def test_who_only_holds_a_connection_open_makes_place_for_others() -> None:
    async def talk() -> bytes:
        async with served(SmallRouter(unauthenticated_limit=4)) as port:
            silent = [await asyncio.open_connection(*port.address) for _ in range(4)]
            for reader, _ in silent:
                await reader.readline()
            async with client(port) as connection, Shell(connection) as shell:
                with pytest.raises(ConnectionResetError):
                    await silent[0][0].read()
                for _, writer in silent:
                    writer.close()
                return await shell.until()

    assert run(talk) == b"\r\nR1#"


def test_clients_that_do_talk_are_not_pushed_out() -> None:
    async def talk() -> None:
        async with served(SmallRouter(unauthenticated_limit=2, auth_delay_s=0.3)) as port:
            logins = [asyncio.ensure_future(client(port)._coro) for _ in range(2)]
            await eventually(lambda: delayed(0.3) == 2)
            with pytest.raises(ConnectionResetError):
                await knock(port)
            await passes(0.3)
            for connection in await asyncio.gather(*logins):
                connection.abort()

    run(talk)


def test_a_router_that_cannot_be_made_refuses_and_leaks_nothing(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    def broken() -> SmallRouter:
        raise RuntimeError("no such platform")

    async def talk() -> None:
        front = SshFront()
        port = front.listen("127.0.0.1", 0, broken)
        with pytest.raises(ConnectionResetError):
            await knock(port)
        await front.close()

    run(talk)
    assert "event=router-failed" in caplog.text
    assert "Traceback" not in "".join(capfd.readouterr())


def test_closing_the_front_cuts_every_connection() -> None:
    async def talk() -> int:
        router = SmallRouter()
        front = SshFront()
        port = front.listen("127.0.0.1", 0, lambda: router)
        connection = await client(port)
        shell = await Shell(connection).__aenter__()
        await shell.until()
        _, writer = await asyncio.open_connection(*port.address)
        await front.close()
        with pytest.raises(ConnectionRefusedError):
            await knock(port)
        await connection.wait_closed()
        writer.close()
        return port.connections

    assert run(talk) == 0
