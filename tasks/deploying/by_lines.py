"""What devices are to be by lines of files in place of an intent: as they are, with these lines.

A file is refused, in one line, for what a deployment cannot take back or must not hold: secrets,
lines that a router asks about, commands that are no configuration, and what stops a group.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import unified_diff
from pathlib import Path
from typing import Final

from ...audits.fix_lines import identity, paths
from ...errors import InputError, UsageError
from ...inventory.models import Intent
from ...inventory.resolve import each_view
from ...parsers.config.redact import redact
from ..comparing.plan import Command
from ..comparing.typed import missing, typed, way_back
from .targets import Target

MAX_BYTES: Final = 1_000_000
_SUFFIX: Final = ".cfg"
_REASONS: Final[tuple[tuple[re.Pattern[str], str], ...]] = tuple(
    (re.compile(pattern, re.ASCII), reason)
    for pattern, reason in (
        (r"(?:end|exit|exit-address-family|quit|do\s.*|configure\s.*)$", "is no configuration"),
        (
            r"(?:no )?(?:crypto key |crypto pki (?:certificate|enroll|authenticate|import|export))",
            "makes or removes keys and certificates",
        ),
        (r"no crypto (?:pki|ca) trustpoint ", "is asked about, and takes certificates away"),
        (
            r"no crypto (?:gdoi|gkm) group |no server local$",
            "lets a device leave a group: that is for the intent, and --remove-group",
        ),
        (r"(?:no )?hostname |(?:no )?banner |no enable |no username |no aaa ", "can lock you out"),
        (r"(?:no )?(?:boot |reload|license |config-register)", "is about the next restart"),
        (r"crypto (?:gdoi|gkm) ks |clear |write|copy |crypto pki crl ", "is no configuration"),
        (r"(?:default) ", "has an effect that the configuration does not tell"),
        (r".*<[A-Za-z][^<>]*>", "has to be filled in"),
    )
)


def read_lines(folder: Path, intent: Intent) -> dict[str, tuple[Command, ...]]:
    """The lines of `folder`, a file `NAME.cfg` for each device, by device.

    Raises UsageError when there are none, InputError for a file that is of no device, and for a
    line that is not entered so.
    """
    if not folder.is_dir():
        raise UsageError(f"--lines: there is no folder {folder}")
    names = {f"{device.name}{_SUFFIX}": device.name for device in intent.devices}
    found = {}
    for path in sorted(folder.glob(f"*{_SUFFIX}")):
        if path.name not in names:
            raise InputError(
                "the intent has no device of this name",
                source=str(path),
                hint=f"call the file NAME{_SUFFIX}, after a device of the intent",
            )
        commands = tuple(_commands(path))
        if commands:
            found[names[path.name]] = commands
    if not found:
        raise UsageError(f"--lines: {folder} has no lines for any device")
    return found


def _commands(path: Path) -> Iterator[Command]:
    source = str(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(error.strerror or str(error), source=source) from None
    if len(data) > MAX_BYTES:
        raise InputError(f"it has more than {MAX_BYTES} bytes", source=source)
    kept: list[str] = []
    for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), 1):
        text = line.strip()
        if not text or text.startswith("!"):
            continue
        if (why := _refusal(text)) or not (text.isascii() and text.isprintable()):
            raise InputError(
                f"'{redact(text)}' {why or 'has characters that routers do not take'}",
                source=source,
                lineno=number,
                hint="leave the line out, and enter it by hand if it is meant",
            )
        if line.startswith(" ") and not kept:
            raise InputError("the block of this line is missing", source=source, lineno=number)
        kept.append(line.rstrip())
    for way in paths(kept):
        yield Command(modes=way[:-1], text=" ".join(way[-1].split()))


def _refusal(text: str) -> str:
    """Why a line is not entered, empty if it may be."""
    if redact(text) != text:
        return "holds a secret: no file of lines does"
    words = " ".join(text.split())
    return next((reason for pattern, reason in _REASONS if pattern.match(words)), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entering:
    """The lines of a file that are not in force on a device: what a `Difference` is to an intent.

    Nothing is compared but these lines, so no group is lost, and no key goes unchecked.
    """

    device: str
    running: str = field(repr=False)
    commands: tuple[Command, ...] = field(repr=False)
    unchecked: tuple[int, ...] = ()
    lost: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def different(self) -> bool:
        """Whether there is any."""
        return bool(self.commands)

    def unified(self, *, context: int = 3) -> tuple[str, ...]:
        """Both configurations in the unified form, without secrets."""
        before, after = (
            [redact(line) for line in typed(self.running, commands).splitlines()]
            for commands in ((), self.commands)
        )
        names = (f"{self.device} running", f"{self.device} with the lines")
        return tuple(unified_diff(before, after, *names, n=context, lineterm=""))


@dataclass(frozen=True, slots=True, kw_only=True)
class LinesTarget(Target):
    """A device that is to have some lines more; `text` is empty."""

    lines: tuple[Command, ...] = ()

    def compared(self, running: str) -> Entering:
        """The lines that are not in force in a running configuration."""
        commands = missing(running, self.lines)
        return Entering(device=self.view.name, running=running, commands=commands)

    def then(self, running: str, commands: Sequence[Command]) -> str:
        """The configuration once the lines are entered."""
        return typed(running, commands)

    def intended(self, running: str) -> str:
        """The configuration once all lines are in force."""
        return typed(running, missing(running, self.lines))

    def inverse(self, running: str) -> tuple[Command, ...]:
        """The lines that lead back to `running` once the others have been entered."""
        commands = missing(running, self.lines)
        return way_back(commands, typed(running, commands), running)

    def back(self, now: str, before: str) -> tuple[Command, ...]:
        """The lines that lead from `now` back to `before`."""
        return way_back(self.lines, now, before)

    @property
    def touched(self) -> tuple[str, ...]:
        """How the global lines begin that are entered or whose blocks are."""
        heads = (command.modes[0] if command.modes else command.text for command in self.lines)
        return tuple(dict.fromkeys(identity((head,))[-1] for head in heads))


def lines_targets(
    intent: Intent, wanted: Mapping[str, Sequence[Command]], beside: Collection[str] = ()
) -> dict[str, Target]:
    """What devices are to be that get lines, and those `beside` that stay as they are."""
    names = {*wanted, *beside}
    return {
        view.name: LinesTarget(view=view, text="", lines=tuple(wanted.get(view.name, ())))
        for view in each_view(intent, names)
    }


__all__ = ["Entering", "LinesTarget", "lines_targets", "read_lines"]
