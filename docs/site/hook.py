r"""What mkdocs has to do besides, so that pages are on the site what they are on a code host.

- Links that leave `docs/` lead to copies: what they name is brought in below `repository/`.
- Anchors of headings are those of GitHub.
- A block of code may have a name behind its language; `|` in code in a table is written `\|`.
- Drawings of Mermaid become SVG.
"""

import os
import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree.ElementTree import Element

import drawing
import links
from markdown import Extension, Markdown
from markdown.treeprocessors import Treeprocessor
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import TableOfContents

ROOT = Path(__file__).resolve().parents[2]
BROUGHT = "repository/"
LANGUAGES = {".json": "json", ".py": "python", ".toml": "toml", ".yml": "yaml"}
MOST_HEADINGS = 100
"""More of them in the side bar would hide the other pages."""
NAMED_FENCE = re.compile(r"^(`{3,}[\w-]+) [^`\n]*$", re.MULTILINE)
MERMAID = re.compile(r"^```mermaid\n(.*?)^```$", re.MULTILINE | re.DOTALL)
AFTER_INLINE, BEFORE_LINKS_ARE_CHECKED = 3, 2


def place(page: str) -> str:
    """Where a page of the site is in the repository."""
    return page.removeprefix(BROUGHT) if page.startswith(BROUGHT) else f"docs/{page}"


def named(page: str, target: str) -> Path | None:
    """The file or folder of the repository that a link on `page` names, None if there is none."""
    path = unquote(target.partition("#")[0])
    if not path or path.startswith(("/", "mailto:")) or "://" in path:
        return None
    found = Path(os.path.normpath(ROOT / posixpath.dirname(place(page)) / path))
    return found if found.exists() and found.is_relative_to(ROOT) else None


def shown_as(path: Path) -> str:
    """The page of the site that shows a file or folder of the repository, or the picture."""
    if path.is_dir() and (path / "README.md").is_file():
        path /= "README.md"
    name = path.relative_to(ROOT).as_posix()
    if name.startswith("docs/") and path.suffix in (".md", ".png", ".svg"):
        return name.removeprefix("docs/")
    if path.is_dir():
        return f"{BROUGHT}{name}/index.md"
    return BROUGHT + (name if path.suffix == ".md" else f"{name}.md")


def listing(folder: Path) -> list[Path]:
    """The files in a folder and below, as the repository has them."""
    return [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    ]


def code_page(path: Path) -> str:
    """A page that shows a file which is not Markdown."""
    text = path.read_text("utf-8").rstrip("\n")
    fence = "~" * max([3, *(len(run) + 1 for run in re.findall("~+", text))])
    language = LANGUAGES.get(path.suffix, "text")
    return f"# `{path.relative_to(ROOT).as_posix()}`\n\n{fence}{language}\n{text}\n{fence}\n"


def folder_page(folder: Path) -> str:
    """A page that lists the files of a folder."""
    names = [path.relative_to(folder).as_posix() for path in listing(folder)]
    lines = "".join(f"- [`{name}`]({name})\n" for name in names)
    return f"# `{folder.relative_to(ROOT).as_posix()}`\n\n{lines}"


def brought(config: MkDocsConfig, pages: dict[str, str]) -> Iterator[File]:
    """All that links on `pages` name outside of them, and links on what is brought in."""
    waiting = list(pages)
    while waiting:
        page = waiting.pop()
        for link in links.links(pages[page]):
            path = named(page, link.target)
            if path is None or (shown := shown_as(path)) in pages or not shown.startswith(BROUGHT):
                continue
            if (source := ROOT / place(shown)).is_file():
                pages[shown], inclusion = source.read_text("utf-8"), InclusionLevel.UNDEFINED
            else:
                pages[shown] = folder_page(path) if path.is_dir() else code_page(path)
                inclusion = InclusionLevel.NOT_IN_NAV
            waiting.append(shown)
            yield File.generated(config, shown, content=pages[shown], inclusion=inclusion)


class Rewriting(Treeprocessor):
    """Links of a page as the site has them, and bars in the code of tables."""

    page = ""

    def run(self, root: Element) -> None:
        """Change the page in place."""
        for element in root.iter():
            if element.tag in ("a", "img"):
                key = "href" if element.tag == "a" else "src"
                element.set(key, self.moved(element.get(key, "")))
            elif element.tag in ("td", "th"):
                for code in element.iter("code"):
                    code.text = (code.text or "").replace("\\|", "|")

    def moved(self, target: str) -> str:
        """A link as it has to be between the pages of the site."""
        path = named(self.page, target)
        if path is None:
            return target
        start = posixpath.dirname(self.page) or "."
        anchor = target.partition("#")[2]
        return posixpath.relpath(shown_as(path), start) + (f"#{anchor}" if anchor else "")


class Rewritten(Extension):
    """Brings `rewriting` into the conversion."""

    def __init__(self) -> None:
        super().__init__()
        self.rewriting = Rewriting()

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - a name of the library
        """Register what is to be done between reading and checking links."""
        md.treeprocessors.register(self.rewriting, "rewriting", BEFORE_LINKS_ARE_CHECKED)


class Anchors:
    """Gives the headings of the page that is being converted their anchors."""

    def __init__(self) -> None:
        self.slugs = links.Slugs()

    def __call__(self, heading: str, separator: str) -> str:
        """The anchor of the next heading."""
        return self.slugs(heading, separator)


REWRITTEN, ANCHORS = Rewritten(), Anchors()


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Take part in converting pages."""
    config.markdown_extensions.append(REWRITTEN)
    config.mdx_configs.setdefault("toc", {})["slugify"] = ANCHORS
    return config


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Bring in what pages name outside of `docs/`."""
    pages = {file.src_uri: file.content_string for file in files.documentation_pages()}
    for file in brought(config, pages):
        files.append(file)
    return files


def on_page_markdown(markdown: str, *, page: Page, **_: Any) -> str:
    """Turn a page into what Python-Markdown understands; raises PluginError for a drawing."""
    REWRITTEN.rewriting.page = page.file.src_uri
    ANCHORS.slugs = links.Slugs()

    def drawn(block: re.Match[str]) -> str:
        try:
            return f'<div class="drawing">{drawing.svg(drawing.read(block[1]))}</div>'
        except drawing.DrawingError as error:
            raise PluginError(f"{page.file.src_uri}: {error}") from None

    return NAMED_FENCE.sub(r"\1", MERMAID.sub(drawn, markdown))


def on_page_context(context: Any, *, page: Page, nav: Navigation, **_: Any) -> Any:
    """Keep the side bar short; the search has seen the headings before."""
    del nav
    headings = sum(len(item.children) for item in page.toc)
    if page.is_homepage or headings > MOST_HEADINGS:
        page.toc = TableOfContents([])
    return context
