"""Notices by HTTPS: a POST of JSON for each."""

from __future__ import annotations

import json
import re
import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from ipaddress import ip_address
from socket import SHUT_RDWR
from threading import Event, Timer
from typing import Final, Literal
from urllib.parse import SplitResult, urlsplit

from ...errors import UsageError
from .notices import Notice, NoticeData
from .outbox import DeliveryError

TIMEOUT_S: Final = 10.0
_TOKEN: Final = re.compile(r"[!-~]+")
_AGAIN: Final = frozenset((408, 425, 429))
_SERVER_ERROR: Final = 500
_AGAIN_S: Final = 0.1


class PostedNotice(NoticeData):
    """A notice that is posted to the address of `--webhook`."""

    source: Literal["getvpn"]
    """Who posts it."""


def posted(notice: Notice) -> PostedNotice:
    """The body of a notice."""
    return {"source": "getvpn", **notice.data()}


class Webhook:
    """Posts notices to a URL, of which only the host is ever shown: the rest is often a secret.

    With `token` they carry `Authorization: Bearer`. Redirections are not followed. Only https is
    allowed, but to this machine. `authorities` is a file of certificates to trust instead of those
    of the system. Raises UsageError for a URL that cannot be used.
    """

    name = "webhook"

    def __init__(
        self,
        url: str,
        *,
        token: str | None = None,
        authorities: str | None = None,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        parts = _checked(url)
        self._host = parts.hostname or ""
        self._port = parts.port
        self._secure = parts.scheme == "https"
        self._path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        if token is not None and not _TOKEN.fullmatch(token):
            raise UsageError("--webhook-token-from: this is no bearer token")
        self._token = token
        self._timeout_s = timeout_s
        self._context = _context(authorities) if self._secure else None

    def __repr__(self) -> str:
        return f"Webhook({self._host!r})"

    def send(self, item: Notice) -> None:
        """Post a notice. Raises DeliveryError."""
        body = json.dumps(posted(item)).encode()
        headers = {"Content-Type": "application/json", "User-Agent": "getvpn"}
        if self._token is not None:
            headers["Authorization"] = f"Bearer {self._token}"
        try:
            with closing(self._connection()) as connection, _within(self._timeout_s, connection):
                connection.request("POST", self._path, body, headers)
                status = connection.getresponse().status
        except ssl.SSLCertVerificationError as error:
            why = f"{self._host}: its certificate: {error.verify_message}"
            raise DeliveryError(why) from None
        except TimeoutError:
            raise DeliveryError(f"{self._host}: no answer in {self._timeout_s:g} s") from None
        except OSError as error:
            # the text of some of these errors has the address in it
            raise DeliveryError(f"{self._host}: {error.strerror or type(error).__name__}") from None
        except (HTTPException, ValueError) as error:
            raise DeliveryError(f"{self._host}: {type(error).__name__}") from None
        if not 200 <= status < 300:
            final = status < _SERVER_ERROR and status not in _AGAIN
            raise DeliveryError(f"{self._host}: it answers {status}", final=final)

    def _connection(self) -> HTTPConnection:
        if self._context is None:
            return HTTPConnection(self._host, self._port, timeout=self._timeout_s)
        return HTTPSConnection(
            self._host, self._port, timeout=self._timeout_s, context=self._context
        )


@contextmanager
def _within(seconds: float, connection: HTTPConnection) -> Iterator[None]:
    """End a connection after so long: the limit of a socket is one for each of its steps.

    Raises TimeoutError then.
    """
    late, over = Event(), Event()

    def end() -> None:
        late.set()
        while not over.is_set():
            # as long as it is being made there is nothing to end yet
            stream = connection.sock
            if stream is not None:
                with suppress(OSError):
                    stream.shutdown(SHUT_RDWR)
            over.wait(_AGAIN_S)

    timer = Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    except (OSError, HTTPException):
        if late.is_set():
            raise TimeoutError from None
        raise
    finally:
        over.set()
        timer.cancel()


def _checked(url: str) -> SplitResult:
    """The parts of a URL; nothing of it is repeated in errors."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise UsageError("--webhook: this is no URL") from None
    if not parts.hostname or parts.scheme not in {"https", "http"} or not url.isascii():
        raise UsageError("--webhook: this is no URL", hint="write https://HOST/PATH")
    if any(char <= " " or char == "\x7f" for char in url):
        raise UsageError("--webhook: there are blanks in the URL")
    if parts.username is not None:
        raise UsageError(
            "--webhook: there is a login in the URL", hint="use --webhook-token-from instead"
        )
    if parts.scheme == "http" and not _is_here(parts.hostname):
        raise UsageError("--webhook: only https is allowed", hint="write https://…")
    return parts


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _context(authorities: str | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=authorities)
    except (OSError, ssl.SSLError):
        raise UsageError(f"{authorities} has no certificates that can be used") from None
