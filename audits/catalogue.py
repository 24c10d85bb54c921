"""The manual of the rules: one rule for the terminal, all of them as Markdown or JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from textwrap import fill, indent
from typing import TypedDict

from .not_automated import NOT_AUTOMATED
from .rule import AnyRule
from .settings import PROFILES, THRESHOLDS, Settings

_WIDTH = 79
_EXAMPLE_LINES = 40


class RuleManual(TypedDict):
    """A rule with its whole manual."""

    code: str
    """The code."""
    aliases: list[str]
    """Other names that it goes by."""
    title: str
    """What it asks for."""
    severity: str
    """`critical`, `high`, `medium`, `low` or `info`."""
    scope: str
    """What it looks at, one by one: `key server`, `group member`, `device`, `group`, `fleet`."""
    needs: list[str]
    """What it reads; one of these is enough."""
    rationale: str
    """Why it asks."""
    remediation: str
    """How to mend it; `<names>` stand for what a finding says."""
    fix: str | None
    """The grade of the fix that `audit --fix` writes; None where people have to decide."""
    thresholds: dict[str, int | str]
    """The thresholds in force that it depends on."""
    source: str
    """Where it comes from."""
    bad: dict[str, str]
    """An example in which it finds something: files by name."""
    good: dict[str, str]
    """An example in which it finds nothing: files by name."""


def text(rule: AnyRule, settings: Settings) -> str:
    """What `rule` asks for, why, how to mend it, and the thresholds in force."""
    return "\n\n".join(_sections(rule, settings)) + "\n"


def as_json(rules: Iterable[AnyRule], settings: Settings) -> str:
    """The rules as a JSON list, each with its whole manual."""
    return json.dumps([_record(rule, settings) for rule in rules], indent=2) + "\n"


def markdown(rules: Iterable[AnyRule]) -> str:
    """The catalogue as a Markdown document.

    It has the manuals of `rules`, what no rule checks, the thresholds and the profiles.
    """
    from importlib.resources import files

    from jinja2 import Environment, StrictUndefined

    environment = Environment(  # noqa: S701 - the output is Markdown of our own texts, not HTML
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    room = (__package__ or "").rpartition(".")[0]
    template = files(f"{room}.templates").joinpath("rules.md.j2").read_text(encoding="utf-8")
    return environment.from_string(template).render(
        rules=list(rules),
        not_automated=NOT_AUTOMATED,
        thresholds=THRESHOLDS.values(),
        profiles=PROFILES.values(),
        remediation=remediation,
        shortened=shortened,
    )


def _sections(rule: AnyRule, settings: Settings) -> Iterator[str]:
    names = "".join(f" ({alias})" for alias in rule.aliases)
    yield f"{rule.code}{names}  [{rule.severity}]\n{rule.title}"
    yield fill(rule.rationale, _WIDTH)
    yield f"Looks at each {rule.scope.name.value}; reads " + " or ".join(map(str, rule.needs)) + "."
    if rule.thresholds:
        yield "Thresholds\n" + "\n".join(_threshold(name, settings) for name in rule.thresholds)
    kind = f" (audit --fix writes it; {rule.fix})" if rule.fix is not None else ""
    yield f"Remediation{kind}\n" + indent(remediation(rule), "    ")
    yield "Found in\n" + _files(rule.bad)
    yield "Not found in\n" + _files(rule.good)
    yield f"Source: {rule.source}"


def _threshold(name: str, settings: Settings) -> str:
    threshold = THRESHOLDS[name]
    value = f"{getattr(settings, name)} {threshold.unit}".rstrip()
    return f"    {name.replace('_', '-')} = {value}: {threshold.meaning}"


def remediation(rule: AnyRule) -> str:
    """The remediation of `rule`, with `<name>` where a finding puts a value."""
    return rule.remediation.format_map(_Placeholders())


class _Placeholders(dict[str, str]):
    """Every name in angle brackets."""

    def __missing__(self, name: str) -> str:
        return f"<{name}>"


def _files(files: Mapping[str, str]) -> str:
    """The files of an example, each under its name; long ones are cut."""
    return "\n".join(
        f"    {name}\n{indent(shortened(each), ' ' * 8)}" for name, each in files.items()
    )


def shortened(text: str) -> str:
    """`text` without blank lines around it, and without the middle of many like lines."""
    lines = text.strip("\n").splitlines()
    if len(lines) > _EXAMPLE_LINES:
        kept = _EXAMPLE_LINES // 2
        left_out = f"... {len(lines) - 2 * kept} lines ..."
        lines = [*lines[:kept], left_out, *lines[-kept:]]
    return "\n".join(lines)


def _record(rule: AnyRule, settings: Settings) -> RuleManual:
    return {
        "code": rule.code,
        "aliases": list(rule.aliases),
        "title": rule.title,
        "severity": str(rule.severity),
        "scope": rule.scope.name.value,
        "needs": [str(need) for need in rule.needs],
        "rationale": rule.rationale,
        "remediation": remediation(rule),
        "fix": None if rule.fix is None else str(rule.fix),
        "thresholds": {name: getattr(settings, name) for name in rule.thresholds},
        "source": rule.source,
        "bad": dict(rule.bad),
        "good": dict(rule.good),
    }
