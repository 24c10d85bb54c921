"""Whether a GETVPN network is fit for a change, and whether it is well after one.

Health is judged by what the devices say of themselves (`observing`), never by what is in a file.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from math import inf
from typing import Final

from ...errors import GetvpnError
from ...inventory.models import Intent
from ..clock import Clock
from .device_health import device_troubles
from .member_health import lost_troubles, member_troubles
from .network import looks
from .observing import Observed
from .server_health import change_troubles, server_troubles
from .troubles import (
    LEFT_BY_RUN,
    MENDED_BY_CHANGE,
    SEEN_ALWAYS,
    Kind,
    Trouble,
    sentences,
)

CHANGE_S: Final = 60.0
"""How long a change of one key server takes, as far as nobody knows better."""
DEADLINE_S: Final = 300.0
POLL_S: Final = 5.0
PATIENCE: Final[Mapping[Kind, float]] = {
    Kind.SEVERAL_PRIMARIES: 30.0,
    Kind.FOREIGN_PRIMARY: 30.0,
    Kind.PEER: 120.0,
    Kind.UNREACHABLE: 120.0,
    Kind.MEMBERS_LOST: 180.0,
}
"""For how many seconds each kind of trouble may last before waiting for its end is given up.

Key servers need 60 s to notice that a primary is silent, and elect another one then; a member tries
each key server for 40 s.
"""
Report = Callable[[Sequence[str], float], None]
"""Called after each look with what is not well yet, and the seconds that were waited."""


class HealthError(GetvpnError):
    """A network is not as it should be after a change; `troubles` say how."""

    exit_code = 3

    def __init__(
        self, message: str, *, hint: str | None = None, troubles: Sequence[Trouble] = ()
    ) -> None:
        super().__init__(message, hint=hint)
        self.troubles = tuple(troubles)


class UnsettledError(HealthError):
    """The network was not well at the deadline."""


class EndangeredError(HealthError):
    """The network got into a state that does not mend by waiting."""


def needed_s(change_s: float) -> float:
    """How far off the next rekey must be for a change that takes `change_s` (reference §6.0)."""
    return change_s * 1.5 + 60


def obstacles(
    intent: Intent,
    observed: Mapping[str, Observed],
    *,
    groups: Collection[str] | None = None,
    changing: Collection[str] = (),
    begun: Collection[str] = (),
    rekey_after_s: float = needed_s(CHANGE_S),
) -> list[str]:
    """Why the network must not be changed now: a line for each reason, none if it may be.

    `changing` are the devices that are about to be brought to their intended configuration: what
    that mends is no obstacle. `begun` are those on which an earlier run was broken off: that it
    left something unsaved or on trial is none either. The next rekey must be `rekey_after_s`
    seconds off or more. A group that no device has yet has no obstacles but missing RSA keys.
    """
    return sentences(
        troubles(
            intent,
            observed,
            groups=groups,
            changing=changing,
            begun=begun,
            rekey_after_s=rekey_after_s,
        )
    )


def troubles(
    intent: Intent,
    observed: Mapping[str, Observed],
    *,
    groups: Collection[str] | None = None,
    changing: Collection[str] = (),
    begun: Collection[str] = (),
    rekey_after_s: float = needed_s(CHANGE_S),
) -> list[Trouble]:
    """What `obstacles` says, for programs."""
    found = [
        trouble for trouble in device_troubles(observed) if not _in(trouble, LEFT_BY_RUN, begun)
    ]
    for look in looks(intent, observed, groups):
        found += (
            trouble
            for trouble in (
                *server_troubles(look),
                *member_troubles(look),
                *change_troubles(look, rekey_after_s),
            )
            if not _in(trouble, MENDED_BY_CHANGE, changing)
        )
    return found


def _in(trouble: Trouble, kinds: Collection[Kind], devices: Collection[str]) -> bool:
    return trouble.kind in kinds and any(name in devices for name in trouble.devices)


def settled(
    intent: Intent,
    groups: Collection[str] | None,
    observed: Mapping[str, Observed],
    before: Mapping[str, Observed] | None = None,
) -> list[str]:
    """What is not well yet after a change of `groups` (None for all): nothing when all is.

    `before` is what was seen before the change: members must not have become fewer.
    """
    return sentences(unsettled(intent, groups, observed, before))


def unsettled(
    intent: Intent,
    groups: Collection[str] | None,
    observed: Mapping[str, Observed],
    before: Mapping[str, Observed] | None = None,
) -> list[Trouble]:
    """What `settled` says, for programs."""
    earlier = {look.name: look for look in looks(intent, before or {}, groups)}
    found = [each for each in device_troubles(observed) if each.kind in SEEN_ALWAYS]
    for look in looks(intent, observed, groups):
        found += server_troubles(look, complete=True)
        found += member_troubles(look, complete=True)
        found += lost_troubles(look, earlier[look.name])
    return found


def wait_until_settled(
    clock: Clock,
    look: Callable[[], Mapping[str, Observed]],
    *,
    intent: Intent,
    groups: Collection[str] | None = None,
    before: Mapping[str, Observed] | None = None,
    deadline_s: float = DEADLINE_S,
    poll_s: float = POLL_S,
    patience: Mapping[Kind, float] = PATIENCE,
    report: Report | None = None,
    passed: Callable[[Trouble], bool] = lambda _: False,
) -> Mapping[str, Observed]:
    """Look until `settled` has nothing to say, and give the last look.

    `look` asks the devices, those that cannot be reached included (`unreachable`). Troubles that
    are `passed` do not count. Raises UnsettledError when `deadline_s` seconds have passed,
    EndangeredError when one trouble lasts as long as `patience` has for its kind.
    """
    began = clock.now()
    since: dict[Trouble, float] = {}
    while True:
        observed = look()
        found = [each for each in unsettled(intent, groups, observed, before) if not passed(each)]
        now = clock.now()
        if report is not None:
            report(sentences(found), now - began)
        if not found:
            return observed
        since = {one: since.get(one, now) for one in map(_one, found)}
        for each in found:
            lasts = now - since[_one(each)]
            if lasts >= patience.get(each.kind, inf):
                raise EndangeredError(_message(found, each, lasts), troubles=found)
        left = began + deadline_s - now
        if left <= 0:
            raise UnsettledError(_message(found, found[0], deadline_s), troubles=found)
        clock.sleep(min(poll_s, left))


def _one(trouble: Trouble) -> Trouble:
    """What stays of a trouble while it lasts: the numbers in it may change."""
    return replace(trouble, what="", advice="")


def _message(found: Sequence[Trouble], first: Trouble, seconds: float) -> str:
    more = len(sentences(found)) - 1
    others = f" (and {more} more)" if more else ""
    return f"not well after {seconds:.0f} s: {first}{others}"
