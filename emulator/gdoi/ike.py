"""The IKE that protects registrations and cooperation, as far as its outcome needs it.

A phase 1 succeeds or fails by what both ends are configured with; there is no key exchange on a
wire. Secrets are compared as digests and shown nowhere.
"""

import hashlib
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache
from typing import Protocol as Interface

from .keys import Kek


class Auth(StrEnum):
    """How an end proves who it is."""

    PSK = "psk"
    RSA_SIG = "rsig"
    ECDSA_SIG = "ecdsa-sig"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What one policy (IKE version 1) or proposal (version 2) wants.

    `cipher` is `des`, `3des`, `aes` or `aes-gcm`, with `bits`; `integrity` a hash; `group` a
    Diffie-Hellman group; `auth` counts for version 1 only.
    """

    cipher: str = "aes"
    bits: int = 256
    integrity: str = "sha256"
    prf: str = "sha256"
    group: int = 14
    auth: Auth = Auth.PSK
    lifetime_s: int = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """What an end shows of itself.

    `identity` is the address or name that it claims, `secret` a digest of the pre-shared key that
    it has for the peer (empty for none), `certificate` the DER form of its certificate (empty for
    none) and `issuer` that of the authority. `certificate_identity` is what it claims when it is
    the certificate that counts, empty for the same. `others` are further certificates that it
    could show, for a peer that does not know the authority of the first.
    """

    identity: str = ""
    secret: bytes = field(default=b"", repr=False)
    certificate: bytes = field(default=b"", repr=False)
    issuer: bytes = field(default=b"", repr=False)
    certificate_identity: str = ""
    others: tuple["Credential", ...] = ()

    @property
    def certified_identity(self) -> str:
        """What it claims with its certificate."""
        return self.certificate_identity or self.identity


@dataclass(frozen=True, slots=True, kw_only=True)
class IkeOffer:
    """The first message of whoever begins; `version` is 1 or 2."""

    version: int
    source: str
    destination: str
    proposals: tuple[Proposal, ...]
    credential: Credential
    dpd_s: int = 0


class IkeFailure(StrEnum):
    """Why phase 1 failed."""

    NO_ROUTE = "no route"
    NO_PROPOSAL = "no proposal chosen"
    NO_SECRET = "no pre-shared key"  # noqa: S105 - a reason
    WRONG_SECRET = "pre-shared keys differ"  # noqa: S105 - a reason
    NO_CERTIFICATE = "no certificate"
    BAD_CERTIFICATE = "certificate is not valid"
    REVOKED = "certificate is revoked"
    NO_PROFILE = "no profile matches"
    OFF = "IKE is off"


@dataclass(frozen=True, slots=True, kw_only=True)
class IkeAnswer:
    """A phase 1 that succeeded: what was agreed, and who the other end is.

    `identity` is the one that the answering end proved, `peer_identity` that of the one who began,
    both as addresses or names (`10.1.0.1`, `gm1.example.net`, `cn=GM1,ou=Lab`). `peer_names` are
    the names in its certificate: the whole subject first, then its parts (`ou=Lab`), then host
    names; empty for who proved itself by a key. `credential` is what the answering end showed of
    itself, `spis` are those of who began and of who answered in version 2.
    """

    version: int
    proposal: Proposal
    identity: str
    peer_identity: str
    peer_names: tuple[str, ...] = ()
    credential: Credential = Credential()
    spis: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class SaUse:
    """What an SA is for, as the end at `local` sees it.

    `purpose` is `registration`, `rekey` or `coop`. The SA of a rekey is that of a `kek`, which
    gives it its cipher and its end; it is the key server that begins there, so that a member is no
    `initiator`.
    """

    local: str
    peer: str
    initiator: bool
    purpose: str
    group: str = ""
    kek: Kek | None = None


def secret_digest(secret: str) -> bytes:
    """What stands for a pre-shared key wherever two of them are compared."""
    return hashlib.sha256(b"pre-shared key\0" + secret.encode()).digest()


@lru_cache(maxsize=256)
def chosen(own: tuple[Proposal, ...], offered: tuple[Proposal, ...]) -> Proposal | None:
    """The first of one's own proposals that was offered too, with the shorter lifetime.

    This is how an answering router chooses (Cisco command reference, `crypto isakmp policy`).
    """
    lifetimes: dict[Proposal, int] = {}
    for proposal in offered:
        lifetimes.setdefault(replace(proposal, lifetime_s=0), proposal.lifetime_s)
    for proposal in own:
        life = lifetimes.get(replace(proposal, lifetime_s=0))
        if life is not None:
            return replace(proposal, lifetime_s=min(life, proposal.lifetime_s))
    return None


class IkeEnd(Interface):
    """The IKE of one device."""

    def offer(
        self, source: str, destination: str, *, profile: str = "", vrf: str = ""
    ) -> IkeOffer | IkeFailure:
        """Begin; with a `profile` it is version 2."""
        ...

    def answer(self, offer: IkeOffer, *, profile: str = "") -> IkeAnswer | IkeFailure:
        """Answer who began; `profile` is the IKEv2 profile of the group.

        A failure is logged by this end as it logs failures of IKE.
        """
        ...

    def accept(self, offer: IkeOffer, answer: IkeAnswer) -> IkeFailure | None:
        """Check the answer as the one who began (a certificate of the peer); None is well."""
        ...

    def refused(self, offer: IkeOffer, failure: IkeFailure) -> None:
        """The answering end said that it refuses: log it as the one who began does."""
        ...

    def stray(self, peer: str) -> None:
        """Something came from a peer under an SA that this end does not have: log it."""
        ...

    def opened(self, answer: IkeAnswer, use: SaUse) -> None:
        """An SA stands now; it takes the place of an earlier one for the same use."""
        ...

    def closed(self, peer: str, *, purpose: str, group: str = "") -> None:
        """The SAs for a purpose with a peer are gone, of one group if one is given.

        Without a peer (empty) those with all peers are.
        """
        ...

    def keepalive(self) -> tuple[int, int, bool] | None:
        """`crypto isakmp keepalive`: interval, retry interval, periodic; None without."""
        ...
