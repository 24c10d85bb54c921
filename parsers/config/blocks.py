"""The blocks that are open while a configuration is read, and which of them a line belongs to."""

from .grammar import ROOT, Mode
from .keywords import lookup
from .line import ConfigLine

# IOS nests five deep; more only costs those who walk the tree.
_MAX_DEPTH = 16


class Block:
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


class Blocks:
    """The open blocks in `stack`, innermost last. `flat` tells that no line is indented."""

    def __init__(self) -> None:
        self.stack: list[Block] = []
        self.flat = False
        self.separated = False

    def push(self, line: ConfigLine, mode: Mode | None) -> None:
        """Following lines may stand under `line`."""
        if len(self.stack) < _MAX_DEPTH:
            self.stack.append(Block(line, mode))

    def separate(self, indent: int) -> None:
        """A bare `!` stands at column `indent`."""
        if self.stack and indent <= self.stack[0].indent:
            self.separated = True

    def owner(self, indent: int) -> int:
        """The number of the header below which a comment at column `indent` stands, or 0."""
        for block in reversed(self.stack):
            if block.indent < indent:
                return block.line.lineno
        return 0

    def parent(self, words: list[str], skip: int, indent: int) -> tuple[Block | None, str | None]:
        """The block that a command belongs to, and the name of the command there.

        Closes the blocks that end. At global level the answer is None and None.
        """
        while self.stack:
            block = self.stack[-1]
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
                elif self._goes_on(block, mode, words, skip, deeper=deeper):
                    return block, None
            self.stack.pop()
        return None, None

    def _left(self, block: Block, mode: Mode, words: list[str], skip: int) -> bool:
        """Whether a command of the block, standing no deeper than its header, is a global one."""
        if self.separated and not mode.closed and not self._is_flat(block):
            return True
        word = words[skip].lower()
        if word in ROOT.words and word not in mode.commands.words:
            return True
        ambiguous = lookup(ROOT, words, skip) is not None
        return ambiguous and (self.separated or block.indented)

    def _goes_on(
        self, block: Block, mode: Mode, words: list[str], skip: int, *, deeper: bool
    ) -> bool:
        """Whether a line that the block does not know is one of its commands all the same."""
        if deeper:
            return not (mode.closed and self._known_above(words, skip))
        if mode.complete or self.separated or not self._is_flat(block):
            return False
        return not self._known_above(words, skip) and lookup(ROOT, words, skip) is None

    def _is_flat(self, block: Block) -> bool:
        """Whether the lines of the block do not stand deeper than its header."""
        return not block.indented and (self.flat or bool(block.children))

    def _known_above(self, words: list[str], skip: int) -> bool:
        """Whether the command is one of an enclosing block, or a global crypto command."""
        for block in self.stack[:-1]:
            if block.mode is not None and lookup(block.mode.commands, words, skip) is not None:
                return True
        command = lookup(ROOT, words, skip)
        return command is not None and command.startswith("crypto ")

    def parent_by_prompt(
        self, words: list[str], skip: int, mode: str
    ) -> tuple[Block | None, str | None]:
        """The same for a command that was typed at a prompt, where indentation says nothing."""
        for kept in range(len(self.stack), 0, -1):
            known = self.stack[kept - 1].mode
            command = None if known is None else lookup(known.commands, words, skip)
            if command is not None:
                return self._keep(kept, mode), command
        # In a mode that is not known, a word cut short may be one of its own (`class`).
        unsure = words[skip] not in ROOT.words and self.stack and self.stack[-1].mode is None
        if not unsure and lookup(ROOT, words, skip) is not None:
            self.stack.clear()
            return None, None
        for kept in range(len(self.stack), 0, -1):
            if self.stack[kept - 1].prompt == mode:
                return self._keep(kept, mode), None
        # A prompt that is seen for the first time: the last command has opened its mode.
        if self.stack and mode != "config":
            return self._keep(len(self.stack), mode), None
        return None, None

    def _keep(self, count: int, mode: str) -> Block:
        """Close all but `count` blocks; the last one's commands are typed at prompt `mode`."""
        del self.stack[count:]
        self.stack[-1].prompt = mode
        return self.stack[-1]

    def drop(self, line: ConfigLine) -> None:
        """Nothing stands under `line` any more, if it is the innermost."""
        if self.stack and self.stack[-1].line is line:
            self.stack.pop()

    def exit(self, indent: int) -> None:
        """Leave a mode: the innermost known one, or by indentation where it is unknown."""
        while self.stack and self.stack[-1].mode is None and self.stack[-1].indent >= indent:
            if self.stack.pop().children:
                return
        if self.stack:
            self.stack.pop()

    def exit_named(self, word: str, indent: int) -> None:
        """Leave the block that `exit-af-topology` names, else those that stand no less deep."""
        for kept in range(len(self.stack) - 1, -1, -1):
            if any(word.endswith(name) for name in self.stack[kept].line.words[:2]):
                del self.stack[kept:]
                return
        while self.stack and self.stack[-1].indent >= indent:
            self.stack.pop()
