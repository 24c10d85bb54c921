"""Who is on a connection: a vty line is claimed, then he proves who he is."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Final, Protocol, cast

import asyncssh
from asyncssh.constants import OPEN_RESOURCE_SHORTAGE

from .channel import Terminal
from .connection import RouterConnection
from .contracts import Login, SshEvent, SshEventKind, SshRouter, VtyLine
from .failures import answered

LAST_CHANCE_S: Final = 30.0
"""How long a client that used up keyboard-interactive may take to turn to plain passwords.

OpenSSH asks three times by the one and three times by the other, and says `Permission denied` only
when it was not cut off in between.
"""
CHANNEL_WAIT_S: Final = 600.0
"""How long a client may be logged in without a session: the exec-timeout that IOS starts with."""
_MOST_KEYS: Final = 64
_PASSWORD, _INTERACTIVE, _KEY = "password", "keyboard-interactive", "publickey"
_PROMPT: Final = "Password: "
_Check = Callable[[VtyLine], Login | None]
"""Asks the router who somebody is who wants to use a line."""


class Gate(Protocol):
    """Where connections are counted."""

    def greeted(self, connection: RouterConnection) -> None:
        """A client has exchanged keys."""
        ...

    def admitted(self, connection: RouterConnection) -> None:
        """A client has logged in."""
        ...

    def left(self, connection: RouterConnection) -> None:
        """A connection is over."""
        ...

    def refresh(self) -> None:
        """A line has become free."""
        ...


class Authentication(asyncssh.SSHServer):
    """What the library asks about one connection.

    `source` is the address of the client. A line is claimed when keys have been exchanged: before
    that, a client is only somebody who knocks.
    """

    def __init__(self, router: SshRouter, source: str, gate: Gate) -> None:
        self._router = router
        self._source = source
        self._gate = gate
        self._loop = asyncio.get_running_loop()
        self._line: VtyLine | None = None
        self._holding = False
        self._login: Login | None = None
        self._terminal: Terminal | None = None
        self._user = ""
        self._failures: dict[str, int] = {}
        self._timer: asyncio.TimerHandle | None = None

    # The life of the connection

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        """Take note of the connection."""
        self._connection = cast(RouterConnection, conn)

    def connection_lost(self, exc: Exception | None) -> None:
        """Free the line."""
        self._cancel_timer()
        if self._line:
            self._release()
            self._report(SshEventKind.CLOSED)
        elif self._connection.get_extra_info("client_version"):
            self._report(SshEventKind.SESSION_FAILED)
        self._gate.left(self._connection)

    def begin_auth(self, username: str) -> bool:
        """Claim a line and send the login banner, when somebody first says who he is."""
        self._user = username
        if self._line is None:
            self._line = answered(self._claim, None, source=self._source)
            if self._line is None:
                self._connection.refuse()
                return True
            self._holding = True
            self._gate.greeted(self._connection)
            self._report(SshEventKind.SESSION)
            banner = answered(self._router.login_banner, "", source=self._source)
            if banner:
                # a lone surrogate cannot be sent
                self._connection.send_auth_banner(banner.encode("utf-8", "replace").decode())
        return True

    def auth_completed(self) -> None:
        """Let him in; he has to open his session some time."""
        self._report(SshEventKind.LOGIN)
        self._gate.admitted(self._connection)
        self._cancel_timer()
        self._timer = self._loop.call_later(CHANNEL_WAIT_S, self._connection.hang_up)

    def session_requested(self) -> Terminal:
        """Open the session; only one is to be had."""
        if self._terminal or not self._login or not self._line:
            raise asyncssh.ChannelOpenError(OPEN_RESOURCE_SHORTAGE, "one session per connection")
        self._cancel_timer()
        self._terminal = Terminal(
            router=self._router,
            connection=self._connection,
            login=self._login,
            line=self._line,
            release=self._release,
            source=self._source,
        )
        return self._terminal

    def _claim(self) -> VtyLine | None:
        return self._router.lines.claim_vty(self._source, self._drop)

    def _release(self) -> None:
        """Free the line, early enough for a client that comes back at once."""
        if self._line and self._holding:
            self._holding = False
            self._line.release()
            self._gate.refresh()

    def _drop(self) -> None:
        """End the connection because the router says so."""
        if self._terminal and self._terminal.open:
            self._terminal.drop()
        else:
            self._connection.hang_up()

    # How he proves it

    def public_key_auth_supported(self) -> bool:
        """Whether keys are taken."""
        return _KEY in self._router.settings.methods

    def kbdint_auth_supported(self) -> bool:
        """Whether passwords are asked for."""
        return _INTERACTIVE in self._router.settings.methods

    def password_auth_supported(self) -> bool:
        """Whether passwords are taken unasked."""
        return _PASSWORD in self._router.settings.methods

    def validate_public_key(
        self, username: str, key: asyncssh.SSHKey
    ) -> bool | Coroutine[None, None, bool]:
        """Whether a key belongs to somebody; the library checks the signature."""
        name, blob = key.get_algorithm(), key.public_data
        access = self._router.access
        return self._attempt(_KEY, lambda line: access.public_key(username, name, blob, line))

    def validate_password(self, username: str, password: str) -> bool | Coroutine[None, None, bool]:
        """Whether a password is right."""
        access = self._router.access
        return self._attempt(_PASSWORD, lambda line: access.login(username, password, line))

    def get_kbdint_challenge(
        self, username: str, lang: str, submethods: str
    ) -> tuple[str, str, str, list[tuple[str, bool]]]:
        """What to ask for."""
        return "", "", "", [(_PROMPT, False)]

    def validate_kbdint_response(
        self, username: str, responses: Sequence[str]
    ) -> bool | Coroutine[None, None, bool]:
        """Whether the answer is right."""
        password = responses[0] if len(responses) == 1 else ""
        access = self._router.access
        return self._attempt(_INTERACTIVE, lambda line: access.login(username, password, line))

    def _attempt(self, method: str, check: _Check) -> bool | Coroutine[None, None, bool]:
        """Decide about one attempt, at once or after the delays that the device has."""
        settings = self._router.settings
        if self._failures.get(method, 0) >= self._allowed(method):
            self._connection.hang_up()
            return False
        self._cancel_timer()
        if settings.auth_delay_s or settings.login_delay_s:
            return self._attempt_slowly(method, check)
        return self._decide(check) or self._failed(method)

    async def _attempt_slowly(self, method: str, check: _Check) -> bool:
        await asyncio.sleep(self._router.settings.auth_delay_s)
        if self._decide(check):
            return True
        await asyncio.sleep(self._router.settings.login_delay_s)
        return self._failed(method)

    def _decide(self, check: _Check) -> bool:
        line = self._line
        if line is None:
            return False
        login = answered(lambda: check(line), None, source=self._source)
        if login is not None and self._router.faults.fails_login():
            login = None
        self._login = login
        return login is not None

    def _allowed(self, method: str) -> int:
        """How often this method may fail: keys are tried out, passwords are not."""
        if method == _KEY:
            return _MOST_KEYS
        return max(1, self._router.settings.authentication_retries)

    def _failed(self, method: str) -> bool:
        """Count a failure; the last that is allowed ends the connection, after its answer."""
        failures = self._failures[method] = self._failures.get(method, 0) + 1
        if method != _KEY:
            self._report(SshEventKind.LOGIN_FAILED)
        if failures >= self._allowed(method):
            if method == _INTERACTIVE and not self._failures.get(_PASSWORD):
                self._timer = self._loop.call_later(LAST_CHANCE_S, self._connection.hang_up)
            else:
                self._loop.call_soon(self._connection.hang_up)
        return False

    def _report(self, kind: SshEventKind) -> None:
        cipher, mac = self._connection.cipher_and_mac()
        event = SshEvent(
            kind=kind,
            source=self._source,
            tty=self._line.index if self._line else 0,
            user=self._user,
            cipher=cipher,
            mac=mac,
        )
        answered(lambda: self._router.ssh_event(event), None, source=self._source)

    def _cancel_timer(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None
