"""Looking at HTML reports in a browser."""

from pathlib import Path
from typing import Any

DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
SIZES = {"desktop": DESKTOP, "phone": PHONE}
VIEWS = ("overview", "findings", "devices", "device=ks1", "rules", "rule=KEY001", "missing")
SCRIPTS = Path(__file__).with_name("browser")


def show(page: Any, view: str) -> None:
    """Go to a part of the report."""
    page.evaluate("view => { location.hash = view; }", view)
    name = {"rule": "rules"}.get(view.partition("=")[0], view.partition("=")[0])
    page.wait_for_selector(f"#view-{name}:not([hidden])", state="attached")


def script(name: str) -> str:
    """A function that looks at a page."""
    return (SCRIPTS / f"{name}.js").read_text("utf-8")


def open_some(page: Any) -> None:
    """Open what can be opened among the first findings and rules."""
    page.evaluate(
        "() => [...document.querySelectorAll('section:not([hidden]) details')]"
        ".slice(0, 6).forEach((each) => { each.open = true; })"
    )
