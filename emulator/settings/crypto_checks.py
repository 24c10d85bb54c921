"""What the checks of the crypto settings share: releases, references, words that do not exist."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..config.edit import Edit
from ..config.store import Entry
from ..grammar import Grammar, RefusedError, Release
from .references import vrf_exists

if TYPE_CHECKING:
    from ..device import Router

Shown = Callable[[Entry, str], "str | None"]
NEWER_WORDS: Release = (17, 1)
"""From here on XE writes `encryption` for `encr`, and shows `no pfs` (captures of 17.16)."""
SHOWN_HASH: Release = (17, 12)
"""From here on a trustpoint shows its hash (17.9 does not, 17.16 does)."""


def release(router: "Router") -> Release:
    """The software as two numbers: (16, 12), (17, 9), (15, 7)."""
    return router.software.release


def since(word: str, first: Release) -> Callable[[Edit], None]:
    """A check for lines that came with a release; before, the keyword `word` is invalid."""

    def check(edit: Edit) -> None:
        if release(edit.router) < first:
            raise RefusedError(argument=word)

    return check


def must_exist(edit: Edit, text: str, setting: str, *identity: object) -> None:
    """Refuse with `text` what refers to something that is not there.

    A saved configuration may name things before they come: nothing of it is to be lost.
    """
    if not edit.router.loading and edit.router.config.root.find(setting, *identity) is None:
        raise RefusedError(text)


def vrf_must_exist(edit: Edit, vrf: str, text: str) -> None:
    """Refuse with `text` a VRF that is not configured."""
    if not edit.router.loading and not vrf_exists(edit, vrf):
        raise RefusedError(text)


def hidden_before(first: Release, text: str) -> Callable[[Entry, Grammar], tuple[str, ...] | None]:
    """Print the line `text` only from a release on."""

    def printed(entry: Entry, grammar: Grammar) -> tuple[str, ...] | None:
        return () if entry.text == text and grammar.release < first else None

    return printed


def padded(entry: Entry, _family: str) -> str:
    """The line with the blank that IOS prints behind it (captures of 15.4 and 17.16)."""
    return entry.text + " "


def indented(blanks: int, *, behind: str = "") -> Shown:
    """Lines that stand deeper than one blank, as IOS prints those of keyrings and profiles."""

    def shown(entry: Entry, _family: str) -> str:
        return " " * (blanks - 1) + entry.text + behind

    return shown


def says(text: str) -> Callable[[Edit], None]:
    """A check that prints `text` when the line makes something new."""

    def check(edit: Edit) -> None:
        if not edit.removing and edit.before is None:
            edit.dialogue.write(text)

    return check


def extended_list(edit: Edit, argument: str = "acl") -> None:
    """Refuse a number that no extended access list has."""
    name = str(edit.values.get(argument, ""))
    if name.isdecimal() and not (100 <= int(name) <= 199 or 2000 <= int(name) <= 2699):
        raise RefusedError(argument=argument)
