"""The session channel of a connection: a command line, one command, or a copy."""

import asyncio
import re
import sys
from collections.abc import Callable
from typing import Final, Protocol

import asyncssh

from .contracts import Login, SshRouter, TerminalSession, VtyLine
from .failures import report
from .output import CHUNK, HIGH_WATER, Output
from .scp import ScpRequest, Transfer

_ENTER: Final = re.compile(rb"[\r\n]")
_NO_COMMAND: Final = b" \0"
_LARGEST: Final = 0xFFFF
_EARLY_LIMIT: Final = 64 * 1024
_LINGER_S: Final = 10.0


class ClientConnection(Protocol):
    """What a channel needs of the connection that it is part of."""

    def hang_up(self) -> None:
        """Close it after what has been sent."""
        ...

    def attach(self, output: Output | None) -> None:
        """Tell `output` from now on when the client takes no bytes."""
        ...


class RouterChannel(asyncssh.SSHServerChannel[bytes]):
    """The library's channel, without what a router has no use for."""

    def log_sent_packet(self, *args: object) -> None:
        """Say nothing; the library would look for names first."""

    def log_received_packet(self, *args: object) -> None:
        """Say nothing."""

    def _process_env_request(self, packet: object) -> bool:
        """Refuse an environment variable: IOS has none."""
        return False


