"""Notices as syslog messages of RFC 5424, over UDP (RFC 5426) or TCP (RFC 6587)."""

from __future__ import annotations

import os
import socket
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

from ...errors import UsageError
from .notices import Notice
from .outbox import DeliveryError

PORT: Final = 514
TIMEOUT_S: Final = 5.0
MAX_UDP_BYTES: Final = 1024
"""Not more than fits a packet on any usual link; all of it stands in a frame of TCP."""
_DAEMON: Final = 3
_LEVELS: Final = {"info": 6, "warning": 4, "critical": 2}
_RESOLVED: Final = 5
_MAX_HOST_CHARS: Final = 255


class Syslog:
    """Sends notices to `udp://HOST[:PORT]` or `tcp://HOST[:PORT]`; without a port it is 514.

    Over TCP each message has a connection of its own, and its length before it (octet counting).
    Raises UsageError for an address that cannot be used.
    """

    name = "syslog"

    def __init__(self, address: str) -> None:
        try:
            parts = urlsplit(address)
            port = parts.port
        except ValueError:
            parts, port = urlsplit(""), None
        plain = port != 0 and not (parts.path.strip("/") or parts.query or parts.username)
        if parts.scheme not in {"udp", "tcp"} or not parts.hostname or not plain:
            raise UsageError(
                "--syslog: this is no address of a syslog server",
                hint="write udp://HOST or tcp://HOST:PORT",
            )
        self._kind = socket.SOCK_DGRAM if parts.scheme == "udp" else socket.SOCK_STREAM
        self._where = (parts.hostname, PORT if port is None else port)

    def send(self, item: Notice) -> None:
        """Send a notice. Raises DeliveryError where that can be told, which over UDP is seldom."""
        text = message(item, socket.gethostname(), os.getpid())
        host, port = self._where
        try:
            if self._kind == socket.SOCK_STREAM:
                with socket.create_connection(self._where, TIMEOUT_S) as stream:
                    stream.sendall(b"%d %b" % (len(text), text))
                return
            family, kind, protocol, _, target = socket.getaddrinfo(
                host, port, type=socket.SOCK_DGRAM
            )[0]
            with socket.socket(family, kind, protocol) as packets:
                packets.settimeout(TIMEOUT_S)
                packets.sendto(_cut(text), target)
        except TimeoutError:
            raise DeliveryError(f"{host}: no answer in {TIMEOUT_S:g} s") from None
        except OSError as error:
            raise DeliveryError(f"{host}: {error.strerror or type(error).__name__}") from None
        except UnicodeError:  # of a host with an empty part, or one that is too long
            raise DeliveryError(f"{host}: it is no name of a host", final=True) from None


def message(notice: Notice, host: str, process: int) -> bytes:
    """A notice as a message of RFC 5424; its text is UTF-8, marked by a BOM as §6.4 wants it.

    The facility is daemon. What is resolved has the severity notice, whatever it was before.
    """
    level = _RESOLVED if notice.state == "resolved" else _LEVELS[notice.severity]
    at = datetime.fromtimestamp(notice.at, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3]
    name = "".join(char for char in host if "!" <= char <= "~")[:_MAX_HOST_CHARS] or "-"
    head = f"<{_DAEMON * 8 + level}>1 {at}Z {name} getvpn {process} {notice.name} - "
    return head.encode("ascii") + b"\xef\xbb\xbf" + notice.line().encode()


def _cut(text: bytes) -> bytes:
    """The message as far as it fits a packet, without half a character at its end."""
    if len(text) <= MAX_UDP_BYTES:
        return text
    return text[:MAX_UDP_BYTES].decode("utf-8", "ignore").encode()
