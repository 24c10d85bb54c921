"""What the data plane of a member has counted."""

from dataclasses import dataclass


@dataclass(slots=True, kw_only=True)
class PacketCounts:
    """Packets of one member since it joined its group.

    `no_sa` were to be encrypted without a key. `tagged` went with a security group tag, `untagged`
    came with one. Unknown SPIs and replays are counted by the member itself. `cleared` is what had
    been decrypted and encrypted when the check for replays was cleared.
    """

    encrypted: int = 0
    decrypted: int = 0
    no_sa: int = 0
    tagged: int = 0
    untagged: int = 0
    cleared: tuple[int, int] = (0, 0)

    @property
    def checked(self) -> int:
        """Packets whose time was checked since the check was cleared."""
        return self.decrypted - self.cleared[0]

    @property
    def stamped(self) -> int:
        """Packets that left with a time since the check was cleared."""
        return self.encrypted - self.cleared[1]

    def clear_replays(self) -> None:
        """Count what the check for replays sees anew."""
        self.cleared = self.decrypted, self.encrypted
