"""The lines of a key server by which one member may register, and whether it still could.

They are found as the difference to the intent without the member. Lines hold its pre-shared key:
they are in the memory of the process, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

from ...inventory.models import Intent
from ...inventory.relations import Relations, member_secret
from ...parsers.config import AccessList, DeviceConfig, KeyServerConfig
from ...parsers.config.redact import REMOVED
from ..comparing.plan import Command
from ..comparing.text import concealed, lines
from ..deploying.planning import Target, targets
from ..diff import way_back
from ..render import Secrets
from .policy_lines import view_of
from .slim import slim

CERTIFICATE: Final = "its certificate"
Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What is compared for one member: it, and one other that lists are not empty without it.

    `full` is the intent with these two members only, `less` without the first; `words` are what
    lines about it have in them, `seen` those about either.
    """

    full: Intent
    less: Intent
    words: frozenset[str]
    seen: frozenset[str]

    def shown(self, running: str) -> str:
        """A configuration, without what is about other members."""
        return slim(running, self.seen)


def scene_of(intent: Intent, member: str | None, group: str, addresses: Collection[str]) -> Scene:
    """The scene of a member of a group; `member` is its name where the intent has it."""
    relations = Relations(intent)
    others = [
        seat.member.name for seat in relations.seats_by_group[group] if seat.member.name != member
    ]
    kept = {name for name in (member, *others[:1]) if name is not None}
    full = _among(intent, kept)
    words = {*addresses, *([member] if member is not None else [])}
    own = [seat for seat in relations.seats_by_group[group] if seat.member.name == member]
    words |= {name for seat in own for name, _ in seat.peers()}
    seats = [seat for name in kept for seat in relations.seats_by_member[name]]
    every = {word for seat in seats for name, one in seat.peers() for word in (name, str(one))}
    return Scene(
        full=full,
        less=_without(full, member, group),
        words=frozenset(words),
        seen=frozenset({*words, *kept, *every}),
    )


def _among(intent: Intent, names: Collection[str]) -> Intent:
    """The intent with some members only."""
    return intent.model_copy(
        update={"members": tuple(each for each in intent.members if each.name in names)}
    )


def _without(intent: Intent, member: str | None, group: str) -> Intent:
    """The intent without a member of a group; as it is where it has no such member."""
    kept = []
    for each in intent.members:
        joined = each.groups
        if each.name == member:
            joined = tuple(
                one for one in joined if (one if isinstance(one, str) else one.group) != group
            )
        if joined:
            kept.append(each.model_copy(update={"groups": joined}))
    return intent.model_copy(update={"members": tuple(kept)})


def removal(scene: Scene, target: Target, running: str) -> tuple[Command, ...]:
    """The lines that take from a key server what lets the member register.

    `target` is what it is to be without the member.
    """
    return _about(target.compared(scene.shown(running)).commands, scene.words)


def restoring(scene: Scene, target: Target, now: str, before: str) -> tuple[Command, ...]:
    """The lines that give it back, as it was in the configuration `before`."""
    found = way_back(target.view, target.text, scene.shown(now), scene.shown(before))
    return _about(found, scene.words)


def restored_by_intent(
    scene: Scene, secrets: Secrets, name: str, member: str, group: str, running: str
) -> tuple[Command, ...]:
    """The lines that give a member of the intent its place again on the key server `name`.

    Raises InputError when its key is not where the intent says.
    """
    only = _OnlyOne(secrets, references(scene.full, member, group))
    target = targets(scene.full, only, [name])[name]
    return _about(target.compared(scene.shown(running)).commands, scene.words)


def references(intent: Intent, member: str, group: str) -> tuple[str, ...]:
    """Where the keys of a member of a group are, as the intent says."""
    psk = next(each.authentication for each in intent.groups if each.name == group)
    return (member_secret(psk, member),) if psk.kind == "psk" else ()


class _OnlyOne:
    """Secrets of which only those of one member are looked up; others are not needed."""

    def __init__(self, secrets: Secrets, wanted: Collection[str]) -> None:
        self._secrets = secrets
        self._wanted = wanted

    def reveal(self, reference: str) -> str:
        """The secret, or a word that stands for another one."""
        return self._secrets.reveal(reference) if reference in self._wanted else "not-looked-up"


def _about(commands: Iterable[Command], words: Collection[str]) -> tuple[Command, ...]:
    """Those of some lines that are about the member."""
    wanted = set(words)
    return tuple(
        each
        for each in commands
        if any(not wanted.isdisjoint(text.split()) for text in (*each.modes, each.text))
    )


def shown(commands: Iterable[Command]) -> tuple[str, ...]:
    """Lines for people, without secrets."""
    return tuple(concealed(line) for line in lines(commands))


def secrets_in(commands: Iterable[Command]) -> Iterator[str]:
    """The secrets that lines hold."""
    for command in commands:
        clean = concealed(command.text)
        if REMOVED in clean:
            before, _, after = clean.partition(REMOVED)
            yield command.text[len(before) : len(command.text) - len(after)]


# ---- whether it is refused ----


@dataclass(frozen=True, slots=True)
class Admitted:
    """How a member could still register: `by` a key that is named, its certificate, or not."""

    by: str = ""


def admitted(config: DeviceConfig, group: str, address: str) -> Admitted:
    """How a member with an address could register with a key server of this configuration."""
    view = view_of(config, group)
    if view is None:
        return Admitted()
    one = ip_address(address)
    listed = config.access_lists.get(view.authorization_acl or "")
    if listed is not None and not _permits(listed, one):
        return Admitted()
    for key, what in _keys(config):
        if one.version == key.version and one in key:
            return Admitted(f"the key for {what}")
    return Admitted(CERTIFICATE) if _takes_certificates(config, view) else Admitted()


def _permits(listed: AccessList, address: Address) -> bool:
    """Whether a list permits an address; one without lines permits all."""
    if not listed.entries:
        return True
    for entry in listed.entries:
        bits = entry.source.bits
        if bits is not None and (int(address) ^ bits[0]) & bits[1] == 0:
            return entry.action == "permit"
    return False


def _keys(config: DeviceConfig) -> Iterator[tuple[Network, str]]:
    """For whom there are pre-shared keys: addresses, and how to call them."""
    rings = [key for ring in config.keyrings.values() for key in ring.keys]
    for key in (*config.isakmp_keys, *rings):
        if key.address is not None:
            yield key.address, str(key.address)
    for ring in config.ikev2_keyrings.values():
        for peer in ring.peers:
            if peer.address is not None:
                yield peer.address, str(peer.address)


def _takes_certificates(config: DeviceConfig, view: KeyServerConfig) -> bool:
    if view.gdoi and any(policy.authentication == "rsa-sig" for policy in config.isakmp_policies):
        return True
    profile = config.ikev2_profiles.get(view.gikev2 or "")
    return profile is not None and any(
        method in {"rsa-sig", "ecdsa-sig"} for method in profile.authentication_remote
    )
