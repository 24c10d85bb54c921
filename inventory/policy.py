"""What a group encrypts and how, in the words of IOS, and what room that leaves for packets."""

from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise
from typing import Final, Literal

from ..overhead import Encapsulation, encapsulation, metadata, segment
from .access_text import clear_lines, permit_lines
from .models import Group, SaPolicy, Transform
from .views import AddressFamily

LAN_MTU: Final = 1500
"""The largest packet that hosts of a site send, as far as the intent knows."""
USUAL_MSS: Final = 1360
"""What the deployment guide advises; packets of 1400 bytes fit under every transform."""
LEAST_MSS: Final = 500
"""The least that IOS takes for `ip tcp adjust-mss`."""
_MULTICAST_CLEAR: Final = ("gdoi", "pim", "igmp")
"""What multicast rekeys need to reach members, beside the rekeys themselves."""


def transforms(transform: Transform) -> str:
    """A transform in the words of IOS: `esp-aes 256 esp-sha256-hmac`."""
    cipher = f"esp-{transform.encryption}".removesuffix(" 128")
    return cipher if transform.integrity is None else f"{cipher} esp-{transform.integrity}-hmac"


def policy_entries(group: Group, policy: SaPolicy) -> tuple[str, ...]:
    """The lines of the access list of a policy.

    Where rekeys are multicast, what they need is left in clear as well.
    """
    if policy.traffic is None:
        return policy.acl or ()
    traffic, multicast = policy.traffic, group.rekey.multicast
    clear = (*traffic.clear, *(_MULTICAST_CLEAR if multicast is not None else ()))
    lines = [*clear_lines(clear, group.family), *traffic.extra_clear]
    if multicast is not None and group.family == "ipv4":
        lines.append(f"deny ip any host {multicast}")
    return tuple(dict.fromkeys([*lines, *permit_lines(traffic.between)]))


def replay_window(policy: SaPolicy) -> int:
    """The size of the window, 0 where replays are not looked for."""
    return 0 if policy.replay.kind == "off" else policy.replay.window


def kssids(numbers: Iterable[int]) -> tuple[tuple[tuple[int, int], ...], tuple[int, ...]]:
    """Sender identifiers as ranges and as single ones."""
    ordered = sorted(set(numbers))
    starts = [at for at, (one, two) in enumerate(pairwise(ordered), 1) if two != one + 1]
    runs = [ordered[one:two] for one, two in pairwise([0, *starts, len(ordered)])]
    ranges = tuple((run[0], run[-1]) for run in runs if len(run) > 1)
    return ranges, tuple(run[0] for run in runs if len(run) == 1)


def largest_segment(
    groups: Iterable[Group],
    path_mtu: int,
    family: AddressFamily,
    given: int | Literal["none"] | None,
) -> int | None:
    """The largest TCP segment that a site's hosts may send; None where all their packets fit.

    `given` is what the intent says, for IPv4; IPv6 needs 20 bytes more for its header.
    """
    joined = [group for group in groups if group.family == family]
    if not joined or given == "none":
        return None
    if given is not None:
        return given if family == "ipv4" else max(given - 20, LEAST_MSS)
    room = [
        shape.largest_inner(path_mtu, family)
        for group in joined
        for policy in group.policies
        if (shape := _shape(policy.transform, policy.replay.kind, policy.tag_sgt)) is not None
    ]
    if not room or min(room) >= LAN_MTU:
        return None
    return max(min(USUAL_MSS, segment(min(room), family)), LEAST_MSS)


@lru_cache
def _shape(transform: Transform, replay: str, tagged: bool) -> Encapsulation | None:
    """Thousands of members share a few policies."""
    extra = metadata(time_based=replay == "time", tagged=tagged)
    return encapsulation(transforms(transform), metadata=extra)
