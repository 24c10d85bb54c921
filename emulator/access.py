"""Who may log in, and with which privilege: the local users, the enable secret, public keys."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .config.store import Block, Entry
from .keys.passwords import PasswordChecker

if TYPE_CHECKING:
    from .device import Router

LEAST_PRIVILEGE = 1
HIGHEST_PRIVILEGE = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """A user who has shown who he is, and the privilege level he starts with."""

    user: str
    privilege: int


class Access:
    """The checks of one router, against its running configuration.

    A password that was right is known again for a while: many logins at once cost one hash.
    """

    __slots__ = ("_checker", "_router")

    def __init__(self, router: "Router") -> None:
        self._router = router
        self._checker = PasswordChecker(router.chassis.random("passwords"))

    def login(self, user: str, password: str) -> Login | None:
        """Check a password; None when the name or the password is wrong."""
        entry = self._user(user)
        if entry is None or not self._matches(entry, password):
            return None
        return self._login(entry)

    def public_key(self, user: str, key_type: str, blob: bytes) -> Login | None:
        """Accept a user by a key of `ip ssh pubkey-chain` (the signature is checked elsewhere)."""
        chain = self._router.config.root.find("ip ssh pubkey-chain")
        holder = chain.block.find("username", user) if chain and chain.block else None
        if holder is None or holder.block is None:
            return None
        entry = self._user(user)
        known = any(key.get("blob") == blob for key in holder.block.entries.values()) or any(
            _hash_fits(key, blob) for key in holder.block.all("key-hash")
        )
        if not known:
            return None
        return self._login(entry) if entry else Login(user=user, privilege=LEAST_PRIVILEGE)

    def enable(self, password: str, level: int = HIGHEST_PRIVILEGE) -> bool:
        """Check the secret of a level, or its password where there is no secret."""
        entry = self._enable_entry(level)
        return entry is not None and self._matches(entry, password)

    @property
    def has_enable(self) -> bool:
        """Tell whether there is an enable secret or password for the highest level."""
        return self._enable_entry(HIGHEST_PRIVILEGE) is not None

    def _enable_entry(self, level: int) -> Entry | None:
        root = self._router.config.root
        key = None if level == HIGHEST_PRIVILEGE else level
        return root.find("enable secret", key) or root.find("enable password", key)

    def _matches(self, entry: Entry, password: str) -> bool:
        """Check a password against the type and text of a stored `secret` or `password`."""
        if "secret" not in entry.values:
            return "nopassword" in entry.get("flags", ())
        return self._checker.verify(int(entry.get("type") or 0), str(entry["secret"]), password)

    def _user(self, user: str) -> Entry | None:
        return self._router.config.root.find("username", user)

    def _login(self, entry: Entry) -> Login:
        level = entry.get("privilege")
        if level is None:
            level = self._line_privilege()
        return Login(user=entry["user"], privilege=level)

    def _line_privilege(self) -> int:
        block: Block | None = self._router.lines.settings("vty", 0)
        level = block.value("privilege level", "level") if block else None
        return LEAST_PRIVILEGE if level is None else int(level)


def _hash_fits(entry: Entry, blob: bytes) -> bool:
    from hashlib import md5

    return bool(entry["digest"].upper() == md5(blob, usedforsecurity=False).hexdigest().upper())
