"""What a change of policy depends on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Final, Literal

from ..comparing.plan import Command
from .planning import shortened_s

Apply = Literal["rekey", "replace-now"]
APPLIES: Final[tuple[Apply, ...]] = ("rekey", "replace-now")
"""How members come to the new policy: the old keys live on for a short time, or go at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What one key server is told; no secret is in it.

    `commands` lead to the new policy, `inverse` from there back to `before`, its configuration
    without secrets. All of it is JSON: each command is its modes, its text, and whether it asks.
    """

    commands: Sequence[Sequence[Any]]
    inverse: Sequence[Sequence[Any]]
    before: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a change of policy depends on, beside the intent.

    `primary` was primary when the plan was made, `names` is what key servers call the group.
    `edits` are the key servers that are changed. `followed` are the members that are asked what
    they hold; `members` is how many were registered. `lifetime_s` is that of the traffic keys that
    were in use, `resent_s` how long the primary goes on to send a rekey to who has not answered.
    """

    intent: Mapping[str, Any]
    group: str
    apply: Apply
    primary: str
    secondaries: tuple[str, ...]
    names: Mapping[str, str]
    edits: Mapping[str, Edit]
    followed: tuple[str, ...]
    members: int
    lifetime_s: int
    resent_s: int

    @property
    def edited(self) -> tuple[str, ...]:
        """The key servers that are changed, the secondaries first."""
        return tuple(name for name in (*self.secondaries, self.primary) if name in self.edits)

    @property
    def shortened_s(self) -> int:
        """How long the old keys live at most once a rekey has been sent (reference §3.6)."""
        if self.apply == "replace-now":
            return 0
        return shortened_s(self.lifetime_s)

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Settings:
        """The settings that `data` kept."""
        kept: dict[str, Any] = dict(data)
        for name in ("secondaries", "followed"):
            kept[name] = tuple(kept[name])
        kept["edits"] = {name: Edit(**each) for name, each in kept["edits"].items()}
        return cls(**kept)

    def data(self) -> dict[str, Any]:
        """All of it, for the journal."""
        own = {each.name: getattr(self, each.name) for each in fields(self)}
        return own | {"edits": {name: asdict(each) for name, each in self.edits.items()}}


def kept(commands: Iterable[Command]) -> tuple[tuple[Any, ...], ...]:
    """Commands as JSON can keep them."""
    return tuple((list(each.modes), each.text, each.asks) for each in commands)


def commands_of(data: Iterable[Sequence[Any]]) -> tuple[Command, ...]:
    """The commands that `kept` has kept."""
    return tuple(Command(modes=tuple(modes), text=text, asks=asks) for modes, text, asks in data)
