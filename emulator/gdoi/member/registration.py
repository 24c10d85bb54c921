"""Registering: which key server a member asks, how often, and what it does with the answer."""

from contextlib import suppress
from typing import TYPE_CHECKING

from ...clock import Timer
from ..ike import IkeFailure, IkeOffer, SaUse
from ..mailbox import GDOI_PORT
from ..messages import Download, Refusal, Refused, RegistrationRequest
from ..policy import Protocol
from ..records import Registration, ServerKey
from .acceptance import accepted
from .adopting import adopt
from .forwarding import key_management_passes
from .holding import close_sa, drop_kek, install, registration_due, take_kek

if TYPE_CHECKING:
    from .group import MemberGroup

SENDERS = 1
"""How many sender identifiers a member asks for."""


class Registrar:
    """Asks the key servers of a member one after another, until one gives it keys.

    A key server is asked `gm_retries` times more, `gm_retry_s` apart, then the next one is, and
    after the last the first again. `next_server` is the index of the one that is asked now or next,
    `tries` how often it has been asked in a row, `retries_at` when it is asked again. `number`
    counts all attempts. `active` is whether it is asking at all, `recovering` whether that is for
    the recovery check.
    """

    __slots__ = (
        "_asked",
        "_member",
        "_offer",
        "_timer",
        "active",
        "next_server",
        "number",
        "recovering",
        "retries_at",
        "tries",
    )

    def __init__(self, member: "MemberGroup") -> None:
        self._member = member
        self._offer: IkeOffer | None = None
        self._asked = ""
        self._timer: Timer | None = None
        self.active = False
        self.next_server = 0
        self.number = 0
        self.recovering = False
        self.retries_at: float | None = None
        self.tries = 0

    def begin(self, first: int = 0, *, recovering: bool = False) -> None:
        """Ask the key servers in order, from the one at the index `first` on."""
        self.cancel()
        member = self._member
        if not member.complete:
            member.state, member.reregisters_at = Registration.NONE, None
            return
        self.active, self.recovering = True, recovering
        self.next_server, self.tries = first % len(member.policy.servers), 0
        member.state = Registration.REGISTERING
        member.reregisters_at = None
        self._ask()

    def cancel(self) -> None:
        """Ask no more."""
        self.active = self.recovering = False
        self.retries_at = self._offer = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _ask(self) -> None:
        member = self._member
        policy, figures = member.policy, member.host.parameters
        servers = policy.servers
        if self.tries > figures.gm_retries:
            self.tries = 0
            self.next_server = (self.next_server + 1) % len(servers)
            if len(servers) > 1:
                text = "GM is connecting to next key server from the list"
                member.say(5, "GM_CONN_NEXT_SER", text, "CRYPTO")
        self._asked = server = servers[self.next_server]
        self.tries += 1
        self.number += 1
        member.attempted += 1
        text = (
            f"Start registration to KS {server} for group {policy.group}"
            f" using address {policy.address}"
        )
        member.say(5, "GM_REGSTER", text, "CRYPTO")
        self.retries_at = member.kernel.now() + figures.gm_retry_s
        self._timer = member.kernel.call_at(self.retries_at, self._ask)
        self._contact(server)

    def _contact(self, server: str) -> None:
        """Go through phase 1: all its round trips but the last carry nothing that matters here."""
        member = self._member
        policy = member.policy
        profile = policy.ikev2_profile if policy.protocol is Protocol.GIKEV2 else ""
        offer = member.host.ike.offer(policy.address, server, profile=profile, vrf=policy.front_vrf)
        if isinstance(offer, IkeFailure):
            self._offer = None
            return
        self._offer = offer
        path = member.host.network.path(policy.address, server)
        if path is not None and key_management_passes(member, server):
            figures = member.host.parameters
            trips = figures.gikev2_round_trips if profile else figures.registration_round_trips
            delay = (trips - 1) * 2 * path.latency_s
            member.kernel.post(delay, self._request, self.number, server)

    def _request(self, number: int, server: str) -> None:
        member, offer = self._member, self._offer
        if not self.active or number != self.number or offer is None:
            return
        policy = member.policy
        request = RegistrationRequest(
            number=number,
            identity=policy.identity,
            group=policy.group,
            address=policy.address,
            version=member.host.version,
            protocol=policy.protocol,
            offer=offer,
            senders=SENDERS,
            pfs=policy.pfs and policy.protocol is Protocol.GIKEV2,
        )
        member.host.network.send(policy.address, server, GDOI_PORT, request)

    # ---- answers ----

    def refused(self, refusal: Refusal) -> None:
        """A key server refuses: it is asked again like one that is silent."""
        if not self._expected(refusal):
            return
        self._member.refusal = refusal.reason
        if refusal.reason is Refused.IKE and self._offer is not None:
            with suppress(ValueError):
                self._member.host.ike.refused(self._offer, IkeFailure(refusal.detail))

    def answered(self, download: Download) -> None:
        """A key server gives keys: take them, if they are acceptable."""
        member, offer = self._member, self._offer
        if not self._expected(download) or offer is None:
            return
        if member.host.ike.accept(offer, download.ike) is not None:
            return
        if accepted(member, download.kek, download.sas, download.server):
            self.cancel()
            _registered(member, download)

    def _expected(self, answer: Download | Refusal) -> bool:
        return self.active and answer.number == self.number and answer.server == self._asked


def _registered(member: "MemberGroup", download: Download) -> None:
    policy, now, server = member.policy, member.kernel.now(), download.server
    if member.registered_with != server:
        close_sa(member, "rekey")
    member.state = Registration.REGISTERED
    member.succeeded += 1
    member.registered_with, member.registered_at = server, now
    member.ever_registered = True
    member.refusal = ""
    member.rekeys_since = member.acks_since = 0
    member.gmsids, member.kssid = download.gmsids, download.kssid
    member.sid_bits = download.sid_bits
    member.senders = SENDERS if download.gmsids else 0
    _greet(member, download)
    _learn(member, download)
    adopt(member, download, now)
    fresh = install(member, download.grants, now)
    member.draw_jitter(fresh=fresh)
    where = f"for group {policy.group} using address {policy.address}"
    member.say(5, "GM_REGS_COMPL", f"Registration to KS {server} complete {where}")
    if member.teks or not download.grants:
        member.installed(server)
    member.reregisters_at = registration_due(member, now)
    member.settle()


def _greet(member: "MemberGroup", download: Download) -> None:
    """The IKE SA of the registration stands."""
    policy = member.policy
    member.ike_answer = download.ike
    member.host.ike.opened(
        download.ike,
        SaUse(
            local=policy.address,
            peer=download.server,
            initiator=True,
            purpose="registration",
            group=policy.group,
        ),
    )


def _learn(member: "MemberGroup", download: Download) -> None:
    """Take the KEK, and the public key with which rekeys are verified from now on."""
    kek, server = download.kek, download.server
    if kek is None:
        drop_kek(member)
    else:
        take_kek(member, kek, download.kek_expires_at, download.sequence, server)
    member.server_keys.pop(server, None)
    if download.public_der:
        cookies = kek.cookies if kek is not None else (0, 0)
        member.server_keys[server] = ServerKey(
            server=server, public_der=download.public_der, cookies=cookies
        )
