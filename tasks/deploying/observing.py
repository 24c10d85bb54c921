"""A look at one device of a GETVPN network: what it is configured to be, and what it is.

`observe` asks a device, in one session, all that deployment and the procedures want to know, and
gives a value that does not change: texts as they came, records, and typed answers by group.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol, TypeVar

from ...errors import DeviceError, ParseError, RefusedError
from ...parsers.config import DeviceConfig
from ...parsers.record import Record
from ...parsers.records.gdoi import GdoiGroup, GdoiGroups
from ...parsers.records.gdoi_acl import KsAcls
from ...parsers.records.gdoi_gm_pubkey import GmPubkeys
from ...parsers.records.gdoi_gm_rekey import GmRekeys
from ...parsers.records.gdoi_ks import KeyServers
from ...parsers.records.gdoi_ks_coop import KsCoop
from ...parsers.records.gdoi_ks_members import KsMembers
from ...parsers.records.gdoi_ks_policy import KsPolicy
from ...parsers.records.keys import PublicKeys
from ..clock import Clock, SystemClock
from ..collecting.wanted import CONFIG_COMMAND, other_spelling
from ..ssh.device import Device
from .guarding import (
    LOCK_COMMAND,
    RELOAD_COMMAND,
    TIMER_COMMAND,
    Lock,
    Revert,
    Saved,
    lock_of,
    reload_of,
    revert_of,
    saved_of,
)
from .models import Role
from .reading import read, read_config
from .seen import JoinedGroup, ServedGroup


class _OfGroup(Protocol):
    @property
    def group(self) -> str: ...


R = TypeVar("R", bound=Record)
G = TypeVar("G", bound=_OfGroup)

KS: Final = "show crypto gdoi ks"
KS_COOP: Final = "show crypto gdoi ks coop"
KS_POLICY: Final = "show crypto gdoi ks policy"
KS_MEMBERS: Final = "show crypto gdoi ks members"
KS_ACL: Final = "show crypto gdoi ks acl"
KEYS: Final = "show crypto key mypubkey rsa"
GM: Final = "show crypto gdoi"
GM_REKEY: Final = "show crypto gdoi gm rekey detail"
GM_PUBKEY: Final = "show crypto gdoi gm pubkey"
STARTUP_DIFFERENCES: Final = (
    "show archive config differences nvram:startup-config system:running-config"
)
GUARDS: Final = (LOCK_COMMAND, TIMER_COMMAND, RELOAD_COMMAND)
STATE: Final[Mapping[Role, tuple[str, ...]]] = {
    "key server": (KS, KS_COOP, KS_POLICY, KS_MEMBERS, KS_ACL),
    "member": (GM, GM_REKEY, GM_PUBKEY),
}
"""What changes by itself; it is all that is asked while something is waited for."""
CONFIGURED: Final[Mapping[Role, tuple[str, ...]]] = {
    "key server": (CONFIG_COMMAND, KEYS, *GUARDS),
    "member": (CONFIG_COMMAND, *GUARDS),
}
"""What changes when somebody changes it."""
OPTIONAL: Final = frozenset({KS_ACL, GM_REKEY, GM_PUBKEY, *GUARDS})
"""What older releases do not have, and nothing fails without."""
_UNPARSED: Final = frozenset({CONFIG_COMMAND, *GUARDS, STARTUP_DIFFERENCES})


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """What a device showed at the time `at` (seconds since 1970, UTC).

    `texts` are its answers by the command as this module spells it, secrets included; `records`
    what was read of them. `refused` says in the device's words which commands it turned down,
    `unread` which answers no parser made sense of. With `failure`, a clause that says why, it was
    not reached and everything else is empty. `groups` is what the look was limited to.
    """

    device: str
    role: Role
    at: float
    groups: tuple[str, ...] | None = None
    texts: Mapping[str, str] = field(default_factory=dict, repr=False)
    records: Mapping[str, Record] = field(default_factory=dict, repr=False)
    refused: Mapping[str, str] = field(default_factory=dict)
    unread: Mapping[str, str] = field(default_factory=dict)
    failure: str = ""

    @property
    def running(self) -> str | None:
        """The running configuration; it holds secrets. None where it was not asked or shown."""
        return self.texts.get(CONFIG_COMMAND)

    @property
    def config(self) -> DeviceConfig | None:
        """The running configuration, read."""
        text = self.running
        return None if text is None else read_config(text, self.device)

    @property
    def lock(self) -> Lock | None:
        """Who holds the lock on the configuration."""
        return lock_of(self.texts.get(LOCK_COMMAND, ""))

    @property
    def revert(self) -> Revert | None:
        """The change that the device takes back unless it is confirmed."""
        return revert_of(self.texts.get(TIMER_COMMAND, ""))

    @property
    def reload(self) -> str | None:
        """When the device will restart by itself, in its own words."""
        return reload_of(self.texts.get(RELOAD_COMMAND, ""))

    @property
    def saved(self) -> Saved:
        """Whether the configuration would survive a restart."""
        return saved_of(self.running or "", self.texts.get(STARTUP_DIFFERENCES))

    @property
    def shows_keys(self) -> bool:
        """Whether the device has said which RSA keys it has."""
        return KEYS in self.records

    @property
    def public_keys(self) -> dict[str, bytes]:
        """The device's own RSA keys by label: the public half in DER."""
        record = self._record(KEYS, PublicKeys)
        return {} if record is None else {key.name: key.data for key in record.keys if key.data}

    @property
    def served(self) -> tuple[ServedGroup, ...]:
        """The groups that it serves."""
        return tuple(self._served(name) for name in self._served_names())

    @property
    def joined(self) -> tuple[JoinedGroup, ...]:
        """The groups that it is a member of."""
        return tuple(self._joined(group) for group in self._member_groups())

    def served_group(self, name: str) -> ServedGroup | None:
        """A group that it serves, None if it does not."""
        return self._served(name) if name in self._served_names() else None

    def joined_group(self, name: str) -> JoinedGroup | None:
        """A group that it is a member of, None if it is not."""
        found = (group for group in self._member_groups() if group.group == name)
        return next((self._joined(group) for group in found), None)

    def _record(self, command: str, kind: type[R]) -> R | None:
        record = self.records.get(command)
        return record if isinstance(record, kind) else None

    def _wanted(self, name: str) -> bool:
        return self.groups is None or name in self.groups

    def _served_names(self) -> list[str]:
        shown = self._record(KS, KeyServers)
        coop = self._record(KS_COOP, KsCoop)
        names = [group.group for group in shown.groups] if shown is not None else []
        names += [group.group for group in coop.groups] if coop is not None else []
        return [name for name in dict.fromkeys(names) if self._wanted(name)]

    def _served(self, name: str) -> ServedGroup:
        shown, coop = self._record(KS, KeyServers), self._record(KS_COOP, KsCoop)
        policy, acls = self._record(KS_POLICY, KsPolicy), self._record(KS_ACL, KsAcls)
        members = self._record(KS_MEMBERS, KsMembers)
        acl = _named(acls.groups, name) if acls is not None else None
        counted = _named(members.groups, name) if members is not None else None
        known = tuple(
            each for each in (members.members if members is not None else ()) if each.group == name
        )
        label = self._label(name)
        return ServedGroup(
            device=self.device,
            group=name,
            running=_named(shown.groups, name) if shown is not None else None,
            coop=_named(coop.groups, name) if coop is not None else None,
            policy=_named(policy.groups, name) if policy is not None else None,
            members=known,
            member_addresses=frozenset(each.address for each in known),
            acl=acl.entries if acl is not None else None,
            label=label,
            public_key=self.public_keys.get(label) if label is not None else None,
            rekeys_sent=counted.sent if counted is not None else None,
        )

    def _label(self, name: str) -> str | None:
        """The name of the RSA key that signs rekeys of a group."""
        config = self.config
        views = config.key_servers if config is not None else ()
        return next((view.rekey_authentication for view in views if view.group == name), None)

    def _member_groups(self) -> Iterator[GdoiGroup]:
        record = self._record(GM, GdoiGroups)
        for group in record.groups if record is not None else ():
            if group.role == "group-member" and self._wanted(group.group):
                yield group

    def _joined(self, group: GdoiGroup) -> JoinedGroup:
        rekeys, keys = self._record(GM_REKEY, GmRekeys), self._record(GM_PUBKEY, GmPubkeys)
        rekey = _named(rekeys.groups, group.group) if rekeys is not None else None
        learnt = _named(keys.groups, group.group) if keys is not None else None
        slots = (rekey.new, rekey.current, rekey.previous) if rekey is not None else ()
        return JoinedGroup(
            device=self.device,
            group=group.group,
            servers=group.servers,
            registrations=group.members,
            acls=group.downloaded_acls,
            keks=group.keks,
            teks=tuple(sa for interface in group.tek_interfaces for sa in interface.sas),
            cookies=frozenset(
                (slot.my_cookie, slot.his_cookie)
                for slot in slots
                if slot is not None and slot.my_cookie is not None and slot.his_cookie is not None
            ),
            public_keys=tuple((key.server, key.key_data) for key in learnt.keys)
            if learnt is not None
            else (),
            rekeys_received=rekey.received if rekey is not None else group.rekeys_received,
        )


