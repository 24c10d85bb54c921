"""Members in a state that is put together, not waited for."""

from collections.abc import Iterable
from random import Random

from getvpn.emulator.device import Router
from getvpn.emulator.gdoi.keys import Kek, Tek
from getvpn.emulator.gdoi.member.group import MemberGroup
from getvpn.emulator.gdoi.policy import (
    Cipher,
    Replay,
    ReplayKind,
    SaPolicy,
    Transform,
    Transport,
)
from getvpn.emulator.gdoi.records import HeldTek, Registration, ServerKey
from getvpn.emulator.groups.feature import Gdoi
from getvpn.emulator.keys import SeededKeyMaker
from getvpn.emulator.services.access_entries import extended_entry, ipv6_entry
from getvpn.emulator.simulation.kernel import Kernel
from getvpn.emulator.software import Software
from getvpn.emulator.testing import START, console, make_router

RELEASES = {
    "15.0": ("isr2911", "15.0(1)M"),
    "15.4": ("isr2911", "15.4(2)T"),
    "15.7": ("isr2911", "15.7(3)M5"),
    "16.12": ("isr4451", "16.12.4"),
    "17.6": ("isr4451", "17.6.5"),
    "17.16": ("c8000v", "17.16.1"),
}
"""Model and version by release."""
WAN = {
    "isr2911": "GigabitEthernet0/1",
    "isr4451": "GigabitEthernet0/0/1",
    "c8000v": "GigabitEthernet3",
}
LAN = {
    "isr2911": "GigabitEthernet0/0",
    "isr4451": "GigabitEthernet0/0/0",
    "c8000v": "GigabitEthernet1",
}
SHA256 = Transform(name="TS", cipher="esp-aes", bits=256, integrity="esp-sha256-hmac")
GCM = Transform(name="TS", cipher="esp-gcm", bits=256)
COUNTER = Replay()
TIMED = Replay(kind=ReplayKind.TIME, window=5)
LINES = (
    "deny udp any any eq 848",
    "deny tcp any eq 22 any",
    "permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255",
)
LINES6 = ("deny udp any any eq 20001", "permit ipv6 2001:DB8:1::/48 2001:DB8:2::/48")
KEKS = (0xC5AC6039_11111111_A440633E_22222222, 0xAAAA0001_33333333_BBBB0001_44444444)
DER = SeededKeyMaker(Random("rekeys")).rsa(2048).public_der  # noqa: S311 - a key of a test


def group_text(
    name: str = "G1",
    identity: int = 1001,
    *,
    servers: Iterable[str] = ("10.10.1.1", "10.10.2.1"),
    more: Iterable[str] = (),
    ipv6: bool = False,
) -> str:
    """The configuration of a group of which a router is a member; `more` are lines of its block."""
    lines = [f"crypto gdoi group {'ipv6 ' if ipv6 else ''}{name}", f" identity number {identity}"]
    lines += [f" server address ipv4 {server}" for server in servers]
    return "\n".join([*lines, *(f" {line}" for line in more)]) + "\n"


def map_text(
    groups: Iterable[str], *, name: str = "GETVPN-MAP", more: Iterable[str] = (), ipv6: bool = False
) -> str:
    """A crypto map with an entry for each group; `more` are lines of each entry."""
    kind = "crypto map ipv6" if ipv6 else "crypto map"
    lines: list[str] = []
    for number, group in enumerate(groups, 1):
        lines += [f"{kind} {name} {number * 10} gdoi", f" set group {group}"]
        lines += [f" {line}" for line in more]
    return "\n".join(lines) + "\n"


def wan_text(
    platform: str,
    address: str = "10.20.0.1",
    *,
    maps: Iterable[str] = ("crypto map GETVPN-MAP",),
    more: Iterable[str] = (),
) -> str:
    """The interface towards the network, with crypto maps on it."""
    lines = [f"interface {WAN[platform]}", *more]
    lines += [f"ip address {address} 255.255.255.0", *maps, "no shutdown"]
    return "\n ".join(lines) + "\n"


def gm_router(release: str, text: str) -> Router:
    """A router of a release, which stands alone: its groups do nothing by themselves."""
    platform, version = RELEASES[release]
    text = f"hostname GM1\nip domain name example.net\n{text}"
    router = make_router("GM1", platform, text, kernel=Kernel(START))
    router.software = Software(version=version, file=router.software.file)
    return router


def usual_member(
    release: str = "17.6",
    *,
    group: str = "G1",
    more: Iterable[str] = (),
    entry: Iterable[str] = (),
    lists: str = "",
    address: str = "10.20.0.1",
) -> Router:
    """A router with one group; `more` are lines of the group, `entry` of the crypto map."""
    platform, _ = RELEASES[release]
    text = lists + group_text(group, more=more) + map_text([group], more=entry)
    return gm_router(release, text + wan_text(platform, address))


