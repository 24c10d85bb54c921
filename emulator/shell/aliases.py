"""Aliases: short words that stand for the beginning of a command."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from ..grammar import EXEC, PRIVILEGE_MODES

if TYPE_CHECKING:
    from ..device import Router

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


_MODE_NAMES = {mode: word for word, modes in PRIVILEGE_MODES.items() for mode in modes}


def mode_name(mode: str) -> str:
    """How the line `alias` names a mode."""
    return _MODE_NAMES.get(mode, mode)


def expanded(router: "Router", line: str, mode: str = EXEC) -> str:
    """A line with its first word replaced, if that is an alias.

    A blank before it keeps a word from being one (Cisco command reference, `alias`).
    """
    word, blank, rest = line.partition(" ")
    if not word:
        return line
    name = mode if mode == EXEC else mode_name(mode)
    entry = router.config.root.find("alias", name, word)
    if entry is not None:
        return f"{entry['text']}{blank}{rest}"
    text = USUAL.get(word) if mode == EXEC else None
    return line if text is None else f"{text}{blank}{rest}"


def explained_aliases(router: "Router", mode: str, begun: str) -> list[str]:
    """The aliases that begin like a word, as `?` tells them: `*lo=logout`."""
    found = dict(USUAL) if mode == EXEC else {}
    for entry in router.config.root.all("alias"):
        if entry["mode"] == mode_name(mode):
            found[str(entry["name"])] = str(entry["text"])
    return [
        f'*{name}="{text}"' if " " in text else f"*{name}={text}"
        for name, text in sorted(found.items())
        if name.startswith(begun)
    ]
