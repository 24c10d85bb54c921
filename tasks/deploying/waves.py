"""How many members are changed at a time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ...errors import UsageError

_SPELLING = re.compile(r"(\d{1,9})(%?)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Wave:
    """So many members, or so many of a hundred; at least one."""

    size: int = 20
    percent: bool = True

    @classmethod
    def of(cls, text: str) -> Wave:
        """A wave as people write it: `10`, or `25%`. Raises UsageError."""
        found = _SPELLING.fullmatch(text.strip())
        size = int(found[1]) if found else 0
        if found is None or size < 1 or (found[2] and size > 100):
            raise UsageError(f"{text!r} is no wave", hint="write a number, or 25%")
        return cls(size, bool(found[2]))

    def split(self, names: Sequence[str]) -> list[tuple[str, ...]]:
        """The members of each wave, in their order."""
        size = -(-len(names) * self.size // 100) if self.percent else self.size
        return [tuple(names[at : at + size]) for at in range(0, len(names), max(size, 1))]

    def __str__(self) -> str:
        return f"{self.size}{'%' * self.percent}"
