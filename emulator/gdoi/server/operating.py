"""What operators want of a key server, and what a new revocation list makes it do."""

from typing import TYPE_CHECKING

from ..keys import SigningKey
from ..messages import RekeyKind
from .removing import remove
from .renewing import create, grants, renew_triggered, signing_key

if TYPE_CHECKING:
    from .group import ServerGroup


def rekey(group: "ServerGroup", *, replace: bool) -> str:
    """Renew the keys now; gives why not, empty if it did."""
    key = _allowed(group)
    if isinstance(key, str):
        return key
    if grants(group):
        renew_triggered(group, key, replace=replace)
    elif create(group):
        group.tell()
    return ""


def remove_members(group: "ServerGroup", *, now: bool) -> str:
    """Have all members register again; gives why not, empty if it did."""
    key = _allowed(group)
    if isinstance(key, str):
        return key
    remove(group, key, RekeyKind.DELETE_NOW if now else RekeyKind.DELETE)
    return ""


class Reauthentication:
    """What follows from a new certificate revocation list.

    All members have to show that they are not in it. Only a primary that reaches all its peers
    tells them so, lest key servers have different KEKs; it waits until it does (CRL checking
    guide).
    """

    __slots__ = ("_group", "_waits")

    def __init__(self, group: "ServerGroup") -> None:
        self._group = group
        self._waits = False

    def begin(self) -> None:
        """A list is new."""
        group, self._waits = self._group, False
        if not group.primary or not group.running or not grants(group):
            return
        if group.coop is not None and not group.coop.all_reachable():
            self._waits = True
            group.kernel.post(group.host.parameters.announce_s, self._again)
            return
        key = signing_key(group, again=True)
        if key is not None:
            remove(group, key, RekeyKind.REAUTH)

    def drop(self) -> None:
        """Wait no more."""
        self._waits = False

    def _again(self) -> None:
        if self._waits:
            self.begin()


def _allowed(group: "ServerGroup") -> SigningKey | str:
    """The key that signs, or why this key server cannot do it (GM removal guide, from memory)."""
    name = group.policy.group
    if not group.primary:
        return f"ERROR for group {name}: can only execute this command on Primary KS"
    key = signing_key(group, again=True)
    if key is None:
        return f"ERROR for group {name}: RSA key {group.policy.rekey.label} not found"
    return key
