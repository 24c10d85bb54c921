"""Cooperative key servers."""

from ..context import GROUP, GroupContext, config_evidence
from ..needs import CONFIG
from ..rule import Outcomes, Severity, rule
from ..sources import CONCEPTS


@rule(
    code="COOP001",
    aliases=("GV-001",),
    title="A group has at least two cooperative key servers",
    severity=Severity.CRITICAL,
    scope=GROUP,
    needs=(CONFIG,),
    thresholds=("coop_servers_min",),
    source=CONCEPTS,
    rationale="""
        The key server holds the control plane of the whole group. When the only one is down, no
        member can register or rekey, and traffic stops when the last keys expire.
    """,
    remediation="""
crypto gdoi group {group}
 server local
  redundancy
   local priority <1-255>
   peer address ipv4 <other key server>""",
    bad={
        "ks1.cfg": """
hostname ks1
crypto gdoi group G1
 identity number 1001
 server local
  address ipv4 10.10.1.1
""",
    },
    good={
        "ks1.cfg": """
hostname ks1
crypto gdoi group G1
 identity number 1001
 server local
  address ipv4 10.10.1.1
  redundancy
   local priority 100
   peer address ipv4 10.10.2.1
""",
    },
)
def single_key_server(ctx: GroupContext) -> Outcomes:
    """Every key server has a `redundancy` block that names enough peers."""
    wanted, configured = ctx.settings.coop_servers_min, False
    for role in ctx.group.servers:
        if role.view is None:
            continue
        configured = True
        redundancy = role.view.redundancy
        count = 1 + len(redundancy.peers if redundancy else ())
        if count >= wanted:
            continue
        name = role.device.name
        if not role.device.block_complete(role.view.line):
            yield ctx.not_checked(f"block of group {role.group} is not known in full", device=name)
            continue
        how = f"lists {count - 1} peers" if redundancy else "has no 'redundancy' block"
        yield ctx.finding(
            config_evidence(role.device, redundancy or role.view),
            f"key server of group {role.group} {how}: {count} of at least {wanted} key servers",
            device=name,
            group=role.group,
        )
    if not configured:
        yield ctx.not_checked("there is no configuration of a key server of this group")
