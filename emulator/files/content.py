"""What is in a file: plain bytes, or an image that is stated instead of held."""

from collections.abc import Iterator
from typing import Final, TypeAlias

from .images import BLOCK_BYTES, HEADER_BYTES, DamagedImage, Image, read_header

Content: TypeAlias = bytes | Image | DamagedImage

_GRAIN: Final = 64


def size_of(content: Content) -> int:
    """Bytes that the file has."""
    return len(content) if isinstance(content, bytes) else content.size


def held_bytes(content: Content) -> int:
    """Bytes of it that are kept in memory."""
    if isinstance(content, Image):
        return 0
    return len(content) if isinstance(content, bytes) else content.held


def chunks_of(content: Content) -> Iterator[bytes]:
    """All bytes in order, in pieces of at most 64 KiB unless the file itself was damaged."""
    if isinstance(content, bytes):
        view = memoryview(content)
        for start in range(0, len(content), BLOCK_BYTES):
            yield bytes(view[start : start + BLOCK_BYTES])
    else:
        yield from content.chunks()


def recognise(data: bytes) -> Content:
    """`data`, as an image if it is one."""
    if read_header(data[:HEADER_BYTES]) is None:
        return data
    gathering = Gathering()
    gathering.feed(data)
    return gathering.content()


class Gathering:
    """Puts the content of a file together from pieces, without holding what an image states."""

    __slots__ = ("_image", "_patched", "_patches", "_plain", "size")

    def __init__(self) -> None:
        self.size = 0
        self._plain = bytearray()
        self._image: Image | None = None
        self._patches: list[tuple[int, bytearray]] = []
        self._patched = 0

    @property
    def held(self) -> int:
        """Bytes kept in memory so far."""
        return len(self._plain) + self._patched

    def feed(self, data: bytes) -> None:
        """Take the next bytes."""
        start = self.size
        self.size += len(data)
        if self._image is None:
            self._plain += data
            if start >= HEADER_BYTES:
                return
            self._image = read_header(bytes(self._plain[:HEADER_BYTES]))
            if self._image is None:
                return
            start, data = HEADER_BYTES, bytes(self._plain[HEADER_BYTES:])
            self._plain = bytearray()
        for offset in range(0, len(data), BLOCK_BYTES):
            self._compare(self._image, start + offset, data[offset : offset + BLOCK_BYTES])

    def content(self) -> Content:
        """What the bytes so far make."""
        if self._image is None:
            return bytes(self._plain)
        if self.size == self._image.size and not self._patches:
            return self._image
        patches = tuple((start, bytes(data)) for start, data in self._patches)
        return DamagedImage(image=self._image, size=self.size, patches=patches)

    def _compare(self, image: Image, start: int, data: bytes) -> None:
        """Keep what differs from the image, to the grain."""
        expected = image.at(start, start + len(data))
        if data == expected:
            return
        for offset in range(0, len(data), _GRAIN):
            grain = data[offset : offset + _GRAIN]
            if grain != expected[offset : offset + _GRAIN]:
                self._keep(start + offset, grain)

    def _keep(self, start: int, data: bytes) -> None:
        self._patched += len(data)
        if self._patches:
            before, kept = self._patches[-1]
            if before + len(kept) == start:
                kept += data
                return
        self._patches.append((start, bytearray(data)))
