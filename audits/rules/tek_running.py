"""The keys that key servers hold now: whether they are as configured, and followed in time."""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeVar

from ..context import SERVER, ServerContext, config_evidence, show_evidence
from ..group_keys import Fact, Facts, Transform, block_gap, without_rekeys
from ..needs import CONFIG, GDOI, KS_POLICY
from ..rule import Evidence, Outcomes, Severity, rule
from ..server_keys import kek_ciphers, kek_lifetimes, tek_lifetimes, tek_transforms
from ..servers import current_kek, current_teks, latest
from ..sources import COMMANDS, CONCEPTS, OURS

if TYPE_CHECKING:
    from ...parsers.config import KeyServerConfig
    from ...parsers.records.gdoi_ks_policy import Kek, KsGroupPolicy, KsPolicy
    from ..facts import Shown

V = TypeVar("V")

_KEK_CHANGE = "Cisco technical note 116737, GETVPN key rekey behavior change"

REGISTRATION_S = 60
"""Members register again when these seconds remain of a key, or more (reference: seed, 5 %)."""

KEK_LEAD_S = 200
"""The next rekey key is sent these seconds before the end of the old one, or more."""

MOST_TEKS = 2
"""During a rollover there are the old key and the new one."""

_SERVER = """
hostname ks1
crypto ipsec transform-set TS esp-aes 256 esp-sha256-hmac
crypto ipsec profile PROF
 set security-association lifetime seconds {tek}
 set transform-set TS
crypto gdoi group G1
 identity number 1001
 server local
  rekey algorithm aes 256
  rekey lifetime seconds {kek}
  rekey authentication mypubkey rsa REKEY
  rekey transport unicast
  sa ipsec 10
   profile PROF
   match address ipv4 POLICY
{address}"""
_ADDRESS = "  address ipv4 10.10.1.1\n"
_KEK = """
Key Server Policy:
For group G1 (handle: 2147483650) server 10.10.1.1 (handle: 2147483650):

  # of teks : {count}  Seq num : 2
  KEK POLICY (transport type : Unicast)
    spi : 0x11223344556677889900AABBCCDDEEFF
    management alg     : disabled    encrypt alg       : AES
    crypto iv length   : 16          key size          : 32
    orig life(sec): 86400       remaining life(sec): {remaining}
    time to rekey (sec): {rekey}
    sig hash algorithm : enabled     sig key length    : 294
    sig size           : 256
    sig key name       : REKEY
"""
_TEK = """
  TEK POLICY (encaps : ENCAPS_TUNNEL)
    spi                : 0x{spi}
    access-list        : POLICY
    transform          : esp-256-aes esp-sha256-hmac
    alg key size       : 32            sig key size          : 32
    orig life(sec)     : 7200          remaining life(sec)   : {remaining}
    tek life(sec)      : 7200          elapsed time(sec)     : 200
    override life (sec): 0             antireplay window size: 64
    time to rekey (sec): {rekey}
"""
_FILE = "ks1/show crypto gdoi ks policy.txt"


def _policy(*teks: int, kek: int = 80_000) -> dict[str, str]:
    """Keys with these remaining lives."""
    text = _KEK.format(count=len(teks), remaining=kek, rekey=max(kek - 325, 0))
    for number, remaining in enumerate(teks):
        rekey = max(remaining - 395, 0)
        text += _TEK.format(spi=f"A1B2C3D{number}", remaining=remaining, rekey=rekey)
    return {_FILE: text}


def _config(tek: int = 7200, kek: int = 86_400, address: str = _ADDRESS) -> dict[str, str]:
    return {"ks1.cfg": _SERVER.format(tek=tek, kek=kek, address=address)}


@rule(
    code="TEK011",
    title="Traffic keys are made as is configured",
    severity=Severity.LOW,
    scope=SERVER,
    needs=(CONFIG, KS_POLICY, GDOI),
    source=CONCEPTS,
    rationale="""
        A change of the lifetime or the transform set takes effect when the next traffic key is
        made. Until then members use the old ones; if it stays so after a rekey, another key
        server is the primary, and its configuration differs.
    """,
    remediation="""
On the primary, when the change is meant to take effect: crypto gdoi ks group {group} rekey""",
    bad={**_config(tek=3600), **_policy(7000)},
    good={**_config(), **_policy(7000)},
)
def teks_run_otherwise(ctx: ServerContext) -> Outcomes:
    """Compare lifetime and transform of the current keys with the configuration."""
    if not _can_compare(ctx):
        yield ctx.missing(CONFIG if ctx.view is None else KS_POLICY)
        return
    lifetimes, transforms = tek_lifetimes(ctx), tek_transforms(ctx)
    for wanted, running in _differences(lifetimes):
        yield ctx.finding(
            (running.evidence, wanted[0].evidence),
            f"traffic keys of group {ctx.group} live {running.value} s, configured is"
            f" {_all(str(fact.value) for fact in wanted)} s",
            group=ctx.group,
        )
    for sets, in_use in _differences(transforms):
        yield ctx.finding(
            (in_use.evidence, sets[0].evidence),
            f"traffic keys of group {ctx.group} are for {in_use.value.text}, configured is"
            f" {_all(fact.value.text for fact in sets)}",
            group=ctx.group,
        )
    yield from _unknown(ctx, lifetimes, transforms)


