"""Who may log in, and with which privilege: lines, local users, method lists, public keys."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .config.store import Block, Entry
from .grammar import HIGHEST_PRIVILEGE
from .keys.passwords import PasswordChecker
from .lines import Line
from .login import Login
from .methods import DEFAULT, Verdict, has_lists, list_of, methods

if TYPE_CHECKING:
    from .device import Router
    from .shell.session import Session
    from .ssh.contracts import VtyLine

LEAST_PRIVILEGE = 1
NOT_AUTHORIZED = "% Authorization failed.\n"
LOGIN = "aaa authentication login"
ENABLE = "aaa authentication enable"
EXEC = "aaa authorization exec"
COMMANDS = "aaa authorization commands"
LOCAL, LOCAL_CASE = "local", "local-case"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Proof:
    """Who somebody is, and his entry among the local users if that was what showed it."""

    user: str
    entry: Entry | None = None


class Access:
    """The checks of one router, against its running configuration.

    A password that was right is known again for a while: many logins at once cost one hash. Where a
    line is asked for, None means the first vty line.
    """

    __slots__ = ("_checker", "_router")

    def __init__(self, router: "Router") -> None:
        self._router = router
        self._checker = PasswordChecker(router.chassis.random("passwords"))

    # ---- logins ----

    def login(self, user: str, password: str, line: "VtyLine | None" = None) -> Login | None:
        """Check a password; None when the name or the password is wrong."""
        block = self._block(line)
        proof = (
            self._by_list(user, password, block)
            if has_lists(self._router)
            else self._by_line(user, password, block)
        )
        if proof is None:
            return None
        if proof.entry is not None and "one-time" in proof.entry.get("flags", ()):
            self._router.config.remove(self._router.config.root, proof.entry.key)
        return self._admitted(proof, line)

    def public_key(
        self, user: str, key_type: str, blob: bytes, line: "VtyLine | None" = None
    ) -> Login | None:
        """Accept a user by a key of `ip ssh pubkey-chain` (the signature is checked elsewhere)."""
        chain = self._router.config.root.find("ip ssh pubkey-chain")
        holder = chain.block.find("username", user) if chain and chain.block else None
        if holder is None or holder.block is None:
            return None
        known = any(key.get("blob") == blob for key in holder.block.entries.values()) or any(
            _hash_fits(key, blob) for key in holder.block.all("key-hash")
        )
        return self._admitted(_Proof(user=user, entry=self._user(user)), line) if known else None

    def _by_line(self, user: str, password: str, block: Block | None) -> _Proof | None:
        """Without method lists a line asks for its password, for a local user, or for nothing.

        SSH always has a name; a line that asks for its password does not look at it. Where such a
        line has no password, only local users can be meant.
        """
        asks = block.find("login") if block is not None else None
        if asks is not None and asks.negated:
            return _Proof(user=user)
        secret = block.find("password") if block is not None else None
        if secret is not None and (asks is None or asks.text == "login"):
            return _Proof(user=user) if self._matches(secret, password) else None
        entry = self._user(user)
        if entry is None or not self._matches(entry, password):
            return None
        return _Proof(user=entry["user"], entry=entry)

    def _by_list(self, user: str, password: str, block: Block | None) -> _Proof | None:
        wanted = list_of(block, "login authentication")
        for method in methods(self._router, LOGIN, wanted) or (LOCAL,):
            if method in (LOCAL, LOCAL_CASE):
                entry = self._user(user, exact=method == LOCAL_CASE)
                if entry is not None:
                    right = self._matches(entry, password)
                    return _Proof(user=entry["user"], entry=entry) if right else None
            elif method == "none":
                return _Proof(user=user)
            else:
                secret = self._secret_of(method, block)
                if secret is not None:
                    return _Proof(user=user) if self._matches(secret, password) else None
        return None

    def _secret_of(self, method: str, block: Block | None) -> Entry | None:
        """The line whose password a method compares; None if it has none, or is no such method."""
        if method == "enable":
            return self._enable_entry(HIGHEST_PRIVILEGE)
        if method == "line":
            return block.find("password") if block is not None else None
        return None

    # ---- rights ----

    def _admitted(self, proof: _Proof, line: "VtyLine | None") -> Login:
        """What somebody gets who has shown who he is."""
        usual = self._line_privilege(line)
        entry = proof.entry
        if has_lists(self._router):
            asked = self._exec_methods(line)
            method = "none" if asked is None else self._deciding(asked, proof.user)
            if not method:
                return Login(user=proof.user, privilege=usual, denied=NOT_AUTHORIZED)
            entry = None if method == "none" else entry or self._user(proof.user)
        if entry is None:
            return Login(user=proof.user, privilege=usual)
        privilege = entry.get("privilege")
        return Login(
            user=proof.user,
            privilege=usual if privilege is None else int(privilege),
            autocommand=str(entry.get("autocommand") or ""),
            stays="nohangup" in entry.get("flags", ()),
        )

    def _exec_methods(self, line: "VtyLine | None") -> tuple[str, ...] | None:
        """Who decides on the rights of a session; None if nobody is asked."""
        if not self._authorizes(line):
            return None
        return methods(self._router, EXEC, list_of(self._block(line), "authorization", "exec"))

    def _authorizes(self, line: "VtyLine | None") -> bool:
        """Whether method lists decide on rights; on the console only if that is asked for."""
        console = isinstance(line, Line) and line.kind == "con"
        return not console or self._router.config.root.has("aaa authorization console")

    def _deciding(self, asked: tuple[str, ...], user: str) -> str:
        """The method that gives a user a right; empty if none does."""
        for method in asked:
            if method in ("none", "if-authenticated"):
                return method
            if method == LOCAL:
                return method if self._user(user) is not None else ""
        return ""

    def may_use(self, session: "Session", level: int) -> bool:
        """Whether method lists let a user give a command of a level."""
        line = session.line
        if not has_lists(self._router) or not self._authorizes(line):
            return True
        wanted = list_of(self._block(line), "authorization commands", level)
        asked = methods(self._router, COMMANDS, level, wanted)
        return asked is None or self._deciding(asked, session.user) != ""

    # ---- privilege levels ----

    @property
    def has_lists(self) -> bool:
        """Whether method lists decide who gets to a level."""
        return has_lists(self._router)

    def has_enable(self, level: int = HIGHEST_PRIVILEGE) -> bool:
        """Tell whether there is an enable secret or password for a level."""
        return self._enable_entry(level) is not None

    def enable(self, password: str, level: int = HIGHEST_PRIVILEGE) -> bool:
        """Check the secret of a level, or its password where there is no secret."""
        entry = self._enable_entry(level)
        return entry is not None and self._matches(entry, password)

    def enable_methods(self) -> tuple[str, ...]:
        """Who decides whether somebody gets to a level."""
        return methods(self._router, ENABLE, DEFAULT) or ("enable",)

    def enable_verdict(self, method: str, session: "Session", level: int) -> Verdict:
        """What a method says before it has seen a password."""
        if method == "none":
            return Verdict.PASS
        if self._level_secret(method, session, level) is not None:
            return Verdict.ASK
        console = session.line.kind == "con"
        return Verdict.PASS if method == "enable" and console else Verdict.ERROR

    def enable_by(self, method: str, session: "Session", level: int, password: str) -> bool:
        """Whether a password is the one that a method compares."""
        entry = self._level_secret(method, session, level)
        return entry is not None and self._matches(entry, password)

    def _level_secret(self, method: str, session: "Session", level: int) -> Entry | None:
        if method == "enable":
            return self._enable_entry(level)
        if method in (LOCAL, LOCAL_CASE):
            return self._user(session.user)
        return self._secret_of(method, self._block(session.line))

    def _enable_entry(self, level: int) -> Entry | None:
        root = self._router.config.root
        key = None if level == HIGHEST_PRIVILEGE else level
        return root.find("enable secret", key) or root.find("enable password", key)

    # ---- what is compared ----

    def _matches(self, entry: Entry, password: str) -> bool:
        """Check a password against the type and text of a stored `secret` or `password`."""
        if "secret" not in entry.values:
            return "nopassword" in entry.get("flags", ())
        return self._checker.verify(int(entry.get("type") or 0), str(entry["secret"]), password)

    def _user(self, user: str, *, exact: bool = False) -> Entry | None:
        """A local user; the case of the letters only counts if it is asked for."""
        root = self._router.config.root
        found = root.find("username", user)
        if found is not None or exact:
            return found
        lower = user.lower()
        return next(
            (entry for entry in root.all("username") if str(entry["user"]).lower() == lower), None
        )

    def _block(self, line: "VtyLine | None") -> Block | None:
        if isinstance(line, Line):
            return line.settings(self._router)
        return self._router.lines.settings("vty", 0)

    def _line_privilege(self, line: "VtyLine | None") -> int:
        block = self._block(line)
        level = block.value("privilege level", "level") if block else None
        return LEAST_PRIVILEGE if level is None else int(level)


def _hash_fits(entry: Entry, blob: bytes) -> bool:
    from hashlib import md5

    return bool(entry["digest"].upper() == md5(blob, usedforsecurity=False).hexdigest().upper())
