"""Words about the keys of a group: facts with their evidence, ciphers in one spelling.

`server_keys` and `member_keys` read them from the texts of devices.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Generic, TypeVar

from .context import FleetContext, GroupContext, MemberContext, ServerContext, show_evidence
from .rule import Evidence, NotChecked

if TYPE_CHECKING:
    from ..parsers.config import KeyServerConfig, TransformSet
    from ..parsers.record import Record, Row
    from .facts import Shown

V = TypeVar("V")
R = TypeVar("R", bound="Record")

_SALT_BYTES = 4
"""Key sizes of GCM and GMAC are shown with the salt (RFC 4106 §8.1)."""

_AES_BYTES = (16, 24, 32)
_COUNTER_MODES = ("esp-gcm", "esp-gmac")

TRANSFORM_SET = "<transform set>"
"""The name for remediations where show output leaves it out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact(Generic[V]):
    """A value, and what it was read from.

    `name` is the part of the configuration that sets it, for remediations; `is_default` tells
    that no line sets it.
    """

    value: V
    evidence: Evidence
    name: str = ""
    is_default: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts(Generic[V]):
    """All values of one kind; `unknown` says why there may be others, '' when there are none."""

    found: tuple[Fact[V], ...] = ()
    unknown: str = ""

    def undecided(self, ctx: ServerContext) -> Iterator[NotChecked]:
        """*Not checked*, for what these facts leave open."""
        if self.unknown:
            yield ctx.not_checked(self.unknown)
        elif not self.found:
            yield ctx.missing()


@dataclass(frozen=True, slots=True, kw_only=True)
class Retransmission:
    """A rekey that is not acknowledged is sent again `count` times, every `interval_s` seconds.

    `count` None: until it is acknowledged or the key expires (`periodic`).
    """

    interval_s: int
    count: int | None

    def __str__(self) -> str:
        intervals = f"at intervals of {self.interval_s} s"
        if self.count is None:
            return f"{intervals} until acknowledged"
        return f"{self.count} times {intervals}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Transform:
    """What traffic is protected with; `cipher` and `bits` as in `TransformSet`.

    `text` is the spelling of configurations (`esp-aes 256 …`). Old releases leave the integrity
    out of it, so two texts may be about one transform.
    """

    text: str = field(compare=False)
    cipher: str | None
    bits: int | None

    @property
    def is_aes(self) -> bool:
        """Whether the cipher is AES in any of its modes."""
        return self.cipher in ("aes", "gcm", "gmac")


class Collected(Generic[V]):
    """Facts on their way: all that are configured, then those shown with another value."""

    def __init__(self) -> None:
        self.facts: list[Fact[V]] = []
        self.unknown = ""

    def configured(
        self, value: V, evidence: Evidence, name: str = "", *, is_default: bool = False
    ) -> None:
        """Take in a value of the configuration."""
        fact = Fact(value=value, evidence=evidence, name=name, is_default=is_default)
        self.facts.append(fact)

    def shown(
        self, value: V | None, output: Shown[R], row: Row, field: str, name: str = ""
    ) -> None:
        """Take in a value of show output, if it was printed and is new."""
        if value is not None and all(fact.value != value for fact in self.facts):
            evidence = show_evidence(output, row, field)
            self.facts.append(Fact(value=value, evidence=evidence, name=name))

    def heed(self, output: Shown[R], told: bool) -> None:
        """Show output that told something settles what is not known, if it is whole."""
        if output.complete and told:
            self.unknown = ""
        elif not output.complete and not self.facts:
            self.unknown = f"the output of '{output.record.command}' is not whole"

    def done(self) -> Facts[V]:
        """All of them."""
        return Facts(found=tuple(self.facts), unknown=self.unknown)


def servers_of(ctx: GroupContext) -> Iterator[ServerContext]:
    """The key servers of a group, each with a context of its own."""
    for role in ctx.group.servers:
        yield ServerContext(
            rule=ctx.rule,
            fleet=ctx.fleet,
            settings=ctx.settings,
            device=role.device,
            group=role.group,
            role=role,
        )


def members_of(ctx: GroupContext) -> Iterator[MemberContext]:
    """The members of a group, each with a context of its own."""
    for role in ctx.group.members:
        yield MemberContext(
            rule=ctx.rule,
            fleet=ctx.fleet,
            settings=ctx.settings,
            device=role.device,
            group=role.group,
            role=role,
        )


def gdoi_or_gkm(ctx: FleetContext) -> str:
    """How the device that `ctx` is about spells the group's command, as far as that is known."""
    return ctx.view.spelling if isinstance(ctx, ServerContext) and ctx.view else "gdoi"


def block_gap(ctx: ServerContext) -> str:
    """Why a line that is absent from the group's own block may still exist; '' if it cannot."""
    if ctx.view is None or ctx.device.block_complete(ctx.view.line):
        return ""
    return f"the block of group {ctx.group} is not known in full"


def has_rekey_lines(view: KeyServerConfig) -> bool:
    """Whether any line says how rekeys are made."""
    return any(name.startswith("rekey_") for name in view.origins)


def without_rekeys(ctx: ServerContext) -> bool:
    """Whether the key server sends no rekeys, since it has no `rekey` line at all."""
    return ctx.view is not None and not has_rekey_lines(ctx.view) and not block_gap(ctx)


def rekey_cipher(encryption: str | None, bits: int | None) -> str | None:
    """A cipher of show output as `rekey algorithm` spells it; None when it is not shown."""
    if encryption is None:
        return None
    name = encryption.lower()
    if name != "aes":
        return f"{name}-cbc"
    return name if bits is None else f"{name} {bits}"


def shown_transform(text: str | None, key_bytes: int | None) -> Transform | None:
    """A transform of show output, such as `esp-256-aes esp-sha256-hmac`.

    None when it is not shown, or not with the size of its key.
    """
    words = [] if text is None else text.split()
    if words and words[0] in _COUNTER_MODES and not words[-1].isdigit():
        if key_bytes is None:
            return None
        own_bytes = key_bytes if key_bytes in _AES_BYTES else key_bytes - _SALT_BYTES
        words.append(str(own_bytes * 8))
    return _read_transform(" ".join(words)) if words else None


@lru_cache(maxsize=64)
def _read_transform(words: str) -> Transform | None:
    """The transform that a configuration with these words has."""
    from ..parsers.config import device_config, parse_config

    config = device_config(parse_config(f"crypto ipsec transform-set SHOWN {words}", "shown"))
    return next(map(transform_of, config.transform_sets.values()), None)


def transform_of(found: TransformSet) -> Transform:
    """The transform that a transform set of a configuration names."""
    return Transform(text=found.normalised, cipher=found.cipher, bits=found.key_bits)
