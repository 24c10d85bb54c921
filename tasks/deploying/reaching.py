"""Sessions on the devices of a nornir, one at a time and by name."""

from __future__ import annotations

import random
from threading import Lock
from time import monotonic, sleep
from typing import TYPE_CHECKING

from ...errors import DeviceError, TransportError
from ..fleet.schedule import JITTER, Limits
from ..ssh.connection import open_session, options_of
from ..ssh.device import Device
from ..ssh.target import Access, Target
from .models import OpenDevice

if TYPE_CHECKING:
    from nornir.core import Nornir
    from nornir.core.inventory import Host


def open_devices(
    nornir: Nornir, access: Access | None = None, limits: Limits | None = None
) -> OpenDevice:
    """What opens sessions on the hosts of `nornir`, by their names.

    `access` is for what the inventory leaves open. Of `limits` the rate of logins counts, and how
    often it is tried again where a connection does not come about; a refused login never is.
    """
    return _Opener(nornir, access, limits or Limits())


class _Opener:
    def __init__(self, nornir: Nornir, access: Access | None, limits: Limits) -> None:
        self._hosts = nornir.inventory.hosts
        self._access = access
        self._limits = limits
        self._lock = Lock()
        self._next_at = 0.0

    def __call__(self, name: str) -> Device:
        """A session on a device. Raises the kinds of DeviceError, UsageError."""
        host = self._hosts.get(name)
        if host is None:
            raise DeviceError("the inventory does not say how it is reached", device=name)
        tries = 0
        while True:
            self._wait()
            try:
                return self._open(host)
            except TransportError as error:
                tries += 1
                if tries > self._limits.retries or error.begun:
                    raise
            pause = self._limits.backoff_s * 2 ** (tries - 1)
            sleep(pause * (1 + random.uniform(-JITTER, JITTER)))  # noqa: S311 - it spreads load

    def username(self, name: str) -> str:
        """Who logs in to a device."""
        host = self._hosts.get(name)
        return "" if host is None else host.username or ""

    def _open(self, host: Host) -> Device:
        target = Target.of(
            host.hostname,
            host.port,
            host.username,
            host.password,
            options_of(host, self._access),
        )
        try:
            return open_session(target, host.name)
        except DeviceError as error:
            error.device = host.name
            raise

    def _wait(self) -> None:
        """Let as much time pass between logins as was asked for."""
        if not self._limits.rate:
            return
        with self._lock:
            now = monotonic()
            at = max(now, self._next_at)
            self._next_at = at + 1 / self._limits.rate
        sleep(max(at - now, 0.0))
