"""The IKE of a router, by its running configuration."""

from random import Random
from typing import TYPE_CHECKING

from ..gdoi.ike import (
    Auth,
    Credential,
    IkeAnswer,
    IkeFailure,
    IkeOffer,
    Proposal,
    SaUse,
    chosen,
)
from ..services.crypto_sas import CryptoSas
from ..services.sa_tables import REKEY
from .ike_certificates import Own, credential
from .ike_identities import certified_identity, identity_of
from .ike_known import Known
from .ike_negotiation2 import Negotiation2
from .ike_policies import uses_defaults
from .ike_profiles import Profile
from .ike_rows import open_ike, open_ikev2
from .ike_validation import Accepted, Validation
from .ike_words import IkeLog

if TYPE_CHECKING:
    from ..device import Router


class RouterIke:
    """Both versions of IKE as a router is configured now; see `gdoi.ike.IkeEnd`.

    Failures go to the log of the end that sees them, as IOS writes them.
    """

    def __init__(self, router: "Router") -> None:
        self._router = router
        self._log = IkeLog(router)
        self._validation = Validation(router, self._log)
        self._known: Known | None = None
        self._told_of_defaults = False
        spis = Random(f"{router.serial}:{router.booted_at}:ike")  # noqa: S311 - shown, not secret
        self._version2 = Negotiation2(router, self._log, self._validation, spis)

    @property
    def known(self) -> Known:
        """The configuration as IKE reads it now."""
        known = self._known
        if known is None or not known.stands:
            known = self._known = Known(self._router)
        return known

    # ---- negotiating ----

    def offer(
        self, source: str, destination: str, *, profile: str = "", vrf: str = ""
    ) -> IkeOffer | IkeFailure:
        """Begin; with a `profile` it is version 2."""
        known = self.known
        if not known.on:
            return IkeFailure.OFF
        if not self._has_route(destination):
            return IkeFailure.NO_ROUTE
        if profile:
            return self._version2.offer(known, source, destination, profile, vrf)
        self._note_defaults()
        secret = known.secrets.find(destination, local=source, vrf=vrf)
        certificates = known.certificates.usable()
        proposals = known.usable(_auths(secret, certificates))
        if not proposals:
            return self._unable(known, destination, secret)
        names = tuple(certified_identity(self._router, source, own) for own in certificates)
        dpd = self.keepalive()
        return IkeOffer(
            version=1,
            source=source,
            destination=destination,
            proposals=proposals,
            credential=credential(identity_of(self._router, source), secret, certificates, names),
            dpd_s=dpd[0] if dpd else 0,
        )

    def answer(self, offer: IkeOffer, *, profile: str = "") -> IkeAnswer | IkeFailure:
        """Answer who began; `profile` is the IKEv2 profile of the group. Logs failures."""
        known = self.known
        if not known.on:
            return IkeFailure.OFF
        if not self._has_route(offer.source):
            return IkeFailure.NO_ROUTE
        vrf = known.vrf_of(offer.destination)
        if offer.version == 2:
            found = self._version2.answer(known, offer, profile, vrf)
        else:
            self._note_defaults()
            found = self._answer(known, offer, vrf)
        if isinstance(found, IkeFailure):
            self._log.failed(offer.version, offer.source, found)
            self._router.feature(CryptoSas).failed(offer.version)
        return found

    def accept(self, offer: IkeOffer, answer: IkeAnswer) -> IkeFailure | None:
        """Check the answer as the one who began; None is well."""
        found = self._accept(offer, answer)
        if found is not None:
            self._router.feature(CryptoSas).failed(answer.version)
        return found

    def _accept(self, offer: IkeOffer, answer: IkeAnswer) -> IkeFailure | None:
        known = self.known
        if answer.version == 2:
            return self._version2.accept(known, offer, answer)
        auth, shown = answer.proposal.auth, answer.credential
        if auth is Auth.PSK:
            if shown.secret and shown.secret != offer.credential.secret:
                self._log.failed(1, offer.destination, IkeFailure.WRONG_SECRET)
                return IkeFailure.WRONG_SECRET
            return None
        found = self._validation.check(shown, auth, peer=offer.destination)
        return found if isinstance(found, IkeFailure) else None

    def refused(self, offer: IkeOffer, failure: IkeFailure) -> None:
        """The answering end said that it refuses."""
        self._log.refused(offer.version, offer.destination, failure)

    def stray(self, peer: str) -> None:
        """Something came from a peer under an SA that this end does not have."""
        self._log.stray(peer)

    # ---- version 1 ----

    def _answer(self, known: Known, offer: IkeOffer, vrf: str) -> IkeAnswer | IkeFailure:
        local, peer = offer.destination, offer.source
        secret = known.secrets.find(peer, local=local, vrf=vrf)
        certificates = known.certificates.usable()
        own = known.usable(_auths(secret, certificates))
        proposal = chosen(own, offer.proposals)
        if proposal is None:
            return _lacking(chosen(known.proposals, offer.proposals))
        if proposal.auth is Auth.PSK:
            return self._by_secret(known, offer, proposal, vrf)
        return self._by_certificate(known, offer, proposal, vrf, certificates)

    def _by_secret(
        self, known: Known, offer: IkeOffer, proposal: Proposal, vrf: str
    ) -> IkeAnswer | IkeFailure:
        local, peer, claimed = offer.destination, offer.source, offer.credential
        profile = known.profiles.find(claimed.identity or peer, local=local, vrf=vrf)
        rings = profile.rings if profile is not None else ()
        secret = known.secrets.find(peer, local=local, vrf=vrf, rings=rings)
        if not secret:
            return IkeFailure.NO_SECRET
        if secret != claimed.secret:
            return IkeFailure.WRONG_SECRET
        identity = self._identity(profile, local, identity_of(self._router, local))
        return IkeAnswer(
            version=1,
            proposal=proposal,
            identity=identity,
            peer_identity=claimed.identity or peer,
            credential=Credential(identity=identity, secret=secret),
        )

    def _by_certificate(
        self,
        known: Known,
        offer: IkeOffer,
        proposal: Proposal,
        vrf: str,
        certificates: tuple[Own, ...],
    ) -> IkeAnswer | IkeFailure:
        local, peer = offer.destination, offer.source
        profile = known.profiles.find(offer.credential.certified_identity, local=local, vrf=vrf)
        points = profile.trustpoints if profile is not None else ()
        found = self._validation.check(
            offer.credential, proposal.auth, peer=peer, trustpoints=points
        )
        if isinstance(found, IkeFailure):
            return found
        own = _for_peer(certificates, proposal.auth, found)
        if own is None:
            return IkeFailure.NO_CERTIFICATE
        name = certified_identity(self._router, local, own)
        identity = self._identity(profile, local, name)
        return IkeAnswer(
            version=1,
            proposal=proposal,
            identity=identity,
            peer_identity=found.credential.certified_identity or peer,
            peer_names=found.seen.names,
            credential=credential(identity, b"", (own,), (identity,)),
        )

    def _identity(self, profile: Profile | None, address: str, usual: str) -> str:
        return usual if profile is None else profile.own_identity(self._router, address, usual)

    def _unable(self, known: Known, peer: str, secret: bytes) -> IkeFailure:
        """Why there is nothing to offer."""
        auths = {proposal.auth for proposal in known.proposals}
        if Auth.PSK in auths and not secret:
            self._log.no_secret(peer)
            return IkeFailure.NO_SECRET
        return IkeFailure.NO_CERTIFICATE if auths else IkeFailure.NO_PROPOSAL

    def _note_defaults(self) -> None:
        """Say once that nobody configured a policy."""
        if self._told_of_defaults or not uses_defaults(self._router):
            return
        self._told_of_defaults = True
        self._log.default_policies()

    def _has_route(self, destination: str) -> bool:
        network, name = self._router.network, self._router.name
        node = network.nodes.get(name) if network is not None else None
        return node is None or node.routes is None or node.routes(destination)

    # ---- the tables ----

    def opened(self, answer: IkeAnswer, use: SaUse) -> None:
        """An SA stands now; rekeys of version 2 have none of their own."""
        known, router, local = self.known, self._router, use.local
        interface, fvrf = known.interface_of(local), known.vrf_of(local)
        if answer.version == 2:
            if use.purpose == REKEY:
                return
            profile = self._version2.profile_with(known, local, use.peer)
            open_ikev2(
                router,
                answer,
                use,
                interface=interface,
                fvrf=fvrf,
                ivrf=profile.ivrf if profile is not None else "",
                dpd=profile.dpd if profile is not None else None,
            )
            return
        found = known.profiles.find(
            answer.identity if use.initiator else answer.peer_identity, local=local, vrf=fvrf
        )
        open_ike(
            router,
            answer,
            use,
            interface=interface,
            vrf=found.vrf if found is not None else "",
            watched=self.keepalive() is not None,
        )

    def closed(self, peer: str, *, purpose: str, group: str = "") -> None:
        """The SAs for a purpose with a peer (all if empty) are gone, or those of one group."""
        self._router.feature(CryptoSas).close(peer, purpose, group)

    def keepalive(self) -> tuple[int, int, bool] | None:
        """`crypto isakmp keepalive`: interval, retry interval, periodic; None without."""
        entry = self._router.config.root.find("crypto isakmp keepalive")
        if entry is None or entry.negated:
            return None
        return int(entry["seconds"]), int(entry["retry"]), entry["mode"] == "periodic"


def _auths(secret: bytes, certificates: tuple[Own, ...]) -> frozenset[Auth]:
    """How a router can prove itself."""
    found = {own.seen.auth for own in certificates}
    return frozenset({*found, Auth.PSK} if secret else found)


def _lacking(proposal: Proposal | None) -> IkeFailure:
    """What a router lacks that agrees on a proposal and cannot follow it."""
    if proposal is None:
        return IkeFailure.NO_PROPOSAL
    return IkeFailure.NO_SECRET if proposal.auth is Auth.PSK else IkeFailure.NO_CERTIFICATE


def _for_peer(certificates: tuple[Own, ...], auth: Auth, found: Accepted) -> Own | None:
    """The own certificate that a peer will take: best of the same authority."""
    able = [own for own in certificates if own.seen.auth is auth]
    same = [own for own in able if own.authority == found.credential.issuer]
    return next(iter(same or able), None)
