"""How people prove who they are, how often they may try, and what the router hears of it."""

import asyncio
from typing import Any

import asyncssh
import pytest

from getvpn.emulator.ssh import SshEventKind
from getvpn.emulator.ssh.authentication import LAST_CHANCE_S

from ..standing import delayed, eventually, passes
from ..standing import run_standing as run
from .small_router import SmallAccess, SmallLogin, SmallRouter, client, host_key, served

WRONG = "not it"
MAC = "hmac-sha2-512-etm@openssh.com"
METHODS = ["password", "keyboard-interactive"]


def _opens(router: SmallRouter, **more: Any) -> bool:
    async def talk() -> bool:
        async with served(router) as port:
            try:
                async with client(port, **more):
                    return True
            except asyncssh.PermissionDenied:
                return False

    return run(talk)


class Persistent(asyncssh.SSHClient):
    """Tries passwords as long as the server lets it; so many of them when it is asked."""

    def __init__(self, passwords: list[str], interactive: int = 10) -> None:
        self.passwords = passwords
        self.interactive = interactive
        self.tried = 0

    def _next(self) -> str | None:
        self.tried += 1
        return self.passwords.pop(0) if self.passwords else None

    def password_auth_requested(self) -> str | None:
        return self._next()

    def kbdint_auth_requested(self) -> str | None:
        return "" if self.passwords and self.tried < self.interactive else None

    def kbdint_challenge_received(
        self, name: str, instructions: str, lang: str, prompts: Any
    ) -> list[str] | None:
        assert (name, instructions, list(prompts)) == ("", "", [("Password: ", False)])
        password = self._next()
        return None if password is None else [password]


@pytest.mark.parametrize("method", METHODS)
def test_each_method_alone_lets_the_right_password_in(method: str) -> None:
    assert _opens(SmallRouter(), preferred_auth=method)
    assert not _opens(SmallRouter(), preferred_auth=method, password=WRONG)


@pytest.mark.parametrize("kind", ["ssh-rsa", "ecdsa-sha2-nistp256", "ssh-ed25519"])
def test_a_public_key_alone_lets_its_owner_in(kind: str) -> None:
    mine = asyncssh.import_private_key(host_key(kind, 1))
    other = asyncssh.import_private_key(host_key(kind, 2))
    router = SmallRouter()
    router.access.keys[mine.public_data] = kind

    assert _opens(router, preferred_auth="publickey", client_keys=[mine])
    assert not _opens(router, preferred_auth="publickey", client_keys=[other])
    assert _opens(router, client_keys=[other])


def test_the_methods_are_offered_in_the_order_of_a_router() -> None:
    async def talk() -> list[str]:
        async with served(SmallRouter()) as port:
            methods = await asyncssh.get_server_auth_methods(*port.address, config=None)
            return list(methods)

    assert run(talk) == ["publickey", "keyboard-interactive", "password"]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("retries", [1, 3])
def test_the_last_wrong_password_ends_the_connection(method: str, retries: int) -> None:
    persistent = Persistent(["wrong"] * 10)

    async def talk() -> SmallRouter:
        router = SmallRouter(authentication_retries=retries)
        async with served(router) as port:
            with pytest.raises((asyncssh.PermissionDenied, asyncssh.ConnectionLost, OSError)):
                async with client(
                    port,
                    password=None,
                    client_factory=lambda: persistent,
                    preferred_auth=method,
                ):
                    pass
            await eventually(lambda: port.connections == 0)
        return router

    router = run(talk)
    failures = [event for event in router.events if event.kind is SshEventKind.LOGIN_FAILED]
    assert len(failures) == retries
    assert not router.lines.taken


def test_a_right_password_after_wrong_ones_gets_in() -> None:
    persistent = Persistent(["wrong", "wrong", "pw"])
    assert _opens(
        SmallRouter(), password=None, client_factory=lambda: persistent, preferred_auth="password"
    )
    assert persistent.tried == 3


def test_somebody_may_turn_from_one_method_to_the_other() -> None:
    persistent = Persistent(["a", "b", "c", "d", "pw"], interactive=3)
    assert _opens(SmallRouter(), password=None, client_factory=lambda: persistent)
    assert persistent.tried == 5


def test_who_has_used_up_one_method_has_time_to_type_a_password_for_the_other() -> None:
    class Typist(Persistent):
        """Takes his time over the password that was not asked for by the router."""

        async def password_auth_requested(self) -> str | None:  # type: ignore[override]
            await passes(20)
            return self._next()

    typist = Typist(["a", "b", "c", "pw"], interactive=3)
    assert _opens(SmallRouter(), password=None, client_factory=lambda: typist)
    assert typist.tried == 4


