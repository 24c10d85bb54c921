"""The kinds of messages that a time line is made of, by facility and mnemonic.

The texts of most messages are recalled, so that a message is known by its mnemonic, and what it
names is looked for where it is likely to stand. Facts: `getvpn.parsers.syslog_catalogue`; the
messages of other facilities are those of IOS for fragments, keys and the clock.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from ..rule import Severity

Topic = Literal[
    "registrations",
    "rekeys",
    "keys",
    "cooperation",
    "authorization",
    "traffic",
    "policy",
    "ike",
    "device",
]
"""What a message is about; `--only` chooses by it."""

TOPICS: Final[tuple[Topic, ...]] = (
    "registrations",
    "rekeys",
    "keys",
    "cooperation",
    "authorization",
    "traffic",
    "policy",
    "ike",
    "device",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of message: its mnemonic, and the `words` that tell of one, after who logged it.

    `words` may name the `{subject}`: whom or what the message is about. `speaker` is who logs it
    (`?`: either). `flood` is set where only the number of such messages counts, not each one.
    """

    name: str
    facility: str
    topic: Topic
    severity: Severity
    words: str
    speaker: Literal["key server", "group member", "?"]
    flood: bool = False


_KS: Final = "key server"
_GM: Final = "group member"
_INFO, _LOW, _MEDIUM = Severity.INFO, Severity.LOW, Severity.MEDIUM
_HIGH, _CRITICAL = Severity.HIGH, Severity.CRITICAL

