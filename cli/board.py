"""The board of a watch: the groups as they are now, on a terminal in place, elsewhere in lines."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable, Mapping
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any, Final, Literal, TypedDict

import click

from ..errors import printable
from ..tasks.watching.notices import SCHEMA_VERSION
from .board_drawing import NAMES, Line, board, row
from .output import colored

if TYPE_CHECKING:
    from ..tasks.watching.figures import GroupFigures
    from ..tasks.watching.notices import Notice
    from ..tasks.watching.state import State, WayState

PLAIN_EVERY_S: Final = 600.0
"""Without a terminal nobody looks at figures all the time."""
_ENTER: Final = "\x1b[?1049h\x1b[?25l"
_LEAVE: Final = "\x1b[?25h\x1b[?1049l"
_HOME: Final = "\x1b[H"
_REST_OF_LINE: Final = "\x1b[K"
_REST: Final = "\x1b[J"
_COLORS: Final = {"critical": "red", "warning": "yellow", "info": "cyan"}


class ServerLine(TypedDict):
    """A key server of a group that is watched."""

    answers: bool
    """Whether it answered when it was last looked at; if not, the rest is from before."""
    role: str | None
    """Its part, such as `primary`; None: it does not serve the group, or never answered."""
    members: int | None
    """How many members it knows."""
    peers: dict[str, str]
    """What it thinks of the other key servers, such as `alive`, by name or address."""


class GroupLine(TypedDict):
    """A group after a look: a line of `--format json`."""

    schema_version: int
    """The version of this form, 1."""
    time: str
    """When it was looked at, in ISO 8601 and UTC."""
    kind: Literal["group"]
    """What the line is about."""
    group: str
    """The group."""
    primary: str | None
    """The primary; None: there is none, or more than one."""
    primaries: int
    """How many key servers say that they are primary."""
    members: int | None
    """How many members are registered."""
    kek_expires_at: float | None
    """When the rekey key ends, in UTC seconds since 1970."""
    tek_expires_at: float | None
    """When the first traffic key ends, in UTC seconds since 1970."""
    next_rekey_at: float | None
    """When the next rekey comes, in UTC seconds since 1970."""
    acks_missed: int | None
    """Rekeys in a row that members have not acknowledged, summed up; None: nobody has looked."""
    members_missing_acks: int | None
    """How many members have missed any; None: nobody has looked."""
    sampled: int
    """How many members were logged in to."""
    sampled_well: int
    """With how many of them all is well: they answer, are registered and hold the keys in use."""
    servers: dict[str, ServerLine]
    """The key servers, by name."""


class WayLine(TypedDict):
    """A way out for notices that delivers nothing, or does again: a line of `--format json`."""

    schema_version: int
    """The version of this form, 1."""
    time: str
    """When it was seen, in ISO 8601 and UTC."""
    kind: Literal["way"]
    """What the line is about."""
    name: str
    """The way: `command`, `webhook`, `syslog` or `history`."""
    state: Literal["failing", "delivers"]
    """How it is."""
    text: str
    """Why nothing is delivered; empty if it is."""


class Board:
    """Draws the state in place, on a terminal; a context manager that gives the terminal back.

    `now` gives the time, UTC seconds since 1970.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._state: State | None = None
        self._before: Any = signal.SIG_DFL

    def __enter__(self) -> Board:
        self._before = signal.signal(signal.SIGTSTP, self._stop)
        _write(_ENTER)
        return self

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGTSTP, self._before)
        _write(_LEAVE)
        if self._state is not None and self._state.groups:
            columns = get_terminal_size().columns
            for line in board(self._state, self._now(), columns=columns, over=True):
                click.echo(_styled(line))

    def _stop(self, number: int, frame: object) -> None:
        """Give the terminal back while Ctrl-Z stops the command."""
        del number, frame
        # it may have come while something was written, which must not be entered again
        stdout = sys.stdout.fileno()
        os.write(stdout, _LEAVE.encode())
        os.kill(os.getpid(), signal.SIGSTOP)
        os.write(stdout, _ENTER.encode())

    def told(self, state: State, new: tuple[Notice, ...]) -> None:
        """Draw after a look."""
        del new
        self.tick(state)

    def tick(self, state: State) -> None:
        """Draw, since time has passed."""
        self._state = state
        size = get_terminal_size()
        shown = board(state, self._now(), columns=size.columns, rows=max(size.lines - 1, 1))
        # after the last column the rest of a line would be that column
        lines = (f"{_REST_OF_LINE}{_styled(line)}\r\n" for line in shown)
        _write(_HOME + "".join(lines) + _REST)


