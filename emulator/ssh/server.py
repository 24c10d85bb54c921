"""The ports that routers listen on, and the connections that they accept.

A port that nobody has connected to costs one socket. Its router is asked for, the SSH library is
loaded and its options are made when the first client knocks.
"""

import asyncio
import logging
import os
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from .algorithms import AlgorithmChoice
from .contracts import SshRouter
from .failures import answered
from .mute import Mute
from .preparing import Preparing

if TYPE_CHECKING:
    import asyncssh

    from .connection import RouterConnection

BACKLOG: Final = 4096
"""How many clients may wait for one device: who finds no place tries again a second later."""
_ACCEPTS_A_TURN: Final = 32
_TURN_S: Final = 0.01
_REST_S: Final = 0.5
_MUTE_LIMIT: Final = 64
_LOG: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Options:
    """Options of the library, and what they were made of."""

    host_keys: Sequence[bytes]
    algorithms: str
    choice: AlgorithmChoice
    login_timeout_s: float
    made: "asyncssh.SSHServerConnectionOptions"


class _Turns:
    """How long all ports together may accept clients before others have their turn.

    A router boots when its first client comes, so one client may cost much more than another.
    """

    __slots__ = ("_begun", "_loop")

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._begun: float | None = None

    def left(self) -> bool:
        """Whether there is time for one more."""
        if self._begun is None:
            self._begun = self._loop.time()
            self._loop.call_soon(self._next)
            return True
        return self._loop.time() - self._begun < _TURN_S

    def _next(self) -> None:
        self._begun = None


