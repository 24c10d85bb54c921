"""A contradiction in an intent, and where it is."""

from dataclasses import dataclass

Path = tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, at a path of keys and indexes; `hint` says what to do."""

    path: Path
    message: str
    hint: str | None = None

    def __str__(self) -> str:
        text = f"{shown(self.path)}: {self.message}"
        return f"{text}; {self.hint}" if self.hint else text


def shown(path: Path) -> str:
    """A path as people write it: `members[3].wan.mtu`."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".")
