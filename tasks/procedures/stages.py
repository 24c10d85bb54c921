"""Devices that a procedure leads from stage to stage of its way, each of which an intent says.

What is entered between two stages is the difference of their rendered configurations. Where a
device has other lines than its intent says, these stay: its own business is only what tells the
stages apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Protocol

from ...inventory.models import Intent
from ...inventory.relations import Relations
from ...inventory.resolve import server_view
from ...inventory.resolve_members import member_view
from ...inventory.views import MemberView
from ..comparing.entered import entered
from ..comparing.lists import Key
from ..comparing.plan import Command
from ..comparing.rules import RANK, spelled
from ..comparing.scope import Name, Scoped, View, read
from ..comparing.text import concealed, lines
from ..diff import difference
from ..render import Reveal, written

_KEY: Final = re.compile(
    r"((?:no )?(?:crypto isakmp key|pre-shared-key))(?: [06])?(?: \S+)?"
    r"( (?:address|hostname) .*?)?(?: key .+)?",
    re.ASCII,
)
_LIST: Final = re.compile(
    r"(?:no )?(?:(?:ip|ipv6) access-list(?: standard| extended| resequence)?|access-list) (\S+).*",
    re.ASCII,
)
_GROUPS: Final = ("crypto gdoi group ", "crypto gkm group ")
_LIST_KIND: Final = "access list"
_MADE: Final = frozenset(
    {
        "domain",
        "trustpoint",
        "IKEv2 proposal",
        "IKEv2 policy",
        "IKEv2 keyring",
        "IKEv2 profile",
        "keyring",
        "ISAKMP policy",
        "ISAKMP key",
        "ISAKMP identity",
        "dead peer detection",
        "transform set",
        "IPsec profile",
        "authorized identities",
        "interface",
        _LIST_KIND,
    }
)
"""Kinds of global lines that differences may leave alone, and that go when their way is undone.

Interfaces that can go are loopbacks; the others were there before.
"""
_SHOWN: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A device, and the stages that it is led from and to.

    `drops` are kinds of lines of the stage before that go although differences leave them alone:
    on members others may use them.
    """

    device: str
    before: str
    after: str
    drops: tuple[str, ...] = ()

    def __str__(self) -> str:
        """As journals call it."""
        return f"{self.device}: {self.before} to {self.after}"


class Stages(Protocol):
    """What devices are to be at the stages of a procedure.

    Without `secrets` none is entered, and keys that a device has are taken for those of its intent.
    """

    @property
    def secrets(self) -> bool:
        """Whether secrets are looked up."""
        ...

    def view(self, stage: str, device: str) -> View:
        """What a device is told at a stage."""
        ...


class IntentViews:
    """What devices are told by an intent, each looked up when it is asked for."""

    def __init__(self, intent: Intent) -> None:
        self.intent = intent
        self._relations = Relations(intent)
        self._servers = self._relations.servers
        self._members = {member.name: member for member in intent.members}

    def of(self, device: str) -> View:
        """What a device is told. Raises KeyError for one that the intent does not have."""
        server = self._servers.get(device)
        if server is not None:
            return server_view(self._relations, server)
        return member_view(self._relations, self._members[device])


class Blocks:
    """A configuration as its global lines, each with what stands below it."""

    __slots__ = ("_blocks",)

    def __init__(self, text: str) -> None:
        self._blocks: list[list[str]] = []
        for line in text.splitlines():
            if line.startswith(" ") and self._blocks:
                self._blocks[-1].append(line)
            else:
                self._blocks.append([line])

    @property
    def names(self) -> frozenset[str]:
        """What there is."""
        return frozenset("\n".join(block) for block in self._blocks)

    def without(self, names: frozenset[str]) -> str:
        """The text without what has these names."""
        kept = [block for block in self._blocks if "\n".join(block) not in names]
        return "".join(f"{line}\n" for block in kept for line in block)


