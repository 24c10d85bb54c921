"""From existing configurations to an intent, with everything that it does not say.

`adopt(paths)` reads files, folders and logs. What is rendered from the intent is compared with what
was read: whatever differs, or has no word in an intent, is in `left`.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from os import PathLike
from typing import Final

from ..errors import InputError, printable
from ..inventory.loading import parse
from ..inventory.models import Intent
from .adopting.document import Draft, draft_of, refine
from .adopting.ledger import COUNTED, Kind, Ledger, Left, ordered
from .adopting.plain import comparable
from .adopting.reading import Found, read_material
from .adopting.references import FoundSecret
from .adopting.remaining import tell_rest
from .adopting.settling import settled
from .adopting.trimming import trimmed
from .adopting.writing import written
from .diff import Difference, differences
from .render import render

__all__ = ["Adoption", "FoundSecret", "Left", "adopt"]

_MOST_ROUNDS: Final = 3
_MOST_COMMENTS: Final = 8
_LINE: Final = re.compile(r":\d+$")
"""How a place ends that is a line, not a whole file."""
_FILE: Final = "file:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoption:
    """An intent that was made of existing configurations.

    `text` is `network.yml`; it holds no secret. `secrets` are the keys that were found, by the
    references that stand for them. `left` is what the intent does not say. `differences` are those
    of the devices whose configurations were read, with the keys that were found. `skipped` says of
    files that were left aside why.
    """

    text: str
    intent: Intent
    secrets: tuple[FoundSecret, ...] = field(repr=False)
    left: tuple[Left, ...]
    differences: Mapping[str, Difference]
    skipped: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether rendering the intent gives back every configuration, and all agree."""
        same = not any(each.different for each in self.differences.values())
        return same and not any(each.kind in COUNTED for each in self.left)

    def of_kind(self, kind: Kind) -> tuple[Left, ...]:
        """What was left of one kind."""
        return tuple(each for each in self.left if each.kind == kind)

    def secret_files(self) -> dict[str, str]:
        """The texts of the files that references name, by name; for the keys that are known."""
        return {
            each.reference.rpartition("/")[2].removeprefix(_FILE): f"{each.value.reveal()}\n"
            for each in self.secrets
            if each.value is not None and each.reference.startswith(_FILE)
        }


def adopt(
    paths: Iterable[str | PathLike[str]],
    *,
    secrets_folder: str | None = None,
) -> Adoption:
    """The intent of the devices whose configurations are under `paths`.

    Keys become references to variables, or to files of `secrets_folder`, a path from the folder of
    `network.yml`. Raises InputError for a path that cannot be read, and where there is no group.
    """
    material = read_material(paths)
    if not any(it.config.key_servers or it.config.group_members for it in material.devices):
        raise InputError(
            "no configuration has a GETVPN group",
            hint="give running configurations of key servers and members",
        )
    ledger = Ledger()
    draft = draft_of(material.devices, secrets_folder, ledger)
    intent = settled(draft, ledger)
    for _ in range(_MOST_ROUNDS):
        if not refine(draft, intent):
            break
        intent = settled(draft, ledger)
    document = trimmed(intent)
    sources = sorted({found.source for found in draft.devices.values()})
    text = written(document, _head(sources), _comments(draft, intent, ledger.entries))
    intent = parse(text)
    compared, texts = _compared(draft, intent)
    for name, difference in compared.items():
        tell_rest(draft.devices[name], difference, texts[name], ledger)
    told = _strangers(material.devices, draft)
    return Adoption(
        text=text,
        intent=intent,
        secrets=_used(draft, intent),
        left=tuple(ordered(ledger.entries)),
        differences=compared,
        skipped=(*material.problems, *told),
    )


def _compared(draft: Draft, intent: Intent) -> tuple[dict[str, Difference], dict[str, str]]:
    """What rendering the intent would change, and what is rendered."""
    names = [device.name for device in intent.devices]
    devices = {name: draft.devices[name] for name in names}
    running = {
        name: comparable(found.text, found.config.tree, found.first_line)
        for name, found in devices.items()
    }
    sources = {name: found.source for name, found in devices.items()}
    texts = render(intent, draft.keys, names)
    found = differences(intent, running, draft.keys, sources=sources, texts=texts)
    return found, texts


def _used(draft: Draft, intent: Intent) -> tuple[FoundSecret, ...]:
    """The keys that the configurations of the intent need."""
    asked = _Asked(draft.keys.reveal)
    render(intent, asked)
    known = draft.keys.found
    return tuple(
        known.get(each) or FoundSecret(reference=each, value=None, places=())
        for each in sorted(asked.references)
    )


class _Asked:
    """Secrets that remember which of them were looked up."""

    def __init__(self, reveal: Callable[[str], str]) -> None:
        self.references: set[str] = set()
        self._reveal = reveal

    def reveal(self, reference: str) -> str:
        self.references.add(reference)
        return self._reveal(reference)


def _strangers(devices: Iterable[Found], draft: Draft) -> list[str]:
    """The devices of which nothing could be adopted."""
    made = {each["name"] for key in ("key_servers", "members") for each in draft.document[key]}
    return [
        f"{found.source}: {found.name} has no part in a group that was adopted"
        for found in devices
        if found.name not in made
    ]


def _shortened(told: Mapping[str, Iterable[str]], name: str) -> list[str]:
    lines = list(told.get(name, ()))
    more = len(lines) - _MOST_COMMENTS
    return lines if more <= 1 else [*lines[:_MOST_COMMENTS], f"and {more} more"]


def _head(sources: Sequence[str]) -> list[str]:
    count = f"{len(sources)} configurations" if len(sources) != 1 else "one configuration"
    return [f"Adopted by getvpn from {count}. It holds no key, only where each is."]


def _comments(
    draft: Draft, intent: Intent, left: Iterable[Left]
) -> dict[tuple[str, str], list[str]]:
    """What stands above devices and groups: where they are from, what was assumed and left out."""
    told: dict[str, dict[str, None]] = {}
    for each in left:
        if each.kind == "assumed":
            told.setdefault(each.device, {})[f"assumed: {each.why}"] = None
        elif each.kind == "left out":
            where, text = each.place.rpartition("/")[2], f"{each.text}: {each.why}"
            if _LINE.search(where):
                text = f"not here: {where}: {each.text}"
            told.setdefault(each.device, {})[printable(text)] = None
    comments: dict[tuple[str, str], list[str]] = {}
    for section, devices in (("key_servers", intent.key_servers), ("members", intent.members)):
        for device in devices:
            found = draft.devices.get(device.name)
            source = found.source if found is not None else "only others tell of it"
            part = ", a part of a configuration" if found is not None and found.gap else ""
            comments[section, device.name] = [f"{source}{part}", *_shortened(told, device.name)]
    for group in intent.groups:
        comments["groups", group.name] = _shortened(told, group.name)
    return comments
