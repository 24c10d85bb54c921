"""What the IKE of a router writes into the log.

Published texts: IKMP_BAD_MESSAGE, IKMP_NO_SA, IKMP_MODE_FAILURE, IKMP_NOT_ENCRYPTED,
CERTIFICATE_INVALID_EXPIRED and CERTIFICATE_INVALID_NOT_YET_VALID (logs of IOS and IOS-XE on public
pages). The others are written as the system message guides name them, from memory.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..gdoi.ike import IkeFailure
from ..timetext import MONTHS

if TYPE_CHECKING:
    from ..device import Router

Log = Callable[[str, int, str, str], None]
CHAIN = "Certificate chain validation has failed."
BAD_CHAIN = "unknown error returned in certificate validation"
INVALID = "certificate invalid"
_ABORTED = {
    IkeFailure.NO_PROPOSAL: "Failed to find a matching policy",
    IkeFailure.NO_PROFILE: "Failed to locate an item in the database",
    IkeFailure.NO_SECRET: "Failed to locate an item in the database",
    IkeFailure.WRONG_SECRET: "Auth exchange failed",
    IkeFailure.NO_CERTIFICATE: "Auth exchange failed",
    IkeFailure.BAD_CERTIFICATE: "Auth exchange failed",
    IkeFailure.REVOKED: "Auth exchange failed",
}
"""Why version 2 gives up; a failure that is missing here is not logged."""


class IkeLog:
    """Writes to the log of a router, and to the record of events of the world that it lives in."""

    __slots__ = ("_router",)

    def __init__(self, router: "Router") -> None:
        self._router = router

    def write(self, facility: str, severity: int, mnemonic: str, text: str) -> None:
        """Write one message."""
        router = self._router
        router.log.add(facility, severity, mnemonic, text)
        if router.kernel is not None:
            router.kernel.record(router.name, f"%{facility}-{severity}-{mnemonic}: {text}")

    def default_policies(self) -> None:
        """Nobody configured a policy: those that IOS brings along are used."""
        self.write("CRYPTO", 6, "IKMP_POLICY_DEFAULT", "Using ISAKMP Default policies")

    def failed(self, version: int, peer: str, failure: IkeFailure) -> None:
        """The end that answers refuses its peer."""
        if version == 2:
            self._aborted(failure)
        elif failure is IkeFailure.WRONG_SECRET:
            text = f"IKE message from {peer} failed its sanity check or is malformed"
            self.write("CRYPTO", 4, "IKMP_BAD_MESSAGE", text)
        elif failure is not IkeFailure.OFF:
            if failure is IkeFailure.NO_SECRET:
                self.no_secret(peer)
            self._mode_failed("Main", peer)

    def refused(self, version: int, peer: str, failure: IkeFailure) -> None:
        """The peer said to the end that began that it refuses."""
        if version == 2:
            self._aborted(failure)
        elif failure is IkeFailure.WRONG_SECRET:
            text = f"IKE packet from {peer} was not encrypted and it should've been."
            self.write("CRYPTO", 6, "IKMP_NOT_ENCRYPTED", text)
        elif failure not in (IkeFailure.OFF, IkeFailure.NO_ROUTE):
            self._mode_failed("Informational", peer)

    def stray(self, peer: str) -> None:
        """A message came under an SA that is not there."""
        text = f"IKE message from {peer} has no SA and is not an initialization offer"
        self.write("CRYPTO", 4, "IKMP_NO_SA", text)

    def no_secret(self, peer: str) -> None:
        """There is no key for a peer."""
        text = f"Pre-shared key for remote peer at {peer} is missing"
        self.write("CRYPTO", 6, "IKMP_NO_PRESHARED_KEY", text)

    def bad_certificate(self, version: int, peer: str, reason: str) -> None:
        """IKE does not take a certificate."""
        if version == 1:
            text = f"Certificate received from {peer} is bad: {reason}"
            self.write("CRYPTO", 5, "IKMP_INVAL_CERT", text)

    def invalid_chain(self) -> None:
        """PKI found that a certificate counts for nothing."""
        self.write("PKI", 3, "CERTIFICATE_INVALID", CHAIN)

    def expired(self, serial: str, ended_at: float) -> None:
        """PKI found that a certificate has expired at a time of the router's own clock."""
        text = f"The certificate (SN: {serial}) has expired.    Validity period ended on "
        self.write(
            "PKI", 3, "CERTIFICATE_INVALID_EXPIRED", f"{CHAIN}  {text}{self._time(ended_at)}"
        )

    def not_yet_valid(self, serial: str, begins_at: float) -> None:
        """PKI found that a certificate is not valid yet by the router's own clock."""
        text = f"The certificate (SN: {serial}) is not yet valid   Validity period starts on "
        self.write(
            "PKI", 3, "CERTIFICATE_INVALID_NOT_YET_VALID", f"{CHAIN}  {text}{self._time(begins_at)}"
        )

    def revoked(self, serial: str) -> None:
        """PKI found that a certificate is revoked."""
        text = f"{CHAIN}  The certificate (SN: {serial}) is revoked"
        self.write("PKI", 3, "CERTIFICATE_REVOKED", text)

    def list_missing(self, trustpoint: str, reason: str) -> None:
        """PKI could not fetch a list of revoked certificates."""
        text = f"CRL fetch for trustpoint {trustpoint} failed  Reason : {reason}"
        self.write("PKI", 3, "CRL_FETCH_FAIL", text)

    def _time(self, seconds: float) -> str:
        """A true time, as certificates have it, in the zone of the router."""
        wall = self._router.wall
        local, zone = wall.local(seconds - wall.offset_s)
        return f"{local:%H:%M:%S} {zone} {MONTHS[local.month - 1]} {local.day} {local.year}"

    def _aborted(self, failure: IkeFailure) -> None:
        reason = _ABORTED.get(failure)
        if reason is not None:
            text = f"Negotiation aborted due to ERROR: {reason}"
            self.write("IKEV2", 3, "NEG_ABORT", text)

    def _mode_failed(self, mode: str, peer: str) -> None:
        text = f"Processing of {mode} mode failed with peer at {peer}"
        self.write("CRYPTO", 6, "IKMP_MODE_FAILURE", text)
