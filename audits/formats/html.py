"""The report for people: one HTML file that needs no network, searched and filtered in a browser.

All text is escaped: what stands in the page by the template, what is shown later by being set as
text. A policy in the page lets the browser run the report's own script and nothing else.
"""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from ... import __version__
from ...errors import printable
from ...parsers.spreading import without_collector
from ..engine import Report
from ..rule import Severity
from .packed import packed
from .picture import pictures
from .trend import trend_of

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATE: Final = "reports/audit.html.j2"
SCRIPT: Final = "reports/audit.js.j2"
STYLE: Final = "reports/audit.css.j2"


@without_collector()
def render(report: Report) -> str:
    """The report as HTML. The same input gives the same text."""
    script, style = _asset(SCRIPT), _asset(STYLE)
    digest = b64encode(sha256(script.encode()).digest()).decode()
    counts = Counter(finding.severity for finding in report.findings)
    problems = [*report.fleet.problems, *(p for d in report.fleet.devices for p in d.problems)]
    return (
        _environment()
        .get_template(TEMPLATE)
        .render(
            version=__version__,
            profile=report.profile,
            at=report.at.strftime("%Y-%m-%d %H:%M UTC") if report.at else "",
            severities=[(str(each), counts[each]) for each in sorted(Severity, reverse=True)],
            total=len(report.findings),
            devices=len(report.fleet.devices),
            servers=len(report.fleet.servers),
            members=len(report.fleet.members),
            rules=len(report.rules),
            waived=len(report.waived),
            known=len(report.known),
            not_checked=len(report.not_checked),
            errors=[*map(str, problems), *(printable(str(fault)) for fault in report.faults)],
            pictures=list(pictures(report)),
            trend=trend_of(report.trend, counts, report.figures),
            data=packed(report),
            script=script,
            style=style,
            digest=digest,
        )
    )


def _asset(name: str) -> str:
    """A part of the page that is ours, as it stands in its file."""
    room = (__package__ or "").split(".", 1)[0]
    return files(f"{room}.templates").joinpath(name).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    room = (__package__ or "").split(".", 1)[0]
    environment = Environment(
        loader=PackageLoader(room, "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["printable"] = printable
    return environment
