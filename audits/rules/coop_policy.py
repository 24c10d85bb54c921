"""The policies that the key servers of a group have to share."""

from collections.abc import Sequence

from ..context import GROUP, GroupContext, ServerContext
from ..facts import Address
from ..needs import CONFIG, GDOI, KS_ACL, KS_POLICY
from ..policy_diff import PolicyText, departure, policy_text
from ..rule import Outcomes, Severity, rule
from ..servers import NO_SERVER, absent_servers, address_of, cooperates, leading
from ..sources import CONCEPTS
from ..teams import teams

_SERVER = """
hostname {host}
crypto ipsec transform-set TS esp-aes 256 esp-sha256-hmac
 mode tunnel
crypto ipsec profile PROF
 set security-association lifetime seconds 7200
 set transform-set TS
crypto gdoi group G1
 identity number 1001
 server local
  rekey algorithm aes 256
  rekey retransmit 60 number 2
  rekey authentication mypubkey rsa REKEY
  rekey transport unicast
  sa ipsec 10
   profile PROF
   match address ipv4 {acl}
   replay time window-size 5
  address ipv4 {address}
  redundancy
   local priority {priority}
   peer address ipv4 {peer}
ip access-list extended {acl}
 {ntp}
 permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255
"""
_KS1 = _SERVER.format(
    host="ks1",
    address="10.10.1.1",
    priority=100,
    peer="10.10.2.1",
    acl="POLICY",
    ntp="deny udp any any eq ntp",
)
_KS2 = {"host": "ks2", "address": "10.10.2.1", "priority": 75, "peer": "10.10.1.1"}


@rule(
    code="COOP006",
    aliases=("GV-037",),
    title="All key servers of a group have the same policy",
    severity=Severity.CRITICAL,
    scope=GROUP,
    needs=(CONFIG, KS_POLICY, KS_ACL, GDOI),
    source=CONCEPTS,
    rationale="""
        Key servers do not copy their configuration to each other. Members get the policy of the
        server that they register with, and all get another one when the next primary takes over:
        where the two differ, traffic is dropped or leaves in clear. Rekey settings, traffic
        policy and anti-replay have to be the same on all; names of lists and profiles may differ.
    """,
    remediation="""
Give both key servers one policy.
To follow {model}: add what the diff marks with -, remove what it marks with +.""",
    bad={"ks1.cfg": _KS1, "ks2.cfg": _SERVER.format(acl="POLICY", ntp="remark no NTP", **_KS2)},
    good={
        "ks1.cfg": _KS1,
        "ks2.cfg": _SERVER.format(acl="OTHER-NAME", ntp="10 deny udp any any eq 123", **_KS2),
    },
)
def policies_differ(ctx: GroupContext) -> Outcomes:
    """Compare each key server with the primary, else with the one of the highest priority."""
    if not ctx.group.servers:
        yield ctx.not_checked(NO_SERVER)
    for team in teams(ctx):
        if len(team) > 1 or cooperates(team[0]) is not False:
            yield from _compared(ctx, team)


def _compared(ctx: GroupContext, team: Sequence[ServerContext]) -> Outcomes:
    texts: dict[Address | str, tuple[ServerContext, PolicyText]] = {}
    for server in team:
        text = policy_text(server)
        if text is None:
            yield server.missing()
        else:
            texts.setdefault(address_of(server) or server.device.name, (server, text))
    for address in absent_servers(team):
        yield ctx.not_checked(f"key server {address} is not known")
    if len(texts) < 2:
        if not absent_servers(team):
            yield ctx.not_checked("fewer than two key servers of this group are known")
        return
    first = leading([server for server, _ in texts.values()])
    model = first.device.name
    for server, text in texts.values():
        if server is first:
            continue
        difference = departure(text, texts[address_of(first) or model][1])
        if difference.texts:
            what = "; ".join(difference.texts)
            yield ctx.finding(
                difference.evidence,
                f"policy of group {server.group} differs from that of key server {model}: {what}",
                device=server.device.name,
                diff=difference.diff,
                model=model,
            )
        if difference.unknown:
            parts = ", ".join(difference.unknown)
            yield server.not_checked(f"not compared with key server {model}: {parts}")