def _can_compare(ctx: ServerContext) -> bool:
    """Whether there is a configuration, and output of the keys."""
    shown = any(True for _ in ctx.rows(KS_POLICY, lambda record: record.groups))
    return ctx.view is not None and shown


def _differences(facts: Facts[V]) -> Iterator[tuple[list[Fact[V]], Fact[V]]]:
    """What is configured, with each value that is shown and not among it."""
    wanted = [fact for fact in facts.found if fact.evidence.kind == "config"]
    for fact in facts.found:
        if wanted and fact.evidence.kind == "show":
            yield wanted, fact


def _unknown(ctx: ServerContext, *every: Facts[int] | Facts[Transform] | Facts[str]) -> Outcomes:
    """*Not checked*, where what is configured is not known."""
    for facts in every:
        if not any(fact.evidence.kind == "config" for fact in facts.found):
            yield ctx.not_checked(block_gap(ctx) or "what is configured is not known")


def _all(texts: Iterator[str]) -> str:
    return " or ".join(dict.fromkeys(texts))


@rule(
    code="TEK012",
    title="The next traffic key is there before members have to ask for it",
    severity=Severity.HIGH,
    scope=SERVER,
    needs=(KS_POLICY,),
    source=f"{CONCEPTS}; {OURS}: the figure",
    rationale="""
        A rekey brings the next traffic key 90 seconds before the end of the old one, or earlier.
        When less than a minute is left and the key server has no other one, the rekey has not
        been made, and all members are registering again.
    """,
    remediation="""
On the primary: show crypto gdoi ks policy, show crypto key mypubkey rsa (is the key there?), show
logging | include GDOI. Then: crypto gdoi ks group {group} rekey""",
    bad=_policy(59),
    good=_policy(59, 7100),
)
def no_next_tek(ctx: ServerContext) -> Outcomes:
    """Look at the newest traffic key of each access list."""
    policy = _held(ctx)
    if policy is None:
        yield ctx.missing()
        return
    for tek in current_teks(policy[1]):
        if tek.remaining_s is not None and tek.remaining_s < REGISTRATION_S:
            yield ctx.shown(
                policy[0],
                tek,
                "remaining_s",
                f"the newest traffic key of access list {tek.access_list} of group {ctx.group}"
                f" ends in {tek.remaining_s} s",
                group=ctx.group,
            )


def _held(ctx: ServerContext) -> "tuple[Shown[KsPolicy], KsGroupPolicy] | None":
    """What the key server last showed of its keys."""
    return latest(ctx.rows(KS_POLICY, lambda record: record.groups))


@rule(
    code="TEK013",
    title="No more than two traffic keys of an access list are alive",
    severity=Severity.MEDIUM,
    scope=SERVER,
    needs=(KS_POLICY,),
    source=OURS,
    rationale="""
        An old key lives on for a short time beside the new one. Three or more mean that rekeys
        follow each other faster than keys end: the lifetime is too short for the time that rekeys
        take, or somebody sends rekeys by hand. Members hold an SA for each of them.
    """,
    remediation="""
Raise 'set security-association lifetime seconds' of the IPsec profile of group {group} (7200 is
recommended), and shorten 'rekey retransmit' if the lifetime has to stay.""",
    bad=_policy(25, 3000, 7100),
    good=_policy(25, 7100),
)
def many_teks(ctx: ServerContext) -> Outcomes:
    """Count the living keys of each access list."""
    policy = _held(ctx)
    if policy is None:
        yield ctx.missing()
        return
    output, group = policy
    alive = [tek for tek in group.teks if tek.remaining_s != 0]
    counts = Counter(tek.access_list for tek in alive)
    for name, count in counts.items():
        if count > MOST_TEKS:
            proofs = [show_evidence(output, tek, "spi") for tek in alive if tek.access_list == name]
            yield ctx.finding(
                proofs,
                f"access list {name} of group {ctx.group} has {count} living traffic keys",
                group=ctx.group,
            )
    if not output.complete:
        yield ctx.not_checked(f"'{output.record.command}' is not known in full")


