"""Files that hold secrets: nobody but their owner reads them."""

import os
from collections.abc import Mapping
from pathlib import Path
from secrets import token_hex
from typing import Final

PRIVATE: Final = 0o600
PRIVATE_FOLDER: Final = 0o700


def save_private(folder: Path, texts: Mapping[str, str]) -> list[Path]:
    """Write `texts` by file name into `folder`, which is made if need be; give what was written.

    A file that says the same already is only made private. Others are replaced whole, so that
    nobody finds half of one. Raises OSError.
    """
    folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    written = []
    for name, text in texts.items():
        path, content = folder / name, text.encode("utf-8")
        if _holds(path, content):
            path.chmod(PRIVATE)
            continue
        _replace(path, content)
        written.append(path)
    return written


def _holds(path: Path, content: bytes) -> bool:
    try:
        return path.read_bytes() == content
    except FileNotFoundError:
        return False


def _replace(path: Path, content: bytes) -> None:
    new = path.with_name(f".{path.name}.{token_hex(4)}")
    try:
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE), "wb") as file:
            file.write(content)
        new.replace(path)
    except BaseException:
        new.unlink(missing_ok=True)
        raise
