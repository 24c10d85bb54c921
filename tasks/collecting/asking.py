"""Which commands only ask: a collection sends no others."""

from __future__ import annotations

import re
from typing import Final

from ...errors import UsageError
from ...parsers.config.redact import redact
from ..ssh.terminal import check

VERBS: Final = ("show", "dir", "more")
_SHORTEST: Final = {"show": 2, "dir": 3, "more": 3}
_READERS: Final = ("begin", "count", "exclude", "format", "include", "section")
_WRITERS: Final = re.compile(r"\|\s*(?:a(?:p\w*)?|r(?:e\w*)?|te?e?)\s+\S", re.IGNORECASE)
"""`| append URL`, `| redirect URL` and `| tee URL`, as short as IOS takes them, also behind other
filters; an alternative of a pattern (`include a|tee`) has nothing behind it."""


def only_asks(command: str) -> None:
    """Raise UsageError for a command that could change a device, or that is not one line.

    Asking are `show`, `dir` and `more`, with filters that print; `redirect`, `append` and `tee`
    write a file on the device (Cisco IOS command reference, "show command redirect").
    """
    check(command)
    asked, pipe, filters = command.partition("|")
    word = (asked.split() or [""])[0].lower()
    if not any(verb.startswith(word) and len(word) >= _SHORTEST[verb] for verb in VERBS):
        raise _refused(command, "may change the device")
    chosen = (filters.split() or [""])[0].lower()
    reads = any(name.startswith(chosen) for name in _READERS) and bool(chosen)
    if pipe and not (reads and not _WRITERS.search(command)):
        raise _refused(command, "writes a file, or has a filter that is not known")


def _refused(command: str, why: str) -> UsageError:
    return UsageError(
        f"{redact(command)[:80]!r} {why}, and is not sent",
        hint="devices are only asked: show, dir, more, with the filters " + ", ".join(_READERS),
    )


__all__ = ["VERBS", "only_asks"]