class SshPort:
    """Where one router listens.

    `router` gives the router, made when it is called first; it may give another one later.
    `address` is the host and port, the real one where 0 was asked for. A port that does not listen
    stays bound: clients are refused, and nobody else gets it. `turns` and `preparing` are shared
    with other ports.
    """

    __slots__ = (
        "_accepted",
        "_admitted",
        "_authenticating",
        "_closed",
        "_coming",
        "_knocking",
        "_listening",
        "_loop",
        "_mutes",
        "_options",
        "_preparing",
        "_router",
        "_seen",
        "_socket",
        "_turns",
        "address",
    )

    def __init__(
        self,
        host: str,
        port: int,
        router: Callable[[], SshRouter],
        *,
        listening: bool,
        turns: _Turns,
        preparing: Preparing,
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._router = router
        self._turns = turns
        self._preparing = preparing
        self._seen: SshRouter | None = None
        self._options: _Options | None = None
        # those that are accepted and have no connection yet
        self._coming = 0
        # in the order of their arrival
        self._knocking: dict[RouterConnection, None] = {}
        self._authenticating: set[RouterConnection] = set()
        self._admitted: set[RouterConnection] = set()
        self._mutes: dict[Mute, asyncio.BaseTransport | None] = {}
        self._accepted: set[asyncio.Task[None]] = set()
        self._closed = False
        self._listening = False
        self._socket = _bound(host, port)
        name = self._socket.getsockname()
        self.address: tuple[str, int] = (name[0], name[1])
        if listening:
            self._listen()

    @property
    def listening(self) -> bool:
        """Whether clients are accepted."""
        return self._listening

    @property
    def connections(self) -> int:
        """How many connections are open."""
        return len(self._knocking) + len(self._authenticating) + len(self._admitted)

    def refresh(self) -> None:
        """Listen, or listen no more, as the router wants it now; the router calls this."""
        if self._closed:
            return
        wanted = answered(self._wanted, False, source=self.address[1])
        if wanted == self._listening:
            return
        try:
            if wanted:
                self._listen()
            else:
                self._stop()
                self._socket = _bound(*self.address)
        except OSError as error:
            _LOG.error("event=listen-failed port=%d error=%s", self.address[1], error)

    def _wanted(self) -> bool:
        """Whether the router has use for clients."""
        router = self._current()
        return router.ssh.enabled and router.lines.vty_free() and not router.faults.closed

    async def close(self) -> None:
        """Give the port up and cut all connections."""
        if not self._closed:
            self._closed = True
            if self._listening:
                self._stop()
            self._socket.close()
        for task in self._accepted:
            task.cancel()
        for mute in list(self._mutes.values()):
            if isinstance(mute, asyncio.Transport):
                mute.abort()
        await asyncio.gather(
            *self._accepted,
            *(each.cut() for each in (*self._knocking, *self._authenticating, *self._admitted)),
            return_exceptions=True,
        )

    # Connections that are counted (`authentication.Gate`)

    def greeted(self, connection: "RouterConnection") -> None:
        """A client has exchanged keys: it does more than hold a connection open."""
        self._knocking.pop(connection, None)
        self._authenticating.add(connection)
        self.refresh()

    def admitted(self, connection: "RouterConnection") -> None:
        """A client has logged in."""
        self._authenticating.discard(connection)
        self._admitted.add(connection)

    def left(self, connection: "RouterConnection") -> None:
        """A connection is over."""
        self._knocking.pop(connection, None)
        self._authenticating.discard(connection)
        self._admitted.discard(connection)
        self.refresh()

    # Accepting

    def _listen(self) -> None:
        self._socket.listen(BACKLOG)
        self._loop.add_reader(self._socket.fileno(), self._accept)
        self._listening = True

    def _stop(self) -> None:
        self._listening = False
        self._loop.remove_reader(self._socket.fileno())
        self._socket.close()

    def _accept(self) -> None:
        """Take clients in; they wait outside while the router has yet to make its host keys."""
        if not self._turns.left():
            return
        if answered(self._ready, True, source=self.address[1]):
            self._accept_waiting()
        else:
            self._loop.remove_reader(self._socket.fileno())
            self._preparing.add(self._current(), self._prepared)

    def _ready(self) -> bool:
        ssh = self._current().ssh
        return ssh.ready or not ssh.enabled

    def _prepared(self) -> None:
        if self._listening:
            self._accept_again()
            self._accept_waiting()

    def _accept_waiting(self) -> None:
        for _ in range(_ACCEPTS_A_TURN):
            if not self._turns.left():
                return
            try:
                sock, address = self._socket.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                # no descriptors are left: clients wait until some are given back
                _LOG.warning("event=accept-failed port=%d error=%s", self.address[1], error)
                self._loop.remove_reader(self._socket.fileno())
                self._loop.call_later(_REST_S, self._accept_again)
                return
            sock.setblocking(False)
            self._admit(sock, address[0])
            if not self._listening:
                return

    def _accept_again(self) -> None:
        if self._listening:
            self._loop.add_reader(self._socket.fileno(), self._accept)

    def _admit(self, sock: socket.socket, source: str) -> None:
        """Begin to talk to a client, or reset its connection."""
        factory = answered(lambda: self._factory(source), None, source=self.address[1])
        if factory is None:
            from .connection import reset

            reset(sock)
            return
        if answered(lambda: self._current().settings.keepalives, False, source=source):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        task = self._loop.create_task(self._talk(sock, factory))
        self._accepted.add(task)
        task.add_done_callback(self._accepted.discard)

    async def _talk(self, sock: socket.socket, factory: Callable[[], asyncio.Protocol]) -> None:
        try:
            await self._loop.connect_accepted_socket(factory, sock)
        except OSError:
            sock.close()

    def _factory(self, source: str) -> Callable[[], asyncio.Protocol] | None:
        """What makes the protocol for a client; None when it is refused."""
        router = self._current()
        if (
            not router.ssh.enabled
            or router.faults.refuses()
            or not router.lines.vty_free()
            or not router.ssh.admits(source)
            or not self._has_room(router.settings.unauthenticated_limit)
        ):
            self.refresh()
            return None
        if router.faults.hangs:
            if len(self._mutes) >= _MUTE_LIMIT:
                return None
            return lambda: Mute(self._mutes)
        from .authentication import Authentication
        from .connection import RouterConnection

        options = self._current_options(router)

        self._coming += 1

        def connect() -> "RouterConnection":
            self._coming -= 1
            connection = RouterConnection(
                self._loop, options, lambda: Authentication(router, source, self)
            )
            self._knocking[connection] = None
            return connection

        return connect

    def _has_room(self, limit: int) -> bool:
        """Whether one more may try to log in; the oldest that has said nothing makes place."""
        if self._coming + len(self._knocking) + len(self._authenticating) < limit:
            return True
        oldest = next(iter(self._knocking), None)
        if oldest is None:
            return False
        del self._knocking[oldest]
        oldest.refuse()
        return True

    def _current(self) -> SshRouter:
        router = self._router()
        if router is not self._seen:
            self._seen = router
            router.ssh.watch(self.refresh)
            router.faults.watch(self.refresh)
        return router

    def _current_options(self, router: SshRouter) -> "asyncssh.SSHServerConnectionOptions":
        """The library's options for the router, made again when what they depend on changed."""
        settings, keys, last = router.settings, tuple(router.ssh.host_keys()), self._options
        if (
            last is None
            or last.host_keys != keys
            or last.algorithms != settings.algorithms
            or last.choice != settings.algorithm_choice
            or last.login_timeout_s != settings.login_timeout_s
        ):
            from .options import server_options

            last = self._options = _Options(
                host_keys=keys,
                algorithms=settings.algorithms,
                choice=settings.algorithm_choice,
                login_timeout_s=settings.login_timeout_s,
                made=server_options(
                    keys,
                    algorithms=settings.algorithms,
                    choice=settings.algorithm_choice,
                    login_timeout_s=settings.login_timeout_s,
                ),
            )
        return last.made


class SshFront:
    """All the ports of an event loop."""

    def __init__(self) -> None:
        self._ports: list[SshPort] = []
        self._turns = _Turns()
        self._preparing = Preparing()

    def listen(
        self, host: str, port: int, router: Callable[[], SshRouter], *, listening: bool = True
    ) -> SshPort:
        """Listen for one router on an address; `port` may be 0.

        `router` is called when a client connects. `listening=False` is for a router that is known
        to have SSH off: whoever makes it then calls `SshPort.refresh`. Raises OSError.
        """
        made = SshPort(
            host,
            port,
            router,
            listening=listening,
            turns=self._turns,
            preparing=self._preparing,
        )
        self._ports.append(made)
        return made

    async def close(self) -> None:
        """Close all ports and connections."""
        await self._preparing.close()
        ports, self._ports = self._ports, []
        await asyncio.gather(*(port.close() for port in ports))


def _bound(host: str, port: int) -> socket.socket:
    """A socket that has the address and does not listen."""
    sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        if os.name == "posix":
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.setblocking(False)
        sock.bind((host, port))
    except OSError:
        sock.close()
        raise
    return sock
