"""Sessions over netmiko: its class for IOS, with a connection that is made safely and at once.

What is ours: the host key is verified before anything secret is sent, each phase has a time-out of
its own, and reading waits for the device instead of looking again and again. What netmiko offers
beside (`send_config_set`, file transfer …) works on the same session: see `NetmikoWire.netmiko`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from time import monotonic, sleep
from typing import Any, Final

import netmiko
import paramiko
from netmiko.channel import SSHChannel
from netmiko.cisco.cisco_ios import CiscoIosSSH
from paramiko.common import cMSG_SERVICE_REQUEST
from paramiko.ssh_exception import (
    AuthenticationException,
    BadAuthenticationType,
    SSHException,
)

from ...errors import (
    DeviceError,
    HostKeyError,
    LoginError,
    OverdueError,
    TransportError,
)
from .host_keys import HostKey
from .known_hosts import KnownHosts, preferred
from .link import READ_BYTES, Link, connected, ending, reason
from .private_keys import KeyThenPassword, OneLogin, Password, private_key
from .session import WIDTH
from .target import Target

HEIGHT: Final = 1000
_SHUT_S: Final = 1.0
_LOOK_S: Final = 0.01
_BASE_PROMPT: Final = 16
"""How much of a prompt netmiko looks for: in configuration mode IOS cuts long names."""
FAST_CIPHERS: Final = ("aes128-gcm@openssh.com", "aes256-gcm@openssh.com")


class _DeviceTextFilter(logging.Filter):
    """Keeps what devices say, and what is typed, out of netmiko's log.

    netmiko writes both at level DEBUG: configurations with their keys, and passwords in spellings
    that its own filter does not know.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno <= logging.DEBUG:
            text = record.getMessage()
            record.msg, record.args = f"{text[:12].split(':')[0]} … ({len(text)} characters)", ()
        return True


_FILTER: Final = _DeviceTextFilter()
netmiko.log.addFilter(_FILTER)
for _name in ("netmiko", "paramiko"):
    # what fails is told by our own errors, not by a trace on stderr
    logging.getLogger(_name).addHandler(logging.NullHandler())


class _Packetizer(paramiko.Packetizer):  # type: ignore[misc]  # paramiko has no types
    """Starts no thread to see that the handshake ends in time: the link ends by itself."""

    def start_handshake(self, timeout: float) -> None:
        pass


class _Transport(paramiko.Transport):  # type: ignore[misc]
    """Prefers the ciphers that cost least, and kinds of host keys that are known."""

    def __init__(self, link: Link, known_kinds: tuple[str, ...], **options: Any) -> None:
        super().__init__(link, packetizer_class=_Packetizer, **options)
        self.daemon = True
        self.known_kinds = known_kinds

    def start_client(self, event: Any = None, timeout: float | None = None) -> None:
        options = self.get_security_options()
        fast = [cipher for cipher in FAST_CIPHERS if cipher in options.ciphers]
        options.ciphers = [*fast, *(each for each in options.ciphers if each not in fast)]
        options.key_types = preferred(options.key_types, self.known_kinds)
        super().start_client(event, timeout)


class _SeveralWays(_Transport, paramiko.ServiceRequestingTransport):  # type: ignore[misc]
    """Asks once to log in, however many ways are tried then; servers may refuse a second time."""

    def ensure_session(self) -> None:
        """Ask, and wait for the answer or the end of the connection."""
        if not self.active or self._service_userauth_accepted:
            super().ensure_session()
            return
        ask = paramiko.Message()
        ask.add_byte(cMSG_SERVICE_REQUEST)
        ask.add_string("ssh-userauth")
        self._send_message(ask)
        while not self._service_userauth_accepted:
            if not self.active:
                raise EOFError
            sleep(_LOOK_S)
        self.auth_handler = self.get_auth_handler()

    def get_auth_handler(self) -> OneLogin:
        """Who tries one way to log in."""
        return OneLogin(self)


