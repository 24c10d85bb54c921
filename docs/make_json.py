"""Write the pages on JSON from what the code says of it: `python docs/make_json.py`."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import Final

from json_schemas import SchemaPage
from json_types import Field, Object, objects_in, words

from getvpn.parsers.commands import forms, resolve
from getvpn.parsers.record import NumberedLine, Record, Row
from getvpn.parsers.registry import FAMILIES

DOCS = Path(__file__).parent
GENERATED: Final = "This page is generated: `python docs/make_json.py`."
"""A paragraph of each page."""
VERBS: Final[Mapping[str, tuple[str, ...]]] = {
    "acl diff": ("cli.acl:AclDifference",),
    "acl minimize": ("cli.acl:SmallerAcl",),
    "adopt": ("cli.adopt:Adopted",),
    "deploy": ("tasks.deploying.reporting:DeploymentData",),
    "diff": ("cli.diff:Compared",),
    "history list": ("cli.history:SeriesList",),
    "history show": ("cli.history:PastAudits",),
    "lab inspect": ("emulator.lab.overview:LabOverview", "emulator.lab.inspecting:DeviceState"),
    "lab outages": ("emulator.lab.watching:OutagesData",),
    "lab traffic": ("emulator.lab.watching:TrafficData",),
    "mtu": ("cli.mtu:MtuAnswer",),
    "parse": ("cli.parse:Parsed",),
    "runs list": ("cli.runs:RunList",),
    "runs show": ("cli.runs:RunStory",),
    "snapshot diff": ("cli.snapshot_diff:ComparedSnapshots",),
    "snapshot list": ("cli.snapshot_diff:SnapshotList",),
    "snapshot show": ("cli.snapshot_diff:ShownSnapshot",),
    "timeline": ("cli.timeline:TimelineAnswer",),
    "watch": (
        "tasks.watching.notices:NoticeData",
        "cli.board:GroupLine",
        "cli.board:WayLine",
        "tasks.watching.webhook:PostedNotice",
    ),
}
"""What verbs print with `--format json` or `--json`: a class, or one for each kind of call."""
LISTS: Final[Mapping[str, str]] = {"rule": "audits.catalogue:RuleManual"}
"""Verbs that print a list, and of what."""
PROCEDURES: Final = (
    "evict member",
    "failover test",
    "key-server add",
    "key-server remove",
    "migrate gikev2",
    "migrate psk-to-pki",
    "policy change",
    "recover split",
    "rollover rsa",
    "upgrade key-servers",
    "upgrade members",
)
"""Verbs that print the plan of a procedure."""
PLAN: Final = "tasks.procedures.model:ProcedureData"
FILES: Final[Mapping[str, tuple[str, ...]]] = {
    "fixes.json": ("cli.fixing:FixIndex",),
    "A baseline": ("audits.baseline:BaselineFile",),
    "collection.jsonl": (
        "tasks.collecting.gathered:CollectionBegun",
        "tasks.collecting.gathered:Gathered",
        "tasks.collecting.gathered:CollectionEnded",
    ),
}
"""Files in JSON that others than getvpn may read."""
AUDIT_SCHEMA: Final = ("audits.formats", "audit.schema.json")
LOGS_SCHEMA: Final = ("audits.logs", "logs.schema.json")

RECORDS_HEAD: Final = f"""# JSON records

