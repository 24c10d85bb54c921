"""A group as one member takes part in it."""

from random import Random
from typing import Any

from ...clock import Timer
from ..host import Host
from ..messages import Download, Refusal, Rekey
from ..packets import Drop
from ..policy import MemberPolicy
from ..records import Registration
from .adopting import complain, leave_tree, merge
from .holding import close_sa, expire, kek_end, schedule_use
from .recovery import Failures
from .registration import Registrar
from .rekeying import take
from .state import Direction, MemberState

CHANCE = "group members"
"""What the random numbers of members are drawn for."""


class MemberGroup(MemberState):
    """A member of a group: one entry of a crypto map on one interface, or on several alike.

    `registrar` asks key servers; `failures` are those of the traffic. `wakes_at` is when its timer
    ends: the next key that ends, or the next registration.
    """

    __slots__ = ("_timer", "failures", "registrar", "wakes_at")

    def __init__(self, host: Host, policy: MemberPolicy, *, handle: int) -> None:
        super().__init__(host, policy, handle=handle)
        self.registrar = Registrar(self)
        self.failures = Failures(self)
        self._timer: Timer | None = None
        self.wakes_at: float | None = None

    # ---- life ----

    def start(self) -> None:
        """The crypto map is attached: register at once."""
        if self.attached:
            return
        policy = self.policy
        self.attached = True
        self.say(5, "GM_CM_ATTACH", f"Crypto map attached for group {policy.group}")
        self._open()
        self._begin()
        self.say(6, "GDOI_ON_OFF", "GDOI is ON", "CRYPTO")
        complain(self)
        self.settle()

    def stop(self, *, reload: bool = False) -> None:
        """The crypto map is detached: leave the group, and hold nothing of it.

        With `reload` the device goes down, and logs nothing of it.
        """
        if not self.attached:
            return
        self._close()
        group = self.policy.group
        if not reload:
            self.say(5, "GM_CM_DETACH", f"Crypto map detached for group {group}")
            self.say(5, "GM_UNREGISTER", f"GM left the group {group}")
            self.say(6, "GDOI_ON_OFF", "GDOI is OFF", "CRYPTO")
        self.attached = False
        self.direction = ""
        self.failures.recovered_at = None
        self.settle()

    def apply(self, policy: MemberPolicy) -> None:
        """The configuration changed.

        Another address, identity or protocol makes another member of it, which registers anew. One
        that was not complete registers as soon as it is. All the rest holds from now on.
        """
        before, another = self.policy, _other(self.policy, policy)
        if not self.attached or before == policy:
            self.policy, self.traffic = policy, None
            return
        if another:
            self._close()
            self.policy = policy
            self._open()
        self.policy, self.traffic = policy, None
        if before.local_entries != policy.local_entries:
            complain(self)
            if self.ever_registered:
                merge(self)
        if before.passive != policy.passive:
            schedule_use(self, self.kernel.now())
        waiting = self.state is not Registration.REGISTERED
        asks_others = before.servers != policy.servers or another
        if waiting and (asks_others or (self.complete and not self.registrar.active)):
            self._begin()
        self.settle()

    def clear(self) -> None:
        """`clear crypto gdoi`: drop everything that was downloaded, and register again."""
        if not self.attached:
            return
        text = f"Clear registration with KS for group {self.policy.group}"
        self.say(5, "GM_CLEAR_REGISTER", text)
        self._close()
        self._open()
        self._begin()
        self.settle()

    def clear_sas(self) -> None:
        """`clear crypto sa`: drop the TEKs, and register again to get them back."""
        if self.attached and self.ever_registered:
            self.teks.clear()
            self._register_again()
            self.settle()

    def clear_replays(self) -> None:
        """`clear crypto gdoi replay`: forget which checks for replays failed."""
        self.replays, self.largest_skew_s = 0, 0.0
        self.failures.history = ()

    # ---- messages ----

    def receive(self, message: Any, source: str) -> None:
        """A message for the group has come from an address."""
        if isinstance(message, Rekey):
            take(self, message, source)
        elif isinstance(message, Download):
            self.registrar.answered(message)
        elif isinstance(message, Refusal):
            self.registrar.refused(message)

    # ---- what operators and traffic do ----

    def set_direction(self, word: str) -> None:
        """`crypto gdoi gm … ipsec direction`: `both`, `inbound [only]` or `inbound optional`.

        Empty makes it forget what was set. It holds until the member leaves the group. ValueError
        for another word.
        """
        wanted = Direction.INBOUND_ONLY if word == "inbound" else word
        self.direction = str(Direction(wanted)) if wanted else ""
        group = self.policy.group
        if self.direction == Direction.BOTH:
            text = f"IPSec SAs converted to bidirectional mode in group {group} on a GM"
            self.say(5, "GM_CONV_SA_DUPLEX_LOCAL", f"{text} by a local command.")
        schedule_use(self, self.kernel.now())
        self.tell()

    def traffic_failed(
        self,
        reason: Drop,
        spi: int,
        source: str,
        *,
        pseudotime: float | None = None,
        sequence: int = 0,
    ) -> float | None:
        """An encrypted packet from `source` was dropped: log it, and recover if that is wanted.

        `pseudotime` and `sequence` are what the packet showed. Gives after how many seconds the
        member wants to be told again if the failure goes on, None for never.
        """
        return self.failures.happened(reason, spi, source, pseudotime, sequence)

    @property
    def complete(self) -> bool:
        """Whether it has what it takes to register."""
        policy = self.policy
        return bool(policy.identity and policy.servers and policy.address)

    @property
    def next_server(self) -> int:
        """The index of the key server that it asks now, or would ask first."""
        return self.registrar.next_server if self.registrar.active else 0

    # ---- what its parts do ----

    @property
    def chance(self) -> Random:
        """The source of random numbers of all members."""
        return self.kernel.random(CHANCE)

    def draw_jitter(self, *, fresh: bool) -> None:
        """Draw how much earlier it registers again: once in the life of a TEK."""
        if fresh or not self.jitter_s:
            self.jitter_s = self.chance.uniform(0.0, self.host.parameters.gm_jitter_s)

    def installed(self, server: str) -> None:
        """Log that what a key server gave holds from now on."""
        policy = self.policy
        text = (
            f"SUCCESS: Installation of Reg/Rekey policies from KS {server} for group"
            f" {policy.group} & gm identity {policy.address}"
        )
        self.say(5, "GM_INSTALL_POLICIES_SUCCESS", text)

    def settle(self) -> None:
        """Something changed: set the timer by it, and tell those who watch."""
        self._arm()
        self.tell()

    def _open(self) -> None:
        policy = self.policy
        if policy.address and policy.identity:
            self.host.mailbox.open(policy.address, policy.identity, self.receive)

    def _close(self) -> None:
        """Hold nothing and hear nothing of the group any more."""
        policy = self.policy
        self.registrar.cancel()
        leave_tree(self)
        if policy.address and policy.identity:
            self.host.mailbox.close(policy.address, policy.identity)
        close_sa(self, "rekey")
        close_sa(self, "registration")
        self.forget()

    def _begin(self) -> None:
        policy = self.policy
        if not (policy.identity and policy.servers):
            text = f"Registration: incomplete config for group {policy.group}"
            self.say(3, "GM_INCOMPLETE_CFG", text)
        self.registrar.begin()

    def _register_again(self) -> None:
        text = (
            f"The IPSec SA created for group {self.policy.group} may have expired/been cleared,"
            " or didn't go through. Re-register to KS."
        )
        self.say(4, "GM_RE_REGISTER", text)
        self.registrar.begin()

    def _arm(self) -> None:
        due = self.reregisters_at
        for held in self.teks:
            if due is None or held.expires_at < due:
                due = held.expires_at
        end = kek_end(self)
        if end is not None and (due is None or end < due):
            due = end
        if due == self.wakes_at:
            return
        if self._timer is not None:
            self._timer.cancel()
        self.wakes_at = due
        self._timer = None if due is None else self.kernel.call_at(due, self._wake)

    def _wake(self) -> None:
        self._timer = self.wakes_at = None
        now = self.kernel.now()
        changed = expire(self, now)
        if self.reregisters_at is not None and self.reregisters_at <= now:
            self._register_again()
        self._arm()
        if changed:
            self.tell()


def _other(before: MemberPolicy, after: MemberPolicy) -> bool:
    """Whether a policy is that of another member."""
    return (before.address, before.identity, before.protocol, before.ipv6) != (
        after.address,
        after.identity,
        after.protocol,
        after.ipv6,
    )
