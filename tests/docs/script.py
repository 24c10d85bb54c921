"""Types the commands of a page in a folder, and knows which of them are left."""

import io
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import click
import pytest

from getvpn.cli.main import app, run

from .commands import Command, commands_of
from .stand_ins import OTHERWISE, STAND_INS

FINDING = frozenset(("acl", "audit", "diff", "lint", "logs", "mtu", "snapshot", "timeline"))
"""Verbs that give 1 for what they have found."""
LONGEST_S = 600
_MARK = re.compile(r"^@pytest\.mark\.executes\(([^)]*)\)$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a command has printed, and its exit code."""

    command: Command
    code: int
    out: str
    err: str


@dataclass(slots=True, kw_only=True)
class Script:
    """The commands of a page, or of some of its sections, in the order of the page.

    `here` are the values of names in braces in stand-ins: what is only known here. `source` is
    what is typed while a command runs.
    """

    page: str
    commands: list[Command]
    capsys: pytest.CaptureFixture[str]
    patch: pytest.MonkeyPatch
    here: dict[str, str] = field(default_factory=dict)
    source: bytes = b"y\n" * 99
    _left: list[Command] = field(init=False)

    def __post_init__(self) -> None:
        self._left = list(self.commands)

    def __iter__(self) -> Iterator[Command]:
        """The commands; whoever runs one by himself says so (`ran`)."""
        return iter(self.commands)

    def of(self, block: str) -> list[Command]:
        """Those in the block of this name."""
        found = [each for each in self.commands if each.block == block]
        assert found, block
        return found

    def ran(self, command: Command) -> None:
        """A command was executed in another way; `left` does not name it any more."""
        self._left.remove(command)

    def otherwise(self, command: Command) -> None:
        """The test does itself what a command does, which has to be one of OTHERWISE."""
        assert any(each.stands_for(command) for each in OTHERWISE), command
        if command.words[0] == "getvpn":
            parsed(command.words[1:])
        self.ran(command)

    @property
    def left(self) -> list[Command]:
        """What was not executed yet."""
        return list(self._left)

    def all(self, before: Callable[[Command], object] | None = None) -> list[Done]:
        """Execute what is left; `before` is called before each."""
        done = []
        for command in self.left:
            if before is not None:
                before(command)
            done.append(self.run(command))
        return done

    def run(self, command: Command, *, code: int | None = None) -> Done:
        """Execute a command, or what stands in for it; its exit code must be as expected.

        `code` is that; without it 0, and 1 of a verb that has found something.
        """
        text = self.typed(command)
        self.capsys.readouterr()
        ended = 0
        for part in text.split(" && "):
            ended = ended or self._part(part)
        out, err = self.capsys.readouterr()
        words = text.rpartition(" && ")[2].split()
        found = ended == 1 and words[0] == "getvpn" and words[1] in FINDING
        said = f"{command}\nas {text}: {ended}\n{out}{err}"
        assert ended == (code or 0) or (code is None and found), said
        assert "Traceback" not in err, said
        assert code or "error: " not in err, said
        self.ran(command)
        return Done(command=command, code=ended, out=out, err=err)

    def typed(self, command: Command) -> str:
        """What is typed for a command here."""
        text = command.text
        for each in STAND_INS:
            if each.stands_for(command):
                text = each.applied(text, self.here)
        return text

    def _part(self, text: str) -> int:
        words = shlex.split(text)
        if words[0] != "getvpn":
            return _in_shell(text)
        source, terminal = self.source, True
        if "<" in words:
            at = words.index("<")
            source, terminal = Path(words[at + 1]).read_bytes(), False
            del words[at : at + 2]
        words = [name for word in words for name in _expanded(word, text)]
        self.patch.setattr(sys, "stdin", _Typing(source, terminal=terminal))
        return run(words[1:])


def _in_shell(text: str) -> int:
    """Let a shell execute a line, with the programs of this environment; give its exit code."""
    done = subprocess.run(
        ["bash", "-c", text],
        env=os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=LONGEST_S,
    )
    sys.stdout.write(done.stdout)
    sys.stderr.write(done.stderr)
    return done.returncode


class _Typing(io.TextIOWrapper):
    """A terminal at which somebody types, or a file."""

    def __init__(self, source: bytes, *, terminal: bool) -> None:
        super().__init__(io.BytesIO(source), encoding="utf-8")
        self._terminal = terminal

    def isatty(self) -> bool:
        """Whether it is a terminal."""
        return self._terminal


def parsed(words: Sequence[str]) -> click.Context:
    """The innermost context of a call of getvpn. Raises click.UsageError for one that is wrong."""
    context, left = click.Context(app, info_name="getvpn", **app.context_settings), list(words)
    while isinstance(context.command, click.Group) and left and not left[0].startswith("-"):
        name, *left = left
        found = context.command.get_command(context, name)
        if found is None:
            raise click.UsageError(f"there is no {name!r}", context)
        context = click.Context(found, parent=context, info_name=name)
    if isinstance(context.command, click.Group):
        return context
    return context.command.make_context(context.info_name, left, parent=context.parent)


def _expanded(word: str, text: str) -> list[str]:
    """The files that a pattern stands for, as a shell finds them: only where it is not quoted."""
    if "*" in word and f"'{word}'" not in text and f'"{word}"' not in text:
        return sorted(map(str, Path().glob(word))) or [word]
    return [word]


def marks() -> dict[str, list[str]]:
    """The sections of pages that tests execute, by page; an empty name stands for the rest."""
    found: dict[str, list[str]] = {}
    for path in sorted(Path(__file__).parent.glob("test_*.py")):
        for match in _MARK.finditer(path.read_text("utf-8")):
            page, *sections = re.findall(r'"([^"]*)"', match[1])
            found.setdefault(page, []).extend(sections or [""])
    return found


def script_of(
    page: str,
    sections: tuple[str, ...],
    capsys: pytest.CaptureFixture[str],
    patch: pytest.MonkeyPatch,
) -> Script:
    """What a test of these sections executes; without any, those that no other test names."""
    others = {*marks().get(page, ())} - {""}
    wanted = [
        each
        for each in commands_of(page)
        if (each.section in sections if sections else each.section not in others)
    ]
    return Script(page=page, commands=wanted, capsys=capsys, patch=patch)
