"""Where running labs are found: one socket each, in a folder that only its owner can enter."""

import os
import stat
from pathlib import Path
from tempfile import gettempdir

from ...errors import DeviceError, InputError, UsageError

FOLDER_MODE = 0o700
MAX_SOCKET_PATH = 100
"""Bytes of a path that a socket address can hold on every system, with some to spare."""


def folder() -> Path:
    """The folder of the sockets, made if it is not there; raises InputError if others own it."""
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


def socket_path(name: str) -> Path:
    """The control socket of the lab `name`; raises InputError if the path is too long for one."""
    path = folder() / f"{name}.sock"
    if len(os.fsencode(path)) > MAX_SOCKET_PATH:
        raise InputError(
            "the path is too long for a socket",
            source=str(path),
            hint="name a shorter folder with GETVPN_LAB_DIR",
        )
    return path


def running() -> list[str]:
    """The names of the labs that have a socket."""
    return sorted(path.stem for path in folder().glob("*.sock"))


def the_lab(name: str | None) -> str:
    """The lab that is meant: `name`, or the only one that runs."""
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
