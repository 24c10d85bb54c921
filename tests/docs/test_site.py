"""The site of the documents: `mkdocs build --strict`, and what its pages look like."""

import os
import re
import subprocess
import sys
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import yaml

from .modules import module_in_docs

pytestmark = pytest.mark.xdist_group("site")

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
LINKS, DRAWING = module_in_docs("site/links.py"), module_in_docs("site/drawing.py")
MKDOCS = Path(sys.executable).with_name("mkdocs")


class Built(HTMLParser):
    """What a page of the site has."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.code = ""
        self._in_code = False
        self.tags: Counter[str] = Counter()
        self.feed(path.read_text("utf-8").partition('<div role="main"')[2])
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.tags[tag] += 1
        if "id" in values:
            self.ids.add(values["id"])
        if tag == "a":
            self.links.append(values.get("href", ""))
        self._in_code |= tag == "pre"

    def handle_endtag(self, tag: str) -> None:
        self._in_code &= tag != "pre"

    def handle_data(self, data: str) -> None:
        self.code += data if self._in_code else ""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built") / "site"
    done = build(ROOT / "mkdocs.yml", folder)
    assert done.returncode == 0, done.stderr
    return folder


def build(settings: Path, folder: Path) -> "subprocess.CompletedProcess[str]":
    """Build strictly, as `make docs` does."""
    return subprocess.run(
        [MKDOCS, "build", "--strict", "-f", settings, "-d", folder],
        cwd=ROOT,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def built(site: Path) -> dict[str, Built]:
    """The pages of the site, by their names."""
    return {path.relative_to(site).as_posix(): Built(path) for path in site.rglob("*.html")}


def test_every_page_of_docs_is_on_the_site_and_no_script_is(
    site: Path, built: dict[str, Built]
) -> None:
    pages = {page.relative_to(DOCS).with_suffix(".html").as_posix() for page in DOCS.rglob("*.md")}

    assert pages <= set(built)
    assert {f"repository/{name}.html" for name in ("CHANGELOG", "CONTRIBUTING", "SECURITY")} <= set(
        built
    )
    assert [path for path in site.rglob("*.py*") if path.suffix != ".html"] == []


def test_links_on_the_site_lead_to_its_pages(site: Path, built: dict[str, Built]) -> None:
    lost = []
    for name, page in built.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or link in ("#", ""):
                continue
            target = (site / name).parent / unquote(parts.path) if parts.path else site / name
            other = os.path.relpath(target, site)
            if other not in built or (parts.fragment and parts.fragment not in built[other].ids):
                lost.append(f"{name}: {link}")

    assert lost == []


def test_files_that_pages_name_are_shown_and_folders_are_listed(built: dict[str, Built]) -> None:
    runbook = "playbooks/before_and_after.py"
    folder = built["repository/playbooks/index.html"]

    assert built[f"repository/{runbook}.html"].code == (ROOT / runbook).read_text("utf-8")
    assert sorted(link for link in folder.links if link.endswith(".py.html")) == sorted(
        f"{path.name}.html" for path in (ROOT / "playbooks").glob("*.py")
    )
    assert "../emulator.html" in built["repository/CONTRIBUTING.html"].links


def test_the_site_loads_nothing_from_elsewhere(site: Path) -> None:
    loading = re.compile(r"<(?:script|link|img|iframe)\b[^>]*?(?:src|href)=\"(?:https?:)?//[^\"]*")
    found = [
        (path.name, hit)
        for path in site.rglob("*.html")
        for hit in loading.findall(path.read_text("utf-8"))
    ]
    imported = [
        path.name
        for path in site.rglob("*.css")
        if re.search(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//", path.read_text("utf-8"))
    ]

    assert (found, imported) == ([], [])


def test_pages_have_the_parts_that_a_code_host_shows(built: dict[str, Built]) -> None:
    """Two readers of Markdown differ in where a list, a table or a block of code begins."""
    different = []
    for page in sorted(DOCS.rglob("*.md")):
        name = page.relative_to(DOCS).with_suffix(".html").as_posix()
        text = page.read_text("utf-8")
        prose = "\n".join(LINKS.prose(text))
        tags = built[name].tags
        shown = {
            "items": tags["li"],
            "rows": tags["tr"],
            "blocks": tags["pre"] + tags["svg"],
            "headings": sum(tags[f"h{level}"] for level in range(1, 7)),
        }
        written = {
            "items": len(re.findall(r"^ *(?:[-*+]|\d+\.) ", prose, re.MULTILINE)),
            "rows": len(re.findall(r"^\|(?! ?:?-)", prose, re.MULTILINE)),
            "blocks": len(re.findall(r"^```", text, re.MULTILINE)) // 2,
            "headings": len(LINKS.headings(text)),
        }
        if shown != written:
            different.append((name, shown, written))

    assert different == []


def test_the_side_bar_has_what_the_index_has_in_its_order() -> None:
    nav = yaml.safe_load((ROOT / "mkdocs.yml").read_text("utf-8"))["nav"]
    told = (DOCS / "index.md").read_text("utf-8")
    sections = re.findall(r"^## (.+)\n((?:(?!^## ).*\n?)*)", told, re.MULTILINE)
    entries = re.compile(r"^- \[.+?\]\((.+?)\)", re.MULTILINE)

    assert nav[0] == "index.md"
    assert nav[1:] == [
        {title: [target.replace("../", "repository/") for target in entries.findall(text)]}
        for title, text in sections
    ]


def test_a_broken_link_a_lost_page_and_an_unknown_drawing_fail_the_build(tmp_path: Path) -> None:
    settings = (ROOT / "mkdocs.yml").read_text("utf-8").partition("\nnav:")
    rest = settings[2].partition("exclude_docs:")
    (tmp_path / "mkdocs.yml").write_text(
        settings[0].replace("docs_dir: docs", f"docs_dir: {tmp_path}/docs")
        + "\nnav: [index.md]\nexclude_docs:"
        + rest[2].replace("docs/site/hook.py", f"{DOCS}/site/hook.py")
    )
    (tmp_path / "docs/site").mkdir(parents=True)
    (tmp_path / "docs/site/site.css").touch()
    (tmp_path / "docs/other.md").write_text("# Not in the side bar\n")
    page = tmp_path / "docs/index.md"

    page.write_text("# Index\n[a](no.md) [b](other.md#no) [c](/docs/x.md) [d](nothing)\n")
    told = build(tmp_path / "mkdocs.yml", tmp_path / "site")
    page.write_text("# Index\n```mermaid\nsequenceDiagram\n```\n")
    drawn = build(tmp_path / "mkdocs.yml", tmp_path / "site")

    assert told.returncode == drawn.returncode == 1
    for said in ("'no.md'", "'other.md#no'", "'/docs/x.md'", "'nothing'", "- other.md"):
        assert said in told.stderr
    assert "index.md: not a flowchart from top to bottom: 'sequenceDiagram'" in drawn.stderr


def test_a_flowchart_is_drawn_with_its_boxes_and_arrows() -> None:
    chart = DRAWING.read('flowchart TB\n  A["in & out"] --> B\n  A --> C["last"]\n  B --> C\n')
    drawn = DRAWING.svg(chart)

    assert chart.ranks() == [["A"], ["B"], ["C"]]
    assert re.findall(r"<text [^>]*>([^<]*)</text>", drawn) == ["in &amp; out", "B", "last"]
    assert drawn.count("<line ") == 3
    assert 'aria-label="in &amp; out to B; in &amp; out to last; B to last"' in drawn
    assert "\n" not in drawn


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not a flowchart"),
        ("flowchart LR\nA --> B\n", "not a flowchart from top to bottom: 'flowchart LR'"),
        ("flowchart TB\n", "a flowchart without boxes"),
        ("flowchart TB\nA -.-> B\n", "not a box or an arrow: 'A -.-> B'"),
        ("flowchart TB\nA --> B\nB --> A\n", "the arrows go in a circle"),
    ],
)
def test_what_cannot_be_drawn_is_told(text: str, said: str) -> None:
    with pytest.raises(DRAWING.DrawingError, match=re.escape(said)):
        DRAWING.svg(DRAWING.read(text))
