"""`show logging`: where messages go, and those in the buffer.

The captures hold messages only. No sample of the heading was at hand: it is written from memory.
Later releases add lines to it, and the terminal's width decides where they break.
"""

from __future__ import annotations

from dataclasses import dataclass

from .. import convert
from ..record import Record, Row, read, required
from ..syslog import SyslogMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSink(Row):
    """Console, monitor, buffer or trap: the lowest `level` that goes there (None: disabled)."""

    kind: str
    level: str | None = read(convert.word_or_none)
    messages: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogHost(Row):
    """A syslog server; `link_up` tells whether the way to it is open."""

    together = (("host", "link_up", "messages"),)

    host: str
    vrf: str | None = None
    transport: str
    port: int
    link_up: bool | None = None
    messages: int | None = None
    rate_limited: int | None = None
    dropped: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSource(Row):
    """The interface that messages are sent from, per VRF (None: the global table)."""

    interface: str
    vrf: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSources(Row):
    """All source interfaces."""

    interfaces: tuple[LogSource, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LogText(Row):
    """A line of the buffer that is no system message.

    Debugging output, the further lines of a message, or the first line when the ring was full.
    """

    text: str = required(convert.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRing(Row):
    """The buffer itself, in the order of arrival."""

    size_bytes: int
    messages: tuple[SyslogMessage, ...] = ()
    others: tuple[LogText, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LogBuffer(Record):
    """What `show logging` prints; `filtered` are messages that a filter left without heading."""

    enabled: bool | None = None
    dropped: int | None = None
    rate_limited: int | None = None
    flushes: int | None = None
    overruns: int | None = None
    sinks: tuple[LogSink, ...] = ()
    hosts: tuple[LogHost, ...] = ()
    sources: LogSources | None = None
    buffer: LogRing | None = None
    filtered: tuple[SyslogMessage, ...] = ()

    @property
    def messages(self) -> tuple[SyslogMessage, ...]:
        """All system messages."""
        return self.filtered + (self.buffer.messages if self.buffer else ())
