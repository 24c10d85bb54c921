"""The examples of rules, as devices: small sets of files, each with its place in the name.

`ks1.cfg` is the configuration of device ks1; `ks1/show crypto gdoi ks policy.txt` is what that
device answered to the command. `getvpn-waivers.toml` are waivers, looked at on `DAY`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import PurePosixPath
from typing import Final

from ..parsers.transcript import Capture
from .comments import comments_of
from .engine import Report, run
from .excusing import excuse
from .load import fleet_of
from .registry import registry
from .rule import AnyRule
from .settings import Settings
from .waivers import FILE_NAME, read_waivers

DAY: Final = date(2026, 1, 1)
"""The day on which examples are looked at."""


def captures(files: Mapping[str, str]) -> tuple[Capture, ...]:
    """The files of an example; a line break in front of a text does not count."""
    found = []
    for name, text in files.items():
        path = PurePosixPath(name)
        if name == FILE_NAME:
            continue
        is_config = path.suffix == ".cfg"
        found.append(
            Capture(
                host=path.stem if is_config else path.parent.name,
                command="show running-config" if is_config else path.stem,
                text=text.removeprefix("\n"),
                source=name,
                first_line=1,
            )
        )
    return tuple(found)


def audit_example(
    rule: AnyRule, files: Mapping[str, str], settings: Settings | None = None
) -> Report:
    """Look at an example with one rule, and with those that its waivers and comments name.

    What a rule raises passes through.
    """
    fleet = fleet_of(captures(files))
    every = registry()
    waivers = read_waivers(files.get(FILE_NAME, "").removeprefix("\n"), FILE_NAME, every)
    named = {each.rule for each in waivers}
    named.update(code for each in comments_of(fleet.devices, every) for code in each.rules)
    rules = [rule, *(every[code] for code in sorted(named))]
    report = run(fleet, rules, settings or Settings(), raise_faults=True)
    return excuse(report, waivers, DAY, every)
