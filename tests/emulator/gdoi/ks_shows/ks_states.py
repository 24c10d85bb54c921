"""Key servers in a state that is put together, not waited for."""

from collections.abc import Iterable, Mapping

from getvpn.emulator.device import Router
from getvpn.emulator.gdoi.keys import Kek, Tek
from getvpn.emulator.gdoi.policy import Protocol
from getvpn.emulator.gdoi.records import CoopPeer, MemberRecord, PeerStatus, Role
from getvpn.emulator.gdoi.server.group import ServerGroup
from getvpn.emulator.groups.feature import Gdoi
from getvpn.emulator.software import Software
from getvpn.emulator.testing import console, make_router

CLASSIC, XE = "isr2911", "c8000v"
RELEASES = {
    "12.4": (CLASSIC, "12.4(24)T"),
    "15.0": (CLASSIC, "15.0(1)M"),
    "15.4": (CLASSIC, "15.4(2)T"),
    "15.7": (CLASSIC, "15.7(3)M5"),
    "16.12": ("isr4451", "16.12.4"),
    "17.16": (XE, "17.16.1"),
}
"""Model and version by release."""
COMMON = """\
hostname KS1
ip domain name example.net
crypto ipsec transform-set TS {transforms}
 mode tunnel
crypto ipsec profile {profile}
 set security-association lifetime seconds {lifetime}
 set transform-set TS
interface Loopback0
 ip address {address} 255.255.255.255
"""
USUAL_ACL = """\
ip access-list extended {acl}
 deny udp any eq 848 any eq 848
 permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255
"""


def group_text(
    name: str,
    identity: int,
    *,
    acl: str = "POLICY",
    profile: str = "PROF",
    address: str = "10.1.1.1",
    number: int = 10,
    rekey: Iterable[str] = ("rekey transport unicast",),
    replay: str = "replay counter window-size 64",
    coop: Iterable[str] = (),
    ipv6: bool = False,
    more: Iterable[str] = (),
) -> str:
    """The configuration of a group on a key server; `rekey` and `more` are lines of its block."""
    lines = [f"crypto gdoi group {'ipv6 ' if ipv6 else ''}{name}", f" identity number {identity}"]
    lines += [" server local", *(f"  {line}" for line in (*rekey, *more))]
    lines += [f"  sa ipsec {number}", f"   profile {profile}"]
    lines += [f"   match address {'ipv6' if ipv6 else 'ipv4'} {acl}", f"   {replay}"]
    lines.append(f"  address ipv4 {address}")
    if coop:
        lines += ["  redundancy", *(f"   {line}" for line in coop)]
    return "\n".join(lines) + "\n"


def key_server(
    release: str,
    groups: str,
    *,
    acls: str = USUAL_ACL.format(acl="POLICY"),
    transforms: str = "esp-aes 256 esp-sha256-hmac",
    profile: str = "PROF",
    lifetime: int = 3600,
    address: str = "10.1.1.1",
    keys: Mapping[str, int] | None = None,
) -> Router:
    """A router of a release that serves groups; `keys` are labels and sizes of RSA keys."""
    platform, version = RELEASES[release]
    common = COMMON.format(
        transforms=transforms, profile=profile, lifetime=lifetime, address=address
    )
    router = make_router("KS1", platform, common + acls + groups)
    router.software = Software(version=version, file=router.software.file)
    for label, bits in (keys or {}).items():
        console(router).configure(f"crypto key generate rsa label {label} modulus {bits}")
    return router


def served(router: Router, name: str | None = None) -> ServerGroup:
    """A group of a key server, the first if none is named."""
    servers = router.feature(Gdoi).servers
    return servers[name] if name is not None else next(iter(servers.values()))


def show(router: Router, tail: str, *, spelling: str = "gdoi") -> str:
    """What `show crypto gdoi …` prints."""
    return console(router).run(f"show crypto {spelling} {tail}".strip())


# ---- what a group holds ----


def hold_kek(
    group: ServerGroup, *, spi: int, age: float, sequence: int = 0, rekey_in: float | None = None
) -> Kek:
    """Give a group a KEK that was made `age` seconds ago."""
    rekey, now = group.policy.rekey, group.kernel.now()
    group.kek = Kek(
        spi=spi,
        cipher=rekey.cipher,
        sig_hash=rekey.sig_hash,
        created_at=now - age,
        lifetime_s=rekey.lifetime_s,
        sequence=sequence,
        label=rekey.label,
    )
    group.kek_rekey_at = None if rekey_in is None else now + rekey_in
    return group.kek


def hold_tek(
    group: ServerGroup, *, spi: int, age: float, sa: int = 0, rekey_in: float | None = None
) -> Tek:
    """Give a group one more TEK, of its policy at the place `sa`."""
    now, policy = group.kernel.now(), group.policy.sas[sa]
    tek = Tek(
        spi=spi,
        sa=policy,
        created_at=now - age,
        lifetime_s=policy.lifetime_s,
        expires_at=now - age + policy.lifetime_s,
        issuer=group.policy.address,
    )
    group.teks.append(tek)
    if rekey_in is not None:
        group.tek_rekey_at[spi] = now + rekey_in
    return tek


def know_member(
    group: ServerGroup,
    address: str,
    *,
    version: str = "1.0.25",
    key_server: str = "",
    rekeys: int = 0,
    missed: int = 0,
    sequences: Iterable[int] = (),
    protocol: Protocol = Protocol.GDOI,
) -> MemberRecord:
    """Put a member into the database of a group; it answered all rekeys but those it missed."""
    server = key_server or group.policy.address
    member = MemberRecord(
        address=address,
        version=version,
        key_server=server,
        registered_at=group.kernel.now() - 60,
        protocol=protocol,
        local=server == group.policy.address,
        rekeys_sent=rekeys,
        acks=rekeys - missed,
        missed=missed,
    )
    member.sent.extend(sequences)
    member.received.extend(sequences)
    group.members[address] = member
    return member


def know_peer(
    group: ServerGroup,
    address: str,
    *,
    handle: int,
    version: str = "1.0.27",
    priority: int = 100,
    role: Role = Role.PRIMARY,
    sequence: int = 0,
    counters: tuple[int, ...] = (0,) * 8,
) -> CoopPeer:
    """Let a group know another key server of its configuration, which is alive.

    `counters` are in the order of `Counters`: sent, of these asking, received, of these asking,
    drops of both, bytes of both.
    """
    assert group.coop is not None
    assert group.policy.coop is not None
    group.coop.table.configure(group.policy.coop)
    peer = group.coop.peers[address]
    peer.handle, peer.version, peer.coop_version = handle, version, "1.0.8"
    peer.priority, peer.role, peer.status = priority, role, PeerStatus.ALIVE
    peer.established, peer.sequence = True, sequence
    peer.sent, peer.sent_asking, peer.received, peer.received_asking = counters[:4]
    peer.sent_drops, peer.received_drops = counters[4:6]
    peer.bytes_sent, peer.bytes_received = counters[6:]
    return peer
