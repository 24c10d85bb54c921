"""The ciphers and hashes of IKE."""

from ..context import DEVICE, DeviceContext
from ..ike import has_role
from ..ike_offers import SOURCES, Offer, offers
from ..rule import NotChecked, Outcomes, Severity, rule
from ..sources import CONCEPTS, SRG

_SHA2_BITS = (256, 384, 512)

_MEMBER = """
hostname gm1
crypto isakmp policy 10
 encryption aes 256
 hash sha256
 authentication pre-share
 group 19
{more}crypto gdoi group G1
 identity number 1001
 server address ipv4 10.10.1.1
 server address ipv4 10.10.2.1
"""

_IKEV2 = """
hostname gm1
crypto ikev2 proposal STRONG
 encryption aes-cbc-256
 integrity {integrity}
 group 19
crypto ikev2 policy ALL
 proposal STRONG
crypto gkm group G1
 identity number 1001
 server address ipv4 10.10.1.1
 server address ipv4 10.10.2.1
 client protocol gikev2 GKM
"""


@rule(
    code="IKE005",
    aliases=("GV-040", "GV-136"),
    title="IKE is encrypted with AES",
    severity=Severity.HIGH,
    scope=DEVICE,
    needs=SOURCES,
    thresholds=("ike_aes_min_bits",),
    source=f"{CONCEPTS}; {SRG}",
    rationale="""
        IKE protects the keys of the whole group while a member gets them. DES can be broken by
        anyone, 3DES is slow and weak for its cost. A single weak policy is enough, since a peer
        may choose it although a stronger one stands beside it; and a policy without an
        'encryption' line is one with DES.
    """,
    remediation="""
{block}
 encryption {cipher}""",
    bad={"gm1.cfg": _MEMBER.format(more="crypto isakmp policy 20\n authentication pre-share\n")},
    good={"gm1.cfg": _MEMBER.format(more="")},
)
def weak_cipher(ctx: DeviceContext) -> Outcomes:
    """Look at every ISAKMP policy, and at the IKEv2 proposals that policies name."""
    if not has_role(ctx.device):
        return
    least = ctx.settings.ike_aes_min_bits
    found = tuple(offers(ctx, "encryption"))
    for offer in found:
        if isinstance(offer, NotChecked):
            yield offer
        elif weak := offer.weaker(least):
            yield ctx.finding(
                offer.evidence,
                f"{_taken(offer, 'encryption', weak)}; AES with {least} bits or more is wanted"
                + _beside(offer, found, least),
                block=offer.block,
                cipher="aes-cbc-256" if offer.version == 2 else "aes 256",
            )


@rule(
    code="IKE006",
    aliases=("GV-041", "GV-133"),
    title="IKE is authenticated with SHA-256 or a longer hash",
    severity=Severity.HIGH,
    scope=DEVICE,
    needs=SOURCES,
    thresholds=("ike_hash_min_bits",),
    source=f"{CONCEPTS}: 256 bits; {SRG}: 384 bits",
    rationale="""
        The hash guards the integrity of IKE and makes its keys. SHA-1 and MD5 are broken as
        hashes. A single weak policy is enough, since a peer may choose it although a stronger one
        stands beside it; and an ISAKMP policy without a 'hash' line is one with SHA-1.
    """,
    remediation="""
{block}
 {keyword} sha{bits}""",
    bad={"gm1.cfg": _IKEV2.format(integrity="sha512 sha1")},
    good={"gm1.cfg": _IKEV2.format(integrity="sha512 sha256")},
)
def weak_hash(ctx: DeviceContext) -> Outcomes:
    """Look at every ISAKMP policy, and at the IKEv2 proposals that policies name."""
    if not has_role(ctx.device):
        return
    least = ctx.settings.ike_hash_min_bits
    found = tuple(offers(ctx, "hash"))
    for offer in found:
        if isinstance(offer, NotChecked):
            yield offer
        elif weak := offer.weaker(least):
            yield ctx.finding(
                offer.evidence,
                f"{_taken(offer, 'hash', weak)}; {least} bits or more are wanted"
                + _beside(offer, found, least),
                block=offer.block,
                keyword="integrity" if offer.version == 2 else "hash",
                bits=next(size for size in _SHA2_BITS if size >= least),
            )


def _taken(offer: Offer, what: str, weak: tuple[str, ...]) -> str:
    """What is weak about `offer`: a choice, or a line that is absent."""
    if offer.default:
        return f"{offer.name} has no '{what}' line and so takes {weak[0]}"
    return f"{offer.name} takes {what} {' and '.join(weak)}"


def _beside(offer: Offer, found: tuple[Offer | NotChecked, ...], bits: int) -> str:
    """That peers may choose `offer` although others of `found` are strong enough."""
    strong = [
        other.name
        for other in found
        if isinstance(other, Offer) and other.version == offer.version and not other.weaker(bits)
    ]
    return f", and a peer may choose it although {strong[0]} is stronger" if strong else ""
