"""The RSA key that signs rekeys: how long it is, and what else it is used for."""

from collections.abc import Iterator, Sequence

from ...parsers.config import Trustpoint
from ..context import (
    GROUP,
    SERVER,
    GroupContext,
    ServerContext,
    config_evidence,
    show_evidence,
)
from ..group_keys import members_of
from ..needs import (
    CONFIG,
    GDOI,
    GM_PUBKEY,
    KEY_MYPUBKEY,
    KS_POLICY,
    PKI_CERTIFICATES,
    PKI_TRUSTPOINTS,
)
from ..rekey_keys import Label, label_of, learnt_keys, own_key
from ..rule import Evidence, Outcomes, Severity, rule
from ..servers import current_kek, latest
from ..sources import COMMANDS, CONCEPTS
from ..teams import teams
from .key import key_output

_MODULUS_BITS = {
    752: 512,
    1008: 768,
    1296: 1024,
    1808: 1536,
    2352: 2048,
    3376: 3072,
    4400: 4096,
}
"""Bits of the DER form of an RSA key with exponent 65537, and of its modulus."""

_SERVER = """
hostname ks1
ip domain name example.net
crypto pki trustpoint CA
 enrollment url http://10.10.9.30:80
 rsakeypair {trustpoint}
crypto gdoi group G1
 identity number 1001
 server local
  rekey authentication mypubkey rsa REKEY
  rekey transport unicast
  address ipv4 10.10.1.1
"""
_CONFIG = {"ks1.cfg": _SERVER.format(trustpoint="PKI")}


@rule(
    code="KEY002",
    aliases=("GV-035",),
    title="The RSA key that signs rekeys has at least 2048 bits",
    severity=Severity.HIGH,
    scope=GROUP,
    needs=(KEY_MYPUBKEY, KS_POLICY, GM_PUBKEY, GDOI),
    thresholds=("rsa_modulus_min_bits",),
    source=CONCEPTS,
    rationale="""
        Members obey whatever rekey bears a good signature: who can forge one owns the traffic
        keys of the whole group. Keys of 1024 bits are no longer safe against that.
    """,
    remediation="""
Plan it as a change: members register again after the next rekey. On the primary key server:
 crypto key generate rsa general-keys label <new label> modulus {least} exportable
Export it to all other key servers, compare 'show crypto key mypubkey rsa' there, and then:
 crypto gdoi group {group}
  server local
   rekey authentication mypubkey rsa <new label>""",
    bad={**_CONFIG, "ks1/show crypto key mypubkey rsa.txt": key_output(1024, "A5")},
    good={**_CONFIG, "ks1/show crypto key mypubkey rsa.txt": key_output(2048, "A5")},
)
def key_too_short(ctx: GroupContext) -> Outcomes:
    """The size on each key server; what members show of it only where it is another size."""
    least = ctx.settings.rsa_modulus_min_bits
    sizes: set[int] = set()
    silent = []
    for team in teams(ctx):
        for server in team:
            found = _size(server)
            if found is None:
                silent.append(server)
                continue
            bits, evidence = found
            sizes.add(bits)
            if bits < least:
                message = f"RSA key that signs rekeys of group {server.group} has {bits} bits"
                yield server.finding(
                    evidence, f"{message}, less than {least}", group=server.group, least=least
                )
    learnt: dict[int, list[Evidence]] = {}
    for bits, evidence in _learnt_sizes(ctx):
        learnt.setdefault(bits, []).append(evidence)
    for bits, proofs in learnt.items():
        if bits < least and bits not in sizes:
            message = f"members verify rekeys of group {ctx.group.name} with an RSA key of {bits}"
            yield ctx.finding(
                proofs,
                f"{message} bits, less than {least}",
                group=ctx.group.name,
                least=least,
            )
    if not learnt:
        yield from _undecided(ctx, silent)


def _undecided(ctx: GroupContext, silent: Sequence[ServerContext]) -> Outcomes:
    """Key servers of whose key no size is known; those without a key do not count."""
    for server in silent:
        if server.view is None or server.view.rekey_authentication is not None:
            yield server.missing()
    if not ctx.group.servers:
        yield ctx.not_checked("no key of a key server of this group is known")


