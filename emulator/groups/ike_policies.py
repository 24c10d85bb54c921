"""The proposals of IKE version 1 that a configuration makes: `crypto isakmp policy`."""

from typing import TYPE_CHECKING

from ..config.store import Block, Entry
from ..gdoi.ike import Auth, Proposal
from ..grammar import XE
from ..settings.crypto_checks import release

if TYPE_CHECKING:
    from ..device import Router

POLICY = "crypto isakmp policy"
DAY_S = 86_400
STRONGER_DEFAULTS = (17, 1)
"""From here on IOS-XE brings along no policies with 3DES or MD5 (genieparser sample)."""
METHODS = {"pre-share": Auth.PSK, "rsa-sig": Auth.RSA_SIG, "ecdsa-sig": Auth.ECDSA_SIG}
"""Encryption with RSA needs keys that peers have exchanged by hand; nobody negotiates it here."""


def default_suites(router: "Router") -> list[tuple[str, str, str, int]]:
    """Cipher, hash, method and group of what IOS brings along, in their order."""
    suites = [
        (cipher, hash_name, method, group)
        for cipher, group in (("aes", 5), ("3des", 2))
        for hash_name in ("sha", "md5")
        for method in ("rsa-sig", "pre-share")
    ]
    if router.family == XE and release(router) >= STRONGER_DEFAULTS:
        suites = [suite for suite in suites if suite[:2] == ("aes", "sha")]
    return suites


def uses_defaults(router: "Router") -> bool:
    """Whether the policies that IOS brings along count: there are no others, and they are on."""
    root = router.config.root
    return not root.all(POLICY) and not root.off("crypto isakmp default policy")


def proposals(router: "Router") -> tuple[Proposal, ...]:
    """What the router offers and takes, in the order of priority."""
    if uses_defaults(router):
        return tuple(_default(*suite) for suite in default_suites(router))
    entries = sorted(router.config.root.all(POLICY), key=lambda entry: int(entry["priority"]))
    return tuple(filter(None, map(_proposal, entries)))


def _default(cipher: str, hash_name: str, method: str, group: int) -> Proposal:
    return Proposal(
        cipher=cipher,
        bits=_bits(cipher, 128),
        integrity=hash_name,
        prf=hash_name,
        group=group,
        auth=METHODS[method],
        lifetime_s=DAY_S,
    )


def _proposal(entry: Entry) -> Proposal | None:
    """One policy, with what IOS assumes where it says nothing."""
    block = entry.block or Block("isakmp-policy")
    auth = METHODS.get(str(block.value("authentication", "method", "rsa-sig")))
    if auth is None:
        return None
    cipher = str(block.value("encryption", "cipher", "des"))
    hash_name = str(block.value("hash", "hash", "sha"))
    return Proposal(
        cipher=cipher,
        bits=_bits(cipher, int(block.value("encryption", "bits") or 128)),
        integrity=hash_name,
        prf=hash_name,
        group=int(block.value("group", "group", 1)),
        auth=auth,
        lifetime_s=int(block.value("lifetime", "seconds", DAY_S)),
    )


def _bits(cipher: str, bits: int) -> int:
    return {"des": 56, "3des": 168}.get(cipher, bits)
