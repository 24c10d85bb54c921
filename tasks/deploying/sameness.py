"""Whether two configurations of one device are the same, and in which lines they differ.

Times and sizes in the head do not count, nor whether certificates are shown: what is saved only
names their files. The order of lines counts where it does for the device: in access lists, and
among servers and proposals. Elsewhere it is that in which things were made.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from ...parsers.config import ConfigLine, parse_config
from ...parsers.config.redact import REMOVED, redact

_VOLATILE: Final = re.compile(
    r"(?:Building configuration|Current configuration ?:|Using \d+ out of \d+ bytes"
    r"|Uncompressed configuration from|! ?(?:Last configuration change|No configuration change)"
    r"|! ?NVRAM config last updated|ntp clock-period )"
)
_CHAIN: Final = "crypto pki certificate chain "
_OF_ITSELF: Final = tuple(
    f"{head} TP-self-signed-" for head in ("crypto pki trustpoint", "crypto pki certificate chain")
)
"""How blocks begin that a router makes when its web server is turned on, and then keeps."""
_ORDERED: Final = re.compile(r"access-list \S+ |server address ipv[46] |proposal ")
"""How lines begin whose order among themselves counts."""
_OURS: Final = (
    *("crypto ", "interface ", "ip access-list ", "ipv6 access-list ", "access-list ", "vrf "),
    *("ip vrf ", "hostname ", "ip multicast-routing", "ip pim ", "ip domain", "ip host "),
)
"""How blocks begin that a change may have touched, or that may have lost lines with it."""
_SHOWN: Final = 3

Block = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Strayed:
    """The lines in which a configuration is not what it should be; no secret is in them."""

    missing: tuple[str, ...] = ()
    added: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.missing or self.added)

    def __str__(self) -> str:
        lines = [*(f"-{line}" for line in self.missing), *(f"+{line}" for line in self.added)]
        more = len(lines) - _SHOWN
        shown = ", ".join(f"'{line}'" for line in lines[:_SHOWN])
        return f"{shown} and {more} more" if more > 0 else shown


def strayed(
    wanted: str, found: str, *, everything: bool = False, beyond: tuple[str, ...] = ()
) -> Strayed:
    """How `found` differs from `wanted`, in what a change may have touched, or in `everything`.

    `beyond` is how global lines begin that a change of lines has touched. Where the secrets were
    taken out of one of them, they are not compared.
    """
    hidden = REMOVED in wanted or REMOVED in found
    should, has = (Counter(_blocks(text, hidden=hidden)) for text in (wanted, found))
    missing, added = list((should - has).elements()), list((has - should).elements())
    if not everything:
        missing, added = (
            [each for each in some if _is_ours(each, beyond)] for some in (missing, added)
        )
    return Strayed(
        missing=tuple(_lines(missing, added)),
        added=tuple(_lines(added, missing)),
    )


def _is_ours(block: Block, beyond: tuple[str, ...]) -> bool:
    head = block[0].removeprefix("no ")
    return head.startswith((*_OURS, *beyond)) and not head.startswith(_OF_ITSELF)


def _blocks(text: str, *, hidden: bool) -> Iterator[Block]:
    """The global lines, each with all that stands below it."""
    kept = (line for line in text.splitlines() if not _VOLATILE.match(line))
    tree = parse_config("\n".join(kept), "device")
    for line in tree.lines:
        shown = tuple(_shown(line, ""))
        if line.text.startswith(_CHAIN):
            shown = shown[:1]
        yield tuple(map(redact, shown)) if hidden else shown


def _shown(line: ConfigLine, indent: str) -> Iterator[str]:
    yield f"{indent}{line.text}"
    children: Iterable[ConfigLine] = line.children
    if line.words[1:2] != ["access-list"]:
        children = sorted(children, key=_place)
    for child in children:
        yield from _shown(child, f"{indent} ")


def _place(line: ConfigLine) -> str:
    found = _ORDERED.match(line.text)
    return found[0] if found is not None else line.text


def _lines(blocks: list[Block], others: list[Block]) -> Iterator[str]:
    """The lines of `blocks` that are in none of `others` with the same first line."""
    heads: dict[str, Counter[str]] = {}
    for other in others:
        heads.setdefault(other[0], Counter()).update(other[1:])
    for block in blocks:
        there = heads.get(block[0])
        if there is None:
            yield from map(redact, block)
            continue
        left = Counter(block[1:]) - there
        # the same lines in another order
        found = list(left.elements()) or ([] if not block[1:] else [f"{block[0]} (order)"])
        yield from map(redact, found)