class Path:
    """The way of one device between two stages; its texts hold secrets unless `reveal` is None.

    What both stages have, line by line, is left out of them, and of what is compared with them: a
    key server has lines for each of thousands of members, of which few are others after a change.
    Groups of members are not left out: the keys for their key servers are theirs because of them.
    """

    def __init__(self, stages: Stages, move: Move, reveal: Reveal | None = None) -> None:
        self.move = move
        self._before = stages.view(move.before, move.device)
        self._after = stages.view(move.after, move.device)
        self._whole = written(self._after, reveal)
        was, becomes = Blocks(written(self._before, reveal)), Blocks(self._whole)
        left = was.names & becomes.names
        if isinstance(self._after, MemberView):
            left = frozenset(name for name in left if not name.startswith(_GROUPS))
        self._both = left
        self._compared = ""
        self._found: tuple[Command, ...] = ()
        self._was = was.without(self._both)
        self._becomes = becomes.without(self._both)

    # ---- for people ----

    def shown(self) -> tuple[str, ...]:
        """The lines that lead to the stage after, without secrets, each indented by its modes."""
        return _shown(self._meant)

    def shown_back(self) -> tuple[str, ...]:
        """The lines that lead back, without secrets and without their modes' indentation."""
        left = self._left_over(self._becomes, self._meant_back, set())
        return tuple(line.strip() for line in _shown([*self._meant_back, *left]))

    # ---- forth ----

    def forth(self, running: str) -> list[Command]:
        """What is still to be entered on the way to the stage after.

        Steps ask twice for the same configuration: before they act, and when they do.
        """
        if running != self._compared:
            there = Blocks(running).without(self._both)
            found = difference(self._after, self._becomes, there, was=self._was).commands
            mine = [each for each in found if _key_of(each) in self._mine]
            self._found = (*mine, *self._dropped(there, mine))
            self._compared = running
        return [*self._found]

    def beside(self, running: str) -> list[Command]:
        """Lines in which a device differs from the stage after for other reasons; they stay."""
        there, wanted = Blocks(running), Blocks(self._whole)
        both = there.names & wanted.names
        found = difference(self._after, wanted.without(both), there.without(both)).commands
        return [each for each in found if _key_of(each) not in self._mine]

    def leads(self, command: Command) -> bool:
        """Whether a line is one of those that lead to the stage after."""
        return _key_of(command) in self._mine

    def there(self, running: str) -> list[Name]:
        """What of that which the way makes is in a configuration already."""
        found = read(Blocks(running).without(self._both), "running", self._after).found
        return [name for name in self._made if _has(found, name)]

    @cached_property
    def _mine(self) -> frozenset[tuple[str, ...]]:
        """What tells the lines that lead to the stage after from others."""
        return frozenset(map(_key_of, self._meant))

    @cached_property
    def _meant(self) -> Sequence[Command]:
        found = difference(self._after, self._becomes, self._was).commands
        return (*found, *self._dropped(self._was, found))

    def _dropped(self, running: str, commands: Sequence[Command]) -> Iterator[Command]:
        """Take away what `commands` leave alone and what is to go."""
        if not self.move.drops:
            return
        then = entered(running, commands, self._after)
        wanted = read(self._becomes, "intent", self._after).found.nodes
        found = read(then, "running", self._after).found
        for name in read(self._was, "intent", self._before).found.nodes:
            if name[0] in self.move.drops and name not in wanted and name in found.nodes:
                yield _removal(found, name)

    # ---- and back ----

    def back(self, running: str, there: Iterable[Name]) -> list[Command]:
        """What is still to be entered on the way back; what was `there` before stays."""
        now = Blocks(running).without(self._both)
        found = difference(self._before, self._was, now, was=self._becomes).commands
        mine = [each for each in found if _key_of(each) in self._mine_back]
        return [*mine, *self._left_over(now, mine, set(there))]

    @cached_property
    def _mine_back(self) -> frozenset[tuple[str, ...]]:
        """What tells the lines that lead back from others."""
        return frozenset(map(_key_of, self._meant_back))

    @cached_property
    def _meant_back(self) -> Sequence[Command]:
        return difference(self._before, self._was, self._becomes, was=self._becomes).commands

    def _left_over(
        self, running: str, commands: Sequence[Command], there: set[Name]
    ) -> Iterator[Command]:
        """Take back what was made and what `commands` do not remove."""
        made = [name for name in self._made if name not in there]
        if not made:
            return
        found = read(entered(running, commands, self._before), "running", self._before).found
        left = [name for name in made if _has(found, name)]
        left.sort(key=_rank, reverse=True)
        yield from (_removal(found, name) for name in left)

    @cached_property
    def _made(self) -> tuple[Name, ...]:
        """What the stage after has and the one before has not."""
        had = read(self._was, "intent", self._before).found
        has = read(self._becomes, "intent", self._after).found
        names = (*has.nodes, *(_list_name(key) for key in has.lists))
        return tuple(name for name in names if _is_made(name) and not _has(had, name))


def _is_made(name: Name) -> bool:
    """Whether what has this name goes when its way is undone; ports stay."""
    port = name[0] == "interface" and not name[1][0].startswith("Loopback")
    return name[0] in _MADE and not port


def _list_name(key: Key) -> Name:
    return _LIST_KIND, ("ipv6" if key[0] else "", key[1])


def _list_key(name: Name) -> Key:
    return bool(name[1][0]), name[1][1]


def _has(found: Scoped, name: Name) -> bool:
    return _list_key(name) in found.lists if name[0] == _LIST_KIND else name in found.nodes


def _rank(name: Name) -> float:
    """Where it stands among the others; what refers to something stands behind that."""
    return RANK["group"] - 0.5 if name[0] == _LIST_KIND else RANK[name[0]]


def _removal(found: Scoped, name: Name) -> Command:
    if name[0] == _LIST_KIND:
        return Command(text=f"no {found.lists[_list_key(name)].head}")
    return Command(text=found.nodes[name].removal, asks=name[0] == "trustpoint")


def _key_of(command: Command) -> tuple[str, ...]:
    """What tells lines apart, however a router or an intent writes them, and without secrets."""
    path = (*command.modes, command.text)
    listed = _LIST.fullmatch(path[0])
    if listed is not None:
        return ("list", listed[1])
    return tuple(_plain(text) for text in path)


def _plain(text: str) -> str:
    negative = text.startswith("no ")
    words = spelled(text.removeprefix("no "))
    found = _KEY.fullmatch(words)
    if found is not None:
        words = found[1] + (found[2] or "")
    return f"no {words}" if negative else words


def _shown(commands: Iterable[Command]) -> tuple[str, ...]:
    return tuple(concealed(line) for line in lines(commands))


def first_of(commands: Sequence[Command]) -> str:
    """Some lines for people, without secrets: the first ones, and how many more there are."""
    shown = [f"'{concealed(each.text)}'" for each in commands[:_SHOWN]]
    more = f" and {len(commands) - _SHOWN} more" if len(commands) > _SHOWN else ""
    return ", ".join(shown) + more
