"""One copy under way: from its source to its target, with the marks of its progress."""

from collections.abc import Generator
from contextlib import closing
from dataclasses import replace
from math import ceil
from typing import Final, TypeVar

from ..files import transfer as texts
from ..files.content import Content, size_of
from ..files.errors import FileError, Reason
from ..files.names import FilePath
from ..files.urls import Url
from ..grammar import CLASSIC
from ..services.interfaces import Interfaces
from ..shell.call import Call
from ..storing import store
from ..terminal import Interrupted
from .places import interruptible

T = TypeVar("T")

TURN_BYTES: Final = 1 << 20
"""Bytes that are moved to or from the lab's host before others have their turn."""

_MB: Final = 1_000_000


class AbortedError(Exception):
    """The user broke a copy off."""


class Move:
    """A copy whose source and target are known.

    `run` gives the line that ends it; raises FileError for what a file system or a server refuses,
    AbortedError when the user breaks it off.
    """

    __slots__ = ("_call", "_source", "_started", "_target")

    def __init__(self, call: Call, source: FilePath | Url, target: FilePath | Url) -> None:
        self._call = call
        self._source = source
        self._target = target
        self._started = call.router.clock.now()

    async def run(self) -> str:
        """Copy; gives the line with size and time."""
        content = await self._fetch()
        size = size_of(content)
        if isinstance(self._target, Url):
            await self._send(self._target, content)
        else:
            self._store(self._target, content)
        seconds = self._call.router.clock.now() - self._started
        return texts.copied_text(size, max(seconds, texts.usual_seconds(size)))

    # ---- the source ----

    async def _fetch(self) -> Content:
        source = self._source
        if isinstance(source, Url):
            return await self._load(source)
        files = self._call.router.files
        content = files.content(source)
        if isinstance(self._target, FilePath) and self._in_flash(source, self._target):
            self._call.dialogue.write(texts.IN_PROGRESS)
            await self._progress("C" * len(texts.marks(size_of(content))), size_of(content))
            self._call.dialogue.write("\n")
        return content

    def _in_flash(self, *paths: FilePath) -> bool:
        files = self._call.router.files
        return all(files.canonical(path).prefix == files.layout.flash for path in paths)

    async def _load(self, url: Url) -> Content:
        """Copy from a server, up to the line before the last."""
        write = self._call.dialogue.write
        url = await self._logged_in(url)
        accessing = texts.accessing_text(url)
        write(accessing)
        try:
            content = await self._steps(self._call.router.servers.reading(url))
        except FileError:
            if accessing:
                write("\n")
            raise
        size = size_of(content)
        classic = self._call.router.family == CLASSIC
        write(texts.loading_text(url, size, interface=self._towards(url.host), classic=classic))
        await self._progress(texts.marks(size), size)
        write(texts.loaded_text(url, size))
        return content

    def _towards(self, host: str) -> str:
        """The interface by which a server is reached; empty if it is not known."""
        try:
            route = self._call.router.feature(Interfaces).lookup(host.strip("[]"))
        except ValueError:
            return ""
        return route.through if route is not None else ""

    async def _logged_in(self, url: Url) -> Url:
        """`url` with a password, where one is needed."""
        root = self._call.router.config.root
        if url.scheme == "ftp" and not url.user:
            user = str(root.value("ip ftp username", "name", ""))
            return replace(
                url, user=user, password=str(root.value("ip ftp password", "secret", ""))
            )
        if url.scheme not in texts.LOGIN_SCHEMES or url.password:
            return url
        password = await self._call.dialogue.ask(texts.LOGIN_QUESTION, echo=False)
        return replace(url, password=password)

    # ---- the target ----

    async def _send(self, url: Url, content: Content) -> None:
        """Copy to a server, up to the line before the last."""
        write = self._call.dialogue.write
        write(texts.upload_head(url))
        url = await self._logged_in(url)
        try:
            await self._steps(self._call.router.servers.writing(url, content))
        except FileError as failed:
            if failed.reason is Reason.TIMED_OUT:
                write(texts.unanswered_marks(url))
            elif url.scheme not in (*texts.LOGIN_SCHEMES, "tftp"):
                write("\n")
            raise
        size = size_of(content)
        write(texts.sending_text(url, size))
        await self._progress(texts.upload_marks(url, size), size)
        write("\n")

    def _store(self, path: FilePath, content: Content) -> None:
        call, who = self._call, self._call.dialogue
        try:
            said = store(
                call.router,
                path,
                content,
                source=self._source,
                user=who.user,
                origin=who.origin,
            )
        except FileError as failed:
            if isinstance(self._source, Url) and failed.reason is Reason.NO_SPACE:
                raise failed.about("copying", self._source) from None
            raise
        who.write(said)

    # ---- time ----

    async def _steps(self, steps: Generator[int, None, T]) -> T:
        """Carry steps out, letting others have their turn now and then."""
        with closing(steps):
            turned = 0
            while True:
                try:
                    moved = next(steps)
                except StopIteration as end:
                    result: T = end.value
                    return result
                if moved - turned >= TURN_BYTES:
                    turned = moved
                    await self._wait(0)

    async def _progress(self, marks: str, size: int) -> None:
        """Print the marks of a transfer as its bytes go by."""
        seconds = size / _MB * self._call.router.behaviour.copy_s_per_mb
        pieces = min(max(ceil(seconds), 1), len(marks))
        for piece in range(pieces):
            if seconds:
                await self._wait(seconds / pieces)
            begin, end = (len(marks) * part // pieces for part in (piece, piece + 1))
            self._call.dialogue.write(marks[begin:end])

    async def _wait(self, seconds: float) -> None:
        """Let time pass; at Ctrl-C ask whether the copy shall end."""
        clock = self._call.router.clock
        due = clock.now() + seconds
        while True:
            try:
                with interruptible(self._call):
                    if seconds:
                        await self._call.dialogue.sleep(max(due - clock.now(), 0))
                    else:
                        await self._call.dialogue.turn()
            except Interrupted:
                self._call.dialogue.write("\n")
                if await self._call.dialogue.confirm(texts.ABORT_QUESTION):
                    raise AbortedError from None
            else:
                return
