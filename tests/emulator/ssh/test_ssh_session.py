"""What a session is over SSH: shells, single commands, sizes, requests that IOS refuses."""

import asyncio

import asyncssh
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ..standing import delayed, eventually, passes
from ..standing import run_standing as run
from .small_router import PROMPT, VERSION, Shell, SmallRouter, client, opened, served, settled


def test_a_shell_starts_with_an_empty_line_and_the_prompt() -> None:
    async def talk() -> tuple[bytes, str]:
        async with opened(SmallRouter()) as shell:
            return await shell.until(), shell.connection.get_extra_info("server_version")

    assert run(talk) == (b"\r\n" + PROMPT, "SSH-2.0-Cisco-1.25")


def test_one_command_is_answered_completely_a_hundred_times_in_a_row() -> None:
    async def talk() -> set[tuple[bytes, int]]:
        seen = set()
        async with served(SmallRouter()) as port:
            for _ in range(100):
                async with client(port) as connection:
                    done = await connection.run("show version", encoding=None)
                    seen.add((done.stdout, done.exit_status))
                    await connection.wait_closed()
        return seen

    assert run(talk) == {(b"\r\n" + VERSION, 0)}


def test_exit_delivers_what_was_written_and_ends_the_connection() -> None:
    async def talk() -> tuple[bytes, int]:
        async with opened(SmallRouter()) as shell:
            await shell.until()
            shell.process.stdin.write(b"show version\nexit\n")
            said = await shell.process.stdout.read()
            await shell.connection.wait_closed()
            return said, shell.process.exit_status

    assert run(talk) == (b"show version\r\n" + VERSION + PROMPT + b"exit\r\n", 0)


def test_the_end_of_input_ends_the_session_after_its_last_output() -> None:
    async def talk() -> bytes:
        router = SmallRouter()
        async with opened(router) as shell:
            shell.process.stdin.write(b"big 3000000\nshow version\n")
            shell.process.stdin.write_eof()
            said = await shell.process.stdout.read()
            await shell.connection.wait_closed()
        assert router.sessions[0].hung_up == 1
        return said

    said = run(talk)
    assert said.endswith(VERSION + PROMPT)
    assert said.count(b"0123456789abcde\n") == 3000000 // 16


TYPED = b"show version\nsize\nabc\r\n" * 5


def _typed(cuts: list[int]) -> bytes:
    """What a router says to a text that is sent in pieces, cut at these places."""

    async def talk() -> bytes:
        async with opened(SmallRouter()) as shell:
            for start, end in zip([0, *cuts], [*cuts, len(TYPED)], strict=True):
                shell.process.stdin.write(TYPED[start:end])
                await asyncio.sleep(0)
            shell.process.stdin.write_eof()
            said: bytes = await shell.process.stdout.read()
            return said

    return run(talk)


@given(st.lists(st.integers(0, len(TYPED)), max_size=20).map(sorted))
@settings(max_examples=20)
def test_bytes_arrive_in_order_however_they_are_split(cuts: list[int]) -> None:
    whole = _typed([])
    assert whole.count(VERSION) == 5
    assert _typed(cuts) == whole


@pytest.mark.parametrize(
    ("asked", "had"),
    [((0, 0), b"80 x 24"), ((511, 1000), b"511 x 1000"), ((1 << 31, 0), b"65535 x 24")],
)
def test_a_terminal_has_the_size_it_asks_for(asked: tuple[int, int], had: bytes) -> None:
    async def talk() -> bytes:
        async with opened(SmallRouter(), term_size=asked) as shell:
            await shell.until()
            return await shell.ask(b"size")

    assert run(talk) == b"size\r\n" + had + b"\r\n" + PROMPT


def test_a_shell_without_a_terminal_is_eighty_by_twenty_four() -> None:
    async def talk() -> bytes:
        async with opened(SmallRouter(), term_type=None) as shell:
            await shell.until()
            return await shell.ask(b"size")

    assert b"80 x 24" in run(talk)


def test_a_session_learns_of_a_new_size() -> None:
    async def talk() -> bytes:
        async with opened(SmallRouter(), term_size=(80, 24)) as shell:
            await shell.until()
            shell.process.change_terminal_size(132, 50)
            return await shell.ask(b"size")

    assert b"132 x 50" in run(talk)


def test_a_second_channel_is_refused_and_the_first_goes_on() -> None:
    async def talk() -> bytes:
        async with opened(SmallRouter()) as shell:
            await shell.until()
            with pytest.raises(asyncssh.ChannelOpenError):
                await shell.connection.create_process("show version")
            return await shell.ask(b"show version")

    assert VERSION in run(talk)


def test_an_environment_variable_is_refused_and_does_no_harm() -> None:
    class Session(asyncssh.SSHClientSession[bytes]):
        """Waits for the prompt."""

        said = b""

        def data_received(self, data: bytes, datatype: int | None) -> None:
            self.said += data

    async def talk() -> bool | None:
        async with served(SmallRouter()) as port, client(port) as connection:
            channel, session = await connection.create_session(
                Session, term_type="vt100", env={"LANG": "de_DE.UTF-8"}, encoding=None
            )
            await eventually(lambda: session.said.endswith(PROMPT))
            taken = await channel._make_request(b"env", b"\0\0\0\x01A", b"\0\0\0\x01B")
            return bool(taken)

    assert run(talk) is False


