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
        write_private(str(path), content)
        written.append(path)
    return written


def _holds(path: Path, content: bytes) -> bool:
    try:
        return path.read_bytes() == content
    except FileNotFoundError:
        return False


def write_private(path: str, content: bytes) -> None:
    """Write a file, or replace it, whole; its folder is there. Raises OSError, of `path`."""
    folder, name = os.path.split(path)
    new = os.path.join(folder, f".{name}.{token_hex(4)}")  # noqa: PTH118 - see below
    try:
        _create(new, content)
    except OSError as error:
        raise OSError(error.errno, error.strerror, path) from None
    try:
        os.replace(new, path)  # noqa: PTH105 - thousands of times in a run: paths are slow to make
    except BaseException:
        os.unlink(new)  # noqa: PTH108
        raise


def write_new_private(path: str, content: bytes) -> None:
    """As `write_private`, at half the price where there is no such file yet."""
    try:
        _create(path, content)
    except FileExistsError:
        write_private(path, content)


def _create(path: str, content: bytes) -> None:
    """Write a file that is not there. Raises OSError, FileExistsError when it is."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
    try:
        try:
            left = memoryview(content)
            while left:
                left = left[os.write(descriptor, left) :]
        finally:
            os.close(descriptor)
    except BaseException:
        os.unlink(path)  # noqa: PTH108
        raise
