"""What a rollover depends on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final, Literal

from .rekey_keys import Cipher

Strategy = Literal["new-label", "in-place"]
STRATEGIES: Final[tuple[Strategy, ...]] = ("new-label", "in-place")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a rollover depends on, beside the intent.

    `primary` was primary when the plan was made. `header` is the line that opens the group's block
    on key servers. `followed` are the members that are asked for the key that they hold; `wave` is
    how many of them are told at a time to register again, 0 to let them come by themselves.
    `old_key` is the digest of the old key, empty where nobody showed it. `lifetime_s` is that of
    the traffic keys, in seconds. `keeping` are the key servers on which other groups sign with the
    old key too: it stays there.
    """

    intent: Mapping[str, Any]
    group: str
    strategy: Strategy
    primary: str
    secondaries: tuple[str, ...]
    headers: Mapping[str, str]
    old: str
    old_key: str
    new: str
    modulus: int
    cipher: Cipher
    followed: tuple[str, ...]
    members: int
    wave: int
    lifetime_s: int
    keeping: tuple[str, ...] = ()

    def called(self, server: str) -> str:
        """What a key server calls the group."""
        return self.headers[server].split()[-1]

    @property
    def servers(self) -> tuple[str, ...]:
        """All key servers, the secondaries first."""
        return (*self.secondaries, self.primary)

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Settings:
        """The settings that `data` kept."""
        lists = {"secondaries", "followed", "keeping"}
        kept: dict[str, Any] = {
            key: tuple(value) if key in lists else value for key, value in data.items()
        }
        return cls(**kept)

    def data(self) -> dict[str, Any]:
        """All of it, for the journal."""
        return {each.name: getattr(self, each.name) for each in fields(self)}
