"""`show crypto key mypubkey`: what a router tells of its key pairs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from .der import GROUP_BYTES, hex_lines
from .pair import KeyPair

TimeFormatter = Callable[[float], str]
"""Writes seconds since 1970 UTC as `03:56:15 UTC Nov 5 2022`, in the router's time zone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyDumpStyle:
    """What differs between releases.

    `states_bits`: the newest IOS-XE adds the size to the type. `joins_rest`: classic IOS prints a
    last group of fewer than four bytes behind the eight of the line before (GETVPN lab transcript).
    """

    states_bits: bool = False
    joins_rest: bool = False


CLASSIC_DUMP = KeyDumpStyle(joins_rest=True)
XE_DUMP = KeyDumpStyle()
NEWEST_XE_DUMP = KeyDumpStyle(states_bits=True)


def mypubkey_text(
    pairs: Iterable[KeyPair], format_time: TimeFormatter, style: KeyDumpStyle = XE_DUMP
) -> str:
    """The output for these pairs, in their order; ends with a line end unless it is empty."""
    return "".join(f"{line}\n" for pair in pairs for line in _pair_lines(pair, format_time, style))


def _pair_lines(pair: KeyPair, format_time: TimeFormatter, style: KeyDumpStyle) -> Iterator[str]:
    yield f"% Key pair was generated at: {format_time(pair.generated_at)}"
    yield f"Key name: {pair.label}"
    size = f"      {pair.bits} bits" if style.states_bits else ""
    yield f"Key type: {pair.kind.value} KEYS{size}"
    yield "Temporary key" if pair.temporary else f" Storage Device: {pair.storage}"
    yield f" Usage: {pair.usage.value}"
    export = "exportable" if pair.exportable else "not exportable"
    redundancy = " Redundancy enabled." if pair.redundancy else ""
    yield f" Key is {export}.{redundancy}"
    yield " Key Data:"
    yield from _dump(pair.material.public_der, style)


@lru_cache(maxsize=256)
def _dump(data: bytes, style: KeyDumpStyle) -> tuple[str, ...]:
    """Full lines end with a blank, the last one does not."""
    *full, last = hex_lines(data)
    if full and style.joins_rest and len(last) < 2 * GROUP_BYTES:
        last = f"{full.pop()} {last}"
    return (*(f"  {line} " for line in full), f"  {last}")
