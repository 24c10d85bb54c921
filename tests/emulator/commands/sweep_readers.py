"""The parsers that others have for a command: genie's, and the templates of ntc-templates."""

import re
from typing import Any

import pytest

from .parser_search import ntc_row, ntc_table
from .readers import Bench, _device
from .sweep_forms import Form

Found = tuple[Any, dict[str, str]]
_PROTOCOL = r"(bgp|connected|eigrp|isis|local|ospf|rip|static)( \d+)?|[\d.]+ [\d.]+"
KEYWORDS = {
    "address_family": r"(ip|vpn)v[46]( unicast| multicast| mdt)?",
    "af": r"ip|ipv6",
    "directory": r".*",
    "prefix": r"[\d.]+ [\d.]+",
    "protocol": _PROTOCOL,
    "sort_time": r"5sec|1min|5min",
    "state": r"active|committed|inactive",
    "status": r"active|nat",
    "verbose": r"verbose",
}
"""Arguments of genie's parsers that are keywords of commands; others are names."""


def genie_parser(platform: str, form: Form) -> Found | None:
    """Genie's parser class for a command and its arguments; None if it has none.

    What takes a keyword of the command for a name is the parser of another command.
    """
    key = (platform, form.shape)
    if key not in _FOUND:
        _FOUND[key] = _search(platform, form)
    found = _FOUND[key]
    if found is None:
        return None
    parser, arguments = found
    values = {f"<{name}>": value for name, value in form.values}
    filled = {
        name: " ".join(values.get(word, word) for word in text.split())
        for name, text in arguments.items()
    }
    if "command" in filled:
        filled["command"] = form.text
    return parser, filled


_FOUND: dict[tuple[str, tuple[str, ...]], Found | None] = {}
"""Parsers for the shapes of commands; it takes long to find one."""


def _search(platform: str, form: Form) -> Found | None:
    pytest.importorskip("genie.libs.parser")
    from genie.libs.parser.utils import common

    try:
        parser, arguments = common.get_parser(form.text, _device(platform))
    except (common.ParserNotFound, KeyError):
        return None
    names = {value: f"<{name}>" for name, value in form.values}
    found = {}
    for name, text in arguments.items():
        known = name == "command" or text in names or re.fullmatch(KEYWORDS.get(name, "-"), text)
        if not known:
            return None
        found[name] = " ".join(names.get(word, word) for word in text.split())
    return parser, found


def read_by_genie(bench: Bench, form: Form, output: str) -> dict[str, Any]:
    """What genie's parser makes of an output; it may ask the router for more."""
    platform = bench.router.platform.name
    found = genie_parser(platform, form)
    assert found is not None
    reader, arguments = found
    device = _device(platform)
    device.execute = bench.run
    parsed: dict[str, Any] = reader(device=device).parse(output=output, **arguments)
    return parsed


def ntc_template(form: Form) -> str:
    """The template that the index names for a command of `cisco_ios`; empty if there is none.

    The index looks only at the beginning of a command: names may follow. If keywords follow, or
    the rest of a word, the template is that of another command.
    """
    row = ntc_row(form.text)
    if not row:
        return ""
    index = ntc_table().index
    matched = index.compiled[row]["Command"].match(form.text)
    rest = form.text[matched.end() :]
    if rest and not (rest.startswith(" ") and _only_values(rest.split(), form)):
        return ""
    return str(index.index[row]["Template"])


def _only_values(words: list[str], form: Form) -> bool:
    return tuple(words) == tuple(value for _, value in form.values[-len(words) :])


def read_by_ntc(form: Form, output: str) -> list[dict[str, Any]]:
    """What the template for a command makes of an output."""
    table = ntc_table()
    table.ParseCmd(output, templates=table.index.index[ntc_row(form.text)]["Template"])
    names = [str(name).lower() for name in table.header]
    return [dict(zip(names, row, strict=True)) for row in table]
