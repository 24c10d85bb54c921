"""What `dir`, `show file systems`, `show flash:` and `pwd` print.

The layouts are those of the genieparser and ntc-templates samples of these commands, and of public
transcripts of a Cisco 1941 for classic IOS. Every text ends with a line end.
"""

from collections.abc import Iterator
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


def directory_text(
    store: FileStore,
    target: str = "",
    cwd: FilePath | None = None,
    *,
    recursive: bool = False,
    zone_offset_s: int = 0,
) -> str:
    """`dir target`: a directory, one file, or what a pattern fits.

    `zone_offset_s` is how far the router's local time is ahead of UTC. Raises FileError.
    """
    path = store.locate(target, cwd)
    volume = store.volume(path.prefix)
    if volume.prefix == "null:":
        raise FileError("opening", path, Reason.INVALID)
    if path.wild:
        nodes = [node for _, node in store.matching(path)]
        if not nodes:
            raise FileError("opening", path, Reason.MISSING)
        return _block(volume, str(path), nodes, zone_offset_s) + _totals(volume)
    node = look(volume, path)
    if isinstance(node, File):
        return _block(volume, str(path), [node], zone_offset_s) + _totals(volume)
    if recursive:
        return "".join(_tree(volume, path, node, zone_offset_s)) + _totals(volume)
    nodes = list(node.children.values())
    return _block(volume, path.directory_text, nodes, zone_offset_s) + _totals(volume)


def all_directories_text(
    store: FileStore, *, recursive: bool = False, zone_offset_s: int = 0
) -> str:
    """`dir all-filesystems`."""
    return "".join(
        directory_text(store, prefix, recursive=recursive, zone_offset_s=zone_offset_s)
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


def flash_text(store: FileStore, *, zone_offset_s: int = 0) -> str:
    """`show flash:` or `show bootflash:`: everything with its full path, counted through."""
    volume = store.volume(store.layout.flash)
    linux = volume.style.grouped_inodes
    rule = "---------date/time---------" if linux else "-----date/time------"
    lines = [f"-#- --length-- {rule} path"]
    for count, (path, node) in enumerate(_walk(FilePath(prefix=volume.prefix), volume.root), 1):
        name = "/".join((volume.prefix[:-1], *path.parts)) if linux else "/".join(path.parts)
        number = f"{count:>3}" if linux else f"{count:<3}"
        date = _date(node.modified, zone_offset_s)
        lines.append(f"{number} {node.size:>10} {date} {'/' * linux}{name}")
    used = (volume.capacity or 0) - volume.free
    lines += ["", f"{volume.free} bytes available ({used} bytes used)"]
    return "\n".join(lines) + "\n"


def working_directory_text(cwd: FilePath) -> str:
    """`pwd`."""
    return f"{cwd.directory_text}\n"


def _block(volume: Volume, heading: str, nodes: list[Node], zone_offset_s: int) -> str:
    """A heading, an empty line, and the lines of `nodes`."""
    lines = [_line(volume, node, zone_offset_s) for node in nodes] or [_EMPTY]
    return "\n".join([f"Directory of {heading}", "", *lines, "", ""])


def _line(volume: Volume, node: Node, zone_offset_s: int) -> str:
    size = f"{node.size:>{volume.style.size_width}}"
    date = f"{_date(node.modified, zone_offset_s):>{_DATE_WIDTH}}"
    return f"{node.inode:>5}  {node.mode}{size}  {date}  {node.name}"


def _date(seconds: float | None, zone_offset_s: int) -> str:
    """`Nov 25 2016 19:32:53 -07:00`, the date right-aligned; the day is not padded."""
    if seconds is None:
        return NO_DATE
    time = moment(seconds, zone_offset_s)
    minutes = abs(zone_offset_s) // 60
    zone = f"{'-' if zone_offset_s < 0 else '+'}{minutes // 60:02}:{minutes % 60:02}"
    date = f"{MONTHS[time.month - 1]} {time.day} {time.year}"
    return f"{date:>11} {time:%H:%M:%S} {zone}"


def _totals(volume: Volume) -> str:
    if volume.capacity is None:
        return "No space information available\n"
    return f"{volume.capacity} bytes total ({volume.free} bytes free)\n"


def _tree(volume: Volume, path: FilePath, node: Directory, zone_offset_s: int) -> Iterator[str]:
    """A block for a directory and for each below it (the heading follows that of an ASA)."""
    nodes = list(node.children.values())
    yield _block(volume, f"{path.directory_text}*", nodes, zone_offset_s)
    for child in nodes:
        if isinstance(child, Directory) and child.children:
            yield from _tree(volume, path.child(child.name), child, zone_offset_s)


def _walk(path: FilePath, node: Directory) -> Iterator[tuple[FilePath, Node]]:
    for child in node.children.values():
        yield path.child(child.name), child
        if isinstance(child, Directory):
            yield from _walk(path.child(child.name), child)
