"""Texts in, a fleet out: what each output that was captured says about which device."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from os import PathLike
from pathlib import PurePath
from typing import TYPE_CHECKING, cast

from ..errors import InputError, ParseError
from .facts import DeviceFacts, Fleet, Shown, Unused

if TYPE_CHECKING:
    from ..parsers.config import DeviceConfig
    from ..parsers.record import Record
    from ..parsers.transcript import Capture
    from ..parsers.transcript.capture import Skipped

COLLECTION_INDEX = "collection.jsonl"
"""The file in a folder of `getvpn collect` that says when each text was printed."""

_PRINTED = re.compile(
    r"^(?:version \d|Current configuration ?:|Building configuration)", re.MULTILINE
)
_NAMED = re.compile(r"^hostname \S", re.MULTILINE)
_END = re.compile(r"^end[ \t\r]*$", re.MULTILINE)
_OTHER_CONFIG = "another configuration of the device is looked at"


_CAPTURES_PER_PROCESS = 1000
"""So many captures are worth a process of their own."""


@dataclass(slots=True)
class _Config:
    """A configuration on its way; `gap` as in `DeviceFacts.config_gap`."""

    config: DeviceConfig
    gap: str | None
    capture: Capture


@dataclass(slots=True)
class _Pile:
    """What belongs to one device, so far."""

    name: str
    configs: list[_Config] = field(default_factory=list)
    shown: list[Shown[Record]] = field(default_factory=list)
    problems: list[InputError] = field(default_factory=list)


def read_fleet(paths: Sequence[str | PathLike[str]], *, configs_only: bool = False) -> Fleet:
    """The fleet that the files and folders `paths` tell of.

    `configs_only` leaves show output aside, without loading its parsers. What cannot be read below
    a folder is a problem of the fleet. Raises InputError for a path that cannot be read, and when
    there is nothing of use under any of them.
    """
    from ..parsers.transcript import read_paths

    reading = read_paths(paths)
    named = {str(path) for path in paths}

    def wanted(skipped: Skipped) -> bool:
        return skipped.unread or skipped.path in named

    fleet = fleet_of(reading.captures, configs_only=configs_only)
    problems = tuple(
        InputError(each.reason, source=each.path) for each in reading.skipped if wanted(each)
    )
    if not fleet.devices:
        what = "no configuration" if configs_only else "neither configuration nor show output"
        source = ", ".join(str(path) for path in paths)
        raise problems[0] if problems else InputError(f"{what} found", source=source)
    skipped = (
        Unused(source=each.path, reason=each.reason)
        for each in reading.skipped
        if not wanted(each) and PurePath(each.path).name != COLLECTION_INDEX
    )
    return replace(fleet, problems=problems, unused=(*fleet.unused, *skipped))


def fleet_of(captures: Iterable[Capture], *, configs_only: bool = False) -> Fleet:
    """The fleet that `captures` are about.

    Captures with one host, in any case, are one device; those without a host are one for each
    file, called as the file. Two whole configurations of different files that claim one host
    are two devices. What cannot be read becomes a problem of its device.
    """
    captures = tuple(captures)
    piles: dict[str, _Pile] = {}
    unused: list[Unused] = []
    # many outputs are the same on all devices; one copy takes less room, and is found by identity
    texts: dict[str, str] = {}
    for capture, found in zip(captures, _read(captures, configs_only), strict=True):
        if isinstance(found, str):
            unused.append(_unused(capture, found))
        elif capture.kind == "config":
            config = cast("DeviceConfig", found)
            _pile(piles, capture).configs.append(_with_gap(config, capture))
        else:
            text = texts.setdefault(capture.text, capture.text)
            _put_show(_pile(piles, capture), capture, text, cast("Record | None", found))
    devices: list[DeviceFacts] = []
    for pile in piles.values():
        devices += _devices(pile, unused)
    return Fleet.of(_uniquely_named(devices), unused=unused)


def _read(
    captures: Sequence[Capture], configs_only: bool
) -> Iterator[DeviceConfig | Record | str | None]:
    """What each capture holds; for many of them all cores are used.

    A text says why a capture is of no use, None that it cannot be read.
    """
    from ..parsers.spreading import halves, processes_for, spread, without_collector

    parts = halves(captures, processes_for(len(captures), _CAPTURES_PER_PROCESS))
    with without_collector():
        read = spread(partial(_read_part, configs_only=configs_only), parts)
    return chain.from_iterable(read)


def _read_part(
    captures: Sequence[Capture], *, configs_only: bool
) -> list[DeviceConfig | Record | str | None]:
    known: dict[tuple[str, str], Record | None] = {}
    found: list[DeviceConfig | Record | str | None] = []
    for capture in captures:
        if capture.kind == "config":
            found.append(_config_of(capture))
        elif configs_only:
            found.append("no configuration")
        elif not _has_record(capture):
            found.append("no parser for this command")
        else:
            # members of a group give the same answer to many commands
            key = capture.command, capture.text
            if key not in known:
                known[key] = _record_of(capture)
            found.append(known[key])
    return found


def config_gap(text: str, output_filter: str | None = None) -> str | None:
    """Why `text` is not the whole configuration of a device; None when it is.

    A configuration is whole when no output filter shortened it and it names the device. What a
    device printed (it has the heading `Current configuration` or a `version` line) must also
    reach the line `end`; what a person wrote need not.
    """
    if output_filter is not None:
        return f"the configuration was shortened by '| {output_filter}'"
    if _PRINTED.search(text):
        return None if _END.search(text) else "the configuration is cut: it has no line 'end'"
    if not _NAMED.search(text):
        return "the text is a part of a configuration: it has no line 'hostname'"
    return None


def _unused(capture: Capture, reason: str) -> Unused:
    return Unused(
        source=capture.source, line=capture.first_line, reason=f"'{capture.command}': {reason}"
    )


def _has_record(capture: Capture) -> bool:
    from ..parsers.registry import FAMILIES

    return capture.resolved is not None and capture.resolved.family in FAMILIES


def _config_of(capture: Capture) -> DeviceConfig:
    from ..parsers.config import device_config, parse_config

    text = _without_stump(capture.text)
    return device_config(parse_config(text, capture.source, first_line=capture.first_line))


def _without_stump(text: str) -> str:
    """A configuration without its last line where the text was cut: it may be half a line."""
    if text.endswith("\n") or not _PRINTED.search(text) or _END.search(text):
        return text
    return text.rpartition("\n")[0]


def _with_gap(config: DeviceConfig, capture: Capture) -> _Config:
    command = capture.resolved
    gap = config_gap(capture.text, command.output_filter if command else None)
    return _Config(config=config, gap=gap, capture=capture)


def _record_of(capture: Capture) -> Record | None:
    """The record of show output, None where there is none."""
    from ..parsers.registry import parse

    try:
        return parse(capture.command, capture.text, source=capture.source)
    except ParseError:
        return None


def _put_show(pile: _Pile, capture: Capture, text: str, record: Record | None) -> None:
    """Put what a device showed on its pile; what cannot be read (None) as a problem.

    `text` is that of the capture.
    """
    from ..parsers.registry import parse

    command = capture.resolved
    if record is None:
        try:
            record = parse(capture.command, capture.text, source=capture.source)
        except ParseError as error:
            pile.problems.append(_in_file(error, capture))
            return
    shown = Shown(
        device=pile.name,
        family=command.family if command else "",
        record=record,
        source=capture.source,
        first_line=capture.first_line,
        text=text,
    )
    pile.shown.append(shown)


def _in_file(error: ParseError, capture: Capture) -> ParseError:
    """`error` with the line number that holds for the file."""
    return ParseError(
        error.message,
        command=error.command,
        source=error.source,
        lineno=None if error.lineno is None else capture.source_line(error.lineno),
        line=error.line,
        expected=error.expected,
        hint=error.hint,
    )


def _pile(piles: dict[str, _Pile], capture: Capture) -> _Pile:
    host, source = capture.host, capture.source
    key = f"file {source}" if host is None else f"host {host.casefold()}"
    if key not in piles:
        piles[key] = _Pile(host or PurePath(source).stem)
    return piles[key]


def _devices(pile: _Pile, unused: list[Unused]) -> list[DeviceFacts]:
    """The device of `pile`: more than one when whole configurations contradict each other."""
    chosen = _chosen(pile.configs, unused)
    first = chosen[0] if chosen else None
    main = DeviceFacts(
        name=pile.name,
        hostname=first.config.hostname if first else None,
        config=first.config if first else None,
        config_gap=first.gap if first else None,
        shown=tuple(pile.shown),
        problems=tuple(pile.problems),
    )
    others = [
        DeviceFacts(
            name=pile.name, hostname=each.config.hostname, config=each.config, config_gap=each.gap
        )
        for each in chosen[1:]
    ]
    return [main, *others]


def _chosen(configs: list[_Config], unused: list[Unused]) -> list[_Config]:
    """The configurations to look at: the whole ones of each file, else the longest part.

    A startup configuration counts where there is no running one. The others go to `unused`.
    """
    files: dict[str, list[_Config]] = {}
    for each in configs:
        files.setdefault(each.capture.source, []).append(each)
    best = [_best(of_file, unused) for of_file in files.values()]
    candidates = [each for each in best if not _is_startup(each)] or best
    wanted = [each for each in candidates if each.gap is None]
    if not wanted:
        wanted = sorted(candidates, key=lambda each: -len(each.config.tree.lines))[:1]
    texts: set[str] = set()
    chosen = []
    for each in best:
        if any(each is one for one in wanted) and each.capture.text not in texts:
            texts.add(each.capture.text)
            chosen.append(each)
        else:
            unused.append(_unused(each.capture, _OTHER_CONFIG))
    return chosen


def _is_startup(each: _Config) -> bool:
    command = each.capture.resolved
    return command is not None and "startup-config" in command.words


def _best(configs: list[_Config], unused: list[Unused]) -> _Config:
    """The last whole configuration of one file, or its parts put together."""
    from ..parsers.config import device_config

    whole = [each for each in configs if each.gap is None]
    if whole:
        others = (each.capture for each in configs if each is not whole[-1])
        unused += (_unused(capture, _OTHER_CONFIG) for capture in others)
        return whole[-1]
    first = configs[0]
    if len(configs) == 1:
        return first
    lines = tuple(line for each in configs for line in each.config.tree.lines)
    return replace(first, config=device_config(replace(first.config.tree, lines=lines)))


def _uniquely_named(devices: Iterable[DeviceFacts]) -> list[DeviceFacts]:
    """The devices; where a name is taken already, with the file behind it."""
    taken: set[str] = set()
    named = []
    for device in devices:
        name, number = device.name, 1
        while name in taken:
            source = device.config.source if device.config and number == 1 else None
            name = f"{device.name} ({source or number})"
            number += 1
        taken.add(name)
        if name == device.name:
            named.append(device)
            continue
        shown = tuple(replace(each, device=name) for each in device.shown)
        named.append(replace(device, name=name, shown=shown, memo={}))
    return named
