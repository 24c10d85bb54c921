"""Local users, and the passwords of the privilege levels."""

from collections.abc import Awaitable
from typing import TYPE_CHECKING, Any

from ..config.edit import Edit
from ..config.store import Entry
from ..grammar import XE, CommandSet, RefusedError
from ..keys.passwords import hash_password, verify_password, well_formed
from .concealing import CLEAR, Concealing, kept

if TYPE_CHECKING:
    from ..device import Router

TOP_LEVEL = 15
ALGORITHMS = {"md5": 5, "sha256": 8, "scrypt": 9}
REMOVING = (
    "This operation will remove all username related configurations with same name."
    "Do you want to continue? [confirm]"
)
NOT_ENCODED = (
    "ERROR: The secret you entered is not a valid encrypted secret.\n"
    "To enter an UNENCRYPTED secret, do not specify type {kind} encryption.\n"
    "When you properly enter an UNENCRYPTED secret, it will be encrypted.\n"
)
DEPRECATED = "ERROR: Type 4 passwords have been deprecated.\nMigrate to a supported password type"
BOTH = (
    "ERROR: Can not have both a user password and a user secret.\nPlease choose one or the other."
)
SAME = (
    "The enable password you have chosen is the same as your enable secret.\n"
    "This is not recommended.  Re-enter the enable password.\n\n"
)
TOO_SHORT = (
    "% Password too short - must be at least {length} characters. Password configuration failed"
)
FLAGS = ("nopassword", "nohangup", "noescape", "one-time")
"""The words without a value, in the order in which IOS prints them."""
VALUES = {
    "acl": "access-class",
    "privilege": "privilege",
    "view": "view",
    "policy": "common-criteria-policy",
    "maxlinks": "user-maxlinks",
    "attributes": "aaa attribute list",
    "autocommand": "autocommand",
    "description": "description",
}
"""The keywords before what a user has, in the order in which IOS prints them."""
FURTHER = ("maxlinks", "attributes", "autocommand", "description")
"""What is printed in lines of its own."""

declared = CommandSet()
declared.words(
    {
        "enable": "Modify enable password parameters",
        "enable password": "Assign the privileged level password (MAX of 25 characters)",
        "enable secret": "Assign the privileged level secret (MAX of 25 characters)",
        "enable algorithm-type": "Algorithm to use for hashing the plaintext 'enable' secret",
        "algorithm-type md5": "Encode the password using the MD5 algorithm",
        "algorithm-type scrypt": "Encode the password using the SCRYPT hashing algorithm",
        "algorithm-type sha256": "Encode the password using the PBKDF2 hashing algorithm",
        "password level": "Set exec level password",
        "secret level": "Set exec level password",
        "level <1-15>": "Level number",
        "password LINE": "The UNENCRYPTED (cleartext) password",
        "password <0-7>": "Encryption type (0 not encrypted, 7 hidden)",
        "secret LINE": "The UNENCRYPTED (cleartext) secret",
        "secret <0-9>": "Encryption type (0 not encrypted, 5 MD5, 8 PBKDF2, 9 SCRYPT)",
        "security": "Infra Security CLIs",
        "security authentication": "Authentication security CLIs",
        "security passwords": "Password security CLIs",
        "passwords min-length": "Minimum length of passwords",
        "username": "Establish User Name Authentication",
        "username WORD": "User name",
        "username aaa": "AAA directive",
        "username access-class": "Restrict access by access-class",
        "username algorithm-type": "Algorithm to use for hashing the plaintext secret for the user",
        "username autocommand": "Automatically issue a command after the user logs in",
        "username common-criteria-policy": "Enter the common-criteria policy name",
        "username description": "description string with max 128 characters",
        "username nopassword": "No password is required for the user to log in",
        "username noescape": "Prevent the user from using an escape character",
        "username nohangup": "Do not disconnect after an automatic command",
        "username one-time": "Specify that the username/password is valid for only one time",
        "username password": "Specify the password for the user",
        "username privilege": "Set user privilege level",
        "username secret": "Specify the secret for the user",
        "username user-maxlinks": "Limit the user's number of inbound links",
        "username view": "Set view name",
        "privilege <0-15>": "User privilege level",
    }
)


def usual_hash(family: str) -> int:
    """How a clear secret is kept when nothing else is asked for: type 9 on XE, else type 5."""
    return ALGORITHMS["scrypt" if family == XE else "md5"]


def check_length(edit: Edit, secret: str) -> None:
    """Refuse a clear password that is shorter than `security passwords min-length` asks for."""
    length = int(edit.router.config.root.value("security passwords min-length", "length", 0))
    if len(secret) < length:
        raise RefusedError(TOO_SHORT.format(length=length))


def encoded(edit: Edit, kind: int | None, secret: str) -> tuple[int, str]:
    """The type and the text in which a secret of an edit is kept.

    `kind` is the type that was typed. Raises RefusedError for what is no encoded secret.
    """
    if kind in (None, CLEAR):
        check_length(edit, secret)
        wanted = edit.values.get("algorithm")
        chosen = ALGORITHMS[wanted] if wanted else usual_hash(edit.family)
        return chosen, hash_password(chosen, secret, edit.router.random)
    if kind == 4 and edit.family == XE:
        raise RefusedError(DEPRECATED)
    if kind not in (4, *ALGORITHMS.values()):
        raise RefusedError(argument="type")
    if not well_formed(kind, secret):
        raise RefusedError(NOT_ENCODED.format(kind=kind))
    return kind, secret


def _secret_kind(edit: Edit) -> int | None:
    kind = edit.values.get("type")
    return None if kind is None else int(kind)


# ---- enable ----


