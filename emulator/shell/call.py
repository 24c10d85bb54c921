"""What the function behind a command is given."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..config.store import Block
from ..grammar import Parsed
from .dialogue import Dialogue

if TYPE_CHECKING:
    from ..device import Router
    from .session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A command as it was typed.

    `session` is None when the command did not come from a terminal. `block` is the block that a
    configuration command stands in, and `leave` goes out of its mode.
    """

    router: "Router"
    dialogue: Dialogue
    parsed: Parsed
    line: str
    session: "Session | None" = None
    block: Block | None = None
    negated: bool = False
    leave: Callable[[], object] | None = None

    def __getitem__(self, name: str) -> Any:
        """The value of an argument that the command cannot be without."""
        return self.parsed.values[name]

    def get(self, name: str, default: Any = None) -> Any:
        """The value of an argument, or `default` when it was left out."""
        return self.parsed.values.get(name, default)

    def has(self, word: str) -> bool:
        """Tell whether the keyword `word` was given."""
        return word in self.parsed.words
