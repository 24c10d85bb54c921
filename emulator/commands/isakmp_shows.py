"""Showing IKE version 1: `show crypto isakmp …`, from the configuration and the table of SAs."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..config.store import Block, Entry
from ..grammar import CommandSet
from ..groups.ike_policies import POLICY, default_suites, uses_defaults
from ..services.crypto_sas import CryptoSas, IkeSa
from ..services.sa_tables import REKEY
from ..settings.isakmp import ANY_ADDRESS, HOST_MASK
from ..shell.call import Call

if TYPE_CHECKING:
    from ..device import Router

CIPHERS = {
    "des": "DES - Data Encryption Standard (56 bit keys).",
    "3des": "Three key triple DES",
    "aes": "AES - Advanced Encryption Standard ({} bit keys).",
}
HASHES = {
    "md5": "Message Digest 5",
    "sha": "Secure Hash Standard",
    "sha256": "Secure Hash Standard 2 (256 bit)",
    "sha384": "Secure Hash Standard 2 (384 bit)",
    "sha512": "Secure Hash Standard 2 (512 bit)",
}
METHODS = {
    "pre-share": "Pre-Shared Key",
    "rsa-sig": "Rivest-Shamir-Adleman Signature",
    "rsa-encr": "Rivest-Shamir-Adleman Encryption",
    "ecdsa-sig": "Elliptic Curve Digital Signature Algorithm Signature",
}
GROUPS = {
    1: "768 bit",
    2: "1024 bit",
    5: "1536 bit",
    14: "2048 bit",
    15: "3072 bit",
    16: "4096 bit",
    19: "256 bit",
    20: "384 bit",
    21: "521 bit",
    24: "2048 bit, 256 bit subgroup",
}
FIRST_DEFAULT = 65_507
LEGEND = """\
Codes: C - IKE configuration mode, D - Dead Peer Detection
       K - Keepalives, N - NAT-traversal
       T - cTCP encapsulation, X - IKE Extended Authentication
       psk - Preshared key, rsig - RSA signature
       renc - RSA encryption
