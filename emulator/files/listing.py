"""What `dir`, `show file systems`, `show flash:` and `pwd` print.

The layouts are those of the genieparser and ntc-templates samples of these commands, and of public
transcripts of a Cisco 1941 for classic IOS. Every text ends with a line end.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final

from ..timetext import MONTHS, moment
from .disk import Volume, look
from .errors import FileError, Reason
from .names import FilePath
from .store import FileStore
from .tree import Directory, File, Node

NO_DATE: Final = "<no date>"
_DATE_WIDTH: Final = 27
_EMPTY: Final = "No files in directory"


Stamp = Callable[[float], str]
"""Prints a time, in UTC seconds since 1970, as a listing shows it."""


def date_text(local: datetime, zone_offset_s: int) -> str:
    """`Nov 25 2016 19:32:53 -07:00`, the date right-aligned; the day is not padded.

    `zone_offset_s` is how far the local time is ahead of UTC.
    """
    minutes = abs(zone_offset_s) // 60
    zone = f"{'-' if zone_offset_s < 0 else '+'}{minutes // 60:02}:{minutes % 60:02}"
    date = f"{MONTHS[local.month - 1]} {local.day} {local.year}"
    return f"{date:>11} {local:%H:%M:%S} {zone}"


def utc_stamp(seconds: float) -> str:
    """A time in UTC."""
    return date_text(moment(seconds), 0)


def directory_text(
    store: FileStore,
    target: str = "",
    cwd: FilePath | None = None,
    *,
    recursive: bool = False,
    stamp: Stamp = utc_stamp,
) -> str:
    """`dir target`: a directory, one file, or what a pattern fits.

    `stamp` prints times as the router sees them. Raises FileError.
    """
    path = store.locate(target, cwd)
    volume = store.volume(path.prefix)
    if volume.prefix == "null:":
        raise FileError("opening", path, Reason.INVALID)
    if path.wild:
        nodes = [node for _, node in store.matching(path)]
        if not nodes:
            raise FileError("opening", path, Reason.MISSING)
        return _block(volume, str(path), nodes, stamp) + _totals(volume)
    node = look(volume, path)
    if isinstance(node, File):
        return _block(volume, str(path), [node], stamp) + _totals(volume)
    if recursive:
        return "".join(_tree(volume, path, node, stamp)) + _totals(volume)
    nodes = list(node.children.values())
    return _block(volume, path.directory_text, nodes, stamp) + _totals(volume)


def all_directories_text(
    store: FileStore, *, recursive: bool = False, stamp: Stamp = utc_stamp
) -> str:
    """`dir all-filesystems`."""
    return "".join(
        directory_text(store, prefix, recursive=recursive, stamp=stamp)
        for prefix in store.layout.order
    )


def file_systems_text(store: FileStore, cwd: FilePath | None = None) -> str:
    """`show file systems`; the star is at the file system of the current directory."""
    current = store.canonical(cwd or store.home).prefix
    lines = ["File Systems:", "", "       Size(b)       Free(b)      Type  Flags  Prefixes"]
    for listed in store.layout.listed:
        size, free = "-", "-"
        if listed.kind in ("disk", "nvram"):
            volume = store.volume(listed.prefix)
            size, free = str(volume.capacity), str(volume.free)
        label = store.layout.flash_label if listed.prefix == store.layout.flash else listed.prefix
        star = "*" if listed.prefix == current else " "
        lines.append(f"{star}{size:>13}{free:>14}{listed.kind:>10}{listed.flags:>7}   {label}")
    return "\n".join(lines) + "\n\n"


def flash_text(store: FileStore, *, stamp: Stamp = utc_stamp) -> str:
    """`show flash:` or `show bootflash:`: everything with its full path, counted through."""
    volume = store.volume(store.layout.flash)
    linux = volume.style.grouped_inodes
    rule = "---------date/time---------" if linux else "-----date/time------"
    lines = [f"-#- --length-- {rule} path"]
    for count, (path, node) in enumerate(_walk(FilePath(prefix=volume.prefix), volume.root), 1):
        name = "/".join((volume.prefix[:-1], *path.parts)) if linux else "/".join(path.parts)
        number = f"{count:>3}" if linux else f"{count:<3}"
        date = _date(node.modified, stamp)
        lines.append(f"{number} {node.size:>10} {date} {'/' * linux}{name}")
    used = (volume.capacity or 0) - volume.free
    lines += ["", f"{volume.free} bytes available ({used} bytes used)"]
    return "\n".join(lines) + "\n"


def working_directory_text(cwd: FilePath) -> str:
    """`pwd`."""
    return f"{cwd.directory_text}\n"


def _block(volume: Volume, heading: str, nodes: list[Node], stamp: Stamp) -> str:
    """A heading, an empty line, and the lines of `nodes`."""
    lines = [_line(volume, node, stamp) for node in nodes] or [_EMPTY]
    return "\n".join([f"Directory of {heading}", "", *lines, "", ""])


def _line(volume: Volume, node: Node, stamp: Stamp) -> str:
    size = f"{node.size:>{volume.style.size_width}}"
    date = f"{_date(node.modified, stamp):>{_DATE_WIDTH}}"
    return f"{node.inode:>5}  {node.mode}{size}  {date}  {node.name}"


def _date(seconds: float | None, stamp: Stamp) -> str:
    return NO_DATE if seconds is None else stamp(seconds)


def _totals(volume: Volume) -> str:
    if volume.capacity is None:
        return "No space information available\n"
    return f"{volume.capacity} bytes total ({volume.free} bytes free)\n"


def _tree(volume: Volume, path: FilePath, node: Directory, stamp: Stamp) -> Iterator[str]:
    """A block for a directory and for each below it (the heading follows that of an ASA)."""
    nodes = list(node.children.values())
    yield _block(volume, f"{path.directory_text}*", nodes, stamp)
    for child in nodes:
        if isinstance(child, Directory) and child.children:
            yield from _tree(volume, path.child(child.name), child, stamp)


def _walk(path: FilePath, node: Directory) -> Iterator[tuple[FilePath, Node]]:
    for child in node.children.values():
        yield path.child(child.name), child
        if isinstance(child, Directory):
            yield from _walk(path.child(child.name), child)
