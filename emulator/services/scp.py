"""The router's files, as SCP reaches them."""

from typing import TYPE_CHECKING

from ..files.errors import FileError

if TYPE_CHECKING:
    from ..device import Router
    from ..ssh.contracts import Login

NEEDED_PRIVILEGE = 15
MAX_UPLOAD_BYTES = 64 * 1024 * 1024


class ScpFiles:
    """Takes and gives files while `ip scp server enable` is configured."""

    __slots__ = ("_router",)

    def __init__(self, router: "Router") -> None:
        self._router = router

    def refusal(self, login: "Login") -> str | None:
        """Why this user may not copy at all, or None."""
        if not self._router.config.root.has("ip scp server enable"):
            return "Administratively disabled."
        if login.privilege < NEEDED_PRIVILEGE:
            return "Privilege denied."
        return None

    def room(self, path: str) -> int:
        """Bytes that a file written to `path` may have."""
        try:
            found = self._router.files.locate(path)
            room = self._router.files.volume(found.prefix).room(found)
        except FileError:
            return 0
        return min(room, MAX_UPLOAD_BYTES)

    def write(self, path: str, data: bytes, login: "Login") -> str | None:
        """Store a file; the error, or None."""
        try:
            self._router.files.write(path, data, self._router.clock.now())
        except FileError as failed:
            return failed.text
        return None

    def read(self, path: str, login: "Login") -> bytes | str:
        """The content of a file, or the error."""
        try:
            return self._router.files.read(path)
        except FileError as failed:
            return failed.text
