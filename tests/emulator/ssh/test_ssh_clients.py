"""OpenSSH, paramiko and libssh2 against the front alone."""

import asyncio
import os
import shutil
import socket
from pathlib import Path
from typing import Any

import asyncssh
import pytest
from asyncssh.constants import MSG_REQUEST_FAILURE

from getvpn.emulator.ssh.connection import RouterConnection

from ..standing import LIMIT_S, passes
from ..standing import run_standing as run
from .small_router import PROMPT, VERSION, SmallRouter, host_key, served

QUIET = {
    "BatchMode": "no",
    "IdentityFile": "/dev/null",
    "StrictHostKeyChecking": "no",
    "UserKnownHostsFile": "/dev/null",
}
needs_openssh = pytest.mark.skipif(
    not (shutil.which("ssh") and shutil.which("scp")), reason="OpenSSH is not installed"
)


async def _openssh(
    folder: Path,
    port: Any,
    *words: str,
    typed: bytes = b"",
    answer: str = "pw",
    **options: str,
) -> tuple[int, bytes, str]:
    """Run `ssh` or, when the first word is `scp`, `scp`; @ in a word is the router."""
    program = folder / "answer"
    program.write_text('#!/bin/sh\necho "$ANSWER"\n')
    program.chmod(0o700)
    host, number = port.address
    command, *rest = words if words[:1] == ("scp",) else ("ssh", *words)
    flags = ["-O", "-P"] if command == "scp" else ["-l", "admin", "-p"]
    spelled = [
        word for name, value in (QUIET | options).items() for word in ("-o", f"{name}={value}")
    ]
    rest = [word.replace("@", f"admin@{host}") for word in rest]
    process = await asyncio.create_subprocess_exec(
        command,
        "-F",
        "none",
        *spelled,
        *flags,
        str(number),
        *rest,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=os.environ
        | {
            "SSH_ASKPASS": str(program),
            "SSH_ASKPASS_REQUIRE": "force",
            "DISPLAY": ":0",
            "ANSWER": answer,
            "LANG": "C.UTF-8",
        },
    )
    said, errors = await process.communicate(typed)
    assert process.returncode is not None
    return process.returncode, said, errors.decode()


@needs_openssh
def test_openssh_runs_one_command_and_gets_all_of_it(tmp_path: Path) -> None:
    async def talk() -> set[tuple[int, bytes]]:
        async with served(SmallRouter(keys=(host_key("ssh-rsa"),))) as port:
            done = [await _openssh(tmp_path, port, "@", "show version") for _ in range(10)]
        return {(status, said) for status, said, _ in done}

    assert run(talk) == {(0, b"\r\n" + VERSION)}


@needs_openssh
def test_openssh_types_and_leaves(tmp_path: Path) -> None:
    async def talk() -> tuple[int, bytes, str]:
        async with served(SmallRouter()) as port:
            return await _openssh(
                tmp_path, port, "-tt", "@", typed=b"size\rexit\r", SendEnv="LANG LC_*"
            )

    status, said, errors = run(talk)
    assert status == 0
    assert said == b"\r\n" + PROMPT + b"size\r\n80 x 24\r\n" + PROMPT + b"exit\r\n"
    assert "Connection to 127.0.0.1 closed" in errors


@needs_openssh
@pytest.mark.parametrize("methods", ["keyboard-interactive,password", "password"])
def test_openssh_is_denied_after_its_last_wrong_password(tmp_path: Path, methods: str) -> None:
    async def talk() -> tuple[int, bytes, str]:
        async with served(SmallRouter()) as port:
            return await _openssh(
                tmp_path, port, "@", "x", answer="no", PreferredAuthentications=methods
            )

    status, said, errors = run(talk)
    assert (status, said) == (255, b"")
    assert "Permission denied (publickey,keyboard-interactive,password)." in errors


