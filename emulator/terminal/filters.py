"""Output filters: what stands behind `|` in an exec command, and what it does to the output.

The keywords and their meanings are those of the IOS command reference ("show <command> begin" and
its neighbours) and of `| ?` on IOS-XE 17. Everything here is text in, text out; where the output
shall go to a file instead of, or as well as, the terminal, the caller gets a `Sink` and writes it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from .ios_regex import IosRegex, IosRegexError

Keyword = Literal["append", "begin", "count", "exclude", "include", "redirect", "section", "tee"]
Problem = Literal["ambiguous", "incomplete", "invalid", "pattern"]

HELP: Final[dict[Keyword, str]] = {
    "append": "Append redirected output to URL (URLs supporting append operation only)",
    "begin": "Begin with the line that matches",
    "count": "Count number of lines which match regexp",
    "exclude": "Exclude lines that match",
    "include": "Include lines that match",
    "redirect": "Redirect output to URL",
    "section": "Filter a section of output",
    "tee": "Copy output to URL",
}
"""The keywords in the order in which `| ?` shows them, with their help."""
KEPT: Final = 32
"""So many patterns are kept: each may have some thousand states."""


class FilterError(Exception):
    """A filter that cannot be used.

    `problem` tells which of the parser's messages fits; `column` counts from the start of the
    text that was given and is where the caret of an invalid filter stands; `text` is what the
    router prints instead of a parser's message, for a wrong pattern.
    """

    def __init__(self, problem: Problem, column: int, text: str = "") -> None:
        super().__init__(text or problem)
        self.problem = problem
        self.column = column
        self.text = text


@dataclass(frozen=True, slots=True, kw_only=True)
class Piped:
    """A command line cut at its pipe.

    `column` is where `filter` begins in the whole line, just behind the pipe.
    """

    command: str
    filter: str
    column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sink:
    """A request to write `text` to `url`, at its end if `append`."""

    url: str
    text: str
    append: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Filtered:
    """What a filter leaves for the terminal, and what is to be written elsewhere."""

    text: str
    sink: Sink | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """One filter: a pattern for those that choose lines, a URL for those that write.

    `inverted` is `section exclude`.
    """

    keyword: Keyword
    pattern: IosRegex | None = None
    url: str = ""
    append: bool = False
    inverted: bool = False

    def apply(self, text: str) -> Filtered:
        """`text` through the filter; lines end as they ended before."""
        if self.pattern is None:
            sink = Sink(url=self.url, text=text, append=self.append)
            return Filtered(text=text if self.keyword == "tee" else "", sink=sink)
        marked = _marked(text, self.pattern)
        if self.keyword == "count":
            number = sum(hit for _, hit in marked)
            return Filtered(text=f"Number of lines which match regexp = {number}\n")
        return Filtered(text="".join(self._kept(marked)))

    def _kept(self, marked: Iterable[tuple[str, bool]]) -> Iterator[str]:
        if self.keyword == "begin":
            return _from_first(marked)
        if self.keyword == "section":
            marked = _sections(marked)
        wanted = self.keyword != "exclude" and not self.inverted
        return (line for line, hit in marked if hit is wanted)


def split_pipe(line: str) -> Piped | None:
    """Cut `line` at its first pipe; None if it has none.

    Blanks around the pipe are not needed. A pipe in double quotes does not count.
    """
    quoted = False
    for column, char in enumerate(line):
        if char == '"':
            quoted = not quoted
        elif char == "|" and not quoted:
            return Piped(command=line[:column], filter=line[column + 1 :], column=column + 1)
    return None


def parse_filter(text: str, *, sections: bool = True) -> Filter:
    """Read what stands behind the pipe.

    A pattern reaches to the end of the line, blanks and further pipes with it. `sections` is
    false for software that has no `section` yet. Raises `FilterError`.
    """
    word, start, rest = _word(text, 0)
    if not word:
        raise FilterError("incomplete", start)
    keyword = _keyword(word, start, sections=sections)
    if keyword in ("append", "redirect", "tee"):
        return _writer(keyword, text, rest)
    inverted = False
    if keyword == "section":
        choice, _, behind = _word(text, rest)
        named = [each for each in ("exclude", "include") if choice and each.startswith(choice)]
        if named and text[behind:].strip():
            inverted = named[0] == "exclude"
            rest = behind
    start = _skip(text, rest)
    if start == len(text):
        raise FilterError("incomplete", start)
    try:
        pattern = _compiled(text[start:])
    except IosRegexError as error:
        raise FilterError("pattern", start, error.text) from error
    return Filter(keyword=keyword, pattern=pattern, inverted=inverted)


@lru_cache(maxsize=KEPT)
def _compiled(pattern: str) -> IosRegex:
    """A pattern that may be used again, with what was worked out of it; raises IosRegexError."""
    return IosRegex(pattern)


def _keyword(word: str, start: int, *, sections: bool) -> Keyword:
    lower = word.lower()
    known: list[Keyword] = [each for each in HELP if sections or each != "section"]
    matching = [each for each in known if each.startswith(lower)]
    if len(matching) == 1:
        return matching[0]
    if matching:
        raise FilterError("ambiguous", start)
    fitting = max(_common(lower, each) for each in known)
    raise FilterError("invalid", start + fitting)


def _writer(keyword: Keyword, text: str, start: int) -> Filter:
    """The URL of a filter that writes; nothing may follow it."""
    url, start, rest = _word(text, start)
    append = keyword == "append"
    if keyword == "tee" and len(url) > 1 and "/append".startswith(url.lower()):
        append = True
        url, start, rest = _word(text, rest)
    if not url:
        raise FilterError("incomplete", start)
    extra = _skip(text, rest)
    if extra < len(text):
        raise FilterError("invalid", extra)
    return Filter(keyword=keyword, url=url, append=append)


def _word(text: str, start: int) -> tuple[str, int, int]:
    """The next word, where it begins and where it ends."""
    start = _skip(text, start)
    end = start
    while end < len(text) and text[end] != " ":
        end += 1
    return text[start:end], start, end


def _skip(text: str, start: int) -> int:
    while start < len(text) and text[start] == " ":
        start += 1
    return start


def _common(word: str, keyword: str) -> int:
    """How many characters both begin with."""
    count = 0
    while count < min(len(word), len(keyword)) and word[count] == keyword[count]:
        count += 1
    return count


def _marked(text: str, pattern: IosRegex) -> Iterator[tuple[str, bool]]:
    """Every line with its end, and whether the pattern matches it without."""
    start = 0
    while start < len(text):
        end = text.find("\n", start) + 1 or len(text)
        line = text[start:end]
        yield line, pattern.search(line.rstrip("\r\n"))
        start = end


def _from_first(marked: Iterable[tuple[str, bool]]) -> Iterator[str]:
    begun = False
    for line, hit in marked:
        begun = begun or hit
        if begun:
            yield line


def _sections(marked: Iterable[tuple[str, bool]]) -> Iterator[tuple[str, bool]]:
    """A line that matches takes the deeper lines below it into its section.

    This holds for a line at any depth, so a match inside a block brings its own children but not
    the lines above it.
    """
    depth: int | None = None
    for line, hit in marked:
        indent = len(line) - len(line.lstrip(" "))
        if depth is not None and (indent <= depth or not line.strip()):
            depth = None
        if hit and depth is None:
            depth = indent
        yield line, depth is not None
