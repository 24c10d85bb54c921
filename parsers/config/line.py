"""One line of a configuration, with its place and the lines that stand under it."""

from collections.abc import Iterator, Sequence

from .redact import redact

_REPR_CHARS = 60


class ConfigLine:
    """A configuration line: `text` without indentation or prompt, and its `children`.

    `lineno` counts from 1 in the text that was given; `indent` is the column of the first
    character (tabs count to the next multiple of eight). `command` is the name of the command
    in full (`crypto isakmp policy` for `cry isa pol 10`), empty where it is not known. A line
    is equal only to itself: two lines with one text are two places. Do not change one after
    the tree is built.
    """

    __slots__ = ("children", "command", "indent", "lineno", "text")

    def __init__(
        self,
        text: str,
        lineno: int,
        indent: int = 0,
        children: Sequence["ConfigLine"] = (),
        command: str = "",
    ) -> None:
        self.text = text
        self.command = command
        self.lineno = lineno
        self.indent = indent
        self.children = children

    def __reduce__(self) -> tuple[type["ConfigLine"], tuple[object, ...]]:
        return ConfigLine, (self.text, self.lineno, self.indent, self.children, self.command)

    @property
    def words(self) -> list[str]:
        """The text cut at blanks."""
        return self.text.split()

    @property
    def redacted(self) -> str:
        """The text with every secret replaced by `<removed>`: the form to show or store."""
        return redact(self.text)

    def walk(self) -> Iterator["ConfigLine"]:
        """Yield this line and all lines under it, in the order of the text."""
        pending = [self]
        while pending:
            line = pending.pop()
            yield line
            pending.extend(reversed(line.children))

    def __repr__(self) -> str:
        text = self.redacted
        if len(text) > _REPR_CHARS:
            text = text[: _REPR_CHARS - 1] + "…"
        return f"ConfigLine({self.lineno}: {text!r}, children={len(self.children)})"
