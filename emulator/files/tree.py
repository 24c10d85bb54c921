"""Files and directories as they lie in a file system."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from .content import Content, held_bytes, size_of

DIRECTORY_MODE: Final = "drwx"
FILE_MODE: Final = "-rw-"

LOST_AND_FOUND: Final = "lost+found"
LOST_AND_FOUND_INODE: Final = 11
"""What ext2 and its successors reserve for it."""

_GROUP_INODES: Final = 8032
_GROUPS: Final = 128


@dataclass(slots=True)
class File:
    """A file. `modified` is in UTC seconds since 1970, None where no date is kept."""

    name: str
    inode: int
    content: Content = b""
    modified: float | None = None
    mode: str = FILE_MODE

    @property
    def size(self) -> int:
        """Its bytes."""
        return size_of(self.content)

    @property
    def held(self) -> int:
        """Bytes of it that are kept in memory."""
        return held_bytes(self.content)


@dataclass(slots=True)
class Directory:
    """A directory; `children` are in the order in which they were made, by folded name.

    `size` is what a listing shows; it takes no space.
    """

    name: str = ""
    inode: int = 1
    modified: float | None = None
    mode: str = DIRECTORY_MODE
    size: int = 0
    next_inode: int = 1
    children: "dict[str, Node]" = field(default_factory=dict)

    def below(self) -> "Iterator[Node]":
        """Everything under it, each directory before what it holds."""
        for child in self.children.values():
            yield child
            if isinstance(child, Directory):
                yield from child.below()


Node: TypeAlias = File | Directory


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How a kind of file system numbers and lists what it holds.

    `fold_case`: names that differ in case only are the same. `grouped_inodes`: directories get
    numbers far apart and files follow their directory, as on a Linux file system; otherwise all
    are counted through. `size_width` is the width of the size in a listing; `directory_mode` and
    `directory_size` are what it shows for a directory.
    """

    fold_case: bool = False
    grouped_inodes: bool = True
    first_inode: int = 12
    size_width: int = 17
    directory_mode: str = DIRECTORY_MODE
    directory_size: int = 4096
    dated: bool = True

    def key(self, name: str) -> str:
        """What tells `name` from others."""
        return name.lower() if self.fold_case else name


LINUX: Final = Style()
"""Flash of IOS-XE (genieparser and ntc-templates samples of `dir bootflash:`)."""

FAT: Final = Style(
    fold_case=True,
    grouped_inodes=False,
    first_inode=1,
    size_width=12,
    directory_mode="drw-",
    directory_size=0,
)
"""Flash of a router with classic IOS (samples of `dir flash0:` of IOSv and of a 1941)."""


def directory_inode(name: str, taken: set[int]) -> int:
    """A number for a new directory that lies far from others, the same for the same name."""
    if name == LOST_AND_FOUND and LOST_AND_FOUND_INODE not in taken:
        return LOST_AND_FOUND_INODE
    group = zlib.crc32(name.encode()) % _GROUPS
    while group * _GROUP_INODES + 1 in taken or not group:
        group += 1
    return group * _GROUP_INODES + 1
