"""What rekeys are encrypted and signed with."""

from ..context import GROUP, GroupContext, ServerContext
from ..group_keys import Facts, gdoi_or_gkm, without_rekeys
from ..member_keys import group_facts, member_kek_ciphers, member_kek_hashes
from ..needs import CONFIG, GDOI, KS_POLICY
from ..rule import Grade, Outcomes, Severity, rule
from ..server_keys import kek_ciphers, kek_hashes
from ..sources import COMMANDS, OURS, SRG

_SHA2_BITS = (256, 384, 512)
_HASH_BITS = {"md5": 128, "sha": 160, "sha1": 160, "sha256": 256, "sha384": 384, "sha512": 512}

_SERVER = """
hostname ks1
crypto gdoi group G1
 identity number 1001
 server local
{lines}  rekey retransmit 60 number 2
  rekey authentication mypubkey rsa REKEY
  rekey transport unicast
  sa ipsec 10
   profile PROF
   match address ipv4 POLICY
  address ipv4 10.10.1.1
"""
_ALGORITHM = "  rekey algorithm aes 256\n"
_HASH = "  rekey sig-hash algorithm sha256\n"


@rule(
    code="RKY006",
    aliases=("GV-062",),
    title="Rekeys are encrypted with AES, which has to be configured",
    severity=Severity.HIGH,
    scope=GROUP,
    needs=(CONFIG, KS_POLICY, GDOI),
    thresholds=("kek_aes_min_bits",),
    source=f"{COMMANDS}; {OURS}; {SRG}: AES-256",
    rationale="""
        A rekey carries the keys of all traffic: it must not be easier to break than the traffic.
        A key server without the line 'rekey algorithm' encrypts rekeys with 3DES.
    """,
    remediation="""
crypto {gdoi_or_gkm} group {group}
 server local
  rekey algorithm aes 256""",
    bad={"ks1.cfg": _SERVER.format(lines=_HASH)},
    good={"ks1.cfg": _SERVER.format(lines=_ALGORITHM + _HASH)},
    fix=Grade.REKEY,
)
def rekey_cipher_not_aes(ctx: GroupContext) -> Outcomes:
    """Look at the key servers, and at what members hold besides."""
    facts, gaps = group_facts(ctx, _ciphers, member_kek_ciphers(ctx))
    yield from gaps
    least = ctx.settings.kek_aes_min_bits
    for where, fact in facts:
        is_aes = fact.value.startswith("aes")
        size = fact.value.removeprefix("aes ")
        if not is_aes or (size.isdecimal() and int(size) < least):
            default = " by default" if fact.is_default else ""
            lack = f"less than {least} bits" if is_aes else "not AES"
            yield where.finding(
                fact.evidence,
                f"the rekey cipher of group {where.group_name} is {fact.value}{default}, {lack}",
                gdoi_or_gkm=gdoi_or_gkm(where),
                group=where.group_name,
            )


@rule(
    code="RKY007",
    aliases=("GV-063",),
    title="Rekeys are signed with SHA-256 or stronger, which has to be configured",
    severity=Severity.MEDIUM,
    scope=GROUP,
    needs=(CONFIG, GDOI),
    thresholds=("kek_hash_min_bits",),
    source=f"{SRG}; {COMMANDS}",
    rationale="""
        The signature is all that tells a member that a rekey comes from its key server. A key
        server without the line 'rekey sig-hash algorithm' signs with SHA-1, whose collisions can
        be computed.
    """,
    remediation="""
crypto {gdoi_or_gkm} group {group}
 server local
  rekey sig-hash algorithm sha{bits}""",
    bad={"ks1.cfg": _SERVER.format(lines=_ALGORITHM)},
    good={"ks1.cfg": _SERVER.format(lines=_ALGORITHM + _HASH)},
    fix=Grade.REKEY,
)
def signature_hash_weak(ctx: GroupContext) -> Outcomes:
    """Look at the key servers, and at what members verify besides."""
    facts, gaps = group_facts(ctx, _hashes, member_kek_hashes(ctx))
    yield from gaps
    least = ctx.settings.kek_hash_min_bits
    for where, fact in facts:
        if _HASH_BITS.get(fact.value, least) < least:
            default = " by default" if fact.is_default else ""
            yield where.finding(
                fact.evidence,
                f"the rekey signature hash of group {where.group_name} is {fact.value}{default}, "
                f"not SHA-{least} or stronger",
                gdoi_or_gkm=gdoi_or_gkm(where),
                group=where.group_name,
                bits=next(size for size in _SHA2_BITS if size >= least),
            )


def _ciphers(server: ServerContext) -> Facts[str] | None:
    return None if without_rekeys(server) else kek_ciphers(server)


def _hashes(server: ServerContext) -> Facts[str] | None:
    return None if without_rekeys(server) else kek_hashes(server)
