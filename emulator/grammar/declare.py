"""Declarations: modes, exec commands, settings of the configuration, and where they are kept.

A module of commands or settings makes one `CommandSet` and declares into it; `catalog` puts the
sets of all modules together.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from .syntax import Sequence, identity_names, leading_words, parse

if TYPE_CHECKING:
    from ..config.edit import Edit
    from ..config.store import Block, Entry
    from ..device import Router
    from ..shell.call import Call
    from .grammar import Grammar

CLASSIC = "classic"
XE = "xe"
FAMILIES = (CLASSIC, XE)
CONFIG = "config"

Handler = Callable[["Call"], "str | Awaitable[str | None] | None"]
Check = Callable[["Edit"], "Awaitable[None] | None"]


class RefusedError(Exception):
    """A command is understood and refused; `text` is what the router prints.

    `argument` names the argument that is wrong: then the caret points at it and `text` is not
    used.
    """

    def __init__(self, text: str = "", *, argument: str | None = None) -> None:
        super().__init__(text or argument)
        self.text = text
        self.argument = argument


@dataclass(frozen=True, slots=True, kw_only=True)
class Mode:
    """A configuration mode: its prompt (by family) and the mode that holds it.

    It has the lines of the mode `like` instead of its own, if that is given.
    """

    name: str
    prompt: Mapping[str, str]
    parent: str = CONFIG
    like: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command that is carried out: an exec command, or one of a mode that stores nothing.

    `mode` is "exec" or a configuration mode. `privilege` is the least level that sees it.
    """

    syntax: str
    sequences: tuple[Sequence, ...]
    handler: Handler
    mode: str
    privilege: int
    families: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A line of the configuration.

    `name` identifies the setting in its mode; lines that differ in an identity argument (`<x!>`)
    stand beside each other, others replace each other. `enters` is the mode of the block that the
    line opens. A line equal to `default` is not stored; `default_on` is a switch that is on when
    nothing is stored, and shown as `no …` when off. `section` places a global setting in the
    running configuration. `check` may refuse, ask or rewrite before a line is stored. `order`
    gives a sort key among the entries of this setting; without it the order of entry counts.
    `shown` gives the line as `show running-config` prints it for a family, None for a line that it
    leaves out. `closing` is printed behind the block, `spaced` prints `!` before the line. A
    `fixed` line cannot be removed. `begins` gives the lines that a new block holds from the
    beginning, `remarks` comments that stand at the head of a block. Settings that follow one
    another and have the same `among` are printed as one list, in the order of the first. Where a
    release prints an entry and its block in another form, `printed` gives all their lines, and None
    for the usual form; `section_in` gives the section where it depends on the release. Where not
    `overwrites`, a line is refused while another one of the same identity is there, or adds to it.
    `usual_in` says in which blocks the default is one (`show running-config all` lists it there),
    None in all.
    """

    syntax: str
    sequence: Sequence
    name: str
    mode: str
    rank: int
    section: str = ""
    enters: str | None = None
    default: str | None = None
    default_on: bool = False
    check: Check | None = None
    order: "Callable[[Entry], Any] | None" = None
    shown: "Callable[[Entry, str], str | None] | None" = None
    families: tuple[str, ...] = FAMILIES
    fixed: bool = False
    closing: str = ""
    spaced: bool = False
    begins: "Callable[[Router], Iterable[str]] | None" = None
    remarks: "Callable[[Entry], Iterable[str]] | None" = None
    among: str = ""
    printed: "Callable[[Entry, Grammar], Iterable[str] | None] | None" = None
    section_in: "Callable[[Entry, Grammar], str] | None" = None
    overwrites: bool = True
    usual_in: "Callable[[Block], bool] | None" = None
    identity: tuple[str, ...] = ()


@dataclass(slots=True)
class CommandSet:
    """The declarations of one module."""

    modes: list[Mode] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)
    settings: list[Setting] = field(default_factory=list)
    helps: dict[str, str] = field(default_factory=dict)

    def words(self, helps: Mapping[str, str]) -> None:
        """Help texts: by keyword, or by the path of keywords that ends with it.

        The path of a whole line may begin with its mode and a colon: `config: hostname`.
        """
        self.helps.update(helps)

    def mode(
        self,
        name: str,
        prompt: str | Mapping[str, str],
        *,
        parent: str = CONFIG,
        like: str = "",
    ) -> None:
        """Declare a configuration mode; `prompt` is the text between the brackets."""
        prompts = dict.fromkeys(FAMILIES, prompt) if isinstance(prompt, str) else prompt
        self.modes.append(Mode(name=name, prompt=prompts, parent=parent, like=like))

    def exec(
        self,
        *syntaxes: str,
        privilege: int = 1,
        mode: str = "exec",
        families: tuple[str, ...] = FAMILIES,
    ) -> Callable[[Handler], Handler]:
        """Declare what the decorated function carries out, under one or more spellings."""

        def declare(handler: Handler) -> Handler:
            self.commands.append(
                Command(
                    syntax=syntaxes[0],
                    sequences=tuple(map(parse, syntaxes)),
                    handler=handler,
                    mode=mode,
                    privilege=privilege,
                    families=families,
                )
            )
            return handler

        return declare

    def setting(
        self,
        mode: str,
        syntax: str,
        *,
        name: str | None = None,
        section: str = "",
        enters: str | None = None,
        default: str | None = None,
        default_on: bool = False,
        check: Check | None = None,
        order: "Callable[[Entry], Any] | None" = None,
        shown: "Callable[[Entry, str], str | None] | None" = None,
        families: tuple[str, ...] = FAMILIES,
        fixed: bool = False,
        closing: str = "",
        spaced: bool = False,
        begins: "Callable[[Router], Iterable[str]] | None" = None,
        remarks: "Callable[[Entry], Iterable[str]] | None" = None,
        among: str = "",
        printed: "Callable[[Entry, Grammar], Iterable[str] | None] | None" = None,
        section_in: "Callable[[Entry, Grammar], str] | None" = None,
        overwrites: bool = True,
        usual_in: "Callable[[Block], bool] | None" = None,
    ) -> None:
        """Declare a line of the configuration; see `Setting`."""
        sequence = parse(syntax)
        self.settings.append(
            Setting(
                syntax=syntax,
                sequence=sequence,
                name=name or " ".join(leading_words(sequence)),
                mode=mode,
                rank=len(self.settings),
                section=section,
                enters=enters,
                default=default,
                default_on=default_on,
                check=check,
                order=order,
                shown=shown,
                families=families,
                fixed=fixed,
                closing=closing,
                spaced=spaced,
                begins=begins,
                remarks=remarks,
                among=among,
                printed=printed,
                section_in=section_in,
                overwrites=overwrites,
                usual_in=usual_in,
                identity=identity_names(sequence),
            )
        )


def merged(sets: Iterable[CommandSet]) -> CommandSet:
    """All declarations in one set."""
    whole = CommandSet()
    for part in sets:
        whole.modes += part.modes
        whole.commands += part.commands
        begin = len(whole.settings)
        whole.settings += [replace(setting, rank=begin + setting.rank) for setting in part.settings]
        whole.helps.update(part.helps)
    return whole
