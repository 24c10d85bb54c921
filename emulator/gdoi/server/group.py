"""A group as one key server holds it."""

from ..host import Host
from ..keys import Kek, Tek
from ..policy import ServerPolicy
from ..records import MemberRecord, Role
from .coop import Coop


class ServerGroup:
    """A group on a key server.

    `policy` is what the configuration says; `pending` whether it changed and no rekey has carried
    that yet. `kek` and `teks` are the keys that count, the old TEKs first and until they end;
    `previous` is the KEK before this one. `members` is the database by address. `handle` and
    `server_handle` are the numbers that shows print. `rekeys_sent` counts rekeys; `retransmits` and
    `duration_s` are of the last one, `last_rekey_at` its time. `kek_rekey_at` and `tek_rekey_at`
    (by SPI) are when keys are renewed; what has been renewed has no time.
    """

    def __init__(self, host: Host, policy: ServerPolicy, *, handle: int) -> None:
        self.host = host
        self.kernel = host.kernel
        self.policy = policy
        self.pending = False
        self.handle = handle
        self.server_handle = handle
        self.kek: Kek | None = None
        self.previous: Kek | None = None
        self.teks: list[Tek] = []
        self.members: dict[str, MemberRecord] = {}
        self.rekeys_sent = 0
        self.retransmits = 0
        self.duration_s = 0.0
        self.last_rekey_at: float | None = None
        self.kek_rekey_at: float | None = None
        self.tek_rekey_at: dict[int, float] = {}
        self.coop = Coop(self) if policy.coop is not None else None

    @property
    def role(self) -> Role:
        """The role of this key server; without cooperation it is the primary."""
        return Role.PRIMARY if self.coop is None else self.coop.role

    @property
    def primary(self) -> bool:
        """Whether this key server makes keys and sends rekeys."""
        return self.role is Role.PRIMARY

    def pseudotime(self) -> float | None:
        """The pseudotime of the group now, in seconds; None before the first registration."""
        raise NotImplementedError
