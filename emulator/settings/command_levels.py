"""Which level a command needs: `privilege exec level 7 show ip route`.

A line gives the keywords before its last one the same level, as IOS does: who may not type `show`
cannot type `show ip route`. Each of them has a line of its own.
"""

from ..config.edit import Edit, written
from ..config.store import Entry
from ..grammar import CommandSet
from ..services.command_levels import SETTING, path_of

LAST_MODES = ("configure", "exec")
"""The modes whose lines are printed behind those of others, in their order."""
_LAST_WORD = "\uffff"

declared = CommandSet()
declared.words(
    {
        "config: privilege": "Command privilege parameters",
        "config: privilege WORD": "Mode of the command, for example exec",
        "config: privilege all": "All suboption will be set to the same level",
        "config: privilege level": "Set privilege level of command",
        "config: privilege level <0-15>": "Privilege level",
        "config: privilege level LINE": "Initial keywords of the command to modify",
        "config: privilege reset": "Reset privilege level of command",
        "config: privilege reset LINE": "Initial keywords of the command to modify",
    }
)


def _level(edit: Edit) -> None:
    """Keep the keywords in full, and give those before the last one the same level."""
    mode, path = str(edit.values["mode"]).lower(), _path(edit)
    command = " ".join(path)
    edit.values["mode"], edit.values["command"] = mode, command
    if edit.text is None:
        return
    whole = edit.words[2] == "all"
    level = edit.values["level"]
    edit.text = f"privilege {mode} {'all ' if whole else ''}level {level} {command}"
    if whole:
        _forget_below(edit, path)
    for end in range(len(path) - 1, 0, -1):
        line = f"privilege {mode} level {level} {' '.join(path[:end])}"
        edit.router.config.put(edit.block, written(edit.router, "config", line))


def _path(edit: Edit) -> tuple[str, ...]:
    """The keywords that were typed, in full if a command begins so."""
    typed = tuple(str(edit.values["command"]).lower().split())
    grammar = edit.router.grammar
    for mode in grammar.modes_for_levels(str(edit.values["mode"]).lower()):
        found = grammar.keywords(mode, typed)
        if found is not None:
            return found
    return typed


def _forget_below(edit: Edit, path: tuple[str, ...]) -> None:
    """A level for all that follows takes the place of the levels of what follows."""
    for entry in edit.block.all(SETTING):
        longer = path_of(entry)
        if entry["mode"] == edit.values["mode"] and longer != path and longer[: len(path)] == path:
            edit.router.config.remove(edit.block, entry.key)


def _reset(edit: Edit) -> None:
    """The command has its own level again."""
    edit.values["mode"] = str(edit.values["mode"]).lower()
    edit.values["command"] = " ".join(_path(edit))
    edit.text = None


def _order(entry: Entry) -> tuple[int, str, tuple[str, ...]]:
    """Longer commands first: when they are read again, their beginnings get their own levels."""
    mode = str(entry["mode"])
    rank = 1 + LAST_MODES.index(mode) if mode in LAST_MODES else 0
    return rank, mode, (*path_of(entry), _LAST_WORD)


declared.setting(
    "config",
    "privilege <mode!> [all] level <level:0-15> <command!:line>",
    name=SETTING,
    section="alias",
    check=_level,
    order=_order,
)
declared.setting(
    "config",
    "privilege <mode!> reset <command!:line>",
    name=SETTING,
    section="alias",
    check=_reset,
)
