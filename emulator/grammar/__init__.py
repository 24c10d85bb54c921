"""Declared commands and what a typed line means by them.

Abbreviations, `?`, TAB, ambiguity and the column of the caret all come from one declaration.
"""

from .declare import CLASSIC, FAMILIES, XE, Command, CommandSet, Mode, RefusedError, Setting, merged
from .grammar import Grammar, Parsed, ParseResult, Release
from .help import completion, help_text
from .interfaces import canonical_interface, interface_order, short_interface, split_interface
from .matching import Ambiguous, Incomplete, Invalid, tokens_of

__all__ = [
    "CLASSIC",
    "FAMILIES",
    "XE",
    "Ambiguous",
    "Command",
    "CommandSet",
    "Grammar",
    "Incomplete",
    "Invalid",
    "Mode",
    "ParseResult",
    "Parsed",
    "RefusedError",
    "Release",
    "Setting",
    "canonical_interface",
    "completion",
    "help_text",
    "interface_order",
    "merged",
    "short_interface",
    "split_interface",
    "tokens_of",
]
