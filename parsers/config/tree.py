"""The configuration as a tree of numbered lines."""

from collections.abc import Iterator

from .bodies import Kind
from .line import ConfigLine
from .view import Value, value


@value
class Body(Value):
    """Lines that belong to a command but are no commands: of a banner, macro or key.

    They have the numbers `first` to `last`. Only banners keep their text.
    """

    kind: Kind
    header: ConfigLine | None
    first: int
    last: int
    text: tuple[str, ...] = ()


@value
class ConfigTree(Value):
    """A parsed configuration.

    `lines` are the global lines, each with its children. `comments` are lines after `!` that
    say something, `comment_owners` the number of the block (header line) in which each
    stands, 0 at global level. `separators` are the numbers of bare `!` lines, of `exit`,
    `end` and the like; `ignored` of lines that are no configuration: headings, prompts, echoes
    and exec commands. Every line that is not blank is in exactly one of these or in a body.
    """

    source: str
    lines: tuple[ConfigLine, ...]
    comments: tuple[ConfigLine, ...] = ()
    comment_owners: tuple[int, ...] = ()
    bodies: tuple[Body, ...] = ()
    separators: tuple[int, ...] = ()
    ignored: tuple[int, ...] = ()
    hostname: str | None = None

    def walk(self) -> Iterator[ConfigLine]:
        """Yield every command line, in the order of the text."""
        for line in self.lines:
            yield from line.walk()

    def find(self, *words: str) -> Iterator[ConfigLine]:
        """Yield the global lines that begin with `words`, whole words, in the given case."""
        start = " ".join(words)
        for line in self.lines:
            text = line.text
            if text.startswith(start) and " ".join(line.words[: len(words)]) == start:
                yield line

    def comments_under(self, line: ConfigLine) -> tuple[ConfigLine, ...]:
        """The comments in the block of `line`, as `! Incomplete unicast rekey configuration`."""
        inside = {one.lineno for one in line.walk()}
        pairs = zip(self.comments, self.comment_owners, strict=True)
        return tuple(comment for comment, owner in pairs if owner in inside)

    def path(self, lineno: int) -> tuple[ConfigLine, ...]:
        """The lines from global level down to line `lineno`; empty when it is no command."""
        found: list[ConfigLine] = []
        level = self.lines
        while level:
            below = [line for line in level if line.lineno <= lineno]
            if not below:
                return ()
            found.append(below[-1])
            if below[-1].lineno == lineno:
                return tuple(found)
            level = tuple(below[-1].children)
        return ()
