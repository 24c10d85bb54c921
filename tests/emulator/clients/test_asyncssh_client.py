"""What a client sees of the SSH server itself, with asyncssh."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import asyncssh
import pytest

from .devices import PATIENCE_S, Host, Lab, Start, device
from .terminal import Terminal

Result = TypeVar("Result")

BANNERS = """\
banner login ^
Authorized people only
^
banner motd ^
Maintenance on Sunday
^
banner exec ^
You are on line vty
^
"""


def _options(host: Host, **more: Any) -> dict[str, Any]:
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
    return options | more


def _talk(talk: Callable[[], Awaitable[Result]]) -> Result:
    async def limited() -> Result:
        return await asyncio.wait_for(talk(), PATIENCE_S)

    return asyncio.run(limited())


async def _opening(connection: asyncssh.SSHClientConnection, **more: Any) -> str:
    process = await connection.create_process(term_type="vt100", encoding="utf-8", **more)
    text: str = await process.stdout.readuntil("KS1#")
    return text


def _lets_in(host: Host, **more: Any) -> bool:
    async def talk() -> bool:
        async with asyncssh.connect(**_options(host, **more)) as connection:
            return (await _opening(connection)).endswith("KS1#")

    return _talk(talk)


def _accepts(host: Host) -> bool:
    try:
        with socket.create_connection((host.address, host.port), timeout=PATIENCE_S) as link:
            return link.recv(4) == b"SSH-"
    except ConnectionRefusedError:
        return False


@pytest.mark.checklist(4)
@pytest.mark.parametrize("method", ["password", "keyboard-interactive"])
def test_a_password_gets_in_by_either_method(host: Host, method: str) -> None:
    assert _lets_in(host, preferred_auth=method)
    with pytest.raises(asyncssh.PermissionDenied):
        _lets_in(host, preferred_auth=method, password="wrong")


@pytest.mark.checklist(4)
def test_a_public_key_gets_in_once_it_is_configured(host: Host, terminal: Terminal) -> None:
    key = asyncssh.generate_private_key("ssh-rsa", key_size=2048)
    data = key.export_public_key("openssh").decode().split()[1]
    by_key = {"preferred_auth": "publickey", "client_keys": [key]}
    with pytest.raises(asyncssh.PermissionDenied):
        _lets_in(host, **by_key)

    pieces = [data[at : at + 72] for at in range(0, len(data), 72)]
    names = ["ip ssh pubkey-chain", "username admin", "key-string"]
    terminal.configure(*names, *pieces, "exit", "exit", "exit")

    assert _lets_in(host, **by_key)
    terminal.configure("ip ssh pubkey-chain", "no username admin")
    with pytest.raises(asyncssh.PermissionDenied):
        _lets_in(host, **by_key)

    digest = key.get_fingerprint("md5").removeprefix("MD5:").replace(":", "").upper()
    terminal.configure(*names[:2], f"key-hash ssh-rsa {digest}")
    assert _lets_in(host, **by_key)
    other = asyncssh.generate_private_key("ssh-rsa", key_size=2048)
    with pytest.raises(asyncssh.PermissionDenied):
        _lets_in(host, preferred_auth="publickey", client_keys=[other])


@pytest.mark.checklist(4)
def test_the_methods_are_offered_in_the_order_of_a_router(host: Host) -> None:
    asked: list[str] = []

    class Client(asyncssh.SSHClient):
        def public_key_auth_requested(self) -> None:
            asked.append("publickey")

        def kbdint_auth_requested(self) -> str | None:
            asked.append("keyboard-interactive")
            return ""

        def kbdint_challenge_received(
            self, name: str, instructions: str, lang: str, prompts: Any
        ) -> list[str]:
            asked.append(repr((name, instructions, *prompts)))
            return [host.password]

    async def talk() -> None:
        async with asyncssh.connect(**_options(host, client_factory=Client, password=None)):
            pass

    _talk(talk)

    assert asked[-2:] == ["keyboard-interactive", "('', '', ('Password: ', False))"]


@pytest.mark.checklist(6)
def test_the_router_itself_ends_the_connection_behind_a_command(host: Host) -> None:
    async def talk() -> tuple[str, int | None]:
        connection = await asyncssh.connect(**_options(host))
        done = await connection.run("show privilege", encoding="utf-8")
        await connection.wait_closed()
        return str(done.stdout), done.exit_status

    assert _talk(talk) == ("\r\nCurrent privilege level is 15\r\n", 0)


@pytest.mark.checklist(8)
def test_a_second_channel_is_refused_and_the_first_goes_on(host: Host) -> None:
    async def talk() -> str:
        async with asyncssh.connect(**_options(host)) as connection:
            process = await connection.create_process(term_type="vt100", encoding="utf-8")
            await process.stdout.readuntil("KS1#")
            with pytest.raises((asyncssh.ChannelOpenError, asyncssh.ConnectionLost)):
                await connection.create_process("show clock")
            process.stdin.write("show privilege\r")
            text: str = await process.stdout.readuntil("KS1#")
            return text

    assert "Current privilege level is 15" in _talk(talk)


@pytest.mark.checklist(11)
def test_a_terminal_without_a_size_is_eighty_columns_wide(host: Host) -> None:
    async def talk() -> str:
        async with asyncssh.connect(**_options(host)) as connection:
            process = await connection.create_process(term_type="xterm", encoding="utf-8")
            await process.stdout.readuntil("KS1#")
            process.stdin.write("show terminal | include Width\r")
            text: str = await process.stdout.readuntil("KS1#")
            return text

    assert "Width: 80 columns" in _talk(talk)


def test_a_shell_without_a_terminal_has_echo_and_prompt(host: Host) -> None:
    async def talk() -> str:
        async with asyncssh.connect(**_options(host)) as connection:
            process = await connection.create_process(encoding="utf-8")
            await process.stdout.readuntil("KS1#")
            process.stdin.write("show privilege\r")
            text: str = await process.stdout.readuntil("KS1#")
            return text

    assert _talk(talk) == "show privilege\r\nCurrent privilege level is 15\r\nKS1#"


@pytest.mark.checklist(12)
def test_banners_come_where_a_router_prints_them(start: Start) -> None:
    host = start({"KS1": device(more=BANNERS)}).host("KS1")
    before: list[str] = []

    class Client(asyncssh.SSHClient):
        def auth_banner_received(self, msg: str, lang: str) -> None:
            before.append(msg)

    async def talk() -> str:
        async with asyncssh.connect(**_options(host, client_factory=Client)) as connection:
            return await _opening(connection)

    opening = _talk(talk)

    assert "Authorized people only" in "".join(before)
    assert "Authorized" not in opening
    places = [opening.index(text) for text in ("Maintenance on", "You are on line", "KS1#")]
    assert places == sorted(places)


@pytest.mark.checklist(13)
def test_without_a_host_key_nobody_listens(host: Host, terminal: Terminal) -> None:
    assert _accepts(host)

    terminal.ask("configure terminal")
    terminal.ask("crypto key zeroize rsa", until=r"\[yes/no\]: ")
    terminal.ask("yes")
    refused = not _accepts(host)
    terminal.ask("crypto key generate rsa modulus 2048")

    assert refused
    assert _accepts(host)
    assert _lets_in(host)


@pytest.mark.checklist(15)
def test_a_user_of_level_one_lands_in_user_mode(host: Host) -> None:
    with Terminal(host, "oper", "pw") as terminal:
        assert terminal.opening.endswith("\r\nKS1>")


def test_all_lines_busy_means_refused(start: Start) -> None:
    host = start({"KS1": device()}).host("KS1")
    terminals = [Terminal(host) for _ in range(16)]
    try:
        busy = not _accepts(host)
        terminals.pop().client.close()
        assert terminals[0].ask("show privilege").endswith("KS1#")
    finally:
        for terminal in terminals:
            terminal.client.close()

    assert busy


def test_each_router_has_its_own_host_key(start: Start) -> None:
    lab: Lab = start({name: device(name) for name in ("KS1", "KS2")})

    async def key_of(host: Host) -> bytes:
        key = await asyncssh.get_server_host_key(host.address, host.port, config=None)
        assert key is not None
        return key.public_data

    async def talk() -> set[bytes]:
        return {await key_of(lab.host(name)) for name in ("KS1", "KS2")}

    assert len(_talk(talk)) == 2
