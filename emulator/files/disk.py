"""A file system that holds what is written to it: flash, NVRAM, `tmpsys:`."""

from collections.abc import Callable
from typing import Final, Protocol

from .content import Content, size_of
from .errors import FileError, Reason
from .names import FilePath
from .tree import DIRECTORY_MODE, FILE_MODE, Directory, File, Node, Style, directory_inode

MAX_FILES: Final = 10_000
"""Files and directories of one file system, at most."""

MAX_HELD_BYTES: Final = 64 << 20
"""Bytes that one file system keeps in memory, at most; images that are stated do not count."""


class Volume(Protocol):
    """A file system: where things are, and what can be done to them.

    `prefix` is its name with the colon, `capacity` its bytes (None where it tells no space).
    Every operation raises FileError for what cannot be done.
    """

    prefix: str
    style: Style

    @property
    def capacity(self) -> int | None:
        """Bytes in all; None where it tells no space."""

    @property
    def free(self) -> int:
        """Bytes that can still be written."""

    @property
    def root(self) -> Directory:
        """The top directory."""

    def content(self, path: FilePath) -> Content:
        """What is in the file `path`."""

    def room(self, path: FilePath) -> int:
        """Bytes that a file at `path` may have."""

    def write(self, path: FilePath, content: Content, now: float) -> None:
        """Make the file `path`, or replace what is in it."""

    def remove(self, path: FilePath) -> None:
        """Delete a file."""

    def make_directory(self, path: FilePath, now: float) -> None:
        """Make an empty directory."""

    def remove_directory(self, path: FilePath) -> None:
        """Delete an empty directory."""

    def rename(self, path: FilePath, new: FilePath) -> None:
        """Give a file or directory another place in the same file system."""

    def clear(self) -> None:
        """Delete everything."""


def look(volume: Volume, path: FilePath, action: str = "opening") -> Node:
    """What lies at `path`; FileError if nothing does."""
    node = _descend(volume, path)
    if node is None:
        raise FileError(action, path, Reason.MISSING)
    return node


def _descend(volume: Volume, path: FilePath) -> Node | None:
    node: Node = volume.root
    for part in path.parts:
        child = node.children.get(volume.style.key(part)) if isinstance(node, Directory) else None
        if child is None:
            return None
        node = child
    return node


def look_for_file(volume: Volume, path: FilePath, action: str = "opening") -> File:
    """The file at `path`; FileError if there is none."""
    node = look(volume, path, action)
    if isinstance(node, Directory):
        raise FileError(action, path, Reason.IS_DIRECTORY)
    return node


def look_for_directory(volume: Volume, path: FilePath, action: str = "opening") -> Directory:
    """The directory at `path`; FileError if there is none."""
    node = look(volume, path, action)
    if isinstance(node, File):
        raise FileError(action, path, Reason.NOT_DIRECTORY)
    return node


def directory_of(volume: Volume, path: FilePath, action: str = "opening") -> Directory:
    """The directory in which `path` is or would be; FileError names `path` if there is none."""
    node = _descend(volume, path.parent)
    if node is None:
        raise FileError(action, path, Reason.MISSING)
    if isinstance(node, File):
        raise FileError(action, path, Reason.NOT_DIRECTORY)
    return node


def never() -> bool:
    """What a disk asks that nobody fills: whether it is full."""
    return False