@needs_openssh
def test_openssh_keeps_a_session_alive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = asyncio.Event()
    answer = RouterConnection._process_keepalive_at_openssh_dot_com_global_request

    def answering(connection: RouterConnection, packet: object) -> None:
        answer(connection, packet)
        asked.set()

    monkeypatch.setattr(RouterConnection, answer.__name__, answering)

    async def talk() -> tuple[int, bytes, str]:
        async with served(SmallRouter(prompt_delay_s=1)) as port:
            # it would be impatient with a machine that stops for a while
            patience = {"ServerAliveInterval": "1", "ServerAliveCountMax": "1000"}
            session = asyncio.ensure_future(
                _openssh(tmp_path, port, "@", "size", LogLevel="DEBUG3", **patience)
            )
            await asked.wait()
            await passes(1)
            return await session

    status, said, errors = run(talk)
    assert (status, said) == (0, b"\r\n80 x 24\r\n")
    assert f"receive packet: type {MSG_REQUEST_FAILURE}" in errors


@needs_openssh
def test_openssh_copies_there_and_back(tmp_path: Path) -> None:
    data = bytes(range(256)) * 1000
    (tmp_path / "there").write_bytes(data)

    async def talk() -> list[int]:
        router = SmallRouter()
        async with served(router) as port:
            there, back = str(tmp_path / "there"), str(tmp_path / "back")
            put = await _openssh(tmp_path, port, "scp", "-p", there, "@:bootflash:/image one.bin")
            got = await _openssh(tmp_path, port, "scp", "@:bootflash:/image one.bin", back)
            lost = await _openssh(tmp_path, port, "scp", "@:flash:/none", back)
        assert "No such file" in lost[2]
        return [put[0], got[0], lost[0]]

    assert run(talk) == [0, 0, 1]
    assert (tmp_path / "back").read_bytes() == data


def test_paramiko_works_a_shell_and_its_transport_ends_with_it() -> None:
    paramiko = pytest.importorskip("paramiko")

    def talk_to(address: tuple[str, int]) -> tuple[bytes, bool]:
        client = paramiko.SSHClient()
        client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
        client.connect(
            *address,
            "admin",
            "pw",
            look_for_keys=False,
            allow_agent=False,
            timeout=LIMIT_S,
            banner_timeout=LIMIT_S,
            auth_timeout=LIMIT_S,
        )
        channel = client.invoke_shell(width=511, height=1000)
        channel.settimeout(LIMIT_S)
        channel.send(b"size\nexit\n")
        said = b""
        while part := channel.recv(65536):
            said += part
        client.get_transport().join(LIMIT_S)
        active = client.get_transport().is_active()
        client.close()
        return said, active

    async def talk() -> tuple[bytes, bool]:
        async with served(SmallRouter(keys=(host_key("ssh-rsa"),))) as port:
            return await asyncio.to_thread(talk_to, port.address)

    said, active = run(talk)
    assert said == b"\r\n" + PROMPT + b"size\r\n511 x 1000\r\n" + PROMPT + b"exit\r\n"
    assert not active


def test_libssh2_logs_in_by_password_and_by_key() -> None:
    sessions = pytest.importorskip("ssh2.session")
    key = asyncssh.import_private_key(host_key("ssh-rsa", 5))

    def talk_to(address: tuple[str, int], by_key: bool) -> bytes:
        with socket.create_connection(address, timeout=LIMIT_S) as sock:
            session = sessions.Session()
            session.handshake(sock)
            if by_key:
                session.userauth_publickey_frommemory(
                    "admin", key.export_private_key("pkcs1-pem"), ""
                )
            else:
                session.userauth_password("admin", "pw")
            channel = session.open_session()
            channel.execute("show version")
            said = b""
            while True:
                size, part = channel.read(65536)
                if size <= 0:
                    return said
                said += part

    async def talk() -> list[bytes]:
        router = SmallRouter(keys=(host_key("ssh-rsa"),))
        router.access.keys[key.public_data] = "ssh-rsa"
        async with served(router) as port:
            return [
                await asyncio.to_thread(talk_to, port.address, by_key) for by_key in (False, True)
            ]

    assert run(talk) == [b"\r\n" + VERSION] * 2
