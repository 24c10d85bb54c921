"""A lab that runs: its clock, its routers, and the ports that they listen on."""

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Any, Final

from ...errors import InputError
from ..clock import Clock, ManualClock, RunningClock
from ..device import Router
from ..faults import Fault, FaultKind
from ..files.images import Image
from ..files.remote import FolderRemote
from ..files.store import FileStore
from ..grammar.grammar import CONCEALED
from ..keys.host_keys import HostKeyKind, HostKeyPool
from ..keys.maker import KeyMaker, SeededKeyMaker, SystemKeyMaker
from ..keys.material import KeyMaterial
from ..keys.pki.lab_authority import LabAuthority
from ..keys.store import KeyStore
from ..platforms import platform_named
from ..shell.loading import Rejected
from ..ssh import SshFront, SshPort
from .file import Credentials, DeviceFile, LabFile
from .host import Host
from .reading import load_file, parse_file
from .startup import Startups

SEED_TIME: Final = 1_767_225_600.0
"""The time of a lab that nobody gave a start and no event loop: 2026-01-01 00:00:00 UTC."""
ENCODING: Final = "latin-1"
_REFUSE: Final = Fault(kind=FaultKind.REFUSE)

Source = str | Path | LabFile | dict[str, Any]
"""What a lab is made of: the text of a lab file, its path, what was read of it, or its data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedLine:
    """A line of a startup configuration that its device did not take.

    It is line `lineno` of `source`, 0 where that cannot be said. `line` holds no secret; `said` is
    what the device says to it.
    """

    device: str
    source: str
    lineno: int
    line: str
    said: str


class Lab:
    """The routers of a lab file, served on SSH between `start` and `stop`.

    A router boots when it is first asked for, by a client or by `lab["KS1"]`. Without `start` the
    routers can be used all the same, on a clock that only `advance` moves. `source` is as for
    `Lab.of`.
    """

    def __init__(self, source: Source) -> None:
        file = lab_file(source)
        self.file = file
        self.devices: dict[str, DeviceFile] = {device.name: device for device in file.devices}
        self.clock: Clock = ManualClock(SEED_TIME if file.start is None else file.start)
        self._routers: dict[str, Router] = {}
        self._refused: dict[str, tuple[RefusedLine, ...]] = {}
        self._ports: dict[str, SshPort] = {}
        self._front: SshFront | None = None
        self._authority = LabAuthority(file.seed)
        self._startups = Startups(Random(f"{file.seed}: lab"))  # noqa: S311 - made again
        keys = file.host_keys
        pool = (
            None
            if keys.kind == "none"
            else HostKeyPool(file.seed, kind=HostKeyKind(keys.kind), bits=keys.bits)
        )
        self._host_keys: dict[str, KeyMaterial] = {
            device.name: pool.reserve()
            for device in file.devices
            if pool is not None and device.host_key
        }

    @classmethod
    def of(cls, source: Source) -> "Lab":
        """A lab from a path, the text of a lab file, its data, or what was read of one.

        Raises InputError with the place of what is wrong.
        """
        return cls(source)

    # ---- serving ----

    async def start(self) -> "Lab":
        """Listen for every device; the clock runs from now on, and devices boot anew.

        Raises InputError if an address cannot be had; then nothing listens.
        """
        self._routers.clear()
        start = time.time() if self.file.start is None else self.file.start
        self.clock = RunningClock(asyncio.get_running_loop(), start, self.file.rate)
        self._front = front = SshFront()
        try:
            for device in self.file.devices:
                self._ports[device.name] = self._listen(front, device)
        except BaseException:
            await self.stop()
            raise
        return self

    async def stop(self) -> None:
        """Close all ports and sessions, and power the routers off."""
        front, self._front = self._front, None
        if front is not None:
            await front.close()
        for router in self._routers.values():
            router.power_off()
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

    def __getitem__(self, name: str) -> Router:
        """The router `name`, booted if it is not yet; KeyError if there is none."""
        found = self._routers.get(name)
        if found is None:
            found = self._routers[name] = self._make(self.devices[name])
            port = self._ports.get(name)
            if port is not None:
                # from now on it follows the router
                port.refresh()
        return found

    def refused(self, name: str) -> tuple[RefusedLine, ...]:
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
        """Let the lab's clock jump ahead, running what becomes due."""
        if not isinstance(self.clock, ManualClock | RunningClock):
            raise TypeError("this clock cannot jump")
        self.clock.advance(seconds)

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

    # ---- inner matters ----

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

    def _make(self, device: DeviceFile) -> Router:
        platform = platform_named(device.platform)
        files = FileStore(platform.layout(), now=self.clock.now())
        router = Router(
            device.name,
            platform,
            self.clock,
            files=files,
            keys=KeyStore(self._key_maker(device.name), redundancy=platform.family == "xe"),
            behaviour=device.settings,
            seed=self.file.seed,
        )
        router.authority = self._authority
        files.disk_full = lambda: router.faults.disk_full
        self._store_images(router, device)
        if self.file.files is not None:
            router.remote = FolderRemote(self.file.files)
        text, added = self._startups.completed(device, self.credentials(device.name))
        files.save_startup(text.encode(ENCODING, "replace"))
        rejected = router.boot().rejected
        if rejected:
            self._refused[device.name] = tuple(_refused(device, line, added) for line in rejected)
        if device.name in self._host_keys:
            router.deliver_host_key(self._host_keys[device.name])
        for fault in device.faults:
            router.faults.set(fault)
        return router

    def _store_images(self, router: Router, device: DeviceFile) -> None:
        """Put the software that it runs and the other images into the flash."""
        platform, now = router.platform, self.clock.now()
        usual = Image(
            family=platform.image_family, version=platform.version, size=platform.image_bytes
        )
        images = {platform.image: usual}
        for each in device.images:
            images[each.file] = Image(
                family=each.family or platform.image_family,
                version=each.version,
                size=each.size or platform.image_bytes,
            )
        for name, image in images.items():
            router.files.write(platform.hardware.flash + name, image, now)

    def _key_maker(self, name: str) -> KeyMaker:
        """Keys that follow from the seed; from the system where the lab has none."""
        if not self.file.seed:
            return SystemKeyMaker()
        return SeededKeyMaker(Random(f"{self.file.seed}: keys of {name}"))  # noqa: S311


def _refused(device: DeviceFile, rejected: Rejected, added: int) -> RefusedLine:
    """A line that a device refused; `added` lines stand before the first of its own."""
    said = rejected.said
    for word in set(rejected.line.split()) - set(rejected.kept.split()):
        said = said.replace(word, CONCEALED)
    return RefusedLine(
        device=device.name,
        source=device.startup_source,
        lineno=device.startup_line and device.startup_line + rejected.lineno - added - 1,
        line=rejected.kept.strip(),
        said=said,
    )


def lab_file(source: Source) -> LabFile:
    """The lab file that a path, a text or data are; raises InputError."""
    match source:
        case LabFile():
            return source
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
