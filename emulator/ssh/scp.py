"""SCP: what runs on an exec channel when the command is `scp -t PATH` or `scp -f PATH`.

The protocol is that of BSD rcp, as OpenSSH's `scp.c` describes it: lines that start with C, D, E or
T announce what comes, a zero byte accepts, a byte of 1 and a line of text refuses.
"""

import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from .contracts import Login, ScpDownload, ScpTarget, ScpUpload

_LONGEST_LINE: Final = 4096
_FLAGS: Final = frozenset("tfpqrdv")
_OK: Final = b"\0"
_NO_SPACE: Final = "Not enough space on device"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScpRequest:
    """A copy that a client asks for.

    `to_router` tells the direction, `into_directory` that the path must be a directory. There is
    one path: a router has no shell that would make two of a name with a space.
    """

    to_router: bool
    into_directory: bool
    path: str

    @classmethod
    def parse(cls, command: str) -> "ScpRequest | None":
        """The request in the command of an exec channel; None when it is another command."""
        if not command.startswith("scp "):
            return None
        try:
            words = shlex.split(command)[1:]
        except ValueError:
            return None
        flags = set[str]()
        while words and words[0].startswith("-") and len(words[0]) > 1:
            word = words.pop(0)
            if word == "--":
                break
            flags.update(word[1:])
        if not flags <= _FLAGS or ("t" in flags) == ("f" in flags) or not words:
            return None
        return cls(to_router="t" in flags, into_directory="d" in flags, path=" ".join(words))


