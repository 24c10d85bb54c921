"""Every command that a page tells to type."""

import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

ROOT = Path(__file__).resolve().parents[2]
GENERATED = frozenset(("docs/rules.md", "docs/cli.md"))
BESIDE = ("README.md", "CONTRIBUTING.md", "SECURITY.md", "inventory/example/README.md")
PROGRAM = re.compile(
    r"(?:getvpn|make|promtool|pipx?|python3?|pytest|nox|uv|git|ssh|scp|nc|curl|docker|podman|sudo|systemctl"
    r"|apt|ansible[\w-]*|export|for|cd|eval|psql|[.~]?/\S+)(?= |$)"
)
"""What a line of a shell begins with."""
SHELLS = frozenset(("", "sh", "shell", "bash", "text"))
_FENCE = re.compile(r"^ *```+([^`\n]*)$")
_IN_YAML = re.compile(r"^ *(?:- |(?:- )?run: )(?P<line>(?:getvpn|pip|make|promtool) .*)$")
_IN_UNIT = re.compile(r"^Exec\w+=(?P<line>.*)$")
_SPAN = re.compile(r"(`+)(?P<text>[^`]+?)\1")
_SUBSTITUTED = re.compile(r"\$\((getvpn [^)]+)\)")
_INLINE = re.compile(r"(?:\$ )?(getvpn|make|nox|pip|promtool)(?= |$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command on a page (its path from the root), at a line, under a heading `##` or `###`.

    `block` is the name of the block that it stands in, `shown` what the page shows below it.
    """

    page: str
    lineno: int
    section: str
    block: str = ""
    text: str
    shown: str = ""

    @property
    def words(self) -> list[str]:
        """Its words."""
        return shlex.split(self.text)

    def __str__(self) -> str:
        return f"{self.page}:{self.lineno}: {self.text}"


def pages() -> list[str]:
    """All pages that people write, by their paths from the root."""
    found = {str(path.relative_to(ROOT)) for path in (ROOT / "docs").rglob("*.md")}
    return [*BESIDE, *sorted(found - GENERATED)]


def commands_of(page: str) -> list[Command]:
    """The commands in the blocks of a page, in its order."""
    return [found for part in _parts(page) if part.fence is not None for found in _of_block(part)]


def lines_of(page: str) -> list[tuple[int, str]]:
    """The lines in all blocks of a page, with their numbers."""
    blocks = [part for part in _parts(page) if part.fence is not None]
    return [
        (part.lineno + at, line)
        for part in blocks
        for at, line in enumerate(dedent(part.text).split("\n"))
    ]


def mentions_of(page: str) -> list[Command]:
    """The commands in backquotes in the text of a page."""
    found = []
    for part in _parts(page):
        if part.fence is not None:
            continue
        for span in _SPAN.finditer(part.text):
            text = " ".join(span["text"].split()).replace(r"\|", "|").removeprefix("$ ")
            inner = _SUBSTITUTED.search(text)
            text = inner[1] if inner else re.sub(r"^[~.\w/]+/bin/", "", text)
            if _INLINE.match(text):
                lineno = part.lineno + part.text.count("\n", 0, span.start())
                found.append(Command(page=page, lineno=lineno, section=part.section, text=text))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """A block, whose `fence` is what stands behind its backquotes, or text between blocks."""

    page: str
    section: str
    lineno: int
    fence: str | None
    text: str


def _parts(page: str) -> list[_Part]:
    parts: list[_Part] = []
    lines: list[str] = []
    section, fence, first = "", None, 1

    def end(lineno: int) -> None:
        nonlocal lines, first
        parts.append(
            _Part(page=page, section=section, lineno=first, fence=fence, text="\n".join(lines))
        )
        lines, first = [], lineno + 1

    for lineno, line in enumerate((ROOT / page).read_text("utf-8").splitlines(), 1):
        mark = _FENCE.match(line)
        if mark:
            end(lineno)
            fence = mark[1].strip() if fence is None else None
        elif fence is None and line.startswith("#"):
            end(lineno - 1)
            section = line.lstrip("# ")
        else:
            lines.append(line)
    end(0)
    return parts


def _of_block(part: _Part) -> list[Command]:
    language, _, name = (part.fence or "").partition(" ")
    lines = dedent(part.text).split("\n")
    found: list[tuple[int, str]] = []
    if language == "console":
        found = [(at, line[2:]) for at, line in enumerate(lines) if line.startswith("$ ")]
    elif language in SHELLS and any(PROGRAM.match(line) for line in lines):
        found = [(at, line) for at, line in enumerate(lines) if line and not line.startswith("#")]
    elif language in ("yaml", "ini"):
        pattern = _IN_YAML if language == "yaml" else _IN_UNIT
        tried = ((at, pattern.match(line)) for at, line in enumerate(lines))
        found = [(at, match["line"]) for at, match in tried if match]
    if not found:
        return []
    ends = [*(at for at, _ in found[1:]), len(lines)]
    return [
        Command(
            page=part.page,
            lineno=part.lineno + at,
            section=part.section,
            block=name,
            text=_without_comment(line),
            shown="\n".join(lines[at + 1 : end]) if language == "console" else "",
        )
        for (at, line), end in zip(found, ends, strict=True)
    ]


def _without_comment(line: str) -> str:
    """A line without a comment at its end, which begins behind a space and outside of quotes."""
    quote = ""
    for at, char in enumerate(line):
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char == "#" and line[at - 1 : at] in ("", " "):
            return line[:at].rstrip()
    return line.rstrip()
