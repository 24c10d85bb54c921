"""Checks for replays: by pseudotime for many senders, by counting packets for one."""

from ..packets import Protection
from ..policy import Replay, ReplayKind


class CounterWindow:
    """The packets of one SA that arrived: the last `size` numbers up to the highest."""

    __slots__ = ("_seen", "highest", "size")

    def __init__(self, size: int) -> None:
        self.size = size
        self.highest = 0
        self._seen = 0

    def accepts(self, sequence: int) -> bool:
        """Whether a number is new, and not too old (RFC 4303 §3.4.3)."""
        behind = self.highest - sequence
        if behind < 0:
            return True
        return behind < self.size and not self._seen >> behind & 1

    def note(self, sequence: int) -> None:
        """A packet with this number has arrived."""
        ahead = sequence - self.highest
        if ahead > 0:
            self.highest = sequence
            kept = (1 << self.size) - 1
            self._seen = ((self._seen << ahead) | 1) & kept if ahead < self.size else 1
        elif -ahead < self.size:
            self._seen |= 1 << -ahead


def replayed(
    replay: Replay, protection: Protection, pseudotime: float | None, window: CounterWindow | None
) -> bool:
    """Whether the check of a policy fails for a packet.

    By time: the pseudotime of the packet may differ from the receiver's by the window (Cisco
    Security Manager guide); without a pseudotime the check fails. By counter: `window` is what
    arrived of the SA; a packet that nobody counted passes.
    """
    if replay.kind is ReplayKind.TIME:
        stamp = protection.pseudotime
        if stamp is None or pseudotime is None:
            return True
        return abs(stamp - pseudotime) > replay.window
    if replay.kind is ReplayKind.COUNTER and protection.sequence is not None:
        return window is not None and not window.accepts(protection.sequence)
    return False
