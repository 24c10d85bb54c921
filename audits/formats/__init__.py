"""The formats in which findings are written, one module for each.

A format turns findings into text; it decides nothing about them.
"""

from typing import Final

FORMATS: Final = (
    "text",
    "json",
    "sarif",
    "junit",
    "github",
    "gitlab",
    "markdown",
    "csv",
    "html",
)
"""The forms of a report; each is a module here with `render(report) -> str`."""
