"""Plain data as text for people: `name: value` lines, and tables for lists of rows."""

from __future__ import annotations

from collections.abc import Iterator

from ..parsers.serialise import Plain

INDENT = "  "
_HIDDEN = ("lineno",)
_HEXADECIMAL = ("spi", "cookie")
_MAX_CELL = 48


def render(name: str, value: Plain, depth: int = 0) -> Iterator[str]:
    """Lines that show `value` under `name`; what is empty or None is left out."""
    pad = INDENT * depth
    if isinstance(value, dict):
        yield f"{pad}{name}"
        yield from _fields(value, depth + 1)
    elif isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        rows = [item for item in value if isinstance(item, dict)]
        if all(_is_flat(row) for row in rows) and len(rows) > 1:
            yield f"{pad}{name}"
            yield from _table(rows, depth + 1)
        else:
            for position, row in enumerate(rows, start=1):
                yield from render(f"{name} {position}", row, depth)
    elif not _is_empty(value):
        yield f"{pad}{name}: {_cell(value)}"


def _fields(row: dict[str, Plain], depth: int) -> Iterator[str]:
    """The scalars of a row with their values aligned, then its lists and blocks."""
    shown = {name: value for name, value in row.items() if name not in _HIDDEN}
    scalars = {n: v for n, v in shown.items() if _is_scalar(v) and not _is_empty(v)}
    width = max(map(len, scalars), default=0)
    for name, value in scalars.items():
        yield f"{INDENT * depth}{name:<{width}}  {_text(_as_printed(name, value))}"
    for name, value in shown.items():
        if not _is_scalar(value) and not _is_empty(value):
            yield from render(name, value, depth)


def _table(rows: list[dict[str, Plain]], depth: int) -> Iterator[str]:
    """Rows of scalars under one heading; columns that are empty in every row are left out."""
    names = list(dict.fromkeys(name for row in rows for name in row if name not in _HIDDEN))
    columns = [name for name in names if not all(_is_empty(row.get(name)) for row in rows)]
    cells = [columns, *([_cell(_as_printed(n, row.get(n))) for n in columns] for row in rows)]
    widths = [max(len(line[i]) for line in cells) for i in range(len(columns))]
    for line in cells:
        text = "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        yield (INDENT * depth + text).rstrip()


def _as_printed(name: str, value: Plain) -> Plain:
    """SPIs and cookies in base 16, as every device prints them."""
    if isinstance(value, int) and not isinstance(value, bool) and name.endswith(_HEXADECIMAL):
        return f"0x{value:08X}"
    return value


def _is_scalar(value: Plain) -> bool:
    return not isinstance(value, dict) and not (
        isinstance(value, list) and any(isinstance(item, dict | list) for item in value)
    )


def _is_flat(row: dict[str, Plain]) -> bool:
    return all(_is_scalar(value) or _is_empty(value) for value in row.values())


def _is_empty(value: Plain) -> bool:
    return value is None or value in ([], {}, "")


def _cell(value: Plain) -> str:
    text = _text(value)
    return text if len(text) <= _MAX_CELL else text[: _MAX_CELL - 1] + "…"


def _text(value: Plain) -> str:
    """One value, on one line, safe for a terminal."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(_text, value))
    text = str(value)
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)
