"""Key servers that are in step: before something restarts, and after it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from ..deploying.health import troubles, unsettled
from ..deploying.network import GroupLook, looks
from ..deploying.observing import Observed
from ..deploying.seen import PRIMARY, SECONDARY
from ..deploying.troubles import Kind, Trouble, sentences
from .getvpn_versions import minor_of, text_of
from .looking import intent_of, look
from .model import UnmetError, enough
from .run import Run, Seen
from .upgrade_settings import Upgrade
from .upgrade_waiting import Guard, await_time, brief, left_s, reached, roles_of, seen_of

STEADY_S: Final = 600.0
"""How long key servers may take to be in step again: an election, and announcements after it."""
_OWN: Final = frozenset(
    {
        Kind.LOCKED,
        Kind.ON_TRIAL,
        Kind.RESTARTS,
        Kind.UNSEEN,
        Kind.NOT_SERVED,
        Kind.POLICY,
        Kind.RSA,
    }
)
"""What is wrong with a key server itself, and does not mend by waiting."""


def check_fit(run: Run, s: Upgrade) -> list[GroupLook]:
    """Raise UnmetError unless the key servers are fit for an upgrade; their groups."""
    observed = look(run, roles_of(run, s), whole=True)
    reached(observed)
    found = troubles(intent_of(run), observed, groups=s.groups, rekey_after_s=0.0)
    if found:
        raise UnmetError(brief(sentences(found)))
    return list(looks(intent_of(run), observed, s.groups))


def await_steady(
    run: Run, s: Upgrade, name: str | None = None, *, secondary: bool = False
) -> list[GroupLook]:
    """Wait until all key servers are in step, among them `name`, which has restarted.

    That is: one primary, roles known, peers alive with IKE established, the same keys, as many
    members as before on each. `secondary` says that `name` must not be primary. Gives the groups
    as they are then. Raises LateError, AlarmError.
    """
    guard = Guard(run=run, s=s, away=() if name is None else (name,))
    found: list[GroupLook] = []

    def look() -> Seen:
        observed, groups = seen_of(run, s)
        guard.judge(observed, groups)
        unwanted = name if secondary else None
        wrong = sentences(_not_steady(run, s, unwanted, observed, groups))
        found[:] = groups
        return Seen(done=not wrong, text=wrong[0] if wrong else "in step")

    run.wait(
        "key servers in step" if name is None else f"{name} in step with the other key servers",
        look,
        within_s=STEADY_S,
        advice="see 'show crypto gdoi ks coop' and 'show logging' on them",
    )
    return found


def await_ready(run: Run, s: Upgrade, needs_s: float, *, proven: bool = True) -> list[GroupLook]:
    """Wait until all key servers are in step, and no rekey comes for what takes `needs_s`.

    See `await_time` and `await_steady`; gives the groups as they are then.
    """
    groups = await_steady(run, s)
    while not enough(left_s(groups), needs_s):
        await_time(run, s, needs_s, proven=proven)
        groups = await_steady(run, s)
    return groups


def _not_steady(
    run: Run,
    s: Upgrade,
    unwanted: str | None,
    observed: Mapping[str, Observed],
    groups: Sequence[GroupLook],
) -> Iterator[Trouble]:
    yield from unsettled(intent_of(run), s.groups, observed)
    for group in groups:
        had = s.members.get(group.name, 0)
        for name, server in group.servers.items():
            if name == unwanted and server.role != SECONDARY:
                yield Trouble(
                    kind=Kind.ELECTION,
                    devices=(name,),
                    group=group.name,
                    what=f"it is {server.role or 'without a role'}, not secondary",
                )
            if server.member_count is not None and server.member_count < had:
                yield Trouble(
                    kind=Kind.MEMBERS_LOST,
                    devices=(name,),
                    group=group.name,
                    what=f"it knows {server.member_count} members, there were {had}",
                )


def check_others(run: Run, s: Upgrade, name: str) -> None:
    """Raise UnmetError unless the groups can do without `name` for a while.

    That is when the other key servers are there, and get on with each other; `name` itself may be
    in any state, and even be a second primary.
    """
    observed, groups = seen_of(run, s, without=(name,))
    reached(observed)
    for group in groups:
        if not group.servers:
            raise UnmetError(f"{name} is the only key server of {group.name} that is there")
        if len(group.primaries) > 1:
            names = " and ".join(each.device for each in group.primaries)
            raise UnmetError(f"{names} are primary of {group.name} at once")
        for server in group.servers.values():
            if not server.teks or server.role not in {PRIMARY, SECONDARY}:
                raise UnmetError(
                    f"cannot take over {group.name}: it has no keys, or no role yet",
                    device=server.device,
                )


def check_whole(run: Run, s: Upgrade, name: str) -> None:
    """Raise UnmetError unless `name` has all that it had: its RSA keys, its configuration."""
    observed = look(run, roles_of(run, s), whole=True)
    reached(observed)
    found = [
        each
        for each in troubles(intent_of(run), observed, groups=s.groups, rekey_after_s=0.0)
        if each.kind in _OWN and name in each.devices
    ]
    if found:
        raise UnmetError(brief(sentences(found)))


def check_versions(groups: Sequence[GroupLook], name: str) -> None:
    """Raise UnmetError when GETVPN of `name` does not get on with that of the other key servers."""
    for group in groups:
        server = group.servers.get(name)
        own = minor_of(server.coop.version) if server is not None and server.coop else None
        for other in group.servers.values():
            shown = minor_of(other.coop.version) if other.coop is not None else None
            if own is not None and shown is not None and shown != own:
                raise UnmetError(
                    f"its GETVPN version is {text_of(own)}, that of {other.device} "
                    f"{text_of(shown)}: they do not cooperate",
                    device=name,
                    hint="choose an image with the same GETVPN version",
                )