def test_there_is_no_sftp() -> None:
    async def talk() -> None:
        async with served(SmallRouter()) as port, client(port) as connection:
            await connection.start_sftp_client()

    with pytest.raises(asyncssh.ChannelOpenError):
        run(talk)


@pytest.mark.parametrize(
    "name", [b"keepalive@openssh.com", b"no-more-sessions@openssh.com", b"keepalive@lag.net"]
)
def test_a_global_request_is_answered_with_a_failure(name: bytes) -> None:
    async def talk() -> int:
        async with opened(SmallRouter()) as shell:
            await shell.until()
            kind, _ = await shell.connection._make_global_request(name)
            assert VERSION in await shell.ask(b"show version")
            return int(kind)

    assert run(talk) == 82  # SSH_MSG_REQUEST_FAILURE, RFC 4254


def test_forwarding_is_refused() -> None:
    async def talk() -> None:
        async with served(SmallRouter()) as port, client(port) as connection:
            with pytest.raises(asyncssh.ChannelOpenError):
                await connection.open_connection("127.0.0.1", 22)
            with pytest.raises(asyncssh.ChannelListenError):
                await connection.forward_remote_port("127.0.0.1", 0, "127.0.0.1", 22)

    run(talk)


def test_input_before_the_first_prompt_is_kept_for_it() -> None:
    async def talk() -> bytes:
        async with opened(SmallRouter(prompt_delay_s=0.1)) as shell:
            shell.process.stdin.write(b"size\nexit\n")
            assert await shell.heard() == b""
            await passes(0.1)
            return await shell.process.stdout.read()

    assert run(talk) == b"\r\n" + PROMPT + b"size\r\n80 x 24\r\n" + PROMPT + b"exit\r\n"


def test_one_command_is_answered_late_when_prompts_are_late() -> None:
    async def talk() -> bytes:
        async with served(SmallRouter(prompt_delay_s=0.1)) as port, client(port) as connection:
            running = asyncio.ensure_future(
                connection.run("show version", encoding=None, stdin=asyncssh.DEVNULL)
            )
            await eventually(lambda: delayed(0.1) == 1)
            await settled(connection)
            assert not running.done()
            await passes(0.1)
            return bytes((await running).stdout)

    assert run(talk) == b"\r\n" + VERSION


def test_a_session_that_fails_ends_alone_and_tells_nobody_why(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    async def talk() -> bytes:
        async with (
            served(SmallRouter()) as port,
            client(port) as one,
            client(port) as other,
            Shell(one) as failing,
            Shell(other) as going_on,
        ):
            await failing.until()
            await going_on.until()
            failing.process.stdin.write(b"boom\n")
            with pytest.raises(asyncssh.ConnectionLost):
                await failing.process.stdout.read()
            return await going_on.ask(b"show version")

    assert VERSION in run(talk)
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert "RuntimeError" in caplog.text
    assert "secret" not in caplog.text + "".join(capfd.readouterr())


def test_the_router_can_drop_a_session() -> None:
    async def talk() -> tuple[bytes, int]:
        router = SmallRouter()
        async with opened(router) as shell:
            await shell.until()
            router.sessions[0].write(b"the end\r\n")
            router.lines.taken[0].drop()
            said = await shell.process.stdout.read()
            await shell.connection.wait_closed()
        return said, router.sessions[0].hung_up

    assert run(talk) == (b"the end\r\n", 1)


def test_a_client_that_leaves_frees_its_line() -> None:
    async def talk() -> int:
        router = SmallRouter()
        async with served(router) as port:
            async with client(port) as connection, Shell(connection) as shell:
                await shell.until()
                assert list(router.lines.taken) == [0]
                connection.abort()
            await eventually(lambda: not router.lines.taken)
        return router.sessions[0].hung_up

    assert run(talk) == 1


def test_what_is_written_between_inputs_arrives() -> None:
    async def talk() -> bytes:
        router = SmallRouter()
        async with opened(router) as shell:
            await shell.until()
            router.sessions[0].write(b"%SYS-5-CONFIG_I: Configured\r\n")
            return await shell.until(b"\n")

    assert run(talk) == b"%SYS-5-CONFIG_I: Configured\r\n"


def test_the_output_of_one_input_is_one_write() -> None:
    sizes: list[int] = []

    class Session(asyncssh.SSHClientSession[bytes]):
        """Notes how large each packet is."""

        def data_received(self, data: bytes, datatype: int | None) -> None:
            sizes.append(len(data))

    async def talk() -> None:
        async with served(SmallRouter()) as port, client(port) as connection:
            channel, _ = await connection.create_session(Session, term_type="vt", encoding=None)
            await eventually(lambda: sum(sizes) == len(b"\r\n" + PROMPT))
            sizes.clear()
            channel.write(b"show version\n")
            await eventually(lambda: sum(sizes) >= len(b"show version\r\n" + VERSION + PROMPT))

    run(talk)
    assert sizes == [len(b"show version\r\n" + VERSION + PROMPT)]
