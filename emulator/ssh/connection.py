"""One SSH connection: the library's, with the habits of IOS and with bounds.

The library does the protocol. What is overridden here is small: it says nothing, answers global
requests as IOS does, keeps no more than it has to of what a client sends or does not take, and
spends no time on what a router has no use for.
"""

import asyncio
import copy
import logging
import socket
import struct
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any, Final

import asyncssh
from asyncssh.constants import MSG_IGNORE
from asyncssh.logging import SSHLogger

from .channel import RouterChannel
from .output import Output

INPUT_LIMIT: Final = 256 * 1024
"""How many bytes of a client wait unread; the largest packet and a full window are well below."""
LINGER_S: Final = 10.0
"""How long a connection that is being closed waits for a client that takes nothing."""
_LOG: Final = logging.getLogger(__name__)
_RESET: Final = struct.pack("ii", 1, 0)


class _Silence(SSHLogger):
    """The library's logger, saying nothing: it knows passwords, and asks for every packet."""

    def get_child(self, child: str = "", context: str = "") -> SSHLogger:
        return self

    def log(self, level: int, msg: object, *args: object, **kwargs: object) -> None:
        return

    def info(self, msg: object, *args: object, **kwargs: object) -> None:
        return

    def debug1(self, msg: str, *args: object, **kwargs: object) -> None:
        return

    def debug2(self, msg: str, *args: object, **kwargs: object) -> None:
        return

    def packet(
        self, pktid: int | None, packet: bytes, msg: str, *args: object, **kwargs: object
    ) -> None:
        return


_SILENCE: Final = _Silence()


def reset(sock: socket.socket) -> None:
    """Close a connection with a TCP reset, the way a router refuses one."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    sock.close()


class RouterConnection(asyncssh.SSHServerConnection):
    """A connection to a router, from its acceptance to its end.

    `owner` makes the object that authenticates the client. While the client takes no bytes, none
    are read from it: one that only sends cannot fill memory with the answers.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        options: asyncssh.SSHServerConnectionOptions,
        owner: Callable[[], asyncssh.SSHServer],
    ) -> None:
        super().__init__(loop, options)
        self._protocol_factory = owner
        self._output: Output | None = None
        self._held = False

    # For the rest of the front

    def attach(self, output: Output | None) -> None:
        """Tell `output` from now on when the client takes no bytes."""
        self._output = output
        if output and self._held:
            output.hold()

    def cipher_and_mac(self) -> tuple[str, str]:
        """The cipher and the MAC of what the client sends, as syslog names them; "" before that.

        Ciphers that authenticate by themselves have no MAC; IOS XE 17 logs the one that it would
        have used, here the first that the router offers.
        """
        cipher, mac = self._enc_alg_cs, self._mac_alg_cs
        return cipher.decode(), (self._mac_algs[0] if mac == cipher and mac else mac).decode()

    def hang_up(self) -> None:
        """Close the connection after what has been sent, without a message, as IOS does."""
        transport = self._transport
        if transport and not transport.is_closing():
            transport.close()
            if transport.get_write_buffer_size():
                self._loop.call_later(LINGER_S, transport.abort)

    def refuse(self) -> None:
        """Reset the connection."""
        transport = self._transport
        if transport:
            sock = transport.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            self.abort()

    async def cut(self) -> None:
        """Abort the connection and wait until nothing is left of it."""
        self.abort()
        if not self.is_closed() and self.get_owner() is not None:
            await self.wait_closed()

    # Instead of what the library does

    @property
    def logger(self) -> SSHLogger:
        """A logger that says nothing."""
        return _SILENCE

    def log_sent_packet(self, *args: object, **kwargs: object) -> None:
        """Say nothing; the library would look for names first."""

    def log_received_packet(self, *args: object, **kwargs: object) -> None:
        """Say nothing."""

    def internal_error(
        self,
        exc_info: tuple[type[BaseException], BaseException, TracebackType]
        | tuple[None, None, None]
        | None = None,
        error_logger: SSHLogger | None = None,
    ) -> None:
        """End a connection whose client has sent what the library cannot digest."""
        _LOG.debug("event=connection-failed peer=%s", self._peer_addr, exc_info=True)
        super().internal_error(exc_info, error_logger)

    async def reload_config(self) -> None:
        """Keep the options: they do not depend on who logs in."""

    def choose_server_host_key(self, peer_host_key_algs: Sequence[bytes]) -> bool:
        """Choose the first host key that the client can verify.

        A copy: the library notes the signature's algorithm in the key, which all connections share.
        """
        for name in peer_host_key_algs:
            pair = self._server_host_keys.get(name)
            if pair:
                chosen = copy.copy(pair)
                chosen.set_sig_algorithm(name)
                self._server_host_key = chosen
                return True
        return False

    def send_packet(self, pkttype: int, *args: bytes, handler: Any = None) -> None:
        """Send a packet; not the empty one that the library would put before each, unlike IOS."""
        if pkttype != MSG_IGNORE:
            super().send_packet(pkttype, *args, handler=handler)

    def data_received(self, data: bytes, datatype: int | None = None) -> None:
        """Take bytes of the client; end a connection that sends more than can be of use."""
        if len(self._inpbuf) > INPUT_LIMIT:
            self.abort()
        else:
            super().data_received(data, datatype)

    def pause_writing(self) -> None:
        """The client takes no bytes."""
        self._held = True
        if self._transport:
            self._transport.pause_reading()
        if self._output:
            self._output.hold()

    def resume_writing(self) -> None:
        """The client takes bytes again."""
        self._held = False
        if self._transport:
            self._transport.resume_reading()
        if self._output:
            self._output.release()

    def create_server_channel(
        self,
        encoding: str | None = "",
        errors: str = "",
        window: int = 0,
        max_pktsize: int = 0,
    ) -> asyncssh.SSHServerChannel[bytes]:
        """Make the channel of a session: raw bytes."""
        return RouterChannel(
            self,
            self._loop,
            allow_pty=True,
            line_editor=False,
            line_echo=False,
            line_history=0,
            max_line_length=0,
            encoding=None,
            errors="strict",
            window=window or self._window,
            max_pktsize=max_pktsize or self._max_pktsize,
        )

    def _process_keepalive_at_openssh_dot_com_global_request(self, packet: object) -> None:
        """Answer a keepalive like every request that IOS does not know: with a failure."""
        self._report_global_response(False)
