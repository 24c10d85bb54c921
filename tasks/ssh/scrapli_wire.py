"""Sessions over scrapli and the ssh of the system, with what `~/.ssh/config` says (jump hosts …).

scrapli is an extra (`getvpn[scrapli]`); versions from 2026.3 on are another library.
"""

from __future__ import annotations

import os
import select
import sys
from contextlib import suppress
from math import ceil
from pathlib import Path
from time import monotonic
from typing import Any, Final

from ...errors import (
    DeviceError,
    HostKeyError,
    OverdueError,
    TransportError,
    UsageError,
    get_extra,
)
from .known_hosts import USER_FILE, KnownHosts
from .session import WIDTH
from .target import Target, key_path

HEIGHT: Final = 1000
READ_BYTES: Final = 65_535


class ScrapliWire:
    """Bytes over a transport of scrapli; see `Wire`."""

    __slots__ = ("_closed", "_transport")

    def __init__(self, target: Target) -> None:
        driver = _driver(target)
        began = monotonic()
        try:
            driver.open()
        except Exception as error:  # noqa: BLE001 - scrapli passes on what its libraries raise
            _let_go(driver.transport)
            raise _failure(error, target, monotonic() - began) from None
        self._transport = driver.transport
        self._closed = False
        # the prompt that ended the login is scrapli's: ask for another
        self.write(b"\n")

    def write(self, data: bytes) -> None:
        """Send all of `data`."""
        try:
            self._transport.write(data)
        except Exception as error:  # noqa: BLE001 - as above
            raise TransportError(f"the connection breaks: {type(error).__name__}") from None

    def read(self, timeout_s: float) -> bytes:
        """What has come, at least a byte."""
        if not self._ready(timeout_s):
            raise TimeoutError
        try:
            data: bytes = self._transport.read()
        except Exception:  # noqa: BLE001 - as above
            data = b""
        if not data:
            raise TransportError("ends the connection")
        return data

    def pending(self) -> bool:
        """Whether something has come already."""
        return self._ready(0)

    def settle(self, prompt: str) -> None:
        """Nothing: scrapli only carries bytes."""

    def close(self) -> None:
        """Let go of the connection."""
        if not self._closed:
            self._closed = True
            _let_go(self._transport)

    def _ready(self, timeout_s: float) -> bool:
        session = self._transport.session
        if session is None:
            return True
        waiting = select.poll()
        waiting.register(session.fd, select.POLLIN)
        return bool(waiting.poll(timeout_s * 1000))


def _let_go(transport: Any) -> None:
    """Close a transport, and its file, which scrapli leaves to whoever tidies up some time."""
    with suppress(Exception):
        transport.session.fileobj.close()
    with suppress(Exception):
        transport.close()


def driver_class() -> Any:
    """The class of scrapli that opens connections. Raises UsageError when there is none."""
    try:
        from scrapli.driver.base import Driver  # type: ignore[import-untyped,unused-ignore]
    except ImportError:
        absent = sys.modules.get("scrapli") is None
        what = "scrapli is not installed" if absent else "this scrapli is too new"
        raise UsageError(what, hint=f"{get_extra('scrapli')}, or use netmiko") from None
    return Driver


def _driver(target: Target) -> Any:
    """A driver of scrapli for `target`."""
    access = target.access
    key_file = access.key_file and str(key_path(access.key_file))
    return driver_class()(
        host=target.host,
        port=target.port,
        auth_username=target.username,
        auth_password=target.password or "",
        auth_private_key=key_file or "",
        auth_private_key_passphrase=target.passphrase or "",
        auth_strict_key=access.verify,
        # ssh knows whole seconds only, and none for no limit
        timeout_socket=ceil(access.connect_timeout),
        timeout_transport=0,
        # when the connection stands, ssh does not tell: what it took is part of the login
        timeout_ops=max(access.connect_timeout, access.login_timeout),
        ssh_config_file=True,
        ssh_known_hosts_file=True,
        transport="system",
        transport_options={
            "open_cmd": _options(target),
            "ptyprocess": {"rows": HEIGHT, "cols": WIDTH},
        },
    )


def _options(target: Target) -> list[str]:
    """Options of ssh: one password once, and the known_hosts file that was named."""
    options = {"NumberOfPasswordPrompts": "1", "ServerAliveInterval": "0"}
    if target.access.key_file:
        options["IdentitiesOnly"] = "yes"
    elif target.password:
        options["PubkeyAuthentication"] = "no"
    if target.password:
        # ssh would send the same wrong password by each method
        options["PreferredAuthentications"] = "publickey,password"
    if target.access.verify and (target.access.known_hosts or _has_other_home()):
        files = dict.fromkeys((target.access.known_hosts or USER_FILE, USER_FILE))
        paths = (str(Path(name).expanduser().absolute()) for name in files)
        options["UserKnownHostsFile"] = " ".join(f'"{path.replace("%", "%%")}"' for path in paths)
    return [word for name, value in options.items() for word in ("-o", f"{name}={value}")]


def _has_other_home() -> bool:
    """Whether the user's files are elsewhere than ssh believes, which does not ask HOME."""
    import pwd

    try:
        return Path.home() != Path(pwd.getpwuid(os.getuid()).pw_dir)
    except KeyError:
        return True


def _failure(error: Exception, target: Target, seconds: float) -> DeviceError:
    """The error for the user that says what scrapli found in ssh's words."""
    from scrapli.exceptions import (  # type: ignore[import-untyped,unused-ignore]
        ScrapliAuthenticationFailed,
        ScrapliTimeout,
    )

    said = " ".join(str(error).split())
    lower = said.lower()
    access = target.access
    if isinstance(error, ScrapliTimeout):
        return OverdueError(f"no answer to the login within {round(seconds, 1):g} s")
    if "host key verification failed" in lower:
        return _unverified(target)
    if "permission denied" in lower or "password prompt" in lower:
        return target.turned_down()
    if "timed out" in lower:
        return OverdueError(f"{target.address} does not answer within {access.connect_timeout:g} s")
    if isinstance(error, ScrapliAuthenticationFailed):
        return TransportError(f"ssh says: {said[:200]}")
    return TransportError(f"{target.address} cannot be reached, or ends the connection")


def _unverified(target: Target) -> HostKeyError:
    """What is wrong with the host key, which ssh says at length and scrapli does not pass on."""
    from .netmiko_wire import fetch_host_key

    try:
        key = fetch_host_key(target)
        KnownHosts.of(target.access.known_hosts).check(target.host, target.port, key)
    except HostKeyError as error:
        return error
    except DeviceError:
        pass
    return HostKeyError(f"ssh does not verify the host key of {target.address}")
