"""What lines, method lists and limits mean to a client, with asyncssh."""

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any, TypeVar

import asyncssh
import pytest

from .devices import PATIENCE_S, Host, Lab, Start, device

Result = TypeVar("Result")
AAA = "aaa new-model\naaa authentication login default group tacacs+ local\n"


def _talk(talk: Callable[[], Awaitable[Result]]) -> Result:
    async def limited() -> Result:
        return await asyncio.wait_for(talk(), PATIENCE_S)

    return asyncio.run(limited())


def _connect(host: Host, **more: Any) -> Any:
    options = {
        "host": host.address,
        "port": host.port,
        "username": host.username,
        "password": host.password,
        "known_hosts": None,
        "config": None,
        "client_keys": None,
        "agent_path": None,
    }
    return asyncssh.connect(**(options | more))


async def _shell(connection: Any, **more: Any) -> Any:
    return await connection.create_process(term_type="vt100", encoding="utf-8", **more)


async def _ask(shell: Any, command: str, prompt: str = "KS1#") -> str:
    shell.stdin.write(f"{command}\r")
    text: str = await shell.stdout.readuntil(prompt)
    return text.replace("\r\n", "\n")


def _said(host: Host, *commands: str, prompt: str = "KS1#", **more: Any) -> str:
    """What a session prints, up to the prompt behind the last command."""

    async def talk() -> str:
        async with _connect(host, **more) as connection:
            shell = await _shell(connection)
            text: str = await shell.stdout.readuntil(prompt)
            for command in commands:
                text = await _ask(shell, command, prompt)
            return text

    return _talk(talk)


def _ended(host: Host, **more: Any) -> str:
    """All that a session prints which the router ends by itself."""

    async def talk() -> str:
        async with _connect(host, **more) as connection:
            shell = await _shell(connection)
            text: str = await shell.stdout.read()
            return text.replace("\r\n", "\n")

    return _talk(talk)


def _refused(host: Host) -> bool:
    try:
        with socket.create_connection((host.address, host.port), timeout=PATIENCE_S) as link:
            return link.recv(4) == b""
    except ConnectionError:
        return True


def _log(lab: Lab) -> list[str]:
    """The messages of KS1."""
    router = lab["KS1"]
    return list(lab.run(lambda: [message.line for message in router.log.messages]))


def _gets_in(host: Host) -> bool:
    try:
        return _said(host).endswith("KS1#")
    except (asyncssh.Error, OSError):
        return False


def _eventually(true: Callable[[], bool]) -> bool:
    """Whether something becomes true that another side of a connection causes."""
    end = time.monotonic() + PATIENCE_S
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def _started(start: Start, more: str = "", lines: str = "") -> Host:
    return start({"KS1": device(more=more, lines=lines)}).host("KS1")


# ---- who gets in ----


def test_a_user_of_a_level_has_its_commands(start: Start) -> None:
    host = _started(
        start,
        "username mid privilege 5 secret mid\nprivilege exec level 5 show running-config\n"
        "privilege exec level 1 show\n",
    )
    mid = {"username": "mid", "password": "mid"}
    assert "level is 5" in _said(host, "show privilege", **mid)
    assert "Invalid input" in _said(host, "configure terminal", **mid)
    shown = _said(host, "terminal length 0", "show running-config", **mid)
    assert "hostname" not in shown
    assert shown.endswith("end\n\nKS1#")


def test_method_lists_leave_users_at_level_1_without_authorization(start: Start) -> None:
    host = _started(start, AAA)
    assert "level is 1\n" in _said(host, "show privilege", prompt="KS1>")


def test_authorization_gives_users_their_level(start: Start) -> None:
    host = _started(start, AAA + "aaa authorization exec default group tacacs+ local\n")
    assert "level is 15\n" in _said(host, "show privilege")


def test_a_failed_authorization_ends_the_session(start: Start) -> None:
    host = _started(start, AAA + "aaa authorization exec default group tacacs+\n")
    assert _ended(host) == "\n% Authorization failed.\n"


