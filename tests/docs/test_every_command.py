"""No command of a page is left unexecuted; those within sentences are calls."""

import re
import tomllib

import click
import pytest

from getvpn.cli.main import run

from .commands import ROOT, Command, commands_of, lines_of, mentions_of, pages
from .script import marks, parsed
from .stand_ins import OTHERWISE, STAND_INS

PLACEHOLDER = re.compile(r"…|\b[A-Z]{3,}[A-Z…]*\b")
"""What stands for something else: VERB, FILE, HOST…."""
TARGETS = frozenset(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
EXTRAS = frozenset(
    tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
)


@pytest.mark.parametrize("page", [page for page in pages() if commands_of(page)])
def test_every_command_is_executed_by_a_test(page: str) -> None:
    executed = marks().get(page, [])
    assert executed, f'no test has the mark @pytest.mark.executes("{page}"); see conftest.py'
    sections = {each.section for each in commands_of(page)}
    assert [name for name in executed if name and name not in sections] == []
    assert len(executed) == len(set(executed))
    if "" not in executed:
        assert sections <= set(executed)


@pytest.mark.parametrize("page", pages())
def test_no_block_hides_a_command(page: str) -> None:
    known = {each.lineno for each in commands_of(page)}
    typed = re.compile(r"(?:\$ |(?:getvpn|make|promtool|nox) [a-z-])")
    hidden = [line for at, line in lines_of(page) if typed.match(line) and at not in known]
    assert hidden == []


def test_marks_are_of_pages_with_commands() -> None:
    assert [page for page in marks() if page not in pages() or not commands_of(page)] == []


def test_everything_that_stands_in_for_a_command_does() -> None:
    commands = [each for page in pages() for each in commands_of(page)]
    for each in (*STAND_INS, *OTHERWISE):
        assert any(each.stands_for(command) for command in commands), each
        assert each.why


@pytest.mark.parametrize("page", [page for page in pages() if mentions_of(page)])
def test_commands_within_sentences_are_calls(page: str) -> None:
    assert [(str(each), why) for each in mentions_of(page) if (why := _fault(each))] == []


def test_the_error_that_is_shown_is_that_of_the_command(
    capsys: pytest.CaptureFixture[str],
) -> None:
    page = (ROOT / "docs" / "command.md").read_text("utf-8")
    (shown,) = re.findall(r"^getvpn: error: .*\n", page, re.MULTILINE)
    assert run(["complete"]) == 2
    assert capsys.readouterr().err == shown


def _fault(mention: Command) -> str:
    """What is wrong with a command that a sentence names; nothing if it is empty."""
    program, *words = mention.words
    if program == "make":
        return "" if TARGETS.intersection(words) else "the Makefile has no such target"
    if program == "pip":
        (extras,) = re.findall(r"\[(.*?)\]", mention.text)
        return "" if EXTRAS.issuperset(extras.split(",")) else "there is no such extra"
    if program == "getvpn":
        return _wrong(words[: words.index("|")] if "|" in words else words)
    return "" if (ROOT / words[-1]).is_file() else "there is no such file"


def _wrong(words: list[str]) -> str:
    """What is wrong with a call; with names in capitals, or in part, it need not be a whole one."""
    try:
        parsed([word for word in words if not PLACEHOLDER.search(word)])
    except click.MissingParameter:
        return ""
    except click.exceptions.Exit as end:  # the help
        return "" if end.exit_code == 0 else "it does not end well"
    except click.UsageError as error:
        lacking = ("requires an argument", "does not exist")
        return "" if any(each in error.message for each in lacking) else error.message
    return ""