@rule(
    code="RKY016",
    title="Rekeys are made as is configured",
    severity=Severity.LOW,
    scope=SERVER,
    needs=(CONFIG, KS_POLICY),
    source=CONCEPTS,
    rationale="""
        A change of the rekey key's lifetime, cipher or RSA key, or of the transport, takes effect
        with the next rekey key. Until then what was changed does not hold; if it stays so, another
        key server is the primary, and its configuration differs.
    """,
    remediation="""
On the primary, when the change is meant to take effect: crypto gdoi ks group {group} rekey""",
    bad={**_config(kek=43_200), **_policy(7000)},
    good={**_config(), **_policy(7000)},
)
def kek_runs_otherwise(ctx: ServerContext) -> Outcomes:
    """Compare lifetime, cipher, RSA key and transport of the rekey key with the configuration."""
    if without_rekeys(ctx):
        return
    policy = _held(ctx)
    if ctx.view is None or policy is None:
        yield ctx.missing(CONFIG if ctx.view is None else KS_POLICY)
        return
    lifetimes, ciphers = kek_lifetimes(ctx), kek_ciphers(ctx)
    for seconds, lives in _differences(lifetimes):
        yield ctx.finding(
            (lives.evidence, seconds[0].evidence),
            f"the rekey key of group {ctx.group} lives {lives.value} s, configured is"
            f" {seconds[0].value} s",
            group=ctx.group,
        )
    for names, cipher in _differences(ciphers):
        yield ctx.finding(
            (cipher.evidence, names[0].evidence),
            f"the rekey key of group {ctx.group} is for {cipher.value}, configured is"
            f" {names[0].value}",
            group=ctx.group,
        )
    kek = current_kek(policy[1])
    for field, message, proof in _other_words(ctx, ctx.view, kek):
        if kek is not None:
            yield ctx.finding(
                (show_evidence(policy[0], kek, field), proof), message, group=ctx.group
            )
    yield from _unknown(ctx, lifetimes, ciphers)


def _other_words(
    ctx: ServerContext, view: "KeyServerConfig", kek: "Kek | None"
) -> Iterator[tuple[str, str, Evidence]]:
    """The field of the rekey key that differs, how, and the proof of the configuration."""
    if kek is None:
        return
    label, shown = view.rekey_authentication, kek.signature_key_name
    if label is not None and shown is not None and label != shown:
        yield (
            "signature_key_name",
            f"rekeys of group {ctx.group} are signed with RSA key {shown}, configured is {label}",
            config_evidence(ctx.device, view, "rekey_authentication"),
        )
    is_unicast = kek.transport.lower() == "unicast"
    if is_unicast != view.rekey_unicast and not (is_unicast and block_gap(ctx)):
        words = ("unicast", "multicast") if is_unicast else ("multicast", "unicast")
        yield (
            "transport",
            f"rekeys of group {ctx.group} are {words[0]}, configured is {words[1]}",
            config_evidence(ctx.device, view, "rekey_unicast"),
        )


@rule(
    code="RKY017",
    title="The next rekey key is there well before the old one ends",
    severity=Severity.HIGH,
    scope=SERVER,
    needs=(KS_POLICY,),
    source=f"{_KEK_CHANGE}; {OURS}: half of the lead",
    rationale="""
        Key servers send the next rekey key 200 seconds before the end of the old one, or earlier.
        When it is half as long and there is no other one, the rekey has not been made. Members
        whose rekey key ends register again, all at once.
    """,
    remediation="""
On the primary: show crypto gdoi ks policy, show crypto key mypubkey rsa (is the key there?), show
logging | include GDOI. Then: crypto gdoi ks group {group} rekey""",
    bad=_policy(7000, kek=99),
    good=_policy(7000, kek=250),
)
def no_next_kek(ctx: ServerContext) -> Outcomes:
    """Look at the time that is left of a lone rekey key.

    Releases that print no time to the rekey send the next one at the end of the old.
    """
    policy = _held(ctx)
    if policy is None:
        yield ctx.missing()
        return
    kek = current_kek(policy[1])
    if kek is None or kek.time_to_rekey_s is None or kek.remaining_s is None:
        return
    if kek.remaining_s < KEK_LEAD_S // 2:
        yield ctx.shown(
            policy[0],
            kek,
            "remaining_s",
            f"the only rekey key of group {ctx.group} ends in {kek.remaining_s} s",
            group=ctx.group,
        )


@rule(
    code="RKY018",
    title="A key server that sends unicast rekeys has an address to send them from",
    severity=Severity.MEDIUM,
    scope=SERVER,
    needs=(CONFIG,),
    source=COMMANDS,
    rationale="""
        Members take rekeys from the address that they registered with. Without `address ipv4`
        under `server local` the key server takes that of the interface on the way to each member,
        which changes with routing, and peers cannot list it.
    """,
    remediation="""
Configure 'address ipv4' with an address of a loopback interface under 'server local' of group
{group}; members and peers have to list that one.""",
    bad=_config(address=""),
    good=_config(),
)
def no_own_address(ctx: ServerContext) -> Outcomes:
    """Look for the address where rekeys are unicast."""
    if ctx.view is None:
        yield ctx.missing()
    elif gap := block_gap(ctx):
        if ctx.view.address is None:
            yield ctx.not_checked(gap)
    elif ctx.view.rekey_unicast and ctx.view.address is None:
        message = f"rekeys of group {ctx.group} are unicast, and the key server has no address"
        yield ctx.at(ctx.view, "rekey_unicast", message, group=ctx.group)
