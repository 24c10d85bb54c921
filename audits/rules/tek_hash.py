"""Traffic keys: how changes of packets are noticed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..context import SERVER, ServerContext
from ..needs import CONFIG
from ..rule import Grade, Outcomes, Severity, rule
from ..sources import RFC8221, RFC9206, SRG

if TYPE_CHECKING:
    from ...parsers.config import TransformSet

_AEAD = ("gcm", "gmac")
_AES = "aes"
_BITS = {"md5": 128, "sha": 160, "sha256": 256, "sha384": 384, "sha512": 512}
_SHA2 = (256, 384, 512)
_STRONGEST_AES = 256

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


@rule(
    code="TEK020",
    aliases=("GV-134",),
    title="Changes of encrypted packets are noticed, by a hash of today",
    severity=Severity.MEDIUM,
    scope=SERVER,
    needs=(CONFIG,),
    thresholds=("tek_hash_min_bits", "tek_aes_min_bits"),
    source=f"{RFC8221}; {SRG}: SHA-384; {RFC9206}: AES-GCM",
    rationale="""
        Encryption alone does not keep anybody from changing packets, and with CBC he even learns
        from the answers what was in them. MD5 must not be used any longer; SHA-1 still holds as
        a keyed hash. GCM and GMAC bring their own.
    """,
    remediation="crypto ipsec transform-set {name} {cipher} esp-sha{bits}-hmac",
    bad={"ks1.cfg": _SERVER.format(transforms="esp-aes 256 esp-md5-hmac")},
    good={"ks1.cfg": _SERVER.format(transforms="esp-aes 256 esp-sha256-hmac")},
    fix=Grade.REKEY,
)
def weak_integrity(ctx: ServerContext) -> Outcomes:
    """Look at the hash of each transform set that the policies of the group use."""
    if ctx.configured is None:
        yield ctx.missing()
        return
    view, config = ctx.configured
    least = ctx.settings.tek_hash_min_bits
    seen: dict[str, TransformSet] = {}
    for sa in view.sas:
        profile = config.profile_of(sa)
        names = profile.transform_sets if profile is not None else ()
        found = config.transform_sets_of(sa)
        if len(found) < len(names) or not names:
            yield ctx.not_checked(
                f"the transform sets of 'sa ipsec {sa.sequence}' are not known in full"
            )
        seen |= {each.name: each for each in found}
    if not ctx.device.block_complete(view.line):
        yield ctx.not_checked("the group is not known in full")
    for each in seen.values():
        fault, severity = _fault(each, least)
        if fault:
            bits = each.key_bits if each.cipher == _AES else None
            enough = bits is not None and bits >= ctx.settings.tek_aes_min_bits
            size = bits if enough else _STRONGEST_AES
            yield ctx.at(
                each,
                "",
                f"transform set {each.name} of group {ctx.group} {fault}",
                severity=severity,
                name=each.name,
                cipher=f"esp-aes {size}",
                bits=next(size for size in _SHA2 if size >= least),
            )


def _fault(each: TransformSet, least: int) -> tuple[str, Severity]:
    """What is wrong with the hash of a transform set, '' if nothing is."""
    if each.cipher in _AEAD:
        return "", Severity.MEDIUM
    hashes = [word for word in (each.integrity, each.ah) if word is not None]
    if not hashes:
        return "has no hash, so packets can be changed unnoticed", Severity.HIGH
    if all(_BITS.get(word, least) < least for word in hashes):
        return (
            f"notices changes by {' and '.join(hashes)}; {least} bits are wanted",
            Severity.MEDIUM,
        )
    return "", Severity.MEDIUM
