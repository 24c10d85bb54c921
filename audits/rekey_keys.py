"""The RSA keys that sign rekeys: what key servers have, and what members took from them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .context import GroupContext, ServerContext, config_evidence, show_evidence
from .group_keys import members_of
from .needs import GM_PUBKEY, KEY_MYPUBKEY, KS_POLICY
from .rule import Evidence, NotChecked
from .servers import current_kek, latest

if TYPE_CHECKING:
    from ..parsers.records.gdoi_gm_pubkey import GmPubkeys, KsPubkey
    from ..parsers.records.keys import PublicKey, PublicKeys
    from .facts import Address, Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """The name of the key that a key server signs rekeys with."""

    name: str
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class LearntKey:
    """The key of the key server `server`, as the member `member` has it from its registration."""

    member: str
    server: Address
    output: Shown[GmPubkeys]
    row: KsPubkey


def label_of(server: ServerContext) -> Label | None:
    """The label as configured, else as shown; None where there is none, or none is known."""
    if server.view is not None:
        name = server.view.rekey_authentication
        if name is None:
            return None
        evidence = config_evidence(server.device, server.view, "rekey_authentication")
        return Label(name=name, evidence=evidence)
    policy = latest(server.rows(KS_POLICY, lambda record: record.groups))
    kek = current_kek(policy[1]) if policy is not None else None
    if policy is None or kek is None or kek.signature_key_name is None:
        return None
    evidence = show_evidence(policy[0], kek, "signature_key_name")
    return Label(name=kek.signature_key_name, evidence=evidence)


def own_key(server: ServerContext, label: Label) -> tuple[Shown[PublicKeys], PublicKey] | None:
    """The key pair of that name which the key server last showed."""
    return latest(
        (output, key)
        for output in server.records(KEY_MYPUBKEY)
        for key in output.record.keys
        if key.name == label.name
    )


def key_list(server: ServerContext, label: Label) -> Shown[PublicKeys] | None:
    """The last output that shows the key of that name if there is one."""
    whole = [
        output
        for output in server.records(KEY_MYPUBKEY)
        if output.complete and _would_show(output, label)
    ]
    return whole[-1] if whole else None


def _would_show(output: Shown[PublicKeys], label: Label) -> bool:
    """Whether the command asked for all RSA keys, or for this one."""
    wanted = output.record.command.split()[4:]
    return wanted in ([], ["all"], ["rsa"], ["rsa", label.name])


def learnt_keys(ctx: GroupContext) -> Iterator[LearntKey]:
    """The keys that members verify rekeys with, by the key server that they came from.

    Keys that lack bytes in their midst, or have too many, are none.
    """
    for member in members_of(ctx):
        for output, group in member.rows(GM_PUBKEY, lambda record: record.groups):
            for row in group.keys:
                if row.key_data and row.printed_whole:
                    name = member.device.name
                    yield LearntKey(member=name, server=row.server, output=output, row=row)


def garbled_keys(ctx: GroupContext) -> Iterator[NotChecked]:
    """The members whose output has keys of which bytes are missing, or too many."""
    for member in members_of(ctx):
        for output, group in member.rows(GM_PUBKEY, lambda record: record.groups):
            if any(row.key_data and not row.printed_whole for row in group.keys):
                reason = f"a key in '{output.record.command}' is not known in full"
                yield ctx.not_checked(reason, device=member.device.name)
