"""Whether a certificate fits a map of certificates (`crypto pki certificate map`).

All lines of one sequence number must hold; one of the numbers is enough. Letters count the same in
either case (Cisco command reference).
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ..config.store import Entry
from .ike_certificates import Seen

if TYPE_CHECKING:
    from ..device import Router

MAP = "crypto pki certificate map"
_DATES = ("%b %d %Y %H:%M:%S", "%b %d %Y %H:%M:%S GMT", "%b %d %Y %H:%M:%S UTC", "%b %d %Y")


def fits(router: "Router", name: str, seen: Seen) -> bool:
    """Whether a certificate fits the map `name`; none fits a map that is not there."""
    return any(
        entry["name"] == name and entry.block is not None and _holds_all(entry, seen)
        for entry in router.config.root.all(MAP)
    )


def _holds_all(entry: Entry, seen: Seen) -> bool:
    lines = entry.block.all("field") if entry.block is not None else []
    return bool(lines) and all(_holds(line, seen) for line in lines)


def _holds(line: Entry, seen: Seen) -> bool:
    field, operator = str(line["field"]), str(line["operator"])
    wanted = str(line["value"]).strip()
    if field in ("valid-start", "expires-on"):
        at = seen.begins_at if field == "valid-start" else seen.ends_at
        return _date_holds(operator, at, wanted)
    if field == "serial-number":
        return _text_holds(operator, seen.serial_text.lstrip("0"), wanted.lstrip("0"))
    values = {
        "subject-name": (seen.subject,),
        "issuer-name": (seen.issuer,),
        "unstructured-subject-name": seen.hosts,
        "alt-subject-name": (*seen.hosts, *seen.addresses),
    }.get(field, (seen.subject, *seen.hosts, *seen.addresses))
    held = [_text_holds(operator, value, wanted) for value in values]
    # what must not be is in none of them
    return all(held) if operator in ("ne", "nc") else any(held)


def _text_holds(operator: str, value: str, wanted: str) -> bool:
    have, want = _plain(value), _plain(wanted)
    holds = {
        "eq": have == want,
        "ne": have != want,
        "co": want in have,
        "nc": want not in have,
        "lt": have < want,
        "ge": have >= want,
    }
    return holds[operator]


def _plain(text: str) -> str:
    """A name without the differences that do not count."""
    return "".join(text.lower().split())


def _date_holds(operator: str, at: float, wanted: str) -> bool:
    limit = _date(wanted)
    if limit is None:
        return False
    holds = {"eq": at == limit, "ne": at != limit, "lt": at < limit, "ge": at >= limit}
    return holds.get(operator, False)


def _date(text: str) -> float | None:
    for form in _DATES:
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC).timestamp()
        except ValueError:
            continue
    return None
