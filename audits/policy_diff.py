"""Two key servers' policies side by side: what differs, and what cannot be compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher, unified_diff

from ..errors import counted
from .context import ServerContext, config_evidence
from .group_keys import block_gap
from .policy_parts import Part, access_list_part, configured_parts, shown_parts
from .rule import Evidence

_NO_CONFIGURATION = "there is no configuration"


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyText:
    """The policy of the key server `device` as parts by name.

    `gaps` says why parts are not known, `gap` why there may be parts of other names; it is empty
    when there are no others. `head` proves that there is a policy.
    """

    device: str
    parts: Mapping[str, Part]
    gaps: Mapping[str, str]
    gap: str
    head: Evidence

    def part(self, name: str) -> Part | None:
        """The part called `name`, without lines where there is none; None if it is not known."""
        if name in self.parts:
            return self.parts[name]
        if self.gap or name in self.gaps:
            return None
        return Part(lines=(), proofs=(), head=self.head)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How one policy departs from another: a text for each part, the diff, and the proofs.

    `unknown` names the parts that could not be compared.
    """

    texts: tuple[str, ...]
    diff: str
    evidence: tuple[Evidence, ...]
    unknown: tuple[str, ...]


def policy_text(server: ServerContext) -> PolicyText | None:
    """The policy of a key server: as configured, else as shown. None without any evidence."""
    parts: dict[str, Part] = {}
    gaps: dict[str, str] = {}
    for found in (configured_parts(server), access_list_part(server), shown_parts(server)):
        for name, part in found:
            if isinstance(part, str):
                gaps[name] = part
            else:
                parts.setdefault(name, part)
    if not parts:
        return None
    if server.configured is None:
        gap, head = _NO_CONFIGURATION, next(iter(parts.values())).head
    else:
        gap = block_gap(server)
        head = config_evidence(server.device, server.configured[0])
    missing = {name: reason for name, reason in gaps.items() if name not in parts}
    return PolicyText(device=server.device.name, parts=parts, gaps=missing, gap=gap, head=head)


def departure(policy: PolicyText, model: PolicyText) -> Difference:
    """How `policy` departs from `model`."""
    texts, evidence, unknown = [], [], []
    ours: list[str] = []
    theirs: list[str] = []
    for name in dict.fromkeys((*model.parts, *policy.parts, *model.gaps, *policy.gaps)):
        part, wanted = policy.part(name), model.part(name)
        if part is None or wanted is None:
            unknown.append(name)
            continue
        theirs += wanted.lines
        if part.same_as(wanted):
            ours += wanted.lines
            continue
        ours += part.lines
        texts.append(_text(name, part, wanted))
        evidence += [_proof(part, wanted), _proof(wanted, part)]
    diff = unified_diff(theirs, ours, model.device, policy.device, lineterm="")
    return Difference(
        texts=tuple(texts),
        diff="\n".join(diff),
        evidence=tuple(evidence),
        unknown=tuple(unknown),
    )


def _text(name: str, part: Part, wanted: Part) -> str:
    """In what `part` departs: both values where there is one each, else numbers of lines."""
    if len(part.lines) == len(wanted.lines) == 1:
        return f"{name} ('{part.lines[0]}' instead of '{wanted.lines[0]}')"
    codes = SequenceMatcher(None, wanted.lines, part.lines, autojunk=False).get_opcodes()
    missing = sum(high - low for kind, low, high, _, _ in codes if kind != "equal")
    added = sum(high - low for kind, _, _, low, high in codes if kind != "equal")
    if sorted(part.lines) == sorted(wanted.lines):
        return f"{name} (the same lines in another order)"
    counts = ((missing, "missing"), (added, "more"))
    changes = (f"{counted(n, 'line')} {what}" for n, what in counts if n)
    return f"{name} ({', '.join(changes)})"


def _proof(part: Part, other: Part) -> Evidence:
    """The first line of `part` that `other` does not have in its place; else the whole."""
    foreign = (
        proof
        for line, proof in zip(part.lines, part.proofs, strict=True)
        if line not in other.lines
    )
    moved = (
        proof
        for line, mate, proof in zip(part.lines, other.lines, part.proofs, strict=False)
        if line != mate and sorted(part.lines) == sorted(other.lines)
    )
    return next(foreign, None) or next(moved, None) or part.head
