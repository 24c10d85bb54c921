"""What a member does about traffic that it cannot decrypt: it logs it, and recovers."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..keys import marked
from ..packets import ESP, Drop
from ..policy import ReplayKind
from ..records import Registration

if TYPE_CHECKING:
    from .group import MemberGroup


SAMPLES, SAMPLED_S = 10, 60.0
"""So many failed checks of times are kept, and no more in such a time (`show crypto gkm gm replay`
says "sampled at 10pak/min"; how many are kept has no source).
"""


@dataclass(frozen=True, slots=True)
class ReplayFailure:
    """A packet from `source` whose pseudotime was too far from the member's own.

    `at` is when that was, the pseudotimes and `window` are in seconds.
    """

    at: float
    source: str
    own: float
    peer: float
    window: int


class Failures:
    """The failures that the data plane told a member of.

    `recovered_at` is when the recovery check last made it register, None for never. `history` are
    the last failed checks of times, the oldest first.
    """

    __slots__ = ("_logged", "_member", "history", "recovered_at")

    def __init__(self, member: "MemberGroup") -> None:
        self._member = member
        self._logged: dict[Drop, float] = {}
        self.history: tuple[ReplayFailure, ...] = ()
        self.recovered_at: float | None = None

    def happened(
        self, reason: Drop, spi: int, source: str, pseudotime: float | None, sequence: int
    ) -> float | None:
        """A packet from `source` was dropped; gives when to tell again if that goes on.

        That is in seconds, None for never: only the recovery check wants to know.
        """
        member = self._member
        if not member.attached or reason not in (Drop.INVALID_SPI, Drop.REPLAY):
            return None
        now = member.kernel.now()
        if reason is Drop.REPLAY:
            member.replays += 1
            self._sample(spi, source, pseudotime, now)
        else:
            member.invalid_spis += 1
        if now - self._logged.get(reason, -1e18) >= member.host.parameters.failure_log_s:
            self._logged[reason] = now
            if reason is Drop.REPLAY:
                self._log_replay(spi, source, pseudotime, sequence, now)
            else:
                self._log_unknown(spi, source)
        return self._recover(reason, spi, now)

    def _recover(self, reason: Drop, spi: int, now: float) -> float | None:
        """Register to the next key server, at most once in the interval of the check.

        An SPI counts only if it bears the mark of the group (GM error detection guide).
        """
        member = self._member
        policy = member.policy
        ours = reason is Drop.REPLAY or marked(spi, policy.identity)
        if not policy.recovery_s or not policy.servers or not ours:
            return None
        last = self.recovered_at
        if last is not None and now < last + policy.recovery_s:
            return last + policy.recovery_s - now
        if member.state is Registration.REGISTERED:
            again = "re-registration" if last is not None else "registration"
            mnemonic = "GM_RECOVERY_REREGISTER" if last is not None else "GM_RECOVERY_REGISTER"
            text = f"GM recovery {again} for group {policy.group} to the next KS: {reason}"
            member.say(4, mnemonic, text)
            self.recovered_at = now
            member.recoveries += 1
            servers, known = policy.servers, member.registered_with
            following = servers.index(known) + 1 if known in servers else 0
            member.registrar.begin(following, recovering=True)
            member.settle()
        return float(policy.recovery_s)

    def _log_unknown(self, spi: int, source: str) -> None:
        """The text is that of all IPsec on IOS (from memory)."""
        member = self._member
        text = (
            f"decaps: rec'd IPSEC packet has invalid spi for destaddr={member.policy.address},"
            f" prot={ESP}, spi=0x{spi:X}({spi}), srcaddr={source}"
        )
        member.say(4, "RECVD_PKT_INV_SPI", text, "CRYPTO")

    def _sample(self, spi: int, source: str, pseudotime: float | None, now: float) -> None:
        """Remember a failed check of times, unless there are enough of this minute."""
        history = self.history
        if len(history) == SAMPLES and now < history[0].at + SAMPLED_S:
            return
        failure = self._compared(spi, source, pseudotime, now)
        if failure is not None:
            self.history = (*history, failure)[-SAMPLES:]

    def _compared(
        self, spi: int, source: str, pseudotime: float | None, now: float
    ) -> ReplayFailure | None:
        """The times of a check of a policy that compares them; None of another one."""
        held, own = self._member.holds(spi), self._member.pseudotime()
        if held is None or own is None or held.tek.sa.replay.kind is not ReplayKind.TIME:
            return None
        return ReplayFailure(now, source, own, pseudotime or 0.0, held.tek.sa.replay.window)

    def _log_replay(
        self, spi: int, source: str, pseudotime: float | None, sequence: int, now: float
    ) -> None:
        member = self._member
        failure = self._compared(spi, source, pseudotime, now)
        if failure is not None:
            text = (
                f"An anti replay check has failed in group {member.policy.group} from"
                f" sourceip-address {source}. my_pseudotime is {failure.own:.2f} secs,"
                f" peer_pseudotime is {failure.peer:.2f} secs,"
                f" replay_window is {failure.window} (second)"
            )
            member.say(4, "TIMEBASED_REPLAY_FAILED", text)
        held = member.holds(spi)
        number = member.teks.index(held) if held is not None else 0
        text = f"decrypt: replay check failed connection id={2 * number + 1}"
        text = f"{text}, sequence number={sequence}"
        member.say(4, "PKT_REPLAY_ERR", text, "CRYPTO")
