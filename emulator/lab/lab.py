"""A lab that runs: its clock, its routers, and the ports that they listen on."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Any

from ..clock import Clock, ManualClock, RunningClock
from ..device import Router
from ..faults import Fault
from ..files.images import Image
from ..files.remote import FolderRemote
from ..files.store import FileStore
from ..keys.host_keys import HostKeyKind, HostKeyPool
from ..keys.maker import KeyMaker, SeededKeyMaker, SystemKeyMaker
from ..keys.material import KeyMaterial
from ..keys.passwords import hash_password
from ..keys.store import KeyStore
from ..platforms import platform_named
from ..ssh import SshFront, SshPort
from .file import DeviceFile, LabFile, load_file, parse_file
from .host import Host

SEED_TIME = 1_767_225_600.0
"""The time of a lab that nobody gave a start and no event loop: 2026-01-01 00:00:00 UTC."""
SECRET_TYPE = 9


class Lab:
    """The routers of a lab file, served on SSH between `start` and `stop`.

    A router boots when it is first asked for, by a client or by `lab["KS1"]`. Without `start` the
    routers can be used all the same, on a clock that only `advance` moves.
    """

    def __init__(self, file: LabFile) -> None:
        self.file = file
        self.devices: dict[str, DeviceFile] = {device.name: device for device in file.devices}
        self.clock: Clock = ManualClock(SEED_TIME if file.start is None else file.start)
        self._routers: dict[str, Router] = {}
        self._ports: dict[str, SshPort] = {}
        self._front: SshFront | None = None
        self._random = Random(f"{file.seed}: lab")  # noqa: S311 - a lab can be made again
        self._user_lines: str | None = None
        keys = file.host_keys
        self._pool = (
            None
            if keys.kind == "none"
            else HostKeyPool(file.seed, kind=HostKeyKind(keys.kind), bits=keys.bits)
        )
        self._host_keys: dict[str, KeyMaterial] = {
            device.name: self._pool.reserve()
            for device in file.devices
            if self._pool is not None and device.host_key
        }

    @classmethod
    def of(cls, source: "str | Path | LabFile | dict[str, Any]") -> "Lab":
        """A lab from a path, the text of a lab file, its data, or what was read of one."""
        match source:
            case LabFile():
                return cls(source)
            case Path():
                return cls(load_file(source))
            case str():
                return cls(parse_file(source))
            case _:
                import yaml

                return cls(parse_file(yaml.safe_dump(source, sort_keys=False)))

    # ---- serving ----

    async def start(self) -> "Lab":
        """Listen for every device; the clock runs from now on. Raises OSError."""
        loop = asyncio.get_running_loop()
        start = self.file.start
        if start is None:
            import time

            start = time.time()
        self.clock = RunningClock(loop, start, self.file.rate)
        self._front = SshFront()
        for device in self.file.devices:
            self._ports[device.name] = self._front.listen(
                device.address,
                device.port,
                self._supplier(device.name),
                listening=device.name in self._host_keys,
            )
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
        return found

    def host(self, name: str) -> Host:
        """How the device `name` is reached; KeyError if there is none."""
        device, who = self.devices[name], self.file.credentials
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

    def known_hosts_line(self, name: str) -> str:
        """The line for a `known_hosts` file with the device's host key; empty without one."""
        from asyncssh import import_private_key

        host = self.host(name)
        return "".join(
            f"[{host.address}]:{host.port} "
            + import_private_key(key).export_public_key().decode().rsplit(" ", 1)[0]
            + "\n"
            for key in self[name].ssh.host_keys()
        )

    # ---- inner matters ----

    def _supplier(self, name: str) -> Callable[[], Router]:
        return lambda: self[name]

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
        files.disk_full = lambda: router.faults.disk_full
        image = Image(
            family=platform.image_family, version=platform.version, size=platform.image_bytes
        )
        files.write(platform.hardware.flash + platform.image, image, self.clock.now())
        files.save_startup(self._startup(device).encode("latin-1", "replace"))
        if self.file.files is not None:
            router.remote = FolderRemote(self.file.files)
        router.boot()
        if device.name in self._host_keys:
            router.deliver_host_key(self._host_keys[device.name])
        for fault in device.faults:
            router.faults.set(fault)
        return router

    def _key_maker(self, name: str) -> KeyMaker:
        """Keys that follow from the seed; from the system where the lab has none."""
        if not self.file.seed:
            return SystemKeyMaker()
        return SeededKeyMaker(Random(f"{self.file.seed}: keys of {name}"))  # noqa: S311

    def _startup(self, device: DeviceFile) -> str:
        """The device's configuration; with the lab's user if it names none."""
        text = device.startup
        lines = text.splitlines()
        if any(line.startswith("username ") for line in lines):
            return text
        body = [line for line in lines if line.strip() != "end"]
        if not any(line.startswith("hostname ") for line in body):
            body.insert(0, f"hostname {device.name}")
        return "\n".join(body) + "\n" + self._login_lines(body) + "end\n"

    def _login_lines(self, body: list[str]) -> str:
        if self._user_lines is None:
            who = self.file.credentials
            hashed = hash_password(SECRET_TYPE, who.password, self._random)
            self._user_lines = (
                f"username {who.username} privilege {who.privilege} secret {SECRET_TYPE} {hashed}\n"
                "line vty 0 15\n login local\n transport input ssh\n"
            )
            if who.secret:
                enable = hash_password(SECRET_TYPE, who.secret, self._random)
                self._user_lines += f"enable secret {SECRET_TYPE} {enable}\n"
        if any(line.startswith("enable ") for line in body):
            return "".join(
                line
                for line in self._user_lines.splitlines(keepends=True)
                if not line.startswith("enable ")
            )
        return self._user_lines