def test_a_line_password_takes_any_name(start: Start) -> None:
    lines = " login\n password line\n privilege level 15\n"
    host = _started(start, lines=lines)
    assert "level is 15" in _said(host, "show privilege", username="anybody", password="line")
    with pytest.raises(asyncssh.PermissionDenied):
        _said(host, username="admin", password="pw")


def test_a_line_command_is_all_that_happens(start: Start) -> None:
    host = _started(start, lines=" autocommand show privilege\n")
    assert _ended(host) == "\nCurrent privilege level is 15\n"


# ---- which line ----


def test_ranges_of_lines_have_their_own_settings(start: Start) -> None:
    host = _started(
        start, lines=" transport input none\nline vty 3\n transport input ssh\n location three\n"
    )

    async def talk() -> tuple[str, bool]:
        async with _connect(host) as connection:
            shell = await _shell(connection)
            await shell.stdout.readuntil("KS1#")
            text = await _ask(shell, "show terminal | include Location")
            return text, await asyncio.to_thread(_refused, host)

    text, refused = _talk(talk)
    assert 'Line 5, Location: "three"' in text
    assert refused


def test_the_access_class_of_the_next_line_counts(start: Start) -> None:
    host = _started(
        start,
        "access-list 10 permit 127.0.0.0 0.255.255.255\naccess-list 11 deny any\n",
        " access-class 10 in vrf-also\nline vty 1 15\n access-class 11 in\n",
    )

    async def talk() -> bool:
        async with _connect(host) as connection:
            shell = await _shell(connection)
            await shell.stdout.readuntil("KS1#")
            return await asyncio.to_thread(_refused, host)

    assert _talk(talk)
    assert _eventually(lambda: not _refused(host))


def test_the_size_of_the_line_is_for_clients_that_say_none(start: Start) -> None:
    host = _started(start, lines=" length 33\n width 99\n")

    async def talk() -> tuple[str, str]:
        async with AsyncExitStack() as stack:
            found = []
            for more in ({}, {"term_size": (120, 50)}):
                connection = await stack.enter_async_context(_connect(host))
                shell = await _shell(connection, **more)
                await shell.stdout.readuntil("KS1#")
                found.append(await _ask(shell, "show terminal | include Width"))
            return found[0], found[1]

    silent, telling = _talk(talk)
    assert "Length: 33 lines, Width: 99 columns" in silent
    assert "Length: 50 lines, Width: 120 columns" in telling


# ---- what is offered ----


def _negotiated(host: Host, **more: Any) -> tuple[str, str]:
    async def talk() -> tuple[str, str]:
        async with _connect(host, **more) as connection:
            found = [str(connection.get_extra_info(key)) for key in ("send_cipher", "send_mac")]
            return found[0], found[1]

    return _talk(talk)


def test_algorithms_can_be_narrowed(start: Start) -> None:
    host = _started(
        start,
        "ip ssh server algorithm encryption aes256-ctr aes128-cbc\n"
        "ip ssh server algorithm mac hmac-sha2-512\n"
        "ip ssh server algorithm kex ecdh-sha2-nistp384\n"
        "ip ssh server algorithm hostkey rsa-sha2-256\n",
    )
    assert _negotiated(host) == ("aes256-ctr", "hmac-sha2-512")
    assert _negotiated(host, encryption_algs=["aes128-cbc"])[0] == "aes128-cbc"
    for wrong in (
        {"encryption_algs": ["aes128-ctr"]},
        {"mac_algs": ["hmac-sha2-256"]},
        {"kex_algs": ["curve25519-sha256"]},
        {"server_host_key_algs": ["rsa-sha2-512"]},
    ):
        with pytest.raises((asyncssh.Error, OSError)):
            _negotiated(host, **wrong)
    shown = _said(host, "terminal length 0", "show ip ssh")
    assert "Encryption Algorithms:aes256-ctr,aes128-cbc\n" in shown
    assert "KEX Algorithms:ecdh-sha2-nistp384\n" in shown


