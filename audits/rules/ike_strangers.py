"""What IKE lets others try: aggressive mode, and pre-shared keys for those who are no peers."""

from collections.abc import Iterator
from ipaddress import ip_address

from ...parsers.config import DeviceConfig
from ..context import DEVICE, DeviceContext
from ..ike import PRE_SHARED, is_server, member_addresses, uses_ikev1
from ..management import KEY_SERVER, absent, last, managed
from ..needs import CONFIG, KS_MEMBERS
from ..rule import Grade, Outcomes, Severity, rule
from ..sources import COMMANDS, OURS

_POLICY = """\
crypto isakmp policy 10
 encryption aes 256
 hash sha256
 authentication pre-share
 group 19
"""


def _policy(more: str = "") -> dict[str, str]:
    return {"ks1.cfg": KEY_SERVER.format(lines=_POLICY + more)}


@rule(
    code="IKE015",
    title="Aggressive mode of IKE is off where keys are shared",
    severity=Severity.LOW,
    scope=DEVICE,
    needs=(CONFIG,),
    source=f"{COMMANDS}; RFC 2409",
    rationale="""
        In aggressive mode a device sends a hash over the pre-shared key to whoever asks: he can
        try keys on it at leisure. GETVPN needs main mode only.
    """,
    remediation="crypto isakmp aggressive-mode disable",
    bad=_policy(),
    good=_policy(more="crypto isakmp aggressive-mode disable\n"),
    fix=Grade.SAFE,
)
@managed
def aggressive_mode(ctx: DeviceContext, config: DeviceConfig) -> Outcomes:
    """Look for `crypto isakmp aggressive-mode disable` where a policy takes pre-shared keys."""
    if last(ctx.device, "crypto", "isakmp", "aggressive-mode", "disable") is not None:
        return
    if not uses_ikev1(ctx.device):
        return
    if any(_takes_keys(config)):
        yield absent(ctx, "aggressive mode of IKE is not disabled, and keys are shared")
    elif ctx.config_missing:
        yield ctx.not_checked(ctx.config_missing)


def _takes_keys(config: DeviceConfig) -> Iterator[bool]:
    """Whether each policy takes pre-shared keys; the default ones do, where there are keys."""
    if not config.isakmp_policies:
        yield bool(config.isakmp_keys)
    for policy in config.isakmp_policies:
        yield policy.authentication == PRE_SHARED


@rule(
    code="IKE016",
    title="Pre-shared keys are there for peers only",
    severity=Severity.LOW,
    scope=DEVICE,
    needs=(CONFIG, KS_MEMBERS),
    source=OURS,
    rationale="""
        A key for a key server that was taken down, or for a lab, lets whoever has its address
        today set up IKE with this device. Members need keys for their key servers, and for the
        peers of other tunnels; key servers for each other and for members. A member that is not
        registered may only be away, so on key servers it is information.
    """,
    remediation="no crypto isakmp key <key> address {address}",
    bad={
        "gm1.cfg": """
hostname gm1
crypto isakmp key 6 <removed> address 10.10.1.1
crypto isakmp key 6 <removed> address 10.99.9.9
crypto gdoi group G1
 identity number 1001
 server address ipv4 10.10.1.1
"""
    },
    good={
        "gm1.cfg": """
hostname gm1
crypto isakmp key 6 <removed> address 10.10.1.1
crypto gdoi group G1
 identity number 1001
 server address ipv4 10.10.1.1
"""
    },
)
@managed
def keys_for_strangers(ctx: DeviceContext, config: DeviceConfig) -> Outcomes:
    """Compare the keys for single hosts with key servers, members and other peers.

    Where tunnels find their peers by themselves, or the members are not shown, nothing is found.
    """
    keys = [
        key
        for key in config.isakmp_keys
        if key.address is not None and key.address.num_addresses == 1
    ]
    if not keys and not ctx.config_missing:
        return
    if _finds_peers(config):
        yield ctx.not_checked("tunnels find their peers by themselves")
        return
    if ctx.config_missing:
        yield ctx.not_checked(ctx.config_missing)
        return
    serves = is_server(ctx.device)
    if serves and not any(output.complete for output in ctx.records(KS_MEMBERS)):
        yield ctx.missing(KS_MEMBERS)
        return
    peers = {*_peers(config), *(_served(ctx, config) if serves else ())}
    for key in keys:
        host = str(key.address.network_address) if key.address is not None else ""
        if host not in peers:
            what = "key server, member or peer" if serves else "key server or peer"
            yield ctx.at(
                key,
                "address",
                f"there is a pre-shared key for {host}, which is no {what}",
                severity=Severity.INFO if serves else Severity.LOW,
                address=host,
            )


def _served(ctx: DeviceContext, config: DeviceConfig) -> Iterator[str]:
    """Cooperating key servers, and members: those that are registered, or whose texts are here."""
    for server in config.key_servers:
        yield from map(str, server.redundancy.peers if server.redundancy is not None else ())
    for output in ctx.records(KS_MEMBERS):
        for row in output.record.members:
            yield str(row.address)
    for role in ctx.fleet.members:
        if role.view is not None:
            yield from map(str, member_addresses(role.device, role.view))


def _finds_peers(config: DeviceConfig) -> bool:
    """Whether a peer may be one that no line names: a host name, or a tunnel to many."""
    named = any(isinstance(each, str) for gm in config.group_members for each in gm.servers)
    dynamic = any(
        entry.kind != "gdoi" and not (entry.peers and all(map(_is_address, entry.peers)))
        for each in config.crypto_maps
        for entry in each.entries
    )
    return (
        named
        or dynamic
        or any(
            each.is_tunnel and each.tunnel_protection and each.tunnel_destination is None
            for each in config.interfaces.values()
        )
    )


def _is_address(word: str) -> bool:
    try:
        ip_address(word)
    except ValueError:
        return False
    return True


def _peers(config: DeviceConfig) -> Iterator[str]:
    for member in config.group_members:
        yield from map(str, member.servers)
    for each in config.crypto_maps:
        for entry in each.entries:
            yield from entry.peers
    for interface in config.interfaces.values():
        if interface.tunnel_destination is not None:
            yield interface.tunnel_destination
