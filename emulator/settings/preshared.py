"""Pre-shared keys in the configuration: as clear text, or as type 6 under the master key.

Every entry that holds a key has the arguments `type` ("0" or "6") and `key` (the text as it
stands in the line), and `before` and `behind`, the rest of the line. `clear_key` gives the key
itself. Keys are never logged.
"""

from typing import TYPE_CHECKING

from ..config.edit import Edit
from ..config.store import Block, Entry
from ..keys.errors import BadSecretError
from ..keys.type6 import decrypt_type6, encrypt_type6

if TYPE_CHECKING:
    from ..device import Router

CLEAR = "0"
ENCRYPTED = "6"
ENCRYPTION = "password encryption aes"
TRAILING = "% Warning: Trailing white space(s) detected for the preshared key\n"


def keep_key(edit: Edit, before: str, behind: str = "") -> None:
    """Keep the key of a line that has the arguments `type` and `key`, between two texts.

    A clear key is encrypted when the router is told to and has a master key.
    """
    values = edit.values
    kind, key = str(values.get("type") or CLEAR), str(values["key"])
    if key != key.rstrip():
        edit.dialogue.write(TRAILING)
    values.update(type=kind, key=key, before=before, behind=behind)
    if kind == CLEAR and encrypting(edit.router):
        _encrypt(edit.router, values)
    edit.text = _line(values)


def clear_key(router: "Router", entry: Entry) -> str | None:
    """The pre-shared key of an entry; None when the master key does not open it."""
    if entry["type"] == CLEAR:
        return str(entry["key"])
    master = router.keys.master_key
    try:
        return decrypt_type6(entry["key"], master) if master is not None else None
    except BadSecretError:
        return None


def encrypting(router: "Router") -> bool:
    """Whether new keys are encrypted: it is switched on and there is a master key."""
    return router.config.root.has(ENCRYPTION) and router.keys.master_key is not None


def encrypt_keys(router: "Router") -> None:
    """Encrypt every clear key of the configuration."""
    for block, entry in _holders(router.config.root):
        if entry["type"] == CLEAR:
            _change(router, block, entry, str(entry["key"]))


def encrypt_keys_again(router: "Router", old: str | None) -> None:
    """Encrypt under the new master key what could be read with the `old` one."""
    for block, entry in _holders(router.config.root):
        if entry["type"] == ENCRYPTED and old is not None:
            try:
                key = decrypt_type6(entry["key"], old)
            except BadSecretError:
                continue
            _change(router, block, entry, key)


def _change(router: "Router", block: Block, entry: Entry, key: str) -> None:
    values = {**entry.values, "key": key}
    _encrypt(router, values)
    changed = Entry(
        setting=entry.setting,
        text=_line(values),
        values=values,
        block=entry.block,
        lines=entry.lines,
    )
    router.config.put(block, changed)


def _encrypt(router: "Router", values: dict[str, object]) -> None:
    master = router.keys.master_key
    if master is not None:
        values["key"] = encrypt_type6(str(values["key"]), master, router.random)
        values["type"] = ENCRYPTED


def _line(values: dict[str, object]) -> str:
    kind = "6 " if values["type"] == ENCRYPTED else ""
    return f"{values['before']} {kind}{values['key']}{values['behind']}"


def _holders(block: Block) -> list[tuple[Block, Entry]]:
    found = []
    for entry in block.entries.values():
        if "before" in entry.values and "key" in entry.values:
            found.append((block, entry))
        if entry.block is not None:
            found += _holders(entry.block)
    return found