def _level(values: dict[str, Any]) -> str:
    """The level as a word of the line; the highest one is not printed and has no value."""
    if values.get("level") == TOP_LEVEL:
        del values["level"]
    level = values.get("level")
    return "" if level is None else f"level {level} "


def _enable_secret(edit: Edit) -> None:
    level = _level(edit.values)
    if edit.text is None:
        return
    kind, secret = encoded(edit, _secret_kind(edit), edit.values["secret"])
    edit.values["type"], edit.values["secret"] = kind, secret
    edit.text = f"enable secret {level}{kind} {secret}"


class _EnablePassword(Concealing):
    """Keeps the password of a level; warns when it is the secret as well."""

    __slots__ = ()

    def __call__(self, edit: Edit) -> Awaitable[None] | None:
        level = edit.values.get("level")
        if edit.text is not None and _level(edit.values) == "" and level is not None:
            edit.text = edit.text.replace(f"password level {level} ", "password ", 1)
        return super().__call__(edit)

    def check(self, edit: Edit, kind: int, secret: str) -> None:
        """Refuse a short password; tell when it is no secret any more."""
        super().check(edit, kind, secret)
        if kind != CLEAR:
            return
        check_length(edit, secret)
        other = edit.block.find("enable secret", edit.values.get("level"))
        if other is not None and verify_password(other["type"], other["secret"], secret):
            edit.dialogue.write(SAME)


_ALGORITHM = "algorithm-type <algorithm:md5|scrypt|sha256> secret"
for _syntax in (
    "enable secret [level <level!:1-15>] [<type:0-9>] <secret:secret_line>",
    f"enable {_ALGORITHM} [level <level!:1-15>] [<type:0-0>] <secret:secret_line>",
):
    declared.setting(
        "config",
        _syntax,
        name="enable secret",
        section="enable",
        check=_enable_secret,
        order=lambda entry: entry.get("level") or TOP_LEVEL,
    )
declared.setting(
    "config",
    "enable password [level <level!:1-15>] [<type:0-7>] <secret:secret_line>",
    section="enable",
    check=_EnablePassword(),
    order=lambda entry: entry.get("level") or TOP_LEVEL,
)
declared.setting("config", "security passwords min-length <length:0-16>", section="logging")
declared.setting(
    "config", "security authentication failure rate <rate:2-1024> [log]", section="logging"
)


# ---- username ----


class _User(Concealing):
    """A user: what is typed in several lines makes one."""

    __slots__ = ()

    def __call__(self, edit: Edit) -> Awaitable[None] | None:
        if edit.text is None:
            return self._remove(edit)
        values = self._merged(edit)
        _take_secret(self, edit, values)
        edit.values = values
        edit.text = self._line(values)
        edit.lines = _further_lines(values)
        return None

    async def _remove(self, edit: Edit) -> None:
        before = edit.before
        if before is None or await edit.dialogue.confirm(REMOVING):
            return
        edit.text, edit.lines, edit.values = before.text, before.lines, before.values
        edit.negated = False

    def _merged(self, edit: Edit) -> dict[str, Any]:
        values = dict(edit.before.values) if edit.before is not None else {}
        values["user"] = edit.values["user"]
        for name in VALUES:
            typed = edit.values.get(name)
            if typed is not None:
                values[name] = typed[-1] if isinstance(typed, tuple) else typed
        flags = (*values.get("flags", ()), *edit.values.get("flags", ()))
        values["flags"] = tuple(flag for flag in FLAGS if flag in flags)
        return values

    def recoded(self, entry: Entry, router: "Router") -> Entry | None:
        """The user with a hidden password."""
        if entry.get("type") != CLEAR:
            return None
        values = dict(entry.values)
        values["type"], values["secret"] = kept(router, CLEAR, values["secret"])
        return Entry(
            setting=entry.setting, text=self._line(values), values=values, lines=entry.lines
        )

    def _line(self, values: dict[str, Any]) -> str:
        words = ["username", values["user"], *values["flags"]]
        for name, keyword in VALUES.items():
            if name in values and name not in FURTHER:
                words += [keyword, str(values[name])]
        if "secret" in values:
            words += [values["kind"], str(values["type"]), values["secret"]]
        return " ".join(words)


def _take_secret(check: Concealing, edit: Edit, values: dict[str, Any]) -> None:
    """Put a password or secret that was typed into the values of the user."""
    for kind, other in (("secret", "password"), ("password", "secret")):
        typed = edit.values.get(kind)
        if typed is None:
            continue
        if values.get("kind") == other:
            raise RefusedError(BOTH)
        if kind == "secret":
            values["type"], values["secret"] = encoded(edit, _secret_kind(edit), typed)
        else:
            of = int(edit.values.get("type") or CLEAR)
            if of == CLEAR:
                check_length(edit, typed)
            check.check(edit, of, typed)
            values["type"], values["secret"] = kept(edit.router, of, typed)
        values["kind"] = kind


def _further_lines(values: dict[str, Any]) -> tuple[str, ...]:
    head = f"username {values['user']}"
    return tuple(f"{head} {VALUES[name]} {values[name]}" for name in FURTHER if name in values)


declared.setting(
    "config",
    "username <user!> {<flags:nopassword|nohangup|noescape|one-time> | access-class <acl>"
    " | privilege <privilege:0-15> | view <view> | common-criteria-policy <policy>"
    " | user-maxlinks <maxlinks:1-65535> | aaa attribute list <attributes>}*"
    " [{password [<type:0-7>] <password:secret_line> | secret [<type:0-9>] <secret:secret_line>"
    f" | {_ALGORITHM} [<type:0-0>] <secret:secret_line>"
    " | autocommand <autocommand:line> | description <description:line>}]",
    section="username",
    check=_User(zero=True, warns=True),
)
