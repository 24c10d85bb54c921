"""Links of all documents, on the terms of a code host: nothing is fetched."""

import subprocess
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from .modules import module_in_docs

ROOT = Path(__file__).resolve().parents[2]
INDEX = ROOT / "docs" / "index.md"
LINKS = module_in_docs("site/links.py")


@pytest.fixture(scope="module")
def pages() -> dict[Path, str]:
    """All documents of the repository, with those that are not entered yet."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a clone")
    command = ["git", "-C", str(ROOT), "ls-files", "-z", "-co", "--exclude-standard", "*.md"]
    names = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    paths = [ROOT / name for name in names.split("\0") if name]
    return {path: path.read_text("utf-8") for path in paths if path.is_file()}


@cache
def anchors(page: Path) -> set[str]:
    """The anchors of a page; that of the rules is long, and much linked."""
    found: set[str] = LINKS.anchors(page.read_text("utf-8"))
    return found


def wrong_with(target: str, page: Path) -> str:
    """What is wrong with a link of `page`, nothing if it is right."""
    if target.startswith("["):
        return "is not defined"
    parts = urlsplit(target)
    if parts.scheme or parts.netloc:
        right = parts.scheme == "https" and "." in (parts.hostname or "") and not parts.username
        return "" if right else "is not a well-formed address with https"
    if not target or parts.path.startswith("/"):
        return "is not relative"
    named = page.parent / unquote(parts.path) if parts.path else page
    if not named.exists() or not named.resolve().is_relative_to(ROOT):
        return "is not there"
    if parts.fragment:
        if named.suffix != ".md":
            return "has an anchor, but is no page"
        if parts.fragment not in anchors(named):
            return "has no such heading"
    return ""


def test_every_link_of_every_document_leads_somewhere(pages: dict[Path, str]) -> None:
    wrong = [
        f"{page.relative_to(ROOT)}:{link.line}: {link.target} {said}"
        for page, text in pages.items()
        for link in LINKS.links(text)
        if (said := wrong_with(link.target, page))
    ]

    assert wrong == []


def test_what_is_linked_is_part_of_the_repository(pages: dict[Path, str]) -> None:
    named = {
        (page.parent / unquote(parts.path)).resolve()
        for page, text in pages.items()
        for link in LINKS.links(text)
        if (parts := urlsplit(link.target)).path and not parts.scheme
    }
    ignored = subprocess.run(
        ["git", "-C", str(ROOT), "check-ignore", *map(str, sorted(named))],
        capture_output=True,
        text=True,
        check=False,
    )

    assert ignored.stdout == ""


def test_the_index_leads_to_every_page_by_its_title(pages: dict[Path, str]) -> None:
    missing = []
    for page, text in pages.items():
        if page.is_relative_to(INDEX.parent) and page != INDEX:
            title, target = LINKS.headings(text)[0], page.relative_to(INDEX.parent)
            if f"[{title}]({target})" not in pages[INDEX]:
                missing.append(f"[{title}]({target})")

    assert missing == []


def test_every_page_has_one_title_in_its_first_line(pages: dict[Path, str]) -> None:
    def titles(text: str) -> list[str]:
        return [line for line in text.splitlines() if line.startswith("# ")][:1]

    untitled = [page for page, text in pages.items() if titles(text) != text.splitlines()[:1]]

    assert untitled == []


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("command.md", ""),
        ("command.md#errors", ""),
        ("#start", ""),
        ("../playbooks", ""),
        ("https://www.rfc-editor.org/rfc/rfc6407", ""),
        ("http://www.rfc-editor.org/rfc/rfc6407", "is not a well-formed address with https"),
        ("https://localhost", "is not a well-formed address with https"),
        ("ftp://example.net", "is not a well-formed address with https"),
        ("/docs/command.md", "is not relative"),
        ("", "is not relative"),
        ("commands.md", "is not there"),
        ("../../elsewhere", "is not there"),
        ("command.md#no-such", "has no such heading"),
        ("#no-such", "has no such heading"),
        ("../playbooks/collect.py#main", "has an anchor, but is no page"),
        ("[name]", "is not defined"),
    ],
)
def test_a_wrong_link_is_told(target: str, said: str) -> None:
    assert wrong_with(target, INDEX) == said


def test_links_are_found_outside_of_code_in_all_their_forms() -> None:
    text = """
A [link](a.md), a ![picture](b.png "with a title"), `[no](code.md)`, <https://example.net/c>,
https://example.net/d. Two `` ` `` [in](e.md) a [line](f.md#x), [brackets](g_(h).md).
```console name
[no](block.md)
```
~~~~
```
[no](block.md)
~~~~
A [reference][here], [another one][there] and [nowhere][].
[here]: i.md
<a href="j.md"><img src="k.png"></a>
"""
    targets = [link.target for link in LINKS.links(text)]

    told = "a.md b.png https://example.net/c https://example.net/d e.md f.md#x g_(h).md i.md j.md"

    assert sorted(targets) == sorted([*told.split(), "k.png", "[there]", "[nowhere]"])


def test_anchors_are_those_of_a_code_host() -> None:
    text = """
# `getvpn lab`, with  two spaces & more: C++ / C#
## Twice
## Twice
### A [link](elsewhere.md) in snake_case, schön
```
# no heading
```
#no heading either
"""

    assert LINKS.anchors(text) == {
        "getvpn-lab-with--two-spaces--more-c--c",
        "twice",
        "twice-1",
        "a-link-in-snake_case-schön",
    }


def test_no_two_headings_have_one_anchor() -> None:
    assert LINKS.anchors("# a\n\n## a\n\n## a-1\n\n## a\n") == {"a", "a-1", "a-1-1", "a-2"}
