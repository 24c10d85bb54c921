"""The blocks of code in a document."""

import re
from dataclasses import dataclass
from pathlib import Path

_BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeBlock:
    """A block: its language, the name that stands behind it (a file's, mostly), its text."""

    language: str
    name: str
    text: str


def code_blocks(page: Path) -> list[CodeBlock]:
    """All blocks with a language."""
    return [
        CodeBlock(language=language, name=name, text=text)
        for language, name, text in _BLOCK.findall(page.read_text("utf-8"))
    ]


def alike(text: str) -> list[str]:
    """The lines of a text, without what differs from one time to the next: numbers and spaces."""
    return [" ".join(re.sub(r"\d+", "#", line).split()) for line in text.strip().splitlines()]