def joined(router: Router, group: str | None = None) -> MemberGroup:
    """A member of a router, the first if no group is named."""
    members = router.feature(Gdoi).members
    return next(one for one in members if group in (None, one.policy.group))


def show(router: Router, tail: str, *, spelling: str = "gdoi") -> str:
    """What `show crypto gdoi …` prints."""
    return console(router).run(f"show crypto {spelling} {tail}".strip())


def rows(text: str, label: str) -> list[str]:
    """The values of all rows with a label."""
    return [
        line.partition(":")[2].strip()
        for line in text.splitlines()
        if line.strip().startswith(label)
    ]


def row(text: str, label: str) -> str:
    """The value of the one row with a label."""
    (found,) = rows(text, label)
    return found


def later(router: Router, seconds: float) -> None:
    """Let time pass."""
    assert router.kernel is not None
    router.kernel.advance(seconds)


# ---- what a member holds ----


def policy(
    lines: Iterable[str] = LINES,
    *,
    transform: Transform = SHA256,
    replay: Replay = COUNTER,
    lifetime_s: int = 3600,
    number: int = 10,
    tag: bool = False,
    ipv6: bool = False,
) -> SaPolicy:
    """One `sa ipsec` as a key server hands it out."""
    read = ipv6_entry if ipv6 else extended_entry
    return SaPolicy(
        number=number,
        profile="PROF",
        acl="POLICY",
        entries=tuple(read(line.split()) for line in lines),
        transform=transform,
        lifetime_s=lifetime_s,
        replay=replay,
        tag=tag,
    )


def register(
    member: MemberGroup,
    *policies: SaPolicy,
    server: str = "10.10.1.1",
    transport: Transport = Transport.UNICAST,
    reregisters_in: float = 3137,
    der: bytes = DER,
) -> None:
    """Let a member be registered with policies; it has no keys yet."""
    member.state = Registration.REGISTERED
    member.ever_registered = True
    member.registered_with = server
    member.registered_at = member.kernel.now()
    member.attempted += 1
    member.succeeded += 1
    member.sas = policies or (policy(),)
    member.transport = transport
    member.reregisters_at = member.kernel.now() + reregisters_in
    member.server_keys[server] = ServerKey(server=server, public_der=der, cookies=halves(KEKS[0]))


def halves(spi: int) -> tuple[int, int]:
    """The cookies of the SPI of a KEK."""
    return spi >> 64, spi & 0xFFFFFFFFFFFFFFFF


def hold_kek(
    member: MemberGroup,
    *,
    left: float = 86_258,
    cipher: Cipher = Cipher(name="aes", bits=256),  # noqa: B008 - frozen
    sig_hash: str = "sha",
    spi: int = KEKS[0],
) -> Kek:
    """Give a member a KEK that ends in `left` seconds."""
    now = member.kernel.now()
    member.kek = Kek(
        spi=spi,
        cipher=cipher,
        sig_hash=sig_hash,
        created_at=now + left - 86_400,
        lifetime_s=86_400,
    )
    member.kek_expires_at = now + left
    return member.kek


def hold_tek(
    member: MemberGroup, *, spi: int, left: float, encrypts: bool = True, sa: int = 0
) -> HeldTek:
    """Give a member one more TEK, of its policy at the place `sa`."""
    now, wanted = member.kernel.now(), member.sas[sa]
    ends = now + left
    tek = Tek(
        spi=spi,
        sa=wanted,
        created_at=ends - wanted.lifetime_s,
        lifetime_s=wanted.lifetime_s,
        expires_at=ends,
        issuer=member.registered_with,
    )
    begins = tek.created_at if encrypts else None
    held = HeldTek(tek=tek, received_at=tek.created_at, expires_at=ends, encrypts_at=begins)
    member.teks.append(held)
    return held


def rekeyed(
    member: MemberGroup, times: int, *, ago: float, sequence: int, server: str = ""
) -> None:
    """Let the last of some rekeys have come `ago` seconds ago, all acknowledged if unicast."""
    member.rekeys = member.rekeys_since = times
    if member.transport is Transport.UNICAST:
        member.acks = member.acks_since = times
    member.last_rekey_at = member.kernel.now() - ago
    member.last_rekey_from = server or member.registered_with
    member.last_sequence = sequence


def settled_member(router: Router, group: str | None = None) -> MemberGroup:
    """A member that is registered, holds a KEK and a TEK, and got three rekeys."""
    member = joined(router, group)
    register(member, policy())
    hold_kek(member)
    hold_tek(member, spi=0x5A69F51E, left=510)
    rekeyed(member, 3, ago=90, sequence=2)
    return member