The objects that `getvpn parse --format json` prints for each output, by command; how they are
wrapped stands in [JSON output](json.md#getvpn-parse).

{GENERATED}

What a device did not print is null. Times in seconds and the like are numbers; a time of day is
text in ISO 8601 and has no zone, since a device names its zone by a word of its own. Addresses are
text, key data is text in base 16. `|` in a command parts words of which either will do, WORD is a
name or an address. Words can be cut as on the device.
"""
JSON_HEAD: Final = f"""# JSON output

What verbs print with `--format json`, or in a lab with `--json`: UTF-8 on stdout, while what is
said beside it goes to stderr.

{GENERATED}

New fields may come at any time: ignore those that you do not know. `schema_version` or `version`
grows when a field goes away or changes its meaning; an object that has neither is described as it
is in this release. Fields in `_s`, `_ms` and `_kb` are seconds, milliseconds and kilobytes. Secrets
are removed from every text.

On pages of their own:

- `getvpn audit` and `getvpn lint`: [the JSON report](audit-json.md)
- `getvpn parse`: [the records](json-records.md) of each command

`getvpn schema` prints the JSON Schema of [the intent](intent.md).
"""
AUDIT_HEAD: Final = f"""# JSON report

`getvpn audit --format json` and `getvpn lint --format json` write one JSON document in UTF-8. The
same input gives the same text but for `at`. The JSON Schema stands in the package as
`getvpn/audits/formats/audit.schema.json`.

{GENERATED}

`schema_version` is 1. It grows when a field goes away or changes its meaning. New fields may come
at any time: ignore those that you do not know.

A `source` is the path as it was given or found. A `device` is a name in `devices`. Secrets are
removed from every text.
"""


# ---- tables ----


def table(fields: Iterable[Field]) -> str:
    """The fields of an object."""
    rows = ["| field | type | meaning |", "|---|---|---|"]
    for field in fields:
        kind = words(field.kind) + (", may be absent" if field.optional else "")
        rows.append(f"| `{field.name}` | {kind} | {prose(field.meaning)} |")
    return "\n".join(rows)


def prose(text: str) -> str:
    """A docstring as Markdown, with the words of JSON for those of Python."""
    for python, said in (("None", "null"), ("True", "true"), ("False", "false")):
        text = re.sub(rf"\b{python}\b", said, text)
    return text.replace("|", r"\|")


class Page:
    """A page on which each object is described once, where it first comes up."""

    def __init__(self, known: Iterable[Object] = ()) -> None:
        self._known: dict[str, Object] = {each.name: each for each in known}

    def described(
        self, found: Object, hidden: frozenset[str] = frozenset(), level: int = 2
    ) -> Iterator[str]:
        """The table of an object, and those of the objects in it, without the fields `hidden`."""
        shown = [each for each in found.fields if each.name not in hidden]
        if shown:
            yield table(shown)
        for field in shown:
            for each in objects_in(field.kind):
                yield from self._below(each, hidden, level + 1)

    def _below(self, found: Object, hidden: frozenset[str], level: int) -> Iterator[str]:
        known = self._known.setdefault(found.name, found)
        if known != found:
            raise ValueError(f"there are two objects named {found.name}")
        if known is found:
            yield f"{'#' * min(level, 3)} `{found.name}`"
            yield prose(found.about)
            yield from self.described(found, hidden, level)

    def named(self, places: Sequence[str]) -> Iterator[str]:
        """What the classes at some places say of themselves; with a heading if they are several."""
        for place in places:
            found = object_at(place)
            if len(places) > 1:
                yield from self._below(found, frozenset(), 3)
            else:
                yield prose(found.about)
                yield from self.described(found)


def object_at(place: str) -> Object:
    """The object that a class at a place, as `module:Name`, is."""
    module, _, name = place.partition(":")
    return Object(getattr(import_module(f"getvpn.{module}"), name))


# ---- records ----


def records() -> str:
    """The page on records."""
    base = frozenset(each.name for each in Object(Record).fields)
    parts = [RECORDS_HEAD.rstrip()]
    parts += ["## Every record", prose(Object(Record).about), table(Object(Record).fields)]
    (number,) = Object(Row).fields
    parts.append(
        f"Each object in a record has a `{number.name}` of its own, which is left out below."
    )
    lines = Object(NumberedLine)
    parts += ["### `NumberedLine`", prose(lines.about), table(lines.fields)]
    page = Page((lines,))
    for family, commands in _commands().items():
        record = Object(FAMILIES[family].record_class)
        parts += [f"## {_title(commands)}", f"`{record.name}`: {prose(record.about)}"]
        parts += ["Of " + ", ".join(f"`{each}`" for each in commands) + "."]
        parts += page.described(record, base)
    return "\n\n".join(parts) + "\n"


def _commands() -> dict[str, list[str]]:
    """The commands of each family that has a record."""
    found: dict[str, list[str]] = {}
    for form in forms():
        family = resolve(form.replace("|gkm", "")).family
        if family in FAMILIES:
            found.setdefault(family, []).append(form)
    return found


def _title(commands: Iterable[str]) -> str:
    return min(commands, key=len).replace("|gkm", "")


# ---- verbs ----


def verbs() -> str:
    """The page on what verbs print."""
    page = Page()
    parts = [JSON_HEAD.rstrip()]
    for verb in sorted([*VERBS, *LISTS, "logs", "procedures"]):
        if verb == "procedures":
            parts += ["## Plans of procedures", _of(PROCEDURES), *page.named((PLAN,))]
            continue
        parts.append(f"## getvpn {verb}")
        if verb == "logs":
            schema = schema_of(*LOGS_SCHEMA)
            place = f"getvpn/{LOGS_SCHEMA[0].replace('.', '/')}/{LOGS_SCHEMA[1]}"
            about = f"{schema['description']} The JSON Schema stands in the package as `{place}`."
            parts += [about, *SchemaPage(schema).tables(3)]
        elif verb in LISTS:
            parts += ["A list of objects.", *page.named((LISTS[verb],))]
        else:
            parts += page.named(VERBS[verb])
    for name, places in FILES.items():
        parts += [f"## {name}", *page.named(places)]
    return "\n\n".join(parts) + "\n"


def _of(names: Iterable[str]) -> str:
    return "Of " + ", ".join(f"`getvpn {each}`" for each in names) + "."


def audit() -> str:
    """The page on the report of an audit."""
    tables = SchemaPage(schema_of(*AUDIT_SCHEMA)).tables()
    return "\n\n".join((AUDIT_HEAD.rstrip(), *tables)) + "\n"


def schema_of(package: str, name: str) -> Mapping[str, object]:
    """A JSON Schema of the package."""
    text = files(f"getvpn.{package}").joinpath(name).read_text("utf-8")
    schema: Mapping[str, object] = json.loads(text)
    return schema


def pages() -> dict[str, str]:
    """The pages as they should be, by file."""
    return {"json.md": verbs(), "json-records.md": records(), "audit-json.md": audit()}


if __name__ == "__main__":
    for name, text in pages().items():
        (DOCS / name).write_text(text, "utf-8")
