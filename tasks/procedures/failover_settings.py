"""What a test of a failover depends on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final, Literal

Isolate = Literal["reload", "by-hand"]
ISOLATIONS: Final[tuple[Isolate, ...]] = ("reload", "by-hand")
"""How the primary goes away: it restarts, or an operator takes its way to the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a test of a failover depends on, beside the intent.

    `primary` was primary when the plan was made; `names` is what key servers call the group.
    `label` is the RSA key that signs rekeys, None where it is not shown. With `give_back` the old
    primary leads again in the end, and on the way back if it `outranks` the others. `elects_s` is
    how long the secondaries may take to elect another one, `away_s` how long the old one may be
    away. `followed` are the members that are asked what they hold, of `members` that were
    registered; `resent_s` is how long a rekey is sent again.
    """

    intent: Mapping[str, Any]
    group: str
    isolate: Isolate
    give_back: bool
    outranks: bool
    primary: str
    secondaries: tuple[str, ...]
    names: Mapping[str, str]
    label: str | None
    elects_s: float
    away_s: float
    followed: tuple[str, ...]
    members: int
    resent_s: int

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Settings:
        """The settings that `data` kept."""
        lists = {"secondaries", "followed"}
        kept: dict[str, Any] = {
            key: tuple(value) if key in lists else value for key, value in data.items()
        }
        return cls(**kept)

    def data(self) -> dict[str, Any]:
        """All of it, for the journal."""
        return {each.name: getattr(self, each.name) for each in fields(self)}
