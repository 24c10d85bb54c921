"""Running configurations kept before a change, each in a file that only its owner reads.

A backup is the text as the device printed it, to the byte, in `FOLDER/DEVICE/TIME.cfg`; what it is
of stands beside it in `TIME.json`. A text without the latter was not written to its end.
"""

import hashlib
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from ...errors import InputError
from ..collecting.gathered import folder_name
from ..saving import PRIVATE_FOLDER, write_private

FORMAT: Final = 1
_TEXT: Final = ".cfg"
_ABOUT: Final = ".json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """The configuration that `device` had at `at` (seconds since 1970, UTC); it holds secrets."""

    device: str
    at: float
    path: Path
    text: str = field(repr=False)


def save_backup(folder: Path, device: str, text: str, *, at: float | None = None) -> Path:
    """Keep the running configuration of a device; give the path of the text. Raises OSError."""
    moment = time.time() if at is None else at
    place = folder / folder_name(device)
    folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    place.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
    path = _free(place, moment)
    data = text.encode("utf-8", "surrogateescape")
    about = {
        "format": FORMAT,
        "device": device,
        "at": moment,
        "size": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
    }
    write_private(str(path), data)
    write_private(str(path.with_suffix(_ABOUT)), json.dumps(about, indent=1).encode() + b"\n")
    return path


def read_backup(path: Path) -> Backup:
    """A backup by the path that `save_backup` gave. Raises InputError if it is not whole."""
    try:
        about = json.loads(path.with_suffix(_ABOUT).read_bytes())
        data = path.read_bytes()
        device, at, digest = str(about["device"]), float(about["at"]), str(about["sha256"])
    except OSError as error:
        raise InputError(f"no backup: {error.strerror}", source=str(path)) from None
    except (ValueError, KeyError, TypeError):
        raise InputError("what the backup is of cannot be read", source=str(path)) from None
    if hashlib.sha256(data).hexdigest() != digest:
        raise InputError("the backup was changed since it was written", source=str(path))
    text = data.decode("utf-8", "surrogateescape")
    return Backup(device=device, at=at, path=path, text=text)


def newest_backup(folder: Path, device: str) -> Backup | None:
    """The last whole backup of a device, None if there is none."""
    for path in sorted(_texts(folder / folder_name(device)), reverse=True):
        try:
            found = read_backup(path)
        except InputError:
            continue
        if found.device == device:
            return found
    return None


def _texts(place: Path) -> Iterator[Path]:
    yield from place.glob(f"[0-9]*{_TEXT}")


def _free(place: Path, moment: float) -> Path:
    """A name that is not taken, and sorts behind those of earlier times."""
    stamp = datetime.fromtimestamp(moment, UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    number = 0
    while (path := place / f"{stamp}-{number:03}{_TEXT}").exists():
        number += 1
    return path
