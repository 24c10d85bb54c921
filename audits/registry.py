"""All rules by code, alias and prefix."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from ..errors import InputError, UsageError
from . import rules as topics
from .rule import AnyRule, Rule

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

ENTRY_POINT_GROUP = "getvpn.rules"
"""Entry points of this group name a module with rules, or one rule."""


class Registry:
    """A set of rules without two that share a code or an alias."""

    def __init__(self, rules: Iterable[AnyRule]) -> None:
        """Take `rules` in, each once. Raises ValueError for a code or alias that is taken."""
        distinct = {id(rule): rule for rule in rules}
        self.rules: tuple[AnyRule, ...] = tuple(
            sorted(distinct.values(), key=lambda rule: rule.code)
        )
        self._by_name: dict[str, AnyRule] = {}
        for rule in self.rules:
            for name in (rule.code, *rule.aliases):
                if name in self._by_name:
                    raise ValueError(
                        f"{name} is claimed by {self._by_name[name].code} and {rule.code}"
                    )
                self._by_name[name] = rule

    def __getitem__(self, name: str) -> AnyRule:
        """The rule with the code or alias `name`, in any case. Raises UsageError if none has."""
        found = self._by_name.get(name.upper())
        if found is None:
            raise UsageError(f"unknown rule '{name}'", hint=self._one_of(name))
        return found

    def __contains__(self, name: object) -> bool:
        """Whether a rule has the code or alias `name`, in any case."""
        return isinstance(name, str) and name.upper() in self._by_name

    def select(
        self, selectors: Sequence[str] = (), ignored: Sequence[str] = ()
    ) -> tuple[AnyRule, ...]:
        """The rules that `selectors` take and `ignored` does not take away again.

        A selector is a code, an alias, the beginning of either, or ALL; without selectors
        every rule is taken. Where both fit a rule, the longer one decides, and `ignored` when
        they are equally long. Raises UsageError for a selector that fits no rule.
        """
        for selector in (*selectors, *ignored):
            if not any(_fit(rule, selector) for rule in self.rules):
                raise UsageError(f"no rule fits '{selector}'", hint=self._suggestion(selector))
        wanted = selectors or ("ALL",)
        return tuple(
            rule for rule in self.rules if _longest(rule, wanted) > _longest(rule, ignored)
        )

    def _one_of(self, name: str) -> str:
        """What to write where one rule is wanted: a topic is none."""
        codes = [rule.code for rule in self.rules if rule.topic == name.upper()]
        if not codes:
            return self._suggestion(name)
        return f"name one of its rules, as {codes[0]}"

    def _suggestion(self, name: str) -> str:
        from difflib import get_close_matches

        topic_names = {rule.topic for rule in self.rules}
        near = get_close_matches(name.upper(), [*self._by_name, *topic_names], n=1)
        return f"did you mean '{near[0]}'?" if near else "`getvpn rule --all` lists the rules"


def _fit(rule: AnyRule, selector: str) -> int:
    """How exactly `selector` fits `rule`: one more than the letters that agree, 0 for no fit."""
    wanted = selector.upper()
    if wanted == "ALL":
        return 1
    if wanted in rule.aliases:
        # an alias names one rule, so it is as exact as the code
        return len(rule.code) + 1
    if wanted and (rule.code.startswith(wanted) or any(a.startswith(wanted) for a in rule.aliases)):
        return len(wanted) + 1
    return 0


def _longest(rule: AnyRule, selectors: Iterable[str]) -> int:
    return max((_fit(rule, selector) for selector in selectors), default=0)


def rules_in(module: object) -> tuple[AnyRule, ...]:
    """The rules that stand in the namespace of `module`."""
    return tuple(value for value in vars(module).values() if isinstance(value, Rule))


@cache
def registry() -> Registry:
    """The rules of getvpn and those of installed packages (entry points `getvpn.rules`).

    Raises InputError when a package with rules does not load or claims a code that is taken.
    """
    found: list[AnyRule] = []
    for info in iter_modules(topics.__path__):
        found += rules_in(import_module(f".{info.name}", topics.__name__))
    return _with_installed(Registry(found))


def _with_installed(own: Registry) -> Registry:
    every = own
    for entry in _entry_points():
        origin = f"entry point {entry.name} = {entry.value}"
        try:
            target = entry.load()
            rules = (target,) if isinstance(target, Rule) else rules_in(target)
            every = Registry([*every.rules, *rules])
        except Exception as error:
            hint = "mend or uninstall the package"
            raise InputError(
                f"{type(error).__name__}: {error}", source=origin, hint=hint
            ) from error
    return every


def _entry_points() -> Sequence[EntryPoint]:
    """The entry points of installed packages, by name.

    Loading `importlib.metadata` and asking every installed package takes longer than reading a
    configuration, so folders whose metadata do not mention the group are passed over.
    """
    if not any(ENTRY_POINT_GROUP in text for text in _entry_point_texts()):
        return ()
    from importlib.metadata import entry_points

    return sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda entry: entry.name)


def _entry_point_texts() -> Iterator[str]:
    for folder in sys.path:
        for file in Path(folder).glob("*.*-info/entry_points.txt"):
            yield file.read_text(encoding="utf-8", errors="replace")
