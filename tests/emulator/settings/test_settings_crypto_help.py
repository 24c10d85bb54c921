"""Every word of the crypto settings has a help text."""

from collections.abc import Iterator
from importlib import import_module

import pytest

from getvpn.emulator.catalog import SETTINGS
from getvpn.emulator.grammar import CommandSet
from getvpn.emulator.grammar.grammar import help_of
from getvpn.emulator.grammar.syntax import Argument, Group, Item, Pick, Sequence, Word
from getvpn.emulator.testing import console, make_router

MODULES = SETTINGS[SETTINGS.index("crypto_secrets") : SETTINGS.index("crypto_map") + 1]
Path = tuple[str, ...]


def places(sequence: Sequence, path: Path) -> Iterator[tuple[Path, Item | None]]:
    """Every item of a declaration with the keywords before it; None at the end of the line."""
    if not sequence:
        yield path, None
        return
    head, rest = sequence[0], sequence[1:]
    for after, item in item_places(head, path):
        if item is None:
            yield from places(rest, after)
        else:
            yield after, item


def item_places(item: Item, path: Path) -> Iterator[tuple[Path, Item | None]]:
    match item:
        case Word(text):
            yield path, item
            yield (*path, text), None
        case Pick(words=words):
            yield path, item
            yield (*path, words[0]), None
        case Argument():
            yield path, item
            yield path, None
        case Group():
            for choice in item.choices:
                yield from places(choice, path)
            if item.optional:
                yield path, None


def missing(declared: CommandSet, helps: dict[str, str]) -> set[str]:
    sequences = [setting.sequence for setting in declared.settings]
    sequences += [sequence for command in declared.commands for sequence in command.sequences]
    found: set[str] = set()
    for sequence in sequences:
        for path, item in places(sequence, ()):
            for word in labels(item):
                plain = tuple(part for part in path if part != "no")
                if word != "no" and not help_of(helps, plain, word):
                    found.add(" ".join((*path, word)))
    return found


def labels(item: Item | None) -> tuple[str, ...]:
    match item:
        case Word(text):
            return (text,)
        case Pick(words=words):
            return words
        case Argument(kind=kind) if not kind.help:
            return (kind.label,)
    return ()


@pytest.mark.parametrize("name", MODULES)
def test_every_word_has_a_help_text(name: str) -> None:
    helps = make_router().grammar.helps
    declared = import_module(f"getvpn.emulator.settings.{name}").declared
    assert missing(declared, helps) == set()


def test_a_question_mark_lists_what_a_key_server_can_be_told() -> None:
    con = console(make_router())
    con.run("configure terminal", "crypto gdoi group G", "server local")
    said = con.type(b"rekey ?")
    assert [line.split()[0] for line in said.splitlines()[1:-1]] == [
        "acknowledgement",
        "address",
        "algorithm",
        "authentication",
        "lifetime",
        "retransmit",
        "sig-hash",
        "transport",
    ]
