"""Revocation lists: whether key servers have the current ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..certificates import certificates, now_of, undecided_use, uses_them
from ..context import DEVICE, DeviceContext
from ..ike import is_server, trustpoints
from ..management import KEY_SERVER
from ..needs import CLOCK, CONFIG, PKI_CRLS
from ..rule import Outcomes, Severity, rule
from ..sources import CONCEPTS

if TYPE_CHECKING:
    from ...parsers.records.pki import DistinguishedName

_IKE = """\
crypto isakmp policy 10
 encryption aes 256
 hash sha256
 group 19
crypto pki trustpoint CA
 enrollment url http://10.10.9.30:80
 revocation-check crl
"""
_LIST = """\
CRL Issuer Name:
    cn=CA
    LastUpdate: 08:00:00 UTC Mar 20 2026
    NextUpdate: {following} UTC Mar 20 2026

    CRL downloaded at: 08:10:00 UTC Mar 20 2026

    Retrieved from CRL Distribution Point:
      ** CDP Not Published - Retrieved via SCEP

 CRL DER is 370 bytes
 CRL is stored in parsed CRL cache


Parsed CRL cache current size is 370 bytes
Parsed CRL cache maximum size is 65536 bytes
"""


def _ks1(following: str) -> dict[str, str]:
    return {
        "ks1.cfg": KEY_SERVER.format(lines=_IKE),
        "ks1/show crypto pki crls.txt": _LIST.format(following=following),
        "ks1/show clock.txt": "10:00:00.000 UTC Fri Mar 20 2026\n",
    }


@rule(
    code="PKI013",
    aliases=("GV-056",),
    title="Key servers have the current revocation lists",
    severity=Severity.MEDIUM,
    scope=DEVICE,
    needs=(CONFIG, PKI_CRLS, CLOCK),
    source=CONCEPTS,
    rationale="""
        A key server fetches the list of its CA when it first needs it, and again when it ends. If
        it cannot, it refuses every certificate, or takes all of them where its trustpoint says
        'none' as well. The first registration after that is the worst moment to find out.
    """,
    remediation="crypto pki crl request {trustpoint}",
    bad=_ks1(following="09:00:00"),
    good=_ks1(following="16:00:00"),
)
def current_lists(ctx: DeviceContext) -> Outcomes:
    """Look for lists, for one of each CA whose certificate is shown, and at their ends."""
    if not is_server(ctx.device) or uses_them(ctx) is False:
        return
    yield from undecided_use(ctx)
    asking = [each for each in trustpoints(ctx.device) if "crl" in each.revocation_check]
    if uses_them(ctx) is None or (ctx.config is not None and not asking):
        return
    outputs = ctx.records(PKI_CRLS)[-1:]
    if not outputs:
        yield ctx.missing(PKI_CRLS)
        return
    name = asking[0].name if asking else "<trustpoint>"
    record = outputs[0].record
    known = {_text(each) for each in record.lists}
    for listing, each in certificates(ctx):
        issuer = _text(each.subject) if each.kind == "ca" and each.subject is not None else ""
        if issuer and known and issuer not in known and outputs[0].complete:
            yield ctx.shown(
                listing,
                each,
                "subject",
                f"there is no revocation list of {issuer}",
                trustpoint=name,
            )
    if not record.lists and outputs[0].complete:
        message = "the key server has no revocation list"
        yield ctx.shown(outputs[0], record, "", message, trustpoint=name)
    now = now_of(ctx)
    if record.lists and now is None:
        yield ctx.missing(CLOCK)
    for held in record.lists:
        if now is not None and held.next_update_at is not None and held.next_update_at <= now:
            message = f"the revocation list of {_text(held)} ended at {held.next_update_at}"
            yield ctx.shown(outputs[0], held, "next_update_at", message, trustpoint=name)


def _text(name: DistinguishedName) -> str:
    """A name in one spelling, whichever way the command breaks it into lines."""
    return ",".join(f"{kind}={value}" for kind, value in name.attributes)
