"""Certificates that IKE peers show each other: which of a device's are, and what time it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from .context import DeviceContext
from .ike import BUILT_IN_TRUSTPOINTS, has_role, trustpoints, uses_certificates
from .needs import CLOCK, ISAKMP_SA_DETAIL, PKI_CERTIFICATES
from .rule import Outcomes

if TYPE_CHECKING:
    from ..parsers.records.pki import Certificate, Certificates
    from .facts import Shown

UNKNOWN_USE = "whether IKE uses certificates is not known"
_SELF_SIGNED = "TP-self-signed"
_OWN, _CA = "router", "ca"


def uses_them(ctx: DeviceContext) -> bool | None:
    """Whether IKE of the device uses certificates; None where nothing tells."""
    if ctx.config is not None:
        return uses_certificates(ctx.device) or (None if ctx.config_missing else False)
    for output in ctx.records(ISAKMP_SA_DETAIL):
        if any(sa.authentication == "rsig" for sa in output.record.sas):
            return True
    return True if any(True for _ in own_certificates(ctx)) else None


def undecided_use(ctx: DeviceContext) -> Outcomes:
    """*Not checked*, where a device of a group may or may not use certificates."""
    if has_role(ctx.device) and uses_them(ctx) is None:
        yield ctx.not_checked(UNKNOWN_USE)


def now_of(ctx: DeviceContext) -> datetime | None:
    """What the clock of the device showed last, in its own time zone."""
    outputs = ctx.records(CLOCK)
    return outputs[-1].record.now.time if outputs else None


def certificates(ctx: DeviceContext) -> Iterator[tuple[Shown[Certificates], Certificate]]:
    """The certificates by which the device, or its CA, is known to IKE peers.

    Those of the trustpoints that the configuration gives to IKE, else of all that the device did
    not make for itself. Only the last output counts.
    """
    wanted = None
    if ctx.config is not None:
        wanted = {each.name for each in trustpoints(ctx.device)}
    for output in ctx.records(PKI_CERTIFICATES)[-1:]:
        for each in output.record.certificates:
            if each.kind in (_OWN, _CA) and _belongs(each, wanted):
                yield output, each


def own_certificates(ctx: DeviceContext) -> Iterator[tuple[Shown[Certificates], Certificate]]:
    """Those of the device itself."""
    for output, each in certificates(ctx):
        if each.kind == _OWN:
            yield output, each


def name_of(certificate: Certificate) -> str:
    """The certificate in words."""
    points = ", ".join(certificate.trustpoints or ()) or "no trustpoint"
    return f"{'CA certificate' if certificate.kind == _CA else 'certificate'} of {points}"


def _belongs(certificate: Certificate, wanted: set[str] | None) -> bool:
    names = certificate.trustpoints or ()
    if wanted is not None:
        return bool(wanted.intersection(names))
    return any(not name.startswith((*BUILT_IN_TRUSTPOINTS, _SELF_SIGNED)) for name in names)
