"""Every form of every command that shows something, typed out with names that a router has."""

from collections.abc import Iterator
from dataclasses import dataclass

from getvpn.emulator.catalog import grammar_for
from getvpn.emulator.grammar.syntax import Argument, Group, Item, Pick, Sequence, Word

from .sweep_truth import Truth

VERBS = frozenset({"show", "dir", "verify", "ping", "traceroute", "pwd"})
DIALOGUES = frozenset({"ping", "traceroute"})
"""What asks for a destination when none is typed."""
FILTERED = (
    ("show crypto isakmp sa | count ACTIVE", ""),
    ("show crypto session | count UP-ACTIVE", ""),
    ("show environment | include", "Temp"),
    ("show interfaces | include", "line protocol"),
    ("show ip interface | include", "line protocol"),
    ("show ip interface brief | exclude", "unassigned"),
    ("show ip interface brief | include", "192.0.2.1"),
    ("show ip protocols | sec rip", ""),
    ("show logging | exclude", "SYS"),
    ("show logging | include", "CONFIG"),
    ("show processes cpu | include", "CPU"),
    ("show processes cpu sorted | exclude", "0.00"),
    ("show processes memory | include", "Pool"),
    ("show processes memory | section", "Pool"),
    ("show running-config | section ^interface", ""),
    ("show running-config | section bgp", ""),
    ("show running-config | section route", ""),
    ("show running-config | section vrf definition", ""),
    ("show running-config all | section ^interface", ""),
    ("show running-config all | section class", "VOICE"),
    ("show tech-support | include", "show"),
)
"""Commands with a filter that genie has parsers for, and the word that the filter looks for."""


@dataclass(frozen=True)
class Form:
    """A command; `values` tells the names, addresses and numbers in it by the argument's name.

    They are in the order in which they are typed, and `keywords` is what the others are.
    """

    words: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    values: tuple[tuple[str, str], ...] = ()

    @property
    def text(self) -> str:
        return " ".join(self.words)

    @property
    def shape(self) -> tuple[str, ...]:
        """The words with the names of the arguments in place of their values."""
        names = {value: f"<{name}>" for name, value in self.values}
        return tuple(names.get(word, word) for word in self.words)

    def value(self, name: str) -> str:
        """The value of an argument; empty if the form has none of the name."""
        return dict(self.values).get(name, "")

    def keyword(self, word: str) -> "Form":
        return Form((*self.words, word), (*self.keywords, word), self.values)

    def argument(self, name: str, value: str) -> "Form":
        return Form((*self.words, value), self.keywords, (*self.values, (name, value)))


def forms(truth: Truth) -> list[Form]:
    """The commands, without repeats, in the order in which they are declared."""
    found: dict[str, Form] = {}
    for sequence in grammar_for(truth.router.family).sequences("exec"):
        first = sequence[0]
        if isinstance(first, Word) and first.text in VERBS:
            for form in _typed(truth, sequence, Form()):
                if form.words[0] not in DIALOGUES or form.value("destination"):
                    found.setdefault(form.text, form)
    for text, value in FILTERED:
        form = Form(tuple(text.split()), tuple(text.split()))
        form = form.argument("filter", value) if value else form
        found.setdefault(form.text, form)
    return list(found.values())


def _typed(truth: Truth, sequence: Sequence, before: Form) -> Iterator[Form]:
    """Every way to go on with a declaration; of a group that may be repeated, one round."""
    if not sequence:
        yield before
        return
    for form in _item(truth, sequence[0], before):
        yield from _typed(truth, sequence[1:], form)


def _item(truth: Truth, item: Item, before: Form) -> Iterator[Form]:
    match item:
        case Word(text):
            yield before.keyword(text)
        case Pick(words=words):
            yield from map(before.keyword, words)
        case Argument(name, kind):
            for value in truth.argument(name, kind, before.keywords):
                yield before.argument(name, value)
        case Group(choices=choices, optional=optional):
            if optional:
                yield before
            for choice in choices:
                yield from _typed(truth, choice, before)
