"""The keys of a lab that are being made, little by little, while its sessions go on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from .material import KeyMaterial

Turn = Callable[[], Awaitable[None]]
"""Lets others go on, and comes back."""


class KeyWork:
    """Makes keys in steps; of all who wait for one, together one takes a step in a round of turns.

    So the making of many keys at once holds up nobody longer than that of one. Whoever comes works
    for the key that has waited longest: someone who comes no more holds up no other.
    """

    __slots__ = ("_calls", "_waiting")

    def __init__(self) -> None:
        self._waiting: list[KeyMaterial] = []
        self._calls = 0

    async def make(self, material: KeyMaterial, turn: Turn) -> None:
        """Make a key, with a turn for others after each step; at once if it is made already."""
        if material.made:
            return
        self._waiting.append(material)
        try:
            while not material.made:
                self._step()
                await turn()
        finally:
            self._waiting.remove(material)

    def _step(self) -> None:
        """Take a step if this call is the last of a round."""
        self._calls += 1
        if self._calls >= len(self._waiting):
            self._calls = 0
            next(each for each in self._waiting if not each.made).step()
