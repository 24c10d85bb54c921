"""Configurations as they can be compared: without the lines that say what holds anyway.

Routers do not print these. They come from people, who write down more than a router needs, and
from other tools.
"""

import re
from collections.abc import Iterator
from typing import Final

from ...parsers.config import ConfigLine, ConfigTree
from ...parsers.config.redact import REMOVED

_OF_GROUPS: Final = "|".join(
    (
        *("rekey algorithm 3des-cbc", "rekey sig-hash algorithm sha"),
        *("rekey lifetime seconds 86400", "rekey retransmit 10 number 2", "local priority 1"),
    )
)
_OF_POLICIES: Final = "encr(yption)? des|hash sha|authentication rsa-sig|group 1|lifetime 86400"
_USUAL: Final[tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]] = tuple(
    (re.compile(head, re.ASCII), re.compile(line, re.ASCII))
    for head, line in (
        ("crypto isakmp policy ", _OF_POLICIES),
        ("crypto (gdoi|gkm) group ", _OF_GROUPS),
        ("crypto ikev2 profile ", "lifetime 86400"),
    )
)
_REMOVED: Final = re.compile(rf"\bkey (?={REMOVED})")
_ALONE: Final = re.compile(r"crypto isakmp identity address", re.ASCII)


def usual_lines(tree: ConfigTree) -> Iterator[ConfigLine]:
    """The lines that say what holds anyway."""
    for line in tree.lines:
        if _ALONE.fullmatch(line.text):
            yield line
        for head, usual in _USUAL:
            if head.match(line.text):
                yield from (each for each in line.walk() if usual.fullmatch(" ".join(each.words)))


def comparable(text: str, tree: ConfigTree, first_line: int) -> str:
    """A configuration without such lines, in which keys that were removed count as encrypted.

    Such lines leave empty ones behind.
    """
    lines = _REMOVED.sub("key 6 ", text).split("\n")
    for line in usual_lines(tree):
        at = line.lineno - first_line
        if 0 <= at < len(lines):
            lines[at] = ""
    return "\n".join(lines)
