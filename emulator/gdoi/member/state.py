"""What a member knows of its group, and what follows from it at an instant."""

from collections.abc import Callable
from enum import StrEnum

from ..host import Host
from ..ike import IkeAnswer
from ..keys import Kek
from ..policy import SID_BITS, MemberPolicy, SaPolicy, Transport
from ..records import HeldTek, Registration, ServerKey
from .decisions import TrafficPolicy
from .replays import CounterWindow


class Direction(StrEnum):
    """What a member encrypts, and what it takes in clear.

    `BOTH`: it encrypts, and takes only what is encrypted. `INBOUND_ONLY`: it sends in clear, and
    takes both. `INBOUND_OPTIONAL`: it encrypts, and takes both.
    """

    BOTH = "both"
    INBOUND_ONLY = "inbound only"
    INBOUND_OPTIONAL = "inbound optional"


class MemberState:
    """The state of a member of a group.

    `attached` is whether its crypto map stands on an interface, `ever_registered` whether it got a
    policy since. `state` and `registered_with` tell how far it is; `attempted` and `succeeded`
    count registrations, `refusal` is why the last one was refused (empty if it was not).

    `kek` is the KEK in force, which ends at `kek_expires_at`; `previous` is the one before it: a
    new one is in force at once. `last_sequence` is that of the last rekey
    under `kek`, `previous_sequence` that of the last one under `previous`. `teks` are the TEKs that
    it holds, the oldest first, `sas` the policies that it downloaded, `server_keys` the public keys
    by key server, the one learnt last behind the others.

    `last_rekey_from` (address) and `last_rekey_at` are of the last rekey; `rekeys` counts all of
    them, `rekeys_since` those since the last registration, `acks` those that it acknowledged,
    `acks_since` likewise, `pfs_rekeys` those with perfect forward secrecy. `reregisters_at` is when
    it asks again unless a rekey comes; None while it is registering. `jitter_s` is how much earlier
    that is than it has to be.

    `direction` is what an operator has set for it (`both`, `inbound only`, `inbound optional`),
    empty for what configuration and key server say. `receive_only` is what the key server says.
    `gmsids` and `kssid` are sender identifiers of counter modes, `sid_bits` their length, `senders`
    how many it asked for.
    `multicast` is the group address where it listens for rekeys, empty for none, `transport` how
    they come (None before it knows). `largest_skew_s` is the largest correction of its pseudotime.
    `recoveries` counts registrations of the recovery check, `invalid_spis` and `replays` the
    failures that the data plane told of. `others` are the members of other groups of the same
    crypto map: fail-close ends when all have registered. `traffic` are its lists as one, None until
    somebody asks; `windows` what arrived of SAs that count packets, by SPI, None until somebody
    counts.
    """

    __slots__ = (
        "_watchers",
        "acks",
        "acks_since",
        "attached",
        "attempted",
        "d3p_ms",
        "direction",
        "ever_registered",
        "gmsids",
        "handle",
        "host",
        "ike_answer",
        "initial_executed",
        "initial_postponed",
        "invalid_spis",
        "jitter_s",
        "kek",
        "kek_expires_at",
        "kernel",
        "kssid",
        "largest_skew_s",
        "last_rekey_at",
        "last_rekey_from",
        "last_sequence",
        "multicast",
        "others",
        "pfs_rekeys",
        "policy",
        "previous",
        "previous_sequence",
        "pseudotime_offset",
        "receive_only",
        "recoveries",
        "refusal",
        "registered_at",
        "registered_with",
        "rekeys",
        "rekeys_since",
        "replays",
        "reregisters_at",
        "sas",
        "senders",
        "server_keys",
        "sid_bits",
        "software",
        "state",
        "succeeded",
        "teks",
        "traffic",
        "transport",
        "windows",
    )

    def __init__(self, host: Host, policy: MemberPolicy, *, handle: int) -> None:
        self.host = host
        self.kernel = host.kernel
        self.policy = policy
        self.handle = handle
        self.software = version_numbers(host.version)
        self.others: tuple[MemberState, ...] = ()
        self._watchers: dict[Callable[[], None], None] | None = None
        self.attached = False
        self.attempted = 0
        self.succeeded = 0
        self.rekeys = 0
        self.acks = 0
        self.pfs_rekeys = 0
        self.initial_executed = 0
        self.initial_postponed = 0
        self.recoveries = 0
        self.invalid_spis = 0
        self.replays = 0
        self.direction = ""
        self.forget()

    def forget(self) -> None:
        """Have nothing that a key server gave; what was counted stays."""
        self.state = Registration.NONE
        self.ever_registered = False
        self.registered_with = ""
        self.registered_at: float | None = None
        self.refusal = ""
        self.ike_answer: IkeAnswer | None = None
        self.kek: Kek | None = None
        self.kek_expires_at = 0.0
        self.previous: Kek | None = None
        self.previous_sequence = 0
        self.teks: list[HeldTek] = []
        self.sas: tuple[SaPolicy, ...] = ()
        self.server_keys: dict[str, ServerKey] = {}
        self.last_rekey_from = ""
        self.last_sequence = 0
        self.last_rekey_at: float | None = None
        self.rekeys_since = 0
        self.acks_since = 0
        self.reregisters_at: float | None = None
        self.jitter_s = 0.0
        self.receive_only = False
        self.d3p_ms = 0
        self.gmsids: tuple[tuple[int, int], ...] = ()
        self.kssid: int | None = None
        self.senders = 0
        self.sid_bits = SID_BITS
        self.transport: Transport | None = None
        self.traffic: TrafficPolicy | None = None
        self.windows: dict[int, CounterWindow] | None = None
        self.multicast = ""
        self.pseudotime_offset: float | None = None
        self.largest_skew_s = 0.0

    # ---- what follows from it ----

    def pseudotime(self) -> float | None:
        """The pseudotime of the group as the member reckons it now; None before it has one."""
        offset = self.pseudotime_offset
        return None if offset is None else self.kernel.now() + offset

    @property
    def sa_direction(self) -> Direction:
        """In which directions it protects.

        What an operator set comes first, then `passive`, which counts more than what the key server
        says (configuration guide, from memory).
        """
        if self.direction:
            return Direction(self.direction)
        if self.policy.passive:
            return Direction.INBOUND_OPTIONAL
        return Direction.INBOUND_ONLY if self.receive_only else Direction.BOTH

    @property
    def has_keys(self) -> bool:
        """Whether it holds a TEK whose time is not over."""
        now = self.kernel.now()
        return any(held.expires_at > now for held in self.teks)

    @property
    def policy_in_force(self) -> bool:
        """Whether the downloaded policy decides what happens to traffic.

        It does from the first registration on, even when the keys have ended. With fail-close all
        groups of the map must have registered; with `client fail-close revert` there must be keys
        (inferred: no source says when exactly it reverts).
        """
        policy = self.policy
        if not self.ever_registered or policy.fail_close is None:
            return self.ever_registered
        if not all(other.ever_registered for other in self.others):
            return False
        return not policy.fail_close_revert or self.has_keys

    def encrypting(self, sa_number: int) -> HeldTek | None:
        """The TEK of a policy (`sa ipsec`) to send with now; None without one."""
        now = self.kernel.now()
        found: HeldTek | None = None
        since = 0.0
        for held in self.teks:
            begin = held.encrypts_at
            if (
                begin is not None
                and begin <= now < held.expires_at
                and held.tek.sa.number == sa_number
                and (found is None or begin >= since)
            ):
                found, since = held, begin
        return found

    def holds(self, spi: int) -> HeldTek | None:
        """The TEK with which it decrypts packets of an SPI now; None without one."""
        for held in self.teks:
            if held.tek.spi == spi:
                return held if held.expires_at > self.kernel.now() else None
        return None

    def next_change(self) -> float | None:
        """When time alone next changes what it does with traffic; None for never."""
        now = self.kernel.now()
        times = [held.expires_at for held in self.teks]
        times += [held.encrypts_at for held in self.teks if held.encrypts_at is not None]
        return min((when for when in times if when > now), default=None)

    # ---- telling others ----

    def watch(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Have `changed` called when keys, policy or direction changed; gives what ends this.

        That a TEK is used from some time on is no change: see `next_change`.
        """
        watchers = self._watchers
        if watchers is None:
            watchers = self._watchers = {}
        watchers[changed] = None
        return lambda: watchers.pop(changed, None)

    def tell(self) -> None:
        """Tell those who watch that something changed."""
        if self._watchers:
            for watcher in list(self._watchers):
                watcher()

    def say(self, severity: int, mnemonic: str, text: str, facility: str = "GDOI") -> None:
        """Write a message to the log of the device."""
        self.host.log(facility, severity, mnemonic, text)


def version_numbers(version: str) -> tuple[int, ...]:
    """A version of GETVPN software as numbers, to compare: `1.0.26` is (1, 0, 26)."""
    return tuple(int(part) for part in version.split(".") if part.isdecimal())
