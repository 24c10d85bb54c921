"""One line on its way into the configuration: checked, rewritten, stored or taken out."""

from dataclasses import dataclass
from inspect import isawaitable
from typing import TYPE_CHECKING, Any

from ..grammar import Parsed, RefusedError, Setting
from .store import Block, Entry, key_of

if TYPE_CHECKING:
    from ..device import Router
    from ..shell.dialogue import Dialogue


@dataclass(slots=True, kw_only=True)
class Edit:
    """What a setting's check sees and may change.

    `text` is the line that will be stored; None removes what is there. For `no …` and `default …`
    (`negated`, `reset`) it is None unless the setting is on by default. `lines` is text that the
    entry carries (a banner). `values` may be changed too; those of identity arguments decide which
    entry is meant. `block` is the block that the line stands in. With a `place` nothing is stored,
    and the lines that follow go there. `enters` is the mode of the block that the line opens, where
    it is not that of the setting; `begins` are lines that a new block holds from the beginning.
    `words` are those of the line in full, without `no`.
    """

    router: "Router"
    dialogue: "Dialogue"
    setting: Setting
    block: Block
    values: dict[str, Any]
    text: str | None
    negated: bool = False
    reset: bool = False
    lines: tuple[str, ...] = ()
    place: Block | None = None
    enters: str | None = None
    begins: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    @property
    def family(self) -> str:
        """The family of the router's software: `classic` or `xe`."""
        return self.router.family

    @property
    def removing(self) -> bool:
        """Tell whether the line takes something away."""
        return self.text is None

    @property
    def before(self) -> Entry | None:
        """The entry that the line would replace or remove."""
        return self.block.entries.get(key_of(self.setting, self.values))

    def refuse(self, text: str) -> RefusedError:
        """The error to raise when the router refuses the line with `text`."""
        return RefusedError(text)


async def carry_out(edit: Edit) -> Entry | None:
    """Check and store; gives the entry that is there afterwards.

    Raises RefusedError when the router refuses the line; nothing is changed then.
    """
    setting = edit.setting
    if edit.removing and setting.fixed:
        raise RefusedError(f"% {setting.name} cannot be removed")
    if setting.check is not None:
        waiting = setting.check(edit)
        if isawaitable(waiting):
            await waiting
    if edit.place is not None:
        return None
    config = edit.router.config
    key = key_of(setting, edit.values)
    if edit.text is None or (setting.default is not None and edit.text == setting.default):
        config.remove(edit.block, key)
        return None
    if setting.default_on and not edit.negated:
        config.remove(edit.block, key)
        return None
    before = edit.block.entries.get(key)
    entry = Entry(
        setting=setting,
        text=edit.text,
        values=edit.values,
        negated=edit.negated,
        lines=edit.lines,
    )
    fresh: Block | None = None
    if setting.enters is not None and not edit.negated:
        same = before is not None and before.block is not None
        entry.block = before.block if before is not None and same else None
        if entry.block is None:
            entry.block = fresh = Block(edit.enters or setting.enters, entry, edit.block)
        entry.block.owner = entry
    config.put(edit.block, entry)
    if fresh is not None:
        begins = setting.begins(edit.router) if setting.begins is not None else edit.begins
        for line in begins:
            child = written(edit.router, fresh.mode, line)
            if child.setting.enters is not None and not child.negated:
                child.block = Block(child.setting.enters, child, fresh)
            config.put(fresh, child)
    return entry


def written(router: "Router", mode: str, line: str) -> Entry:
    """The entry for a line that the router writes by itself; ValueError if it is none."""
    negated = line.startswith("no ")
    if negated:
        found = router.grammar.parse_negated(mode, line, len("no"))
    else:
        found = router.grammar.parse(mode, line)
    if not isinstance(found, Parsed) or not isinstance(found.target, Setting):
        raise ValueError(f"{line!r} is no line of the mode {mode}")
    return Entry(setting=found.target, text=line, values=dict(found.values), negated=negated)
