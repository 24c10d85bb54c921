"""Passwords in the configuration: what is checked when one is entered, and how it is kept.

`service password-encryption` keeps clear text (type 0) as type 7; a key of `password encryption
aes` is type 6.
"""

from collections.abc import Awaitable
from typing import TYPE_CHECKING

from ..config.edit import Edit
from ..config.store import Block, Entry
from ..grammar import XE, RefusedError
from ..keys.passwords import hash_password, well_formed

if TYPE_CHECKING:
    from ..device import Router

CLEAR = 0
HIDDEN = 7
ENCRYPTION = "service password-encryption"
_SOON = "{0} passwords will soon be deprecated. Migrate to a supported password type"
_STRONG = "recommended to migrate to strong type-6 encryption"


class Concealing:
    """The check of a line that holds a password, as `[TYPE] PASSWORD`.

    `argument` is the password's name; its type has the name `type`. `keyword` stands before the
    two; it is needed where something can follow them. `zero` tells whether IOS prints the 0 of
    clear text, `warns` whether IOS-XE advises against weak types when such a line is entered.
    """

    __slots__ = ("_argument", "_keyword", "_warns", "_zero")

    def __init__(
        self,
        keyword: str = "",
        *,
        argument: str = "secret",
        zero: bool = False,
        warns: bool = False,
    ) -> None:
        self._keyword = keyword
        self._argument = argument
        self._zero = zero
        self._warns = warns

    def __call__(self, edit: Edit) -> Awaitable[None] | None:
        """Check the password and keep it as the router is told to."""
        if edit.text is None or self._argument not in edit.values:
            return None
        kind, secret = edit.values.get("type"), edit.values[self._argument]
        typed = secret if kind is None else f"{kind} {secret}"
        kind = CLEAR if kind is None else int(kind)
        self.check(edit, kind, secret)
        kind, secret = kept(edit.router, kind, secret)
        edit.text = self._put(edit.text, typed, kind, secret)
        edit.values["type"], edit.values[self._argument] = kind, secret
        return None

    def check(self, edit: Edit, kind: int, secret: str) -> None:
        """Refuse what cannot be a password of its type; warn of weak types."""
        if kind == HIDDEN and not well_formed(HIDDEN, secret):
            raise RefusedError(f"Invalid encrypted password: {secret}")
        if self._warns and kind in (CLEAR, HIDDEN):
            warn_of_type(edit, kind)

    def recoded(self, entry: Entry, router: "Router") -> Entry | None:
        """The entry with its clear password hidden; None if it has none."""
        if entry.negated or self._argument not in entry.values or entry.get("type") != CLEAR:
            return None
        kind, secret = kept(router, CLEAR, entry[self._argument])
        before = self.words(CLEAR, entry[self._argument])
        return Entry(
            setting=entry.setting,
            text=self._put(entry.text, before, kind, secret),
            values={**entry.values, "type": kind, self._argument: secret},
            block=entry.block,
            lines=entry.lines,
        )

    def words(self, kind: int, secret: str) -> str:
        """The type and the password as the line says them."""
        return secret if kind == CLEAR and not self._zero else f"{kind} {secret}"

    def _put(self, text: str, before: str, kind: int, secret: str) -> str:
        head = f"{self._keyword} ".lstrip()
        at = text.rfind(head + before) + len(head)
        return text[:at] + self.words(kind, secret) + text[at + len(before) :]


def kept(router: "Router", kind: int, secret: str) -> tuple[int, str]:
    """The type and the text in which a router keeps a password."""
    if kind == CLEAR and router.config.root.has(ENCRYPTION):
        return HIDDEN, hash_password(HIDDEN, secret, router.random)
    return kind, secret


def warn_of_type(edit: Edit, kind: int) -> None:
    """Print what IOS-XE says of weak types (setup dialogues of 16.x and 17.x)."""
    router = edit.router
    if router.family != XE or router.loading:
        return
    old = router.software.version.startswith("16.")
    advice = _SOON.format(f"type {kind}") if old else _STRONG
    text = (
        f"WARNING: Command has been added to the configuration using a type {kind} password. "
        f"However, {advice}"
    )
    edit.dialogue.write(f" {text}\n")
    router.log.add("AAAA", 4, "CLI_DEPRECATED", text)


def hide_passwords(router: "Router") -> None:
    """Turn every clear password of the configuration into type 7."""
    _hide(router, router.config.root)


def _hide(router: "Router", block: Block) -> None:
    for entry in list(block.entries.values()):
        if isinstance(entry.setting.check, Concealing):
            recoded = entry.setting.check.recoded(entry, router)
            if recoded is not None:
                router.config.put(block, recoded)
        if entry.block is not None:
            _hide(router, entry.block)
