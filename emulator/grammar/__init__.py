"""Declared commands and what a typed line means by them.

Abbreviations, `?`, TAB, ambiguity and the column of the caret all come from one declaration.
"""

from .declare import (
    CLASSIC,
    CONFIG,
    FAMILIES,
    XE,
    Command,
    CommandSet,
    Mode,
    RefusedError,
    Setting,
    merged,
)
from .grammar import EXEC, HIGHEST_PRIVILEGE, PRIVILEGE_MODES, Grammar, Parsed, ParseResult, Release
from .help import completion, help_text
from .interfaces import canonical_interface, interface_order, short_interface, split_interface
from .levels import Levels, Rule, levels_of
from .matching import Ambiguous, Incomplete, Invalid, tokens_of

__all__ = [
    "CLASSIC",
    "CONFIG",
    "EXEC",
    "FAMILIES",
    "HIGHEST_PRIVILEGE",
    "PRIVILEGE_MODES",
    "XE",
    "Ambiguous",
    "Command",
    "CommandSet",
    "Grammar",
    "Incomplete",
    "Invalid",
    "Levels",
    "Mode",
    "ParseResult",
    "Parsed",
    "RefusedError",
    "Release",
    "Rule",
    "Setting",
    "canonical_interface",
    "completion",
    "help_text",
    "interface_order",
    "levels_of",
    "merged",
    "short_interface",
    "split_interface",
    "tokens_of",
]
