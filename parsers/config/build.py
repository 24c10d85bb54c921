"""Text of a configuration → `ConfigTree`, in one pass over the lines."""

from collections.abc import Callable, Sequence
from itertools import chain

from ..text import clean, prompt
from . import bodies
from .grammar import ALIASES, MODES, ROOT, ROOT_LEAVES, Mode
from .keywords import lookup, one_of
from .line import ConfigLine
from .tree import Body, ConfigTree

# IOS nests five deep; more only costs those who walk the tree.
_MAX_DEPTH = 16
# After so many banners without an end no more are looked for: each search reads far ahead.
_MAX_OPEN_BANNERS = 8
_TAB_STOPS = 8

# What a session prints around a configuration.
_HEADINGS = (
    *("Building configuration", "Current configuration", "Enter configuration", "Using "),
    *("Load for ", "Time source ", "No time source", "Destination filename", "[OK]", "%"),
)
_EXEC_WORDS = frozenset(
    (
        *("sh", "sho", "show", "conf", "config", "configure", "wr", "write", "copy", "more"),
        *("ping", "do"),
    )
)
_NEGATIONS = frozenset(("no", "default"))
_REFUSED = ("% Invalid", "% Incomplete", "% Ambiguous", "% Unrecognized", "% Unknown")
_BANNERS = frozenset(("banner", "vacant-message", "refuse-message", "aaa"))
_EXITS = frozenset(("exit", "quit", "end"))
_WITH_BODIES = frozenset(("certificate", "key-string", *_BANNERS))
# A line that begins with another word, or another character, is a command like any other.
_SPECIAL_WORDS = frozenset(
    (*(heading.split()[0] for heading in _HEADINGS), *_EXEC_WORDS, *_EXITS, *_WITH_BODIES)
)
_SPECIAL_STARTS = frozenset("%^-")


