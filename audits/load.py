"""Texts in, a fleet out: what each output that was captured says about which device."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import TYPE_CHECKING, Protocol

from ..errors import InputError, ParseError
from .facts import DeviceFacts, Fleet, Shown

if TYPE_CHECKING:
    from ..parsers.config import DeviceConfig
    from ..parsers.record import Record

CONFIG_FAMILY = "running-config"
CONFIG_COMMAND = "show running-config"

_PRINTED = re.compile(
    r"^(?:version \d|Current configuration ?:|Building configuration)", re.MULTILINE
)
_NAMED = re.compile(r"^hostname \S", re.MULTILINE)
_END = re.compile(r"^end[ \t\r]*$", re.MULTILINE)


class Output(Protocol):
    """The text of one command of one device, as `parsers.transcript` finds it.

    `host` is None where nothing tells the device. `first_line` is the number of the first line
    of `text` in `source`.
    """

    @property
    def host(self) -> str | None:
        """The device."""

    @property
    def command(self) -> str | None:
        """The command; None where nothing tells it."""

    @property
    def text(self) -> str:
        """What the device answered."""

    @property
    def source(self) -> str:
        """The file."""

    @property
    def first_line(self) -> int:
        """Where in the file it starts."""


@dataclass(slots=True)
class _Config:
    """A configuration on its way; `gap` as in `DeviceFacts.config_gap`."""

    config: DeviceConfig
    gap: str | None
    first_line: int
    command: str
    text: str

    @property
    def source(self) -> str:
        return self.config.source


@dataclass(slots=True)
class _Pile:
    """What belongs to one device, so far."""

    name: str
    configs: list[_Config] = field(default_factory=list)
    shown: list[Shown[Record]] = field(default_factory=list)
    problems: list[InputError] = field(default_factory=list)


def fleet_of(outputs: Iterable[Output]) -> Fleet:
    """The fleet that `outputs` are about.

    Outputs with one host, in any case, are one device; a file whose text does not name a device
    is a device of its own, called as the file. Two whole configurations of different files that
    claim one host are two devices. What cannot be read becomes a problem of its device.
    """
    piles: dict[str, _Pile] = {}
    ignored: list[tuple[str, int, str]] = []
    for output in outputs:
        try:
            family, output_filter = _family(output)
        except InputError:
            ignored.append((output.source, output.first_line, output.command or ""))
            continue
        if family == CONFIG_FAMILY:
            config = _read_config(output, output_filter)
            host = output.host or config.config.hostname
            _pile(piles, host, output.source).configs.append(config)
        else:
            _read_show(piles, output, family)
    devices: list[DeviceFacts] = []
    for pile in piles.values():
        devices += _devices(pile, ignored)
    return Fleet.of(_uniquely_named(devices), ignored=ignored)


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


def _family(output: Output) -> tuple[str, str | None]:
    """The family of the command and its output filter. Raises InputError for unknown commands."""
    if output.command == CONFIG_COMMAND:
        return CONFIG_FAMILY, None
    from ..parsers.commands import resolve

    command = resolve(output.command or "")
    if command.family != CONFIG_FAMILY:
        from ..parsers.registry import FAMILIES

        if command.family not in FAMILIES:
            raise InputError(f"'{command}' is not read")
    return command.family, command.output_filter


def _read_config(output: Output, output_filter: str | None) -> _Config:
    from ..parsers.config import device_config, parse_config

    tree = parse_config(output.text, output.source, first_line=output.first_line)
    return _Config(
        config=device_config(tree),
        gap=config_gap(output.text, output_filter),
        first_line=output.first_line,
        command=output.command or "",
        text=output.text,
    )


def _read_show(piles: dict[str, _Pile], output: Output, family: str) -> None:
    from ..parsers.registry import parse

    try:
        record = parse(output.command or "", output.text, source=output.source)
    except ParseError as error:
        _pile(piles, output.host, output.source).problems.append(_moved(error, output.first_line))
        return
    pile = _pile(piles, output.host or record.hostname, output.source)
    pile.shown.append(
        Shown(
            device=pile.name,
            family=family,
            record=record,
            source=output.source,
            first_line=output.first_line,
            text=output.text,
        )
    )


def _moved(error: ParseError, first_line: int) -> ParseError:
    """`error` with the line number that holds for the file."""
    return ParseError(
        error.message,
        command=error.command,
        source=error.source,
        lineno=None if error.lineno is None else error.lineno + first_line - 1,
        line=error.line,
        expected=error.expected,
        hint=error.hint,
    )


def _pile(piles: dict[str, _Pile], host: str | None, source: str) -> _Pile:
    key = source if host is None else f"host {host.casefold()}"
    if key not in piles:
        piles[key] = _Pile(host or PurePath(source).stem)
    return piles[key]


def _devices(pile: _Pile, ignored: list[tuple[str, int, str]]) -> list[DeviceFacts]:
    """The device of `pile`: more than one when whole configurations contradict each other."""
    chosen = _chosen(pile.configs, ignored)
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


def _chosen(configs: list[_Config], ignored: list[tuple[str, int, str]]) -> list[_Config]:
    """The configurations to look at: the last whole one of each file, else all parts of one file.

    A startup configuration counts where there is no running one. The others go to `ignored`.
    """
    files: dict[str, list[_Config]] = {}
    for each in configs:
        files.setdefault(each.source, []).append(each)
    best = [_best(of_file, ignored) for of_file in files.values()]
    running = [each for each in best if "start" not in each.command] or best
    whole = [each for each in running if each.gap is None]
    if not whole:
        whole = sorted(running, key=lambda each: -len(each.config.tree.lines))[:1]
    texts: set[str] = set()
    chosen = []
    for each in best:
        if any(each is one for one in whole) and each.text not in texts:
            texts.add(each.text)
            chosen.append(each)
        else:
            ignored.append((each.source, each.first_line, each.command))
    return chosen


def _best(configs: list[_Config], ignored: list[tuple[str, int, str]]) -> _Config:
    """The last whole configuration of one file, or its parts put together."""
    from ..parsers.config import device_config

    whole = [each for each in configs if each.gap is None]
    if whole:
        ignored += [
            (each.source, each.first_line, each.command)
            for each in configs
            if each is not whole[-1]
        ]
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
            source = device.config.source if device.config else None
            name = (
                f"{device.name} ({source})" if source and number == 1 else f"{device.name}-{number}"
            )
            number += 1
        taken.add(name)
        shown = tuple(replace(each, device=name) for each in device.shown)
        named.append(replace(device, name=name, shown=shown))
    return named
