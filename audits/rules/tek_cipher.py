"""Traffic keys: what the group's data is encrypted with."""

import re

from ..context import GROUP, GroupContext
from ..group_keys import Transform
from ..member_keys import group_facts, member_transforms
from ..needs import CONFIG, GDOI, KS_POLICY
from ..rule import Grade, Outcomes, Severity, rule
from ..server_keys import tek_transforms
from ..sources import CONCEPTS, SRG

_MODES = ("gcm", "gmac")
_SHA2 = re.compile(r"\bsha(256|384|512)-hmac", re.ASCII)
_SHA2_BITS = (256, 384, 512)

_SERVER = """
hostname ks1
crypto ipsec transform-set TS {transforms}
crypto ipsec profile PROF
 set security-association lifetime seconds 7200
 set transform-set TS
crypto gdoi group G1
 identity number 1001
 server local
  sa ipsec 10
   profile PROF
   match address ipv4 POLICY
  address ipv4 10.10.1.1
"""
_POLICY = """
Key Server Policy:
For group G1 (handle: 2147483650) server 10.10.1.1 (handle: 2147483650):

  # of teks : 1  Seq num : 0
  TEK POLICY (encaps : ENCAPS_TUNNEL)
    spi                : 0xA1B2C3D4
    access-list        : POLICY
    transform          : esp-256-aes esp-sha256-hmac
    alg key size       : 32            sig key size          : 32
    orig life(sec)     : 7200          remaining life(sec)   : 5300
    tek life(sec)      : 7200          elapsed time(sec)     : 1900
    override life (sec): 0             antireplay window size: 64
    time to rekey (sec): 4900
"""


@rule(
    code="TEK004",
    aliases=("GV-010", "GV-135"),
    title="Traffic is encrypted with AES",
    severity=Severity.HIGH,
    scope=GROUP,
    needs=(CONFIG, KS_POLICY, GDOI),
    thresholds=("tek_aes_min_bits", "tek_hash_min_bits"),
    source=f"{CONCEPTS}: AES; {SRG}: AES-256",
    rationale="""
        DES can be broken by trying all keys, 3DES has blocks too small for the amounts of data
        that a group sends under one key, and both cost more computation than AES. GCM and GMAC
        are modes of AES.
    """,
    fix=Grade.REKEY,
    remediation="""
crypto ipsec transform-set {transform_set} {transforms}""",
    bad={"ks1.cfg": _SERVER.format(transforms="esp-3des esp-sha-hmac")},
    good={
        "ks1.cfg": _SERVER.format(transforms="esp-aes 256 esp-sha256-hmac"),
        "ks1/show crypto gdoi ks policy.txt": _POLICY,
    },
)
def cipher_not_aes(ctx: GroupContext) -> Outcomes:
    """Look at the transform sets of the key servers, and at what members use besides."""
    facts, gaps = group_facts(ctx, tek_transforms, member_transforms(ctx))
    yield from gaps
    for where, fact in facts:
        if fault := _fault(fact.value, ctx.settings.tek_aes_min_bits):
            message = f"traffic of group {where.group_name} is protected with {fault}"
            yield where.finding(
                fact.evidence,
                message,
                transform_set=fact.name,
                transforms=_wanted(fact.value, ctx.settings.tek_hash_min_bits),
            )


def _wanted(transform: Transform, least: int) -> str:
    """The transforms to take: the same mode with the longest key, the same hash if that is good."""
    if transform.cipher in _MODES:
        return f"esp-{transform.cipher} 256"
    found = _SHA2.search(transform.text)
    wanted = max(least, int(found[1]) if found is not None else 0)
    return f"esp-aes 256 esp-sha{next(bits for bits in _SHA2_BITS if bits >= wanted)}-hmac"


def _fault(transform: Transform, least: int) -> str:
    """What is wrong with a transform, '' if nothing is."""
    text = transform.text or "no ESP cipher"
    if not transform.is_aes:
        return f"{text}, not with AES"
    if transform.bits is not None and transform.bits < least:
        return f"{text}, less than {least} bits"
    return ""
