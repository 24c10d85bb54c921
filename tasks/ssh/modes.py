"""The modes of a configuration that is entered as a listing shows it."""

from __future__ import annotations

from collections.abc import Sequence


class Modes:
    """Which modes a session has to leave before a line, so that it is entered where it belongs.

    That is told by how far lines are indented, as in `show running-config`; where none of `lines`
    is, the device finds out by itself what belongs where. Prompts are without the device's name.
    """

    __slots__ = ("_listed", "_open", "_prompts")

    def __init__(self, lines: Sequence[str], prompt: str) -> None:
        self._listed = any(line[:1] == " " for line in lines)
        self._open: list[int] = []
        self._prompts = [prompt]

    def to_leave(self, line: str) -> int:
        """How many modes are left before `line`."""
        # `exit`, `exit-address-family` … leave by themselves
        if not self._listed or line.lstrip().startswith("exit"):
            return 0
        depth = _depth(line)
        return sum(1 for head in self._open if head >= depth)

    def left(self, prompt: str) -> None:
        """The device has left a mode."""
        if self._open:
            self._open.pop()
            self._prompts.pop()
        self._back_to(prompt)

    def entered(self, line: str, prompt: str) -> None:
        """The device has taken `line`, and has this prompt now."""
        if prompt == self._prompts[-1]:
            return
        if prompt in self._prompts:
            self._back_to(prompt)
            return
        self._open.append(_depth(line))
        self._prompts.append(prompt)

    def _back_to(self, prompt: str) -> None:
        while self._open and prompt in self._prompts and self._prompts[-1] != prompt:
            self._open.pop()
            self._prompts.pop()


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
