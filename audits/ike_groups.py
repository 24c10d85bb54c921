"""Diffie-Hellman groups of IKE: what a device takes, and how strong that is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .context import DeviceContext, config_evidence, show_evidence
from .ike import ikev2_profile_names, uses_ikev1
from .ike_offers import GDOI_PORT, shown_policies, shows_ikev2
from .needs import CONFIG, IKEV2_PROPOSAL, IKEV2_SA, ISAKMP_DEFAULT_POLICY, ISAKMP_SA_DETAIL
from .rule import Evidence, NotChecked

if TYPE_CHECKING:
    from ..parsers.config import DeviceConfig
    from .settings import Settings

MODULUS_BITS = {1: 768, 2: 1024, 5: 1536, 14: 2048, 15: 3072, 16: 4096, 17: 6144, 18: 8192}
"""Groups of numbers modulo a prime (RFC 2409, RFC 3526), by the bits of the prime."""

CURVE_BITS = {
    19: 256,
    20: 384,
    21: 521,
    25: 192,
    26: 224,
    27: 224,
    28: 256,
    29: 384,
    30: 512,
    31: 256,
    32: 448,
}
"""Groups on curves (RFC 5903, RFC 5114, RFC 6954, RFC 8031), by the bits of the field."""

SUBGROUPS = (22, 23, 24)
"""Groups with a small subgroup, which RFC 8247 advises against."""

BROKEN_BITS = 1024
"""A modulus of this size is within reach of states (RFC 8247 §2.4)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupOffer:
    """The groups that a policy, a proposal or an SA takes; `default` where no line says so."""

    name: str
    groups: tuple[int, ...]
    evidence: Evidence
    block: str
    default: bool = False


def weakness(group: int, settings: Settings) -> str:
    """What is wrong with a group, '' if nothing is or it is not known."""
    if group in SUBGROUPS:
        return f"group {group}, which has a small subgroup"
    bits, least = MODULUS_BITS.get(group), settings.dh_modulus_min_bits
    if bits is None:
        bits, least = CURVE_BITS.get(group), settings.dh_curve_min_bits
    if bits is None or bits >= least:
        return ""
    return f"group {group} ({bits} bits), less than {least} bits"


def is_broken(group: int) -> bool:
    """Whether the group gives no protection against those who can spend enough."""
    return MODULUS_BITS.get(group, BROKEN_BITS + 1) <= BROKEN_BITS


def advised(settings: Settings) -> int:
    """The smallest group on a curve that is good enough."""
    return next(
        (number for number in (19, 20, 21) if CURVE_BITS[number] >= settings.dh_curve_min_bits), 21
    )


def group_offers(ctx: DeviceContext) -> Iterator[GroupOffer | NotChecked]:
    """The groups that the device takes for its part in GETVPN, and what cannot be told.

    The configuration decides; without it the policies as shown, else the SAs in use.
    """
    config = ctx.config
    if config is None:
        yield from _shown(ctx)
        return
    if uses_ikev1(ctx.device):
        yield from _policies(ctx, config)
    if ikev2_profile_names(config):
        yield from _proposals(ctx, config)
    if ctx.config_missing:
        yield ctx.not_checked(ctx.config_missing)


def _policies(ctx: DeviceContext, config: DeviceConfig) -> Iterator[GroupOffer | NotChecked]:
    for policy in config.isakmp_policies:
        name = f"ISAKMP policy {policy.priority}"
        if policy.is_default("dh_group") and not ctx.device.block_complete(policy.line):
            yield ctx.not_checked(f"{name} is not known in full")
            continue
        yield GroupOffer(
            name=name,
            groups=(policy.dh_group,),
            evidence=config_evidence(ctx.device, policy, "dh_group"),
            block=policy.line.text,
            default=policy.is_default("dh_group"),
        )
    if not config.isakmp_policies and not ctx.config_missing:
        found = False
        for output in ctx.records(ISAKMP_DEFAULT_POLICY):
            for suite in output.record.policies:
                found = True
                yield GroupOffer(
                    name=f"default ISAKMP policy {suite.priority or ''}".rstrip(),
                    groups=(suite.dh_group,),
                    evidence=show_evidence(output, suite, "dh_group"),
                    block="crypto isakmp policy <priority>",
                )
        if not found:
            yield ctx.not_checked(
                "no ISAKMP policy is configured, and what the default ones take depends on the "
                "release"
            )


def _proposals(ctx: DeviceContext, config: DeviceConfig) -> Iterator[GroupOffer | NotChecked]:
    """The IKEv2 proposals that policies name; without policies, the default one."""
    named = dict.fromkeys(
        name for policy in config.ikev2_policies.values() for name in policy.proposals
    )
    for name in named or ("default",):
        proposal = config.ikev2_proposals.get(name)
        if proposal is not None and ctx.device.block_complete(proposal.line):
            yield GroupOffer(
                name=f"IKEv2 proposal {name}",
                groups=proposal.dh_groups,
                evidence=config_evidence(ctx.device, proposal, "dh_groups"),
                block=proposal.line.text,
            )
        elif proposal is not None:
            yield ctx.not_checked(f"IKEv2 proposal {name} is not known in full")
        elif not ctx.config_missing:
            yield from _shown_proposals(ctx, name)


def _shown_proposals(ctx: DeviceContext, name: str) -> Iterator[GroupOffer | NotChecked]:
    found = False
    for output in ctx.records(IKEV2_PROPOSAL):
        for proposal in output.record.proposals:
            if proposal.name == name:
                found = True
                yield GroupOffer(
                    name=f"IKEv2 proposal {name}",
                    groups=proposal.dh_groups or (),
                    evidence=show_evidence(output, proposal, "dh_groups"),
                    block=f"crypto ikev2 proposal {name}",
                )
    if not found:
        yield ctx.not_checked(
            f"IKEv2 proposal {name} is not in the configuration, and there is no {IKEV2_PROPOSAL}"
        )


def _shown(ctx: DeviceContext) -> Iterator[GroupOffer | NotChecked]:
    """Without configuration: the policies as the device shows them, else the SAs in use."""
    suites = shown_policies(ctx)
    for suite, evidence_of in suites:
        name = f"ISAKMP policy {suite.priority or '<priority>'}"
        yield GroupOffer(
            name=name,
            groups=(suite.dh_group,),
            evidence=evidence_of("dh_group"),
            block=f"crypto {name.lower()}",
        )
    if not suites:
        yield from _in_use(ctx)
    if not suites or shows_ikev2(ctx):
        yield ctx.missing(CONFIG)


def _in_use(ctx: DeviceContext) -> Iterator[GroupOffer]:
    """What SAs have negotiated: those of ISAKMP, and the IKEv2 ones of the GDOI port."""
    for output in ctx.records(ISAKMP_SA_DETAIL):
        for sa in output.record.sas:
            if sa.dh_group:
                yield GroupOffer(
                    name=f"IKE SA with {sa.remote or sa.destination}",
                    groups=(sa.dh_group,),
                    evidence=show_evidence(output, sa, "dh_group"),
                    block="crypto isakmp policy <priority>",
                )
    for table in ctx.records(IKEV2_SA):
        for each in table.record.sas:
            if each.dh_group and GDOI_PORT in (each.local_port, each.remote_port):
                yield GroupOffer(
                    name=f"IKEv2 SA with {each.remote}",
                    groups=(each.dh_group,),
                    evidence=show_evidence(table, each, "dh_group"),
                    block="crypto ikev2 proposal <name>",
                )
