"""Configurations as people keep them: one for each device, with the name that it gets."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from os import PathLike
from pathlib import PurePath

from ...audits.load import COLLECTION_INDEX, config_gap
from ...errors import ParseError
from ...parsers import parse
from ...parsers.config import ConfigLine, DeviceConfig, device_config, parse_config
from ...parsers.records.system import Version
from ...parsers.transcript import Capture, read_paths

_NO_NAME = re.compile(r"[^A-Za-z0-9_.\-]+")
_MAX_NAME = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The configuration of one device.

    `name` is what the intent calls it, `hostname` what it calls itself. `text` stands in `source`
    from `first_line` on. `gap` says why it is not the whole configuration, None where it is.
    `release` is what `show version` said, where that was found, too.
    """

    name: str
    hostname: str | None
    source: str
    text: str = field(repr=False)
    first_line: int
    config: DeviceConfig = field(repr=False)
    gap: str | None = None
    release: str | None = None

    def place(self, line: ConfigLine | None = None) -> str:
        """Where a line stands: `KS1.cfg:42`."""
        return self.source if line is None else f"{self.source}:{line.lineno}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """The devices, and what was left aside with the reason.

    Those with whole configurations stand first, else they stand in the order of their files.
    """

    devices: tuple[Found, ...]
    problems: tuple[str, ...]


def read_material(paths: Iterable[str | PathLike[str]]) -> Material:
    """The devices whose configurations are in files, folders, logs and outputs.

    Raises InputError for a path that cannot be read.
    """
    reading = read_paths(paths)
    problems = [
        f"{skipped.path}: {skipped.reason}"
        for skipped in reading.skipped
        if PurePath(skipped.path).name != COLLECTION_INDEX
    ]
    hosts: dict[str, list[Found]] = {}
    releases: dict[str, str] = {}
    for capture in reading.captures:
        host = capture.host or capture.source
        if capture.kind == "config":
            hosts.setdefault(host.casefold(), []).append(_found(capture, host))
        elif capture.resolved is not None and capture.resolved.family == "version":
            release = _release(capture)
            if release is not None:
                releases.setdefault(host.casefold(), release)
    devices: list[Found] = []
    for host, found in hosts.items():
        kept = _chosen(found, problems)
        devices += [replace(each, release=releases.get(host)) for each in kept]
    # a part of a configuration says less of a device than the whole of it
    devices.sort(key=lambda each: each.gap is not None)
    return Material(devices=tuple(_named(devices)), problems=tuple(problems))


def _found(capture: Capture, host: str) -> Found:
    tree = parse_config(capture.text, capture.source, first_line=capture.first_line)
    command = capture.resolved
    config = device_config(tree)
    return Found(
        name=host,
        hostname=config.hostname,
        source=capture.source,
        text=capture.text,
        first_line=capture.first_line,
        config=config,
        gap=config_gap(capture.text, command.output_filter if command is not None else None),
    )


def _release(capture: Capture) -> str | None:
    try:
        record = parse(capture.command, capture.text, source=capture.source)
    except ParseError:
        return None
    return record.version if isinstance(record, Version) else None


def _chosen(found: Sequence[Found], problems: list[str]) -> list[Found]:
    """The configurations of one host that count: whole ones, else its parts put together.

    Two whole ones are two devices of one name if they have no address in common.
    """
    whole = [each for each in found if each.gap is None]
    if not whole:
        return [_together(found, problems)]
    kept: list[Found] = []
    for each in whole:
        first = next((other for other in kept if _same(each, other)), None)
        if first is None:
            kept.append(each)
        elif each.text != first.text:
            problems.append(f"{_begin(each)}: {_begin(first)} is adopted for {first.name}")
    problems += [f"{_begin(each)}: {each.gap}" for each in found if each.gap is not None]
    return kept


def _together(found: Sequence[Found], problems: list[str]) -> Found:
    """The parts of one file as one; those of other files are left aside."""
    first = found[0]
    same = [each for each in found if each.source == first.source]
    problems += [
        f"{_begin(each)}: {_begin(first)} is adopted for {first.name}"
        for each in found
        if each.source != first.source
    ]
    if len(same) == 1:
        return first
    lines = tuple(line for each in same for line in each.config.tree.lines)
    return replace(
        first,
        text="\n".join(each.text for each in same),
        config=device_config(replace(first.config.tree, lines=lines)),
    )


def _same(one: Found, other: Found) -> bool:
    mine, theirs = _addresses(one), _addresses(other)
    return bool(mine & theirs) or not (mine and theirs)


def _addresses(found: Found) -> set[object]:
    return {
        address.ip
        for interface in found.config.interfaces.values()
        for address in interface.addresses
    }


def _begin(found: Found) -> str:
    return found.source if found.first_line == 1 else f"{found.source}:{found.first_line}"


def _named(devices: Iterable[Found]) -> Iterable[Found]:
    """The devices under names that an intent takes, each its own."""
    taken: set[str] = set()
    for device in devices:
        wanted = _NO_NAME.sub("-", device.hostname or device.name).strip("-._")[:_MAX_NAME]
        name, number = wanted or "device", 2
        while name.casefold() in taken:
            name, number = f"{wanted or 'device'}-{number}", number + 1
        taken.add(name.casefold())
        yield replace(device, name=name)
