"""Getting to know the host keys of devices."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

from ...errors import DeviceError, HostKeyError
from .host_keys import HostKey
from .known_hosts import SSH_PORT, KnownHosts, address
from .target import Access, Target

if TYPE_CHECKING:
    from nornir.core import Nornir

JOBS: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """A device and the key that it shows.

    `state` is `known` when the key is known to be its own, `new` when none is, `changed` when
    another is, `revoked` when nobody may use it any more; `warning` says more. `failure` is set,
    and `key` None, when it shows none.
    """

    name: str
    host: str
    port: int
    key: HostKey | None = None
    state: Literal["known", "new", "changed", "revoked", "failed"] = "failed"
    warning: str = ""
    failure: DeviceError | None = None

    @property
    def address(self) -> str:
        """Where it was met."""
        return address(self.host, self.port)


def meet(nornir: Nornir, access: Access) -> Iterator[Met]:
    """The keys of the devices of `nornir`, in its order; nobody logs in."""
    places = [
        (host.name, host.hostname or host.name, host.port or SSH_PORT)
        for host in nornir.inventory.hosts.values()
    ]
    with ThreadPoolExecutor(min(JOBS, max(len(places), 1))) as pool:
        yield from pool.map(lambda place: _meet(place, access), places)


def remember(met: Met, access: Access) -> None:
    """Record the key of a device as its only one. Raises InputError, OSError."""
    if met.key is not None:
        KnownHosts.of(access.known_hosts).record(met.host, met.port, met.key)


def _meet(place: tuple[str, str, int], access: Access) -> Met:
    from .netmiko_wire import fetch_host_key

    name, host, port = place
    known = KnownHosts.of(access.known_hosts)
    try:
        key = fetch_host_key(Target(host=host, port=port, username="", access=access))
    except DeviceError as error:
        error.device = name
        return Met(name=name, host=host, port=port, failure=error)
    try:
        known.check(host, port, key)
    except HostKeyError as error:
        met = Met(name=name, host=host, port=port, key=key, state="new", warning=error.message)
        if any(entry.revoked and entry.key == key for entry in known.entries(host, port)):
            return replace(met, state="revoked")
        return replace(met, state="changed") if known.kinds(host, port) else met
    return Met(name=name, host=host, port=port, key=key, state="known")