def _size(server: ServerContext) -> tuple[int, Evidence] | None:
    """The bits of the modulus: by the key itself, else by the length of signatures."""
    label = label_of(server)
    found = own_key(server, label) if label is not None else None
    if found is not None:
        output, key = found
        bits = key.modulus_bits or key.bits
        if bits is not None:
            return bits, show_evidence(output, key, "modulus_bits" if key.modulus_bits else "bits")
    policy = latest(server.rows(KS_POLICY, lambda record: record.groups))
    kek = current_kek(policy[1]) if policy is not None else None
    if policy is not None and kek is not None and kek.signature_bytes:
        # some releases count the zero in front of the modulus
        octets = kek.signature_bytes - (kek.signature_bytes % 8 == 1)
        return octets * 8, show_evidence(policy[0], kek, "signature_bytes")
    return None


def _learnt_sizes(ctx: GroupContext) -> Iterator[tuple[int, Evidence]]:
    """What members show: the key, else its length in whichever way the release counts it."""
    for learnt in learnt_keys(ctx):
        if learnt.row.modulus_bits is not None:
            yield (
                learnt.row.modulus_bits,
                show_evidence(learnt.output, learnt.row, "modulus_bits"),
            )
    for member in members_of(ctx):
        for output, group in member.rows(GDOI, lambda record: record.groups):
            for kek in group.keks:
                bits = _modulus_bits(kek.signature_key_bits)
                if bits is not None:
                    yield bits, show_evidence(output, kek, "signature_key_bits")


def _modulus_bits(shown: int) -> int | None:
    """The modulus of a key that members show as `shown` bits; None for an unusual number."""
    if shown in _MODULUS_BITS.values():
        return shown
    return _MODULUS_BITS.get(shown)


@rule(
    code="KEY003",
    aliases=("GV-067",),
    title="The RSA key that signs rekeys is used for nothing else",
    severity=Severity.HIGH,
    scope=SERVER,
    needs=(CONFIG, PKI_TRUSTPOINTS, PKI_CERTIFICATES),
    source=COMMANDS,
    rationale="""
        Replacing the key of a certificate replaces the key of the group, and the other way round:
        'crypto key zeroize rsa' with the name of a key also removes every certificate made for
        it, and with it IKE authentication or SSH.
    """,
    remediation="""
Sign rekeys with a key of its own: generate it exportable under a new label, import it on all key
servers, and then
 crypto gdoi group {group}
  server local
   rekey authentication mypubkey rsa <new label>""",
    bad={"ks1.cfg": _SERVER.format(trustpoint="REKEY")},
    good=_CONFIG,
)
def key_shared(ctx: ServerContext) -> Outcomes:
    """Look for a trustpoint that uses the key, and whether it is the device's general key."""
    label = label_of(ctx)
    if label is None:
        if ctx.view is None:
            yield ctx.missing()
        return
    uses = tuple(_uses(ctx, label))
    for use, evidence in uses:
        message = f"RSA key {label.name} signs rekeys of group {ctx.group} and is that of {use}"
        yield ctx.finding((label.evidence, evidence), message, group=ctx.group)
    shown = any(output.complete for output in ctx.records(PKI_TRUSTPOINTS))
    if not uses and not shown and (ctx.config is None or ctx.config_missing):
        yield ctx.missing()


def _uses(ctx: ServerContext, label: Label) -> Iterator[tuple[str, Evidence]]:
    """Other uses of the key called `label`, each with its proof."""
    named: set[str] = set()
    config = ctx.config
    general = None
    if config is not None and config.hostname is not None and config.domain_name is not None:
        general = f"{config.hostname}.{config.domain_name}"
    for trustpoint in config.trustpoints.values() if config is not None else ():
        if label.name == _key_of(trustpoint, general):
            named.add(trustpoint.name)
            evidence = config_evidence(ctx.device, trustpoint, "rsakeypair")
            yield f"trustpoint {trustpoint.name}", evidence
    for output in ctx.records(PKI_TRUSTPOINTS):
        for row in output.record.trustpoints:
            if row.key_label == label.name and row.name not in named:
                named.add(row.name)
                yield f"trustpoint {row.name}", show_evidence(output, row, "key_label")
    for listing in ctx.records(PKI_CERTIFICATES):
        for each in listing.record.certificates:
            points = each.trustpoints or ()
            if each.key_label == label.name and not named.intersection(points):
                named.update(points)
                name = ", ".join(points) or "a certificate"
                yield f"trustpoint {name}", show_evidence(listing, each, "key_label")
    if not named and label.name == general and config is not None:
        yield "the device, which SSH uses", config_evidence(ctx.device, config, "domain_name")


def _key_of(trustpoint: Trustpoint, general: str | None) -> str | None:
    """The RSA key of a trustpoint: without `rsakeypair` the general key of the device."""
    if trustpoint.eckeypair is not None:
        return None
    return trustpoint.rsakeypair or general
