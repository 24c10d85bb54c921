"""The router's files, as SCP reaches them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..files.content import Content, Gathering, chunks_of, size_of
from ..files.errors import FileError, Reason
from ..files.names import FilePath
from ..files.store import MAX_READ_BYTES, Upload
from ..login import Login as Admission
from ..storing import RUNNING, store

if TYPE_CHECKING:
    from ..device import Router
    from ..ssh.contracts import Login

NEEDED_PRIVILEGE = 15


class ScpFiles:
    """Takes and gives files while `ip scp server enable` is configured.

    Paths are seen from where sessions begin; `running-config` and `startup-config` are the
    configurations. What is copied to the running one is merged into it.
    """

    __slots__ = ("_router",)

    def __init__(self, router: "Router") -> None:
        self._router = router

    def refusal(self, login: "Login") -> str | None:
        """Why this user may not copy at all, or None."""
        if not self._router.config.root.has("ip scp server enable"):
            return "Administratively disabled."
        denied = isinstance(login, Admission) and login.denied
        if denied or login.privilege < NEEDED_PRIVILEGE:
            return "Privilege denied."
        return None

    def room(self, path: str) -> int:
        """Bytes that a file written to `path` may have."""
        try:
            found = self._locate(path)
            if found == RUNNING:
                return MAX_READ_BYTES
            return self._router.files.volume(found.prefix).room(found)
        except FileError:
            # the error is told when the file is begun
            return MAX_READ_BYTES

    def upload(self, path: str, login: "Login") -> "Receiving | str":
        """Begin to receive a file, or the error."""
        try:
            found = self._locate(path)
            upload = None if found == RUNNING else self._router.files.upload(found)
        except FileError as failed:
            return failed.text
        return Receiving(self._router, found, login.user, upload)

    def download(self, path: str, login: "Login") -> "Giving | str":
        """Begin to give a file away, or the error."""
        try:
            return Giving(self._router.files.content(self._locate(path)))
        except FileError as failed:
            return failed.text

    def _locate(self, path: str) -> FilePath:
        return self._router.files.locate(path, keywords=True)


class Receiving:
    """A file on its way in; an image is never held in memory."""

    __slots__ = ("_error", "_gathering", "_path", "_router", "_upload", "_user")

    def __init__(self, router: "Router", path: FilePath, user: str, upload: Upload | None) -> None:
        self._router = router
        self._path = path
        self._user = user
        self._upload = upload
        self._gathering = Gathering()
        self._error: str | None = None

    def feed(self, data: bytes) -> None:
        """Take the next bytes; an error is told by `commit`."""
        if self._error is not None:
            return
        try:
            if self._upload is not None:
                self._upload.feed(data)
            elif self._gathering.size + len(data) > MAX_READ_BYTES:
                raise FileError("writing", self._path, Reason.NO_SPACE)
            else:
                self._gathering.feed(data)
        except FileError as failed:
            self._error = failed.text

    def commit(self) -> str | None:
        """Put the file in its place; the error, or None."""
        if self._error is not None:
            return self._error
        content = (self._upload or self._gathering).content()
        try:
            store(self._router, self._path, content, source="scp", user=self._user, origin="scp")
        except FileError as failed:
            return failed.text
        return None


class Giving:
    """A file on its way out, as it was when it was asked for."""

    __slots__ = ("_content",)

    def __init__(self, content: Content) -> None:
        self._content = content

    @property
    def size(self) -> int:
        """Its bytes."""
        return size_of(self._content)

    def chunks(self) -> Iterator[bytes]:
        """The bytes in order, in pieces."""
        return chunks_of(self._content)
