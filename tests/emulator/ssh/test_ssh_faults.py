"""What goes wrong on the wire when it is asked to."""

import asyncio

import asyncssh
import pytest

from ..standing import eventually, passes
from ..standing import run_standing as run
from .small_router import PROMPT, VERSION, Shell, SmallRouter, client, knock, opened, served


async def _until_lost(shell: Shell) -> bytes:
    """What still comes before the connection is lost."""
    said = b""
    try:
        while True:
            said += await shell.process.stdout.readexactly(1)
    except asyncssh.ConnectionLost:
        return said


def test_a_router_that_refuses_does_so_until_it_is_told_otherwise() -> None:
    async def talk() -> None:
        router = SmallRouter()
        async with served(router) as port:
            await knock(port)
            router.faults.set("refuse")
            with pytest.raises(ConnectionRefusedError):
                await knock(port)
            router.faults.clear()
            await knock(port)

    run(talk)


def test_a_router_can_refuse_the_next_two_clients_only() -> None:
    async def talk() -> None:
        router = SmallRouter()
        router.faults.set("refuse 2")
        async with served(router) as port:
            for _ in range(2):
                with pytest.raises(ConnectionResetError):
                    await knock(port)
            await knock(port)

    run(talk)


def test_a_connection_is_dropped_inside_the_answer_to_the_third_command() -> None:
    async def talk() -> bytes:
        router = SmallRouter()
        async with opened(router) as shell:
            await shell.until()
            router.faults.set("drop-after 3")
            said = await shell.ask(b"size")
            shell.process.stdin.write(b"\n\nsize\nshow version\nsize\n")
            said += await _until_lost(shell)
        assert not router.faults.active()
        return said

    said = run(talk)
    rest = said.removeprefix(
        (b"size\r\n80 x 24\r\n" + PROMPT) + (b"\r\n" + PROMPT) * 2 + b"size\r\n80 x 24\r\n" + PROMPT
    )
    answer = b"show version\r\n" + VERSION + PROMPT
    assert rest == answer[: len(answer) // 2]


def test_a_command_typed_byte_by_byte_is_dropped_too() -> None:
    async def talk() -> bytes:
        router = SmallRouter()
        router.faults.set("drop-after 1")
        async with opened(router) as shell:
            for byte in b"show version\n":
                shell.process.stdin.write(bytes((byte,)))
                await asyncio.sleep(0)
            return await _until_lost(shell)

    said = run(talk)
    assert said.startswith(b"\r\n" + PROMPT + b"show version\r\nline 0")
    assert not said.endswith(PROMPT)


def test_a_router_that_hangs_accepts_and_says_nothing() -> None:
    async def talk() -> None:
        router = SmallRouter()
        async with opened(router) as shell:
            await shell.until()
            router.faults.set("hang")
            silent = asyncio.ensure_future(knock(shell.port))
            await eventually(lambda: bool(shell.port._mutes))
            shell.process.stdin.write(b"size\n")
            assert await shell.heard() == b""
            assert not silent.done()
            router.faults.clear()
            assert await knock(shell.port)
            assert b"show version" in await shell.ask(b"show version")
            assert not silent.done()
            silent.cancel()

    run(talk)


def test_a_session_stops_answering_at_its_second_command() -> None:
    async def talk() -> None:
        router = SmallRouter()
        async with (
            served(router) as port,
            client(port) as one,
            client(port) as other,
            Shell(one) as hanging,
            Shell(other) as going_on,
        ):
            await hanging.until()
            await going_on.until()
            router.faults.set("hang-after 2")
            await hanging.ask(b"size")
            for echo in (b"show version", b""):
                hanging.process.stdin.write(b"show version\n")
                assert await hanging.heard() == echo
            assert b"80 x 24" in await going_on.ask(b"size")

    run(talk)


def test_bytes_come_slowly_and_completely() -> None:
    async def talk() -> list[bytes]:
        router = SmallRouter()
        async with opened(router) as shell:
            await shell.until()
            router.faults.set("slow 4000")
            shell.process.stdin.write(b"show version\n")
            said = [await shell.heard()]
            while not said[-1].endswith(PROMPT):
                await passes(0.05)
                said.append(await shell.heard())
            return said

    pieces = run(talk)
    assert b"".join(pieces) == b"show version\r\n" + VERSION + PROMPT
    assert {len(piece) for piece in pieces[:-1]} == {4000 // 20}


def test_output_is_garbled_and_has_its_length() -> None:
    async def talk() -> bytes:
        router = SmallRouter()
        async with opened(router) as shell:
            await shell.until()
            router.faults.set("garble 20")
            shell.process.stdin.write(b"show version\n")
            return await shell.process.stdout.readexactly(len(b"show version\r\n" + VERSION))

    said = run(talk)
    assert (
        0.1
        < sum(a != b for a, b in zip(said, b"show version\r\n" + VERSION, strict=True)) / len(said)
        < 0.3
    )


def test_right_passwords_fail_as_often_as_asked() -> None:
    async def talk() -> int:
        router = SmallRouter()
        router.faults.set("login-failure 2")
        failed = 0
        async with served(router) as port:
            for method in ("password", "keyboard-interactive"):
                try:
                    async with client(port, preferred_auth=method):
                        pass
                except asyncssh.PermissionDenied:
                    failed += 1
            async with client(port):
                return failed

    assert run(talk) == 2


def test_a_fault_of_one_router_is_none_of_another() -> None:
    async def talk() -> bytes:
        broken = SmallRouter()
        broken.faults.set("hang")
        async with served(broken) as port, opened(SmallRouter()) as shell:
            silent = asyncio.ensure_future(knock(port))
            await shell.until()
            await eventually(lambda: bool(port._mutes))
            said = await shell.ask(b"size")
            silent.cancel()
            return said

    assert b"80 x 24" in run(talk)


@pytest.mark.parametrize("fault", ["drop-after 1", "hang-after 1"])
def test_a_command_that_is_the_whole_session_counts_as_one(fault: str) -> None:
    async def talk() -> tuple[bytes, bool]:
        router = SmallRouter()
        router.faults.set(fault)
        async with (
            served(router) as port,
            client(port) as connection,
            Shell(connection, term_type=None, command="show version") as shell,
        ):
            said = await (_until_lost(shell) if fault.startswith("drop") else shell.heard())
            return said, shell.process.exit_status is None

    said, unfinished = run(talk)
    answer = b"\r\n" + VERSION
    assert unfinished
    assert said == (answer[: len(answer) // 2] if fault.startswith("drop") else b"")


def test_a_command_that_would_end_the_session_is_cut_off_like_any_other() -> None:
    async def talk() -> bytes:
        router = SmallRouter()
        async with opened(router) as shell:
            await shell.until()
            router.faults.set("drop-after 1")
            shell.process.stdin.write(b"exit\n")
            return await _until_lost(shell)

    assert run(talk) == b"exit\r\n"[:3]


def test_a_session_that_hangs_carries_nothing_out_and_ends_with_the_router() -> None:
    async def talk() -> bytes:
        router = SmallRouter()
        async with opened(router) as shell:
            await shell.until()
            router.faults.set("hang-after 1")
            shell.process.stdin.write(b"size\n")
            assert await shell.heard() == b"size"
            assert not router.faults.active()
            shell.process.stdin.write(b"boom\n")
            assert await shell.heard() == b""
            assert not router.sessions[0].over
            router.lines.taken[0].drop()
            said: bytes = await shell.process.stdout.read()
            return said

    assert run(talk) == b""
