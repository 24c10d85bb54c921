"""What a deployment leaves behind: backups without the secrets that nobody needs any more."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from ...errors import InputError
from ..collecting.scrub import without_secrets
from ..collecting.wanted import CONFIG_COMMAND
from ..saving import write_private
from .backup import read_backup
from .outcome import DeviceOutcome


def tidy(backups: Path, devices: Mapping[str, DeviceOutcome]) -> None:
    """Take the secrets out of backups; those of devices that were left half way keep them.

    `backups` is the folder of this deployment; earlier ones may have made the backups of devices
    that they left, which are treated alike. Raises OSError.
    """
    left = {name for name, each in devices.items() if each.state == "half way"}
    earlier = (each.backup for each in devices.values() if each.backup is not None)
    for path in _once((*backups.rglob("*.cfg"), *earlier)):
        _tidy(path, left)


def _tidy(path: Path, left: Iterable[str]) -> None:
    try:
        backup = read_backup(path)
    except InputError:
        return
    clean = without_secrets(CONFIG_COMMAND, backup.text)
    if backup.device in left or clean == backup.text:
        return
    data = clean.encode("utf-8", "surrogateescape")
    about_path = path.with_suffix(".json")
    about = json.loads(about_path.read_bytes())
    about |= {"size": len(data), "sha256": hashlib.sha256(data).hexdigest(), "secrets": "removed"}
    write_private(str(path), data)
    write_private(str(about_path), json.dumps(about, indent=1).encode() + b"\n")


def _once(paths: Iterable[Path]) -> Iterable[Path]:
    return dict.fromkeys(path for path in paths)
