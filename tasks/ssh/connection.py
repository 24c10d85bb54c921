"""The connection plugin of nornir: `task.host.get_connection("getvpn", …)` gives a `Device`.

It is registered by an entry point, so it must not load the libraries of SSH before a session is
opened.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from ...errors import DeviceError, TransportError
from .session import Session
from .target import ACCESS_OPTIONS, Access, Target, Wire

if TYPE_CHECKING:
    from nornir.core.configuration import Config
    from nornir.core.inventory import Host
    from nornir.core.task import Task

CONNECTION: Final = "getvpn"
STOPPING: Final = "getvpn_stopping"
"""An attribute of tasks: the event that says that the run is being broken off."""
_SECRETS_OF: Final = ("netmiko", "scrapli")
"""Connections of other plugins, whose options an inventory may have already."""


class GetvpnConnection:
    """A session of ours as nornir's plugin of connections.

    The options of the connection (`extras`) are the fields of `Access`, and `secret` and
    `passphrase`.
    """

    def __init__(self) -> None:
        self._session: Session | None = None

    def open(
        self,
        hostname: str | None,
        username: str | None,
        password: str | None,
        port: int | None,
        platform: str | None,
        extras: dict[str, Any] | None = None,
        configuration: Config | None = None,
    ) -> None:
        """Log in. Raises the kinds of `DeviceError`, UsageError for what is missing."""
        target = Target.of(hostname, port, username, password, extras or {})
        self._session = open_session(target)

    def close(self) -> None:
        """End the session."""
        session, self._session = self._session, None
        if session is not None:
            session.close()

    @property
    def connection(self) -> Session:
        """The session, a `Device`."""
        if self._session is None:
            raise TransportError("the session is not open")
        return self._session


def open_session(target: Target, name: str | None = None) -> Session:
    """A session on `target`, logged in; `name` is what errors call it, its address by default."""
    wire = wire_class(target.access.transport)
    session = Session(
        name or target.address,
        lambda: wire(target),
        timeouts=target.access.timeouts,
        secret=target.secret,
    )
    return session.open()


def wire_class(transport: str) -> Callable[[Target], Wire]:
    """What opens terminals over `transport`. Raises UsageError when it is not installed.

    Its libraries are loaded: that takes longer than some time-outs.
    """
    if transport == "scrapli":
        from .scrapli_wire import ScrapliWire, driver_class

        driver_class()
        return ScrapliWire
    from .netmiko_wire import NetmikoWire

    return NetmikoWire


def device_of(task: Task, access: Access | None = None) -> Session:
    """The session on the device of `task`, opened if it is not yet.

    `access` is for what the inventory leaves open. Raises the kinds of `DeviceError` with the name
    that the inventory gives the device.
    """
    host = task.host
    if CONNECTION not in host.connections:
        register()
        try:
            host.open_connection(CONNECTION, task.nornir.config, extras=options_of(host, access))
        except DeviceError as error:
            error.device = host.name
            raise
        if is_broken_off(task):
            host.close_connection(CONNECTION)
            raise TransportError("the run is broken off", device=host.name)
    session: Session = host.connections[CONNECTION].connection
    session.name = host.name
    return session


def is_broken_off(task: Task | None) -> bool:
    """Whether the runner has said so, to the task or to one that it is a part of."""
    while task is not None:
        stopping = getattr(task, STOPPING, None)
        if stopping is not None:
            return bool(stopping.is_set())
        task = task.parent_task
    return False


def register() -> None:
    """Make the plugin known to a nornir that was made without its `InitNornir`."""
    from nornir.core.plugins.connections import ConnectionPluginRegister

    ConnectionPluginRegister.register(CONNECTION, GetvpnConnection)


def options_of(host: Host, access: Access | None = None) -> dict[str, Any]:
    """The options of the connection to `host`: `access`, and before it what the inventory says.

    The secret of `enable` is also taken from the options for netmiko or scrapli.
    """
    options = {} if access is None else {name: getattr(access, name) for name in ACCESS_OPTIONS}
    options |= host.get_connection_parameters(CONNECTION).extras or {}
    for other in _SECRETS_OF:
        if "secret" not in options:
            extras = host.get_connection_parameters(other).extras or {}
            with suppress(KeyError):
                options["secret"] = extras["secret"]
    return options