def test_ways_to_log_in_can_be_narrowed(start: Start) -> None:
    host = _started(start, "ip ssh server algorithm authentication keyboard\n")
    assert _said(host, preferred_auth="keyboard-interactive").endswith("KS1#")
    with pytest.raises(asyncssh.PermissionDenied):
        _said(host, preferred_auth="password")
    assert "Authentication methods:keyboard-interactive\n" in _said(
        host, "terminal length 0", "show ip ssh"
    )


# ---- limits ----


def _wrong(host: Host, times: int) -> None:
    for _ in range(times):
        with pytest.raises((asyncssh.Error, OSError)):
            _said(host, preferred_auth="password", password="wrong")


def test_too_many_failures_close_the_door_for_a_while(start: Start) -> None:
    lab = start(
        {
            "KS1": device(
                more="login block-for 120 attempts 3 within 100\nlogin on-failure log every 2\n"
                "login quiet-mode access-class 10\naccess-list 10 deny any\n"
            )
        }
    )
    host = lab.host("KS1")
    _wrong(host, 2)
    assert not _refused(host)
    _wrong(host, 1)
    assert _refused(host)
    log = _log(lab)
    assert any("%SEC_LOGIN-1-QUIET_MODE_ON: Still timeleft for watching" in line for line in log)
    assert any("[ACL: 10]" in line for line in log)
    assert sum("%SEC_LOGIN-4-LOGIN_FAILED" in line for line in log) == 1
    lab.advance(121)
    assert "%SEC_LOGIN-5-QUIET_MODE_OFF" in "".join(_log(lab))
    assert _said(host).endswith("KS1#")


def test_the_exempt_get_in_while_the_door_is_closed(start: Start) -> None:
    host = _started(
        start,
        "login block-for 120 attempts 1 within 100\nlogin quiet-mode access-class 10\n"
        "access-list 10 permit 127.0.0.0 0.255.255.255\n",
    )
    _wrong(host, 1)
    shown = _said(host, "show login")
    assert "     Router presently in Quiet-Mode.\n     Will remain in Quiet-Mode for 1" in shown
    assert "     Restricted logins filtered by applied ACL 10.\n" in shown


def test_so_many_may_be_at_the_login_as_is_configured(start: Start) -> None:
    host = _started(start, "ip ssh maxstartups 2\n")

    async def talk() -> bool:
        async with AsyncExitStack() as stack:
            for _ in range(2):
                # clients that have shown keys, and go no further
                await stack.enter_async_context(_Waiting(host))
            return await asyncio.to_thread(_refused, host)

    assert _talk(talk)
    assert _eventually(lambda: _gets_in(host))


class _Waiting:
    """A client that is asked for its password and does not answer."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._asked = asyncio.Event()
        self._answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def __aenter__(self) -> None:
        waiting = self

        class Client(asyncssh.SSHClient):
            async def password_auth_requested(self) -> str:
                waiting._asked.set()
                return await waiting._answer

        self._task = asyncio.create_task(
            self._run(client_factory=Client, preferred_auth="password", password=None)
        )
        await self._asked.wait()

    async def _run(self, **more: Any) -> None:
        async with _connect(self._host, **more):
            pass

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


def test_so_many_wrong_passwords_end_a_connection(start: Start) -> None:
    lab = start({"KS1": device(more="ip ssh authentication-retries 2\n")})
    host = lab.host("KS1")

    class Client(asyncssh.SSHClient):
        def password_auth_requested(self) -> str:
            return "wrong"

    async def talk() -> None:
        more = {"client_factory": Client, "password": None, "preferred_auth": "password"}
        async with _connect(host, **more):
            pass

    with pytest.raises((asyncssh.Error, OSError)):
        _talk(talk)
    log = _log(lab)
    assert sum("SSH2_USERAUTH" in line and line.endswith("Failed") for line in log) == 2
