"""The plans to add and to remove a key server, from what the devices of a group showed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from ...errors import UsageError
from ...inventory.models import Group, Intent, KeyServer, Pki
from ...inventory.relations import Relations
from ...parsers.records.keys import PublicKey, PublicKeys
from ..comparing.plan import equal
from ..comparing.scope import Node, read
from ..comparing.text import concealed
from ..deploying.health import needed_s, obstacles
from ..deploying.network import GroupLook
from ..deploying.observing import KEYS, Observed
from ..deploying.waves import Wave
from ..render import Secrets, written
from .key_server_add import KeyServerAdd
from .key_server_remove import KeyServerRemove
from .key_server_settings import WITH, WITHOUT, ServerStages, Settings, without_server
from .looking import state_of
from .model import Procedure, ProcedurePlan, needed
from .planning import kept_intent, look_at
from .stage_plans import notes_beside, secrets_missing
from .stages import Move

_OF_SERVERS: Final = frozenset(
    {"ISAKMP policy", "ISAKMP key", "keyring", "IKEv2 policy", "dead peer detection"}
)
"""Kinds of lines of which a key server has no others than those of its groups."""
FEWEST: Final = 2
"""A group with fewer key servers stands still when one fails."""


def plan_add(
    intent: Intent,
    observed: Mapping[str, Observed],
    group: str,
    server: str,
    *,
    wave: Wave | None = None,
    secrets: Secrets | None = None,
) -> ProcedurePlan:
    """The plan to let `server`, which the intent has in `group`, become a key server of it.

    `observed` are whole looks at all key servers and at members. Members are told of it in waves;
    with `secrets` it is looked whether those that are needed are there. Raises UsageError for a key
    server that the intent does not have there, or a group that nobody serves.
    """
    found = _group(intent, group, server)
    without = Intent.model_validate(without_server(kept_intent(intent), group, server))
    look, leading = look_at(without, observed, group)
    others = (*(name for name in look.servers if name != leading.device), leading.device)
    s = _settings(
        intent,
        without,
        found,
        server,
        others=others,
        primary=leading.device,
        label=_label_to_bring(found, observed, server),
        trustpoint=_trustpoint(found, observed, server),
        wave=wave or Wave(),
    )
    against = [
        *_against_adding(found, look, observed, s),
        *secrets_missing(ServerStages(s, new=True), _moves(s, WITHOUT, WITH), secrets),
    ]
    return _plan(KeyServerAdd(), s, look, observed, against, judged_by=without)


def plan_remove(
    intent: Intent,
    observed: Mapping[str, Observed],
    group: str,
    server: str,
    *,
    hand_over: bool = False,
    wave: Wave | None = None,
    secrets: Secrets | None = None,
) -> ProcedurePlan:
    """The plan to take `server`, which the intent still has in `group`, out of it.

    With `hand_over` another key server leads before, if this one does. All else is as for
    `plan_add`.
    """
    found = _group(intent, group, server)
    without = Intent.model_validate(without_server(kept_intent(intent), group, server))
    look, leading = look_at(intent, observed, group)
    s = _settings(
        intent,
        without,
        found,
        server,
        others=_rest(found, look, server, leading.device),
        primary=leading.device,
        label=_label_to_remove(found, look, observed, server),
        trustpoint=None,
        wave=wave or Wave(),
    )
    against = [
        *_against_removing(found, look, s, hand_over=hand_over),
        *secrets_missing(ServerStages(s, new=False), _moves(s, WITH, WITHOUT), secrets),
    ]
    return _plan(KeyServerRemove(), s, look, observed, against, judged_by=intent)


# ---- what they have in common ----


def _group(intent: Intent, group: str, server: str) -> Group:
    """The group, if the key server is one of it, and ours."""
    found = next((each for each in intent.groups if each.name == group), None)
    if found is None:
        raise UsageError(f"the intent has no group '{group}'")
    names = [role.name for role in found.servers]
    if server not in names:
        raise UsageError(
            f"the intent has no key server '{server}' in {group}",
            hint=f"there are {', '.join(names)}; one that is added or removed is in the intent",
        )
    if _device(intent, server).external:
        raise UsageError(f"'{server}' is external: nothing is done on it")
    if len(names) == 1:
        raise UsageError(
            f"{server} is the only key server of {group} in the intent",
            hint="the group needs another one to go on with, or to come to",
        )
    return found


def _lowest(group: Group, server: str) -> int:
    """The lowest priority of the other key servers."""
    return min((role.priority for role in group.servers if role.name != server), default=0)


def _device(intent: Intent, server: str) -> KeyServer:
    return next(each for each in intent.key_servers if each.name == server)


def _settings(
    intent: Intent,
    without: Intent,
    group: Group,
    server: str,
    *,
    others: tuple[str, ...],
    primary: str,
    label: str | None,
    trustpoint: str | None,
    wave: Wave,
) -> Settings:
    multicast = group.rekey.multicast is not None
    concerned = [
        seat.member.name
        for seat in Relations(intent).seats_by_group[group.name]
        if not seat.member.external
        and (multicast or any(each.name == server for each in seat.servers))
    ]
    return Settings(
        intent=kept_intent(intent),
        without=kept_intent(without),
        group=group.name,
        server=server,
        primary=primary,
        others=others,
        names={role.name: role.group_name or group.name for role in group.servers},
        label=label,
        trustpoint=trustpoint,
        last=max(1, _lowest(group, server) - 1),
        waves=tuple(wave.split(concerned)),
    )


def _plan(
    procedure: Procedure,
    s: Settings,
    look: GroupLook,
    observed: Mapping[str, Observed],
    against: Iterable[str],
    *,
    judged_by: Intent,
) -> ProcedurePlan:
    steps = tuple(procedure.steps(s.data()))
    limit_s = needed_s(needed(steps))
    hindrances = obstacles(judged_by, observed, groups=[s.group], rekey_after_s=limit_s)
    leading = look.leading
    return ProcedurePlan(
        procedure=procedure.name,
        groups=(s.group,),
        settings=s.data(),
        steps=steps,
        left_s=None if leading is None else leading.time_to_rekey_s,
        obstacles=tuple(dict.fromkeys((*hindrances, *against))),
        notes=tuple(_notes(s, observed, adds=isinstance(procedure, KeyServerAdd))),
        before=state_of(look),
    )


def _moves(s: Settings, before: str, after: str) -> Iterator[Move]:
    names = (s.server, *s.others, *(name for wave in s.waves for name in wave))
    return (Move(device=name, before=before, after=after) for name in names)


def _notes(s: Settings, observed: Mapping[str, Observed], *, adds: bool) -> Iterator[str]:
    stages = ServerStages(s, new=adds)
    moves = [
        move
        for move in _moves(s, *((WITHOUT, WITH) if adds else (WITH, WITHOUT)))
        if move.device != s.server
    ]
    yield from notes_beside(stages, moves, observed)
    intent = stages.intents[WITH]
    foreign = [
        seat.member.name
        for seat in Relations(intent).seats_by_group[s.group]
        if seat.member.external
    ]
    if foreign:
        what = "tell of" if adds else "say that it is to forget"
        yield f"members of somebody else are not changed: {what} {s.server}: {', '.join(foreign)}"
    if not s.waves:
        yield f"no member of the intent is told of {s.server}"
    if not adds:
        yield f"take {s.server} out of the intent when it is over"


# ---- what speaks against ----


def _keys_of(observed: Mapping[str, Observed], device: str) -> dict[str, PublicKey]:
    seen = observed.get(device)
    record = seen.records.get(KEYS) if seen is not None else None
    found = record.keys if isinstance(record, PublicKeys) else ()
    return {key.name: key for key in found if not key.temporary}


def _label_to_bring(group: Group, observed: Mapping[str, Observed], server: str) -> str | None:
    """The label of the key that the new key server has not got yet."""
    label = group.rekey.key
    return label if label is not None and label not in _keys_of(observed, server) else None


def _trustpoint(group: Group, observed: Mapping[str, Observed], server: str) -> str | None:
    """The trustpoint of which the new key server has no certificate yet."""
    if not isinstance(group.authentication, Pki):
        return None
    seen, name = observed.get(server), group.authentication.trustpoint
    chains = seen.config.certificate_chains if seen is not None and seen.config is not None else {}
    return None if name in chains else name


def _against_adding(
    group: Group, look: GroupLook, observed: Mapping[str, Observed], s: Settings
) -> Iterator[str]:
    name, label, leading = s.server, group.rekey.key, look.leading
    ranks = {role.name: role.priority for role in group.servers}
    lowest = _lowest(group, name)
    if ranks[name] >= lowest:
        yield (
            f"{name}: its priority {ranks[name]} is to be the lowest, so that it does not lead at "
            f"once; give it less than {lowest} in the intent"
        )
    if leading is not None and leading.label != label:
        yield (
            f"{leading.device}: it signs rekeys with the key {leading.label}, the intent says "
            f"{label}; bring both together first"
        )
    own, first = _keys_of(observed, name).get(label or ""), None
    if leading is not None:
        first = _keys_of(observed, leading.device).get(label or "")
    if own is not None and first is not None and own.data != first.data:
        yield f"{name}: its key {label} is another one than that of {s.primary}; remove it first"
    if own is None and first is not None and not first.exportable:
        yield (
            f"{s.primary}: its key {label} cannot be exported to {name}; give the group another "
            "one first: 'getvpn rollover rsa'"
        )
    auth = group.authentication
    if s.trustpoint is not None and isinstance(auth, Pki) and auth.enrollment_url is None:
        yield (
            f"{name}: it has no certificate of {s.trustpoint}, and the intent does not say where "
            "it can be requested; enrol it first"
        )
    yield from _against_device(observed, s)


def _against_device(observed: Mapping[str, Observed], s: Settings) -> Iterator[str]:
    """What the new key server has that a key server must not have."""
    seen = observed.get(s.server)
    if seen is None or seen.config is None:
        return
    if seen.config.group_members:
        names = ", ".join(view.group for view in seen.config.group_members)
        yield f"{s.server}: it is a member of {names}; who serves a group is a member of none"
    view = ServerStages(s, new=True).view(WITH, s.server)
    wanted = read(written(view, None), "intent", view).found.nodes
    own = [
        node
        for node in read(seen.running or "", s.server, view).found.nodes.values()
        if node.rule.name in _OF_SERVERS and not _is_meant(node, wanted.get(node.name))
    ]
    if own:
        more = f" and {len(own) - 1} more" if len(own) > 1 else ""
        yield (
            f"{s.server}: it has lines of its own that a key server of the intent has not: "
            f"'{concealed(own[0].typed)}'{more}; remove them first"
        )


def _is_meant(node: Node, wanted: Node | None) -> bool:
    """Whether a line, with what is below, is one of the intent; keys are not looked at."""
    if wanted is None:
        return False
    return node.rule.name == "ISAKMP key" or equal(node, wanted)


def _rest(group: Group, look: GroupLook, server: str, primary: str) -> tuple[str, ...]:
    """The other key servers, the one last that leads, or is expected to."""
    ranks = {role.name: role.priority for role in group.servers}
    rest = sorted((name for name in look.servers if name != server), key=ranks.__getitem__)
    if primary == server:
        return tuple(rest)
    return (*(name for name in rest if name != primary), primary)


def _label_to_remove(
    group: Group, look: GroupLook, observed: Mapping[str, Observed], server: str
) -> str | None:
    """The label of the key that the key server needs no more; None if another group uses it."""
    served = look.servers.get(server)
    label = served.label if served is not None else group.rekey.key
    seen = observed.get(server)
    config = seen.config if seen is not None else None
    if label is None or config is None or label not in _keys_of(observed, server):
        return None
    others = [
        view.rekey_authentication
        for view in config.key_servers
        if served is None or view.group != served.group
    ]
    points = [point.rsakeypair for point in config.trustpoints.values()]
    return None if label in (*others, *points) else label


def _against_removing(
    group: Group, look: GroupLook, s: Settings, *, hand_over: bool
) -> Iterator[str]:
    left = len(group.servers) - 1
    if left < FEWEST:
        yield (
            f"{group.name} would have {left} key server left, and stand still when that fails; add "
            "another one first: 'getvpn key-server add'"
        )
    if s.primary == s.server and not hand_over:
        yield (
            f"{s.server}: it leads {group.name}, and the acting primary is not removed; with "
            "--hand-over another one leads before"
        )
    elif s.primary == s.server and _lowest(group, s.server) <= 1:
        yield (
            f"{s.server}: it cannot get a lower priority than the others, so that one of them "
            "leads; give them more than 1 in the intent, and deploy that first"
        )
    for role in group.servers:
        if role.name != s.server and role.name not in look.servers:
            yield f"{role.name}: it does not show that it serves {group.name}"
