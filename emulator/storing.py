"""Putting a file that has arrived in its place: a file system, NVRAM, or what runs."""

from typing import TYPE_CHECKING, Final

from .files.content import Content
from .files.errors import FileError, Reason
from .files.names import FilePath
from .files.urls import is_remote, parse_url
from .grammar import RefusedError
from .saving import ENCODING

if TYPE_CHECKING:
    from .device import Router
    from .terminal.filters import Sink

RUNNING: Final = FilePath(prefix="system:", parts=("running-config",))
STARTUP: Final = FilePath(prefix="nvram:", parts=("startup-config",))

_CRASH: Final = "Unexpected exception to CPU"


def store(
    router: "Router", path: FilePath, content: Content, *, source: object, user: str, origin: str
) -> str:
    """Write `content` to `path`, or merge it into the running configuration; gives what is said.

    `source` is how the log names where it came from, `user` who did it and `origin` his line.
    Raises FileError.
    """
    where = router.files.canonical(path)
    if where == RUNNING:
        return _merge(router, content, source=source, user=user, origin=origin)
    if where != STARTUP:
        router.files.write(path, content, router.clock.now())
        return ""
    if router.faults.crashes_at_write():
        router.reload(_CRASH)
        return ""
    router.files.write(path, content, router.clock.now())
    router.saved_at, router.saved_by = router.clock.now(), user
    return "[OK]\n"


def _merge(router: "Router", content: Content, *, source: object, user: str, origin: str) -> str:
    """Enter the lines of a file; what is refused of them is told, the rest is in force."""
    if not isinstance(content, bytes):
        raise FileError("reading", source, Reason.INVALID)
    loaded = router.merge(content.decode(ENCODING), user=user, origin=origin)
    by = "console" if origin.startswith("console") else f"{user} on {origin}"
    router.log.add("SYS", 5, "CONFIG_I", f"Configured from {source} by {by}")
    return loaded.output


def store_output(router: "Router", sink: "Sink", directory: FilePath | None = None) -> None:
    """Write what a filter sent to a file, seen from `directory`.

    Raises RefusedError with the router's words.
    """
    data = sink.text.encode(ENCODING, "replace")
    now = router.clock.now()
    try:
        if is_remote(sink.url):
            _store_remote(router, sink, data)
        elif sink.append:
            router.files.append(router.files.locate(sink.url, directory), data, now)
        else:
            router.files.write(router.files.locate(sink.url, directory), data, now)
    except FileError as failed:
        raise RefusedError(failed.text) from None


def _store_remote(router: "Router", sink: "Sink", data: bytes) -> None:
    url = parse_url(sink.url)
    if sink.append:
        raise FileError("opening", url, Reason.INVALID)
    for _ in router.servers.writing(url, data):
        pass
