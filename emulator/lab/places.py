"""Where running labs are found: one socket each, in a folder that only its owner can enter."""

import os
import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import gettempdir
from typing import Final

from ...errors import DeviceError, InputError, UsageError
from .file import NAME

FOLDER_MODE: Final = 0o700
PRIVATE_MODE: Final = 0o600
MAX_SOCKET_PATH: Final = 100
"""Bytes of a path that a socket address can hold on every system, with some to spare."""


def folder() -> Path:
    """The folder of the sockets, made if it is not there.

    Raises InputError if others own it, DeviceError on a system without such sockets.
    """
    if not hasattr(socket, "AF_UNIX") or os.name != "posix":
        raise DeviceError("this system has no local sockets", hint="labs need a Unix")
    named = os.environ.get("GETVPN_LAB_DIR") or os.environ.get("XDG_RUNTIME_DIR")
    base = Path(named) if named else Path(gettempdir()) / f"getvpn-{os.getuid()}"
    place = base / "getvpn-labs" if named else base
    place.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    state = place.lstat()
    if state.st_uid != os.getuid() or stat.S_IMODE(state.st_mode) & 0o077:
        raise InputError(
            "the folder of running labs is open to others",
            source=str(place),
            hint=f"chmod 700 {place}, or name another one with GETVPN_LAB_DIR",
        )
    return place


@contextmanager
def alone(place: Path) -> Iterator[None]:
    """Be the only process that gives or takes names in the folder `place`."""
    import fcntl

    descriptor = os.open(place, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def private_file(path: Path, text: str) -> None:
    """Write a file that only its owner can read, all of it at once.

    Raises InputError where that cannot be; then nothing of the text stays there.
    """
    new = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        new.unlink(missing_ok=True)
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_MODE)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        new.replace(path)
    except OSError as error:
        with suppress(OSError):
            new.unlink(missing_ok=True)
        raise InputError(error.strerror or str(error), source=str(path)) from None


def known_hosts_beside(path: Path) -> Path:
    """The file with the host keys of the lab whose socket is `path`."""
    return path.with_suffix(".known_hosts")


def socket_path(name: str) -> Path:
    """The control socket of the lab `name`.

    Raises UsageError for what is no name, InputError if the path is too long for a socket.
    """
    if not NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} cannot be the name of a lab",
            hint="name it with --name: a letter, then letters, digits, '.', '_' and '-'",
        )
    path = folder() / f"{name}.sock"
    if len(os.fsencode(path)) > MAX_SOCKET_PATH:
        raise InputError(
            "the path is too long for a socket",
            source=str(path),
            hint="name a shorter folder with GETVPN_LAB_DIR",
        )
    return path


def answers(path: Path) -> bool:
    """Tell whether somebody listens on a socket."""
    with socket.socket(socket.AF_UNIX) as client:
        client.setblocking(False)
        try:
            client.connect(os.fspath(path))
        except BlockingIOError:
            return True  # so many wait already
        except OSError:
            return False
    return True


def running() -> list[str]:
    """The names of the labs that run; takes away what labs left behind that died."""
    place = folder()
    found = []
    for path in place.glob("*.sock"):
        if answers(path):
            found.append(path.stem)
            continue
        with alone(place):
            if not answers(path):
                path.unlink(missing_ok=True)
                known_hosts_beside(path).unlink(missing_ok=True)
    return sorted(found)


def the_lab(name: str | None) -> str:
    """The lab that is meant: `name`, or the only one that runs.

    Raises DeviceError if it does not run, UsageError if several do.
    """
    labs = running()
    if name is not None:
        if name not in labs:
            raise DeviceError(f"no lab named {name!r} runs", hint="start it: getvpn lab up FILE")
        return name
    if not labs:
        raise DeviceError("no lab runs", hint="start one: getvpn lab up FILE")
    if len(labs) > 1:
        raise UsageError(f"{len(labs)} labs run: {', '.join(labs)}", hint="say which: --lab NAME")
    return labs[0]