_REGISTRATIONS: Final = (
    ("GM_REGSTER", _GM, _INFO, "starts to register with {subject}"),
    ("GM_CONN_NEXT_SER", _GM, _LOW, "tries the next key server"),
    ("GM_REGS_COMPL", _GM, _INFO, "registered with {subject}"),
    ("KS_REGS_COMPL", _KS, _INFO, "registered the member {subject}"),
    ("GM_RE_REGISTER", _GM, _MEDIUM, "registers anew, since no rekey came before its keys ended"),
    ("GM_INSTALL_POLICIES_SUCCESS", _GM, _INFO, "installed policy and keys"),
    ("GM_CM_ATTACH", _GM, _INFO, "crypto map attached"),
    ("GM_CM_DETACH", _GM, _LOW, "crypto map removed"),
    ("GDOI_ON_OFF", _GM, _INFO, "GDOI switched on or off"),
    ("GM_CLEAR_REGISTER", _GM, _LOW, "cleared by command, registers anew"),
    ("GM_UNREGISTER", _GM, _LOW, "left the group"),
    ("GM_INCOMPLETE_CFG", _GM, _MEDIUM, "lacks the identity or a key server"),
    ("GM_DELETE", _GM, _LOW, "was told to delete its keys"),
    ("GM_RECV_DELETE", _GM, _LOW, "was told to delete its keys"),
    ("GM_RECV_REAUTH", _GM, _LOW, "was told to authenticate anew"),
    ("GM_DELETE_EXPIRED_KEK", _GM, _LOW, "its KEK ended"),
    ("GM_DELETE_EXPIRED_TEK", _GM, _INFO, "a TEK ended"),
    ("GM_DELETE_EXPIRED_PEER", _GM, _LOW, "a peer's keys ended"),
    ("KS_CLEAR_REGISTER", _KS, _LOW, "cleared by command: members have to register anew"),
    ("KS_GROUP_ADD", _KS, _INFO, "group configured"),
    ("KS_GROUP_DELETE", _KS, _LOW, "group no longer configured"),
)
_REKEYS: Final = (
    ("KS_SEND_UNICAST_REKEY", _KS, _INFO, "sent a unicast rekey"),
    ("KS_SEND_MCAST_REKEY", _KS, _INFO, "sent a multicast rekey"),
    ("GM_RECV_REKEY", _GM, _INFO, "received a rekey from {subject}"),
    ("GM_REKEY_NOT_RECD", _GM, _MEDIUM, "says that no rekey came in time"),
    ("GDOI_REKEY_FAILURE", _GM, _MEDIUM, "could not process a rekey"),
    ("GDOI_REKEY_SEQ_FAILURE", _GM, _LOW, "dropped a rekey with an old sequence number"),
    ("KS_NACK_GM_EJECT", _KS, _MEDIUM, "ejected {subject}, which acknowledged no rekey"),
    ("KS_REKEY_TRANS_2_UNI", _KS, _INFO, "rekeys are unicast now"),
    ("KS_REKEY_TRANS_2_MULTI", _KS, _INFO, "rekeys are multicast now"),
    ("GM_REKEY_TRANS_2_UNI", _GM, _INFO, "rekeys are unicast now"),
    ("GM_REKEY_TRANS_2_MULTI", _GM, _INFO, "rekeys are multicast now"),
)
_KEYS: Final = (
    ("KS_NO_RSA_KEYS", _KS, _CRITICAL, "lacks the RSA key {subject} that signs rekeys"),
    ("UNEXPECTED_SIGKEY", _GM, _MEDIUM, "got another signature key than it expected"),
    ("GM_HASH_FAIL", _GM, _MEDIUM, "a hash of {subject} does not fit"),
)
_COOPERATION: Final = (
    ("COOP_KS_ADD", _KS, _INFO, "peer {subject} configured"),
    ("COOP_KS_REMOVE", _KS, _LOW, "peer {subject} no longer configured"),
    ("COOP_KS_ELECTION", _KS, _LOW, "election (primary before: {subject})"),
    ("COOP_KS_TRANS_TO_PRI", _KS, _LOW, "became primary (before: {subject})"),
    ("COOP_KS_ADMN_USRP_PRI", _KS, _LOW, "the part of the primary was taken over by command"),
    ("COOP_KS_UNREACH", _KS, _MEDIUM, "lost its peer {subject}"),
    ("COOP_KS_REACH", _KS, _INFO, "reaches its peer {subject} again"),
    ("COOP_KS_UNAUTH", _KS, _HIGH, "was called by {subject}, a key server that is no peer"),
    ("COOP_CONFIG_MISMATCH", _KS, _HIGH, "says that the key servers' policies differ"),
    ("COOP_LIMIT_REACHED", _KS, _MEDIUM, "has more peers than it can have ({subject})"),
    ("COOP_PACKET_DROPPED", _KS, _MEDIUM, "dropped an announcement of {subject}"),
    ("COOP_KSSID_OVERLAP", _KS, _HIGH, "shares sender identifiers with {subject}"),
    ("COOP_KSSID_OVERLAP_RESOLVED", _KS, _INFO, "shares no sender identifiers any more"),
    ("PSEUDO_TIME_LARGE", _KS, _MEDIUM, "has another pseudotime than its peer"),
    ("PSEUDO_TIME_TOO_OLD", _KS, _MEDIUM, "got a pseudotime that is too old"),
)
_AUTHORIZATION: Final = (
    ("UNAUTHORIZED_IDENTITY", _KS, _MEDIUM, "refused the unauthorized identity {subject}"),
    ("UNAUTHORIZED_IPADDR", _KS, _MEDIUM, "refused the unauthorized address {subject}"),
    ("KS_UNAUTHORIZED", _KS, _MEDIUM, "refused an unauthorized member {subject}"),
    ("KS_BAD_ID", _KS, _MEDIUM, "refused {subject}, which names an unknown group"),
    ("KS_GM_REVOKED", _KS, _LOW, "took the keys from {subject}"),
)
_TRAFFIC: Final = (
    ("TIMEBASED_REPLAY_FAILED", _GM, _MEDIUM, "dropped packets of {subject} as too old or too new"),
    ("GM_RECOVERY_REGISTER", _GM, _MEDIUM, "registers with the next key server to recover"),
    ("GM_RECOVERY_REREGISTER", _GM, _MEDIUM, "registers again with the next one to recover"),
    ("UNREGISTERED_INTERFACE", _GM, _LOW, "got a packet on an interface without the group"),
)
_POLICY: Final = (
    ("GDOI_ACL_NUM", _KS, _CRITICAL, "has an access list of more entries than are honoured"),
    ("POLICY_CHANGE", _KS, _LOW, "policy changed; members learn of it with the next rekey"),
    ("KS_POLICY_CHANGE", _KS, _LOW, "policy changed; members learn of it with the next rekey"),
    ("KS_NO_SID_AVAILABLE", _KS, _HIGH, "has no sender identifiers left"),
    ("KS_CONV_SAS_DUPLEX", _KS, _INFO, "SAs protect both directions now"),
    ("KS_CONV_SAS_INGRESS", _KS, _INFO, "SAs are receive-only now"),
    ("GM_SA_INGRESS", _GM, _INFO, "SAs are receive-only now"),
    ("GM_CONV_SA_DUPLEX", _GM, _INFO, "SAs protect both directions now"),
    ("GM_CONV_SA_DUPLEX_LOCAL", _GM, _INFO, "SAs protect both directions now, by command"),
    ("GM_ACL_MERGE", _GM, _INFO, "local and downloaded access lists are merged"),
    ("GM_ACL_PERMIT", _GM, _LOW, "ignores permit lines of its local access list"),
    ("GM_REJECTING_SA_PAYLOAD", _GM, _HIGH, "refuses the policy of {subject}"),
    ("UNSUPPORTED_TEK_PROTO", _GM, _HIGH, "does not support the offered TEK"),
    ("GM_NO_IPSEC_FLOWS", _GM, _HIGH, "has no room for the SAs of the policy"),
)
_OTHERS: Final[tuple[tuple[str, str, Topic, Severity, str], ...]] = (
    ("CRYPTO", "IKMP_MODE_FAILURE", "rekeys", _MEDIUM, "turned down a rekey of {subject}"),
    ("CRYPTO", "PKT_REPLAY_ERR", "traffic", _LOW, "dropped packets in the check for replays"),
    ("CRYPTO", "RECVD_PKT_INV_SPI", "traffic", _MEDIUM, "got packets under an unknown SPI"),
    ("CRYPTO", "RECVD_PKT_NOT_IPSEC", "traffic", _MEDIUM, "got packets that are not encrypted"),
    ("CRYPTO", "RECVD_PKT_MAC_ERR", "traffic", _MEDIUM, "got packets that do not authenticate"),
    ("IPSEC", "REPLAY_ERROR", "traffic", _LOW, "dropped packets in the check for replays"),
    ("IPSEC", "RECVD_PKT_INV_SPI", "traffic", _MEDIUM, "got packets under an unknown SPI"),
    ("IPSEC", "RECVD_PKT_NOT_IPSEC", "traffic", _MEDIUM, "got packets that are not encrypted"),
    ("IP_VFR", "FRAG_TABLE_OVERFLOW", "traffic", _MEDIUM, "has more fragments than it can hold"),
    ("IP_VFR", "TOO_MANY_FRAGMENTS", "traffic", _MEDIUM, "got packets in too many fragments"),
    ("IP_VFR", "TINY_FRAGMENTS", "traffic", _LOW, "dropped tiny fragments"),
    ("IP_VFR", "OVERLAP_FRAGMENTS", "traffic", _LOW, "dropped fragments that overlap"),
    ("CRYPTO", "IKMP_MODE_FAILURE_IKE", "ike", _LOW, "IKE with {subject} failed"),
    (
        "CRYPTO",
        "IKMP_BAD_MESSAGE",
        "ike",
        _LOW,
        "got an IKE message of {subject} that is malformed",
    ),
    ("CRYPTO", "IKMP_NO_SA", "ike", _LOW, "got an IKE message of {subject} without an SA"),
    ("CRYPTO", "IKMP_NOT_ENCRYPTED", "ike", _LOW, "got an IKE message of {subject} in clear"),
    ("CRYPTO", "IKMP_NO_PRESHARED_KEY", "ike", _MEDIUM, "has no pre-shared key for {subject}"),
    ("CRYPTO", "IKMP_INVAL_CERT", "ike", _MEDIUM, "got a bad certificate of {subject}"),
    ("CRYPTO_ENGINE", "KEY_ADDITION", "keys", _LOW, "RSA key {subject} made or imported"),
    ("CRYPTO_ENGINE", "KEY_REPLACE", "keys", _LOW, "RSA key {subject} replaced"),
    ("CRYPTO_ENGINE", "KEY_DELETED", "keys", _LOW, "RSA key {subject} removed"),
    ("SYS", "RESTART", "device", _LOW, "restarted"),
    ("SYS", "RELOAD", "device", _LOW, "was told to restart"),
    ("SYS", "CLOCKUPDATE", "device", _LOW, "its clock was set"),
)
_FLOODS: Final = frozenset(
    {
        "TIMEBASED_REPLAY_FAILED",
        "PKT_REPLAY_ERR",
        "REPLAY_ERROR",
        "RECVD_PKT_INV_SPI",
        "RECVD_PKT_NOT_IPSEC",
        "RECVD_PKT_MAC_ERR",
        "FRAG_TABLE_OVERFLOW",
        "TOO_MANY_FRAGMENTS",
        "TINY_FRAGMENTS",
        "OVERLAP_FRAGMENTS",
        "UNREGISTERED_INTERFACE",
        "UNAUTHORIZED_IDENTITY",
        "UNAUTHORIZED_IPADDR",
        "KS_UNAUTHORIZED",
        "KS_BAD_ID",
        "IKMP_MODE_FAILURE_IKE",
        "IKMP_BAD_MESSAGE",
        "IKMP_NO_SA",
        "IKMP_NOT_ENCRYPTED",
        "IKMP_NO_PRESHARED_KEY",
        "IKMP_INVAL_CERT",
    }
)
_IN_CRYPTO: Final = frozenset({"GM_REGSTER", "GM_CONN_NEXT_SER", "GDOI_ON_OFF"})