def observe(
    device: Device,
    role: Role,
    *,
    groups: Collection[str] | None = None,
    clock: Clock | None = None,
    whole: bool = True,
    only: Collection[str] = (),
) -> Observed:
    """Ask `device` what it is; with `whole` false only for what changes by itself.

    `only` are the commands to ask where fewer will do. `groups` limits the typed answers to these
    groups, by the device's names for them. A command that is refused, and an answer that cannot be
    read, are noted and the rest is asked. Raises the other kinds of `DeviceError`.
    """
    looking = _Looking(device)
    at = (clock or SystemClock()).now()
    commands = (*(CONFIGURED[role] if whole else ()), *STATE[role])
    for command in only or commands:
        looking.ask(command)
    saved = saved_of(looking.texts.get(CONFIG_COMMAND, ""), None)
    if saved.unsaved:
        # the times alone do not tell whether anything was changed
        looking.ask(STARTUP_DIFFERENCES)
    return Observed(
        device=device.name,
        role=role,
        at=at,
        groups=None if groups is None else tuple(groups),
        texts=looking.texts,
        records=looking.records,
        refused=looking.refused,
        unread=looking.unread,
    )


def unreachable(
    device: str, role: Role, error: DeviceError, *, clock: Clock | None = None
) -> Observed:
    """What is known of a device that could not be asked."""
    return Observed(
        device=device, role=role, at=(clock or SystemClock()).now(), failure=error.message
    )


class _Looking:
    """The answers of one device, so far."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self.texts: dict[str, str] = {}
        self.records: dict[str, Record] = {}
        self.refused: dict[str, str] = {}
        self.unread: dict[str, str] = {}

    def ask(self, command: str) -> None:
        """Ask for one command, in the other spelling too if need be."""
        try:
            text = self._answer(command)
        except RefusedError as refused:
            self.refused[command] = refused.words or refused.message
            return
        self.texts[command] = text
        if command not in _UNPARSED:
            try:
                self.records[command] = read(command, text, source=self._device.name)
            except ParseError as error:
                self.unread[command] = error.message

    def _answer(self, command: str) -> str:
        try:
            return self._device.send(command)
        except RefusedError:
            other = other_spelling(command)
            if other is None:
                raise
            try:
                return self._device.send(other)
            except RefusedError:
                # the first refusal is about the command that was asked for
                pass
            raise


def _named(rows: Collection[G], name: str) -> G | None:
    return next((row for row in rows if row.group == name), None)