class Disk:
    """Files and directories in memory.

    `full` is asked whether the disk has run full for another reason than its files; it then has no
    space left. Space is what files have; directories take none.
    """

    __slots__ = (
        "_capacity",
        "_count",
        "_max_held",
        "_next_inode",
        "_root",
        "full",
        "held",
        "prefix",
        "style",
        "used",
    )

    def __init__(
        self,
        prefix: str,
        style: Style,
        *,
        capacity: int | None,
        max_held: int = MAX_HELD_BYTES,
        full: Callable[[], bool] = never,
    ) -> None:
        self.prefix = prefix
        self.style = style
        self.full = full
        self._capacity = capacity
        self._max_held = max_held
        self._fresh()

    def _fresh(self) -> None:
        self._root = Directory()
        self._next_inode = self.style.first_inode
        self._count = 0
        self.used = 0
        self.held = 0

    @property
    def capacity(self) -> int | None:
        """Bytes in all; None where it tells no space."""
        return self._capacity

    @property
    def free(self) -> int:
        """Bytes that can still be written."""
        if self.full():
            return 0
        return (self._max_held if self._capacity is None else self._capacity) - self.used

    @property
    def root(self) -> Directory:
        """The top directory."""
        return self._root

    def content(self, path: FilePath) -> Content:
        """What is in the file `path`."""
        return look_for_file(self, path).content

    def room(self, path: FilePath) -> int:
        """Bytes that a file at `path` may have: what is free, and what is there already."""
        try:
            return self.free + look_for_file(self, path).size
        except FileError:
            return self.free

    def write(self, path: FilePath, content: Content, now: float) -> None:
        """Make the file `path`, or replace what is in it."""
        parent = directory_of(self, path)
        key = self.style.key(path.name)
        node = parent.children.get(key)
        if isinstance(node, Directory) or not path.parts:
            raise FileError("opening", path, Reason.IS_DIRECTORY)
        file = node or File(path.name, 0)
        made = File(path.name, file.inode, content)
        growth = made.size - file.size
        heavier = made.held - file.held
        if (growth > 0 and growth > self.free) or self.held + heavier > self._max_held:
            raise FileError("writing", path, Reason.NO_SPACE)
        if node is None:
            if self.full():
                raise FileError("writing", path, Reason.NO_SPACE)
            self._count_one("writing", path)
            file.inode = self._number(parent)
            parent.children[key] = file
        file.content = content
        file.modified = now if self.style.dated else None
        file.mode = FILE_MODE
        self.used += growth
        self.held += heavier

    def remove(self, path: FilePath) -> None:
        """Delete a file."""
        file = look_for_file(self, path, "deleting")
        del directory_of(self, path).children[self.style.key(path.name)]
        self._count -= 1
        self.used -= file.size
        self.held -= file.held

    def make_directory(self, path: FilePath, now: float) -> None:
        """Make an empty directory."""
        action = "Creating dir"
        parent = directory_of(self, path, action)
        key = self.style.key(path.name)
        if not path.parts or key in parent.children:
            raise FileError(action, path, Reason.EXISTS)
        self._count_one(action, path)
        if self.style.grouped_inodes:
            taken = {each.inode for each in self._root.below()}
            number = directory_inode(path.name, taken)
        else:
            number = self._number(parent)
        parent.children[key] = Directory(
            path.name,
            number,
            now if self.style.dated else None,
            self.style.directory_mode or DIRECTORY_MODE,
            self.style.directory_size,
            number + 1,
        )

    def remove_directory(self, path: FilePath) -> None:
        """Delete an empty directory."""
        action = "Removing dir"
        directory = look_for_directory(self, path, action)
        if directory.children or not path.parts:
            raise FileError(action, path, Reason.NOT_EMPTY)
        del directory_of(self, path).children[self.style.key(path.name)]
        self._count -= 1

    def rename(self, path: FilePath, new: FilePath) -> None:
        """Give a file or directory another place; an existing file is not replaced."""
        action = "renaming"
        node = look(self, path, action)
        target = directory_of(self, new, action)
        key = self.style.key(new.name)
        if not new.parts or key in target.children:
            raise FileError(action, new, Reason.EXISTS)
        if not path.parts or self._inside(new, path):
            raise FileError(action, path, Reason.INVALID)
        del directory_of(self, path).children[self.style.key(path.name)]
        node.name = new.name
        target.children[key] = node

    def clear(self) -> None:
        """Delete everything."""
        self._fresh()

    def _inside(self, path: FilePath, directory: FilePath) -> bool:
        """Whether `path` lies below `directory`."""
        folded = [tuple(map(self.style.key, each.parts)) for each in (path, directory)]
        return folded[0][: len(folded[1])] == folded[1]

    def _count_one(self, action: str, path: FilePath) -> None:
        if self._count >= MAX_FILES:
            raise FileError(action, path, Reason.NO_SPACE)
        self._count += 1

    def _number(self, parent: Directory) -> int:
        """The inode number of a new file in `parent`."""
        if self.style.grouped_inodes and parent is not self._root:
            number = parent.next_inode
            parent.next_inode += 1
            return number
        number = self._next_inode
        self._next_inode += 1
        return number


def fits(volume: Volume, path: FilePath, content: Content) -> bool:
    """Whether there is room for `content` as the file `path`."""
    return size_of(content) <= volume.room(path)
