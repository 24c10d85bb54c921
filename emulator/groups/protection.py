"""What the configuration says of the protection of traffic: transform sets, profiles, lists."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from ..config.store import Block, Entry
from ..gdoi.policy import DAY_S, USUAL_TEK_S, Replay, ReplayKind, SaPolicy, Transform
from ..services.access_entries import AccessEntry
from ..services.access_lists import access_list

LIFETIME = "security-association lifetime seconds"
USUAL_BITS = 128
"""The key size of AES, GCM and GMAC without a number (Cisco command reference)."""
_SIZED = frozenset({"esp-aes", "esp-gcm", "esp-gmac"})
_BITS: Mapping[str, int] = MappingProxyType(
    {"esp-des": 64, "esp-3des": 192, "esp-seal": 160, "esp-null": 0}
)
"""Key sizes of ciphers that have one only, parity bits included (RFC 2405, RFC 2451)."""


def list_entries(root: Block, name: str, *, ipv6: bool = False) -> tuple[AccessEntry, ...]:
    """The lines of an access list; none where there is no such list."""
    found = access_list(root, name, ipv6=ipv6) if name else None
    return tuple(entry for _, entry in found.entries) if found is not None else ()


def seconds_of(entry: Entry | None) -> int | None:
    """A lifetime that was given in seconds or in days; None without one."""
    if entry is None or entry.negated:
        return None
    days = entry.get("days")
    return int(days) * DAY_S if days is not None else int(entry["seconds"])


def transform_named(root: Block, name: str) -> Transform | None:
    """A transform set; None if there is none of that name, or it encrypts nothing."""
    entry = root.find("crypto ipsec transform-set", name)
    if entry is None:
        return None
    cipher, bits, integrity = "", 0, ""
    for word, size in entry["transforms"]:
        if word.endswith("-hmac") and word.startswith("esp-"):
            integrity = str(word)
        elif word in _SIZED:
            cipher, bits = str(word), int(size or USUAL_BITS)
        elif word in _BITS:
            cipher, bits = str(word), _BITS[word]
    if not cipher:
        return None
    mode = entry.block.value("mode", "mode", "tunnel") if entry.block is not None else "tunnel"
    return Transform(name=name, cipher=cipher, bits=bits, integrity=integrity, mode=str(mode))


def transforms_named(root: Block, names: Iterable[str]) -> tuple[Transform, ...]:
    """Those transform sets that there are."""
    found = (transform_named(root, name) for name in names)
    return tuple(transform for transform in found if transform is not None)


def sa_policies(root: Block, server: Block, *, ipv6: bool) -> tuple[SaPolicy, ...]:
    """What a key server protects: its lines `sa ipsec` that are complete, by number."""
    lines = sorted(server.all("sa ipsec"), key=lambda line: int(line["seq"]))
    found = (_sa_policy(root, line, ipv6=ipv6) for line in lines)
    return tuple(policy for policy in found if policy is not None)


def _sa_policy(root: Block, line: Entry, *, ipv6: bool) -> SaPolicy | None:
    """One of them; it takes a list, and a profile with a transform set."""
    block = line.block
    if block is None:
        return None
    acl, name = str(block.value("match address", "acl", "")), str(block.value("profile", "profile"))
    profile = root.find("crypto ipsec profile", name)
    if not acl or profile is None or profile.block is None:
        return None
    transforms = transforms_named(root, profile.block.value("set transform-set", "names", ()))
    if not transforms:
        return None
    lifetime = seconds_of(profile.block.find(f"set {LIFETIME}"))
    if lifetime is None:
        lifetime = seconds_of(root.find(f"crypto ipsec {LIFETIME}"))
    return SaPolicy(
        number=int(line["seq"]),
        profile=name,
        acl=acl,
        entries=list_entries(root, acl, ipv6=ipv6),
        transform=transforms[0],
        lifetime_s=USUAL_TEK_S if lifetime is None else lifetime,
        replay=_replay(block.find("replay")),
        tag=block.has("tag"),
    )


def _replay(entry: Entry | None) -> Replay:
    if entry is None:
        return Replay()
    if entry.negated:
        return Replay(kind=ReplayKind.OFF, window=0)
    if entry.get("kind") == "time":
        return Replay(kind=ReplayKind.TIME, window=int(entry["seconds"]))
    return Replay(kind=ReplayKind.COUNTER, window=int(entry["size"]))
