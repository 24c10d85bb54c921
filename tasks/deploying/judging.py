"""What is not held against the change of a device while others are still to come."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from ...audits.rule import Finding
from ...inventory.models import Intent
from .context import Context
from .health import unsettled
from .models import Change, Plan
from .network import looks
from .observing import KS_POLICY, Observed
from .troubles import MENDED_BY_CHANGE, Kind, Trouble, sentences

_IKE: Final = (
    *("crypto isakmp", "crypto keyring", "crypto ikev2", "crypto pki", "pre-shared-key"),
    *("address ipv4", "peer address", "ip address", "vrf forwarding"),
)
"""How lines begin that may part two key servers until both have them."""
_PARTED: Final = frozenset({Kind.PEER, Kind.KEYS, Kind.MEMBER_COUNT})
_OF_PEERS: Final = frozenset({"COOP001", "COOP007"})
"""Audit rules that say of such key servers that too few of their peers are alive."""


class Judges:
    """Knows how the network was, and says what is to be expected of it meanwhile."""

    def __init__(self, context: Context, plan: Plan) -> None:
        self._plan = plan
        self._servers = {
            look.name: {each.name for each in look.intended} for look in looks(context.intent, {})
        }
        self._new = _not_served(context.intent, context.observed, self._servers, plan)
        self._tolerated: set[str] = set()
        if context.manner.accepted:
            self._tolerated.update(sentences(unsettled(context.intent, None, context.observed)))

    def of_server(self, device: str, to_come: Collection[str]) -> ServerJudge:
        """The judge of a key server after which those `to_come` are changed."""
        coming = set(to_come)
        new = {name for name in self._new if self._servers[name] & coming}
        parted = _touch_ike(self._plan.changes[name] for name in {device, *coming})
        kinds = MENDED_BY_CHANGE | (_PARTED if parted else frozenset())
        renewed = {rekey.group for rekey in self._plan.rekeys}
        rekeyed = bool(renewed.intersection(self._plan.changes[device].groups))
        return ServerJudge(self._tolerated, coming, new, kinds, rekeyed=rekeyed)

    def of_member(self) -> ServerJudge:
        """The judge of a member: the key servers have been changed before."""
        return ServerJudge(self._tolerated, set(), set(), frozenset())


class ServerJudge:
    """As long as another one is to come, a group that is new somewhere need not be well.

    What the change of that other one mends need not be mended, and lines of IKE may have parted it
    from those that have them. Where it is `rekeyed` in the end, the keys in use are the old ones.
    """

    def __init__(
        self,
        tolerated: Collection[str],
        to_come: Collection[str],
        new: Collection[str],
        kinds: Collection[Kind],
        *,
        rekeyed: bool = False,
    ) -> None:
        self._tolerated = tolerated
        self._to_come = frozenset(to_come)
        self._new = new
        self._kinds = kinds
        self._rekeyed = rekeyed

    def passes(self, trouble: Trouble) -> bool:
        """Whether a trouble is to be expected."""
        if str(trouble) in self._tolerated or trouble.group in self._new:
            return True
        return trouble.kind in self._kinds and bool(self._to_come.intersection(trouble.devices))

    def excuses(self, finding: Finding) -> bool:
        """Whether a finding is: what a device says of itself, not what it is configured to be.

        Peers that are dead although no line to come explains it are troubles, which do not pass.
        """
        if self._rekeyed and any(proof.command == KS_POLICY for proof in finding.evidence):
            return True
        of_state = all(proof.kind == "show" for proof in finding.evidence)
        parted = bool(self._to_come) and Kind.PEER in self._kinds and finding.rule in _OF_PEERS
        return of_state and (parted or finding.group in self._new)


def _not_served(
    intent: Intent,
    observed: Mapping[str, Observed],
    servers: Mapping[str, Collection[str]],
    plan: Plan,
) -> set[str]:
    """The groups that a key server is about to serve that does not yet."""
    changed = {name for name, change in plan.changes.items() if change.role == "key server"}
    return {
        look.name
        for look in looks(intent, observed)
        if changed.intersection(servers[look.name]) - set(look.servers)
    }


def _touch_ike(changes: Iterable[Change]) -> bool:
    return any(
        command.text.removeprefix("no ").startswith(_IKE)
        or any(mode.startswith(_IKE) for mode in command.modes)
        for change in changes
        for command in change.commands
    )
