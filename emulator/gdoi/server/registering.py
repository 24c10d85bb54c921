"""Registrations: who asks for the keys of a group, and what it gets."""

from typing import TYPE_CHECKING

from ..host import Host
from ..ike import IkeAnswer, IkeFailure, SaUse
from ..mailbox import GDOI_PORT
from ..messages import Download, Refusal, Refused, RegistrationRequest
from ..policy import Protocol
from ..records import MemberRecord
from .renewing import create, grants, signing_key

if TYPE_CHECKING:
    from .group import ServerGroup

SENDER_IDS = tuple[int | None, tuple[tuple[int, int], ...]]
SILENT = frozenset({IkeFailure.OFF, IkeFailure.NO_ROUTE})
NOTIFIED = frozenset({IkeFailure.NO_PROPOSAL})
"""What a router says even in version 1 of IKE; there it drops what it cannot authenticate."""
IKE_2 = 2


def register(group: "ServerGroup", request: RegistrationRequest, source: str) -> None:
    """Serve a registration, or refuse it; the checks come in the order of a real key server.

    Who is not authorized hears nothing: such a registration is dropped (Cisco message guide; in a
    log of IOS-XE 17.16 these members come back after timeouts of their own).
    """
    answer = group.host.ike.answer(request.offer, profile=group.policy.ikev2_profile)
    if isinstance(answer, IkeFailure):
        _refuse_ike(group.host, request, source, answer)
        return
    if not _authorized(group, request, answer):
        return
    reason = _unserved(group, request)
    if reason is None:
        senders = _sender_ids(group, request)
        if senders is not None:
            _serve(group, request, answer, source, senders)
            return
        reason = Refused.NO_SENDER_ID
    _refuse(group.host, request, source, reason)


def refuse_stray(host: Host, request: RegistrationRequest, source: str) -> None:
    """Refuse a registration for a group that nobody serves here."""
    answer = host.ike.answer(request.offer)
    if isinstance(answer, IkeFailure):
        _refuse_ike(host, request, source, answer)
        return
    text = f"Registration: group {request.identity} config mismatch between KS and the GM {source}."
    host.log("GDOI", 3, "KS_BAD_ID", text)
    _refuse(host, request, source, Refused.BAD_ID)


def _authorized(group: "ServerGroup", request: RegistrationRequest, answer: IkeAnswer) -> bool:
    address, name = request.offer.source, group.policy.group
    lists = group.authorizer
    if not lists.permits_address(address):
        text = f"Group {name} received registration from unauthorized ip address: {address}"
        group.log(1, "UNAUTHORIZED_IPADDR", text)
        return False
    if not lists.permits_identity(answer):
        who = lists.described(answer, address)
        # the tab is the device's
        text = f"Group {name} received registration from unauthorized identity: \t{who}"
        group.log(1, "UNAUTHORIZED_IDENTITY", text)
        return False
    return True


def _unserved(group: "ServerGroup", request: RegistrationRequest) -> Refused | None:
    """Why a member that may register is not served now; None if it is."""
    policy = group.policy
    served = policy.gdoi
    if request.protocol is Protocol.GIKEV2:
        served = bool(policy.ikev2_profile)
    if not served:
        return Refused.PROTOCOL
    if group.coop is not None and group.coop.blocking and request.address not in group.members:
        return Refused.BLOCKED
    if not grants(group) and not _made(group):
        return Refused.NO_POLICY
    return None


def _made(group: "ServerGroup") -> bool:
    """Whether the first keys could be made now, for the first member."""
    if not create(group):
        return False
    group.tell()
    return True


def _sender_ids(group: "ServerGroup", request: RegistrationRequest) -> SENDER_IDS | None:
    """Identifiers for a member of a group in counter mode; None if it gets none."""
    if not any(sa.transform.counter_mode for sa in group.in_force.sas):
        return None, ()
    if group.coop is not None and group.coop.overlaps.any:
        return None
    found = group.sender_ids.allocate(request.senders)
    if found is None:
        group.log(
            3,
            "KS_NO_SID_AVAILABLE",
            f"GMs for group {group.policy.group} need SIDs but this KS has no KS SIDs configured "
            "or no more SIDs available.",
        )
        group.senders_exhausted()
    return found


def _serve(
    group: "ServerGroup",
    request: RegistrationRequest,
    answer: IkeAnswer,
    source: str,
    senders: SENDER_IDS,
) -> None:
    policy, now, desk = group.policy, group.kernel.now(), request.offer.destination
    record = MemberRecord(
        address=request.address,
        version=request.version,
        key_server=policy.address,
        registered_at=now,
        protocol=request.protocol,
        identity=answer.peer_identity,
        gmsids=senders[1],
    )
    group.begin_pseudotime(now)
    group.enter(record)
    download = _download(group, request, answer, senders)
    group.host.network.send(desk, source, GDOI_PORT, download)
    group.host.ike.opened(
        answer,
        SaUse(
            local=desk,
            peer=source,
            initiator=False,
            purpose="registration",
            group=policy.group,
        ),
    )
    group.log(
        5,
        "KS_REGS_COMPL",
        f"Registration of GM {request.address} complete for group {policy.group} "
        f"using address {desk}",
    )


def _download(
    group: "ServerGroup", request: RegistrationRequest, answer: IkeAnswer, senders: SENDER_IDS
) -> Download:
    policy, force, now = group.policy, group.in_force, group.kernel.now()
    kek = group.kek if group.kek is not None and group.kek.expires_at > now else None
    version_2 = request.protocol is Protocol.GIKEV2
    return Download(
        identity=policy.identity,
        number=request.number,
        server=request.offer.destination,
        ike=answer,
        kek=kek,
        kek_expires_at=kek.expires_at if kek is not None else 0.0,
        grants=grants(group),
        sas=force.sas,
        public_der=_public_key(group),
        sequence=kek.sequence if kek is not None else 0,
        pseudotime=group.pseudotime() or 0.0,
        sent_at=now,
        transport=force.transport,
        multicast=force.multicast,
        receive_only=force.receive_only,
        # IP-D3P is not there with G-IKEv2, perfect forward secrecy only there (guides)
        d3p_ms=0 if version_2 else force.d3p_ms,
        pfs=force.pfs and request.pfs and version_2,
        gmsids=senders[1],
        kssid=senders[0],
        sid_bits=policy.sid_bits,
    )


def _public_key(group: "ServerGroup") -> bytes:
    """The public key that a member learns: one's own.

    Members show a key for each key server, so that it is that one's own key (device output). While
    it is missing, it is the one of the primary, or else what it was (inferred).
    """
    key = signing_key(group)
    if key is not None:
        return key.public_der
    told = group.adopted.public_der if group.adopted is not None and not group.primary else b""
    return told or group.public_der


def _refuse_ike(host: Host, request: RegistrationRequest, source: str, failure: IkeFailure) -> None:
    if failure in SILENT or (request.offer.version != IKE_2 and failure not in NOTIFIED):
        return
    _refuse(host, request, source, Refused.IKE, str(failure))


def _refuse(
    host: Host,
    request: RegistrationRequest,
    source: str,
    reason: Refused,
    detail: str = "",
) -> None:
    server = request.offer.destination
    refusal = Refusal(
        identity=request.identity,
        number=request.number,
        server=server,
        reason=reason,
        detail=detail,
    )
    host.network.send(server, source, GDOI_PORT, refusal)
