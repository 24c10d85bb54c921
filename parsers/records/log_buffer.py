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
    """Console, monitor, buffer or trap."""

    kind: str
    """Which one."""
    level: str | None = read(convert.word_or_none)
    """The lowest level that goes there; None: disabled."""
    messages: int | None = None
    """Messages that went there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogHost(Row):
    """A syslog server."""

    together = (("host", "link_up", "messages"),)

    host: str
    """Its address or name."""
    vrf: str | None = None
    """The VRF; None is the global table."""
    transport: str
    """`udp`, `tcp` or `tls`."""
    port: int
    """Its port."""
    link_up: bool | None = None
    """Whether the way to it is open."""
    messages: int | None = None
    """Messages that went there."""
    rate_limited: int | None = None
    """Messages that did not, since there were too many."""
    dropped: int | None = None
    """Messages that a discriminator kept back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSource(Row):
    """The interface that messages are sent from, per VRF (None: the global table)."""

    interface: str
    """The interface."""
    vrf: str | None = None
    """The VRF; None is the global table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSources(Row):
    """All source interfaces."""

    interfaces: tuple[LogSource, ...] = ()
    """The interfaces."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogText(Row):
    """A line of the buffer that is no system message.

    Debugging output, the further lines of a message, or the first line when the ring was full.
    """

    text: str = required(convert.text)
    """The line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRing(Row):
    """The buffer itself, in the order of arrival."""

    size_bytes: int
    """The size of the buffer, in bytes."""
    messages: tuple[SyslogMessage, ...] = ()
    """The system messages."""
    others: tuple[LogText, ...] = ()
    """The other lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogBuffer(Record):
    """What `show logging` prints."""

    enabled: bool | None = None
    """Whether messages are logged at all."""
    dropped: int | None = None
    """Messages that were dropped."""
    rate_limited: int | None = None
    """Messages that were left out, since there were too many."""
    flushes: int | None = None
    """How often the queue was emptied."""
    overruns: int | None = None
    """How often the queue was too short."""
    sinks: tuple[LogSink, ...] = ()
    """Console, monitor, buffer and trap."""
    hosts: tuple[LogHost, ...] = ()
    """The syslog servers."""
    sources: LogSources | None = None
    """Where messages are sent from."""
    buffer: LogRing | None = None
    """The buffer."""
    filtered: tuple[SyslogMessage, ...] = ()
    """Messages that an output filter left without heading."""

    @property
    def messages(self) -> tuple[SyslogMessage, ...]:
        """All system messages."""
        return self.filtered + (self.buffer.messages if self.buffer else ())
