"""What the splitting of material gives: captures, and the files that were left aside."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from ...errors import InputError
from ..commands import Command, resolve

Kind = Literal["show", "config"]

CONFIG_COMMAND = "show running-config"
"""The command whose output has the form of a configuration file."""

TECH_COMMAND = "show tech-support"


@lru_cache(maxsize=4096)
def resolved(command: str) -> Command | None:
    """`command` in full, None when the registry does not know it or it only asks for help."""
    if command.endswith("?"):
        return None
    try:
        return resolve(command)
    except InputError:
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """One command and its output.

    `host` is None where nothing names the device; `command` stands as it was typed. `text` is
    the output alone, free of the terminal's control sequences, still with pager prompts and
    syslog lines. `source` names the file, `first_line` the line (from 1) at which `text` begins
    there.
    """

    host: str | None
    command: str
    text: str
    source: str
    first_line: int

    @property
    def resolved(self) -> Command | None:
        """The command in full, None when the registry does not know it."""
        return resolved(self.command)

    @property
    def kind(self) -> Kind:
        """`config` when `text` is a configuration, for `parse_config`; else `show`."""
        command = self.resolved
        return "config" if command is not None and command.family == "running-config" else "show"

    def source_line(self, lineno: int) -> int:
        """The number in `source` of line `lineno` (from 1) of `text`."""
        return self.first_line + lineno - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A file or folder that gave no capture, and why; `unread` where the system refused it."""

    path: str
    reason: str
    unread: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """All that was found under some paths, in the order of the paths and of names in folders."""

    captures: tuple[Capture, ...]
    skipped: tuple[Skipped, ...]
