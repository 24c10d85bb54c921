"""Text of a configuration → `ConfigTree`, in one pass over the lines."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import chain

from ..text import clean, prompt
from . import bodies, session
from .blocks import Block, Blocks
from .grammar import ALIASES, MODES, ROOT, ROOT_LEAVES, crypto_map_command
from .keywords import lookup
from .line import ConfigLine
from .tree import Body, ConfigTree

# After so many banners without an end no more are looked for: each search reads far ahead.
_MAX_OPEN_BODIES = 8
_TAB_STOPS = 8

_NEGATIONS = frozenset(("no", "default"))
_BANNERS = frozenset((*bodies.BANNER_WORDS, "vacant-message", "refuse-message", "aaa", "menu"))
_EXITS = frozenset(("ex", "exi", "exit", "quit", "end"))
# A line that begins with another word, or another character, is a command like any other.
_SPECIAL_WORDS = frozenset(
    (*session.WORDS, *_EXITS, *_BANNERS, "certificate", "key-string", "macro")
)
_SPECIAL_STARTS = session.STARTS | {"-"}


def parse_config(text: str, source: str = "<text>", *, first_line: int = 1) -> ConfigTree:
    """Read a configuration: of `show running-config`, a file, or typed in a terminal.

    `source` is its name for messages, `first_line` the number of its first line there. Raises
    ParseError when the text is over the size limit of `parsers.text`, and never otherwise:
    what is no configuration becomes unknown lines.
    """
    return _Builder(source, first_line - 1).build(text)


class _Builder:
    """The state of the pass: the open blocks, innermost last, and what was found."""

    def __init__(self, source: str, offset: int) -> None:
        self.source = source
        self.offset = offset
        self.texts: Sequence[str] = ()
        self.numbers: Sequence[int] = ()
        self.roots: list[ConfigLine] = []
        self.blocks = Blocks()
        self.parents: list[Block] = []
        self.comments: list[ConfigLine] = []
        self.owners: list[int] = []
        self.bodies: list[Body] = []
        self.separators: list[int] = []
        self.ignored: list[int] = []
        self.hostname: str | None = None
        self.prompt_name: str | None = None
        self.after_message = -1
        self.open_bodies = 0
        self.last: tuple[list[ConfigLine], ConfigLine] | None = None

    def build(self, text: str) -> ConfigTree:
        """The tree of `text`."""
        if "\x03" in text:
            # The delimiter of banners, which the cleaning of control characters would remove.
            text = text.replace("\x03", "^C")
        self.blocks.flat = "\n " not in text and "\n\t" not in text
        cleaned = clean(text, source=self.source)
        self.texts, self.numbers = cleaned.texts, cleaned.numbers
        index = 0
        while index < len(self.texts):
            raw = self.texts[index]
            stripped = raw.strip()
            index += 1
            if stripped:
                index = self._line(raw, stripped, index)
        for block in self.parents:
            block.line.children = tuple(block.children)
        logs = chain((line.lineno for line in cleaned.logs), cleaned.pager_lines)
        starts = [body.first for body in self.bodies]
        self.ignored += [
            number for number in map(self.offset.__add__, logs) if not self._in_body(number, starts)
        ]
        return ConfigTree(
            source=self.source,
            lines=tuple(self.roots),
            comments=tuple(self.comments),
            comment_owners=tuple(self.owners),
            bodies=tuple(self.bodies),
            separators=tuple(self.separators),
            ignored=tuple(sorted(set(self.ignored))),
            hostname=self.hostname or self.prompt_name,
        )

    def _number(self, index: int) -> int:
        """The number of the line at `index`."""
        return self.numbers[index] + self.offset

    def _in_body(self, number: int, starts: Sequence[int]) -> bool:
        """Whether line `number` is part of a body; `starts` are the first lines of them all."""
        at = bisect_right(starts, number)
        return at > 0 and number <= self.bodies[at - 1].last

    def _line(self, raw: str, text: str, index: int) -> int:
        """Place the line before `index`; answer with the index to go on at."""
        indent = len(raw) - len(raw.lstrip())
        if indent and "\t" in raw[:indent]:
            indent = len(raw[:indent].expandtabs(_TAB_STOPS))
        if text[0] == "!":
            self._comment(text, indent, index)
            return index
        if self.after_message == index - 1 and indent and self.prompt_name is not None:
            self.after_message = index
            self._ignore(index)
            return index
        words = text.split()
        first = words[0]
        if "#" in first or ">" in first:
            shell = prompt(text)
            if shell is not None:
                self.prompt_name = shell.hostname
                text, words = shell.typed, shell.typed.split()
                if not words or not shell.mode:
                    self._ignore(index)
                    return index
                if shell.mode == "config":
                    self.blocks.stack.clear()
                return self._command(text, words, 0, index, shell.mode)
        return self._command(text, words, indent, index, None)

    def _comment(self, text: str, indent: int, index: int) -> None:
        number = self._number(index - 1)
        if not text.strip("! \t"):
            self.separators.append(number)
            self.blocks.separate(indent)
            return
        self.comments.append(ConfigLine(text, number, indent))
        self.owners.append(self.blocks.owner(indent))

    def _ignore(self, index: int) -> None:
        """The line before `index` is no configuration."""
        self.ignored.append(self._number(index - 1))

    def _body(self, kind: bodies.Kind, header: ConfigLine | None, start: int, end: int) -> None:
        """The lines from `start` to before `end` belong to `header`, or to none."""
        text = tuple(self.texts[start:end]) if kind == "banner" else ()
        first, last = self._number(start), self._number(end - 1)
        self.bodies.append(Body(kind=kind, header=header, first=first, last=last, text=text))

    def _command(
        self, text: str, words: list[str], indent: int, index: int, mode: str | None
    ) -> int:
        """Place a line that is neither comment nor prompt."""
        first = words[0]
        if first in _SPECIAL_WORDS or first[0] in _SPECIAL_STARTS or first.startswith("exit-"):
            return self._special(text, words, indent, index, mode)
        self._place(text, words, indent, index, mode)
        return index

    def _special(
        self, text: str, words: list[str], indent: int, index: int, mode: str | None
    ) -> int:
        """Place a line that ends a block, is no configuration, or may have a body."""
        first = words[0]
        if first in _EXITS or first.startswith("exit-"):
            self.separators.append(self._number(index - 1))
            if first == "end":
                self.blocks.stack.clear()
            elif first in _EXITS:
                self.blocks.exit(indent)
            else:
                self.blocks.exit_named(first, indent)
            return index
        if session.is_session_line(text, words):
            self._session(text)
            if first[0] == "%":
                self.after_message = index
            self._ignore(index)
            return index
        if text.startswith("-----BEGIN "):
            end = bodies.pem_end(self.texts, index - 1)
            self._body("key", self.last[1] if self.last else None, index - 1, end)
            return end
        return self._with_body(self._place(text, words, indent, index, mode), words, index)

    def _session(self, text: str) -> None:
        """What a line of the session means for the configuration before it."""
        if session.is_refusal(text):
            self._take_back()
        elif session.is_escape(text):
            self.blocks.stack.clear()

    def _with_body(self, line: ConfigLine, words: list[str], index: int) -> int:
        """Set the body of `line` apart, if it has one."""
        first = words[0]
        if first in _BANNERS or (first == "macro" and words[1:2] == ["name"]):
            return self._closed_body(line, words, index)
        if first == "certificate":
            return self._hidden("certificate", line, index, bodies.certificate_end)
        if first == "key-string" and len(words) == 1:
            return self._hidden("key", line, index, bodies.key_end)
        return index

    def _hidden(
        self,
        kind: bodies.Kind,
        line: ConfigLine,
        index: int,
        find: Callable[[Sequence[str], int], int],
    ) -> int:
        """Set the body of a certificate or key apart, if the next lines are one."""
        end = find(self.texts, index)
        if not any(text.strip() for text in self.texts[index:end]):
            return index
        self._body(kind, line, index, end)
        return end

    def _place(
        self, text: str, words: list[str], indent: int, index: int, mode: str | None
    ) -> ConfigLine:
        """Make the line a child of the block that it belongs to, or a global line."""
        skip = 1 if words[0] in _NEGATIONS and len(words) > 1 else 0
        if mode is None:
            block, command = self.blocks.parent(words, skip, indent)
        else:
            block, command = self.blocks.parent_by_prompt(words, skip, mode)
        self.blocks.separated = False
        line = ConfigLine(text, self.numbers[index - 1] + self.offset, indent)
        if block is None:
            siblings = self.roots
            command = self._global(words, skip)
            leaf = command in ROOT_LEAVES
        else:
            siblings = block.children
            if not siblings:
                self.parents.append(block)
            leaf = command is not None
        siblings.append(line)
        self.last = (siblings, line)
        opens = None
        if command is not None:
            line.command = command
            opens = MODES.get(ALIASES.get(command, command))
        if not skip and (opens is not None or not leaf):
            self.blocks.push(line, opens)
        return line

    def _global(self, words: list[str], skip: int) -> str | None:
        """The name of a global command."""
        command = lookup(ROOT, words, skip)
        if command == "crypto map":
            return crypto_map_command(words[skip:])
        if command == "hostname" and not skip and len(words) > 1:
            self.hostname = words[1].strip('"')
        return command

    def _take_back(self) -> None:
        """The device has refused the last command."""
        if self.last is None:
            return
        siblings, line = self.last
        siblings.pop()
        self.blocks.drop(line)
        self.ignored.append(line.lineno)
        self.last = None

    def _closed_body(self, line: ConfigLine, words: list[str], index: int) -> int:
        """Set the text of a banner or macro apart. Where its end does not come, there is none."""
        if self.open_bodies >= _MAX_OPEN_BODIES:
            return index
        kind: bodies.Kind = "banner"
        if words[0] == "macro":
            kind, end = "macro", bodies.macro_end(self.texts, index)
        else:
            found = bodies.delimiter(words, line.text)
            if found is None or found[0] in found[1]:
                return index
            end = bodies.banner_end(self.texts, index, found[0])
        if end is None:
            self.open_bodies += 1
            return index
        self._body(kind, line, index, end)
        return end
