"""What a member does about traffic that it cannot decrypt: it logs it, and recovers."""

from typing import TYPE_CHECKING

from ..keys import marked
from ..packets import ESP, Drop
from ..policy import ReplayKind
from ..records import Registration

if TYPE_CHECKING:
    from .group import MemberGroup


class Failures:
    """The failures that the data plane told a member of.

    `recovered_at` is when the recovery check last made it register, None for never.
    """

    __slots__ = ("_logged", "_member", "recovered_at")

    def __init__(self, member: "MemberGroup") -> None:
        self._member = member
        self._logged: dict[Drop, float] = {}
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
        else:
            member.invalid_spis += 1
        if now - self._logged.get(reason, -1e18) >= member.host.parameters.failure_log_s:
            self._logged[reason] = now
            if reason is Drop.REPLAY:
                self._log_replay(spi, source, pseudotime, sequence)
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

    def _log_replay(self, spi: int, source: str, pseudotime: float | None, sequence: int) -> None:
        member = self._member
        held = member.holds(spi)
        replay = held.tek.sa.replay if held is not None else None
        own = member.pseudotime()
        if replay is not None and replay.kind is ReplayKind.TIME and own is not None:
            text = (
                f"An anti replay check has failed in group {member.policy.group} from"
                f" sourceip-address {source}. my_pseudotime is {own:.2f} secs, peer_pseudotime is"
                f" {pseudotime or 0.0:.2f} secs, replay_window is {replay.window} (second)"
            )
            member.say(4, "TIMEBASED_REPLAY_FAILED", text)
        number = member.teks.index(held) if held is not None else 0
        text = f"decrypt: replay check failed connection id={2 * number + 1}"
        text = f"{text}, sequence number={sequence}"
        member.say(4, "PKT_REPLAY_ERR", text, "CRYPTO")
