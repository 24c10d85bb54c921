"""The file systems that are no plain disk: `nvram:`, `system:` and `null:`."""

from collections.abc import Callable
from typing import Final

from .content import Content
from .disk import Disk, look_for_file, never
from .errors import FileError, Reason
from .names import FilePath
from .tree import Directory, File, Style

STARTUP_CONFIG: Final = "startup-config"
PRIVATE_CONFIG: Final = "private-config"
RUNNING_CONFIG: Final = "running-config"

_KEPT: Final = {STARTUP_CONFIG: "-rw-", PRIVATE_CONFIG: "----"}
_BLOCK_BYTES: Final = 1024
_PERSISTENT: Final = bytes(57)


class Nvram(Disk):
    """`nvram:`, where the startup and the private configuration have their fixed places.

    Those two are always listed; without content they count as missing. There are no directories
    and no dates (samples of `dir nvram:` of classic IOS and IOS-XE).
    """

    __slots__ = ()

    def __init__(self, style: Style, *, capacity: int, full: Callable[[], bool] = never) -> None:
        super().__init__("nvram:", style, capacity=capacity, max_held=capacity, full=full)

    def _fresh(self) -> None:
        super()._fresh()
        for name in _KEPT:
            self._root.children[name] = File(name, 0)
        file = File("persistent-data", 1, _PERSISTENT, mode="----")
        self._root.children[file.name] = file
        self._next_inode = 2
        self._count = len(self._root.children)
        self.used = self.held = file.size
        self._arrange()

    def content(self, path: FilePath) -> Content:
        """What is in the file `path`."""
        content = super().content(path)
        if not content and path.name in _KEPT:
            raise FileError("opening", path, Reason.MISSING)
        return content

    def write(self, path: FilePath, content: Content, now: float) -> None:
        """Make the file `path`, or replace what is in it."""
        super().write(path, content, now)
        self._arrange()

    def remove(self, path: FilePath) -> None:
        """Delete a file; a configuration becomes empty instead."""
        if path.name not in _KEPT:
            super().remove(path)
            return
        self.content(path)
        self.write(path, b"", 0)

    def make_directory(self, path: FilePath, now: float) -> None:
        """Refuse: there are no directories."""
        raise FileError("Creating dir", path, Reason.INVALID)

    def rename(self, path: FilePath, new: FilePath) -> None:
        """Give a file another name; the configurations keep theirs."""
        if path.name in _KEPT:
            raise FileError("renaming", path, Reason.DENIED)
        super().rename(path, new)

    def _arrange(self) -> None:
        """Number the configurations by the block that they begin in: they grow from the end."""
        number = (self.capacity or 0) // _BLOCK_BYTES
        for name in (STARTUP_CONFIG, PRIVATE_CONFIG):
            file = look_for_file(self, FilePath(prefix=self.prefix, parts=(name,)))
            file.mode = _KEPT[name]
            if name == STARTUP_CONFIG:
                number -= -(-file.size // _BLOCK_BYTES)
            file.inode = number
            number += 1


class Unwritable:
    """A file system without space in which nothing can be made or deleted."""

    __slots__ = ("prefix", "style")

    def __init__(self, prefix: str, style: Style) -> None:
        self.prefix = prefix
        self.style = style

    @property
    def capacity(self) -> int | None:
        """None: it tells no space."""
        return None

    @property
    def free(self) -> int:
        """Nothing can be written."""
        return 0

    @property
    def root(self) -> Directory:
        """The top directory, empty."""
        return Directory(mode="dr-x")

    def content(self, path: FilePath) -> Content:
        """What is in the file `path`."""
        return look_for_file(self, path).content

    def room(self, path: FilePath) -> int:
        """Refuse to have room."""
        raise FileError("opening", path, Reason.DENIED)

    def write(self, path: FilePath, content: Content, now: float) -> None:
        """Refuse."""
        raise FileError("opening", path, Reason.DENIED)

    def remove(self, path: FilePath) -> None:
        """Refuse."""
        raise FileError("deleting", path, Reason.DENIED)

    def make_directory(self, path: FilePath, now: float) -> None:
        """Refuse."""
        raise FileError("Creating dir", path, Reason.DENIED)

    def remove_directory(self, path: FilePath) -> None:
        """Refuse."""
        raise FileError("Removing dir", path, Reason.DENIED)

    def rename(self, path: FilePath, new: FilePath) -> None:
        """Refuse."""
        raise FileError("renaming", path, Reason.DENIED)

    def clear(self) -> None:
        """Refuse."""
        raise FileError("formatting", self.prefix, Reason.DENIED)


class System(Unwritable):
    """`system:`, which shows the router's state; `running` gives the running configuration.

    A copy to `system:running-config` merges into the configuration and never comes here.
    """

    __slots__ = ("running",)

    def __init__(self, style: Style, running: Callable[[], bytes]) -> None:
        super().__init__("system:", style)
        self.running = running

    @property
    def root(self) -> Directory:
        """What a router shows of itself."""
        nodes = (
            File("default-running-config", 2, mode="-r--"),
            Directory("memory", 4, mode="dr-x"),
            File(RUNNING_CONFIG, 1, self.running()),
            Directory("vfiles", 3, mode="dr-x"),
        )
        return Directory(mode="dr-x", children={node.name: node for node in nodes})


class Null(Unwritable):
    """`null:`, which takes everything, keeps nothing, and gives empty files."""

    __slots__ = ()

    def content(self, path: FilePath) -> Content:
        """Nothing."""
        return b""

    def room(self, path: FilePath) -> int:
        """Any number of bytes."""
        return 1 << 62

    def write(self, path: FilePath, content: Content, now: float) -> None:
        """Take it and forget it."""
