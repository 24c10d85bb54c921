"""The software of a device: what runs, what boots next, what lies in its flash."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from ...errors import DeviceError, ParseError, RefusedError
from ...parsers import parse
from ...parsers.records.system import Release, Version
from ...parsers.records.system import release as release_of
from ..ssh.device import Answer, Device
from .model import UnmetError
from .run import Devices

VERSION: Final = "show version"
LINES: Final = "show running-config | include ^boot system|^ip scp server enable"
SAVED_LINES: Final = "show startup-config | include ^boot system"
HASH_S: Final = 1800.0
"""Seconds that an old router may need to hash an image."""
SAVE_S: Final = 180.0
_BOOT: Final = "boot system "
_SCP: Final = "ip scp server enable"
_FILE: Final = re.compile(
    r"^ *\d{1,10} +[-drwx]{4} +(\d{1,15}) [^\n]{1,60}? (\S{1,200})$", re.MULTILINE
)
_FREE: Final = re.compile(r"\((\d{1,16}) bytes free\)")
_DIGEST: Final = re.compile(r"\) ?= ?([0-9A-Fa-f]{32,128})\s*$")
_FAILURE: Final = re.compile(r"^%\s?(?:Error|ERROR)[^\n]{0,200}", re.MULTILINE)
_BOOTS: Final = 0x000F
_IGNORES_STARTUP: Final = 0x0040


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """What `show version` says of the software: its version, the file it came from, its start."""

    version: str
    xe: bool
    file: str
    uptime_s: int
    restarted_at: datetime | None
    register: int | None

    @property
    def release(self) -> Release:
        """The version, as something to compare."""
        return release_of(self.version)

    @property
    def place(self) -> str:
        """The file system that it came from: `bootflash:`."""
        return self.file.partition(":")[0] + ":"

    @property
    def installed(self) -> bool:
        """Whether it came out of packages (install mode), not out of one file (bundle mode)."""
        return self.file.endswith(".conf")

    def is_release(self, wanted: str) -> bool:
        """Whether this is the version `wanted`, however that is written."""
        return same_release(self.version, wanted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Software:
    """All that an upgrade wants to know of a device.

    `boot` are its lines `boot system …`, `scp` whether it takes files by SCP, `files` what is at
    the top of the file system that it boots from, with sizes in bytes, `free` how many bytes are
    left there. With `failure`, a clause that says why, nothing else is known.
    """

    device: str
    running: Running | None = None
    boot: tuple[str, ...] = ()
    scp: bool = False
    files: Mapping[str, int] = field(default_factory=dict)
    free: int | None = None
    failure: str = ""

    @property
    def family(self) -> str | None:
        """How the files of its images begin: `isr4400`, as far as the one that runs tells."""
        if self.running is None:
            return None
        if not self.running.installed:
            return family_of(self.running.file)
        found = {family_of(name) for name in self.files if name.endswith(".pkg")}
        return found.pop() if len(found) == 1 else None

    @property
    def trouble(self) -> str:
        """Why it would not come back as it is; empty where nothing is known to be wrong."""
        register = None if self.running is None else self.running.register
        if register is None:
            return ""
        if not register & _BOOTS:
            return f"its configuration register {register:#x} makes it stay in ROM monitor"
        if register & _IGNORES_STARTUP:
            return f"its configuration register {register:#x} makes it ignore its configuration"
        return ""


def family_of(file: str) -> str:
    """How a file of an image begins: `isr4400` of `bootflash:isr4400-universalk9.17….bin`."""
    return file.rpartition(":")[2].lstrip("/").partition("-")[0]


def same_release(one: str, other: str) -> bool:
    """Whether two ways to write a version mean the same."""
    try:
        return release_of(one) == release_of(other)
    except ValueError:
        return one == other


def running(device: Device) -> Running:
    """What runs on a device. Raises UnmetError where it does not say that."""
    try:
        record = parse(VERSION, device.send(VERSION), source=device.name)
    except ParseError as error:
        raise UnmetError(
            f"its version cannot be read: {error.message}", device=device.name
        ) from None
    if not isinstance(record, Version) or not record.version or not record.image_file:
        raise UnmetError("does not say which image it runs", device=device.name)
    register = record.next_config_register
    return Running(
        version=record.version,
        xe=record.is_xe,
        file=record.image_file,
        uptime_s=record.uptime_s or 0,
        restarted_at=record.restarted_at,
        register=record.config_register if register is None else register,
    )


def software(device: Device) -> Software:
    """All of it. Raises the kinds of `DeviceError`, UnmetError."""
    found = running(device)
    boot, scp = lines(device)
    files, free = directory(device, found.place)
    return Software(device=device.name, running=found, boot=boot, scp=scp, files=files, free=free)


def survey_software(devices: Devices, names: Sequence[str]) -> dict[str, Software]:
    """The software of each device, as many at a time as there may be sessions."""

    def one(name: str) -> Software:
        try:
            device = devices.open(name)
            try:
                return software(device)
            finally:
                with suppress(DeviceError):
                    device.close()
        except (DeviceError, UnmetError) as error:
            return Software(device=name, failure=error.message)

    threads = max(1, min(devices.at_once, len(names)))
    if threads == 1:
        return {name: one(name) for name in names}
    with ThreadPoolExecutor(threads) as pool:
        return dict(zip(names, pool.map(one, names), strict=True))


def lines(device: Device) -> tuple[tuple[str, ...], bool]:
    """Its lines `boot system …`, and whether it takes files by SCP."""
    said = [line.rstrip() for line in device.send(LINES).splitlines()]
    return tuple(line for line in said if line.startswith(_BOOT)), _SCP in said


def saved_lines(device: Device) -> tuple[str, ...]:
    """The lines `boot system …` by which it will boot."""
    said = device.send(SAVED_LINES)
    return tuple(line.rstrip() for line in said.splitlines() if line.startswith(_BOOT))


def directory(device: Device, place: str) -> tuple[dict[str, int], int | None]:
    """The files of a file system with their sizes, and how many bytes are free."""
    text = device.send(f"dir {place}")
    files = {name: int(size) for size, name in _FILE.findall(text)}
    free = _FREE.search(text)
    return files, int(free[1]) if free else None


def digest(device: Device, kind: str, path: str) -> str | None:
    """The hash `md5` or `sha512` of a file as the device reckons it.

    None where it does not know this kind. Raises UnmetError when the file cannot be read.
    """
    try:
        said = device.send(f"verify /{kind} {path}", timeout_s=HASH_S)
    except RefusedError:
        return None
    found = _DIGEST.search(said.rstrip())
    if found is not None:
        return found[1].lower()
    wrong = _FAILURE.search(said)
    raise UnmetError(
        f"does not verify {path}: {wrong[0].strip() if wrong else 'it says nothing of it'}",
        device=device.name,
    )


def delete(device: Device, path: str) -> None:
    """Delete a file; one that is not there is no error."""
    device.dialogue(
        f"delete /force {path}",
        [Answer(question="delete filename"), Answer(question="confirm")],
    )


def file_name(path: str) -> str:
    """The name of a file without its file system."""
    return path.rpartition(":")[2].lstrip("/")


def same_file(one: str, other: str) -> bool:
    """Whether two paths name the same file at the top of a file system."""
    return file_name(one) == file_name(other)
