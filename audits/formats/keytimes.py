"""The keys of a group on a line of time: how long each lives, and when the next rekey comes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ..servers import current_kek

if TYPE_CHECKING:
    from ...parsers.records.gdoi_ks_policy import Kek, KsGroupPolicy, Tek

LEFT: Final = 170
RIGHT: Final = 30
ROW: Final = 34
STEPS: Final = (60, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400, 172_800, 604_800)
MOST_KEYS: Final = 24
SPI_DIGITS: Final = 8
MARGIN: Final = 1.25
"""How much longer the axis is than the longest traffic key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A key: from now until `end_x`; `beyond` says that it lives longer than the axis.

    `rekey_x` is where its rekey comes, None for a key without.
    """

    name: str
    detail: str
    kind: str
    y: float
    end_x: float
    beyond: bool
    rekey_x: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A mark on the axis."""

    x: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """The bars of a group, and in how many seconds its next rekey comes (None: unknown)."""

    bars: Sequence[Bar]
    ticks: Sequence[Tick]
    height: float
    next_rekey: str


def keys_of(policy: KsGroupPolicy, width: float = 1000) -> Keys | None:
    """The keys that a key server shows; None where it shows no times."""
    kek = current_kek(policy)
    teks = [tek for tek in policy.teks if tek.remaining_s is not None][:MOST_KEYS]
    lives = [tek.remaining_s or 0 for tek in teks]
    if kek is not None and kek.remaining_s is not None and not lives:
        lives = [kek.remaining_s]
    if not lives or not max(lives):
        return None
    span = max(lives) * MARGIN
    scale = (width - LEFT - RIGHT) / span
    bars = list(_bars(kek, teks, span, scale))
    due = [tek.time_to_rekey_s for tek in teks if tek.time_to_rekey_s is not None]
    if kek is not None and kek.time_to_rekey_s is not None:
        due.append(kek.time_to_rekey_s)
    return Keys(
        bars=bars,
        ticks=[Tick(x=LEFT + at * scale, text=duration(at)) for at in _ticks(span)],
        height=len(bars) * ROW + 40,
        next_rekey=duration(min(due)) if due else "",
    )


def _bars(kek: Kek | None, teks: Sequence[Tek], span: float, scale: float) -> Iterator[Bar]:
    rows: list[tuple[str, str, int | None, int | None, int | None, int | None]] = []
    if kek is not None:
        rows.append(
            ("KEK", kek.encryption or "", kek.spi, kek.lifetime_s, kek.remaining_s,
             kek.time_to_rekey_s)
        )  # fmt: skip
    rows += [
        ("TEK", tek.transform or "", tek.spi, tek.tek_life_s, tek.remaining_s, tek.time_to_rekey_s)
        for tek in teks
    ]
    for number, (kind, what, spi, lifetime, remaining, rekey) in enumerate(rows):
        left = remaining or 0
        told = [what, f"of {lifetime} s" if lifetime else "", f"{duration(left)} left"]
        yield Bar(
            name=f"{kind} {_short(spi)}" if spi is not None else kind,
            detail=", ".join(filter(None, told)),
            kind=kind.lower(),
            y=number * ROW,
            end_x=LEFT + min(left, span) * scale,
            beyond=left > span,
            rekey_x=LEFT + rekey * scale if rekey is not None and rekey <= span else None,
        )


def _short(spi: int) -> str:
    """An SPI; of the sixteen bytes of a KEK the first four."""
    digits = f"{spi:X}"
    return f"0x{digits}" if len(digits) <= SPI_DIGITS else f"0x{digits[:SPI_DIGITS]}…"


def _ticks(span: float) -> Iterator[int]:
    step = next((each for each in STEPS if span / each <= 8), int(span // 4) or 1)
    yield from range(0, int(span) + 1, step)


def duration(seconds: int) -> str:
    """Seconds as people say them: `45 s`, `12 min`, `1 h 30 min`, `14 d 2 h`."""
    if seconds < 60:
        return f"{seconds} s"
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86_400
    if minutes < 10:
        return _of(minutes, "min", seconds % 60, "s")
    if minutes < 60:
        return f"{minutes} min"
    if hours < 48:
        return _of(hours, "h", minutes % 60, "min")
    return _of(days, "d", hours % 24, "h")


def _of(count: int, unit: str, rest: int, smaller: str) -> str:
    return f"{count} {unit} {rest} {smaller}" if rest else f"{count} {unit}"
