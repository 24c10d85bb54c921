"""The lines of a configuration as facts, under the topics that they are about."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from .facts import CONFIG, Fact, Key, Kind, Topic

if TYPE_CHECKING:
    from ...parsers.config import ConfigLine, DeviceConfig

_GROUPS: Final = ("crypto gdoi group ", "crypto gkm group ")
_LISTS: Final = ("ip access-list ", "ipv6 access-list ")
"""Blocks in which the order of the lines says something."""
_TOPICS: Final[tuple[tuple[str, Topic], ...]] = (
    *((start, Topic.POLICY) for start in (*_GROUPS, *_LISTS, "access-list ", "object-group ")),
    ("crypto ipsec ", Topic.POLICY),
    ("crypto pki ", Topic.CERTIFICATES),
    ("crypto key ", Topic.KEYS),
    ("boot ", Topic.SOFTWARE),
    ("boot-start-marker", Topic.SOFTWARE),
    ("boot-end-marker", Topic.SOFTWARE),
    ("version ", Topic.SOFTWARE),
    ("license ", Topic.SOFTWARE),
)
_IN_GROUPS: Final[tuple[tuple[str, Topic], ...]] = (
    ("rekey authentication ", Topic.REKEY_KEY),
    ("redundancy", Topic.COOPERATION),
    ("local priority ", Topic.COOPERATION),
    ("peer address ", Topic.COOPERATION),
    ("protocol timeout ", Topic.COOPERATION),
)
_MOVING: Final = ("ntp clock-period ",)
"""Lines that a device changes by itself."""


def config_facts(device: str, config: DeviceConfig) -> dict[Key, Fact]:
    """A fact for each line, with the lines that it stands under; secrets are not in them.

    An access list is one fact, since the order of its lines counts, and not their numbers.
    """
    found: dict[Key, Fact] = {}
    for line in config.tree.lines:
        group = _group_of(line)
        topic = _topic(line, _TOPICS, Topic.CONFIGURATION)
        for path, value, what in _lines(line, topic, in_group=bool(group)):
            kind = Kind.VOLATILE if path.startswith(_MOVING) else Kind.STATE
            found[Key(device, group, what, path)] = Fact(value=value, kind=kind, family=CONFIG)
    return found


def _lines(
    line: ConfigLine, topic: Topic, *, in_group: bool, above: str = ""
) -> Iterator[tuple[str, bool | tuple[str, ...], Topic]]:
    if in_group and above:
        topic = _topic(line, _IN_GROUPS, topic)
    path = f"{above} / {line.redacted}" if above else line.redacted
    if not above and line.text.startswith(_LISTS):
        yield path, tuple(map(_entry, line.children)), topic
        return
    yield path, True, topic
    for child in line.children:
        yield from _lines(child, topic, in_group=in_group, above=path)


def _entry(line: ConfigLine) -> str:
    """A line of an access list without its number: only the order means something."""
    number, _, rest = line.redacted.partition(" ")
    return rest if number.isdigit() else line.redacted


def _topic(line: ConfigLine, table: tuple[tuple[str, Topic], ...], usual: Topic) -> Topic:
    return next((topic for start, topic in table if line.text.startswith(start)), usual)


def _group_of(line: ConfigLine) -> str:
    if not line.text.startswith(_GROUPS):
        return ""
    words = line.words
    return words[-1] if len(words) > 3 else ""
