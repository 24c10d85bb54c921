"""A group as one member takes part in it."""

from ..host import Host
from ..keys import Kek
from ..policy import MemberPolicy, SaPolicy
from ..records import HeldTek, Registration, ServerKey


class MemberGroup:
    """A member of a group: one entry of a crypto map on one interface.

    `state` and `registered_with` tell how far it is; `attempted` and `succeeded` count
    registrations. `kek` is the KEK in force, which ends at `kek_expires_at`; `previous` and `coming`
    are those before and after it. `teks` are the TEKs that it holds, the oldest first, `sas` the
    policies that it downloaded, `server_keys` the public keys by key server. `last_rekey_from`
    (address), `last_sequence` and `last_rekey_at` are of the last rekey; `rekeys` counts all of
    them, `rekeys_since` those since the last registration, `acks` those that it acknowledged,
    `acks_since` likewise, `pfs_rekeys` those with perfect forward secrecy. `reregisters_at` is when
    it asks again unless a rekey comes. `direction` is what an operator has set for it (`both`,
    `inbound only`, `inbound optional`), empty for what the key server says. `receive_only` is what
    the key server says. `gmsids` and `kssid` are sender identifiers of counter modes.
    """

    def __init__(self, host: Host, policy: MemberPolicy, *, handle: int) -> None:
        self.host = host
        self.kernel = host.kernel
        self.policy = policy
        self.handle = handle
        self.state = Registration.NONE
        self.registered_with = ""
        self.registered_at: float | None = None
        self.attempted = 0
        self.succeeded = 0
        self.kek: Kek | None = None
        self.kek_expires_at = 0.0
        self.previous: Kek | None = None
        self.coming: Kek | None = None
        self.teks: list[HeldTek] = []
        self.sas: tuple[SaPolicy, ...] = ()
        self.server_keys: dict[str, ServerKey] = {}
        self.last_rekey_from = ""
        self.last_sequence = 0
        self.last_rekey_at: float | None = None
        self.rekeys = 0
        self.rekeys_since = 0
        self.acks = 0
        self.acks_since = 0
        self.pfs_rekeys = 0
        self.reregisters_at: float | None = None
        self.direction = ""
        self.receive_only = False
        self.d3p_ms = 0
        self.gmsids: tuple[tuple[int, int], ...] = ()
        self.kssid: int | None = None
        self.initial_executed = 0
        self.initial_postponed = 0

    def pseudotime(self) -> float | None:
        """The pseudotime of the group as the member reckons it now; None before it has one."""
        raise NotImplementedError
