"""How strong certificates in IKE are, whether their check can be skipped, and who made them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..certificates import (
    certificates,
    name_of,
    own_certificates,
    undecided_use,
    uses_them,
)
from ..context import DEVICE, GROUP, DeviceContext, GroupContext, config_evidence, show_evidence
from ..group_keys import members_of
from ..ike import has_role, is_server, trustpoints
from ..listing import key_servers
from ..management import KEY_SERVER
from ..needs import CONFIG, KEY_MYPUBKEY, PKI_CERTIFICATES
from ..rule import Evidence, Grade, Outcomes, Severity, rule
from ..sources import COMMANDS, OURS, RFC9206

if TYPE_CHECKING:
    from ...parsers.records.pki import Certificate, DistinguishedName

_OLD_HASHES = ("md5", "sha1")
_IKE = """\
crypto isakmp policy 10
 encryption aes 256
 hash sha256
 group 19
crypto pki trustpoint CA
 enrollment url http://10.10.9.30:80
 revocation-check {check}
 rsakeypair PKI {bits}
 hash {hash}
"""
_CERTIFICATE = """\
Certificate
  Status: Available
  Version: 3
  Certificate Serial Number (hex): 03
  Certificate Usage: General Purpose
  Issuer:
    cn={issuer}
  Subject:
    Name: {name}
    cn={name}
  Validity Date:
    start date: 10:00:00 UTC Jan 1 2026
    end   date: 10:00:00 UTC Jan 1 2027
  Subject Key Info:
    Public Key Algorithm: rsaEncryption
    RSA Public Key: ({bits} bit)
  Signature Algorithm: {hash} with RSA Encryption
  Fingerprint MD5: 63B03B57 6ADB6EB8 A525E53A F8478A34
  Fingerprint SHA1: 8C78B5ED 59B6EC2E 645DB494 998657E6 290DA64C
  X509v3 extensions:
    X509v3 Key Usage: A0000000
      Digital Signature
      Key Encipherment
    Authority Info Access:
  Cert install time: 10:05:00 UTC Jan 1 2026
  Associated Trustpoints: CA
  Key Label: PKI
"""
_MEMBER = """
hostname gm1
crypto isakmp policy 10
 encryption aes 256
 hash sha256
 group 19
crypto pki trustpoint CA
 enrollment url http://10.10.9.30:80
 revocation-check none
crypto gdoi group G1
 identity number 1001
 server address ipv4 10.10.1.1
"""
_FILE = "{}/show crypto pki certificates verbose.txt"


def _ks1(check: str = "crl", bits: int = 2048, digest: str = "sha256") -> dict[str, str]:
    return {"ks1.cfg": KEY_SERVER.format(lines=_IKE.format(check=check, bits=bits, hash=digest))}


def _certificate(
    host: str, *, issuer: str = "CA", bits: int = 2048, digest: str = "SHA256"
) -> dict[str, str]:
    text = _CERTIFICATE.format(issuer=issuer, name=host, bits=bits, hash=digest)
    return {_FILE.format(host): text}


@rule(
    code="PKI009",
    aliases=("GV-140",),
    title="The keys of certificates in IKE are long enough",
    severity=Severity.MEDIUM,
    scope=DEVICE,
    needs=(CONFIG, PKI_CERTIFICATES, KEY_MYPUBKEY),
    thresholds=("certificate_rsa_min_bits", "certificate_curve_min_bits"),
    source=f"{OURS}: as for rekeys; {RFC9206}: RSA from 3072 bits, curve P-384",
    rationale="""
        Who can find the private key to a certificate can register in place of its owner, or pose
        as the CA. The CA certificate counts as much as those that it signs.
    """,
    remediation="""
crypto key generate rsa general-keys label <new label> modulus {least}
crypto pki trustpoint {trustpoint}
 rsakeypair <new label>
