"""Keys that live for more than a day: the long SA lifetime of later releases."""

from collections.abc import Callable, Iterator
from functools import partial

from ..context import SERVER, ServerContext, config_evidence, show_evidence
from ..group_keys import Fact, Facts, block_gap, gdoi_or_gkm, without_rekeys
from ..needs import CONFIG, GDOI_FEATURE, KS_MEMBERS, KS_POLICY
from ..rule import Evidence, Grade, Outcomes, Severity, rule
from ..server_keys import kek_ciphers, kek_lifetimes, tek_lifetimes, tek_transforms

LONG_LIFETIME_S = 86_400
"""Keys that live longer need the feature."""

LONG_LIFETIME_VERSION = (1, 0, 4)
"""The GETVPN software that brought it (reference, GV-092)."""

_SOURCE = "Cisco GETVPN resiliency guide, long SA lifetime"
_SERVER = """
hostname ks1
crypto ipsec transform-set TS esp-aes 256 esp-sha256-hmac
crypto ipsec profile PROF
 set security-association lifetime days 7
 set transform-set TS
crypto gdoi group G1
 identity number 1001
 server local
  rekey algorithm aes 256
  rekey lifetime days 14
  rekey retransmit 60 {mode}
  rekey authentication mypubkey rsa REKEY
  rekey transport unicast
  sa ipsec 10
   profile PROF
   match address ipv4 POLICY
  address ipv4 10.10.1.1
"""
_FEATURE = """
Group Name: G1
    Key Server ID       Version   Feature Supported
        10.10.1.1        1.0.27         Yes

    Group Member ID     Version   Feature Supported
        10.20.1.1        {version}         {supported}
"""
_FEATURE_FILE = "ks1/show crypto gdoi feature long-sa-lifetime.txt"


@rule(
    code="TEK006",
    aliases=("GV-092",),
    title="Keys live for more than a day only with AES, and where all devices can do that",
    severity=Severity.HIGH,
    scope=SERVER,
    needs=(CONFIG, KS_POLICY, GDOI_FEATURE, KS_MEMBERS),
    source=_SOURCE,
    rationale="""
        Lifetimes of more than 86400 seconds came with GETVPN software 1.0.4. Older devices do
        not take such keys, and ciphers weaker than AES are not made for the data of so long a
        time.
    """,
    remediation="""
Use AES for traffic and rekeys and upgrade devices with GETVPN software before 1.0.4, or set
lifetimes of at most 86400 seconds.""",
    bad={
        "ks1.cfg": _SERVER.format(mode="periodic"),
        _FEATURE_FILE: _FEATURE.format(version=" 1.0.2", supported=" No"),
    },
    good={
        "ks1.cfg": _SERVER.format(mode="periodic"),
        _FEATURE_FILE: _FEATURE.format(version="1.0.26", supported="Yes"),
    },
)
def long_lifetime_unsupported(ctx: ServerContext) -> Outcomes:
    """Where a key lives longer than a day, look at its cipher and at the devices."""
    teks = tek_lifetimes(ctx)
    keks = None if without_rekeys(ctx) else kek_lifetimes(ctx)
    long_teks, long_keks = _long(teks), _long(keks) if keks else []
    if not long_teks and not long_keks:
        yield from teks.undecided(ctx)
        yield from keks.undecided(ctx) if keks else ()
        return
    if long_teks:
        transforms = tek_transforms(ctx)
        yield from transforms.undecided(ctx)
        for transform in transforms.found:
            if not transform.value.is_aes:
                what = f"traffic keys of group {ctx.group} live {long_teks[0].value} s"
                proofs = (long_teks[0].evidence, transform.evidence)
                yield ctx.finding(proofs, f"{what} with {transform.value.text}, not AES")
    if long_keks:
        for cipher in kek_ciphers(ctx).found:
            if not cipher.value.startswith("aes"):
                what = f"rekey keys of group {ctx.group} live {long_keks[0].value} s"
                proofs = (long_keks[0].evidence, cipher.evidence)
                yield ctx.finding(proofs, f"{what} with {cipher.value}, not AES")
    yield from _devices(ctx, (*long_teks, *long_keks)[0])


