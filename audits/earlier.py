"""Earlier reports, for the trend."""

from __future__ import annotations

import json
from pathlib import Path

from ..errors import InputError
from .engine import Past
from .options import file_text
from .rule import Severity

MAX_BYTES = 500_000_000


def read_past(path: Path) -> Past:
    """When a report was made and what it found, from its JSON.

    Raises InputError for a file that is no such report, OSError when it cannot be read.
    """
    try:
        data = json.loads(file_text(path, most=MAX_BYTES))
        counts = data["summary"]["findings"]
        return Past(
            at=str(data.get("at") or path.name),
            counts=tuple(
                (severity, int(counts[str(severity)]))
                for severity in sorted(Severity, reverse=True)
            ),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        hint = "write one with `getvpn audit --format json`"
        raise InputError("no report of an audit in JSON", source=str(path), hint=hint) from error