class _Verify(paramiko.MissingHostKeyPolicy):  # type: ignore[misc]
    """Raises HostKeyError for a key that is not known to be the target's."""

    def __init__(self, target: Target, known: KnownHosts) -> None:
        self.target = target
        self.known = known

    def missing_host_key(self, client: Any, hostname: str, key: paramiko.PKey) -> None:
        """Look at the key of a server; paramiko knows none by itself."""
        self.known.check(self.target.host, self.target.port, host_key(key))


class _Ios(CiscoIosSSH):
    """netmiko's connection to IOS, opened our way; `settle` ends what netmiko would prepare."""

    def __init__(self, target: Target) -> None:
        access = target.access
        self.target = target
        self.known = KnownHosts.of(access.known_hosts) if access.verify else None
        named = access.key_file
        self.key = None if named is None else private_key(named, target.passphrase)
        self.deadline = 0.0
        self.remote_conn_pre: paramiko.SSHClient | None = None
        self.terminal: Any = None
        super().__init__(
            host=target.host,
            port=target.port,
            username=target.username,
            password=target.password or "",
            secret=target.secret or "",
            device_type="cisco_ios",
            conn_timeout=access.connect_timeout,
            auto_connect=False,
        )
        # ours is on the whole logger; one more a connection would make each message dearer
        netmiko.log.removeFilter(self._secrets_filter)

    def establish_connection(self, width: int = WIDTH, height: int = HEIGHT) -> None:
        """Connect, verify, log in, and open a terminal. Raises the kinds of `DeviceError`."""

        def terminal_of(transport: paramiko.Transport) -> Any:
            terminal = transport.open_session(timeout=self._left())
            terminal.get_pty(term="vt100", width=width, height=height)
            terminal.invoke_shell()
            return terminal

        self.link, terminal = self.log_in(terminal_of)
        self.remote_conn = self.terminal = terminal
        self.channel = SSHChannel(conn=terminal, encoding=self.encoding)

    def log_in(self, begin: Callable[[paramiko.Transport], Any]) -> tuple[Link, Any]:
        """Connect, verify, log in, and `begin` something; gives the link, and what that gave."""
        link = connected(self.target)
        self.deadline = monotonic() + self.target.access.login_timeout
        try:
            with ending(link, self.deadline):
                self.remote_conn_pre = self._build_ssh_client()
                self.remote_conn_pre.connect(**self._connect_params_dict(), sock=link)
                return link, begin(self.remote_conn_pre.get_transport())
        except BaseException as error:
            self.shut(link)
            failure = self._failure(error)
            if failure is error:
                raise
            raise failure from None

    def settle(self, prompt: str) -> None:
        """Tell netmiko the prompt, which it would look for otherwise."""
        self.base_prompt = prompt.rstrip(" #>")[:_BASE_PROMPT]

    def shut(self, link: Link) -> None:
        """Close the connection at once."""
        transport = self.remote_conn_pre.get_transport() if self.remote_conn_pre else None
        _shut(link, transport)
        with suppress(Exception):
            self.paramiko_cleanup()

    def _build_ssh_client(self) -> paramiko.SSHClient:
        client = paramiko.SSHClient()
        policy = (
            paramiko.AutoAddPolicy() if self.known is None else _Verify(self.target, self.known)
        )
        client.set_missing_host_key_policy(policy)
        return client

    def _connect_params_dict(self) -> dict[str, Any]:
        left = self._left()
        target = self.target
        if self.key is not None:
            strategy: Any = KeyThenPassword(target.username, self.key, target.password)
        elif target.password is not None:
            strategy = Password(target.username, target.password)
        else:
            raise LoginError(f"there is neither password nor key for {target.username}")
        return {
            "auth_strategy": strategy,
            "hostname": self.host,
            "port": self.port,
            "username": self.username,
            "timeout": left,
            "banner_timeout": left,
            "auth_timeout": left,
            "channel_timeout": left,
            "transport_factory": self._transport,
        }

    def _transport(self, link: Link, **options: Any) -> _Transport:
        target, known = self.target, self.known
        kinds = () if known is None else known.kinds(target.host, target.port)
        several = self.key is not None and target.password is not None
        return (_SeveralWays if several else _Transport)(link, kinds, **options)

    def _left(self) -> float:
        return max(self.deadline - monotonic(), 0.001)

    def _failure(self, error: BaseException) -> BaseException:
        """The error for the user that says the same; what is no failure of SSH stays as it is."""
        target = self.target
        late = monotonic() >= self.deadline
        waited = f"{target.access.login_timeout:g} s"
        match error:
            case DeviceError():
                return error
            case BadAuthenticationType():
                return LoginError(f"takes no password of {target.username}, but {_types(error)}")
            case AuthenticationException() if late or "timeout" in str(error).lower():
                return OverdueError(f"no answer to the login within {waited}")
            case AuthenticationException() if "EOF" in str(error):
                return LoginError(f"ends the connection during the login of {target.username}")
            case AuthenticationException():
                return target.turned_down()
            case SSHException() | OSError() | EOFError() if late:
                return OverdueError(f"no answer to the login within {waited}")
            case SSHException() | OSError() | EOFError():
                return TransportError(f"the login breaks off: {reason(error)}")
            case _:
                return error