! and then: crypto pki enroll {trustpoint}""",
    bad={**_ks1(bits=1024), **_certificate("ks1", bits=1024)},
    good={**_ks1(), **_certificate("ks1")},
)
def short_keys(ctx: DeviceContext) -> Outcomes:
    """Look at the key of each certificate, else at the size behind `rsakeypair`."""
    if not has_role(ctx.device) or uses_them(ctx) is False:
        return
    yield from undecided_use(ctx)
    known: set[str] = set()
    for output, each in certificates(ctx):
        if each.key_bits is None:
            continue
        known |= set(each.trustpoints or ())
        least = _least(ctx, each)
        if each.key_bits < least:
            yield ctx.shown(
                output,
                each,
                "key_bits",
                f"{name_of(each)} has a key of {each.key_bits} bits, less than {least}",
                least=least,
                trustpoint=(each.trustpoints or ("<trustpoint>",))[0],
            )
    for trustpoint in trustpoints(ctx.device):
        if trustpoint.name in known:
            continue
        size = _key_size(ctx, trustpoint.rsakeypair, trustpoint.rsakeypair_bits)
        least = ctx.settings.certificate_rsa_min_bits
        if size is None:
            yield ctx.not_checked(f"the key of trustpoint {trustpoint.name} is not known")
        elif size[0] < least:
            bits, shown = size
            evidence = shown or config_evidence(ctx.device, trustpoint, "rsakeypair")
            yield ctx.finding(
                evidence,
                f"trustpoint {trustpoint.name} has a key of {bits} bits, less than {least}",
                least=least,
                trustpoint=trustpoint.name,
            )
    if ctx.config is None and not known:
        yield ctx.missing(PKI_CERTIFICATES)


def _least(ctx: DeviceContext, each: Certificate) -> int:
    if "ec" in (each.key_algorithm or "").lower().replace("encryption", ""):
        return ctx.settings.certificate_curve_min_bits
    return ctx.settings.certificate_rsa_min_bits


def _key_size(
    ctx: DeviceContext, label: str | None, bits: int | None
) -> tuple[int, Evidence | None] | None:
    """The bits of the RSA key `label`: as the device shows it, else as configured."""
    for output in ctx.records(KEY_MYPUBKEY):
        for key in output.record.keys:
            shown = key.modulus_bits or key.bits
            if key.name == label and shown is not None:
                return shown, show_evidence(output, key, "name")
    return None if bits is None else (bits, None)


@rule(
    code="PKI010",
    title="Certificates in IKE are signed with SHA-256 or better",
    severity=Severity.MEDIUM,
    scope=DEVICE,
    needs=(CONFIG, PKI_CERTIFICATES),
    source=f"{OURS}; RFC 8247 §3.2",
    rationale="""
        For MD5 and SHA-1 two texts with one hash can be made: who may ask the CA for one
        certificate can get another with it. A CA that signs itself is trusted for its key, so its
        own signature does not count.
    """,
    remediation="""
crypto pki trustpoint {trustpoint}
 hash sha256
! the CA has to sign with SHA-256 as well; then: crypto pki enroll {trustpoint}""",
    bad={**_ks1(), **_certificate("ks1", digest="SHA1")},
    good={**_ks1(), **_certificate("ks1")},
)
def old_signature(ctx: DeviceContext) -> Outcomes:
    """Look at the signature of each certificate, and at `hash` of the trustpoints."""
    if not has_role(ctx.device) or uses_them(ctx) is False:
        return
    yield from undecided_use(ctx)
    known: set[str] = set()
    for output, each in certificates(ctx):
        if each.signature_algorithm is None or _signs_itself(each):
            continue
        known |= set(each.trustpoints or ())
        if _is_old(each.signature_algorithm):
            yield ctx.shown(
                output,
                each,
                "signature_algorithm",
                f"{name_of(each)} is signed by {each.signature_algorithm}",
                trustpoint=(each.trustpoints or ("<trustpoint>",))[0],
            )
    for trustpoint in trustpoints(ctx.device):
        if trustpoint.hash in _OLD_HASHES:
            yield ctx.at(
                trustpoint,
                "hash",
                f"trustpoint {trustpoint.name} signs its requests with {trustpoint.hash}",
                severity=Severity.LOW,
                trustpoint=trustpoint.name,
            )
        if trustpoint.name not in known:
            reason = f"there is no certificate of trustpoint {trustpoint.name} in full"
            yield ctx.not_checked(f"{reason} ({PKI_CERTIFICATES.text} verbose)")
    if ctx.config is None and not known:
        yield ctx.missing(PKI_CERTIFICATES)


def _is_old(algorithm: str) -> bool:
    word = algorithm.lower().replace("-", "")
    return any(word.startswith(each) for each in _OLD_HASHES)


def _signs_itself(each: Certificate) -> bool:
    return (
        each.issuer is not None
        and each.subject is not None
        and each.issuer.attributes == each.subject.attributes
    )


@rule(
    code="PKI011",
    title="Key servers do not skip the check of revocation",
    severity=Severity.LOW,
    scope=DEVICE,
    needs=(CONFIG,),
    source=COMMANDS,
    rationale="""
        With 'revocation-check crl none' a certificate passes whenever the list cannot be fetched.
        Who keeps the key server from the list, and that takes one filter, has a revoked member
        accepted.
    """,
    remediation="""
