"""Who logs in: what the inventory does not say, the environment, a keyring or a person does."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from nornir.core.inventory import ConnectionOptions, Host

from ...errors import InputError, UsageError
from .connection import CONNECTION, options_of

if TYPE_CHECKING:
    from nornir.core import Nornir

USERNAME: Final = "GETVPN_USERNAME"
PASSWORD: Final = "GETVPN_PASSWORD"  # noqa: S105 - the name of a variable
SECRET: Final = "GETVPN_SECRET"  # noqa: S105
SERVICE: Final = "getvpn"
"""Under this name a keyring has the password of a user."""

Ask = Callable[[str], str]
"""Asks a person for a secret, given what for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """What was said about logging in, beside the inventory.

    `username` holds for all devices. `password` and `secret` (of `enable`) are references as in an
    intent: `env:NAME`, `file:PATH`, `keyring:SERVICE/USER`, `vault:PATH#KEY`. With `key_file` no
    password is needed. `ask` is None where nobody can be asked.
    """

    username: str | None = None
    password: str | None = None
    secret: str | None = None
    key_file: str | None = None
    ask_secret: bool = False
    ask: Ask | None = field(default=None, repr=False)


def supply(nornir: Nornir, login: Login, environ: Mapping[str, str] | None = None) -> None:
    """Give the hosts of `nornir` what they need to be logged in to.

    What `login` names goes before the inventory, and that before all else; the password that the
    inventory has for one user is not used for another. Raises UsageError when something is still
    missing, and InputError for a reference that leads nowhere.
    """
    variables = os.environ if environ is None else environ
    hosts = list(nornir.inventory.hosts.values())
    open_hosts = []
    for host in hosts:
        before = host.username
        if login.username or not before:
            host.username = login.username or variables.get(USERNAME)
        if login.password or not host.password or before not in (None, "", host.username):
            # None would be what defaults and groups say
            host.password = ""
            open_hosts.append(host)
    nameless = [host.name for host in hosts if not host.username]
    if nameless:
        raise UsageError(
            f"nobody is named who logs in to {_some(nameless)}",
            hint=f"give --username, set {USERNAME}, or let the inventory say it",
        )
    if open_hosts and (login.password or not login.key_file):
        users = {str(host.username) for host in open_hosts}
        passwords = {user: _password(user, login, variables) for user in sorted(users)}
        for host in open_hosts:
            host.password = passwords[str(host.username)]
    secret = _secret(login, variables)
    if secret is not None:
        for host in hosts:
            if login.secret or login.ask_secret or not options_of(host).get("secret"):
                _set_secret(host, secret)


def _password(user: str, login: Login, variables: Mapping[str, str]) -> str:
    if login.password:
        return _revealed(login.password, variables)
    if PASSWORD in variables:
        return variables[PASSWORD]
    found = _in_keyring(user)
    if found is not None:
        return found
    if login.ask is None:
        raise UsageError(
            f"there is no password for {user}",
            hint=f"set {PASSWORD}, or run 'keyring set {SERVICE} {user}'; only on a terminal is "
            "it asked for",
        )
    return login.ask(f"Password of {user}")


def _secret(login: Login, variables: Mapping[str, str]) -> str | None:
    if login.secret:
        return _revealed(login.secret, variables)
    if login.ask_secret:
        if login.ask is None:
            raise UsageError(
                "the secret of 'enable' can be asked for on a terminal only",
                hint=f"set {SECRET}",
            )
        return login.ask("Secret of 'enable'")
    return variables.get(SECRET)


def _set_secret(host: Host, secret: str) -> None:
    options = host.connection_options.setdefault(CONNECTION, ConnectionOptions())
    inherited = host.get_connection_parameters(CONNECTION).extras or {}
    options.extras = {**inherited, "secret": secret}


def _revealed(reference: str, variables: Mapping[str, str]) -> str:
    from ...inventory import Secrets

    return Secrets(environ=variables).reveal(reference)


def _in_keyring(user: str) -> str | None:
    """What the keyring has for `user`; None without one, or where the extra is not installed."""
    from ...inventory import Secrets

    try:
        return Secrets().reveal(f"keyring:{SERVICE}/{user}")
    except InputError:
        return None


def _some(names: list[str]) -> str:
    shown = ", ".join(names[:3])
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3} more"
