"""What the key servers of a group and its members together tell about its keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

from .context import FleetContext, GroupContext, ServerContext
from .group_keys import (
    TRANSFORM_SET,
    Collected,
    Fact,
    Facts,
    Transform,
    members_of,
    rekey_cipher,
    servers_of,
    shown_transform,
)
from .needs import GDOI
from .rule import NotChecked
from .servers import latest

if TYPE_CHECKING:
    from ..parsers.records.gdoi import GdoiGroup, GdoiGroups, MemberKek
    from .facts import Shown

V = TypeVar("V")

_NO_MEMBER = "no member shows what it uses"


def group_facts(
    ctx: GroupContext,
    of_server: Callable[[ServerContext], Facts[V] | None],
    by_members: Sequence[Fact[V]],
) -> tuple[list[tuple[FleetContext, Fact[V]]], list[NotChecked]]:
    """The facts of each key server, then those that only members show, and what is not known.

    Each fact has the context that makes findings of it: of its key server, or of the group.
    `of_server` gives None for a key server that the rule does not concern. Where members show
    the keys of the group, a key server that tells nothing is no gap.
    """
    found: list[tuple[FleetContext, Fact[V]]] = []
    gaps: list[NotChecked] = []
    for server in servers_of(ctx):
        facts = of_server(server)
        if facts is None:
            continue
        found += ((server, fact) for fact in facts.found)
        if facts.unknown and (facts.found or not by_members):
            gaps.append(server.not_checked(facts.unknown))
        elif not facts.found and not by_members:
            needs = (need for need in ctx.rule.needs if need is not GDOI)
            gaps.append(server.not_checked(f"{server.missing(*needs).reason}, and {_NO_MEMBER}"))
    if not ctx.group.servers and not by_members:
        gaps.append(ctx.not_checked(f"no key server of the group is known, and {_NO_MEMBER}"))
    told = {fact.value for _, fact in found}
    found += ((ctx, fact) for fact in by_members if fact.value not in told)
    return found, gaps


def member_transforms(ctx: GroupContext) -> tuple[Fact[Transform], ...]:
    """What members protect traffic with, each transform once."""
    collected = Collected[Transform]()
    for output, group in _shown_by_members(ctx):
        for interface in group.tek_interfaces:
            for sa in interface.sas:
                transform = shown_transform(sa.transform, sa.key_bytes)
                collected.shown(transform, output, sa, "transform", TRANSFORM_SET)
    return collected.done().found


def member_kek_ciphers(ctx: GroupContext) -> tuple[Fact[str], ...]:
    """What members decrypt rekeys with, each cipher once; spelled as in `kek_ciphers`."""
    collected = Collected[str]()
    for output, kek in _keks(ctx):
        collected.shown(rekey_cipher(kek.encryption, kek.key_bits), output, kek, "encryption")
    return collected.done().found


def member_kek_hashes(ctx: GroupContext) -> tuple[Fact[str], ...]:
    """The hashes in the signatures that members verify, each once: `sha`, `sha256`."""
    collected = Collected[str]()
    for output, kek in _keks(ctx):
        name = kek.signature_hash.lower().removeprefix("hmac_auth_")
        collected.shown(name, output, kek, "signature_hash")
    return collected.done().found


def _keks(ctx: GroupContext) -> Iterator[tuple[Shown[GdoiGroups], MemberKek]]:
    for output, group in _shown_by_members(ctx):
        for kek in group.keks:
            yield output, kek


def _shown_by_members(ctx: GroupContext) -> Iterator[tuple[Shown[GdoiGroups], GdoiGroup]]:
    """What each member last said about the group."""
    for member in members_of(ctx):
        if status := latest(member.rows(GDOI, lambda record: record.groups)):
            yield status
