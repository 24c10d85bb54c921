"""The smallest list for one of a file, as lines of a configuration, with what it saves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ..errors import InputError
from ..parsers.config.packet_sets import Box
from .acl_files import ListInFile
from .acl_forms import HEADERS, as_line, entries_of
from .acl_minimum import Smallest, smallest
from .policy import as_command

_STEP = 10
"""Between the numbers of lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shrunk:
    """What a list was, in lines and permits, and what it is as `lines` of a configuration.

    `proven`, `ended` as in `Smallest`; `lost_remarks` counts remarks about lines that are gone.
    `permits_now` are the entries that make a pair of SAs on each member.
    """

    name: str
    source: str
    lines: tuple[str, ...]
    lines_before: int
    lines_now: int
    permits_before: int
    permits_now: int
    proven: bool
    ended: bool
    lost_remarks: int

    @property
    def smaller(self) -> bool:
        """Whether the list has fewer lines, or fewer permits, than it had."""
        return (self.lines_now, self.permits_now) < (self.lines_before, self.permits_before)


def shrink(found: ListInFile, *, any_form: bool = False) -> Shrunk:
    """The smallest list for `found`, which is never larger than that.

    Raises InputError for the lists of a policy that has several.
    """
    if found.lists > 1:
        names = found.name.replace("+", ", ")
        raise InputError(
            f"several access lists: {names}", source=found.source, hint="choose with --name"
        )
    least = smallest(found.entries, ipv6=found.ipv6, any_form=any_form)
    if not least.entries and found.written:
        # devices take a list without lines for none, or for one that permits all
        none = entries_of(Box(), "deny", ipv6=found.ipv6)
        least = replace(least, entries=none, origins=((),))
    saved = len(found.written) - len(least.entries)
    if not least.proven or saved < 0 or (saved == 0 and least.permits >= found.permits):
        least = Smallest(
            entries=found.written,
            origins=tuple((each,) for each in found.written),
            proven=True,
            ended=least.ended,
        )
    body = list(_body(found, least))
    remarks = sum(text.startswith("remark") for text, _ in body)
    numbered = _numbered(body, ipv6=found.ipv6)
    permits = least.permits if least.entries != found.written else found.permits
    return Shrunk(
        name=found.name,
        source=found.source,
        lines=(f"{HEADERS[found.kind]} {found.name}", *numbered),
        lines_before=len(found.written),
        lines_now=len(least.entries),
        permits_before=found.permits,
        permits_now=permits,
        proven=True,
        ended=least.ended,
        lost_remarks=len(found.remarks) - remarks,
    )


def _body(found: ListInFile, least: Smallest) -> Iterator[tuple[str, bool]]:
    """The lines, each with whether it is an entry; remarks stand before what they were about."""
    about: dict[int, list[str]] = {}
    places = sorted({each.line.lineno for each in found.written})
    for remark in found.remarks:
        place = next((lineno for lineno in places if lineno > remark.lineno), None)
        words = remark.redacted.split()
        if place is not None and "remark" in words:
            about.setdefault(place, []).append(" ".join(words[words.index("remark") :]))
    for entry, origins in zip(least.entries, least.origins, strict=True):
        for lineno in sorted({each.line.lineno for each in origins}):
            for text in about.pop(lineno, ()):
                yield text, False
        is_written = any(entry is each for each in found.written)
        if is_written and found.kind != "standard":
            yield as_command(entry), True
        else:
            yield as_line(replace(entry, sequence=None), found.kind), True


def _numbered(body: list[tuple[str, bool]], *, ipv6: bool) -> Iterator[str]:
    number = 0
    for text, is_entry in body:
        number += _STEP * is_entry
        if not is_entry:
            yield f" {text}"
        elif ipv6:
            yield f" sequence {number} {text}"
        else:
            yield f" {number} {text}"
