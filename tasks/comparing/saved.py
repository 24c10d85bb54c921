"""Running configurations that were saved: files and folders as people keep them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from os import PathLike
from pathlib import PurePath

from ...audits.load import COLLECTION_INDEX, config_gap
from ...errors import ParseError
from ...parsers import parse
from ...parsers.records.gdoi_ks_coop import KsCoop
from ...parsers.transcript import Capture, read_paths
from .device_order import acting

_COOP = "gdoi ks coop"


@dataclass(slots=True)
class Saved:
    """What was found of some devices.

    `configs` and `sources` are running configurations and where they stand, by device; `primaries`
    the key servers that say that they are primary, by group. `problems` says of what was left
    aside why.
    """

    configs: dict[str, str] = field(default_factory=dict, repr=False)
    sources: dict[str, str] = field(default_factory=dict)
    primaries: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def read_saved(
    paths: Iterable[str | PathLike[str]], devices: Collection[str], others: Collection[str] = ()
) -> Saved:
    """The configurations of `devices` in files and folders, by the names that they have there.

    Of `others` nothing is said; who else is there is a problem. Names are compared without regard
    to case. A part of a configuration is left aside: what is missing in it may well be on the
    device. Raises InputError for a path that cannot be read.
    """
    reading = read_paths(paths)
    names = {name.lower(): name for name in devices}
    passed = {name.lower() for name in others}.difference(names)
    found = Saved()
    shown: dict[str, KsCoop] = {}
    for skipped in reading.skipped:
        if PurePath(skipped.path).name == COLLECTION_INDEX:
            continue
        found.problems.append(f"{skipped.path}: {skipped.reason}")
    for capture in reading.captures:
        host = (capture.host or "").lower()
        if host in passed:
            continue
        name = names.get(host)
        if capture.kind == "config":
            _config(found, name, capture)
        elif name is not None and capture.resolved is not None and capture.resolved.family == _COOP:
            _coop(found, shown, name, capture)
    found.primaries = acting(shown)
    return found


def _config(found: Saved, name: str | None, capture: Capture) -> None:
    place = f"{capture.source}:{capture.first_line}" if capture.first_line > 1 else capture.source
    if name is None:
        found.problems.append(f"{place}: the intent has no device '{capture.host}'")
        return
    command = capture.resolved
    gap = config_gap(capture.text, command.output_filter if command is not None else None)
    if gap is not None:
        found.problems.append(f"{place}: {gap}")
    elif name in found.configs:
        found.problems.append(f"{place}: {found.sources[name]} is looked at for {name}")
    else:
        found.configs[name], found.sources[name] = capture.text, place


def _coop(found: Saved, shown: dict[str, KsCoop], name: str, capture: Capture) -> None:
    try:
        record = parse(capture.command, capture.text, source=capture.source)
    except ParseError as error:
        found.problems.append(str(error))
        return
    if isinstance(record, KsCoop):
        shown.setdefault(name, record)
