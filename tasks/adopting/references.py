"""References to the keys that were found: what an intent says in the place of each."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from typing import Final

from ...inventory.secrets import CONCEALED, Secret
from ..render import key_fault
from .grouping import GroupFacts, Identity
from .keys import Key, KeyTable, key_for
from .ledger import Ledger
from .people import Member, Network, member_keys, server_keys

_NO_VARIABLE: Final = re.compile("[^0-9A-Z]")


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundSecret:
    """A key by its reference; `value` is None where it is not known, `places` where it stands."""

    reference: str
    value: Secret | None
    places: tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class GroupKeys:
    """The references of a group: that of members, which may have `{NAME}` in it, and of servers.

    `shared` tells that all members have one key.
    """

    member: str
    coop: str | None
    shared: bool
    value: Secret | None


@dataclass(slots=True)
class References:
    """All references, by what they are of."""

    groups: dict[Identity, GroupKeys] = field(default_factory=dict)
    found: dict[str, FoundSecret] = field(default_factory=dict)

    def reveal(self, reference: str) -> str:
        """The key itself; what is compared with nothing where it is not known, or can be none."""
        known = self.found.get(reference)
        value = known.value if known is not None else None
        if value is None or key_fault(value.reveal()) is not None:
            return CONCEALED
        return value.reveal()


class Naming:
    """How references are called: variables, or files of a folder."""

    def __init__(self, folder: str | None, names: Iterable[str]) -> None:
        self._folder = folder
        self._names = {self._word(name) for name in names}
        shouted = [_shouted(name) for name in names]
        self._place = "{NAME}" if len(set(shouted)) == len(shouted) else "{name}"

    def member(self) -> str:
        """The reference for members, each with a key of its own."""
        return self._reference("{name}" if self._folder is not None else self._place)

    def of_member(self, reference: str, name: str) -> str:
        """The reference for one member."""
        return reference.replace("{name}", name).replace("{NAME}", _shouted(name))

    def shared(self, group: str) -> str:
        """The reference for all members of a group."""
        return self._free(group, "GROUP")

    def coop(self, group: str | None) -> str:
        """The reference for key servers, of all groups or of one."""
        return self._free("COOP" if group is None else f"COOP_{group}", "KEY")

    def _free(self, wanted: str, suffix: str) -> str:
        word = self._word(wanted)
        while word in self._names:
            word = self._word(f"{word}_{suffix}")
        return self._reference(word)

    def _word(self, text: str) -> str:
        return _shouted(text) if self._folder is None else text.lower().replace("_", "-")

    def _reference(self, word: str) -> str:
        if self._folder is None:
            return f"env:PSK_{word}"
        return f"file:{self._folder}/{word}" if self._folder else f"file:{word}"


def references(
    network: Network, groups: Sequence[GroupFacts], folder: str | None, ledger: Ledger
) -> References:
    """The references of the groups with pre-shared keys; `folder` is that of their files."""
    naming = Naming(folder, [member.name for member in network.members])
    made = References()
    keys = {group.identity: _Keys(network, group) for group in groups}
    apart = _each_its_own(network, groups, keys)
    shared: dict[Secret | None, str] = {}
    coops = {each.coop for each in keys.values() if each.coop is not None}
    for group in groups:
        own = keys[group.identity]
        own.tell(ledger)
        if group.identity in apart:
            reference = naming.member()
            for member in network.members_of(group):
                name = naming.of_member(reference, member.name)
                _add(made, name, own.of_member.get(member.name, ()))
        else:
            reference = shared.get(own.value) or naming.shared(group.name)
            if own.value is not None:
                shared[own.value] = reference
            _add(made, reference, own.all())
        coop = None
        if len(group.addresses) > 1 and group.served:
            coop = naming.coop(None if len(coops) < 2 else group.name)
            same = not own.between or own.coop == own.value
            if group.identity not in apart and same:
                coop = reference
            else:
                _add(made, coop, own.between)
        made.groups[group.identity] = GroupKeys(
            member=reference,
            coop=coop,
            shared=group.identity not in apart,
            value=own.value if group.identity not in apart else None,
        )
    return made


class _Keys:
    """The keys of a group as its devices have them."""

    def __init__(self, network: Network, group: GroupFacts) -> None:
        self.group = group
        self.networks: list[Key] = []
        self.between: list[Key] = []
        self.of_member: dict[str, list[Key]] = {}
        by_server: dict[IPv4Address, KeyTable] = {}
        for served in group.served:
            known = server_keys(served.found, served.view)
            by_server[served.address] = KeyTable(known)
            self.networks += [key for key in known if key.network and key.single is None]
            partners = [it for it in group.addresses if it != served.address]
            self.between += [key for it in partners if (key := key_for(known, it)) is not None]
        for member in network.members_of(group):
            self.of_member[member.name] = list(_of_member(group, member, by_server))

    @property
    def values(self) -> list[Secret]:
        """The different keys of members that are known."""
        known = [key.value for each in self.of_member.values() for key in each[:1]]
        return list(dict.fromkeys(value for value in known if value is not None))

    @property
    def unknown(self) -> bool:
        """Whether there are keys of members that cannot be compared."""
        return any(key.value is None for each in self.of_member.values() for key in each[:1])

    @property
    def value(self) -> Secret | None:
        """The one key of all members, as far as there is one."""
        known = [*self.values, *(key.value for key in self.networks if key.value is not None)]
        return known[0] if known else None

    @property
    def coop(self) -> Secret | None:
        """The key between key servers."""
        return next((key.value for key in self.between if key.value is not None), None)

    def all(self) -> list[Key]:
        """The keys of all members."""
        return [*self.networks, *(key for each in self.of_member.values() for key in each)]

    def tell(self, ledger: Ledger) -> None:
        """Say where two devices have different keys for each other."""
        for name, keys in (*self.of_member.items(), ("", self.between)):
            known = [key for key in keys if key.value is not None]
            for key in known[1:]:
                if key.value != known[0].value:
                    whose = f"the key of {name}" if name else "the key between key servers"
                    why = f"{whose} is another one in {known[0].place}, which is taken"
                    ledger.left_out(key.found, key.line, why)


def _of_member(
    group: GroupFacts, member: Member, by_server: Mapping[IPv4Address, KeyTable]
) -> Iterable[Key]:
    """The keys between a member and its key servers, its own first."""
    joined = next(each for other, each in member.joined if other is group)
    if joined is not None and member.found is not None:
        own = member_keys(member.found, joined)
        yield from (key for it in joined.servers if (key := key_for(own, it)) is not None)
    address = member.addresses[group.identity]
    for server in joined.servers if joined is not None else by_server:
        table = by_server.get(server)
        key = table.of(address) if table is not None else None
        if key is not None:
            yield key


def _each_its_own(
    network: Network, groups: Sequence[GroupFacts], keys: Mapping[Identity, _Keys]
) -> set[Identity]:
    """The groups in which members have keys of their own.

    A member has one key for a key server, so that groups with a member in common are alike.
    """
    apart = set()
    for group in groups:
        own = keys[group.identity]
        members = network.members_of(group)
        alone = len(members) < 2 or own.unknown
        if len(own.values) > 1 or (alone and not own.networks):
            apart.add(group.identity)
    known = {group.identity for group in groups}
    again = True
    while again:
        again = False
        for member in network.members:
            joined = {group.identity for group, _ in member.joined} & known
            if joined & apart and not joined <= apart:
                apart |= joined
                again = True
    return apart


def _add(made: References, reference: str, keys: Iterable[Key]) -> None:
    found = list(keys)
    before = made.found.get(reference)
    places = [*(before.places if before is not None else ()), *(key.place for key in found)]
    values = [before.value if before is not None else None, *(key.value for key in found)]
    made.found[reference] = FoundSecret(
        reference=reference,
        value=next((value for value in values if value is not None), None),
        places=tuple(dict.fromkeys(places)),
    )


def _shouted(name: str) -> str:
    return _NO_VARIABLE.sub("_", name.upper())
