"""The examples of rules, as devices: small sets of files, each with its place in the name.

`ks1.cfg` is the configuration of device ks1; `ks1/show crypto gdoi ks policy.txt` is what that
device answered to the command.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath

from ..parsers.transcript import Capture
from .engine import Report, run
from .load import fleet_of
from .rule import AnyRule
from .settings import Settings


def captures(files: Mapping[str, str]) -> tuple[Capture, ...]:
    """The files of an example; a line break in front of a text does not count."""
    found = []
    for name, text in files.items():
        path = PurePosixPath(name)
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
    """Look at an example with one rule. What the rule raises passes through."""
    fleet = fleet_of(captures(files))
    return run(fleet, [rule], settings or Settings(), raise_faults=True)
