"""What the data plane of a member has counted."""

from dataclasses import dataclass


@dataclass(slots=True, kw_only=True)
class PacketCounts:
    """Packets of one member since it joined its group.

    `no_sa` were to be encrypted without a key. `tagged` went with a security group tag, `untagged`
    came with one. Unknown SPIs and replays are counted by the member itself.
    """

    encrypted: int = 0
    decrypted: int = 0
    no_sa: int = 0
    tagged: int = 0
    untagged: int = 0
