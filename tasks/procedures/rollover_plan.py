"""The plan of a rollover, from what the devices of a group showed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from ...errors import UsageError
from ...inventory.borders import check_name
from ...inventory.models import Intent
from ..deploying.health import needed_s, obstacles
from ..deploying.network import GroupLook, looks
from ..deploying.observing import Observed
from ..deploying.seen import ServedGroup
from . import rekey_keys as keys
from .looking import state_of
from .model import ProcedurePlan, needed
from .planning import followed
from .rollover import Rollover
from .rollover_settings import STRATEGIES, Settings, Strategy

MODULI: Final = (2048, 3072, 4096)
_NUMBERED: Final = re.compile(r"(.*)-(\d{1,6})")
_SSH_KEY: Final = re.compile(r"^ip ssh rsa keypair-name (\S{1,100})$", re.MULTILINE)
_OTHER_HOST_KEYS: Final = re.compile(
    r"^ip ssh server algorithm hostkey (?!.{0,200}(?:ssh-rsa|rsa-sha2))", re.MULTILINE
)
_TEMPORARY: Final = ".server"
"""How the key ends that stands beside that of SSH; it comes and goes with it."""


def plan_rollover(
    intent: Intent,
    observed: Mapping[str, Observed],
    group: str,
    *,
    strategy: Strategy = "new-label",
    label: str | None = None,
    modulus: int = 2048,
    cipher: keys.Cipher = "aes",
    wave: int = 0,
) -> ProcedurePlan:
    """The plan to give `group` another RSA key of `modulus` bits.

    `observed` are whole looks at its key servers, and at members where they were looked at. `label`
    is the name of the new key, by default the old one's with a number. `wave` members at a time are
    told to register again; with 0 they come by themselves. Raises UsageError for a call without
    meaning, or a group that nobody serves.
    """
    _check(strategy, modulus, label)
    look, leading, old = _signing(intent, observed, group)
    primary = leading.device
    taken = {name for seen in observed.values() for name in seen.public_keys}
    in_place = strategy == "in-place"
    if in_place and label not in {None, old}:
        raise UsageError("in place the key keeps its label", hint="leave --label out")
    sharing = _sharing(look, observed, old)
    settings = Settings(
        intent=intent.model_dump(mode="json", by_alias=True, exclude_unset=True),
        group=group,
        strategy=strategy,
        primary=primary,
        secondaries=tuple(name for name in look.servers if name != primary),
        headers={name: _header(observed[name], each.group) for name, each in look.servers.items()},
        old=old,
        old_key=keys.digest(leading.public_key),
        new=old if in_place else label or _next_label(old, taken),
        modulus=modulus,
        cipher=cipher,
        followed=followed(intent, group),
        members=leading.member_count or 0,
        wave=wave,
        lifetime_s=_lifetime(look),
        keeping=() if in_place else tuple(sharing),
    )
    steps = tuple(Rollover().steps(settings.data()))
    hindrances = obstacles(intent, observed, groups=[group], rekey_after_s=needed_s(needed(steps)))
    return ProcedurePlan(
        procedure=Rollover.name,
        groups=(group,),
        settings=settings.data(),
        steps=steps,
        left_s=leading.time_to_rekey_s,
        obstacles=(*hindrances, *_in_the_way(settings, look, observed, taken, sharing)),
        notes=tuple(_notes(settings, look, sharing)),
        before=state_of(look),
    )


def _signing(
    intent: Intent, observed: Mapping[str, Observed], group: str
) -> tuple[GroupLook, ServedGroup, str]:
    """The group, on the key server that leads it, and the label of the key that signs there."""
    look = next(iter(looks(intent, observed, [group])), None)
    if look is None:
        raise UsageError(f"the intent has no group '{group}'")
    leading = look.leading
    if leading is None or leading.label is None:
        raise UsageError(f"no key server shows which RSA key signs the rekeys of {group}")
    return look, leading, leading.label


def _check(strategy: str, modulus: int, label: str | None) -> None:
    try:
        if label is not None:
            check_name(label)  # the intent is to say it afterwards
    except ValueError as error:
        raise UsageError(f"{label!r}: the name of a key {error}") from None
    if strategy not in STRATEGIES:
        raise UsageError(f"there is no strategy {strategy!r}", hint=f"there are {STRATEGIES}")
    if modulus not in MODULI:
        raise UsageError(f"a modulus of {modulus} bits is not offered", hint=f"there are {MODULI}")


def _header(seen: Observed, group: str) -> str:
    views = seen.config.key_servers if seen.config is not None else ()
    view = next(view for view in views if view.group == group)
    family = " ipv6" if view.family == "ipv6" else ""
    return f"crypto {view.spelling} group{family} {group}"


def _next_label(old: str, taken: set[str]) -> str:
    found = _NUMBERED.fullmatch(old)
    base, number = (found[1], int(found[2])) if found else (old, 1)
    while f"{base}-{number + 1}" in taken:
        number += 1
    return f"{base}-{number + 1}"


def _lifetime(look: GroupLook) -> int:
    teks = look.leading.teks if look.leading is not None else ()
    return max((tek.lifetime_s or 0 for tek in teks), default=0) or 7200


def _sharing(
    look: GroupLook, observed: Mapping[str, Observed], label: str
) -> dict[str, tuple[str, ...]]:
    """The other groups that sign with the key `label`, by the key servers that they do it on."""
    primary = look.leading.device if look.leading is not None else ""
    found = {
        name: tuple(
            view.group
            for view in config.key_servers
            if view.group != look.servers[name].group and view.rekey_authentication == label
        )
        for name in sorted(look.servers, key=primary.__eq__)
        if (config := observed[name].config) is not None
    }
    return {name: groups for name, groups in found.items() if groups}


def _in_the_way(
    s: Settings,
    look: GroupLook,
    observed: Mapping[str, Observed],
    taken: set[str],
    sharing: Mapping[str, tuple[str, ...]],
) -> Iterator[str]:
    meant = look.group.rekey.key
    if meant != s.old:
        yield (
            f"the intent says that {meant} signs rekeys of {s.group}, {s.primary} says "
            f"{s.old}; bring them together first"
        )
    if s.strategy == "new-label" and s.new in taken:
        yield f"a key {s.new} exists already; give another one with --label"
    for name in s.servers:
        if s.old in _ssh_keys(observed[name]):
            yield (
                f"{name}: SSH uses {s.old} too, and would lose it; give it one of its own first: "
                "'ip ssh rsa keypair-name'"
            )
        config = observed[name].config
        if config is None:
            continue
        for group in sharing.get(name, ()) if s.strategy == "in-place" else ():
            yield (
                f"{name}: the group {group} signs with {s.old} too; --strategy new-label leaves "
                "it there"
            )
        for point in config.trustpoints.values():
            if point.rsakeypair == s.old:
                yield (
                    f"{name}: the certificate of the trustpoint {point.name} belongs to {s.old} "
                    "and would go with it; enrol it with a key of its own first"
                )


def _ssh_keys(seen: Observed) -> set[str]:
    """The labels of the keys that SSH identifies a device with, as far as its facts say."""
    running, config = seen.running or "", seen.config
    named = _SSH_KEY.search(running)
    if named is not None:
        return {named[1]}
    if _OTHER_HOST_KEYS.search(running):
        return set()
    own = {name for name in seen.public_keys if not name.endswith(_TEMPORARY)}
    host, domain = (config.hostname, config.domain_name) if config is not None else (None, None)
    usual = {f"{host}.{domain}" if domain else host or ""}
    # without the usual one it takes what there is
    return usual if usual <= own or len(own) > 1 else own


def _notes(s: Settings, look: GroupLook, sharing: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    yield (
        "the rekey that follows is turned down by the members; they register again by themselves "
        "before their keys expire"
    )
    if s.new != look.group.rekey.key:
        yield (
            f"the intent is to say 'rekey: {{key: {s.new}}}' of {s.group} when it is done, or the "
            "next deployment takes it back"
        )
    if s.keeping:
        groups = ", ".join(sorted({group for each in sharing.values() for group in each}))
        yield f"{s.old} stays on {', '.join(s.keeping)}, where other groups sign with it: {groups}"
    if not s.followed:
        yield "the intent names no members of this group: nobody is asked for the key that he holds"
    if s.strategy == "in-place":
        yield "in place there is no way back: until the new key is everywhere no rekey can be made"
