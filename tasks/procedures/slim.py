"""Configurations of key servers without the lines of single members: those are most of all lines.

What is compared and planned is no matter of theirs, and takes a hundredth of the time.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Iterable, Iterator, Sequence
from typing import Final

from ..ssh.device import Answer, Device

_ONE: Final = r"(\d{1,3}(?:\.\d{1,3}){3})(?: 255\.255\.255\.255)?"
_OF_ONE: Final = re.compile(
    rf"(?:crypto isakmp key (?:\d )?\S+ address {_ONE}(?: no-xauth)?"
    rf"| +pre-shared-key address {_ONE} key (?:\d )?\S+"
    rf"|(?:access-list \d+| +(?:\d+)?) ?permit (?:host )?{_ONE}"
    rf"| +match identity remote address {_ONE}) *",
    re.ASCII,
)
"""Lines that are about one address: keys, entries of standard lists, identities of IKEv2."""
_PEER: Final = re.compile(r" +peer (\S+) *", re.ASCII)
_ADDRESS: Final = re.compile(rf" +address {_ONE} *", re.ASCII)
_EVERYBODY: Final = "0.0.0.0"  # noqa: S104 - what a key for all peers has in place of an address
_SHOWS: Final = ("show running-config", "show startup-config")


def slim(text: str, words: Collection[str] = ()) -> str:
    """A configuration without what is about single members, but for those in `words`.

    These are their addresses, and their names, as peers of IKEv2 have them.
    """
    return "\n".join(_kept(text.split("\n"), frozenset(words)))


def _kept(lines: Sequence[str], words: frozenset[str]) -> Iterator[str]:
    at = 0
    while at < len(lines):
        line = lines[at]
        end = at + 1
        peer = _PEER.fullmatch(line)
        if peer is not None:
            while end < len(lines) and _depth(lines[end]) > _depth(line):
                end += 1
            if peer[1] in words or not _is_one(lines[at + 1 : end], words):
                yield from lines[at:end]
        elif not _is_about(_OF_ONE.fullmatch(line), words):
            yield line
        at = end


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())


def _is_one(block: Iterable[str], words: frozenset[str]) -> bool:
    """Whether the block of a peer is about one member, and not one of `words`."""
    return any(_is_about(_ADDRESS.fullmatch(line), words) for line in block)


def _is_about(found: re.Match[str] | None, words: frozenset[str]) -> bool:
    """Whether what was found is about one member, and not one of `words`."""
    if found is None:
        return False
    address = next((each for each in found.groups() if each is not None), _EVERYBODY)
    return address != _EVERYBODY and address not in words


class SlimDevice:
    """A session on a key server that shows its configurations without the lines of members."""

    def __init__(self, device: Device) -> None:
        self._device = device

    @property
    def name(self) -> str:
        """The name of the device."""
        return self._device.name

    @property
    def prompt(self) -> str:
        """The prompt that it prints now."""
        return self._device.prompt

    def send(self, command: str, *, timeout_s: float | None = None) -> str:
        """As `Device.send`."""
        said = self._device.send(command, timeout_s=timeout_s)
        return slim(said) if command in _SHOWS else said

    def configure(
        self,
        lines: Iterable[str],
        *,
        agree: Container[str] = (),
        revert_min: int | None = None,
        timeout_s: float | None = None,
    ) -> str:
        """As `Device.configure`."""
        return self._device.configure(
            lines, agree=agree, revert_min=revert_min, timeout_s=timeout_s
        )

    def dialogue(
        self,
        command: str,
        answers: Sequence[Answer],
        *,
        configuring: bool = False,
        timeout_s: float | None = None,
    ) -> str:
        """As `Device.dialogue`."""
        return self._device.dialogue(command, answers, configuring=configuring, timeout_s=timeout_s)

    def reload(self, *, save: bool = False, within_s: float = 900.0) -> None:
        """As `Device.reload`."""
        self._device.reload(save=save, within_s=within_s)

    def close(self) -> None:
        """End the session."""
        self._device.close()
