"""Putting a file that has arrived in its place: a file system, NVRAM, or what runs."""

from typing import TYPE_CHECKING, Final

from .files.content import Content
from .files.errors import FileError, Reason
from .files.names import FilePath
from .saving import ENCODING

if TYPE_CHECKING:
    from .device import Router

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
