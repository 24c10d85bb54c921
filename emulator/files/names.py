"""Names of files: `flash:dir/x`, `flash:/dir/x`, or `x` seen from the current directory."""

import re
from dataclasses import dataclass
from typing import Final

from .errors import FileError, Reason

MAX_NAME: Final = 255
"""Characters of one name in a path, at most."""

MAX_DEPTH: Final = 32
"""Names in a path, at most."""

_PREFIX: Final = re.compile(r"([A-Za-z][\w-]{0,31}:)(.*)", re.DOTALL)
_WILD: Final = frozenset("*?")


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePath:
    """A place in a file system: its prefix with the colon, and the names down to the place."""

    prefix: str
    parts: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.prefix}/{'/'.join(self.parts)}"

    @property
    def name(self) -> str:
        """The last name; empty for the top directory."""
        return self.parts[-1] if self.parts else ""

    @property
    def parent(self) -> "FilePath":
        """The directory that holds the place; the top directory holds itself."""
        return FilePath(prefix=self.prefix, parts=self.parts[:-1])

    @property
    def wild(self) -> bool:
        """Whether the last name is a pattern such as `*.bin`."""
        return not _WILD.isdisjoint(self.name)

    @property
    def directory_text(self) -> str:
        """The place as `pwd` and `dir` name a directory, with a slash at its end."""
        text = str(self)
        return text if text.endswith("/") else f"{text}/"

    def child(self, name: str) -> "FilePath":
        """The place `name` below this one."""
        return FilePath(prefix=self.prefix, parts=(*self.parts, name))


def split_prefix(text: str) -> tuple[str, str]:
    """The prefix (lower case, with its colon, empty if there is none) and the rest of `text`."""
    match = _PREFIX.fullmatch(text)
    return (match[1].lower(), match[2]) if match else ("", text)


def join(base: tuple[str, ...], rest: str) -> tuple[str, ...]:
    """The names of `rest` as seen from `base`; above the top there is only the top.

    Raises FileError for names that no file can have.
    """
    parts = [] if rest.startswith("/") else list(base)
    for name in rest.split("/"):
        if name == "..":
            del parts[-1:]
        elif name not in ("", "."):
            parts.append(name)
            if len(name) > MAX_NAME or len(parts) > MAX_DEPTH or not _clean(name):
                raise FileError("parsing", "filename", Reason.BAD_NAME)
    return tuple(parts)


def matches(name: str, pattern: str, *, fold_case: bool) -> bool:
    """Whether a file's `name` fits `pattern`, in which `*` is any text and `?` any character."""
    if fold_case:
        name, pattern = name.lower(), pattern.lower()
    at = wanted = 0
    star = resume = -1
    while at < len(name):
        if wanted < len(pattern) and pattern[wanted] == "*":
            star, resume = wanted, at
            wanted += 1
        elif wanted < len(pattern) and pattern[wanted] in ("?", name[at]):
            at += 1
            wanted += 1
        elif star >= 0:
            resume += 1
            at, wanted = resume, star + 1
        else:
            return False
    return not pattern[wanted:].strip("*")


def _clean(name: str) -> bool:
    return name.isprintable() and " " not in name and "\\" not in name
