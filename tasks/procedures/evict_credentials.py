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

CERTIFICATE: Final = "its certificate"
Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


def without_member(intent: Intent, member: str | None, group: str) -> Intent:
    """The intent without a member of a group; as it is where it has no such member."""
    document = intent.model_dump(by_alias=True, mode="json", exclude_unset=True)
    kept = []
    for each in document.get("members", ()):
        if each["name"] == member:
            each["groups"] = [
                joined
                for joined in each["groups"]
                if (joined if isinstance(joined, str) else joined["group"]) != group
            ]
        if each["groups"]:
            kept.append(each)
    return Intent.model_validate({**document, "members": kept})


def removal(target: Target, running: str, words: Collection[str]) -> tuple[Command, ...]:
    """The lines that take from a key server what lets the member register.

    `target` is what it is to be without the member, `words` its addresses and its name.
    """
    return _about(target.compared(running).commands, words)


def restoring(target: Target, now: str, before: str, words: Collection[str]) -> tuple[Command, ...]:
    """The lines that give it back, as it was in the configuration `before`."""
    return _about(way_back(target.view, target.text, now, before), words)


def restored_by_intent(
    intent: Intent, secrets: Secrets, name: str, member: str, group: str, running: str
) -> tuple[Command, ...]:
    """The lines that give a member of the intent its place again on the key server `name`.

    Raises InputError when its key is not where the intent says.
    """
    relations = Relations(intent)
    seat = next(each for each in relations.seats_by_member[member] if each.group.name == group)
    only = _OnlyOne(secrets, references(intent, member, group))
    target = targets(intent, only, [name])[name]
    words = {member, *([str(seat.address)] if seat.address is not None else [])}
    return _about(target.compared(running).commands, words)


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
