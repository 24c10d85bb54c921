"""A lab that runs: its clock, its routers, and the ports that they listen on."""

import asyncio
import time
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, TypeVar

from ...errors import InputError
from ..clock import Clock, RunningClock
from ..faults import Fault, FaultKind
from ..keys.host_keys import HostKeyKind, HostKeyPool
from ..keys.material import KeyMaterial
from ..keys.work import KeyWork
from ..ssh import SshFront, SshPort
from .file import Credentials, DeviceFile, LabFile
from .generating import LabPlan, as_text
from .host import Host
from .reading import load_file, parse_file
from .steering import Steering
from .world import World, no_device

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..device import Router
    from ..simulation.kernel import Kernel
    from ..simulation.network import Network
    from .inspecting import DeviceState
    from .making import RefusedLine, RouterMaker
    from .neighbourhood import Neighbourhood
    from .overview import LabOverview
    from .watching import LabTraffic

SEED_TIME: Final = 1_767_225_600.0
"""The time of a lab that nobody gave a start and no event loop: 2026-01-01 00:00:00 UTC."""
_REFUSE: Final = Fault(kind=FaultKind.REFUSE)

T = TypeVar("T")
Source = str | Path | LabFile | LabPlan | dict[str, Any]
"""What a lab is made of: text of a lab file, its path, what was read of it, a plan, or data."""


