"""What contradicts itself in an intent: names that are taken or missing, settings that exclude
each other.

Only what makes no sense at all is refused here; what is merely unwise is for the audit to say.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from .checks_devices import device_problems
from .checks_groups import group_problems
from .checks_interfaces import interface_problems
from .checks_lists import list_problems
from .checks_secrets import secret_problems
from .problem import Path, Problem, shown
from .suggestions import nearest

if TYPE_CHECKING:
    from .models import Intent
    from .relations import Relations


def problems(intent: "Intent") -> tuple[Problem, ...]:
    """Everything that contradicts itself; what cannot be judged for that is not judged."""
    found = tuple(_references(intent))
    if found:
        return found
    from .relations import Relations

    relations = Relations(intent)
    return tuple(problem for check in _CHECKS for problem in check(relations))


_CHECKS: Final[tuple[Callable[["Relations"], Iterable[Problem]], ...]] = (
    device_problems,
    interface_problems,
    group_problems,
    secret_problems,
    list_problems,
)


def _references(intent: "Intent") -> Iterator[Problem]:
    """Names are unique, and what refers to them finds them."""
    devices = [(("key_servers", at), it.name) for at, it in enumerate(intent.key_servers)]
    devices += [(("members", at), it.name) for at, it in enumerate(intent.members)]
    yield from _twice(devices, "name", "a device")
    groups = [(("groups", at), it.name) for at, it in enumerate(intent.groups)]
    yield from _twice(groups, "name", "a group")
    servers = [it.name for it in intent.key_servers]
    for at, group in enumerate(intent.groups):
        roles = [(("groups", at, "servers", n), it.name) for n, it in enumerate(group.servers)]
        yield from _known(roles, "name", servers, "key server")
        yield from _twice(roles, "name", "a key server of this group")
    by_name = {group.name: group for group in intent.groups}
    for at, member in enumerate(intent.members):
        joined: list[tuple[Path, str]] = []
        for n, each in enumerate(member.groups):
            path: Path = ("members", at, "groups", n)
            if isinstance(each, str):
                joined.append((path, each))
                continue
            joined.append(((*path, "group"), each.group))
            if each.servers is not None and each.group in by_name:
                known = [role.name for role in by_name[each.group].servers]
                chosen = [((*path, "servers", i), name) for i, name in enumerate(each.servers)]
                yield from _known(chosen, "", known, f"key server of {each.group}")
                yield from _twice(chosen, "", "a server of this list")
        yield from _known(joined, "", list(by_name), "group")
        yield from _twice(joined, "", "a group of this member")


def _known(
    names: Iterable[tuple[Path, str]], key: str, known: Sequence[str], what: str
) -> Iterator[Problem]:
    for path, name in names:
        if name not in known:
            yield Problem(_at(path, key), f"there is no {what} {name!r}", nearest(name, known))


def _twice(names: Iterable[tuple[Path, str]], key: str, what: str) -> Iterator[Problem]:
    """Names that differ only in case are one for file systems and certificates."""
    first: dict[str, Path] = {}
    for path, name in names:
        other = first.setdefault(name.lower(), path)
        if other != path:
            yield Problem(_at(path, key), f"{name!r} is {what} already: {shown(other)}")


def _at(path: Path, key: str) -> Path:
    return (*path, key) if key else path
