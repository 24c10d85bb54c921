"""The part of a configuration that a user may change, which is all that he is shown of it."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from ..grammar import Levels, Parsed
from .store import Block, Entry

if TYPE_CHECKING:
    from ..device import Router

ALWAYS = ("boot-start-marker", "boot-end-marker")
"""Seen at low levels too (Cisco TAC, "IOS Privilege Levels Cannot See Complete Configuration")."""


def permitted(block: Block, allowed: Callable[[Entry], bool]) -> Block:
    """A copy of a block that holds only what is allowed."""
    copy = Block(block.mode, block.owner, block.above)
    for key, entry in block.entries.items():
        if allowed(entry):
            below = entry.block
            held = permitted(below, allowed) if below is not None else None
            copy.entries[key] = replace(entry, block=held)
    return copy


def changeable(router: "Router", privilege: int, levels: Levels | None) -> Callable[[Entry], bool]:
    """Tell whether a user of a level could enter a line."""
    grammar = router.grammar

    def allowed(entry: Entry) -> bool:
        if entry.text in ALWAYS:
            return True
        mode, text = entry.setting.mode, entry.text
        if entry.negated and text.startswith("no "):
            found = grammar.parse_negated(mode, text, len("no"), privilege=privilege, levels=levels)
        else:
            found = grammar.parse(mode, text, privilege=privilege, levels=levels)
        return isinstance(found, Parsed)

    return allowed
