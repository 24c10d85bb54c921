"""Private keys to log in with, and what is tried when."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from threading import Event
from typing import Final

import paramiko
from paramiko.auth_handler import AuthOnlyHandler
from paramiko.common import cMSG_USERAUTH_REQUEST
from paramiko.ssh_exception import AuthenticationException, PasswordRequiredException, SSHException

from ...errors import InputError, LoginError
from .target import key_path

MAX_KEY_BYTES: Final = 65_536
_KINDS: Final = (paramiko.RSAKey, paramiko.ECDSAKey, paramiko.Ed25519Key)


def private_key(path: str, passphrase: str | None) -> paramiko.PKey:
    """The key in a file.

    Raises InputError for a file without one that can be read, LoginError where it needs a
    passphrase.
    """
    text = _text(path)
    for kind in _KINDS:
        try:
            return kind.from_private_key(StringIO(text), passphrase)
        except PasswordRequiredException:
            raise LoginError(f"the key {path} needs a passphrase") from None
        except (SSHException, ValueError, TypeError, IndexError, UnicodeError):
            # another kind, or none
            continue
    wrong = "or its passphrase is wrong" if passphrase else "of a kind that SSH knows"
    raise InputError(f"holds no private key, {wrong}", source=path)


def _text(path: str) -> str:
    try:
        with key_path(path).open("rb") as file:
            return file.read(MAX_KEY_BYTES).decode("utf-8")
    except OSError as error:
        raise InputError(error.strerror or "cannot be read", source=path) from None
    except UnicodeDecodeError:
        # the error would hold what may be a key
        pass
    raise InputError("holds no private key", source=path)


class OneLogin(AuthOnlyHandler):  # type: ignore[misc]  # paramiko has no types
    """Tries one way to log in; paramiko's own misses an answer that comes very soon."""

    def send_auth_request(
        self, username: str, method: str, finish_message: Callable[[paramiko.Message], None]
    ) -> list[str]:
        """Ask to be let in, and wait for the answer; what further ways it takes."""
        self.auth_method = method
        self.username = username
        self.auth_event = answered = Event()
        message = paramiko.Message()
        message.add_byte(cMSG_USERAUTH_REQUEST)
        for text in (username, "ssh-connection", method):
            message.add_string(text)
        finish_message(message)
        with self.transport.lock:
            self.transport._send_message(message)  # noqa: SLF001 - as what it stands for
        further: list[str] = self.wait_for_response(answered)
        return further


class KeyThenPassword:
    """The way to log in with one key; behind it, if there is one, the password is tried once.

    paramiko's own tries one key as each kind that there is: a server counts that as failures.
    """

    def __init__(self, username: str, key: paramiko.PKey, password: str | None) -> None:
        self._username = username
        self._key = key
        self._password = password

    def authenticate(self, transport: paramiko.Transport) -> list[str]:
        """Log in, or raise what paramiko raises."""
        try:
            further: list[str] = transport.auth_publickey(self._username, self._key)
        except AuthenticationException:
            if self._password is None or not transport.is_active():
                raise
            further = ["password"]
        if further and self._password is not None:
            further = transport.auth_password(self._username, self._password)
        return further


class Password:
    """The way to log in where a password is all there is: paramiko's own looks for keys first."""

    def __init__(self, username: str, password: str) -> None:
        self._login = username, password

    def authenticate(self, transport: paramiko.Transport) -> list[str]:
        """Log in, or raise what paramiko raises."""
        further: list[str] = transport.auth_password(*self._login)
        return further