class Lab(Steering):
    """The routers of a lab file, served on SSH between `start` and `stop`.

    Routers that take part in GETVPN boot when the lab begins, the others when they are first asked
    for, by a client or by `lab["KS1"]`. Without `start` a lab begins when it is first used, and its
    clock, which is its kernel, moves by `advance` only. `source` is as for `Lab.of`.
    """

    def __init__(self, source: Source) -> None:
        file = lab_file(source)
        self.file = file
        self.devices: dict[str, DeviceFile] = {device.name: device for device in file.devices}
        self.world = World(file, SEED_TIME if file.start is None else file.start)
        self.clock: Clock = self.kernel
        self._begun = False
        self._neighbourhood: Neighbourhood | None = None
        self._data_plane: LabTraffic | None = None
        self._routers: dict[str, Router] = {}
        self._refused: dict[str, tuple[RefusedLine, ...]] = {}
        self._ports: dict[str, SshPort] = {}
        self._front: SshFront | None = None
        self._key_work = KeyWork()
        self._maker: RouterMaker | None = None
        self._loading: asyncio.Task[None] | None = None
        keys, pool = file.host_keys, None
        if keys.kind != "none":
            pool = HostKeyPool(file.seed, kind=HostKeyKind(keys.kind), bits=keys.bits)
        self._host_keys: dict[str, KeyMaterial] = {
            device.name: pool.reserve()
            for device in file.devices
            if pool is not None and device.host_key
        }

    @classmethod
    def of(cls, source: Source) -> "Lab":
        """A lab from a path, the text of a lab file, its data, what was read of one, or a plan.

        Raises InputError with the place of what is wrong.
        """
        return cls(source)

    @property
    def kernel(self) -> "Kernel":
        """The queue of all that happens in the lab, and the record of it."""
        return self.world.kernel

    @property
    def neighbourhood(self) -> "Neighbourhood":
        """What the routers find at the other ends of their cables."""
        if self._neighbourhood is None:
            from .neighbourhood import Neighbourhood

            self._neighbourhood = Neighbourhood(
                self.network,
                self._routers,
                self.devices,
                self.file.seed,
                self.__getitem__,
                self.world.stations,
            )
        return self._neighbourhood

    @property
    def network(self) -> "Network":
        """The network between the devices."""
        return self.world.network

    @property
    def data_plane(self) -> "LabTraffic":
        """The traffic between the devices."""
        if self._data_plane is None:
            from .sites import LabSites
            from .watching import LabTraffic

            sites = LabSites(self._routers, self.devices, self.__getitem__, self.world.stations)
            gap_s = self.file.parameters.recorded_gap_s
            self._data_plane = LabTraffic(
                self.kernel, self.network, sites.find, sites.members, gap_s
            )
        return self._data_plane

    # ---- serving ----

    async def start(self) -> "Lab":
        """Listen for every device; the clock runs from now on, and devices boot anew.

        The routers of groups have booted when this ends, at the time at which the clock starts.
        Raises InputError if an address cannot be had; then nothing listens.
        """
        self._routers.clear()
        start = time.time() if self.file.start is None else self.file.start
        self.world, self._neighbourhood = World(self.file, start), None
        self._data_plane = None
        self.clock = clock = RunningClock(
            asyncio.get_running_loop(), start, self.file.rate, kernel=self.kernel, held=True
        )
        self._begun = True
        self._front = front = SshFront()
        try:
            for device in self.file.devices:
                self._ports[device.name] = self._listen(front, device)
            self._loading = asyncio.get_running_loop().create_task(_load())
            if any(device.in_group for device in self.file.devices):
                await self._loading
                await self._make_keys()
            self._begin()
            await clock.jump(0.0)
            clock.go()
        except BaseException:
            await self.stop()
            raise
        return self

    async def stop(self) -> None:
        """Close all ports and sessions, and power the routers off."""
        loading, self._loading = self._loading, None
        if loading is not None:
            loading.cancel()
            await asyncio.gather(loading, return_exceptions=True)
        front, self._front = self._front, None
        if front is not None:
            await front.close()
        for router in self._routers.values():
            router.power_off()
        if isinstance(self.clock, RunningClock):
            self.clock.close()
        self._ports.clear()

    async def __aenter__(self) -> "Lab":
        return await self.start()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    # ---- the routers ----

    def __getitem__(self, name: str) -> "Router":
        """The router `name`, booted if it is not yet; KeyError if there is none."""
        self.sync()
        found = self._routers.get(name)
        if found is None:
            found = self._routers[name] = self._made(name)
            port = self._ports.get(name)
            if port is not None:
                # from now on it follows the router
                port.refresh()
        return found

    def refused(self, name: str) -> "tuple[RefusedLine, ...]":
        """The lines of its startup configuration that the device `name` does not take.

        Boots it if it is not yet; KeyError if there is none.
        """
        self[name]  # its first boot tells
        return self._refused.get(name, ())

    def credentials(self, name: str) -> Credentials:
        """Who logs in to the device `name`; KeyError if there is none."""
        return self.devices[name].credentials or self.file.credentials

    def host(self, name: str) -> Host:
        """How the device `name` is reached; KeyError if there is none."""
        device, who = self.devices[name], self.credentials(name)
        port = self._ports.get(name)
        address = port.address if port else (device.address, device.port)
        return Host(
            name=name,
            platform=device.platform,
            address=address[0],
            port=address[1],
            username=who.username,
            password=who.password,
            secret=who.secret,
            algorithms=device.settings.algorithms,
        )

    def hosts(self) -> list[Host]:
        """How each device is reached, in the order of the file."""
        return [self.host(name) for name in self.devices]

    def advance(self, seconds: float) -> None:
        """Let the lab's clock jump ahead, running what becomes due in its order.

        Clients have to wait for it; with `pass_time` they do not.
        """
        self.sync()
        if isinstance(self.clock, RunningClock):
            self.clock.advance(seconds)
        else:
            self.kernel.advance(seconds)

    jump = advance

    async def pass_time(self, seconds: float) -> None:
        """Let the lab's clock jump ahead while clients are served, when its routers have booted."""
        if isinstance(self.clock, RunningClock):
            await asyncio.shield(self.clock.going)
            await self.clock.jump(seconds)
        else:
            self.advance(seconds)

    def sync(self) -> None:
        """Bring the kernel to the present time; the lab begins if it has not."""
        if not self._begun:
            self._begin()
            self.kernel.advance(0.0)
        self.clock.sync()

    def steered(self, work: "Callable[[Lab], T]") -> T:
        """Let `work` do something to the lab, at the present time of its kernel."""
        self.sync()
        return work(self)

    def fault(self, name: str, fault: str | Fault) -> None:
        """Let something go wrong on a device: `drop-after 3`. Raises InputError."""
        self[name].faults.set(fault)

    def known_hosts(self, name: str) -> str:
        """Lines of a `known_hosts` file with the device's host keys; empty if it has none."""
        from asyncssh import import_private_key

        host = self.host(name)
        place = host.address if host.port == 22 else f"[{host.address}]:{host.port}"
        keys = (import_private_key(key) for key in self[name].ssh.host_keys())
        return "".join(f"{place} {key.export_public_key().decode().strip()}\n" for key in keys)

    # ---- power ----

    def power_off(self, name: str) -> None:
        """Take the power from a device."""
        stations = self.world.stations
        if stations is not None and name in stations:
            stations.power_off(name)
        else:
            self._device(name).power_off()

    def power_on(self, name: str) -> None:
        """Give a device its power back."""
        stations = self.world.stations
        if stations is not None and name in stations:
            stations.power_on(name)
        else:
            self._device(name).power_on()

    def inspected(self, name: str) -> "DeviceState":
        """The state of a device."""
        stations = self.world.stations
        if stations is not None and name in stations:
            return stations.state(name)
        from .inspecting import router_state

        return router_state(self._device(name), self.network)

    def surveyed(self) -> "LabOverview":
        """All devices at a glance, and what is wrong in the network."""
        from .overview import overview

        return overview(self, self._routers)

    def _device(self, name: str) -> "Router":
        if not isinstance(name, str) or name not in self.devices:
            raise no_device(name)
        return self[name]

    # ---- inner matters ----

    def _begin(self) -> None:
        """Let the routers of groups boot, in the order of the file, before anything happens."""
        self._begun = True
        for device in self.file.devices:
            if device.in_group:
                self.kernel.post(0.0, self.__getitem__, device.name)
        if self.world.stations is not None:
            self.kernel.post(0.0, self.world.stations.start)

    def _made(self, name: str) -> "Router":
        """The router `name`, booted. The code of routers is not loaded before one is asked for."""
        device, key = self.devices[name], self._host_keys.get(name)
        router, refused = self._routers_maker().make(device, self, key)
        if refused:
            self._refused[name] = refused
        return router

    def _routers_maker(self) -> "RouterMaker":
        if self._maker is None:
            from .making import RouterMaker

            self._maker = RouterMaker(self.file, self._key_work)
        return self._maker

    async def _make_keys(self) -> None:
        """Make the keys of the lab file little by little."""
        for material in self._routers_maker().keys.materials:
            while not material.step():
                await asyncio.sleep(0)

    def _listen(self, front: SshFront, device: DeviceFile) -> SshPort:
        try:
            return front.listen(
                device.address,
                device.port,
                lambda: self[device.name],
                listening=device.name in self._host_keys and _REFUSE not in device.faults,
            )
        except OSError as error:
            raise InputError(
                f"cannot listen on {device.address} port {device.port}: {error.strerror}",
                source=device.name,
                hint=_listen_hint(error),
            ) from error


