"""The board of a watch: the groups as they are now, on a terminal in place, elsewhere in lines."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Final

import click

from ..errors import printable
from ..tasks.procedures.plan_text import duration
from .output import colored

if TYPE_CHECKING:
    from ..tasks.watching.figures import GroupFigures, ServerFigures
    from ..tasks.watching.notices import Notice
    from ..tasks.watching.state import State

PLAIN_EVERY_S: Final = 600.0
"""Without a terminal nobody looks at figures all the time."""
EVENTS_SHOWN: Final = 8
_ENTER: Final = "\x1b[?1049h\x1b[?25l"
_LEAVE: Final = "\x1b[?25h\x1b[?1049l"
_HOME: Final = "\x1b[H"
_REST_OF_LINE: Final = "\x1b[K"
_REST: Final = "\x1b[J"
_COLORS: Final = {"critical": "red", "warning": "yellow", "info": "cyan"}
_HEADINGS: Final = (
    "GROUP", "PRIMARY", "MEMBERS", "KEK ENDS", "TEK ENDS", "REKEY IN", "ACKS MISSED", "SAMPLE",
)  # fmt: skip
_TIMES: Final = ("KEK ends in", "TEK ends in", "rekey in")
Line = tuple[str, str]
"""A line, and what colours it: a severity, `head`, or nothing."""


class Board:
    """Draws the state in place, on a terminal; a context manager that gives the terminal back.

    `now` gives the time, UTC seconds since 1970.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._state: State | None = None

    def __enter__(self) -> Board:
        _write(_ENTER)
        return self

    def __exit__(self, *_: object) -> None:
        _write(_LEAVE)
        if self._state is not None:
            width = get_terminal_size().columns
            for line in board(self._state, self._now()):
                click.echo(_styled(line, width))

    def told(self, state: State, new: tuple[Notice, ...]) -> None:
        """Draw after a look."""
        del new
        self.tick(state)

    def tick(self, state: State) -> None:
        """Draw, since time has passed."""
        self._state = state
        size = get_terminal_size()
        lines = [_styled(line, size.columns) for line in board(state, self._now())]
        shown = lines[: max(size.lines - 1, 1)]
        _write(_HOME + "".join(f"{line}{_REST_OF_LINE}\r\n" for line in shown) + _REST)


class Lines:
    """Tells what happens in lines: what is new, and now and then how the groups are.

    In the form `json` each line is an object: notices as they are passed on, and after each look
    the figures of each group.
    """

    def __init__(self, form: str, write: Callable[[str], object]) -> None:
        self._form = form
        self._write = write
        self._told_at: float | None = None

    def told(self, state: State, new: tuple[Notice, ...]) -> None:
        """Tell after a look."""
        if self._form == "json":
            for notice in new:
                self._write(json.dumps(notice.data()))
            for group in state.groups:
                self._write(json.dumps(plain(group)))
            return
        from ..tasks.clock import utc

        at = utc(state.at)
        for notice in new:
            self._write(f"{utc(notice.at)}  {notice.line()}")
        if self._told_at is None or state.at - self._told_at >= PLAIN_EVERY_S:
            self._told_at = state.at
            for group in state.groups:
                self._write(printable(f"{at}  {sentence(group, state.at)}"))
            for name, seen in state.devices.items():
                if seen.failure:
                    self._write(printable(f"{at}  {name} does not answer: {seen.failure}"))


