"""TCP connections to devices as paramiko uses them, and their end when a time is over."""

from __future__ import annotations

import math
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Condition, Thread
from time import monotonic, sleep
from typing import Any, Final

from ...errors import OverdueError, TransportError
from .target import Target

READ_BYTES: Final = 65_536
_AT_ONCE: Final = getattr(socket, "MSG_DONTWAIT", 0)
_FULL_S: Final = 0.02
"""How long a message waits for room before paramiko tries again, unless it is over."""
_LOOK_S: Final = 3600.0


class Link(socket.socket):
    """A connection that costs few calls of the system.

    What has come is taken in one go: paramiko asks for the head of each message and then for its
    rest. Reading waits until something comes, whatever time-out is set: paramiko would look up ten
    times a second for an end that `shut` tells at once.
    """

    __slots__ = ("_ahead",)

    def __init__(self, connected: socket.socket) -> None:
        connected.settimeout(None)
        super().__init__(
            connected.family, connected.type, connected.proto, fileno=connected.detach()
        )
        # a session is short messages to and fro: none of them may wait for the next
        self.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._ahead = b""

    def settimeout(self, value: float | None, /) -> None:
        """Nothing: see the class."""

    def recv(self, size: int, flags: int = 0, /) -> bytes:
        """What has come, at most `size` bytes; nothing when the connection has ended."""
        ahead = self._ahead or super().recv(READ_BYTES)
        self._ahead = ahead[size:]
        return ahead[:size]

    def send(self, data: Any, flags: int = 0, /) -> int:
        """Send what there is room for. Raises TimeoutError when there is none for some time."""
        try:
            return super().send(data, flags | _AT_ONCE)
        except BlockingIOError:
            sleep(_FULL_S)
            raise TimeoutError from None

    def shut(self) -> None:
        """End the connection; whoever reads is woken. `close` remains to be called."""
        with suppress(OSError):
            self.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """End the connection, which to close does not while somebody reads, and close it."""
        self.shut()
        super().close()


def connected(target: Target) -> Link:
    """A connection to a device. Raises TransportError, OverdueError."""
    wait_s = target.access.connect_timeout
    try:
        return Link(socket.create_connection((target.host, target.port), timeout=wait_s))
    except TimeoutError:
        raise OverdueError(f"{target.address} takes no connection within {wait_s:g} s") from None
    except OSError as error:
        raise TransportError(f"{target.address} cannot be reached: {reason(error)}") from None


def reason(error: BaseException) -> str:
    """What an error says, in a few words."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return " ".join(str(error).split())[:200] or type(error).__name__


class _Watch:
    """Ends links that are not released in time: one thread for all of them.

    paramiko waits for some answers, such as that to the request for a shell, without end.
    """

    def __init__(self) -> None:
        self._changed = Condition()
        self._due: dict[Link, float] = {}
        self._next = math.inf
        self._thread: Thread | None = None

    def hold(self, link: Link, deadline: float) -> None:
        """End `link` at `deadline`, by `time.monotonic`."""
        with self._changed:
            self._due[link] = deadline
            if self._thread is None or not self._thread.is_alive():
                # a fork has no threads
                self._thread = Thread(target=self._run, name="getvpn deadlines", daemon=True)
                self._thread.start()
            if deadline < self._next:
                self._changed.notify()

    def release(self, link: Link) -> None:
        """Let `link` be."""
        with self._changed:
            self._due.pop(link, None)

    def _run(self) -> None:
        with self._changed:
            while True:
                now = monotonic()
                for link in [link for link, deadline in self._due.items() if deadline <= now]:
                    del self._due[link]
                    link.shut()
                self._next = min(self._due.values(), default=math.inf)
                self._changed.wait(min(self._next - now, _LOOK_S))


_watch: Final = _Watch()


@contextmanager
def ending(link: Link, deadline: float) -> Iterator[None]:
    """Within this context `link` ends when `deadline` is over."""
    _watch.hold(link, deadline)
    try:
        yield
    finally:
        _watch.release(link)