async def _load() -> None:
    """Load the code of routers while nobody waits for it."""
    await asyncio.sleep(0)
    from ..catalog import loading
    from ..ssh import options  # noqa: F401 - it brings the SSH library

    for _ in loading():
        await asyncio.sleep(0)


def lab_file(source: Source) -> LabFile:
    """The lab file that a path, a text, a plan or data are; raises InputError."""
    match source:
        case LabFile():
            return source
        case LabPlan():
            return parse_file(as_text(source))
        case Path():
            return load_file(source)
        case str():
            if "\n" not in source and source.endswith((".yml", ".yaml")):
                hint = "a text is taken for the lab file itself; give a pathlib.Path"
                raise InputError("this is a path", source=source, hint=hint)
            return parse_file(source)
        case _:
            import yaml

            return parse_file(yaml.safe_dump(source, sort_keys=False))


def _listen_hint(error: OSError) -> str | None:
    import errno

    hints = {
        errno.EADDRINUSE: "another program, perhaps another lab, has this port",
        errno.EACCES: "ports below 1024 are for privileged users: give 'port: 2222'",
        errno.EADDRNOTAVAIL: "this computer does not have the address",
        errno.EMFILE: "each device needs a file descriptor: raise the limit with 'ulimit -n'",
    }
    return hints.get(error.errno or 0)
