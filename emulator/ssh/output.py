"""What a session has written and its client has not yet taken."""

import asyncio
from collections.abc import Callable
from typing import Final, Protocol

from ..faults import Faults

CHUNK: Final = 32 * 1024
"""How many bytes are sent before other connections have their turn."""
HIGH_WATER: Final = 64 * 1024
"""With more bytes than this waiting, the session is told to write no more."""
_TICKS_A_SECOND: Final = 20
_BY_CHANNEL: Final = 1
_BY_TRANSPORT: Final = 2


class OutputChannel(Protocol):
    """The part of a channel that output needs."""

    def write(self, data: bytes) -> None:
        """Send, or keep what the window of the client does not admit; OSError when it is closed."""
        ...

    def exit(self, status: int) -> None:
        """Send the exit status, then close the channel."""
        ...


class Output:
    """Sends in order, a chunk at a time, as fast as the client takes it.

    `pressure(True)` is called when more than `HIGH_WATER` bytes wait and `pressure(False)` when
    none is left, so that memory holds at most one answer of the session beyond that.
    """

    __slots__ = (
        "_blocked",
        "_channel",
        "_faults",
        "_loop",
        "_over",
        "_pending",
        "_pressed",
        "_pressure",
        "_status",
        "_timer",
    )

    def __init__(
        self,
        channel: OutputChannel,
        faults: Faults,
        loop: asyncio.AbstractEventLoop,
        pressure: Callable[[bool], None],
    ) -> None:
        self._channel = channel
        self._faults = faults
        self._loop = loop
        self._pressure = pressure
        self._pending = bytearray()
        self._timer: asyncio.Handle | None = None
        self._status: int | None = None
        self._blocked = 0
        self._pressed = False
        self._over = False

    @property
    def waiting(self) -> int:
        """How many bytes have not been handed to the channel."""
        return len(self._pending)

    @property
    def pressed(self) -> bool:
        """Whether the session was told to write no more."""
        return self._pressed

    def write(self, data: bytes) -> None:
        """Send `data` after all that was written before; nothing after `finish` or `abandon`."""
        if self._over or self._status is not None:
            return
        if self._faults.wire:
            if self._faults.hangs:
                return
            data = self._faults.garble(data)
        elif not self._blocked and not self._pending and self._timer is None and len(data) <= CHUNK:
            self._send(data)
            return
        self._pending += data
        if not self._pressed and len(self._pending) > HIGH_WATER:
            self._pressed = True
            self._pressure(True)
        if self._timer is None:
            self._pump()

    def finish(self, status: int) -> None:
        """Close the channel with an exit status as soon as everything has been sent."""
        if self._status is None and not self._over:
            self._status = status
            if self._timer is None:
                self._pump()

    def abandon(self) -> None:
        """Forget what waits: nobody will take it."""
        self._over = True
        self._pending.clear()
        if self._timer:
            self._timer.cancel()
            self._timer = None

    def hold(self, by: int = _BY_TRANSPORT) -> None:
        """The client takes no more bytes."""
        self._blocked |= by

    def release(self, by: int = _BY_TRANSPORT) -> None:
        """It takes them again."""
        self._blocked &= ~by
        if self._timer is None:
            self._pump()

    def hold_channel(self) -> None:
        """The window of the channel is full."""
        self.hold(_BY_CHANNEL)

    def release_channel(self) -> None:
        """The channel has sent all that it was given."""
        self.release(_BY_CHANNEL)

    def _send(self, data: bytes) -> None:
        try:
            self._channel.write(data)
        except OSError:
            # the client has closed the channel, and the session is about to hear of it
            self.abandon()

    def _pump(self) -> None:
        """Send one chunk and see to the rest."""
        self._timer = None
        if self._blocked or self._over:
            return
        if self._pending:
            rate = self._faults.rate if self._faults.wire else 0
            size = min(CHUNK, max(1, rate // _TICKS_A_SECOND)) if rate else CHUNK
            chunk = bytes(self._pending[:size])
            del self._pending[:size]
            # set first: the channel may call back
            self._timer = (
                self._loop.call_later(len(chunk) / rate, self._pump)
                if rate
                else self._loop.call_soon(self._pump)
                if self._pending
                else None
            )
            self._send(chunk)
            if self._pending or self._blocked:
                return
        if self._pressed:
            self._pressed = False
            self._pressure(False)
        if self._status is not None and not self._pending and not self._blocked and not self._over:
            self._over = True
            self._channel.exit(self._status)
