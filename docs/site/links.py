"""Links and headings of Markdown, as a code host reads them (GitHub Flavored Markdown)."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)")
_CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)")
_HEADING = re.compile(r" {0,3}#{1,6} +(.+?)(?: +#+)? *$")
_INLINE = re.compile(r"\]\(\s*<?([^()\s<>]*(?:\([^()\s]*\)[^()\s<>]*)*)>?(?:\s+\"[^\"]*\")?\s*\)")
_DEFINITION = re.compile(r" {0,3}\[[^\]]+\]:\s*<?([^\s>]+)")
_REFERENCE = re.compile(r"\[([^\[\]]+)\]\[([^\[\]]*)\]")
_HTML = re.compile(r"<(?:a|img)\b[^>]*?\b(?:href|src)=\"([^\"]*)\"")
_BARE = re.compile(r"(?<![(\"\w])<?(https?://[^\s<>)\"]+[^\s<>)\".,:;!?'])", re.IGNORECASE)
_LINK_TEXT = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Where a link or a picture leads, and in which line it stands."""

    line: int
    target: str


def prose(text: str) -> list[str]:
    """The lines of a page, those of blocks of code empty and code spans blank."""
    lines, fence = [], ""
    for line in text.splitlines():
        mark = _FENCE.fullmatch(line)
        if fence:
            closes = mark and mark[1].startswith(fence) and not mark[2].strip()
            fence = "" if closes else fence
            lines.append("")
        elif mark and not (mark[1][0] == "`" and "`" in mark[2]):
            fence = mark[1]
            lines.append("")
        else:
            lines.append(_CODE_SPAN.sub(lambda span: " " * len(span[0]), line))
    return lines


def links(text: str) -> Iterator[Link]:
    """All links and pictures of a page, in its order.

    A link by reference that is not defined has the target `[its name]`.
    """
    lines = prose(text)
    defined = {
        line.split("]:")[0].strip(" [").casefold() for line in lines if _DEFINITION.match(line)
    }
    for number, line in enumerate(lines, 1):
        if definition := _DEFINITION.match(line):
            yield Link(line=number, target=definition[1])
            continue
        for shown, name in _REFERENCE.findall(line):
            if (name or shown).casefold() not in defined:
                yield Link(line=number, target=f"[{name or shown}]")
        for pattern in (_INLINE, _HTML, _BARE):
            for target in pattern.findall(line):
                yield Link(line=number, target=target)


def headings(text: str) -> list[str]:
    """The headings of a page in their order, as text without marks."""
    found = []
    for blanked, line in zip(prose(text), text.splitlines(), strict=True):
        if _HEADING.fullmatch(blanked) and (heading := _HEADING.fullmatch(line)):
            found.append(_LINK_TEXT.sub(r"\1", heading[1]).replace("`", "").replace("*", ""))
    return found


class Slugs:
    """The anchors of the headings of one page, by the rules of GitHub."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()

    def __call__(self, heading: str, separator: str = "-") -> str:
        """The anchor of the next heading; one that is used already gets a number."""
        kept = re.sub(r"[^\w\- ]", "", heading.strip().lower())
        slug = anchor = kept.replace(" ", separator)
        while anchor in self.seen:
            self.seen[slug] += 1
            anchor = f"{slug}{separator}{self.seen[slug]}"
        self.seen[anchor] = 0
        return anchor


def anchors(text: str) -> set[str]:
    """What a link can name behind `#` on this page."""
    slug = Slugs()
    return {slug(heading) for heading in headings(text)}
