"""The lines of a configuration as facts, under the topics that they are about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from .facts import CONFIG, Fact, Key, Kind, Topic
from .lists import Use, lines_of, listed
from .used import Used, used_in

if TYPE_CHECKING:
    from ...parsers.config import AccessList, ConfigLine, DeviceConfig

_GROUP: Final = "crypto gdoi group "
_LATER_GROUP: Final = "crypto gkm group "
"""As newer releases print it: they take both."""
_LISTS: Final = ("ip access-list ", "ipv6 access-list ", "access-list ")
"""What the lists of a configuration, which are facts of their own, are made of."""
_TOPICS: Final[tuple[tuple[str, Topic], ...]] = (
    (_GROUP, Topic.POLICY),
    (_LATER_GROUP, Topic.POLICY),
    ("object-group ", Topic.POLICY),
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
    ("address ", Topic.COOPERATION),
    ("server address ", Topic.REGISTRATION),
)
_MOVING: Final = ("ntp clock-period ",)
"""Lines that a device changes by itself."""


def config_facts(device: str, config: DeviceConfig) -> dict[Key, Fact]:
    """A fact for each line, with the lines that it stands under; secrets are not in them.

    An access list is one fact, since the order of its lines counts, and not their numbers.
    """
    used = used_in(config)
    found = dict(_lists(device, config, used))
    times: Counter[Key] = Counter()
    for line in config.tree.lines:
        if line.text.startswith(_LISTS):
            continue
        group = _group_of(line)
        topic = _topic(line.text, _TOPICS, Topic.CONFIGURATION)
        aside = not group and topic is Topic.POLICY and not used.has(line.words)
        for path, what in _lines(line, topic, in_group=bool(group)):
            key = Key(device, group, what, path)
            times[key] += 1
            if times[key] > 1:
                # lines that differ in a secret only
                key = key._replace(name=f"{path} ({times[key]})")
            kind = Kind.VOLATILE if path.startswith(_MOVING) else Kind.STATE
            found[key] = Fact(value=True, kind=kind, family=CONFIG, aside=aside)
    return found


def _lists(device: str, config: DeviceConfig, used: Used) -> Iterator[tuple[Key, Fact]]:
    families = (("ip", config.access_lists), ("ipv6", config.ipv6_access_lists))
    for family, lists in families:
        for acl in lists.values():
            use = used.lists.get((family, acl.name))
            key = Key(device, "", Topic.POLICY, f"{family} access list {acl.name}")
            yield key, _list_fact(config, acl, use)


def _list_fact(config: DeviceConfig, acl: AccessList, use: Use | None) -> Fact:
    return Fact(
        value=lines_of(acl),
        family=CONFIG,
        listed=listed(config, acl, use or Use.PERMITS),
        aside=use is None,
    )


def _lines(
    line: ConfigLine, topic: Topic, *, in_group: bool, above: str = ""
) -> Iterator[tuple[str, Topic]]:
    text = line.redacted
    if in_group and above:
        topic = _topic(line.text, _IN_GROUPS, topic)
    elif in_group:
        text = text.replace(_LATER_GROUP, _GROUP, 1)
    path = f"{above} / {text}" if above else text
    yield path, topic
    for child in line.children:
        yield from _lines(child, topic, in_group=in_group, above=path)


@lru_cache(maxsize=4096)
def _topic(text: str, table: tuple[tuple[str, Topic], ...], usual: Topic) -> Topic:
    """By how a line begins; devices of a fleet have most lines in common."""
    return next((topic for start, topic in table if text.startswith(start)), usual)


def _group_of(line: ConfigLine) -> str:
    if not line.text.startswith((_GROUP, _LATER_GROUP)):
        return ""
    words = line.words
    return words[-1] if len(words) > 3 else ""
