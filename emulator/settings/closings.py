"""The words that lead out of a mode and that IOS prints behind its block."""

from ..grammar import CommandSet
from ..shell.call import Call


def leave(call: Call) -> None:
    """Go one mode up."""
    if call.leave is not None:
        call.leave()


def closed_by(declared: CommandSet, word: str, *modes: str) -> None:
    """Declare that `word` ends each of these modes."""
    for mode in modes:
        declared.exec(word, mode=mode)(leave)
