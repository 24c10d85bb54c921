"""Devices of an inventory, reached over SSH."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ...errors import DeviceError, UsageError
from ..ssh.connection import open_session, options_of
from ..ssh.copying import Progress, push
from ..ssh.device import Device
from ..ssh.target import Access, Target

if TYPE_CHECKING:
    from nornir.core import Nornir

AT_ONCE: Final = 16


class FleetDevices:
    """The devices of a nornir whose hosts have been given logins; see `credentials.supply`."""

    def __init__(
        self, nornir: Nornir, access: Access | None = None, *, at_once: int = AT_ONCE
    ) -> None:
        self._hosts = nornir.inventory.hosts
        self._access = access
        self.at_once = at_once

    def username(self, name: str) -> str:
        """Who logs in to a host; empty for one that the inventory does not have."""
        host = self._hosts.get(name)
        return "" if host is None else host.username or ""

    def open(self, name: str) -> Device:
        """A session on a host. Raises UsageError for one that the inventory does not have."""
        try:
            return open_session(self._target(name), name)
        except DeviceError as error:
            error.device = name
            raise

    def upload(self, name: str, local: str, remote: str, progress: Progress | None = None) -> None:
        """Copy a file to a host by SCP, over a connection that is verified as that of a session."""
        try:
            push(self._target(name), local, remote, progress)
        except DeviceError as error:
            error.device = name
            raise

    def _target(self, name: str) -> Target:
        host = self._hosts.get(name)
        if host is None:
            raise UsageError(f"the inventory has no device '{name}'")
        options = options_of(host, self._access)
        return Target.of(host.hostname, host.port, host.username, host.password, options)