def test_who_has_used_up_one_method_and_says_no_more_is_cut_off() -> None:
    class Silent(Persistent):
        """Never types the password that was not asked for by the router."""

        async def password_auth_requested(self) -> str | None:  # type: ignore[override]
            return await asyncio.get_running_loop().create_future()

    async def talk() -> None:
        silent = Silent(["a", "b", "c", "d"], interactive=3)
        async with served(SmallRouter()) as port:
            login = client(port, password=None, client_factory=lambda: silent)
            waiting = asyncio.ensure_future(login._coro)
            await eventually(lambda: delayed(LAST_CHANCE_S) == 1)
            await passes(LAST_CHANCE_S)
            await eventually(lambda: port.connections == 0)
            with pytest.raises(asyncssh.ConnectionLost):
                await waiting

    run(talk)


def test_the_login_banner_comes_before_authentication() -> None:
    banners: list[str] = []

    class Reader(asyncssh.SSHClient):
        """Notes the banners."""

        def auth_banner_received(self, msg: str, lang: str) -> None:
            banners.append(msg)

    router = SmallRouter()
    router.banner = "Keep out\n\udcff"
    assert not _opens(router, client_factory=Reader, password=WRONG)
    assert banners == ["Keep out\n?"]


def test_a_slow_aaa_server_delays_a_login_and_nobody_else() -> None:
    async def talk() -> None:
        async with (
            served(SmallRouter(auth_delay_s=0.5)) as slow,
            served(SmallRouter()) as quick,
        ):
            late = asyncio.ensure_future(client(slow)._coro)
            await eventually(lambda: delayed(0.5) == 1)
            for _ in range(2):
                async with client(quick):
                    assert not late.done()
                await passes(0.25)
            (await late).abort()

    run(talk)


def test_a_login_delay_keeps_a_wrong_password_waiting_but_not_a_right_one() -> None:
    async def talk() -> None:
        async with served(SmallRouter(login_delay_s=0.5)) as port:
            wrong = client(port, password=WRONG, preferred_auth="password")
            late = asyncio.ensure_future(wrong._coro)
            await eventually(lambda: delayed(0.5) == 1)
            for _ in range(2):
                async with client(port):
                    assert not late.done()
                await passes(0.25)
            with pytest.raises(asyncssh.PermissionDenied):
                await late

    run(talk)


def test_a_client_that_does_not_log_in_is_cut_off_in_time() -> None:
    async def talk() -> None:
        async with served(SmallRouter(login_timeout_s=0.5)) as port:
            reader, writer = await asyncio.open_connection(*port.address)
            assert await reader.readline() == b"SSH-2.0-Cisco-1.25\r\n"
            await passes(0.25)
            assert port.connections == 1
            await passes(0.25)
            assert await reader.read() == b""
            writer.close()
            await eventually(lambda: port.connections == 0)

    run(talk)


def test_the_router_hears_of_a_session_from_its_start_to_its_end() -> None:
    async def talk() -> SmallRouter:
        router = SmallRouter()
        async with served(router) as port:
            async with client(port, encryption_algs=["aes128-ctr"], mac_algs=[MAC]):
                pass
            await eventually(lambda: len(router.events) == 3)
            with pytest.raises(asyncssh.PermissionDenied):
                async with client(
                    port,
                    password=WRONG,
                    encryption_algs=["aes256-gcm@openssh.com"],
                    preferred_auth="password",
                ):
                    pass
            await eventually(lambda: len(router.events) == 6)
        return router

    def described(event: Any) -> tuple[Any, ...]:
        return (event.kind, event.source, event.tty, event.user, event.cipher, event.mac)

    kinds = SshEventKind
    plain = ("127.0.0.1", 0, "admin", "aes128-ctr", MAC)
    combined = ("127.0.0.1", 0, "admin", "aes256-gcm@openssh.com", "hmac-sha2-256-etm@openssh.com")
    assert [described(event) for event in run(talk).events] == [
        (kinds.SESSION, *plain),
        (kinds.LOGIN, *plain),
        (kinds.CLOSED, *plain),
        (kinds.SESSION, *combined),
        (kinds.LOGIN_FAILED, *combined),
        (kinds.CLOSED, *combined),
    ]


def test_a_failed_key_exchange_is_heard_of() -> None:
    async def talk() -> list[SshEventKind]:
        router = SmallRouter()
        async with served(router) as port:
            with pytest.raises(asyncssh.KeyExchangeFailed):
                async with client(port, kex_algs=["diffie-hellman-group1-sha1"]):
                    pass
            await eventually(lambda: bool(router.events))
        return [event.kind for event in router.events]

    assert run(talk) == [SshEventKind.SESSION_FAILED]


def test_a_router_that_fails_at_a_login_denies_it_and_leaks_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Broken(SmallRouter):
        """Cannot tell who somebody is, nor write its log."""

        def ssh_event(self, event: Any) -> None:
            raise RuntimeError("no log")

    class Blind(SmallAccess):
        """Fails instead of looking."""

        def login(self, user: str, password: str) -> SmallLogin | None:
            raise TypeError(password)

    router = Broken()
    router.access = Blind()
    assert not _opens(router)
    assert "error=TypeError" in caplog.text
    assert "error=RuntimeError" in caplog.text
    assert "no log" not in caplog.text
    assert "pw" not in caplog.text
