"""Looking at HTML reports in a browser."""

from pathlib import Path
from typing import Any

DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
SIZES = {"desktop": DESKTOP, "phone": PHONE}
VIEWS = ("overview", "findings", "devices", "device=ks1", "rules", "rule=KEY001", "missing")
SCRIPTS = Path(__file__).with_name("browser")


def show(page: Any, view: str) -> None:
    """Go to a part of the report, and wait until the page has gone there."""
    page.evaluate(
        "view => new Promise((gone) => {"
        " const before = location.hash; location.hash = view;"
        " if (location.hash === before) gone();"
        " else addEventListener('hashchange', () => gone(), { once: true }); })",
        view,
    )
    name = {"rule": "rules"}.get(view.partition("=")[0], view.partition("=")[0])
    page.wait_for_selector(f"#view-{name}:not([hidden])", state="attached")


def script(name: str) -> str:
    """A function that looks at a page."""
    return (SCRIPTS / f"{name}.js").read_text("utf-8")


def open_some(page: Any) -> None:
    """Open what can be opened among the first findings and rules, and wait until it is filled."""
    page.evaluate(
        "() => Promise.all([...document.querySelectorAll('section:not([hidden]) details')]"
        ".slice(0, 6).filter((each) => !each.open).map((each) => new Promise((opened) => {"
        " each.addEventListener('toggle', () => opened(), { once: true }); each.open = true; })))"
    )
