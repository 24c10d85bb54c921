"""Aliases: short words that stand for the beginning of a command."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..device import Router

EXEC = "exec"
USUAL: Mapping[str, str] = MappingProxyType(
    {
        "h": "help",
        "lo": "logout",
        "p": "ping",
        "r": "resume",
        "s": "show",
        "u": "undebug",
        "un": "undebug",
        "w": "where",
    }
)
"""What exec mode has without a line `alias` (`show aliases` of IOS)."""


def expanded(router: "Router", line: str) -> str:
    """An exec command with its first word replaced, if that is an alias."""
    word, blank, rest = line.lstrip().partition(" ")
    entry = router.config.root.find("alias", EXEC, word)
    text = str(entry["text"]) if entry is not None else USUAL.get(word)
    return line if text is None else f"{text}{blank}{rest}"