def _long(lifetimes: Facts[int]) -> list[Fact[int]]:
    return [fact for fact in lifetimes.found if fact.value > LONG_LIFETIME_S]


def _devices(ctx: ServerContext, lifetime: Fact[int]) -> Outcomes:
    """Findings for the devices that cannot do it."""
    decided = False
    told: set[str] = set()
    for name, version, supported, prove in _support(ctx):
        decided = True
        if not supported and name not in told:
            told.add(name)
            yield ctx.finding(
                (lifetime.evidence, prove()),
                f"keys of group {ctx.group} live {lifetime.value} s, which {name} with GETVPN "
                f"software {version or 'of unknown version'} cannot do",
            )
    if not decided:
        yield ctx.missing(GDOI_FEATURE)


def _support(ctx: ServerContext) -> Iterator[tuple[str, str | None, bool, Callable[[], Evidence]]]:
    """Each device of the group: its address, its software, whether it can do it, the evidence."""
    for output, group in ctx.rows(GDOI_FEATURE, lambda record: record.groups):
        if not output.record.command.rpartition(" ")[2].startswith("long"):
            continue
        for table in (group.key_servers, group.members):
            for each in table.devices if table else ():
                prove = partial(show_evidence, output, each)
                yield str(each.address), each.version, each.supported, prove
    for listing, member in ctx.rows(KS_MEMBERS, lambda record: record.members):
        if member.version is not None:
            able = _number(member.version) >= LONG_LIFETIME_VERSION
            shown = partial(show_evidence, listing, member)
            yield str(member.address), member.version, able, shown


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) if part.isdecimal() else 0 for part in version.split("."))


@rule(
    code="RKY009",
    aliases=("GV-093",),
    title="Rekeys of keys that live for more than a day are repeated until acknowledged",
    severity=Severity.MEDIUM,
    scope=SERVER,
    needs=(CONFIG,),
    thresholds=("retransmit_large_s",),
    source=_SOURCE,
    rationale="""
        A member that was away during a rekey and its retransmissions learns of the new keys when
        it registers again. Where keys live for many days that is long after. Periodic
        retransmission reminds it until it acknowledges.
    """,
    fix=Grade.SAFE,
    remediation="""
crypto {gdoi_or_gkm} group {group}
 server local
  rekey retransmit {interval} periodic""",
    bad={"ks1.cfg": _SERVER.format(mode="number 2")},
    good={"ks1.cfg": _SERVER.format(mode="periodic")},
)
def long_lifetime_not_periodic(ctx: ServerContext) -> Outcomes:
    """Where a key lives longer than a day and rekeys are unicast, look for `periodic`."""
    view = ctx.view
    if view is None:
        yield ctx.missing()
        return
    if without_rekeys(ctx) or view.rekey_periodic:
        return
    gap = block_gap(ctx)
    if not view.rekey_unicast:
        if gap:
            yield ctx.not_checked(gap)
        return
    teks, keks = tek_lifetimes(ctx), kek_lifetimes(ctx)
    long_keys = [*_long(teks), *_long(keks)]
    if not long_keys:
        yield from teks.undecided(ctx)
        yield from keks.undecided(ctx)
    elif gap and view.is_default("rekey_retransmit_s"):
        yield ctx.not_checked(gap)
    else:
        line = config_evidence(ctx.device, view, "rekey_retransmit_s")
        yield ctx.finding(
            (line, long_keys[0].evidence),
            f"keys of group {ctx.group} live {long_keys[0].value} s, and rekeys are not repeated "
            "until acknowledged",
            gdoi_or_gkm=gdoi_or_gkm(ctx),
            group=ctx.group,
            interval=ctx.settings.retransmit_large_s,
        )
