"""The JSON Schema of `network.yml`, for editors, and the same as a page of the documentation."""

import json
from collections.abc import Iterator
from typing import Any, Final

from .descriptions import DESCRIPTIONS
from .models import Intent

DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]
_SECTIONS: Final = (
    ("KeyServer", "A key server"),
    ("Member", "A member"),
    ("Membership", "A member in a group"),
    ("Wan", "An interface towards the network"),
    ("Lan", "An interface towards the site"),
    ("FailClose", "Fail-close"),
    ("Ike", "IKE"),
    ("IkeOffer", "A further policy of IKE"),
    ("Group", "A group"),
    ("ServerRole", "A key server in a group"),
    ("Approval", "An approval"),
    ("Psk", "Pre-shared keys"),
    ("Pki", "Certificates"),
    ("Rekey", "Rekeys"),
    ("Retransmit", "Rekeys that are sent again"),
    ("SaPolicy", "A policy"),
    ("Traffic", "Traffic"),
    ("Transform", "A transform"),
    ("Replay", "Replays"),
)


def schema() -> Schema:
    """The JSON Schema (draft 2020-12); each key has a title and a description."""
    found = Intent.model_json_schema(by_alias=True)
    parts = {"Intent": found, **found["$defs"]}
    titles = dict(_SECTIONS)
    for name, part in parts.items():
        part["title"] = titles.get(name, "A GETVPN network")
        for key, entry in part["properties"].items():
            entry["title"] = key
            entry["description"] = DESCRIPTIONS[name][key].replace("`", "")
    return {"$schema": DRAFT, "$id": "urn:getvpn:network", **found}


def as_json() -> str:
    """The JSON Schema as a text that ends in a line feed."""
    return json.dumps(schema(), indent=2) + "\n"


def markdown() -> str:
    """All keys as tables, a section for each mapping of the file."""
    found = schema()
    parts = [_section("The file", found, "Intent", found["$defs"])]
    parts += [
        _section(title, found["$defs"][name], name, found["$defs"]) for name, title in _SECTIONS
    ]
    return "\n".join(parts)


def _section(title: str, part: Schema, name: str, defs: dict[str, Schema]) -> str:
    required = part.get("required", ())
    rows = [
        f"| `{key}` | {_kind(entry, defs)} | {_default(entry, key in required)} | "
        f"{DESCRIPTIONS[name][key]} |"
        for key, entry in part["properties"].items()
    ]
    head = ["| key | what | default | meaning |", "| --- | --- | --- | --- |"]
    return "\n".join((f"### {title}", "", *head, *rows, ""))


def _kind(entry: Schema, defs: dict[str, Schema]) -> str:
    """What kind of value stands there."""
    return " or ".join(dict.fromkeys(_kinds(entry, defs)))


def _kinds(entry: Schema, defs: dict[str, Schema]) -> Iterator[str]:
    for part in (*entry.get("anyOf", ()), *entry.get("oneOf", ())):
        if part.get("type") != "null":
            yield from _kinds(part, defs)
    if "$ref" in entry:
        title = defs[entry["$ref"].rpartition("/")[2]]["title"]
        shown = title if title.isupper() else title[:1].lower() + title[1:]
        yield f"[{shown}](#{_anchor(title)})"
    elif "const" in entry:
        yield f"`{json.dumps(entry['const'])}`".replace('"', "")
    elif "enum" in entry:
        yield ", ".join(f"`{value}`" for value in entry["enum"])
    elif entry.get("type") == "array":
        yield f"list of: {_kind(entry['items'], defs)}"
    elif "type" in entry:
        yield _single(entry)


def _single(entry: Schema) -> str:
    if "$comment" in entry:
        return str(entry["$comment"])
    if entry["type"] == "integer":
        return f"{entry['minimum']} to {entry['maximum']}"
    if entry["type"] == "boolean":
        return "`true`, `false`"
    return _FORMATS.get(entry.get("format", ""), "text")


_FORMATS: Final = {
    "ipv4": "IPv4 address",
    "ipv4interface": "IPv4 address/prefix length",
    "ipv6interface": "IPv6 address/prefix length",
    "ipv4network": "network",
    "ipv6network": "network",
}


def _anchor(title: str) -> str:
    return title.lower().replace(" ", "-")


def _default(entry: Schema, required: bool) -> str:
    """What holds without the key; nothing for mappings, whose keys have their own."""
    value = entry.get("default")
    if required:
        return "needed"
    if value is None or isinstance(value, dict) or value == []:
        return ""
    if isinstance(value, list):
        return ", ".join(f"`{each}`" for each in value)
    return f"`{json.dumps(value)}`".replace('"', "")