class Lines:
    """Tells what happens in lines: what is new, and now and then how the groups are.

    That a way delivers nothing is told once, and that it does again.

    In the form `json` each line is an object: notices as they are passed on, and after each look
    the figures of each group.
    """

    def __init__(self, form: str, write: Callable[[str], object]) -> None:
        self._form = form
        self._write = write
        self._told_at: float | None = None
        self._stuck: set[str] = set()

    def told(self, state: State, new: tuple[Notice, ...]) -> None:
        """Tell after a look."""
        if self._form == "json":
            for notice in new:
                self._write(json.dumps(notice.data()))
            for group in state.groups:
                self._write(json.dumps(plain(group)))
            self._tell_ways(state)
            return
        from ..tasks.clock import utc

        at = utc(state.at)
        for notice in new:
            self._write(f"{utc(notice.at)}  {notice.line()}")
        # a clock that was set back is no reason to wait long
        if self._told_at is None or not 0 <= state.at - self._told_at < PLAIN_EVERY_S:
            self._told_at = state.at
            for group in state.groups:
                self._write(printable(f"{at}  {sentence(group, state.at)}"))
            for name, seen in state.devices.items():
                if seen.failure:
                    self._write(printable(f"{at}  {name} does not answer: {seen.failure}"))
        self._tell_ways(state)

    def _tell_ways(self, state: State) -> None:
        stuck = {name for name, way in state.ways.items() if way.trouble}
        for name in sorted(stuck ^ self._stuck):
            trouble = state.ways[name].trouble
            self._write(self._way(state, name, trouble))
        self._stuck = stuck

    def _way(self, state: State, name: str, trouble: str) -> str:
        from ..tasks.clock import iso, utc

        if self._form == "json":
            told: WayLine = {
                "schema_version": SCHEMA_VERSION,
                "time": iso(state.at),
                "kind": "way",
                "name": name,
                "state": "failing" if trouble else "delivers",
                "text": trouble,
            }
            return json.dumps(told)
        words = f"nothing is delivered: {trouble}" if trouble else "it delivers again"
        return printable(f"{utc(state.at)}  {'warning' if trouble else 'info'} {name}: {words}")


def sentence(group: GroupFigures, now: float) -> str:
    """A group in one line."""
    if not group.reached:
        return f"{group.name}: no key server answers"
    cells = row(group, now)[1:]
    peers = sum(server.alive_peers for server in group.reached)
    known = sum(len(server.peers) for server in group.reached)
    parts = [f"{name} {cell}" for name, cell in zip(NAMES, cells, strict=True)]
    return f"{group.name}: {', '.join(parts)}, peers alive {peers}/{known}"


def undelivered(ways: Mapping[str, WayState]) -> list[str]:
    """What has not gone out on the ways, in a sentence for each."""
    return [
        printable(": ".join(filter(None, (name, f"{lost} not delivered", way.trouble))))
        for name, way in ways.items()
        if (lost := way.waiting + way.dropped)
    ]


def plain(group: GroupFigures) -> GroupLine:
    """The figures of a group for programs."""
    from ..tasks.clock import iso

    return {
        "schema_version": SCHEMA_VERSION,
        "time": iso(group.at),
        "kind": "group",
        "group": group.name,
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


def _styled(line: Line) -> str:
    text, kind = line
    if not kind or not colored():
        return text
    if kind == "head":
        return click.style(text, bold=True)
    return click.style(text, fg=_COLORS[kind])


def _write(text: str) -> None:
    # these are no colours, and are sent however colours are set
    sys.stdout.write(text)
    sys.stdout.flush()
