"""Which algorithms the IKE of a device takes: by configuration, by default, or in use."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal, TypeVar

from .context import DeviceContext, config_evidence, show_evidence
from .ike import ikev2_profile_names, uses_ikev1
from .needs import (
    CONFIG,
    GDOI,
    IKEV2_PROPOSAL,
    IKEV2_SA,
    ISAKMP_DEFAULT_POLICY,
    ISAKMP_POLICY,
    ISAKMP_SA_DETAIL,
    KS,
)
from .rule import Evidence, NotChecked

if TYPE_CHECKING:
    from ..parsers.config import DeviceConfig, Ikev2Proposal, IsakmpPolicy
    from ..parsers.records.ikev2 import Ikev2Proposal as ShownProposal
    from ..parsers.records.isakmp import IsakmpDefaultPolicies, IsakmpPolicies
    from ..parsers.records.isakmp import IsakmpPolicy as ShownPolicy
    from .facts import Shown

    P = TypeVar("P", IsakmpPolicies, IsakmpDefaultPolicies)
    Suite = tuple[ShownPolicy, Callable[[str], Evidence]]

What = Literal["encryption", "hash"]
Algorithm = tuple[str, int | None]

GDOI_PORT = 848
SOURCES = (
    CONFIG,
    ISAKMP_POLICY,
    ISAKMP_DEFAULT_POLICY,
    ISAKMP_SA_DETAIL,
    IKEV2_PROPOSAL,
    IKEV2_SA,
)
_HASH_BITS = {
    "md5": 128,
    "md596": 128,
    "message digest 5": 128,
    "sha": 160,
    "sha1": 160,
    "sha96": 160,
    "secure hash standard": 160,
    "sha256": 256,
    "sha384": 384,
    "sha512": 512,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """The ciphers, or the hashes, that one policy, proposal or SA takes.

    `algorithms` are (name, strength in bits) in the words of the device: the key size of AES and
    0 of any other cipher, the output size of a hash, None where it is not known. `block` opens
    the configuration block that decides it. `default` is set where no line chooses. `version` is
    that of IKE.
    """

    name: str
    algorithms: tuple[Algorithm, ...]
    evidence: Evidence
    block: str
    default: bool = False
    version: Literal[1, 2] = 1

    def weaker(self, bits: int) -> tuple[str, ...]:
        """The names of the algorithms with less than `bits`."""
        return tuple(
            name for name, strength in self.algorithms if strength is not None and strength < bits
        )


def offers(ctx: DeviceContext, what: What) -> Iterator[Offer | NotChecked]:
    """What the device offers and takes for its part in GETVPN, and what cannot be told.

    The configuration decides. Where it leaves a choice to the defaults of the release, the
    device's own list of them does; without configuration only the SAs in use are known.
    """
    config = ctx.config
    if config is None:
        yield from _shown(ctx, what)
        return
    if uses_ikev1(ctx.device):
        for policy in config.isakmp_policies:
            yield _policy(ctx, policy, what)
        if not config.isakmp_policies and not ctx.config_missing:
            yield from _default_policies(ctx, what)
    if ikev2_profile_names(config):
        yield from _proposals(ctx, config, what)
    if ctx.config_missing:
        yield ctx.not_checked(ctx.config_missing)


def _shown(ctx: DeviceContext, what: What) -> Iterator[Offer | NotChecked]:
    """Without configuration: the policies as the device shows them, else the SAs in use."""
    suites = shown_policies(ctx)
    for suite, evidence_of in suites:
        yield _suite(suite, evidence_of(what), what)
    if not suites:
        yield from _in_use(ctx, what)
    if not suites or shows_ikev2(ctx):
        yield ctx.missing(CONFIG)


def shown_policies(ctx: DeviceContext) -> tuple[Suite, ...]:
    """The ISAKMP policies in force by the last whole `show crypto isakmp policy`.

    Each comes with a function from the name of a field to the evidence. Those that the device
    brings along count only where none is configured.
    """
    return _last_suites(ctx.records(ISAKMP_POLICY))


def _last_suites(outputs: Sequence[Shown[P]]) -> tuple[Suite, ...]:
    whole = [output for output in outputs if output.complete]
    if not whole:
        return ()
    every = whole[-1].record.policies
    own = [suite for suite in every if not suite.default]
    return tuple((suite, partial(show_evidence, whole[-1], suite)) for suite in own or every)


def _suite(suite: ShownPolicy, evidence: Evidence, what: What) -> Offer:
    default = "default " if suite.priority is None or suite.default else ""
    if what == "hash":
        algorithm = suite.hash, suite.hash_bits or _HASH_BITS.get(suite.hash.lower())
    else:
        algorithm = suite.encryption, _aes_bits(suite.encryption, suite.encryption_bits)
    return Offer(
        name=f"{default}ISAKMP policy" + ("" if suite.priority is None else f" {suite.priority}"),
        algorithms=(algorithm,),
        evidence=evidence,
        block=f"crypto isakmp policy {'<priority>' if default else suite.priority}",
    )


def shows_ikev2(ctx: DeviceContext) -> bool:
    """Whether the device shows a group of IKEv2, to which ISAKMP policies do not apply."""
    types = [row.group_type for output in ctx.records(GDOI) for row in output.record.groups]
    types += [row.group_type for output in ctx.records(KS) for row in output.record.groups]
    return any(name is not None and "IKEv2" in name for name in types)


def _policy(ctx: DeviceContext, policy: IsakmpPolicy, what: What) -> Offer | NotChecked:
    name = f"ISAKMP policy {policy.priority}"
    if policy.is_default(what) and not ctx.device.block_complete(policy.line):
        return ctx.not_checked(f"{name} is not known in full")
    if what == "hash":
        algorithm = policy.hash, _HASH_BITS.get(policy.hash)
    else:
        size = "" if policy.key_bits is None else f" {policy.key_bits}"
        algorithm = f"{policy.encryption}{size}", policy.key_bits or 0
    return Offer(
        name=name,
        algorithms=(algorithm,),
        evidence=config_evidence(ctx.device, policy, what),
        block=policy.line.text,
        default=policy.is_default(what),
    )


def _default_policies(ctx: DeviceContext, what: What) -> Iterator[Offer | NotChecked]:
    suites = _last_suites(ctx.records(ISAKMP_DEFAULT_POLICY)) or shown_policies(ctx)
    if not suites:
        yield ctx.not_checked(
            "no ISAKMP policy is configured, and what the default ones take depends on the release"
        )
    for suite, evidence_of in suites:
        yield _suite(suite, evidence_of(what), what)


def _proposals(
    ctx: DeviceContext, config: DeviceConfig, what: What
) -> Iterator[Offer | NotChecked]:
    """The IKEv2 proposals that policies name; without policies, the default one."""
    named = dict.fromkeys(
        name for policy in config.ikev2_policies.values() for name in policy.proposals
    )
    for name in named or ("default",):
        proposal = config.ikev2_proposals.get(name)
        if proposal is not None:
            yield _proposal(ctx, proposal, what)
        elif not ctx.config_missing:
            yield from _shown_proposals(ctx, name, what)


def _proposal(ctx: DeviceContext, proposal: Ikev2Proposal, what: What) -> Offer | NotChecked:
    name = f"IKEv2 proposal {proposal.name}"
    if not ctx.device.block_complete(proposal.line):
        return ctx.not_checked(f"{name} is not known in full")
    return Offer(
        name=name,
        algorithms=_algorithms(proposal, what),
        evidence=config_evidence(ctx.device, proposal, _field(proposal, what)),
        block=proposal.line.text,
        version=2,
    )


def _shown_proposals(ctx: DeviceContext, name: str, what: What) -> Iterator[Offer | NotChecked]:
    """The proposal `name`, which the configuration lacks, as the device shows it."""
    found = False
    for output in ctx.records(IKEV2_PROPOSAL):
        for proposal in output.record.proposals:
            if proposal.name == name:
                found = True
                yield Offer(
                    name=f"IKEv2 proposal {name}",
                    algorithms=_algorithms(proposal, what),
                    evidence=show_evidence(output, proposal, _field(proposal, what)),
                    block=f"crypto ikev2 proposal {name}",
                    version=2,
                )
    if not found:
        yield ctx.not_checked(
            f"IKEv2 proposal {name} is not in the configuration, and there is no {IKEV2_PROPOSAL}"
        )


def _field(proposal: Ikev2Proposal | ShownProposal, what: What) -> str:
    """The field that says most about `what`: AEAD ciphers need no integrity, only a PRF."""
    if what == "encryption":
        return what
    return "integrity" if proposal.integrity else "prf"


def _algorithms(
    proposal: Ikev2Proposal | ShownProposal, what: What
) -> tuple[tuple[str, int | None], ...]:
    if what == "encryption":
        return tuple((word, _cipher_bits(word)) for word in proposal.encryption or ())
    words = dict.fromkeys((*(proposal.integrity or ()), *(proposal.prf or ())))
    return tuple((word, _HASH_BITS.get(word.lower())) for word in words)


def _in_use(ctx: DeviceContext, what: What) -> Iterator[Offer]:
    """What SAs have negotiated: those of ISAKMP, and the IKEv2 ones of the GDOI port."""
    for output in ctx.records(ISAKMP_SA_DETAIL):
        for sa in output.record.sas:
            word = sa.hash if what == "hash" else sa.encryption
            if word is not None:
                bits = _HASH_BITS.get(word) if what == "hash" else _aes_bits(word)
                yield Offer(
                    name=f"IKE SA with {sa.remote or sa.destination}",
                    algorithms=((word, bits),),
                    evidence=show_evidence(output, sa, what),
                    block="crypto isakmp policy <priority>",
                )
    for table in ctx.records(IKEV2_SA):
        for each in table.record.sas:
            word = each.hash or each.prf if what == "hash" else each.encryption
            if word is not None and GDOI_PORT in (each.local_port, each.remote_port):
                known = _HASH_BITS.get(word.lower())
                bits = known if what == "hash" else _aes_bits(word, each.key_bits)
                field = "prf" if what == "hash" and each.hash is None else what
                yield Offer(
                    name=f"IKEv2 SA with {each.remote}",
                    algorithms=((word, bits),),
                    evidence=show_evidence(table, each, field),
                    block="crypto ikev2 proposal <name>",
                    version=2,
                )


def _aes_bits(cipher: str, key_bits: int | None = None) -> int | None:
    """`key_bits` where `cipher` is AES, 0 where it is another."""
    return key_bits if cipher.upper().startswith("AES") else 0


def _cipher_bits(word: str) -> int | None:
    """The key size of a cipher in an IKEv2 proposal (`aes-cbc-256`)."""
    size = word.rpartition("-")[2]
    return _aes_bits(word, int(size) if size.isdecimal() else None)
