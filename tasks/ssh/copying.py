"""A file to a device by SCP, over a connection of its own that is verified as sessions are."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, BinaryIO, Final

from ...errors import InputError, OverdueError, RefusedError, TransportError, UsageError
from .link import reason
from .target import Target

if TYPE_CHECKING:
    import paramiko

CHUNK_BYTES: Final = 32_768
ANSWER_S: Final = 300.0
"""Seconds that a device may take to say something: it may have to write hundreds of megabytes."""
_MOST_SAID: Final = 300
_OFF: Final = "administratively disabled"
Progress = Callable[[int, int], None]


def push(target: Target, local: str, remote: str, progress: Progress | None = None) -> None:
    """Copy the file `local` to `target`, where it is called `remote` (`bootflash:image.bin`).

    Raises the kinds of `DeviceError`, InputError for a file that cannot be read, UsageError where
    the transport has no verified connection of ours.
    """
    if target.access.transport != "netmiko":
        raise UsageError(
            f"the transport {target.access.transport} copies no files",
            hint="use netmiko, or copy the file yourself and name it as it is called on the device",
        )
    from paramiko.ssh_exception import SSHException

    from .netmiko_wire import logged_in

    path = Path(local)
    try:
        file = path.open("rb")
    except OSError as error:
        raise InputError(f"cannot be read: {reason(error)}", source=local) from None
    with file, logged_in(target) as transport:
        try:
            channel = transport.open_session(timeout=target.access.login_timeout)
            channel.settimeout(ANSWER_S)
            _send(channel, file, path.name, remote, progress)
        except TimeoutError:
            raise OverdueError(f"no answer to the copy of {path.name} for {ANSWER_S:g} s") from None
        except (OSError, EOFError, SSHException) as error:
            raise TransportError(f"the copy of {path.name} breaks off: {reason(error)}") from None


def _send(
    channel: paramiko.Channel, file: BinaryIO, name: str, remote: str, progress: Progress | None
) -> None:
    """The file in the protocol of `scp -t`."""
    size = os.fstat(file.fileno()).st_size
    channel.exec_command(f"scp -t {_quoted(remote)}")
    _agreed(channel, remote)
    channel.sendall(f"C0644 {size} {name}\n".encode())
    _agreed(channel, remote)
    sent, told = 0, monotonic()
    while data := file.read(CHUNK_BYTES):
        channel.sendall(data)
        sent += len(data)
        if progress is not None and (sent >= size or monotonic() - told >= 1):
            told = monotonic()
            progress(sent, size)
        if channel.recv_ready():
            # nothing is to be said before the end, unless it is an error
            _agreed(channel, remote)
    channel.sendall(b"\0")
    _agreed(channel, remote)
    channel.shutdown_write()
    channel.close()


def _agreed(channel: paramiko.Channel, remote: str) -> None:
    """Take one answer. Raises RefusedError with the words of the device unless it agrees."""
    first = channel.recv(1)
    if first == b"\0":
        return
    said = b""
    while first and b"\n" not in said and len(said) < _MOST_SAID:
        more = channel.recv(_MOST_SAID)
        if not more:
            break
        said += more
    if not first:
        raise EOFError("the device ends the connection")
    words = " ".join(
        (said if first in b"\1\2" else first + said).decode("utf-8", "replace").split()
    )
    raise RefusedError(
        f"does not take the file {remote}: {words or 'it says nothing'}",
        hint="enter 'ip scp server enable' there" if _OFF in words.lower() else None,
        command=f"scp -t {remote}",
        words=words,
    )


def _quoted(path: str) -> str:
    """A path for the command line of a device, which knows no escapes. Raises UsageError."""
    if not path.isprintable() or any(sign in path for sign in "'\" \\"):
        raise UsageError(f"{path!r} is no name of a file on a device")
    return path
