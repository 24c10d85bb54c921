"""What stands in the way of changing one device.

A lock, a change on trial, a restart that is scheduled, and what was not saved.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from ...parsers.convert import timestamp

LOCK_COMMAND: Final = "show configuration lock"
TIMER_COMMAND: Final = "show archive config rollback timer"
RELOAD_COMMAND: Final = "show reload"
_FIELD: Final = re.compile(r"^ ?([A-Za-z()/ ]{1,40}?) ?: (.{0,200})$", re.MULTILINE)
_CHANGED: Final = re.compile(
    r"^! Last configuration change at ([^\n]{1,60}?)(?: by ([^\n]{1,64}))?$", re.MULTILINE
)
_SAVED: Final = re.compile(
    r"^! NVRAM config last updated at ([^\n]{1,60}?)(?: by [^\n]{1,64})?$", re.MULTILINE
)
_HEAD: Final = 2000
"""Characters at the beginning of a configuration among which its times stand."""
_DIFFERS: Final = re.compile(r"^ *[+-]", re.MULTILINE)
_RELOAD: Final = re.compile(r"^Reload scheduled ((?:for|in) [^\n]{1,200})$", re.MULTILINE)
_FREE: Final = frozenset({"", "free", "no lock"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """Somebody has locked the configuration; `user` and `line` say who."""

    user: str
    line: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Revert:
    """A change is on trial: taken back `minutes` after `set_at`, in the device's own words."""

    user: str
    set_at: str
    minutes: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """Whether the running configuration was saved; `by` is who changed it since."""

    unsaved: bool
    by: str | None = None


def _fields(text: str) -> dict[str, str]:
    return {name.strip().lower(): value.strip() for name, value in _FIELD.findall(text)}


def lock_of(text: str) -> Lock | None:
    """The lock that `show configuration lock` tells of."""
    fields = _fields(text)
    state, kind = fields.get("state", "").lower(), fields.get("type", "").lower()
    if state in _FREE or kind in _FREE:
        return None
    return Lock(user=fields.get("user", ""), line=fields.get("tty", ""))


def revert_of(text: str) -> Revert | None:
    """The change on trial that `show archive config rollback timer` tells of."""
    fields = _fields(text)
    set_at = fields.get("time configured(or reconfigured)")
    if set_at is None:
        return None
    number = fields.get("timer value", "").split(" ")[0]
    minutes = int(number) if number.isdecimal() and len(number) <= 4 else None
    return Revert(user=fields.get("user", ""), set_at=set_at, minutes=minutes)


def reload_of(text: str) -> str | None:
    """When and by whom a restart is scheduled (`in 9 minutes …`), as `show reload` says."""
    found = _RELOAD.search(text)
    return None if found is None else found[1].strip()


def saved_of(running: str, differences: str | None) -> Saved:
    """Whether `running` was saved, by the times in its head.

    `differences` is how it differs from the startup configuration, where that was asked: without
    any, it does not matter that somebody was in configuration mode. A configuration that nobody
    changed since the device started is as it was saved.
    """
    head = running[:_HEAD]
    changed, saved = _CHANGED.search(head), _SAVED.search(head)
    if changed is None or changed[2] is None:
        return Saved(unsaved=False)
    if differences is not None and not _DIFFERS.search(differences):
        return Saved(unsaved=False)
    at, kept = _time(changed[1]), _time(saved[1]) if saved is not None else None
    if at is not None and kept is not None and at <= kept:
        return Saved(unsaved=False)
    return Saved(unsaved=True, by=changed[2])


def _time(text: str) -> datetime | None:
    try:
        return timestamp(text)
    except ValueError:
        return None
