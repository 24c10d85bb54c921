"""The devices to work on: from an intent, from files of SimpleInventory, or just by address."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from ipaddress import IPv6Address
from os import PathLike
from pathlib import Path
from typing import Final

from nornir.core import Nornir
from nornir.core.inventory import Defaults, Groups, Host, Hosts, Inventory

from ...errors import InputError, UsageError
from ..ssh.connection import register
from .runner import FleetRunner

_ADDRESS = re.compile(
    r"(?:(?P<user>[^@\s]+)@)?"
    r"(?:\[(?P<six>[^\]\s]+)\]|(?P<host>[A-Za-z0-9_][A-Za-z0-9._-]*)|(?P<bare>[^\[\]@\s]+))"
    r"(?::(?P<port>\d{1,5}))?"
)
_LAST_PORT = 65_535
MAX_BYTES: Final = 16 * 1024 * 1024
"""Largest hosts file that is read, as for an intent; 100,000 hosts take less."""


def fleet_of_intent(path: str | PathLike[str]) -> Nornir:
    """The devices of an intent. Raises InputError for what is wrong in it."""
    from ...inventory import load
    from ...inventory.nornir_plugin import inventory_of

    return fleet_of(inventory_of(load(Path(path))))


def _check_size(path: Path) -> None:
    """Raise InputError for a file that nornir would read for minutes."""
    try:
        size = path.stat().st_size
    except OSError:
        return  # reading it says what is wrong
    if size > MAX_BYTES:
        raise InputError(f"is larger than {MAX_BYTES // 1024 // 1024} MiB", source=str(path))


def fleet_of_files(hosts: str | PathLike[str]) -> Nornir:
    """The devices of a hosts file of SimpleInventory.

    Files `groups` and `defaults` that stand beside it, with the same ending, belong to it. Raises
    InputError for what is wrong in them.
    """
    from nornir.plugins.inventory import SimpleInventory

    path = Path(hosts).expanduser()
    beside = {name: path.with_name(f"{name}{path.suffix}") for name in ("groups", "defaults")}
    for each in (path, *beside.values()):
        _check_size(each)
    try:
        inventory = SimpleInventory(
            str(path), str(beside["groups"]), str(beside["defaults"])
        ).load()
    except FileNotFoundError as error:
        raise InputError("there is no such file", source=str(error.filename)) from None
    except OSError as error:
        raise InputError(error.strerror or "cannot be read", source=str(path)) from None
    except KeyError as error:
        raise InputError(f"there is no group {error.args[0]!r}", source=str(path)) from None
    except Exception as error:  # noqa: BLE001 - the plugin says of a wrong file whatever it meets
        mark = getattr(error, "problem_mark", None)
        said = getattr(error, "problem", None) or "is no hosts file of SimpleInventory"
        raise InputError(
            str(said),
            source=str(mark.name if mark else path),
            lineno=mark.line + 1 if mark else None,
            column=mark.column + 1 if mark else None,
        ) from None
    if not inventory.hosts:
        raise InputError("names no hosts", source=str(path))
    return fleet_of(inventory)


def fleet_of_addresses(addresses: Iterable[str]) -> Nornir:
    """Devices by address: `[USER@]HOST[:PORT]`, which is their name as well."""
    hosts = Hosts()
    defaults = Defaults()
    for text in addresses:
        user, host, port = parse_address(text)
        name = text.rpartition("@")[2]
        hosts[name] = Host(name=name, hostname=host, port=port, username=user, defaults=defaults)
    return fleet_of(Inventory(hosts=hosts, groups=Groups(), defaults=defaults))


def parse_address(text: str) -> tuple[str | None, str, int | None]:
    """User, host and port in `[USER@]HOST[:PORT]`; IPv6 with a port stands in brackets.

    Raises UsageError for what is none. A password in it (`USER:PASSWORD@HOST`) is refused, as all
    users of the computer could read it, and not repeated.
    """
    if ":" in text.rpartition("@")[0]:
        raise UsageError(
            "a password is no part of an address",
            hint="write USER@HOST, and say where the password is: --password-from",
        )
    found = _ADDRESS.fullmatch(text)
    if found is not None:
        six = found["six"] or found["bare"]
        port = None if found["port"] is None else int(found["port"])
        if (six is None or _is_ipv6(six)) and (port is None or 0 < port <= _LAST_PORT):
            return found["user"], six or found["host"], port
    raise UsageError(f"{text!r} is no address", hint="write HOST, HOST:PORT or [IPv6]:PORT")


def _is_ipv6(text: str) -> bool:
    try:
        IPv6Address(text)
    except ValueError:
        return False
    return True


def narrowed(nornir: Nornir, patterns: Sequence[str]) -> Nornir:
    """The devices whose names fit one of `patterns` (`gm*`); all without any.

    Raises UsageError for a pattern that fits none.
    """
    if not patterns:
        return nornir
    names = list(nornir.inventory.hosts)
    wanted = {name for name in names if any(fnmatchcase(name, each) for each in patterns)}
    for pattern in patterns:
        if not any(fnmatchcase(name, pattern) for name in names):
            from difflib import get_close_matches

            near = get_close_matches(pattern, names, n=1)
            raise UsageError(
                f"the inventory has no host {pattern!r}",
                hint=f"did you mean {near[0]!r}?" if near else None,
            )
    return nornir.filter(filter_func=lambda host: host.name in wanted)


def fleet_of(inventory: Inventory) -> Nornir:
    """The hosts of an inventory.

    Where nobody has set logging up, nornir writes no traces to stderr, unless GETVPN_DEBUG is set:
    what fails is in the results.
    """
    log = logging.getLogger("nornir")
    if not log.handlers and not os.environ.get("GETVPN_DEBUG"):
        log.addHandler(logging.NullHandler())
    register()
    return Nornir(inventory=inventory, runner=FleetRunner())
