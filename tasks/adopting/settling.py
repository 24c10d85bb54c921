"""From what was found to an intent that holds: what contradicts itself is taken out, and told."""

from collections.abc import Mapping
from typing import Any, Final

from ...errors import InputError
from ...inventory.loading import checked
from ...inventory.models import Intent
from ...inventory.problem import Path, Problem, shown
from .document import Draft
from .ledger import Ledger
from .reading import Found

Document = dict[str, Any]
_MOST_ROUNDS: Final = 200
_NEEDED: Final = frozenset(
    {
        *("version", "name", "key_servers", "members", "groups", "wan", "interface", "group"),
        *("address", "source_address", "local_address", "identity", "servers", "authentication"),
        *("source", "source_vrf", "local_interface"),
        *("policies", "kind", "member", "coop", "trustpoint", "priority", "traffic", "acl"),
        *("between", "number", "domain"),
    }
)
"""Keys that cannot go alone: what they are of goes, too."""
_NULLABLE: Final = frozenset({"enrollment_url"})
"""Keys that cannot go, but can say that there is nothing."""
_NO_POLICY: Final = "no key server of it says what it encrypts"
_CONSEQUENCES: Final = frozenset({"should not be empty"})


def settled(draft: Draft, ledger: Ledger) -> Intent:
    """The intent of a draft; its document loses what contradicts itself.

    Raises InputError where nothing is left.
    """
    for _ in range(_MOST_ROUNDS):
        intent, problems = checked(draft.document)
        if intent is not None:
            return intent
        first: dict[tuple[Any, ...], Problem] = {}
        for problem in problems:
            first.setdefault(problem.path[:2], problem)
        # from behind, so that numbers in other paths stay right
        for problem in sorted(first.values(), key=lambda it: _order(it.path), reverse=True):
            _take_out(draft, problem, ledger)
        if not draft.document["groups"] or not draft.document["key_servers"]:
            raise _nothing_left(ledger, problems[0])
    raise InputError("the configurations contradict each other too often to be adopted at once")


def _nothing_left(ledger: Ledger, problem: Problem) -> InputError:
    """The error that says why nothing can be adopted."""
    told = [each for each in ledger.entries if each.kind == "left out"]
    if not told:
        return InputError(f"nothing can be adopted: {problem}")
    return InputError("no group can be adopted", source=told[-1].place, hint=told[-1].why)


def _order(path: Path) -> tuple[tuple[bool, int, str], ...]:
    return tuple((True, step, "") if isinstance(step, int) else (False, 0, step) for step in path)


def _take_out(draft: Draft, problem: Problem, ledger: Ledger) -> None:
    """Take the smallest part out of the document that the problem is about."""
    places: list[tuple[Any, Any]] = []
    place: Any = draft.document
    for step in problem.path:
        listed = isinstance(place, list) and isinstance(step, int) and step < len(place)
        # a step may name one of several models, which is no place of its own
        if listed or (isinstance(place, dict) and step in place):
            places.append((place, step))
            place = place[step]
    if not places:
        raise _nothing_left(ledger, problem)
    name = _name(draft.document, problem.path)
    if _is_policies(problem.path) and _now_external(draft, problem.path, ledger):
        return
    while len(places) > 1 and not _removable(places):
        places.pop()
    holder, key = places[-1]
    if len(places) == 1 and key in _NEEDED:
        raise _nothing_left(ledger, problem)
    gone = tuple(step for _, step in places)
    found = _found(draft.devices, draft.document, problem.path)
    message = _NO_POLICY if _is_policies(problem.path) else problem.message
    what = f"{shown(gone[2:]) or 'it'} is not in the intent: {message}"
    if message not in _CONSEQUENCES or not any(each.text == name for each in ledger.entries):
        if found is not None:
            ledger.left_out(found, None, what, text=name)
        else:
            ledger.assumed(name, what)
    if key in _NULLABLE and holder[key] is not None:
        holder[key] = None
    else:
        del holder[key]


def _is_policies(path: Path) -> bool:
    return path[:1] == ("groups",) and path[2:] == ("policies",)


def _now_external(draft: Draft, path: Path, ledger: Ledger) -> bool:
    """Let the key servers of a group without a policy be external; False where others need them."""
    groups = draft.document["groups"]
    group = groups[path[1]]
    names = {role["name"] for role in group["servers"]}
    needed = {role["name"] for each in groups if each["policies"] for role in each["servers"]}
    ours = [
        each
        for each in draft.document["key_servers"]
        if each["name"] in names and not each.get("external")
    ]
    if not ours or any(each["name"] in needed for each in ours):
        return False
    for each in ours:
        found = draft.devices.get(each["name"])
        address, name = each["address"], each["name"]
        each.clear()
        each.update({"name": name, "external": True, "address": address})
        if found is not None:
            why = f"{group['name']}: {_NO_POLICY}, so that it is external"
            ledger.left_out(found, None, why, text=name)
    return True


def _removable(places: list[tuple[Any, Any]]) -> bool:
    holder, key = places[-1]
    if isinstance(holder, list):
        return True
    return key not in _NEEDED or (key == "servers" and places[0][1] == "members")


def _name(document: Mapping[str, Any], path: Path) -> str:
    """The name of the device or group that a path is about."""
    try:
        entry = document[str(path[0])][path[1]]
    except (LookupError, TypeError):
        return ""
    return str(entry.get("name", "")) if isinstance(entry, dict) else ""


def _found(devices: Mapping[str, Found], document: Mapping[str, Any], path: Path) -> Found | None:
    """The configuration that a path is about: of a group that of its first key server."""
    name = _name(document, path)
    if path and path[0] == "groups":
        servers = document["groups"][path[1]].get("servers", ()) if len(path) > 1 else ()
        names = [each["name"] for each in servers]
        return next((devices[each] for each in names if each in devices), None)
    return devices.get(name)
