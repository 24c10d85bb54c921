"""Certificates in IKE: from which size of a group on to prefer them."""

from collections.abc import Iterator

from ...parsers.config import DeviceConfig
from ..context import DEVICE, DeviceContext
from ..ike import ikev2_keyrings, is_server, uses_ikev1
from ..ike_peers import Keys, shared_key_uses
from ..needs import CONFIG, KS, KS_MEMBERS, KS_MEMBERS_SUMMARY
from ..rule import Outcomes, Severity, rule
from ..sources import CONCEPTS

_SERVER = """
hostname ks1
crypto isakmp policy 10
 encryption aes 256
 hash sha256
 authentication {method}
 group 19
{keys}crypto gdoi group G1
 identity number 1001
 server local
  address ipv4 10.10.1.1
"""
_KEYS = "".join(
    f"crypto isakmp key 6 <removed> address 10.20.{number}.1\n" for number in range(120)
)


@rule(
    code="PKI001",
    aliases=("GV-038",),
    title="Large groups authenticate by certificate rather than by pre-shared key",
    severity=Severity.INFO,
    scope=DEVICE,
    needs=(CONFIG, KS, KS_MEMBERS, KS_MEMBERS_SUMMARY),
    thresholds=("psk_members_advised",),
    source=CONCEPTS,
    rationale="""
        A pre-shared key has to be changed by hand on every key server when a member is lost or
        replaced; with certificates one revocation shuts a member out. Certificates cost the key
        servers far more processor time in IKE, which counts when all members register at once:
        plan for it.
    """,
    remediation="""
crypto pki trustpoint <name>
 enrollment url <certificate authority>
 revocation-check crl
{block}
 authentication {method}""",
    bad={"ks1.cfg": _SERVER.format(method="pre-share", keys=_KEYS)},
    good={"ks1.cfg": _SERVER.format(method="rsa-sig", keys="")},
)
def many_shared_keys(ctx: DeviceContext) -> Outcomes:
    """Count the members of a key server that takes pre-shared keys.

    By the key server's own count, or by the keys that are for one address.
    """
    if not is_server(ctx.device):
        return
    if ctx.config is None:
        yield ctx.missing()
        return
    most, shown, keys = ctx.settings.psk_members_advised, tuple(_registered(ctx)), _keys(ctx.config)
    count = max(*shown, len(keys.hosts), 0)
    use = next(shared_key_uses(ctx.device, ikev1=uses_ikev1(ctx.device)), None)
    if use is not None and count > most:
        yield ctx.finding(
            use.evidence,
            f"{use.name} takes pre-shared keys, for {count} devices: more than {most}",
            block=use.block,
            method=use.instead,
        )
    elif use is not None and keys.ranges and not shown:
        yield ctx.missing(KS, KS_MEMBERS, KS_MEMBERS_SUMMARY)
    elif ctx.config_missing:
        yield ctx.not_checked(ctx.config_missing)


def _keys(config: DeviceConfig) -> Keys:
    rings = ikev2_keyrings(config)
    return Keys.of(
        (
            *(key.address for key in config.isakmp_keys),
            *(peer.address for ring in rings for peer in ring.peers),
        )
    )


def _registered(ctx: DeviceContext) -> Iterator[int]:
    """The number of members of all groups, as often as the key server tells it."""
    for servers in ctx.records(KS):
        yield sum(group.members for group in servers.record.groups)
    for members in ctx.records(KS_MEMBERS):
        yield len({member.address for member in members.record.members})
    for summary in ctx.records(KS_MEMBERS_SUMMARY):
        yield sum(group.member_count for group in summary.record.groups)
