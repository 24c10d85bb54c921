"""TCP connections as sessions use them."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from time import monotonic

import asyncssh
import pytest

from getvpn.errors import OverdueError
from getvpn.tasks.ssh import link as links
from getvpn.tasks.ssh.connection import open_session
from getvpn.tasks.ssh.link import Link, connected, ending
from getvpn.tasks.ssh.target import Access, Target

WAIT_S = 120.0
"""So long nothing takes here, however busy the machine is, unless it never comes."""


@pytest.fixture
def pair() -> Iterator[tuple[Link, socket.socket]]:
    """A link, and its other end."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        link = connected(Target(host="127.0.0.1", port=server.getsockname()[1], username="x"))
        other, _ = server.accept()
    with link, other:
        yield link, other


def test_what_comes_is_given_in_the_pieces_that_are_asked_for(
    pair: tuple[Link, socket.socket],
) -> None:
    link, other = pair
    other.sendall(b"abcdef")

    assert [link.recv(2), link.recv(3), link.recv(9)] == [b"ab", b"cde", b"f"]
    other.close()
    assert link.recv(9) == b""


def test_a_link_that_is_full_says_so(pair: tuple[Link, socket.socket]) -> None:
    link, _ = pair
    link.settimeout(WAIT_S)

    with pytest.raises(TimeoutError):  # noqa: PT012 - how much fits in is not known
        while True:
            link.send(b"x" * 1_000_000)


def test_a_link_ends_when_its_time_is_over(pair: tuple[Link, socket.socket]) -> None:
    link, _ = pair
    with ending(link, monotonic() + 0.05):
        assert link.recv(1) == b""


def test_a_link_that_was_in_time_stays(
    pair: tuple[Link, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    link, other = pair
    # long before the deadlines of all others
    now = -1_000_000.0
    monkeypatch.setattr(links, "monotonic", lambda: now)
    with ending(link, now + 100):
        pass
    now += 200
    with socket.create_server(("127.0.0.1", 0)) as server:
        late = connected(Target(host="127.0.0.1", port=server.getsockname()[1], username="x"))
        with late, ending(late, now - 150):
            late.recv(1)
    other.sendall(b"x")

    assert link.recv(1) == b"x"


def test_who_reads_is_woken_when_a_link_is_closed(pair: tuple[Link, socket.socket]) -> None:
    link, _ = pair

    def read() -> None:
        # the link may be closed before it is read
        with suppress(OSError):
            link.recv(1)

    reader = threading.Thread(target=read)
    reader.start()
    link.close()
    reader.join(WAIT_S)

    assert not reader.is_alive()


class NoShell(asyncssh.SSHServer):
    """Lets everybody in, and never answers the request for a channel."""

    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return True

    async def session_requested(self) -> bool:  # type: ignore[override]
        await asyncio.Event().wait()
        return False


@contextmanager
def serving() -> Iterator[int]:
    """A server that stalls behind the login; gives its port."""
    loop = asyncio.new_event_loop()

    async def listen() -> asyncssh.SSHAcceptor:
        key = asyncssh.generate_private_key("ssh-ed25519")
        return await asyncssh.listen("127.0.0.1", 0, server_factory=NoShell, server_host_keys=[key])

    async def end(acceptor: asyncssh.SSHAcceptor) -> None:
        acceptor.close()
        await acceptor.wait_closed()
        waiting = asyncio.all_tasks() - {asyncio.current_task()}
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)

    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    acceptor = asyncio.run_coroutine_threadsafe(listen(), loop).result(WAIT_S)
    try:
        yield acceptor.get_port()
    finally:
        asyncio.run_coroutine_threadsafe(end(acceptor), loop).result(WAIT_S)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(WAIT_S)
        loop.close()


def test_a_device_that_gives_no_terminal_costs_the_time_of_a_login() -> None:
    access = Access(verify=False, login_timeout=0.5)
    with serving() as port:
        target = Target(host="127.0.0.1", port=port, username="x", password="x", access=access)  # noqa: S106
        began = monotonic()
        with pytest.raises(OverdueError, match=r"no answer to the login within 0\.5 s"):
            open_session(target)

        assert monotonic() - began < WAIT_S
