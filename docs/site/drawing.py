"""Flowcharts of Mermaid as SVG, so that the site shows them without a script from elsewhere.

Only what the pages use is known: `flowchart TB`, boxes `A["label"]`, and arrows `A --> B`.
"""

import re
from dataclasses import dataclass
from html import escape

BOX_HEIGHT = 36
GAP_DOWN = 32
GAP_ASIDE = 28
PADDING = 18
LETTER_WIDTH = 8.2
"""Of the font in which labels are set, at 14 pixels; a box is as wide as its label."""
MARGIN = 4
NODE = r'(\w+)(?:\["([^"]+)"\])?'
LINE = re.compile(rf"\s*{NODE}(?:\s*-->\s*{NODE})?\s*")


class DrawingError(ValueError):
    """A drawing has something that is not known here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flowchart:
    """Labels of boxes by their names, and arrows from name to name."""

    labels: dict[str, str]
    arrows: list[tuple[str, str]]

    def ranks(self) -> list[list[str]]:
        """The boxes row by row, each below all that point at it; raises DrawingError."""
        rank = dict.fromkeys(self.labels, 0)
        for _ in self.labels:
            moved = False
            for above, below in self.arrows:
                if rank[below] <= rank[above]:
                    rank[below] = rank[above] + 1
                    moved = True
            if not moved:
                rows = range(max(rank.values()) + 1)
                return [[name for name in rank if rank[name] == row] for row in rows]
        raise DrawingError("the arrows go in a circle")


def read(text: str) -> Flowchart:
    """The flowchart that a block of Mermaid describes; raises DrawingError."""
    first, *lines = [line for line in text.splitlines() if line.strip()] or [""]
    if first.split() not in (["flowchart", "TB"], ["flowchart", "TD"]):
        raise DrawingError(f"not a flowchart from top to bottom: {first.strip()!r}")
    labels: dict[str, str] = {}
    arrows = []
    for line in lines:
        found = LINE.fullmatch(line)
        if found is None:
            raise DrawingError(f"not a box or an arrow: {line.strip()!r}")
        start, label, end, end_label = found.groups()
        for name, text_of_it in ((start, label), (end, end_label)):
            if name and (text_of_it or name not in labels):
                labels[name] = text_of_it or name
        if end:
            arrows.append((start, end))
    if not labels:
        raise DrawingError("a flowchart without boxes")
    return Flowchart(labels=labels, arrows=arrows)


def svg(chart: Flowchart) -> str:
    """The drawing, in one line; colours are those of the text around it."""
    rows = chart.ranks()
    widths = {name: len(label) * LETTER_WIDTH + 2 * PADDING for name, label in chart.labels.items()}
    row_widths = [sum(widths[n] for n in row) + GAP_ASIDE * (len(row) - 1) for row in rows]
    width = max(row_widths) + 2 * MARGIN
    height = len(rows) * (BOX_HEIGHT + GAP_DOWN) - GAP_DOWN + 2 * MARGIN
    middle, top = {}, {}
    for number, (row, row_width) in enumerate(zip(rows, row_widths, strict=True)):
        left = (width - row_width) / 2
        for name in row:
            middle[name] = left + widths[name] / 2
            top[name] = MARGIN + number * (BOX_HEIGHT + GAP_DOWN)
            left += widths[name] + GAP_ASIDE
    parts = [
        f'<line x1="{middle[above]:.1f}" y1="{top[above] + BOX_HEIGHT}" x2="{middle[below]:.1f}" '
        f'y2="{top[below] - 2}" stroke="currentColor" marker-end="url(#arrow)"/>'
        for above, below in chart.arrows
    ]
    for name, label in chart.labels.items():
        parts.append(
            f'<rect x="{middle[name] - widths[name] / 2:.1f}" y="{top[name]}" rx="4" '
            f'width="{widths[name]:.1f}" height="{BOX_HEIGHT}" fill="#eef3f8" stroke="#5b7a99"/>'
            f'<text x="{middle[name]:.1f}" y="{top[name] + BOX_HEIGHT / 2 + 5}" fill="#1c2b39" '
            f'text-anchor="middle">{escape(label)}</text>'
        )
    described = escape(
        "; ".join(f"{chart.labels[a]} to {chart.labels[b]}" for a, b in chart.arrows)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" role="img" '
        f'width="{width:.0f}" font-family="monospace" font-size="14" aria-label="{described}">'
        '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" '
        'markerHeight="8" orient="auto"><path d="M0 0 8 4 0 8z" fill="currentColor"/></marker>'
        f"</defs>{''.join(parts)}</svg>"
    )
