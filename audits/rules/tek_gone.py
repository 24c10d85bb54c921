"""Key servers that have no traffic keys left."""

from ..context import SERVER, ServerContext, show_evidence
from ..needs import GDOI, KS, KS_MEMBERS_SUMMARY, KS_POLICY
from ..rule import Outcomes, Severity, rule
from ..servers import latest
from ..sources import CSM
from .coop_settings import member_counts

_POLICY = """
Key Server Policy:
For group G1 (handle: 2147483650) server 10.10.1.1 (handle: 2147483650):

  # of teks : 1  Seq num : 2
  TEK POLICY (encaps : ENCAPS_TUNNEL)
    spi                : 0xA1B2C3D4
    access-list        : POLICY
    transform          : esp-256-aes esp-sha256-hmac
    alg key size       : 32            sig key size          : 32
    orig life(sec)     : 7200          remaining life(sec)   : {remaining}
    tek life(sec)      : 7200          elapsed time(sec)     : {elapsed}
    override life (sec): 0             antireplay window size: 64
    time to rekey (sec): 0
"""
_FILE = "ks1/show crypto gdoi ks policy.txt"


@rule(
    code="TEK014",
    title="Key servers hold traffic keys that are alive",
    severity=Severity.HIGH,
    scope=SERVER,
    needs=(KS_POLICY, KS, KS_MEMBERS_SUMMARY, GDOI),
    source=CSM,
    rationale="""
        A key server whose traffic keys have all ended has no new ones to give: it lost the RSA
        key, without which it makes none, or it is a secondary that hears no primary. Members that
        register with it get nothing to encrypt with.
    """,
    remediation="""
On the key server: show crypto key mypubkey rsa, show crypto gdoi ks coop, show logging | include
GDOI. Import the RSA key of group {group} if it is missing, or restore the way to the primary.""",
    bad={_FILE: _POLICY.format(remaining=0, elapsed=9000)},
    good={_FILE: _POLICY.format(remaining=7000, elapsed=200)},
)
def no_living_tek(ctx: ServerContext) -> Outcomes:
    """Look for a key that has not ended; without members a key server needs none yet."""
    policy = latest(ctx.rows(KS_POLICY, lambda record: record.groups))
    if policy is None:
        yield ctx.missing(KS_POLICY)
        return
    output, group = policy
    if any(tek.remaining_s != 0 for tek in group.teks):
        return
    if not output.complete:
        yield ctx.not_checked(f"'{output.record.command}' is not known in full")
    elif group.teks:
        yield ctx.finding(
            [show_evidence(output, tek, "remaining_s") for tek in group.teks],
            f"all traffic keys of group {ctx.group} on the key server have ended",
            group=ctx.group,
        )
    else:
        counts = [fact for fact in member_counts(ctx) if fact.value]
        if counts:
            yield ctx.finding(
                (show_evidence(output, group, "tek_count"), counts[0].evidence),
                f"key server of group {ctx.group} has {counts[0].value} members, and no traffic"
                " key",
                group=ctx.group,
            )
        elif not any(True for _ in member_counts(ctx)):
            yield ctx.not_checked("whether the group has members is not known")
