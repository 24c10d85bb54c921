"""What a configuration says of IKE version 2: proposals, policies, profiles and keyrings."""

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from ..config.store import Block, Entry
from ..gdoi.ike import Auth, Proposal
from ..grammar import CLASSIC
from .ike_certificates import Seen
from .ike_identities import line_fits
from .ike_secrets import ByAddress, Secrets, local_address, parsed

if TYPE_CHECKING:
    from ..device import Router

Words = tuple[str, ...]
CLASSIC_DEFAULT: tuple[Words, Words, Words] = (
    ("aes-cbc-256", "aes-cbc-192", "aes-cbc-128"),
    ("sha512", "sha384", "sha256", "sha1", "md5"),
    ("5", "2"),
)
XE_DEFAULT: tuple[Words, Words, Words] = (
    ("aes-cbc-256",),
    ("sha512", "sha384"),
    ("19", "14", "21", "5"),
)
"""Ciphers, hashes and groups of the proposal that IOS brings along."""
DEFAULT = "default"
METHODS = {"pre-share": Auth.PSK, "rsa-sig": Auth.RSA_SIG, "ecdsa-sig": Auth.ECDSA_SIG}
"""EAP is no way to register (configuration guide of G-IKEv2)."""
USUAL_LIFE_S = 86_400
_BITS = {"des": 56, "3des": 168}


def default_words(router: "Router") -> tuple[Words, Words, Words]:
    """Ciphers, hashes and groups of the default proposal."""
    return CLASSIC_DEFAULT if router.family == CLASSIC else XE_DEFAULT


def proposals(router: "Router", *, local: str, vrf: str, lifetime_s: int) -> tuple[Proposal, ...]:
    """What is offered and taken at an address: all combinations of the fitting policy."""
    root = router.config.root
    found: list[Proposal] = []
    for name in _chosen_proposals(root, local, vrf):
        entry = root.find("crypto ikev2 proposal", name)
        if entry is not None:
            found += _combined(*_words(entry), lifetime_s)
        elif name == DEFAULT:
            ciphers, hashes, groups = default_words(router)
            found += _combined(ciphers, hashes, hashes, groups, lifetime_s)
    return tuple(found)


def _chosen_proposals(root: Block, local: str, vrf: str) -> list[str]:
    """The proposals of the policy for an address: one that names it goes before others."""
    fitting = [
        (not _addresses(entry.block), entry.block)
        for entry in root.all("crypto ikev2 policy")
        if entry.block is not None
        and fvrf_fits(entry.block.find("match fvrf"), vrf)
        and (not _addresses(entry.block) or local in _addresses(entry.block))
    ]
    for _, block in sorted(fitting, key=lambda pair: pair[0]):
        return [str(line["proposal"]) for line in block.all("proposal")]
    return [DEFAULT]


def _addresses(block: Block | None) -> list[str]:
    lines = block.all("match address local") if block is not None else []
    return [str(line.get("address") or line.get("address6")) for line in lines]


def fvrf_fits(entry: Entry | None, vrf: str) -> bool:
    """Whether `match fvrf` lets in what comes by a VRF; without it that is the global one."""
    if entry is None:
        return not vrf
    named = entry.get("vrf")
    return named is None or named == vrf


def _words(entry: Entry) -> tuple[Words, Words, Words, Words]:
    block = entry.block or Block("ikev2-proposal")
    integrity = block.value("integrity", "hashes", ())
    return (
        block.value("encryption", "ciphers", ()),
        integrity,
        block.value("prf", "hashes", integrity),
        block.value("group", "groups", ()),
    )


def _combined(
    ciphers: Words, hashes: Words, prfs: Words, groups: Words, lifetime_s: int
) -> list[Proposal]:
    """Every combination, as the parts of a proposal are chosen one by one."""
    return [
        Proposal(
            cipher=name,
            bits=_BITS.get(cipher) or int(cipher.rpartition("-")[2]),
            integrity=integrity,
            prf=prf,
            group=int(group),
            lifetime_s=lifetime_s,
        )
        for cipher in ciphers
        for name in (_cipher_name(cipher),)
        for integrity, prf, group in product(
            # a combined mode needs no hash beside it
            ("",) if name == "aes-gcm" else hashes,
            prfs,
            groups,
        )
    ]


def _cipher_name(word: str) -> str:
    if word.startswith("aes-gcm"):
        return "aes-gcm"
    return "aes" if word.startswith("aes-") else word


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile2:
    """A profile of version 2, complete: both ways to authenticate and whom it is for.

    `own_key` and `peer_keys` are keys that stand in the profile itself. `signing` and `verifying`
    name trustpoints, empty for all. `dpd` is interval, retry interval and whether it is periodic.
    """

    name: str
    fvrf: Entry | None
    locals: tuple[str, ...]
    lines: tuple[Entry, ...]
    identity: Entry | None
    method: Auth
    own_key: Entry | None
    peer_methods: frozenset[Auth]
    peer_keys: tuple[Entry, ...]
    keyring: str
    signing: tuple[str, ...]
    verifying: tuple[str, ...]
    lifetime_s: int
    dpd: tuple[int, int, bool] | None
    ivrf: str

    def serves(self, local: str, vrf: str) -> bool:
        """Whether it is for an own address and the VRF in which that is."""
        return fvrf_fits(self.fvrf, vrf) and (not self.locals or local in self.locals)

    def fits(self, router: "Router", identity: str, vrf: str, seen: Seen | None) -> bool:
        """Whether it is for who a peer claims to be."""
        return any(line_fits(router, line, identity, vrf=vrf, seen=seen) for line in self.lines)


