"""The levels of commands that the configuration changed."""

from typing import TYPE_CHECKING

from ..feature import Feature
from ..grammar import Levels, Rule, levels_of

if TYPE_CHECKING:
    from ..config.store import Change, Entry
    from ..device import Router

SETTING = "privilege"
WHOLE = "all"
CHECKS = "aaa authorization commands"


class CommandLevels(Feature):
    """Follows the lines `privilege`; most routers have none and share their grammar.

    `checked` tells whether method lists are asked before a command is carried out.
    """

    def __init__(self, router: "Router") -> None:
        super().__init__(router)
        self._levels: Levels | None = None
        self._stale = False
        self.checked = False

    @property
    def levels(self) -> Levels | None:
        """The rules in force; None without any."""
        if self._stale:
            self._stale = False
            self._levels = self._made()
        return self._levels

    def config_changed(self, change: "Change") -> None:
        """Look again when a level changed, or who is asked whether a command may be used."""
        if change.name == SETTING:
            self._stale = True
        elif change.name == CHECKS:
            self.checked = bool(self.router.config.root.all(CHECKS))

    def _made(self) -> Levels | None:
        grammar = self.router.grammar
        rules = frozenset(
            Rule(mode, path_of(entry), entry["level"], whole=is_whole(entry))
            for entry in self.router.config.root.all(SETTING)
            for mode in grammar.modes_for_levels(entry["mode"])
        )
        return levels_of(rules) if rules else None


def path_of(entry: "Entry") -> tuple[str, ...]:
    """The keywords that a line `privilege` is about."""
    return tuple(str(entry["command"]).split())


def is_whole(entry: "Entry") -> bool:
    """Whether a line `privilege` is also about all keywords behind its own."""
    return entry.text.split()[2] == WHOLE