crypto pki trustpoint {trustpoint}
 revocation-check {checks}""",
    bad=_ks1(check="crl none"),
    good=_ks1(),
    fix=Grade.SAFE,
)
def skipped_check(ctx: DeviceContext) -> Outcomes:
    """Look for `none` behind other words of `revocation-check`."""
    if not is_server(ctx.device):
        return
    if ctx.config is None:
        yield ctx.missing()
        return
    for trustpoint in trustpoints(ctx.device):
        checks = trustpoint.revocation_check
        if "none" in checks[1:]:
            asked = " ".join(checks[: checks.index("none")])
            yield ctx.at(
                trustpoint,
                "revocation_check",
                f"trustpoint {trustpoint.name} takes certificates when {asked} gives no answer",
                trustpoint=trustpoint.name,
                checks=asked,
            )
    if ctx.config_missing:
        yield ctx.not_checked(ctx.config_missing)


@rule(
    code="PKI012",
    title="Key servers know the CA of every member",
    severity=Severity.HIGH,
    scope=GROUP,
    needs=(PKI_CERTIFICATES,),
    source=OURS,
    rationale="""
        A key server takes the certificate of a member only if it has the certificate of the CA
        that signed it. While a CA is changed for another, members of the new one are refused by
        key servers that have not learnt it, and the other way round.
    """,
    remediation="""
crypto pki trustpoint <name>
 enrollment terminal
! and then: crypto pki authenticate <name>, with the certificate of {issuer}""",
    bad={
        **_ks1(),
        **_certificate("ks1"),
        "gm1.cfg": _MEMBER,
        **_certificate("gm1", issuer="OTHER-CA"),
    },
    good={**_ks1(), **_certificate("ks1"), "gm1.cfg": _MEMBER, **_certificate("gm1")},
)
def unknown_ca(ctx: GroupContext) -> Outcomes:
    """Compare who signed the certificates of members with the CAs that key servers know."""
    for found in key_servers(ctx):
        server = found.server
        if uses_them(server) is False:
            continue
        output = server.records(PKI_CERTIFICATES)[-1:]
        if not output or not output[0].complete:
            yield server.missing()
            continue
        known = {_text(name) for _, each in certificates(server) for name in _authorities(each)}
        for member in members_of(ctx):
            listed = member.view.servers if member.view is not None else ()
            if not found.serves(member.group, listed):
                continue
            for shown, each in own_certificates(member):
                if each.issuer is not None and _text(each.issuer) not in known:
                    yield ctx.finding(
                        (show_evidence(shown, each, "issuer"), *_proofs(server)),
                        f"key server {server.device.name} does not know {_text(each.issuer)}, "
                        f"which signed the {name_of(each)} of {member.device.name}",
                        device=server.device.name,
                        issuer=_text(each.issuer),
                    )
    for member in members_of(ctx):
        if uses_them(member) is not False and not member.records(PKI_CERTIFICATES):
            yield member.missing()


def _authorities(each: Certificate) -> Iterator[DistinguishedName]:
    """The CA that a certificate is of, or by."""
    if each.kind == "ca" and each.subject is not None:
        yield each.subject
    elif each.issuer is not None:
        yield each.issuer


def _text(name: DistinguishedName) -> str:
    return ", ".join(f"{kind}={value}" for kind, value in name.attributes)


def _proofs(server: DeviceContext) -> Iterator[Evidence]:
    for output, each in certificates(server):
        yield show_evidence(output, each, "trustpoints")
        return
