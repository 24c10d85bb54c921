"""Negotiating IKE version 2 by the profiles of a router."""

from random import Random
from typing import TYPE_CHECKING

from ..gdoi.ike import Auth, Credential, IkeAnswer, IkeFailure, IkeOffer, chosen
from .ike_certificates import Own, credential
from .ike_known import Known
from .ike_validation import Accepted, Validation
from .ike_version2 import Profile2
from .ike_words import IkeLog

if TYPE_CHECKING:
    from ..device import Router

KEPT_PEERS = 16_384
"""With so many peers a router remembers by which profile it spoke to them."""


class Negotiation2:
    """Begins, answers and accepts in version 2."""

    __slots__ = ("_log", "_profile_names", "_router", "_spis", "_validation")

    def __init__(self, router: "Router", log: IkeLog, validation: Validation, spis: Random) -> None:
        self._router = router
        self._log = log
        self._validation = validation
        self._spis = spis
        self._profile_names: dict[tuple[str, str], str] = {}

    def profile_with(self, known: Known, local: str, peer: str) -> Profile2 | None:
        """The profile by which the router last spoke to a peer."""
        return known.profile2(self._profile_names.get((local, peer), ""))

    def offer(
        self, known: Known, source: str, destination: str, name: str, vrf: str
    ) -> IkeOffer | IkeFailure:
        """Begin by a profile."""
        profile = known.profile2(name)
        if profile is None or not profile.serves(source, vrf):
            return IkeFailure.NO_PROFILE
        shown = self._shown(known, profile, source, destination, destination, b"")
        if isinstance(shown, IkeFailure):
            return shown
        proposals = known.proposals2(source, vrf, profile.lifetime_s)
        if not proposals:
            return IkeFailure.NO_PROPOSAL
        self._remember(source, destination, name)
        return IkeOffer(
            version=2,
            source=source,
            destination=destination,
            proposals=proposals,
            credential=shown,
            dpd_s=profile.dpd[0] if profile.dpd else 0,
        )

    def answer(self, known: Known, offer: IkeOffer, name: str, vrf: str) -> IkeAnswer | IkeFailure:
        """Answer by the profile of the group."""
        local, peer = offer.destination, offer.source
        profile = known.profile2(name)
        if profile is None or not profile.serves(local, vrf):
            return IkeFailure.NO_PROFILE
        own = known.proposals2(local, vrf, profile.lifetime_s)
        proposal = chosen(own, offer.proposals)
        if proposal is None:
            return IkeFailure.NO_PROPOSAL
        found = self._proved(known, profile, offer.credential, local=local, peer=peer, vrf=vrf)
        if isinstance(found, IkeFailure):
            return found
        identity, accepted = found
        issuer = accepted.credential.issuer if accepted is not None else b""
        shown = self._shown(known, profile, local, peer, identity, issuer)
        if isinstance(shown, IkeFailure):
            return shown
        self._remember(local, peer, name)
        return IkeAnswer(
            version=2,
            proposal=proposal,
            identity=shown.certified_identity,
            peer_identity=identity,
            peer_names=accepted.seen.names if accepted is not None else (),
            credential=shown,
            spis=(self._spis.getrandbits(64), self._spis.getrandbits(64)),
        )

    def accept(self, known: Known, offer: IkeOffer, answer: IkeAnswer) -> IkeFailure | None:
        """Check who answered by the profile with which the router began."""
        profile = self.profile_with(known, offer.source, offer.destination)
        if profile is None:
            return IkeFailure.NO_PROFILE
        vrf = known.vrf_of(offer.source)
        found = self._proved(
            known,
            profile,
            answer.credential,
            local=offer.source,
            peer=offer.destination,
            vrf=vrf,
        )
        if not isinstance(found, IkeFailure):
            return None
        self._log.failed(2, offer.destination, found)
        return found

    def _proved(
        self, known: Known, profile: Profile2, shown: Credential, *, local: str, peer: str, vrf: str
    ) -> tuple[str, Accepted | None] | IkeFailure:
        """Who the peer is, and its certificate if it used one."""
        del local
        if shown.certificate:
            return self._certified(profile, shown, peer=peer, vrf=vrf)
        identity = shown.identity or peer
        if not profile.fits(self._router, identity, vrf, None):
            return IkeFailure.NO_PROFILE
        if Auth.PSK not in profile.peer_methods:
            return IkeFailure.NO_CERTIFICATE
        wanted = self._peer_secrets(known, profile, peer, identity)
        if not wanted:
            return IkeFailure.NO_SECRET
        return (identity, None) if shown.secret in wanted else IkeFailure.WRONG_SECRET

    def _certified(
        self, profile: Profile2, shown: Credential, *, peer: str, vrf: str
    ) -> tuple[str, Accepted | None] | IkeFailure:
        methods = sorted(profile.peer_methods - {Auth.PSK})
        if not methods:
            return IkeFailure.NO_SECRET
        found: Accepted | IkeFailure = IkeFailure.NO_CERTIFICATE
        for auth in methods:
            found = self._validation.check(
                shown, auth, peer=peer, version=2, trustpoints=profile.verifying
            )
            if found is not IkeFailure.NO_CERTIFICATE:
                break
        if isinstance(found, IkeFailure):
            return found
        identity = found.credential.certified_identity or peer
        if not profile.fits(self._router, identity, vrf, found.seen):
            return IkeFailure.NO_PROFILE
        return identity, found

    def _peer_secrets(
        self, known: Known, profile: Profile2, peer: str, identity: str
    ) -> set[bytes]:
        """The digests of the keys that a peer may use."""
        keys = {known.secrets.digest(entry) for entry in profile.peer_keys}
        if profile.keyring:
            keys.add(known.keyring2(profile.keyring).find(peer, identity)[1])
        return keys - {b""}

    def _shown(
        self,
        known: Known,
        profile: Profile2,
        local: str,
        peer: str,
        identity: str,
        issuer: bytes,
    ) -> Credential | IkeFailure:
        """What the router shows of itself; `issuer` is the authority of the peer, if known."""
        if profile.method is Auth.PSK:
            secret = b""
            if profile.own_key is not None:
                secret = known.secrets.digest(profile.own_key)
            elif profile.keyring:
                secret = known.keyring2(profile.keyring).find(peer, identity)[0]
            if not secret:
                return IkeFailure.NO_SECRET
            return Credential(identity=_identity(profile, local, None), secret=secret)
        usable = known.certificates.usable(profile.signing)
        able = [own for own in usable if own.seen.auth is profile.method]
        able.sort(key=lambda own: own.authority != issuer)
        if not able:
            return IkeFailure.NO_CERTIFICATE
        names = tuple(_identity(profile, local, own) for own in able)
        return credential(names[0], b"", tuple(able), names)

    def _remember(self, local: str, peer: str, name: str) -> None:
        names = self._profile_names
        if len(names) >= KEPT_PEERS:
            names.clear()
        names[local, peer] = name


def _identity(profile: Profile2, local: str, own: Own | None) -> str:
    """What the router claims: as configured, else its certificate's name, else its address."""
    entry = profile.identity
    if entry is not None:
        words = ("address", "v6", "fqdn", "email", "id")
        named = next((entry[word] for word in words if entry.get(word)), None)
        if named is not None:
            return str(named)
    return own.seen.subject if own is not None else local
