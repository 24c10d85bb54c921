"""A group as one key server holds it."""

from typing import Any

from ..host import Host
from ..keys import Kek, Tek
from ..messages import (
    Announcement,
    Departure,
    RegistrationRequest,
    RekeyAck,
    RekeyKind,
    SharedState,
)
from ..policy import ServerPolicy
from ..records import MemberRecord, Role
from . import applying, operating, sharing
from .authorizing import Authorizer
from .coop import Coop
from .database import MemberDatabase
from .in_force import InForce, configured
from .registering import refuse_stray, register
from .rekeying import Rekeying
from .removing import remove
from .renewing import (
    create,
    grants,
    multicast_groups,
    refresh_pseudotime,
    signing_key,
    unicast,
)
from .schedule import Schedule
from .sender_ids import SenderIds


class ServerGroup:
    """A group on a key server.

    `policy` is what the configuration says, `in_force` what members have been told; `pending` is
    whether it changed and no rekey has carried that yet. `kek` and `teks` are the keys that count,
    the old TEKs first; one that has ended stays until the next is made, as device output shows.
    `previous` is the KEK before this one. `members` is the database by address. `handle` and
    `server_handle` are the numbers that shows print. `rekeys_sent` counts rekeys; `retransmits` and
    `duration_s` are of the last one, `last_rekey_at` its time. `kek_rekey_at` and `tek_rekey_at`
    (by SPI) are when keys are renewed; what has been renewed has no time. `sequences` are the last
    rekeys that it sent under each KEK, `sender_ids` those of counter modes.
    """

    def __init__(self, host: Host, policy: ServerPolicy, *, handle: int) -> None:
        self.host = host
        self.kernel = host.kernel
        self.random = self.kernel.random(f"keys of {host.name} for {policy.group}")
        self.policy = policy
        self.handle = handle
        self.server_handle = handle
        self.running = False
        self.database = MemberDatabase()
        self.members = self.database.records
        self.schedule = Schedule(self)
        self.rekeying = Rekeying(self)
        self.authorizer = Authorizer(policy.authorization)
        self._unwatch: Any = None
        self._reauthentication = operating.Reauthentication(self)
        self._forget()
        self.coop = Coop(self) if policy.coop is not None else None

    def _forget(self) -> None:
        """Have no keys and no members, as after a boot."""
        self.pending = False
        self.told = False
        self.key_missed = False
        self.in_force = InForce()
        self.kek: Kek | None = None
        self.previous: Kek | None = None
        self.teks: list[Tek] = []
        self.database.forget()
        self.sender_ids = SenderIds(self.policy)
        self.rekeys_sent = 0
        self.retransmits = 0
        self.duration_s = 0.0
        self.last_rekey_at: float | None = None
        self.kek_rekey_at: float | None = None
        self.tek_rekey_at: dict[int, float] = {}
        self.pseudotime_zero: float | None = None
        self.shared: SharedState | None = None
        self.adopted: SharedState | None = None
        self.public_der = b""
        self.rivals: dict[int, Kek] = {}
        self.sequences: dict[int, int] = {}
        self.merging = False
        self._reauthentication.drop()

    # ---- what it is ----

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
        zero = self.pseudotime_zero
        return None if zero is None else self.kernel.now() - zero

    def time_to_rekey(self, tek: Tek) -> float | None:
        """The seconds until a TEK is renewed; None for one that has been."""
        at = self.tek_rekey_at.get(tek.spi)
        return None if at is None else max(0.0, at - self.kernel.now())

    def kek_time_to_rekey(self) -> float | None:
        """The seconds until the KEK is renewed; None without one."""
        at = self.kek_rekey_at
        return None if at is None else max(0.0, at - self.kernel.now())

    def retransmit_remaining_s(self) -> float:
        """The seconds until who did not acknowledge gets the last rekey again; 0 if none."""
        at = self.rekeying.retransmits_at
        return 0.0 if at is None else max(0.0, at - self.kernel.now())

    # ---- life ----

    def start(self) -> None:
        """Begin to serve the group, knowing nothing of it but its configuration."""
        policy = self.policy
        self.running = True
        self._listen()
        self._unwatch = self.host.watch_keys(self.key_changed)
        text = f"Config: KS {policy.address} added to the Group {policy.group}."
        self.log(5, "KS_GROUP_ADD", text)
        applying.check_key(self)
        applying.check_lists(self, policy.sas)
        if self.coop is not None:
            self.coop.start()

    def stop(self, *, deleted: bool = False) -> None:
        """End: the device goes down, or the group is no longer configured (`deleted`)."""
        if not self.running:
            return
        self.running = False
        if self.coop is not None:
            self.coop.stop()
        self.schedule.stop()
        self.rekeying.drop()
        self._close(self.policy)
        if self._unwatch is not None:
            self._unwatch()
        if deleted:
            policy = self.policy
            text = f"Config: KS {policy.address} removed from the Group {policy.group}."
            self.log(5, "KS_GROUP_DELETE", text)
        self._forget()

    def receive(self, message: Any, source: str) -> None:
        """Take a message that came for the group."""
        if not self.running:
            return
        kind = type(message)
        if kind is RekeyAck:
            self.rekeying.acknowledged(message)
        elif kind is RegistrationRequest:
            self._registers(message, source)
        elif self.coop is not None:
            self.coop.receive(message, source)

    def apply(self, policy: ServerPolicy) -> None:
        """Follow a changed configuration."""
        applying.apply(self, policy)

    def settled(self) -> None:
        """An operator has left configuration mode: say that a change waits for a rekey."""
        if self.pending and not self.told and self.primary and grants(self):
            self.told = True
            self.log(
                5,
                "POLICY_CHANGE",
                f"GDOI group {self.policy.group} policy has changed. Use 'crypto gdoi ks rekey' to "
                "send a rekey, or the changes will be send in the next scheduled rekey",
            )

    # ---- what operators do ----

    def rekey(self, *, replace: bool = False) -> str:
        """Renew the keys now (`crypto gdoi ks rekey`); gives why not, empty if it did."""
        return operating.rekey(self, replace=replace)

    def remove_members(self, *, now: bool = False) -> str:
        """Have all members register again (`clear crypto gdoi ks members`); gives why not."""
        return operating.remove_members(self, now=now)

    def reauthenticate(self) -> None:
        """A certificate revocation list is new: members register again, if all peers are there."""
        self._reauthentication.begin()

    def clear(self) -> None:
        """Destroy keys and members (`clear crypto gdoi`); members have to register again."""
        text = f"Config: KS cleared gdoi configuration for the group {self.policy.group}."
        self.log(5, "KS_CLEAR_REGISTER", text)
        if self.primary:
            self.database.clear(self.kernel.now())
        else:
            self.database.lose()
        self.pseudotime_zero = None
        self.sender_ids.restart()
        self._drop_keys(remake=self.coop is not None)

    def reset_policy(self) -> None:
        """Make the policy and its keys anew (`clear crypto gdoi ks policy`); no rekey tells it."""
        self._drop_keys(remake=self.kek is not None)

    def reset_replay(self) -> None:
        """Let the pseudotime begin anew (`clear crypto gdoi replay`), and tell members."""
        if self.pseudotime_zero is not None and self.primary:
            self.pseudotime_zero = self.kernel.now()
            self.changed()
            refresh_pseudotime(self)

    # ---- cooperation ----

    @property
    def member_serial(self) -> int:
        """It grows when others have to know something new of the members."""
        return self.database.serial

    def member_changes(
        self, since: int
    ) -> tuple[int, tuple[MemberRecord, ...], tuple[Departure, ...]]:
        """The serial now, the members that came or changed after `since`, and those that left."""
        return self.database.changes(since)

    def adopt_members(self, announcement: Announcement) -> None:
        """Take over what another key server knows of the members; who registered later stands."""
        sharing.adopt_members(self, announcement)

    def share(self) -> SharedState | None:
        """What a primary shares; the same object while nothing changes, None without keys."""
        return sharing.shared(self)

    def adopt(self, state: SharedState, source: str) -> None:
        """Hold the keys that the primary at `source` shares.

        A primary calls this too, with what another one shares that gives way to it: then one rekey
        soon gives the members of both the same keys.
        """
        del source
        sharing.adopt(self, state)

    def promoted(self, previous: str) -> None:
        """Be the primary from now on; `previous` is the one before, empty for none."""
        sharing.promoted(self, previous)

    def demoted(self, primary: str) -> None:
        """Be the primary no more: the one at `primary` is."""
        del primary
        sharing.demoted(self)

    # ---- for the parts of the key server ----

    def log(self, severity: int, mnemonic: str, text: str) -> None:
        """Write a message to the log of the device."""
        self.host.log("GDOI", severity, mnemonic, text)

    def changed(self) -> None:
        """What others know, or what is shared with them, is different from now on."""
        self.shared = None
        if self.coop is not None:
            self.coop.wake()

    def tell(self) -> None:
        """Keys are others: tell the other key servers at once."""
        if self.coop is not None and self.primary:
            self.coop.announce()

    def reaches(self, before: InForce) -> bool:
        """Whether a rekey would get to anybody who listens as `before` says, or as it is now."""
        if unicast(before, self.in_force) and self.members:
            return True
        return bool(multicast_groups(before, self.in_force))

    def differs(self) -> bool:
        """Whether the configuration is another than what members have been told."""
        kek, rekey = self.kek, self.policy.rekey
        if kek is None or not self.teks:
            return False
        wanted = rekey.cipher, rekey.sig_hash, rekey.lifetime_s
        if wanted != (kek.cipher, kek.sig_hash, kek.lifetime_s):
            return True
        return self.in_force != configured(self.policy, self.host.parameters.acl_lines)

    def begin_pseudotime(self, at: float) -> None:
        """Somebody registered then: the pseudotime runs from the first registration on."""
        if self.pseudotime_zero is None:
            self.pseudotime_zero = at
            self.changed()
            self.schedule.carried_pseudotime()

    def enter(self, record: MemberRecord) -> None:
        """A member has registered here."""
        self.database.put(record)
        self.rekeying.registered(record.address)
        self.schedule.members_changed()
        if self.coop is not None:
            self.coop.members_changed()

    def eject(self, record: MemberRecord) -> None:
        """A member has not acknowledged for long: send it no more rekeys."""
        self.database.remove(record.address, self.kernel.now())
        text = f"KS ejected GM {record.address} in the group {self.policy.group}."
        self.log(5, "KS_NACK_GM_EJECT", text)
        self.schedule.members_changed()

    def senders_exhausted(self) -> None:
        """No sender identifier is left: begin anew with other keys, if that helps."""
        ids = self.sender_ids
        room = ids.most * len(self.policy.kssids)
        if self.primary and len(self.members) < room and not ids.state.reinitializing:
            ids.reinitialize(running=True)
            self.kernel.post(0.0, self._reinitialize)

    def key_changed(self, label: str) -> None:
        """The RSA key of a label is another one, or gone: running keys and the schedule stay."""
        if label != self.policy.rekey.label:
            return
        self.changed()
        if self.host.signing_key(label) is None:
            return
        self.key_missed = False
        self.schedule.unblock()
        if self.coop is not None and not grants(self) and create(self):
            self.tell()

    def move(self, old: ServerPolicy) -> None:
        """Listen where the configuration says now, no longer where `old` said."""
        if self.running:
            self._close(old)
            self._listen()

    def _listen(self) -> None:
        mailbox, policy = self.host.mailbox, self.policy
        if policy.address and policy.identity:
            for desk in policy.desks:
                mailbox.open(desk, policy.identity, self._registers)
            mailbox.open(policy.address, policy.identity, self.receive)
        if mailbox.stray is None:
            mailbox.stray = self._stray

    def _close(self, policy: ServerPolicy) -> None:
        for address in {policy.address, *policy.desks}:
            self.host.mailbox.close(address, policy.identity)

    def _registers(self, message: Any, source: str) -> None:
        """A member asks, at an address where it may do so or not."""
        if not isinstance(message, RegistrationRequest) or not self.running:
            return
        if message.offer.destination in self.policy.desks:
            register(self, message, source)

    def _stray(self, message: Any, source: str) -> None:
        if isinstance(message, RegistrationRequest):
            refuse_stray(self.host, message, source)

    def _drop_keys(self, *, remake: bool) -> None:
        """Have no keys; make others at once if wanted, or get those of the primary."""
        self.schedule.stop()
        self.rekeying.drop()
        self.kek = self.previous = self.adopted = None
        self.teks = []
        self.changed()
        self.in_force = InForce()
        self.pending = self.told = False
        self.schedule.plan()
        if self.coop is not None and not self.primary:
            self.coop.resync()
        elif remake and create(self):
            self.tell()

    def _reinitialize(self) -> None:
        key = signing_key(self) if self.running and self.primary else None
        if key is not None:
            self.sender_ids.restart()
            remove(self, key, RekeyKind.DELETE)
        self.sender_ids.reinitialize(running=False)
