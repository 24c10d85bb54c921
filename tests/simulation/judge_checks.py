"""What judges have in common: lists of disagreements, and the words of shows."""

from collections.abc import Iterable
from dataclasses import replace
from ipaddress import ip_address
from typing import Any

from getvpn.emulator.services.access_entries import AccessEntry
from getvpn.parsers.config.acl import AclEntry
from getvpn.parsers.config.line import ConfigLine
from getvpn.parsers.config.read_acl import parse_entry

NOWHERE = ConfigLine("", 0)


class Checks:
    """Compares what readers found with what is true; `wrong` is where they differ."""

    def __init__(self, place: str) -> None:
        self.place = place
        self.wrong: list[str] = []

    def same(self, what: str, found: object, true: object) -> None:
        """Both have to be equal."""
        if found != true:
            self.wrong.append(f"{self.place}: {what} is shown as {found!r}, but it is {true!r}")

    def about(
        self, what: str, found: float | None, true: float | None, within: float = 1.0
    ) -> None:
        """Both have to be equal but for the rounding of seconds."""
        if found is None or true is None or not true - within <= found <= true:
            self.same(what, found, true)


def address(text: str) -> object:
    """An address as our parsers give it; None for none."""
    return ip_address(text) if text else None


def line(entry: AccessEntry) -> AclEntry:
    """A line of the emulator's lists as our parsers understand it."""
    ipv6 = entry.protocol == "ipv6" or ":" in entry.source.text
    words = entry.line().split()
    for end in (entry.destination,):
        ipv6 = ipv6 or (end is not None and ":" in end.text)
    return parse_entry(words, "ipv6" if ipv6 else "extended", NOWHERE)


def lines(entries: Iterable[Any]) -> list[AclEntry]:
    """Lines of a show, to compare with those of the emulator."""
    return [replace(entry.entry, line=NOWHERE) for entry in entries]


def whole(seconds: float) -> int:
    """Seconds as shows print them."""
    return max(0, int(seconds))