def profile2(router: "Router", name: str) -> Profile2 | None:
    """The profile of a name; None if there is none, or if it is not complete."""
    entry = router.config.root.find("crypto ikev2 profile", name)
    block = entry.block if entry is not None else None
    if block is None:
        return None
    lines = [line for line in block.entries.values() if line.setting.name in _WHO]
    method = METHODS.get(str(block.value("authentication local", "method")))
    remote = block.all("authentication remote")
    peer_methods = [METHODS.get(str(line["method"])) for line in remote]
    if not lines or method is None or not any(peer_methods):
        return None
    points = block.all("pki trustpoint")
    dpd = block.find("dpd") or router.config.root.find("crypto ikev2 dpd")
    return Profile2(
        name=name,
        fvrf=block.find("match fvrf"),
        locals=_locals(router, block),
        lines=tuple(lines),
        identity=block.find("identity local"),
        method=method,
        own_key=_keyed(block.find("authentication local")),
        peer_methods=frozenset(filter(None, peer_methods)),
        peer_keys=tuple(filter(None, map(_keyed, remote))),
        keyring=str(block.value("keyring local", "keyring", "")),
        signing=tuple(str(line["trustpoint"]) for line in points if line.get("use") != "verify"),
        verifying=tuple(str(line["trustpoint"]) for line in points if line.get("use") != "sign"),
        lifetime_s=int(block.value("lifetime", "seconds", USUAL_LIFE_S)),
        dpd=(int(dpd["seconds"]), int(dpd["retry"]), dpd["mode"] == "periodic") if dpd else None,
        ivrf=str(block.value("ivrf", "vrf", "")),
    )


_WHO = frozenset(
    {
        "match any",
        "match certificate",
        "match identity remote address",
        "match identity remote ipv6",
        "match identity remote any",
        "match identity remote fqdn",
        "match identity remote fqdn domain",
        "match identity remote email",
        "match identity remote email domain",
        "match identity remote key-id",
    }
)


def _keyed(entry: Entry | None) -> Entry | None:
    return entry if entry is not None and entry.get("key") is not None else None


def _locals(router: "Router", block: Block) -> tuple[str, ...]:
    lines = [*block.all("match address local"), *block.all("match address local if")]
    return tuple(local_address(router, line) for line in lines)


class Keyring2:
    """A keyring of version 2: peers by who they claim to be, and by address."""

    __slots__ = ("_by_address", "_by_identity", "_secrets")

    def __init__(self, router: "Router", name: str, secrets: Secrets) -> None:
        self._secrets = secrets
        self._by_address = ByAddress()
        self._by_identity: dict[str, Entry] = {}
        entry = router.config.root.find("crypto ikev2 keyring", name)
        for peer in entry.block.all("peer") if entry is not None and entry.block else ():
            self._add(peer)

    def _add(self, peer: Entry) -> None:
        block = peer.block
        if block is None:
            return
        address, identity = block.find("address"), block.find("identity")
        if address is not None:
            network = address.get("prefix") or address.get("v6")
            mask = address.get("mask") or "255.255.255.255"
            self._by_address.add(str(network or f"{address.get('address')}/{mask}"), peer)
        if identity is not None:
            words = ("address", "v6", "fqdn", "email", "id")
            named = next((identity[word] for word in words if identity.get(word)), None)
            domain = " domain " in identity.text
            self._by_identity.setdefault(f"{'*' if domain else ''}{named}".lower(), peer)

    def find(self, address: str, identity: str) -> tuple[bytes, bytes]:
        """The digests of the own key and of the peer's; empty where there is none."""
        peer = self._peer(address, identity)
        if peer is None or peer.block is None:
            return b"", b""
        keys = {line.get("side"): line for line in peer.block.all("pre-shared-key")}
        own, other = keys.get("local") or keys.get(None), keys.get("remote") or keys.get(None)
        return (
            self._secrets.digest(own) if own is not None else b"",
            self._secrets.digest(other) if other is not None else b"",
        )

    def _peer(self, address: str, identity: str) -> Entry | None:
        text = identity.lower()
        domain = text.partition("@")[2] if "@" in text else text.partition(".")[2]
        for wanted in (text, f"*{domain}"):
            if wanted in self._by_identity:
                return self._by_identity[wanted]
        wanted_address = parsed(address)
        found = self._by_address.find(wanted_address) if wanted_address is not None else None
        return found[1] if found is not None else None