class Terminal(asyncssh.SSHServerSession[bytes]):
    """Joins a channel to a session of the router.

    Input reaches the session in order and is not read while the client does not take output. All
    that the session writes while it takes one piece of input leaves in one write. `release` frees
    the line; it is called as soon as the session is over.
    """

    def __init__(
        self,
        *,
        router: SshRouter,
        connection: ClientConnection,
        login: Login,
        line: VtyLine,
        release: Callable[[], None],
        source: str,
    ) -> None:
        self._router = router
        self._faults = router.faults
        self._connection = connection
        self._login = login
        self._line = line
        self._release = release
        self._source = source
        self._loop = asyncio.get_running_loop()
        self._columns = self._rows = 0
        self._command: str | None = None
        self._session: TerminalSession | None = None
        self._early: bytearray | None = bytearray()
        self._gathered: list[bytes] | None = None
        self._gathered_size = 0
        self._eof = False
        self._closed = False
        self._lost = True
        self._ended = False
        self._typed = False
        self._hung = False
        self._cutting = False
        self._linger: asyncio.TimerHandle | None = None

    # What the library calls

    def connection_made(self, chan: asyncssh.SSHServerChannel[bytes]) -> None:
        """Take note of the channel."""
        self._channel = chan
        self._lost = False
        self._output = Output(chan, self._faults, self._loop, self._press)
        chan.set_write_buffer_limits(0)
        self._connection.attach(self._output)

    def pty_requested(
        self, term_type: str, term_size: tuple[int, int, int, int], term_modes: object
    ) -> bool:
        """Take the size of the terminal, whatever it is."""
        self._columns, self._rows = _size(term_size[0], term_size[1])
        return True

    def terminal_size_changed(self, width: int, height: int, pixwidth: int, pixheight: int) -> None:
        """Pass the new size on."""
        self._columns, self._rows = _size(width, height)
        if self._session:
            self._do(self._session.resize, self._columns, self._rows)

    def shell_requested(self) -> bool:
        """Agree to a command line."""
        return True

    def exec_requested(self, command: str) -> bool:
        """Agree to one command."""
        self._command = command
        return True

    def subsystem_requested(self, subsystem: str) -> bool:
        """Refuse: IOS has no SFTP server."""
        return False

    def session_started(self) -> None:
        """Start what was asked for."""
        delay = self._router.settings.prompt_delay_s
        if delay:
            self._loop.call_later(delay, self._do, self._begin)
        else:
            self._do(self._begin)

    def data_received(self, data: bytes, datatype: int | None) -> None:
        """Take input."""
        if self._faults.wire:
            self._feed_faulty(data)
        else:
            self._feed(data)

    def eof_received(self) -> bool:
        """Keep the other direction open: output may be on its way."""
        self._eof = True
        if self._early is None:
            self._end_input()
        return True

    def pause_writing(self) -> None:
        """Wait: the window of the channel is full."""
        self._output.hold_channel()

    def resume_writing(self) -> None:
        """Go on."""
        self._output.release_channel()

    def connection_lost(self, exc: Exception | None) -> None:
        """End everything: the channel is closed, or the connection is lost."""
        self._closed = self._lost = True
        if self._linger:
            self._linger.cancel()
        self._connection.attach(None)
        self._output.abandon()
        self._hang_up_session()
        self._connection.hang_up()

    # What the router calls

    @property
    def open(self) -> bool:
        """Whether there is a channel: the session goes on, or its output is being delivered."""
        return not self._lost

    def drop(self) -> None:
        """End the session because the router says so, after what it wrote before."""
        self._hang_up_session()
        self._close(0)

    def _write(self, data: bytes) -> None:
        if self._gathered is None:
            if not self._hung:
                self._output.write(data)
            return
        self._gathered.append(data)
        self._gathered_size += len(data)
        if self._gathered_size > HIGH_WATER:
            self._flush()

    def _close(self, status: int) -> None:
        """Deliver what was written, then the status; then the channel and the connection end."""
        if self._closed or self._cutting:
            return
        self._flush()
        self._closed = True
        self._release()
        self._linger = self._loop.call_later(_LINGER_S, self._give_up, self._output.waiting)
        self._output.finish(status)

    # Between them

    def _begin(self) -> None:
        if self._closed:
            return
        self._gathered = []
        copy = ScpRequest.parse(self._command) if self._command is not None else None
        session: TerminalSession
        if copy:
            session = Transfer(copy, self._router.scp, self._login, self._write, self._close)
        else:
            session = self._router.open_session(
                login=self._login,
                line=self._line,
                source=self._source,
                columns=self._columns,
                rows=self._rows,
                write=self._write,
                close=self._close,
            )
        self._session = session
        if self._command is None:
            session.start()
        else:
            self._start_exec(session, self._command)
        early, self._early = bytes(self._early or b""), None
        if early and not self._closed and not self._hung:
            session.feed(early)
        self._flush()
        self._gathered = None
        if self._eof:
            self._end_input()

    def _start_exec(self, session: TerminalSession, command: str) -> None:
        """Run the command of the channel, unless this is the one at which something goes wrong."""
        happens = self._faults.command() if self._faults.wire else ""
        if happens == "drop":
            self._drop_inside(session.start_exec, command)
        elif happens == "hang":
            self._hung = True
        else:
            session.start_exec(command)

    def _end_input(self) -> None:
        session = self._session
        if session and not self._closed and not self._hung:
            self._do(session.end_of_input)

    def _feed(self, data: bytes) -> None:
        session = self._session
        if self._closed or self._hung:
            return
        if self._early is not None or session is None:
            self._feed_early(data)
            return
        self._gathered = []
        self._do(session.feed, data)
        self._flush()
        self._gathered = None

    def _feed_early(self, data: bytes) -> None:
        """Keep what is typed before the prompt; not without end."""
        if self._early is not None:
            self._early += data
            if len(self._early) > _EARLY_LIMIT:
                self._connection.hang_up()

    def _flush(self) -> None:
        """Hand over what was gathered, in one write."""
        gathered = self._gathered
        if gathered and not self._hung:
            self._gathered, self._gathered_size = [], 0
            self._output.write(gathered[0] if len(gathered) == 1 else b"".join(gathered))

    def _feed_faulty(self, data: bytes) -> None:
        """Feed up to the command at which something goes wrong."""
        if self._hung or self._faults.hangs:
            return
        start = 0
        for enter in _ENTER.finditer(data):
            typed = self._typed or bool(data[start : enter.start()].strip(_NO_COMMAND))
            self._typed = False
            happens = self._faults.command() if typed else ""
            if happens:
                self._feed(data[:start])
                if happens == "drop":
                    self._drop_at(data[start : enter.end()])
                else:
                    self._feed(data[start : enter.start()])
                    self._hung = True
                return
            start = enter.end()
        self._typed = self._typed or bool(data[start:].strip(_NO_COMMAND))
        self._feed(data)

    def _drop_at(self, data: bytes) -> None:
        """Drop the connection inside the answer to what was typed."""
        if self._session:
            self._drop_inside(self._session.feed, data)
        else:
            self._connection.hang_up()

    def _drop_inside(self, command: Callable[..., None], *arguments: object) -> None:
        """Let a command run, deliver the first half of what it printed and cut the connection."""
        printed: list[bytes] = []
        self._gathered, self._gathered_size = printed, -sys.maxsize
        self._cutting = True
        self._do(command, *arguments)
        self._gathered, self._gathered_size = None, 0
        self._hung = True
        answer = b"".join(printed)
        self._output.write(answer[: min(len(answer) // 2, CHUNK)])
        self._connection.hang_up()

    def _press(self, pressed: bool) -> None:
        """Stop or restart what writes too much: the session, and the input that makes it write."""
        session = self._session
        if pressed:
            self._channel.pause_reading()
            if session:
                self._do(session.pause)
            return
        if session and not self._closed:
            self._do(session.resume)
        if not self._output.pressed:
            self._channel.resume_reading()

    def _hang_up_session(self) -> None:
        self._release()
        if self._session and not self._ended:
            self._ended = True
            self._do(self._session.hangup)

    def _give_up(self, waiting: int) -> None:
        """Cut a connection whose client takes nothing; wait on while it takes something."""
        left = self._output.waiting
        if left and left < waiting:
            self._linger = self._loop.call_later(_LINGER_S, self._give_up, left)
        else:
            self._connection.hang_up()

    def _do(self, action: Callable[..., None], *arguments: object) -> None:
        """Call into the session, and end the connection when that fails."""
        try:
            action(*arguments)
        except Exception as error:  # noqa: BLE001 - the other sessions must go on
            report("session-failed", self._source, error)
            self._hung = True
            self._connection.hang_up()


def _size(width: int, height: int) -> tuple[int, int]:
    """Columns and rows of a terminal; clients without a window say 0."""
    return min(width, _LARGEST), min(height, _LARGEST)
