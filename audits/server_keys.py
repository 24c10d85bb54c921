"""What a key server tells about the keys of a group: lifetimes, algorithms, rekeys.

What the configuration says comes first; show output adds only values that differ from it, so
that one fault is told once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeVar

from .context import ServerContext, config_evidence
from .group_keys import (
    TRANSFORM_SET,
    Collected,
    Facts,
    Retransmission,
    Transform,
    block_gap,
    rekey_cipher,
    shown_transform,
    transform_of,
)
from .needs import GDOI, KS_POLICY, KS_REKEY
from .servers import current_kek, current_teks, latest

if TYPE_CHECKING:
    from ..parsers.config import DeviceConfig, IpsecProfile, KeyServerConfig, SaPolicy

V = TypeVar("V")

_PROFILE = "<profile>"


def tek_lifetimes(ctx: ServerContext) -> Facts[int]:
    """Lifetimes of traffic keys in seconds; `name` is the IPsec profile."""
    collected = Collected[int]()
    for sa, profile, config in _policies(ctx, collected):
        is_default = profile.lifetime_s is None and config.is_default("ipsec_lifetime_s")
        if is_default and ctx.config_missing:
            collected.unknown = f"the global lifetime is not known: {ctx.config_missing}"
            continue
        evidence = config_evidence(ctx.device, config.tek_lifetime_line(sa))
        seconds = config.tek_lifetime_s(sa)
        collected.configured(seconds, evidence, profile.name, is_default=is_default)
    if policy := latest(ctx.rows(KS_POLICY, lambda record: record.groups)):
        teks = current_teks(policy[1])
        collected.heed(policy[0], bool(teks))
        for tek in teks:
            if tek.tek_life_s is not None:
                collected.shown(tek.tek_life_s, policy[0], tek, "tek_life_s", _PROFILE)
            else:
                collected.shown(tek.lifetime_s, policy[0], tek, "lifetime_s", _PROFILE)
    if status := latest(ctx.rows(GDOI, lambda record: record.groups)):
        collected.heed(status[0], bool(status[1].sas))
        for shown in status[1].sas:
            name = shown.profile or _PROFILE
            collected.shown(shown.lifetime_s, status[0], shown, "lifetime_s", name)
    return collected.done()


def tek_transforms(ctx: ServerContext) -> Facts[Transform]:
    """What traffic is protected with; `name` is the transform set."""
    collected = Collected[Transform]()
    for _, profile, config in _policies(ctx, collected):
        if not profile.transform_sets:
            collected.unknown = f"IPsec profile {profile.name} names no transform set"
        for name in profile.transform_sets:
            found = config.transform_sets.get(name)
            if found is None:
                reason = ctx.config_missing or "it does not exist"
                collected.unknown = f"transform set {name} is not known: {reason}"
            else:
                collected.configured(transform_of(found), config_evidence(ctx.device, found), name)
    if policy := latest(ctx.rows(KS_POLICY, lambda record: record.groups)):
        teks = current_teks(policy[1])
        transforms = [shown_transform(tek.transform, tek.key_bytes) for tek in teks]
        collected.heed(policy[0], bool(teks) and all(transforms))
        for tek, transform in zip(teks, transforms, strict=True):
            collected.shown(transform, policy[0], tek, "transform", TRANSFORM_SET)
    return collected.done()


def kek_lifetimes(ctx: ServerContext) -> Facts[int]:
    """Lifetimes of the rekey key in seconds."""
    collected = _rekey_setting(ctx, "rekey_lifetime_s", lambda view: view.rekey_lifetime_s)
    if policy := latest(ctx.rows(KS_POLICY, lambda record: record.groups)):
        kek = current_kek(policy[1])
        collected.heed(policy[0], kek is not None)
        if kek is not None:
            collected.shown(kek.lifetime_s, policy[0], kek, "lifetime_s")
    if status := latest(ctx.rows(GDOI, lambda record: record.groups)):
        collected.heed(status[0], status[1].rekey_lifetime_s is not None)
        collected.shown(status[1].rekey_lifetime_s, *status, "rekey_lifetime_s")
    if rekeys := latest(ctx.rows(KS_REKEY, lambda record: record.groups)):
        collected.heed(rekeys[0], rekeys[1].kek_lifetime_s is not None)
        collected.shown(rekeys[1].kek_lifetime_s, *rekeys, "kek_lifetime_s")
    return collected.done()


def kek_ciphers(ctx: ServerContext) -> Facts[str]:
    """What rekeys are encrypted with, as `rekey algorithm` spells it: `aes 256`, `3des-cbc`."""
    collected = _rekey_setting(ctx, "rekey_algorithm", lambda view: view.rekey_algorithm)
    if policy := latest(ctx.rows(KS_POLICY, lambda record: record.groups)):
        kek = current_kek(policy[1])
        collected.heed(policy[0], kek is not None and kek.encryption is not None)
        if kek is not None:
            bits = None if kek.key_bytes is None else kek.key_bytes * 8
            collected.shown(rekey_cipher(kek.encryption, bits), policy[0], kek, "encryption")
    return collected.done()


def kek_hashes(ctx: ServerContext) -> Facts[str]:
    """The hash in the signatures of rekeys, as `rekey sig-hash algorithm` spells it."""
    return _rekey_setting(ctx, "rekey_sig_hash", lambda view: view.rekey_sig_hash).done()


def retransmissions(ctx: ServerContext) -> Facts[Retransmission]:
    """How rekeys are sent again."""
    collected = _rekey_setting(ctx, "rekey_retransmit_s", _retransmission)
    if any(fact.value.count is None for fact in collected.facts):
        return collected.done()  # how releases show `periodic` is not known
    if status := latest(ctx.rows(GDOI, lambda record: record.groups)):
        group = status[1]
        shown = _shown_retransmission(group.retransmit_period_s, group.retransmit_attempts)
        collected.heed(status[0], shown is not None)
        collected.shown(shown, *status, "retransmit_period_s")
    if rekeys := latest(ctx.rows(KS_REKEY, lambda record: record.groups)):
        shown = _shown_retransmission(rekeys[1].retransmit_s, rekeys[1].retransmit_count)
        collected.heed(rekeys[0], shown is not None)
        collected.shown(shown, *rekeys, "retransmit_s")
    return collected.done()


def _policies(
    ctx: ServerContext, collected: Collected[V]
) -> Iterator[tuple[SaPolicy, IpsecProfile, DeviceConfig]]:
    """The configured `sa ipsec` blocks with their profiles; why others are not known."""
    if ctx.configured is None:
        return
    view, config = ctx.configured
    if not view.sas:
        collected.unknown = block_gap(ctx) or f"group {ctx.group} has no 'sa ipsec' block"
    for sa in view.sas:
        profile = config.profile_of(sa)
        if profile is not None:
            yield sa, profile, config
        elif sa.profile is None:
            collected.unknown = f"'sa ipsec {sa.sequence}' of group {ctx.group} names no profile"
        else:
            reason = ctx.config_missing or "it does not exist"
            collected.unknown = f"IPsec profile {sa.profile} is not known: {reason}"


def _rekey_setting(
    ctx: ServerContext, field: str, value: Callable[[KeyServerConfig], V]
) -> Collected[V]:
    """What the configuration says about field `field` of the rekeys."""
    collected = Collected[V]()
    if ctx.view is None:
        return collected
    is_default = ctx.view.is_default(field)
    if is_default and (gap := block_gap(ctx)):
        collected.unknown = gap
    else:
        evidence = config_evidence(ctx.device, ctx.view, field)
        collected.configured(value(ctx.view), evidence, is_default=is_default)
    return collected


def _retransmission(view: KeyServerConfig) -> Retransmission:
    count = None if view.rekey_periodic else view.rekey_retransmit_count
    return Retransmission(interval_s=view.rekey_retransmit_s, count=count)


def _shown_retransmission(interval: int | None, count: int | None) -> Retransmission | None:
    if interval is None or count is None:
        return None
    return Retransmission(interval_s=interval, count=count)