class _Block:
    """A header under which following lines may stand. `mode` is None where it is unknown."""

    __slots__ = ("children", "indent", "line", "mode", "prompt")

    def __init__(self, line: ConfigLine, mode: Mode | None) -> None:
        self.line = line
        self.indent = line.indent
        self.mode = mode
        self.children: list[ConfigLine] = []
        self.prompt: str | None = None

    @property
    def indented(self) -> bool:
        """Whether the lines of the block stand deeper than its header."""
        return bool(self.children) and self.children[0].indent > self.indent


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
        self.blocks: list[_Block] = []
        self.parents: list[_Block] = []
        self.comments: list[ConfigLine] = []
        self.owners: list[int] = []
        self.bodies: list[Body] = []
        self.separators: list[int] = []
        self.ignored: list[int] = []
        self.hostname: str | None = None
        self.prompt_name: str | None = None
        self.separated = False
        self.open_banners = 0
        self.last: tuple[list[ConfigLine], ConfigLine] | None = None

    def build(self, text: str) -> ConfigTree:
        """The tree of `text`."""
        if "\x03" in text:
            # The delimiter of banners, which the cleaning of control characters would remove.
            text = text.replace("\x03", "^C")
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
        self.ignored += [number + self.offset for number in logs if not self._in_body(number)]
        return ConfigTree(
            source=self.source,
            lines=tuple(self.roots),
            comments=tuple(self.comments),
            comment_owners=tuple(self.owners),
            bodies=tuple(self.bodies),
            separators=tuple(self.separators),
            ignored=tuple(sorted(self.ignored)),
            hostname=self.hostname or self.prompt_name,
        )

    def _number(self, index: int) -> int:
        """The number of the line at `index`."""
        return self.numbers[index] + self.offset

    def _in_body(self, number: int) -> bool:
        return any(body.first <= number + self.offset <= body.last for body in self.bodies)

    def _line(self, raw: str, text: str, index: int) -> int:
        """Place the line before `index`; answer with the index to go on at."""
        indent = len(raw) - len(raw.lstrip())
        if indent and "\t" in raw[:indent]:
            indent = len(raw[:indent].expandtabs(_TAB_STOPS))
        if text[0] == "!":
            self._comment(text, indent, index)
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
                    self.blocks.clear()
                return self._command(text, words, 0, index, shell.mode)
        return self._command(text, words, indent, index, None)

    def _comment(self, text: str, indent: int, index: int) -> None:
        number = self._number(index - 1)
        if not text.strip("! \t"):
            self.separators.append(number)
            if self.blocks and indent <= self.blocks[0].indent:
                self.separated = True
            return
        self.comments.append(ConfigLine(text, number, indent))
        owner = 0
        for block in reversed(self.blocks):
            if block.indent < indent:
                owner = block.line.lineno
                break
        self.owners.append(owner)

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
                self.blocks.clear()
            elif first in _EXITS:
                self._exit(indent)
            else:
                self._exit_named(first, indent)
            return index
        if text.startswith(_HEADINGS) or (first in _EXEC_WORDS and len(words) > 1) or first == "^":
            if text.startswith(_REFUSED):
                self._take_back()
            self._ignore(index)
            return index
        if text.startswith("-----BEGIN "):
            end = bodies.pem_end(self.texts, index - 1)
            self._body("key", self.last[1] if self.last else None, index - 1, end)
            return end
        line = self._place(text, words, indent, index, mode)
        if first in _BANNERS:
            return self._banner(line, words, index)
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
            block, command = self._parent(words, skip, indent)
        else:
            block, command = self._parent_by_prompt(words, skip, mode)
        self.separated = False
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
        if not skip and (opens is not None or not leaf) and len(self.blocks) < _MAX_DEPTH:
            self.blocks.append(_Block(line, opens))
        return line

    def _global(self, words: list[str], skip: int) -> str | None:
        """The name of a global command."""
        command = lookup(ROOT, words, skip)
        if command == "crypto map":
            return _crypto_map(words[skip:])
        if command == "hostname" and not skip and len(words) > 1:
            self.hostname = words[1].strip('"')
        return command

    def _parent(self, words: list[str], skip: int, indent: int) -> tuple[_Block | None, str | None]:
        """The block that a command belongs to, and the name of the command there.

        Closes the blocks that end. At global level the answer is None and None.
        """
        while self.blocks:
            block = self.blocks[-1]
            deeper = indent > block.indent
            mode = block.mode
            if mode is None:
                if deeper:
                    return block, None
            else:
                command = lookup(mode.commands, words, skip)
                if command is not None:
                    if deeper or not self._left(block, mode, words, skip):
                        return block, command
                elif deeper and not (mode.closed and self._known_above(words, skip)):
                    return block, None
            self.blocks.pop()
        return None, None

    def _left(self, block: _Block, mode: Mode, words: list[str], skip: int) -> bool:
        """Whether a command of the block, standing no deeper than its header, is a global one."""
        if self.separated and not mode.closed:
            return True
        word = words[skip].lower()
        if word in ROOT.words and word not in mode.commands.words:
            return True
        ambiguous = lookup(ROOT, words, skip) is not None
        return ambiguous and (self.separated or block.indented)

    def _known_above(self, words: list[str], skip: int) -> bool:
        """Whether the command is one of an enclosing block, or a global crypto command."""
        for block in self.blocks[:-1]:
            if block.mode is not None and lookup(block.mode.commands, words, skip) is not None:
                return True
        command = lookup(ROOT, words, skip)
        return command is not None and command.startswith("crypto ")

    def _parent_by_prompt(
        self, words: list[str], skip: int, mode: str
    ) -> tuple[_Block | None, str | None]:
        """The same for a command that was typed at a prompt, where indentation says nothing."""
        for kept in range(len(self.blocks), 0, -1):
            known = self.blocks[kept - 1].mode
            command = None if known is None else lookup(known.commands, words, skip)
            if command is not None:
                return self._keep(kept, mode), command
        # In a mode that is not known, a word cut short may be one of its own (`class`).
        unsure = words[skip] not in ROOT.words and self.blocks and self.blocks[-1].mode is None
        if not unsure and lookup(ROOT, words, skip) is not None:
            self.blocks.clear()
            return None, None
        for kept in range(len(self.blocks), 0, -1):
            if self.blocks[kept - 1].prompt == mode:
                return self._keep(kept, mode), None
        # A prompt that is seen for the first time: the last command has opened its mode.
        if self.blocks and mode != "config":
            return self._keep(len(self.blocks), mode), None
        return None, None

    def _keep(self, count: int, mode: str) -> _Block:
        """Close all but `count` blocks; the last one's commands are typed at prompt `mode`."""
        del self.blocks[count:]
        self.blocks[-1].prompt = mode
        return self.blocks[-1]

    def _exit(self, indent: int) -> None:
        """Leave a mode: the innermost known one, or by indentation where it is unknown."""
        while self.blocks and self.blocks[-1].mode is None and self.blocks[-1].indent >= indent:
            if self.blocks.pop().children:
                return
        if self.blocks:
            self.blocks.pop()

    def _exit_named(self, word: str, indent: int) -> None:
        """Leave the block that `exit-af-topology` names, else those that stand no less deep."""
        for kept in range(len(self.blocks) - 1, -1, -1):
            if any(word.endswith(name) for name in self.blocks[kept].line.words[:2]):
                del self.blocks[kept:]
                return
        while self.blocks and self.blocks[-1].indent >= indent:
            self.blocks.pop()

    def _take_back(self) -> None:
        """The device has refused the last command."""
        if self.last is None:
            return
        siblings, line = self.last
        siblings.pop()
        if self.blocks and self.blocks[-1].line is line:
            self.blocks.pop()
        self.ignored.append(line.lineno)
        self.last = None

    def _banner(self, line: ConfigLine, words: list[str], index: int) -> int:
        """Set the text of a banner apart. Where its end does not come, there is none."""
        found = bodies.delimiter(words, line.text)
        if found is None or found[0] in found[1] or self.open_banners >= _MAX_OPEN_BANNERS:
            return index
        end = bodies.banner_end(self.texts, index, found[0])
        if end is None:
            self.open_banners += 1
            return index
        self._body("banner", line, index, end)
        return end


def _crypto_map(words: Sequence[str]) -> str:
    """Which kind of `crypto map` line: an entry, the fail-close block, or another."""
    rest = words[3:] if words[2:3] == ["ipv6"] else words[2:]
    if len(rest) > 2 and one_of(("gdoi",), rest[1]) and one_of(("fail-close",), rest[2]):
        return "crypto map fail-close"
    if len(rest) > 1 and rest[1].isdecimal():
        return "crypto map entry"
    return "crypto map"
