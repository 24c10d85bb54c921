"""All file systems of one router, by the paths that its users type."""

from collections.abc import Callable, Iterator
from typing import Final

from .content import Content, Gathering, chunks_of, recognise, size_of
from .disk import (
    MAX_HELD_BYTES,
    Disk,
    Volume,
    directory_of,
    look,
    look_for_directory,
    look_for_file,
    never,
)
from .errors import FileError, Reason
from .images import Image
from .layout import Layout
from .names import FilePath, join, matches, split_prefix
from .special import PRIVATE_CONFIG, RUNNING_CONFIG, STARTUP_CONFIG, Null, Nvram, System
from .tree import Directory, File, Node

MAX_READ_BYTES: Final = 16 << 20
"""Bytes that `FileStore.read` puts together, at most."""

_TMPSYS_BYTES: Final = 1 << 20
_TMPSYS: Final = ("eem_lib_system", "eem_lib_user", "eem_policy", "lib")
_KEYWORDS: Final = {RUNNING_CONFIG: "system:", STARTUP_CONFIG: "nvram:"}

AnyPath = str | FilePath
"""A path as typed, seen from the top of the flash, or one that was found before."""


def _nothing() -> bytes:
    return b""


class FileStore:
    """The files of one router.

    `running_config` gives the text behind `system:running-config`; `disk_full` is asked whether
    the disks have run full. Both may be set after the router was made. `max_held_bytes` bounds
    what the flash keeps in memory; images that are stated do not count. Times are in UTC seconds
    since 1970. Every operation raises FileError, whose text is what the router prints.
    """

    __slots__ = ("_volumes", "disk_full", "layout", "max_held_bytes", "running_config")

    def __init__(
        self,
        layout: Layout,
        *,
        now: float = 0.0,
        running_config: Callable[[], bytes] = _nothing,
        disk_full: Callable[[], bool] = never,
        max_held_bytes: int = MAX_HELD_BYTES,
    ) -> None:
        self.layout = layout
        self.max_held_bytes = max_held_bytes
        self.running_config = running_config
        self.disk_full = disk_full
        small = layout.small_style
        flash = Disk(
            layout.flash,
            layout.style,
            capacity=layout.flash_bytes,
            max_held=max_held_bytes,
            full=self._is_disk_full,
        )
        volumes: tuple[Volume, ...] = (
            flash,
            Nvram(small, capacity=layout.nvram_bytes, full=self._is_disk_full),
            System(small, self._running),
            Null("null:", small),
            Disk("tmpsys:", small, capacity=None, max_held=_TMPSYS_BYTES),
        )
        self._volumes = {volume.prefix: volume for volume in volumes}
        for name, size in layout.directories:
            flash.make_directory(FilePath(prefix=flash.prefix, parts=(name,)), now)
            self._directory(FilePath(prefix=flash.prefix, parts=(name,))).size = size
        self.reload()

    # ---- names ----

    @property
    def home(self) -> FilePath:
        """Where a session begins: the top of the flash."""
        return FilePath(prefix=self.layout.flash)

    def prefixes(self) -> tuple[str, ...]:
        """Every prefix that may be typed."""
        return (*self._volumes, *self.layout.aliases)

    def volume(self, prefix: str) -> Volume:
        """The file system of `prefix`, which may be another name of the flash."""
        found = self._volumes.get(self._own_name(prefix))
        if found is None:
            raise FileError("opening", prefix, Reason.NO_DEVICE)
        return found

    def locate(self, text: str, cwd: FilePath | None = None, *, keywords: bool = False) -> FilePath:
        """The place that `text` names, seen from `cwd`.

        The file system keeps the name by which it was called, so that answers name it so too. With
        `keywords`, as in `copy`, a bare `running-config` or `startup-config` is the one in
        `system:` or `nvram:`.
        """
        prefix, rest = split_prefix(text)
        if not prefix:
            if keywords and text.lower() in _KEYWORDS:
                return FilePath(prefix=_KEYWORDS[text.lower()], parts=(text.lower(),))
            base = cwd or self.home
            return FilePath(prefix=base.prefix, parts=join(base.parts, rest))
        if self._own_name(prefix) not in self._volumes:
            raise FileError("opening", text, Reason.NO_DEVICE)
        return FilePath(prefix=prefix, parts=join((), rest))

    def canonical(self, path: FilePath) -> FilePath:
        """`path` under the own name of its file system."""
        return FilePath(prefix=self._own_name(path.prefix), parts=path.parts)

    def shown(self, text: str, cwd: FilePath | None = None) -> str:
        """`text` as `verify` repeats it: as typed, but always with a file system."""
        prefix, rest = split_prefix(text)
        if prefix:
            return prefix + rest
        path = self.locate(text, cwd)
        return path.prefix + "/".join(path.parts)

    def change_directory(self, text: str, cwd: FilePath | None = None) -> FilePath:
        """The directory that `cd` goes to; without `text` that is the top of the flash."""
        path = self.canonical(self.locate(text, cwd)) if text else self.home
        self._directory(path)
        return path

    # ---- looking ----

    def node(self, path: AnyPath) -> Node:
        """The file or directory at `path`."""
        found = self._path(path)
        return look(self.volume(found.prefix), found)

    def exists(self, path: AnyPath) -> bool:
        """Whether anything lies at `path`."""
        try:
            self.node(path)
        except FileError:
            return False
        return True

    def is_directory(self, path: AnyPath) -> bool:
        """Whether a directory lies at `path`."""
        return self.exists(path) and isinstance(self.node(path), Directory)

    def matching(self, path: AnyPath) -> list[tuple[FilePath, Node]]:
        """What the last name of `path`, which may hold `*` and `?`, stands for; may be empty."""
        found = self._path(path)
        volume = self.volume(found.prefix)
        if not found.wild:
            return [(found, look(volume, found))]
        directory = look_for_directory(volume, found.parent)
        fold = volume.style.fold_case
        return [
            (found.parent.child(node.name), node)
            for node in directory.children.values()
            if matches(node.name, found.name, fold_case=fold)
        ]

    def content(self, path: AnyPath) -> Content:
        """What is in a file; of an image, what it states."""
        found = self._path(path)
        return self.volume(found.prefix).content(found)

    def chunks(self, path: AnyPath) -> Iterator[bytes]:
        """The bytes of a file in pieces; an image is never put together."""
        return chunks_of(self.content(path))

    def read(self, path: AnyPath) -> bytes:
        """The bytes of a file; FileError if they are more than `MAX_READ_BYTES`."""
        content = self.content(path)
        if isinstance(content, bytes):
            return content
        if size_of(content) > MAX_READ_BYTES:
            raise FileError("reading", self._path(path), Reason.NO_SPACE)
        return b"".join(chunks_of(content))

    def image(self, path: AnyPath) -> Image | None:
        """The intact image in a file; None if there is no such file or it holds something else."""
        try:
            content = self.content(path)
        except FileError:
            return None
        return content if isinstance(content, Image) else None

    def images(self) -> list[tuple[FilePath, Image]]:
        """The intact images at the top of the flash, in the order in which a boot tries them."""
        return [
            (self.home.child(node.name), node.content)
            for node in self._directory(self.home).children.values()
            if isinstance(node, File) and isinstance(node.content, Image)
        ]

    # ---- changing ----

    def write(self, path: AnyPath, content: Content, now: float) -> None:
        """Make a file, or replace what is in it; bytes that are an image become one."""
        if isinstance(content, bytes):
            content = recognise(content)
        found = self._path(path)
        self.volume(found.prefix).write(found, content, now)

    def append(self, path: AnyPath, data: bytes, now: float) -> None:
        """Write `data` at the end of a file, which is made if it is not there."""
        found = self._path(path)
        try:
            before = self.read(found)
        except FileError as error:
            if error.reason is not Reason.MISSING:
                raise
            before = b""
        self.write(found, before + data, now)

    def truncate(self, path: AnyPath, size: int, now: float) -> None:
        """Cut a file off after `size` bytes."""
        kept = Gathering()
        for chunk in self.chunks(path):
            kept.feed(chunk[: size - kept.size])
            if kept.size >= size:
                break
        self.write(path, kept.content(), now)

    def upload(self, path: AnyPath) -> "Upload":
        """Begin to receive a file piece by piece."""
        found = self._path(path)
        volume = self.volume(found.prefix)
        if self.is_directory(found):
            raise FileError("opening", found, Reason.IS_DIRECTORY)
        if found.prefix != "null:":
            directory_of(volume, found)
        return Upload(self, found, volume.room(found))

    def delete(self, path: AnyPath) -> None:
        """Delete a file."""
        found = self._path(path)
        self.volume(found.prefix).remove(found)

    def delete_tree(self, path: AnyPath) -> None:
        """Delete a file, or a directory with all that it holds (`delete /recursive`)."""
        found = self._path(path)
        volume = self.volume(found.prefix)
        node = look(volume, found, "deleting")
        if isinstance(node, File):
            volume.remove(found)
            return
        for child in list(node.children.values()):
            self.delete_tree(found.child(child.name))
        if found.parts:
            volume.remove_directory(found)

    def rename(self, path: AnyPath, new: AnyPath) -> None:
        """Give a file or directory another place in its file system."""
        old, target = self._path(path), self._path(new)
        if self.canonical(old).prefix != self.canonical(target).prefix:
            raise FileError("renaming", old, Reason.INVALID)
        self.volume(old.prefix).rename(old, target)

    def make_directory(self, path: AnyPath, now: float) -> None:
        """Make an empty directory."""
        found = self._path(path)
        self.volume(found.prefix).make_directory(found, now)

    def remove_directory(self, path: AnyPath) -> None:
        """Delete an empty directory."""
        found = self._path(path)
        self.volume(found.prefix).remove_directory(found)

    def format(self, prefix: str) -> None:
        """Delete everything in a file system."""
        self.volume(prefix).clear()

    def reload(self) -> None:
        """What a reload does: flash and NVRAM stay, `tmpsys:` begins anew."""
        temporary = self._volumes["tmpsys:"]
        temporary.clear()
        for name in _TMPSYS:
            temporary.make_directory(FilePath(prefix="tmpsys:", parts=(name,)), 0)
        self._directory(FilePath(prefix="tmpsys:", parts=("lib",))).mode = "dr--"

    # ---- configurations ----

    @property
    def startup_config(self) -> bytes | None:
        """The startup configuration; None if there is none."""
        return self._kept(STARTUP_CONFIG)

    @property
    def private_config(self) -> bytes | None:
        """What is saved beside the startup configuration, such as keys; None if nothing is."""
        return self._kept(PRIVATE_CONFIG)

    def save_startup(self, text: bytes, private: bytes = b"") -> None:
        """Save a configuration, and what belongs to it but is not shown in it."""
        nvram = self._volumes["nvram:"]
        startup = FilePath(prefix="nvram:", parts=(STARTUP_CONFIG,))
        hidden = FilePath(prefix="nvram:", parts=(PRIVATE_CONFIG,))
        if len(text) + len(private) > nvram.free + sum(
            look_for_file(nvram, each).size for each in (startup, hidden)
        ):
            raise FileError("opening", startup, Reason.NO_SPACE)
        nvram.write(hidden, b"", 0)
        nvram.write(startup, text, 0)
        nvram.write(hidden, private, 0)

    def erase_nvram(self) -> None:
        """`write erase`: nothing is saved any more."""
        self._volumes["nvram:"].clear()

    # ---- inner matters ----

    def _kept(self, name: str) -> bytes | None:
        path = FilePath(prefix="nvram:", parts=(name,))
        return self.read(path) if look_for_file(self._volumes["nvram:"], path).size else None

    def _running(self) -> bytes:
        return self.running_config()

    def _is_disk_full(self) -> bool:
        return self.disk_full()

    def _own_name(self, prefix: str) -> str:
        return self.layout.flash if prefix in self.layout.aliases else prefix

    def _path(self, path: AnyPath) -> FilePath:
        return path if isinstance(path, FilePath) else self.locate(path)

    def _directory(self, path: FilePath) -> Directory:
        return look_for_directory(self.volume(path.prefix), path)


class Upload:
    """A file on its way in.

    Nothing is seen of it, and what it replaces stays, until `commit`.
    """

    __slots__ = ("_gathering", "_room", "_store", "path")

    def __init__(self, store: FileStore, path: FilePath, room: int) -> None:
        self.path = path
        self._store = store
        self._room = room
        self._gathering = Gathering()

    @property
    def size(self) -> int:
        """Bytes that have come so far."""
        return self._gathering.size

    def feed(self, data: bytes) -> None:
        """Take the next bytes; FileError as soon as there is no room for them."""
        heavy = self._gathering.held + len(data) > self._store.max_held_bytes
        if heavy or self.size + len(data) > self._room:
            raise FileError("writing", self.path, Reason.NO_SPACE)
        self._gathering.feed(data)

    def content(self) -> Content:
        """What has come so far."""
        return self._gathering.content()

    def commit(self, now: float) -> None:
        """Put the file in its place."""
        self._store.write(self.path, self.content(), now)