class NetmikoWire:
    """Bytes over a connection of netmiko; see `Wire`."""

    __slots__ = ("_closed", "_terminal", "netmiko")

    def __init__(self, target: Target) -> None:
        self.netmiko = _Ios(target)
        self.netmiko.establish_connection()
        self._terminal = self.netmiko.terminal
        self._closed = False

    def write(self, data: bytes) -> None:
        """Send all of `data`."""
        try:
            self._terminal.sendall(data)
        except (OSError, EOFError, SSHException) as error:
            raise TransportError(f"the connection breaks: {reason(error)}") from None

    def read(self, timeout_s: float) -> bytes:
        """What has come, at least a byte."""
        self._terminal.settimeout(timeout_s)
        try:
            data: bytes = self._terminal.recv(READ_BYTES)
        except TimeoutError:
            raise
        except (OSError, EOFError, SSHException) as error:
            raise TransportError(f"the connection breaks: {reason(error)}") from None
        if not data:
            raise TransportError("ends the connection")
        return data

    def pending(self) -> bool:
        """Whether something has come already."""
        return bool(self._terminal.recv_ready())

    def settle(self, prompt: str) -> None:
        """Tell netmiko the prompt."""
        self.netmiko.settle(prompt)

    def close(self) -> None:
        """Let go of the connection."""
        if not self._closed:
            self._closed = True
            self.netmiko.shut(self.netmiko.link)


@contextmanager
def logged_in(target: Target) -> Iterator[paramiko.Transport]:
    """A connection without a terminal, verified and made as that of a session is."""
    ios = _Ios(target)
    link, transport = ios.log_in(lambda made: made)
    try:
        yield transport
    finally:
        ios.shut(link)


def fetch_host_key(target: Target) -> HostKey:
    """The host key of a server, without logging in.

    Of several keys the one whose kind is known already is asked for. Raises the kinds of
    `DeviceError`.
    """
    link = connected(target)
    deadline = monotonic() + target.access.login_timeout
    known = KnownHosts.of(target.access.known_hosts)
    transport = _Transport(link, known.kinds(target.host, target.port))
    transport.banner_timeout = target.access.login_timeout
    try:
        with ending(link, deadline):
            transport.start_client()
            return host_key(transport.get_remote_server_key())
    except (SSHException, OSError, EOFError) as error:
        if monotonic() >= deadline:
            raise OverdueError(
                f"no answer of SSH within {target.access.login_timeout:g} s"
            ) from None
        raise TransportError(f"SSH breaks off: {reason(error)}") from None
    finally:
        _shut(link, transport)


def host_key(key: paramiko.PKey) -> HostKey:
    """A key of paramiko as one of ours."""
    return HostKey(kind=key.get_name(), blob=key.asbytes())


def _shut(link: Link, transport: paramiko.Transport | None) -> None:
    """Close a connection; the thread of paramiko has to be through before its socket is no more."""
    link.shut()
    if transport is not None:
        if transport.is_alive():
            transport.join(_SHUT_S)
        transport.close()
    link.close()


def _types(error: BadAuthenticationType) -> str:
    return ", ".join(error.allowed_types) or "nothing"


__all__ = ["HostKeyError", "NetmikoWire", "fetch_host_key", "host_key", "logged_in"]
