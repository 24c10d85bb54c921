"""Versions of the GETVPN software, and which of them work together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from .rule import Evidence

_PARTS = 3
COMPATIBILITY: Final = "Cisco GETVPN configuration guide, GM removal and policy trigger"
"""What the parts of a version mean: major for all devices, minor for those of one kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A device that runs `version` of the software, and the proof."""

    name: str
    version: str
    evidence: Evidence


def parts(version: str) -> tuple[int, int, int] | None:
    """Major, minor and mini number of a version; None for what is no version."""
    words = version.split(".")
    if len(words) != _PARTS or not all(word.isascii() and word.isdigit() for word in words):
        return None
    major, minor, mini = map(int, words)
    return major, minor, mini


def by_version(devices: Iterable[Running]) -> Mapping[tuple[int, int, int], list[Running]]:
    """The devices of each version, the oldest version first; what is no version is left out."""
    found: dict[tuple[int, int, int], list[Running]] = {}
    for each in devices:
        numbers = parts(each.version)
        if numbers is not None:
            found.setdefault(numbers, []).append(each)
    return dict(sorted(found.items()))


def compatible(versions: Iterable[tuple[int, int, int]]) -> bool:
    """Whether devices of one kind work together: they agree in major and minor number."""
    return len({(major, minor) for major, minor, _ in versions}) <= 1


def counted(found: Mapping[tuple[int, int, int], list[Running]]) -> str:
    """How many devices run each version: `2 with 1.0.25 and 1 with 1.0.27 (10.10.1.1)`.

    A version with one device names it.
    """
    texts = []
    for devices in found.values():
        name = f" ({devices[0].name})" if len(devices) == 1 else ""
        texts.append(f"{len(devices)} with {devices[0].version}{name}")
    return " and ".join(texts)
