"""Software images: large files that are stated instead of held in memory.

An image is a header that names the platform, the version and the size, and then bytes that follow
from the header. So hundreds of megabytes cost a few dozen bytes, yet can be copied off a router,
hashed, and copied on again; and one that was cut short or changed on its way is seen to be so.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from ...errors import InputError

HEADER_BYTES: Final = 512
BLOCK_BYTES: Final = 65_536
MAX_IMAGE_BYTES: Final = 1 << 33
LAB_IMAGE_BYTES: Final = 65_536
"""Size of an image file for tests and labs, unless another is asked for."""

_MAGIC: Final = b"GETVPN-LAB-IMAGE 1\n"
_WORD: Final = re.compile(r"[A-Za-z0-9._()+-]{1,64}")
_FIELDS: Final = re.compile(
    rb"GETVPN-LAB-IMAGE 1\nfamily=([!-~]{1,64})\nversion=([!-~]{1,64})\nsize=([0-9]{1,11})\n\0*"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """An intact software image.

    `family` is the beginning of its usual file name (`c8000v`, `isr4400`, `c2900`), `version` what
    `show version` prints, `size` its bytes. Raises InputError for what no image can state.
    """

    family: str
    version: str
    size: int = LAB_IMAGE_BYTES

    def __post_init__(self) -> None:
        for name in ("family", "version"):
            if not _WORD.fullmatch(getattr(self, name)):
                raise InputError(
                    f"{getattr(self, name)!r} cannot be the {name} of an image",
                    hint="use letters, digits and . _ ( ) + -",
                )
        if not HEADER_BYTES <= self.size <= MAX_IMAGE_BYTES:
            raise InputError(
                f"an image cannot have {self.size} bytes",
                hint=f"choose from {HEADER_BYTES} to {MAX_IMAGE_BYTES}",
            )

    @property
    def header(self) -> bytes:
        """The first bytes, by which an image is known again."""
        text = f"family={self.family}\nversion={self.version}\nsize={self.size}\n"
        return (_MAGIC + text.encode()).ljust(HEADER_BYTES, b"\0")

    def at(self, start: int, stop: int) -> bytes:
        """The bytes from `start` up to `stop`, as far as there are any."""
        stop = min(stop, self.size)
        if start >= stop:
            return b""
        head = self.header[start:stop]
        if stop <= HEADER_BYTES:
            return head
        body = max(start - HEADER_BYTES, 0)
        count = stop - HEADER_BYTES - body
        block = _block(self.header)
        offset = body % BLOCK_BYTES
        if offset + count > BLOCK_BYTES:
            block *= (offset + count) // BLOCK_BYTES + 1
        return head + block[offset : offset + count]

    def chunks(self) -> Iterator[bytes]:
        """All bytes in order, in pieces."""
        yield self.header
        left = self.size - HEADER_BYTES
        block = _block(self.header)
        while left >= BLOCK_BYTES:
            yield block
            left -= BLOCK_BYTES
        if left:
            yield block[:left]


@dataclass(frozen=True, slots=True, kw_only=True)
class DamagedImage:
    """A file that begins as `image` does and then differs from it, in size or in bytes.

    `patches` are the bytes that differ, each with its offset, in order. Bytes behind the stated
    size count as differing.
    """

    image: Image
    size: int
    patches: tuple[tuple[int, bytes], ...] = ()

    @property
    def held(self) -> int:
        """Bytes kept in memory."""
        return sum(len(data) for _, data in self.patches)

    def chunks(self) -> Iterator[bytes]:
        """All bytes in order, in pieces."""
        at = 0
        for start, data in self.patches:
            yield from self._intact(at, start)
            yield data
            at = start + len(data)
        yield from self._intact(at, self.size)

    def _intact(self, start: int, stop: int) -> Iterator[bytes]:
        while start < stop:
            following = min(start + BLOCK_BYTES, stop)
            yield self.image.at(start, following)
            start = following


def read_header(data: bytes) -> Image | None:
    """The image that begins with `data`; None if it is too short or no header."""
    match = _FIELDS.fullmatch(data[:HEADER_BYTES])
    if match is None or len(data) < HEADER_BYTES:
        return None
    family, version, size = (each.decode() for each in match.groups())
    try:
        image = Image(family=family, version=version, size=int(size))
    except InputError:
        return None
    return image if image.header == data[:HEADER_BYTES] else None


def write_image(folder: Path, name: str, image: Image) -> Path:
    """Write `image` as the file `name` in `folder`, for routers to copy from; gives its path."""
    path = folder / name
    with path.open("wb") as file:
        for chunk in image.chunks():
            file.write(chunk)
    return path


@lru_cache(maxsize=16)
def _block(header: bytes) -> bytes:
    """What the bytes of an image repeat behind its header."""
    return hashlib.shake_256(header).digest(BLOCK_BYTES)
