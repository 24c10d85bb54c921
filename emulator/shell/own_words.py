"""The words that the command line itself understands, beside the commands of a mode."""

import re

from ..grammar.automaton import View
from .configuring import FailedError
from .messages import ambiguous

DO = "do-exec"
LEAVING = ("end", "exit", "quit")
SHORTEST_DO = 2
_FIRST = re.compile(r"\s*(\S+)\s*")


def behind_do(line: str) -> int:
    """Where the exec command behind `do` begins, or `do` ends if none follows; 0 without it."""
    found = _FIRST.match(line)
    if found is None or len(found[1]) < SHORTEST_DO or not DO.startswith(found[1].lower()):
        return 0
    return found.end()


def leaving_word(view: View, line: str) -> tuple[str, int]:
    """The word that a line begins with if it leaves a mode, and where the rest begins.

    The word may be cut as far as no command of the mode, which `view` tells, begins like it; ""
    stands for a line that begins otherwise. Raises FailedError for what could be both.
    """
    found = _FIRST.match(line)
    typed = found[1].lower() if found is not None else ""
    words = [word for word in LEAVING if typed and word.startswith(typed)]
    if found is None or not words:
        return "", 0
    if typed in words:
        return typed, found.end()
    others = view.meant(typed)
    if found.end() < len(line) and (others or len(words) > 1):
        return "", 0
    if others or len(words) > 1:
        raise FailedError(ambiguous(line).rstrip("\n"))
    return words[0], found.end()
