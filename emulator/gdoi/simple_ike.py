"""An IKE without a router: one secret, a few proposals, nothing to configure."""

from collections import Counter

from .ike import (
    Credential,
    IkeAnswer,
    IkeFailure,
    IkeOffer,
    Proposal,
    SaUse,
    chosen,
    secret_digest,
)

ORDINARY = (Proposal(),)


class SharedSecretIke:
    """The IKE of a station, which has one pre-shared key for everybody.

    `secret` is that key as one would type it. `proposals` are what it offers and takes, `dpd` is
    what `keepalive` gives. `spoil` makes it show another secret, as if somebody had mistyped it.
    `standing` counts the SAs that were opened and not closed, by peer and purpose.
    """

    __slots__ = ("_digest", "_dpd", "_offers", "_proposals", "off", "standing")

    def __init__(
        self,
        secret: str,
        *,
        proposals: tuple[Proposal, ...] = ORDINARY,
        dpd: tuple[int, int, bool] | None = None,
    ) -> None:
        self._digest = secret_digest(secret)
        self._proposals = proposals
        self._dpd = dpd
        self._offers: dict[tuple[str, str, int], IkeOffer] = {}
        self.off = False
        self.standing: Counter[tuple[str, str]] = Counter()

    def spoil(self, secret: str) -> None:
        """Have this secret from now on."""
        self._digest = secret_digest(secret)
        self._offers.clear()

    def offer(
        self, source: str, destination: str, *, profile: str = "", vrf: str = ""
    ) -> IkeOffer | IkeFailure:
        """Begin; with a `profile` it is version 2. The VRF makes no difference."""
        del vrf
        if self.off:
            return IkeFailure.OFF
        key = (source, destination, 2 if profile else 1)
        found = self._offers.get(key)
        if found is None:
            found = self._offers[key] = IkeOffer(
                version=key[2],
                source=source,
                destination=destination,
                proposals=self._proposals,
                credential=Credential(identity=source, secret=self._digest),
                dpd_s=self._dpd[0] if self._dpd else 0,
            )
        return found

    def answer(self, offer: IkeOffer, *, profile: str = "") -> IkeAnswer | IkeFailure:
        """Answer who began; it takes both versions with any profile."""
        del profile
        if self.off:
            return IkeFailure.OFF
        proposal = chosen(self._proposals, offer.proposals)
        if proposal is None:
            return IkeFailure.NO_PROPOSAL
        if not offer.credential.secret:
            return IkeFailure.NO_SECRET
        if offer.credential.secret != self._digest:
            return IkeFailure.WRONG_SECRET
        return IkeAnswer(
            version=offer.version,
            proposal=proposal,
            identity=offer.destination,
            peer_identity=offer.credential.identity or offer.source,
            credential=Credential(identity=offer.destination, secret=self._digest),
        )

    def accept(self, offer: IkeOffer, answer: IkeAnswer) -> IkeFailure | None:
        """Check the answer: whoever answered has the same secret."""
        del offer
        return None if answer.credential.secret == self._digest else IkeFailure.WRONG_SECRET

    def refused(self, offer: IkeOffer, failure: IkeFailure) -> None:
        """The answering end refuses; stations write no log of IKE."""

    def stray(self, peer: str) -> None:
        """Something came under an SA that is gone."""

    def opened(self, answer: IkeAnswer, use: SaUse) -> None:
        """An SA stands now."""
        del answer
        self.standing[use.peer, use.purpose] += 1

    def closed(self, peer: str, *, purpose: str, group: str = "") -> None:
        """The SAs for a purpose with a peer are gone, with all if none is given."""
        del group
        gone = [(peer, purpose)] if peer else [each for each in self.standing if each[1] == purpose]
        for place in gone:
            self.standing.pop(place, None)

    def keepalive(self) -> tuple[int, int, bool] | None:
        """What the station was given."""
        return self._dpd
