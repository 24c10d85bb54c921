"""The files that a Tcl shell has open."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ..files.errors import FileError, Reason
from ..files.names import FilePath
from ..saving import ENCODING
from .tcl_words import TclError

if TYPE_CHECKING:
    from .session import Session

MOST_CHANNELS: Final = 64

_MODES: Final = ("r", "r+", "w", "w+", "a", "a+")


@dataclass(slots=True)
class Channel:
    """An open file: where it is, whether it may be written, where the next read begins."""

    path: FilePath
    writable: bool
    at: int = 0


class Channels:
    """The channels of one shell. What is written to one is in its file at once."""

    __slots__ = ("_count", "_open", "_session")

    def __init__(self, session: "Session") -> None:
        self._session = session
        self._open: dict[str, Channel] = {}
        self._count = 0

    def open(self, name: str, mode: str = "r") -> str:
        """Open a file, made anew for `w`; gives the channel's name."""
        if mode not in _MODES:
            raise TclError(f'illegal access mode "{mode}"')
        if len(self._open) >= MOST_CHANNELS:
            raise TclError(f'couldn\'t open "{name}": too many open files')
        router = self._session.router
        files, now = router.files, router.clock.now()
        try:
            path = files.locate(name, self._session.directory)
            if mode.startswith("w"):
                files.write(path, b"", now)
            elif mode.startswith("a"):
                files.append(path, b"", now)
            files.content(path)
        except FileError as failed:
            raise TclError(f'couldn\'t open "{name}": {_words(failed)}') from None
        channel = f"file{self._count}"
        self._count += 1
        self._open[channel] = Channel(path, mode != "r")
        return channel

    def close(self, channel: str) -> None:
        """Close a channel."""
        self._channel(channel)
        del self._open[channel]

    def write(self, channel: str, text: str) -> None:
        """Write `text` at the end of the file."""
        found = self._channel(channel)
        if not found.writable:
            raise TclError(f'channel "{channel}" wasn\'t opened for writing')
        router = self._session.router
        try:
            router.files.append(found.path, text.encode(ENCODING, "replace"), router.clock.now())
        except FileError as failed:
            raise TclError(f'error writing "{channel}": {_words(failed)}') from None

    def read(self, channel: str) -> str:
        """The rest of the file."""
        found = self._channel(channel)
        text = self._text(channel, found)
        rest, found.at = text[found.at :], len(text)
        return rest

    def gets(self, channel: str) -> str | None:
        """The next line of the file; None at its end."""
        found = self._channel(channel)
        text = self._text(channel, found)
        if found.at >= len(text):
            return None
        end = text.find("\n", found.at)
        end = len(text) if end < 0 else end
        line, found.at = text[found.at : end], end + 1
        return line

    def _text(self, channel: str, found: Channel) -> str:
        try:
            return self._session.router.files.read(found.path).decode(ENCODING)
        except FileError as failed:
            raise TclError(f'error reading "{channel}": {_words(failed)}') from None

    def _channel(self, channel: str) -> Channel:
        found = self._open.get(channel)
        if found is None:
            raise TclError(f'can not find channel named "{channel}"')
        return found


def _words(failed: FileError) -> str:
    """A refusal in the words of Tcl, which are those of POSIX."""
    if failed.reason is Reason.NO_SPACE:
        return "no space left on device"
    return failed.reason.value.lower()
