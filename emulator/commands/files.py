"""Looking at file systems: listing them, going about in them, reading files."""

from typing import Final

from ..files.content import size_of
from ..files.errors import FileError, Reason
from ..files.listing import (
    all_directories_text,
    directory_text,
    file_systems_text,
    flash_text,
    working_directory_text,
)
from ..files.names import FilePath
from ..grammar import CLASSIC, XE, CommandSet
from ..saving import ENCODING
from ..shell.call import Call
from .places import directory_of, on_places, place, stamp_of, words_for

MOST_DUMPED_BYTES: Final = 1 << 20
"""Bytes of a file that `more` shows in hexadecimal digits, at most."""

_SAMPLE_BYTES: Final = 512
_ROW_BYTES: Final = 16

declared = CommandSet()
declared.words(
    {
        "dir": "List files on a filesystem",
        "/all": "List all files",
        "dir /recursive": "List files recursively",
        "/all /recursive": "List files recursively",
        "all-filesystems": "List files on all filesystems",
        **words_for("dir", "/all", "dir /recursive", text="Directory or file name"),
        "cd": "Change current directory",
        **words_for("cd", text="Directory name"),
        "pwd": "Display current working directory",
        "more": "Display the contents of a file",
        "more /ascii": "Display binary files in ascii",
        "more /binary": "Force display to hex/text format",
        **words_for("more", "/ascii", "/binary", text="File to display"),
        "show file": "Show filesystem information",
        "show file systems": "List filesystems",
        "show flash:": "display information about flash: file system",
        "show flash0:": "display information about flash0: file system",
        "show bootflash:": "display information about bootflash: file system",
        "bootflash: all": "List all information",
        "flash: all": "List all information",
        "flash0: all": "List all information",
    }
)


@on_places(declared, "dir {/all | /recursive}* [@local]")
def show_directory(call: Call) -> str:
    """List a directory, a file, or what a pattern fits."""
    place(call, "file")
    return directory_text(
        call.router.files,
        str(call.get("file") or ""),
        directory_of(call),
        recursive=call.has("/recursive"),
        stamp=stamp_of(call),
    )


@declared.exec("dir {/all | /recursive}* all-filesystems", privilege=15)
def show_all_directories(call: Call) -> str:
    """List the tops of all file systems."""
    return all_directories_text(
        call.router.files,
        recursive=call.has("/recursive"),
        stamp=stamp_of(call),
    )


@on_places(declared, "cd [@local]")
def change_directory(call: Call) -> None:
    """Go to another directory; without one, to where sessions begin."""
    if call.session is None:
        return
    place(call, "file")
    found = call.router.files.change_directory(str(call.get("file") or ""), directory_of(call))
    call.session.directory = found


@declared.exec("pwd", privilege=15)
def show_working_directory(call: Call) -> str:
    """The directory that the session is in."""
    return working_directory_text(directory_of(call) or call.router.files.home)


@declared.exec("show file systems", privilege=15)
def show_file_systems(call: Call) -> str:
    """All file systems, with the space of those that have some."""
    return file_systems_text(call.router.files, directory_of(call))


@declared.exec("show flash: [all]", "show bootflash: [all]", families=(XE,))
@declared.exec("show flash: [all]", "show flash", "show flash0: [all]", families=(CLASSIC,))
def show_flash(call: Call) -> str:
    """Everything in the flash."""
    return flash_text(call.router.files, stamp=stamp_of(call))


@on_places(declared, "more [/ascii | /binary] @local")
def more(call: Call) -> str:
    """The content of a file: as text, or as hexadecimal digits if it is none."""
    path = place(call, "file")
    files = call.router.files
    size = size_of(files.content(path))
    if call.has("/binary") or (not call.has("/ascii") and _is_binary(_beginning(call, path))):
        if size > MOST_DUMPED_BYTES:
            raise FileError("reading", path, Reason.INVALID)
        return _dump(files.read(path))
    text = files.read(path).decode(ENCODING).replace("\r\n", "\n")
    return text if text.endswith("\n") or not text else text + "\n"


def _beginning(call: Call, path: FilePath) -> bytes:
    for chunk in call.router.files.chunks(path):
        return chunk[:_SAMPLE_BYTES]
    return b""


def _is_binary(sample: bytes) -> bool:
    return any(byte < 0x20 and byte not in b"\t\n\f\r\x03\x1a" for byte in sample)


def _dump(data: bytes) -> str:
    """Rows of 16 bytes in words of four, and their characters."""
    rows = []
    for at in range(0, len(data), _ROW_BYTES):
        row = data[at : at + _ROW_BYTES]
        words = [row[word : word + 4] for word in range(0, len(row), 4)]
        digits = " ".join(word.hex().upper() for word in words)
        shown = " ".join("".join(_visible(byte) for byte in word) for word in words)
        rows.append(f"{at:08X}:  {digits:<35}    {shown}\n")
    return "".join(rows)


def _visible(byte: int) -> str:
    return chr(byte) if 0x20 <= byte < 0x7F else "."
