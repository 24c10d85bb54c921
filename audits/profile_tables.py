"""Profiles of a site: tables `[profiles.NAME]` of the options file.

::

    [profiles.branches]
    base = "stig"
    summary = "as the STIG, with IKEv1 for the old branch routers"
    registration-ike = "any"

What a table leaves out is as in `base`, without it as in the default profile. A base may be
another profile of the file. The thresholds may also stand in `[profiles.NAME.thresholds]`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from ..errors import InputError
from .settings import ALIASES, DEFAULT_PROFILE, PROFILES, Profile

Table = Mapping[str, object]
Fault = Callable[[str, str, str], InputError]
"""Makes an error of a key, what is wrong with it, and a hint."""
Values = Callable[[Table, str], dict[str, int | str]]
"""Reads the thresholds of a table; the string stands before its keys in the file."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


class ProfileTables:
    """Reads the profiles of one options file."""

    def __init__(self, fault: Fault, values: Values) -> None:
        self._fault = fault
        self._values = values

    def read(self, value: object) -> dict[str, Profile]:
        """The profiles by their names. Raises InputError for the first mistake."""
        if not isinstance(value, Mapping):
            raise self._fault("profiles", "'profiles' is a table", "write [profiles.NAME]")
        tables: dict[str, Table] = {}
        for name, table in value.items():
            self._check_name(name)
            if not isinstance(table, Mapping):
                hint = f"write [profiles.{name}]"
                raise self._fault(f"profiles.{name}", f"profile '{name}' is a table", hint)
            tables[name] = table
        return {name: self._profile(name, tables, ()) for name in tables}

    def chosen(self, value: object, own: Mapping[str, Profile]) -> str:
        """The name that `profile = …` gives, in the spelling of today."""
        return self._named("profile", value, (*PROFILES, *own))

    def _check_name(self, name: str) -> None:
        path = f"profiles.{name}"
        if name in PROFILES or name in ALIASES:
            raise self._fault(path, f"there is a profile '{name}' already", "choose another name")
        if not _NAME.fullmatch(name):
            hint = "letters, digits, '-' and '_'"
            raise self._fault(path, f"'{name}' cannot be the name of a profile", hint)

    def _profile(self, name: str, tables: Mapping[str, Table], above: tuple[str, ...]) -> Profile:
        """Profile `name`; `above` are the profiles that rest on it."""
        table, path = dict(tables[name]), f"profiles.{name}."
        base_name = self._named(
            path + "base", table.pop("base", DEFAULT_PROFILE), (*PROFILES, *tables)
        )
        if base_name in (name, *above):
            raise self._fault(path + "base", f"profile '{name}' rests on itself", "name another")
        summary = table.pop("summary", f"As {base_name}, by this site")
        if not isinstance(summary, str):
            raise self._fault(path + "summary", "'summary' is a text", "one sentence")
        below = table.pop("thresholds", {})
        if not isinstance(below, Mapping):
            hint = f"write [{path}thresholds]"
            raise self._fault(path + "thresholds", "'thresholds' is a table", hint)
        base = PROFILES.get(base_name) or self._profile(base_name, tables, (name, *above))
        overrides = {
            **base.overrides,
            **self._values(table, path),
            **self._values(below, path + "thresholds."),
        }
        return Profile(name=name, summary=summary, overrides=overrides)

    def _named(self, path: str, value: object, names: tuple[str, ...]) -> str:
        if not isinstance(value, str) or ALIASES.get(value, value) not in names:
            key = path.rpartition(".")[2]
            raise self._fault(path, f"'{key}' cannot be {value!r}", f"one of {', '.join(names)}")
        return ALIASES.get(value, value)
