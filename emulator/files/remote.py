"""The servers that routers copy from and to, without a network: a directory of the lab's host."""

import errno
import os
import stat
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final, Protocol

from .content import Content, Gathering, chunks_of, size_of
from .errors import FileError, Reason
from .urls import Url

MAX_REMOTE_BYTES: Final = 1 << 33
"""Bytes of a remote file that is read, at most."""

MAX_HELD_BYTES: Final = 64 << 20
"""Bytes of a remote file that are kept in memory, at most; images are stated instead."""

_READ_BYTES: Final = 1 << 20
_NEW_FILE_MODE: Final = 0o600
_CAREFUL: Final = (  # not every system has each
    getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
)


class RemoteFiles(Protocol):
    """What answers for servers.

    Both copies go in steps, so that a long one holds nobody up: they give the bytes that were moved
    so far. They raise FileError, as the server would refuse.
    """

    def reading(self, url: Url) -> Generator[int, None, Content]:
        """Read the file that `url` names; returns its content."""
        ...

    def writing(self, url: Url, content: Content) -> Generator[int, None, None]:
        """Make the file that `url` names, or replace it."""
        ...


class Unreachable:
    """The servers of a router that has none: nobody answers."""

    __slots__ = ()

    def reading(self, url: Url) -> Generator[int, None, Content]:
        """Time out."""
        raise FileError("opening", url, Reason.TIMED_OUT)

    def writing(self, url: Url, content: Content) -> Generator[int, None, None]:
        """Time out."""
        raise FileError("opening", url, Reason.TIMED_OUT)


UNREACHABLE: Final = Unreachable()


class FolderRemote:
    """Serves the files below one directory, under every host name and every scheme.

    `hosts` are the addresses that answer (all, if None); others time out. `logins` are the
    passwords by user for the schemes that log in (any login will do, if None). Nothing outside of
    `folder` is read or written, whatever the path or a symbolic link in the folder says, and
    nothing but plain files. `max_write_bytes` bounds a file that a router may leave there.
    """

    __slots__ = ("_folder", "_hosts", "_logins", "_max_write_bytes")

    def __init__(
        self,
        folder: Path,
        *,
        hosts: frozenset[str] | None = None,
        logins: Mapping[str, str] | None = None,
        max_write_bytes: int = 1 << 30,
    ) -> None:
        self._folder = folder.resolve()
        self._hosts = hosts
        self._logins = logins
        self._max_write_bytes = max_write_bytes

    def read(self, url: Url) -> Content:
        """The content of the file that `url` names, at once."""
        steps = self.reading(url)
        while True:
            try:
                next(steps)
            except StopIteration as end:
                content: Content = end.value
                return content

    def write(self, url: Url, content: Content) -> None:
        """Make the file that `url` names, or replace it, at once."""
        for _ in self.writing(url, content):
            pass

    def reading(self, url: Url) -> Generator[int, None, Content]:
        """Read the file that `url` names; returns its content."""
        self._admit("opening", url)
        path = self._place("opening", url)
        gathering = Gathering()
        with _answering("opening", url), _opened(path, os.O_RDONLY) as file:
            while data := file.read(_READ_BYTES):
                gathering.feed(data)
                if gathering.held > MAX_HELD_BYTES or gathering.size > MAX_REMOTE_BYTES:
                    raise FileError("reading", url, Reason.NO_SPACE)
                yield gathering.size
        return gathering.content()

    def writing(self, url: Url, content: Content) -> Generator[int, None, None]:
        """Make the file that `url` names, or replace it."""
        self._admit("opening", url)
        path = self._place("writing", url)
        if size_of(content) > self._max_write_bytes:
            raise FileError("writing", url, Reason.NO_SPACE)
        flags = os.O_WRONLY | os.O_CREAT
        with _answering("writing", url), _opened(path, flags) as file:
            file.truncate()
            written = told = 0
            for chunk in chunks_of(content):
                file.write(chunk)
                written += len(chunk)
                if written - told >= _READ_BYTES:
                    told = written
                    yield written

    def _admit(self, action: str, url: Url) -> None:
        """Let in who knows the server's address and, where it asks, a password."""
        if self._hosts is not None and url.host not in self._hosts:
            raise FileError(action, url, Reason.TIMED_OUT)
        if self._logins is None or url.scheme == "tftp":
            return
        if self._logins.get(url.user) != url.password:
            reason = Reason.BAD_LOGIN if url.scheme == "ftp" else Reason.DENIED
            raise FileError(action, url, reason)

    def _place(self, action: str, url: Url) -> Path:
        """The file that `url` stands for; FileError where that is not in the folder."""
        names = [name for name in url.path.split("/") if name not in ("", ".")]
        if not names or any(name == ".." or "\0" in name or "\\" in name for name in names):
            raise FileError(action, url, Reason.MISSING)
        with _answering(action, url):
            try:
                path = self._folder.joinpath(*names).resolve()
            except RuntimeError as error:  # a loop of links, in Python before 3.13
                raise OSError(errno.ELOOP, "a loop of links") from error
        if not path.is_relative_to(self._folder) or path == self._folder:
            raise FileError(action, url, Reason.MISSING)
        return path


@contextmanager
def _opened(path: Path, flags: int) -> Iterator[IO[bytes]]:
    """A plain file of the host; links at its last place are not followed, devices not opened."""
    descriptor = os.open(path, flags | _CAREFUL, _NEW_FILE_MODE)
    with os.fdopen(descriptor, "rb" if flags == os.O_RDONLY else "wb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "not a plain file")
        yield file


@contextmanager
def _answering(action: str, url: Url) -> Iterator[None]:
    """Tell a router what the host refused, without telling it where on the host."""
    try:
        yield
    except FileNotFoundError as error:
        raise FileError(action, url, Reason.MISSING) from error
    except PermissionError as error:
        raise FileError(action, url, Reason.DENIED) from error
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        raise FileError(action, url, Reason.NO_SPACE if full else Reason.IO_ERROR) from error
