"""What the recovery of a split group depends on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a recovery depends on, beside the intent.

    `addresses` are those of the key servers, by name. `wave` is how many members at a time are told
    to register again where they do not get the keys by themselves. `connects_s` is how long people
    may take to mend the way between the key servers. `followed` are the members that are asked what
    they hold; `lifetime_s` is that of the traffic keys, `resent_s` how long a rekey is sent again.
    """

    intent: Mapping[str, Any]
    group: str
    addresses: Mapping[str, str]
    wave: int
    connects_s: float
    followed: tuple[str, ...]
    lifetime_s: int
    resent_s: int

    @property
    def servers(self) -> tuple[str, ...]:
        """All key servers."""
        return tuple(self.addresses)

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Settings:
        """The settings that `data` kept."""
        return cls(**{**data, "followed": tuple(data["followed"])})

    def data(self) -> dict[str, Any]:
        """All of it, for the journal."""
        return {each.name: getattr(self, each.name) for each in fields(self)}
