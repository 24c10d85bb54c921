"""Whether a router takes the certificate that a peer shows."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..config.store import Entry
from ..gdoi.ike import Auth, Credential, IkeFailure
from ..keys.pki import Trustpoint
from ..services.pki import Pki
from .certificate_maps import fits
from .ike_certificates import Seen, for_ike, issued_by, take_apart
from .ike_words import BAD_CHAIN, INVALID, IkeLog

if TYPE_CHECKING:
    from ..device import Router

SKIP, EXPIRED = "skip", "allow expired-certificate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A certificate that counts, what the peer claims with it, and whose it is."""

    credential: Credential
    seen: Seen


class Validation:
    """Checks what peers show against the trustpoints of a router.

    Time is the router's own: a certificate that is good for one router has expired for another
    whose clock is wrong.
    """

    __slots__ = ("_log", "_router")

    def __init__(self, router: "Router", log: IkeLog) -> None:
        self._router = router
        self._log = log

    def check(
        self,
        shown: Credential,
        auth: Auth,
        *,
        peer: str,
        version: int = 1,
        trustpoints: tuple[str, ...] = (),
    ) -> Accepted | IkeFailure:
        """Take the first of the peer's certificates whose authority this router knows.

        `trustpoints` are those that a profile names, all without. What is wrong is logged.
        """
        known = [
            point
            for point in self._router.feature(Pki).store
            if point.ca is not None
            and (point.name in trustpoints if trustpoints else for_ike(self._router, point.name))
        ]
        fitting = 0
        for one in (shown, *shown.others):
            seen = take_apart(one.certificate) if one.certificate else None
            if seen is None or seen.auth is not auth:
                continue
            fitting += 1
            for point in known:
                if point.ca is not None and issued_by(one.certificate, point.ca.der):
                    failure = self._examine(point, seen, peer, version)
                    self._count(failure)
                    return failure or Accepted(credential=one, seen=seen)
        if not fitting:
            return IkeFailure.NO_CERTIFICATE
        self._count(IkeFailure.BAD_CERTIFICATE)
        self._log.bad_certificate(version, peer, BAD_CHAIN)
        return IkeFailure.BAD_CERTIFICATE

    def _count(self, failure: IkeFailure | None) -> None:
        counts = self._router.feature(Pki).revocation.counts
        counts.validated += failure is None
        counts.refused += failure is not None

    def _examine(self, point: Trustpoint, seen: Seen, peer: str, version: int) -> IkeFailure | None:
        exceptions = self._exceptions(point.name, seen)
        failure = self._authority_failure(point)
        if failure is None and exceptions is None:
            self._log.invalid_chain()
            failure = IkeFailure.BAD_CERTIFICATE
        failure = failure or self._time_failure(seen, expired_too=EXPIRED in (exceptions or ()))
        if failure is None and SKIP not in (exceptions or ()):
            failure = self._revocation_failure(point, seen)
        if failure is not None:
            self._log.bad_certificate(version, peer, INVALID)
        return failure

    def _exceptions(self, name: str, seen: Seen) -> frozenset[str] | None:
        """What the maps of the trustpoint leave out; None if none of them fits the certificate."""
        block = self._router.feature(Pki).block(name)
        lines: list[Entry] = block.all("match certificate") if block is not None else []
        fitting = [line for line in lines if fits(self._router, str(line["map"]), seen)]
        found = set()
        for line in fitting:
            what, rest = line.get("what"), str(line.get("rest") or "").strip()
            if what == "skip" and rest.startswith("revocation-check"):
                found.add(SKIP)
            elif what == "allow" and rest.startswith("expired-certificate"):
                found.add(EXPIRED)
        required = [line for line in lines if not line.get("what")]
        if required and not any(line in fitting for line in required):
            return None
        return frozenset(found)

    def _authority_failure(self, point: Trustpoint) -> IkeFailure | None:
        seen = take_apart(point.ca.der) if point.ca is not None else None
        if seen is None:
            self._log.invalid_chain()
            return IkeFailure.BAD_CERTIFICATE
        return self._time_failure(seen)

    def _time_failure(self, seen: Seen, *, expired_too: bool = False) -> IkeFailure | None:
        now = self._router.clock.now() + self._router.wall.offset_s
        if now < seen.begins_at:
            self._log.not_yet_valid(seen.serial_text, seen.begins_at)
            return IkeFailure.BAD_CERTIFICATE
        if now > seen.ends_at and not expired_too:
            self._log.expired(seen.serial_text, seen.ends_at)
            return IkeFailure.BAD_CERTIFICATE
        return None

    # ---- revocation ----

    def _revocation_failure(self, point: Trustpoint, seen: Seen) -> IkeFailure | None:
        """Ask in the ways that `revocation-check` names until one of them answers."""
        block = self._router.feature(Pki).block(point.name)
        methods = block.value("revocation-check", "methods", ("crl",)) if block else ("crl",)
        for method in methods:
            if method == "none":
                return None
            revoked = self._listed(point, seen) if method == "crl" else self._asked(point, seen)
            if revoked is not None:
                if revoked:
                    self._log.revoked(seen.serial_text)
                return IkeFailure.REVOKED if revoked else None
        self._log.invalid_chain()
        return IkeFailure.BAD_CERTIFICATE

    def _listed(self, point: Trustpoint, seen: Seen) -> bool | None:
        """Whether the list names the certificate, fetched if need be; None without a list."""
        lists = self._router.feature(Pki).revocation
        found = lists.current(point.name)
        if found is None:
            reason = lists.fetch(point)
            if reason:
                self._log.list_missing(point.name, reason)
                return None
            found = lists.just_fetched(point.name)
        lists.counts.lists_checked += 1
        return None if found is None else seen.serial in found.revoked

    def _asked(self, point: Trustpoint, seen: Seen) -> bool | None:
        """Whether the responder of the authority (OCSP) calls it revoked; None if it is silent.

        The authority of the lab answers at whatever address.
        """
        authority = self._router.authority
        if point.ca is None or not authority.reachable:
            return None
        ca = authority.ca(self._router.clock.now())
        return ca.is_revoked(seen.serial) if ca.certificate == point.ca.der else None