UNKNOWN: Final = "OTHER"
"""The kind of messages of GDOI that no list has."""


def _kinds() -> Iterator[Kind]:
    topics: tuple[tuple[Topic, tuple[tuple[str, str, Severity, str], ...]], ...] = (
        ("registrations", _REGISTRATIONS),
        ("rekeys", _REKEYS),
        ("keys", _KEYS),
        ("cooperation", _COOPERATION),
        ("authorization", _AUTHORIZATION),
        ("traffic", _TRAFFIC),
        ("policy", _POLICY),
    )
    for topic, entries in topics:
        for name, speaker, severity, words in entries:
            yield Kind(
                name=name,
                facility="CRYPTO" if name in _IN_CRYPTO else "GDOI",
                topic=topic,
                severity=severity,
                words=words,
                speaker="key server" if speaker == _KS else "group member",
                flood=name in _FLOODS,
            )
    for facility, name, topic, severity, words in _OTHERS:
        yield Kind(
            name=name,
            facility=facility,
            topic=topic,
            severity=severity,
            words=words,
            speaker="?",
            flood=name in _FLOODS,
        )
    yield Kind(
        name=UNKNOWN,
        facility="GDOI",
        topic="device",
        severity=_INFO,
        words="logged {subject}, which is not known here",
        speaker="?",
    )


KINDS: Final = tuple(_kinds())
"""All kinds; a store holds their places in it."""
PLACES: Final = {(kind.facility, kind.name): place for place, kind in enumerate(KINDS)}
"""Where a kind stands, by facility and mnemonic."""
NUMBERS: Final = {kind.name: place for place, kind in reversed(list(enumerate(KINDS)))}
"""Where the first kind of a mnemonic stands."""
FLOODS: Final = tuple(kind.flood for kind in KINDS)
"""Whether each kind is a flood, by place."""
SENDS: Final = frozenset({NUMBERS["KS_SEND_UNICAST_REKEY"], NUMBERS["KS_SEND_MCAST_REKEY"]})
"""The places of the messages of a key server that sends a rekey."""


def place_of(facility: str, mnemonic: str) -> int | None:
    """The place of a message's kind; None where the message is of no interest."""
    if facility == "GKM":
        facility = "GDOI"
    found = PLACES.get((facility, mnemonic))
    if found is None and facility in {"GDOI", "CRYPTO"}:
        # the facility differs between releases
        found = PLACES.get(("CRYPTO" if facility == "GDOI" else "GDOI", mnemonic))
        if found is None and facility == "GDOI":
            found = PLACES["GDOI", UNKNOWN]
    return found
