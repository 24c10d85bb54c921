"""What a session prints or types around a configuration: headings, messages, exec commands."""

from collections.abc import Sequence
from typing import Final

_HEADINGS: Final = (
    *("Building configuration", "Current configuration", "Enter configuration", "Using "),
    *("Load for ", "Time source ", "No time source", "Destination filename", "[OK]", "%"),
)
_REFUSALS: Final = ("% Invalid", "% Incomplete", "% Ambiguous", "% Unrecognized", "% Unknown")
_SAVES: Final = frozenset(("wr", "write"))
_EXEC_WORDS: Final = frozenset(
    (
        *("sh", "sho", "show", "conf", "config", "configure", "copy", "more", "ping", "do"),
        *_SAVES,
    )
)
# Keys that leave configuration mode, as terminals show them.
_ESCAPES: Final = frozenset(("^Z", "^C"))

# How lines of a session begin: by one of these words, or one of these characters (`^` marks
# the place of a mistake, `#` begins a note that people make).
WORDS: Final = frozenset((*(heading.split()[0] for heading in _HEADINGS), *_EXEC_WORDS))
STARTS: Final = frozenset("%^#")


def is_session_line(text: str, words: Sequence[str]) -> bool:
    """Whether a line is no configuration, but part of the session around it."""
    first = words[0]
    if first in _EXEC_WORDS:
        return len(words) > 1 or first in _SAVES
    return text.startswith(_HEADINGS) or first == "^" or first in _ESCAPES or first[0] == "#"


def is_refusal(text: str) -> bool:
    """Whether the device says that it has not taken the last command."""
    return text.startswith(_REFUSALS)


def is_escape(text: str) -> bool:
    """Whether configuration mode is left by a key."""
    return text in _ESCAPES
