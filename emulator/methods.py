"""Method lists of AAA: who is asked, in which order, and for what (Cisco security reference).

A method that gives no answer leaves the question to the next one. Servers never answer in a lab.
"""

from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .config.store import Block
    from .device import Router

DEFAULT = "default"
WITH_NAME = ("group", "cache")
"""Methods that are followed by the name of a group of servers."""


class Verdict(Enum):
    """What a method says. ERROR: nothing, the next is asked. ASK: it wants a password first."""

    PASS = "pass"  # noqa: S105
    FAIL = "fail"
    ERROR = "error"
    ASK = "ask"


def has_lists(router: "Router") -> bool:
    """Whether `aaa new-model` is in force."""
    return router.config.root.has("aaa new-model")


def methods(router: "Router", name: str, *identity: object) -> tuple[str, ...] | None:
    """The methods of a list, such as `aaa authentication login` with the name of the list.

    None if there is no such list.
    """
    entry = router.config.root.find(name, *identity)
    if entry is None:
        return None
    found = []
    named = False
    for word in entry.text.split()[len(name.split()) + len(identity) :]:
        if not named:
            found.append(word)
        named = not named and word in WITH_NAME
    return tuple(found)


def list_of(block: "Block | None", setting: str, *identity: object) -> str:
    """The list that a line names for something, or the one that is meant without a name."""
    entry = block.find(setting, *identity) if block is not None else None
    return DEFAULT if entry is None else str(entry["list"])