"""
KEY_HEAD = f"{'Keyring':<13}{'Hostname/Address':<44}Preshared Key\n\n"

declared = CommandSet()
declared.words(
    {
        "show crypto isakmp": "Show ISAKMP",
        "isakmp policy": "Show ISAKMP protection suite policy",
        "show crypto isakmp default": "Show ISAKMP default",
        "show crypto isakmp default policy": "Show default ISAKMP protection suite policy",
        "show crypto isakmp key": "Show ISAKMP preshared keys",
        "isakmp peers": "Show ISAKMP peer structures",
        "isakmp peers A.B.C.D": "Peer address",
        "show crypto isakmp profile": "Show ISAKMP profiles",
        "show crypto isakmp profile WORD": "Name of the profile",
        "isakmp sa": "Show ISAKMP Security Associations",
        "isakmp sa active": "Shows HA-enabled ISAKMP SAs in the active state",
        "isakmp sa count": "Show number of SAs",
        "isakmp sa detail": "Show ISAKMP SA Detail",
        "isakmp sa nat": "Show ISAKMP SA NAT Detail",
    }
)


def _suite(cipher: str, bits: object, hash_name: str, method: str, group: int, life: int) -> str:
    """The lines of one protection suite."""
    words = CIPHERS[cipher].format(bits)
    return (
        f"\tencryption algorithm:\t{words}\n"
        f"\thash algorithm:\t\t{HASHES[hash_name]}\n"
        f"\tauthentication method:\t{METHODS[method]}\n"
        f"\tDiffie-Hellman group:\t#{group} ({GROUPS[group]})\n"
        f"\tlifetime:\t\t{life} seconds, no volume limit\n"
    )


def _policy(entry: Entry) -> str:
    block = entry.block or Block("isakmp-policy")
    cipher = str(block.value("encryption", "cipher", "des"))
    return f"Protection suite of priority {entry['priority']}\n" + _suite(
        cipher,
        block.value("encryption", "bits", 128),
        str(block.value("hash", "hash", "sha")),
        str(block.value("authentication", "method", "rsa-sig")),
        int(block.value("group", "group", 1)),
        int(block.value("lifetime", "seconds", 86_400)),
    )


def _defaults(router: "Router") -> str:
    """The suites that hold without a policy."""
    return "".join(
        f"Default protection suite of priority {FIRST_DEFAULT + number}\n"
        + _suite(cipher, 128, hash_name, method, group, 86_400)
        for number, (cipher, hash_name, method, group) in enumerate(default_suites(router))
    )


@declared.exec("show crypto isakmp policy", privilege=1)
def show_policy(call: Call) -> str:
    """The protection suites; those that IOS brings along count only without others."""
    root = call.router.config.root
    policies = sorted(root.all(POLICY), key=lambda entry: int(entry["priority"]))
    if uses_defaults(call.router):
        return "\nDefault IKE policy\n" + _defaults(call.router)
    return "\nGlobal IKE policy\n" + "".join(map(_policy, policies))


@declared.exec("show crypto isakmp default policy", privilege=1)
def show_default_policy(call: Call) -> str:
    """The suites that IOS brings along."""
    if call.router.config.root.off("crypto isakmp default policy"):
        return "\n"
    return "\n" + _defaults(call.router)


@declared.exec("show crypto isakmp key", privilege=15)
def show_keys(call: Call) -> str:
    """The pre-shared keys, as they stand in the configuration."""
    root = call.router.config.root
    rows = [("default", entry) for name in _names("crypto isakmp key") for entry in root.all(name)]
    for ring in root.all("crypto keyring"):
        if ring.block is not None:
            for name in _names("pre-shared-key"):
                rows += [(str(ring["name"]), entry) for entry in ring.block.all(name)]
    return KEY_HEAD + "".join(_key_row(ring, entry) for ring, entry in rows)


def _names(begin: str) -> tuple[str, ...]:
    """The settings of keys, which differ in how they name the peer."""
    if begin == "crypto isakmp key":
        return begin, f"{begin} ipv6", f"{begin} hostname"
    return f"{begin} address", f"{begin} address ipv6", f"{begin} hostname"


def _key_row(ring: str, entry: Entry) -> str:
    address, mask = entry.get("address"), entry.get("mask")
    who = str(entry.get("prefix") or entry.get("host") or address)
    if mask not in (None, HOST_MASK):
        who = f"{address:<16} [{mask}]" if address != ANY_ADDRESS else f"{address}        [{mask}]"
    return f"{ring:<13}{who:<44}{entry['key']}\n"


@declared.exec("show crypto isakmp peers [<peer:ipv4>]", privilege=1)
def show_peers(call: Call) -> str:
    """The peers with which there are SAs."""
    seen = {}
    for sa in call.router.feature(CryptoSas).ike:
        if call.get("peer") in (None, sa.remote) and sa.purpose != REKEY:
            seen[sa.remote, sa.local] = sa
    return "".join(
        f"Peer: {sa.remote} Port: {sa.remote_port} Local: {sa.local}\n"
        f" Phase1 id: {sa.peer_id or sa.remote}\n"
        for sa in seen.values()
    )


@declared.exec("show crypto isakmp profile [<name>]", privilege=1)
def show_profiles(call: Call) -> str:
    """The profiles of IKE version 1."""
    root = call.router.config.root
    return "\n".join(
        _profile(root, entry)
        for entry in root.all("crypto isakmp profile")
        if call.get("name") in (None, entry["name"])
    )


def _profile(root: Block, entry: Entry) -> str:
    block, name = entry.block or Block("isakmp-profile"), entry["name"]
    users = [
        map_entry
        for setting in ("crypto map", "crypto ipsec profile")
        for map_entry in root.all(setting)
        if map_entry.block is not None
        and map_entry.block.value("set isakmp-profile", "profile") == name
    ]
    identities = [
        _identity(line)
        for line in block.entries.values()
        if line.setting.name.startswith("match identity")
    ]
    maps = [f"    {line['map']}\n" for line in block.all("match certificate")]
    rings = " ".join(str(line["keyring"]) for line in block.all("keyring")) or "<none>"
    points = " ".join(str(line["trustpoint"]) for line in block.all("ca trust-point")) or "<all>"
    return (
        f"IKEv1 PROFILE {name}\n"
        f"Ref Count = {1 + len(users)}\n"
        f"   Identities matched are:\n{''.join(identities)}"
        f"   Certificate maps matched are:\n{''.join(maps)}"
        f"   keyring(s): {rings}\n"
        f"   trustpoint(s): {points}\n"
    )


def _identity(line: Entry) -> str:
    words = line.text.removeprefix("match identity ").strip()
    kind, _, rest = words.partition(" ")
    return f"    {'ip-address' if kind == 'address' else kind} {rest} \n"


# ---- the security associations ----

_V4, _V6 = "IPv4 Crypto ISAKMP SA\n", "IPv6 Crypto ISAKMP SA\n"


def _by_version(sas: list[IkeSa], row: Callable[[IkeSa], str]) -> tuple[str, str]:
    v4 = "".join(row(sa) for sa in sas if ":" not in sa.local)
    return v4, "".join(row(sa) for sa in sas if ":" in sa.local)


@declared.exec("show crypto isakmp sa [active]", privilege=1)
def show_sa(call: Call) -> str:
    """The SAs."""
    sas = call.router.feature(CryptoSas).ike
    chosen = [sa for sa in sas if sa.active or not call.has("active")]
    v4, v6 = _by_version(chosen, _sa_row)
    head = f"{'dst':<15} {'src':<15} {'state':<14} conn-id status\n"
    return f"{_V4}{head}{v4}\n{_V6}{v6}\n"


def _sa_row(sa: IkeSa) -> str:
    destination, source = (_address(end) for end in sa.ends)
    status = "ACTIVE (deleted)" if sa.deleted else "ACTIVE"
    return f"{destination} {source} {sa.state:<14} {sa.conn_id:>7} {status}\n"


def _address(address: str) -> str:
    """An address in its column, which is wider for IPv6 (genieparser samples)."""
    return f"{address:<16}" if ":" in address else f"{address:<15}"


@declared.exec("show crypto isakmp sa count", privilege=1)
def show_sa_count(call: Call) -> str:
    """How many SAs there are."""
    sas = call.router.feature(CryptoSas).ike
    dead = sum(sa.deleted for sa in sas)
    pending = sum(not sa.deleted and not sa.active for sa in sas)
    return (
        f"Active ISAKMP SA's: {len(sas) - dead - pending}\n"
        "Standby ISAKMP SA's: 0\n"
        f"Currently being negotiated ISAKMP SA's: {pending}\n"
        f"Dead ISAKMP SA's: {dead}\n"
    )


@declared.exec("show crypto isakmp sa detail", "show crypto isakmp sa nat", privilege=1)
def show_sa_detail(call: Call) -> str:
    """The SAs with what was negotiated."""
    router = call.router
    now = router.clock.now()
    v4, v6 = _by_version(router.feature(CryptoSas).ike, lambda sa: _detail(sa, now))
    head = (
        f"{'C-id':<5} {'Local':<15} {'Remote':<15} {'I-VRF':<6} "
        "Status Encr Hash   Auth DH Lifetime Cap.\n"
    )
    return f"{LEGEND}{_V4}\n{head}\n{v4}{_V6}\n{v6}\n"


def _detail(sa: IkeSa, now: float) -> str:
    left = max(int(sa.established_at + sa.lifetime_s - now), 0)
    life = f"{left // 3600:02}:{left // 60 % 60:02}:{left % 60:02}"
    status = "ACTIVE" if sa.active else ""
    return (
        f"{sa.conn_id:<5} {_address(sa.local)} {_address(sa.remote)} {sa.vrf:<6} {status:<6} "
        f"{sa.cipher:<4} "
        f"{sa.hash_name:<6} {sa.auth:<4} {sa.group:<2} {life} {sa.capabilities:<4} \n"
        f"       Engine-id:Conn-id =  SW:{sa.conn_id - 1000}\n\n"
    )
