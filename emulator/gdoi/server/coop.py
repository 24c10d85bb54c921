"""Cooperation of key servers: who is primary, and what the others know."""

from typing import TYPE_CHECKING

from ..records import CoopPeer, Role

if TYPE_CHECKING:
    from .group import ServerGroup


class Coop:
    """The part that one key server takes in the cooperation of a group.

    `role` is its own, `peers` are the others by address in the order of the configuration.
    `sequence` is that of its last announcement, `retries` how often it asked a silent primary,
    `invalid_pseudotimes` counts announcements with an impossible pseudotime, `blocking` is whether
    it refuses new members for now. `due_at` is when its timer ends: the next announcement of a
    primary, the next look at the primary of a secondary.
    """

    def __init__(self, group: "ServerGroup") -> None:
        self.group = group
        self.role = Role.SECONDARY
        self.peers: dict[str, CoopPeer] = {}
        self.sequence = 0
        self.retries = 0
        self.invalid_pseudotimes = 0
        self.blocking = False
        self.due_at: float | None = None
        self.previous_primary = ""