def board(state: State, now: float) -> Iterator[Line]:
    """The lines of the board at the time `now`."""
    from ..tasks.clock import utc

    silent = sum(bool(seen.failure) for seen in state.devices.values())
    parts = [utc(now), _count(len(state.groups), "group")]
    parts.append(_count(len(state.devices), "key server"))
    parts += [f"{silent} without an answer"] if silent else []
    parts.append(f"next look in {duration(state.next_at - now)}")
    yield "getvpn watch  " + ", ".join(parts), "head"
    yield "", ""
    rows = [_HEADINGS, *(_row(group, now) for group in state.groups)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for index, row in enumerate(rows):
        text = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield text.rstrip(), "head" if not index else ""
        if index:
            yield from (_server(state, each) for each in state.groups[index - 1].servers)
    yield "", ""
    yield f"alerts: {len(state.alerts) or 'none'}", "head"
    for alert in state.alerts:
        where = ", ".join(part for part in (alert.device, alert.group) if part)
        lasts = duration(now - alert.since)
        head = f"  {alert.severity} {alert.rule} {where}"
        yield f"{head} for {lasts}: {alert.text}", alert.severity
    for name, way in state.ways.items():
        if way.trouble:
            yield f"  {name}: {way.waiting} wait: {way.trouble}", "warning"
    yield "", ""
    yield "last events", "head"
    for notice in reversed(state.events[-EVENTS_SHOWN:]):
        color = "" if notice.severity == "info" else notice.severity
        yield f"  {utc(notice.at)}  {notice.line()}", color


def sentence(group: GroupFigures, now: float) -> str:
    """A group in one line."""
    names = ("primary", "members", *_TIMES, "ACKs missed", "sample")
    cells = _row(group, now)[1:]
    peers = sum(server.alive_peers for server in group.reached)
    known = sum(len(server.peers) for server in group.reached)
    parts = [f"{name} {cell}" for name, cell in zip(names, cells, strict=True)]
    return f"{group.name}: {', '.join(parts)}, peers alive {peers}/{known}"


def plain(group: GroupFigures) -> dict[str, object]:
    """The figures of a group for programs; times are UTC seconds since 1970."""
    return {
        "kind": "group",
        "group": group.name,
        "at": round(group.at, 3),
        "primary": group.primary,
        "primaries": group.primaries,
        "members": group.members,
        "kek_expires_at": group.kek_expires_at,
        "tek_expires_at": group.tek_expires_at,
        "next_rekey_at": group.next_rekey_at,
        "acks_missed": None if group.acks is None else group.acks.missed,
        "members_missing_acks": None if group.acks is None else group.acks.missing,
        "sampled": group.sampled,
        "sampled_well": group.well,
        "servers": {
            server.name: {
                "answers": server.reached,
                "role": server.role or None,
                "members": server.members,
                "peers": dict(server.peers),
            }
            for server in group.servers
        },
    }


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _row(group: GroupFigures, now: float) -> tuple[str, ...]:
    acks = group.acks
    primary = group.primary or ("-" if not group.primaries else f"{group.primaries} at once")
    return (
        group.name,
        primary,
        "-" if group.members is None else str(group.members),
        _left(group.kek_expires_at, now),
        _left(group.tek_expires_at, now),
        _left(group.next_rekey_at, now),
        "-" if acks is None else f"{acks.missed} by {acks.missing}",
        f"{group.well}/{group.sampled}" if group.sampled else "-",
    )


def _left(at: float | None, now: float) -> str:
    return "-" if at is None else duration(at - now)


def _server(state: State, server: ServerFigures) -> Line:
    if not server.reached:
        seen = state.devices.get(server.name)
        why = seen.failure if seen is not None else ""
        return printable(f"  {server.name}: does not answer: {why}"), "critical"
    parts = [server.role or "does not serve the group"]
    parts += [] if server.members is None else [_count(server.members, "member")]
    parts += [f"{name} {status}" for name, status in server.peers.items()]
    bad = server.alive_peers < len(server.peers) or server.role not in {"primary", "secondary"}
    return printable(f"  {server.name}: {', '.join(parts)}"), "warning" if bad else ""


def _styled(line: Line, width: int) -> str:
    text, kind = line
    text = printable(text)[: max(width - 1, 1)]
    if not kind or not colored():
        return text
    if kind == "head":
        return click.style(text, bold=True)
    return click.style(text, fg=_COLORS[kind])


def _write(text: str) -> None:
    # these are no colours, and are sent however colours are set
    sys.stdout.write(text)
    sys.stdout.flush()
