"""What the eviction of a member depends on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from .planning import shortened_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """What a key server is told, without secrets: to refuse the member, and the way back."""

    removal: tuple[str, ...]
    back: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an eviction depends on, beside the intent.

    `who` is the member as it was named, `member` its name in the intent (None where the intent has
    it not), `addresses` those by which key servers know it. `lines` are those of each key server
    that has some. Where `trustpoint` is not None, its certificate has to be revoked; with `revoked`
    that has been done. With `now` all members drop their keys at once. `followed` are the members
    that are asked whether they are back, of `expected` that should be; `lifetime_s` is that of the
    traffic keys, `names` what key servers call the group.
    """

    intent: Mapping[str, Any]
    group: str
    who: str
    member: str | None
    addresses: tuple[str, ...]
    primary: str
    secondaries: tuple[str, ...]
    names: Mapping[str, str]
    lines: Mapping[str, Lines]
    trustpoint: str | None
    revoked: bool
    now: bool
    followed: tuple[str, ...]
    expected: int
    lifetime_s: int
    resent_s: int

    @property
    def servers(self) -> tuple[str, ...]:
        """All key servers, the secondaries first."""
        return (*self.secondaries, self.primary)

    @property
    def words(self) -> frozenset[str]:
        """What lines about the member have in them."""
        return frozenset((*self.addresses, *([self.member] if self.member is not None else [])))

    @property
    def window_s(self) -> float:
        """Within which time the others come back once they are told to, in seconds.

        They choose it at random, whether they have dropped their keys or not.
        """
        return float(shortened_s(self.lifetime_s))

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Settings:
        """The settings that `data` kept."""
        kept: dict[str, Any] = dict(data)
        for name in ("addresses", "secondaries", "followed"):
            kept[name] = tuple(kept[name])
        kept["lines"] = {
            name: Lines(removal=tuple(each["removal"]), back=tuple(each["back"]))
            for name, each in kept["lines"].items()
        }
        return cls(**kept)

    def data(self) -> dict[str, Any]:
        """All of it, for the journal."""
        own = {each.name: getattr(self, each.name) for each in fields(self)}
        return own | {"lines": {name: asdict(each) for name, each in self.lines.items()}}