class Transfer:
    """One run of SCP; a session to the channel (`contracts.TerminalSession`).

    Files pass through in pieces. What a client fetches is written as fast as it takes it.
    """

    __slots__ = (
        "_buffer",
        "_close",
        "_download",
        "_login",
        "_missing",
        "_over",
        "_paused",
        "_pieces",
        "_request",
        "_state",
        "_status",
        "_target",
        "_upload",
        "_write",
    )

    def __init__(
        self,
        request: ScpRequest,
        target: ScpTarget,
        login: Login,
        write: Callable[[bytes], None],
        close: Callable[[int], None],
    ) -> None:
        self._request = request
        self._target = target
        self._login = login
        self._write = write
        self._close = close
        self._buffer = bytearray()
        self._upload: ScpUpload | None = None
        self._missing = 0
        self._download: ScpDownload | None = None
        self._pieces: Iterator[bytes] | None = None
        self._paused = False
        self._status = 0
        self._over = False
        self._state = self._read_line if request.to_router else self._offer

    def start(self) -> None:
        """Say that files may come, or refuse; a client that fetches speaks first."""
        refusal = self._target.refusal(self._login)
        if refusal is not None:
            self._refuse(refusal)
            self._end()
        elif self._request.to_router:
            self._write(_OK)

    def start_exec(self, command: str) -> None:
        """Start; the command is known."""
        self.start()

    def feed(self, data: bytes) -> None:
        """Take the next bytes of the client."""
        if self._over:
            return
        self._buffer += data
        self._advance()

    def end_of_input(self) -> None:
        """The client sends no more: all is done, or it has given up."""
        if self._state != self._read_line:
            self._status = 1
        self._end()

    def resize(self, columns: int, rows: int) -> None:
        """Nothing: a copy has no window."""

    def hangup(self) -> None:
        """Forget a file that has not arrived completely."""
        self._over = True
        self._upload = self._download = self._pieces = None

    def pause(self) -> None:
        """Write no more for now."""
        self._paused = True

    def resume(self) -> None:
        """Go on with the file that is being written."""
        self._paused = False
        if self._pieces is not None and not self._over:
            self._write_pieces()
            self._advance()

    def _advance(self) -> None:
        """Go on as far as the bytes of the client reach."""
        while self._buffer and not self._over and self._state():
            pass

    def _end(self) -> None:
        if not self._over:
            self._over = True
            self._close(self._status)

    def _refuse(self, text: str) -> None:
        """Send an error line."""
        self._status = 1
        line = " ".join(text.splitlines())
        self._write(b"\x01" + line.encode("utf-8", "replace") + b"\n")

    def _take_line(self) -> bytes | None:
        """The next line without its end; None when it is not complete, or much too long."""
        end = self._buffer.find(b"\n", 0, _LONGEST_LINE)
        if end < 0:
            if len(self._buffer) >= _LONGEST_LINE:
                self._refuse("protocol error: line too long")
                self._end()
            return None
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        return line

    # To the router

    def _read_line(self) -> bool:
        line = self._take_line()
        if line is None:
            return False
        kind = line[:1]
        if kind == b"C":
            self._announced(line)
        elif kind == b"D":
            self._refuse("a directory cannot be copied")
        elif kind in (b"T", b"E"):
            self._write(_OK)
        elif kind != b"\x01":
            # 2 is how the client says that it gives up
            if kind != b"\x02":
                self._refuse("protocol error")
            self._status = 1
            self._end()
        return True

    def _announced(self, line: bytes) -> None:
        """Accept or refuse the file of a line `C0644 SIZE NAME`."""
        parts = line.decode("utf-8", "replace").split(" ", 2)
        name = parts[-1]
        size = parts[1] if len(parts) == len(("mode", "size", "name")) else ""
        if not (size.isascii() and size.isdigit() and len(size) < len(str(1 << 63))):
            self._refuse("protocol error: size not delimited")
            return
        if not name or "/" in name or name in (".", ".."):
            self._refuse(f"{name}: unexpected filename")
            return
        path = self._destination(name)
        upload = self._target.upload(path, self._login)
        if isinstance(upload, str):
            self._refuse(upload)
            return
        if int(size) > self._target.room(path):
            self._refuse(_NO_SPACE)
            return
        self._upload, self._missing = upload, int(size)
        self._state = self._read_body if self._missing else self._read_end
        self._write(_OK)

    def _destination(self, name: str) -> str:
        """Where a file goes: the path of the command, with its own name only in a directory."""
        path = self._request.path
        if path == ".":
            return name
        if path.endswith((":", "/")):
            return path + name
        return f"{path}/{name}" if self._request.into_directory else path

    def _read_body(self) -> bool:
        part = bytes(self._buffer[: self._missing])
        del self._buffer[: self._missing]
        if self._upload is not None:
            self._upload.feed(part)
        self._missing -= len(part)
        if not self._missing:
            self._state = self._read_end
        return True

    def _read_end(self) -> bool:
        """Store the file when the client says that it could read all of it."""
        complete = self._buffer[:1] == _OK
        if complete:
            del self._buffer[:1]
        elif self._take_line() is None:
            return False
        upload, self._upload = self._upload, None
        self._state = self._read_line
        error = upload.commit() if complete and upload is not None else "not complete"
        if error is None:
            self._write(_OK)
        else:
            self._refuse(error)
        return True

    # From the router

    def _accepted(self) -> bool | None:
        """The answer of the client to what was sent; None when it is not complete."""
        if self._buffer[:1] == _OK:
            del self._buffer[:1]
            return True
        return None if self._take_line() is None else False

    def _offer(self) -> bool:
        """Announce the file when the client asks for it."""
        if self._accepted() is None:
            return False
        path = self._request.path
        download = self._target.download(path, self._login)
        if isinstance(download, str):
            self._refuse(download)
            self._end()
            return False
        # the client compares with what it asked for: behind the last slash of the path
        name = path.rpartition("/")[2].replace("\n", "")
        self._download = download
        self._write(b"C0644 %d %s\n" % (download.size, name.encode("utf-8", "replace")))
        self._state = self._send
        return True

    def _send(self) -> bool:
        """Send the content when the client has a place for it."""
        accepted = self._accepted()
        if accepted is None:
            return False
        download, self._download = self._download, None
        if accepted and download is not None:
            self._pieces = download.chunks()
            self._state = self._sending
            self._write_pieces()
        else:
            self._status = 1
            self._end()
        return True

    def _sending(self) -> bool:
        """Leave what the client says until the file is written."""
        return False

    def _write_pieces(self) -> None:
        """Write as much of the file as the client takes."""
        while self._pieces is not None and not self._paused and not self._over:
            piece = next(self._pieces, None)
            if piece is None:
                self._pieces = None
                self._state = self._finish
                piece = _OK
            self._write(piece)

    def _finish(self) -> bool:
        """End when the client has stored the file, or could not."""
        accepted = self._accepted()
        if accepted is None:
            return False
        self._status = 0 if accepted else 1
        self._end()
        return False
