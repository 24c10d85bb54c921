"""How a device is reached, and what carries the bytes of a session."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final, Protocol

from ...errors import InputError, LoginError, UsageError
from .device import COMMAND_S, CONNECT_S, LOGIN_S, Timeouts
from .known_hosts import SSH_PORT, address

TRANSPORTS: Final = ("netmiko", "scrapli")


class Wire(Protocol):
    """Bytes to and from a terminal of a device that somebody has logged in to."""

    def write(self, data: bytes) -> None:
        """Send all of `data`. Raises TransportError."""

    def read(self, timeout_s: float) -> bytes:
        """What has come, at least a byte.

        Raises TimeoutError when nothing comes in time, TransportError when the device ends it.
        """

    def pending(self) -> bool:
        """Whether `read` would not wait."""

    def settle(self, prompt: str) -> None:
        """Take note of the prompt, which the session has learned, or learned anew."""

    def close(self) -> None:
        """Let go of the connection; does nothing the second time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """How sessions are made, whatever the device; no secret is in it.

    `known_hosts` is a file beside those of user and system. `verify` false takes any host key: for
    labs. `key_file` is a private key to log in with.
    """

    transport: str = "netmiko"
    connect_timeout: float = CONNECT_S
    login_timeout: float = LOGIN_S
    command_timeout: float = COMMAND_S
    known_hosts: str | None = None
    verify: bool = True
    key_file: str | None = None

    def __post_init__(self) -> None:
        if self.transport not in TRANSPORTS:
            raise UsageError(
                f"there is no transport {self.transport!r}", hint=f"choose from {TRANSPORTS}"
            )

    @property
    def timeouts(self) -> Timeouts:
        """The time-outs of sessions."""
        return Timeouts(
            connect_s=self.connect_timeout,
            login_s=self.login_timeout,
            command_s=self.command_timeout,
        )


ACCESS_OPTIONS: Final = tuple(each.name for each in fields(Access))
SECRET_OPTIONS: Final = ("secret", "passphrase")
"""Options of a connection that are no part of `Access`."""
_HIGHEST_PORT: Final = 65_535


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A device and who logs in to it; `secret` is that of `enable`, `passphrase` of the key."""

    host: str
    port: int = SSH_PORT
    username: str
    password: str | None = field(default=None, repr=False)
    secret: str | None = field(default=None, repr=False)
    passphrase: str | None = field(default=None, repr=False)
    access: Access = field(default_factory=Access)

    @property
    def address(self) -> str:
        """Host, and the port unless it is the usual one."""
        return address(self.host, self.port)

    def turned_down(self) -> LoginError:
        """The error that says that the device did not let the user in."""
        what = "the password" if self.password else "the key"
        return LoginError(
            f"turns the user {self.username} or {what} down", hint="it is not tried again"
        )

    @classmethod
    def of(
        cls,
        host: str | None,
        port: int | None,
        username: str | None,
        password: str | None,
        options: Mapping[str, Any],
    ) -> Target:
        """A target from what an inventory says. Raises UsageError for what is missing or odd."""
        texts = {"address": host, "username": username, "password": password}
        for name, value in (texts | {name: options.get(name) for name in SECRET_OPTIONS}).items():
            _check_text(name, value)
        _check_port(port)
        if not host:
            raise UsageError("the inventory gives no address")
        if host.startswith("-") or not host.isprintable() or " " in host:
            # the program ssh would take it for an option
            raise UsageError(f"{host!r} is no address")
        if not username:
            raise UsageError(
                f"nobody is named who logs in to {host}", hint="give the inventory a username"
            )
        known = (*ACCESS_OPTIONS, *SECRET_OPTIONS)
        for name in options:
            if name not in known:
                near = get_close_matches(name, known, n=1)
                hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known)}"
                raise UsageError(f"a connection has no option {name!r}", hint=hint)
        return cls(
            host=host,
            port=SSH_PORT if port is None else port,
            username=username,
            password=password or None,
            secret=options.get("secret") or None,
            passphrase=options.get("passphrase") or None,
            access=Access(**{key: options[key] for key in ACCESS_OPTIONS if key in options}),
        )


def _check_text(name: str, value: object) -> None:
    """Raise UsageError for what YAML takes for a number; that may be a secret, and is not told."""
    if value is not None and not isinstance(value, str):
        raise UsageError(f"the {name} of a device is no text", hint="put it in quotes")


def _check_port(port: object) -> None:
    if port is not None and not (isinstance(port, int) and 0 < port <= _HIGHEST_PORT):
        raise UsageError(f"{port!r} is no port", hint=f"write a number from 1 to {_HIGHEST_PORT}")


def key_path(path: str) -> Path:
    """Where a key file is. Raises InputError unless it is a file."""
    found = Path(path).expanduser()
    if not found.is_file():
        raise InputError("is no file" if found.exists() else "there is no such file", source=path)
    return found
