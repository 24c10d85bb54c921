"""Hashes of files, worked out in steps so that a long one holds nobody up."""

import hashlib
from collections.abc import Iterator
from typing import Final, Literal

from .content import Content, chunks_of
from .images import Image

Algorithm = Literal["md5", "sha1", "sha512"]

STEP_BYTES: Final = 8 << 20
"""Bytes that one step hashes unless told otherwise: some 20 ms of work."""

_MAX_KNOWN: Final = 256
_known: dict[tuple[Image, Algorithm], str] = {}


class Hashing:
    """The hash of one content, in the making; `hashed` are the bytes that went into it.

    That of an intact image is known to the whole process once it was worked out.
    """

    __slots__ = ("_algorithm", "_chunks", "_content", "_hash", "_result", "hashed")

    def __init__(self, content: Content, algorithm: Algorithm) -> None:
        self.hashed = 0
        self._content = content
        self._algorithm = algorithm
        self._chunks: Iterator[bytes] = chunks_of(content)
        self._hash = hashlib.new(algorithm, usedforsecurity=False)
        self._result = _known.get((content, algorithm)) if isinstance(content, Image) else None

    @property
    def result(self) -> str | None:
        """The hash in small hexadecimal digits; None while there is more to do."""
        return self._result

    def step(self, most_bytes: int = STEP_BYTES) -> bool:
        """Hash about `most_bytes` more; whether that was the end."""
        if self._result is not None:
            return True
        for chunk in self._chunks:
            self._hash.update(chunk)
            self.hashed += len(chunk)
            most_bytes -= len(chunk)
            if most_bytes <= 0:
                return False
        self._result = self._hash.hexdigest()
        if isinstance(self._content, Image):
            if len(_known) >= _MAX_KNOWN:
                _known.clear()
            _known[self._content, self._algorithm] = self._result
        return True


def digest(content: Content, algorithm: Algorithm = "md5") -> str:
    """The hash of `content` at once."""
    hashing = Hashing(content, algorithm)
    while not hashing.step():
        pass
    return hashing.result or ""
