"""What the system messages about GETVPN mean, and what a tool should make of them.

In a text, `<name>` stands for a value that differs from message to message; `<name*>` for all that
follows. Texts marked verbatim were found in a source; the others are recalled, so that a message is
known by facility and mnemonic only and its fields are read where they happen to stand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

Speaker = Literal["key server", "group member", "both"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageMeaning:
    """One message: its `id` with the usual severity, `who` logs it and `when`.

    `text` is None where not even the wording is known; `reaction` is what a tool does about it.
    """

    id: str
    who: Speaker
    when: str
    text: str | None
    verbatim: bool
    reaction: str


_REJECTED: Final = "security finding"
_CONFIG: Final = "configuration finding"
_INFO: Final = "note it"

# id, when, reaction, text
_Entry = tuple[str, str, str, str | None]


def _entry(id_: str, when: str, reaction: str, *text: str) -> _Entry:
    return id_, when, reaction, " ".join(text) or None


_VERBATIM_MEMBER: Final[tuple[_Entry, ...]] = (
    _entry(
        "CRYPTO-5-GM_REGSTER",
        "a member starts to register or to register anew",
        "count registrations",
        "Start registration to KS <key_server> for group <group> using address <member>",
        "fvrf <fvrf> ivrf <ivrf>",
    ),
    _entry(
        "CRYPTO-6-GDOI_ON_OFF",
        "the crypto map is attached to an interface or removed from it",
        "change trail",
        "GDOI is <state>",
    ),
    _entry(
        "GDOI-5-GM_REGS_COMPL",
        "a member is registered",
        "success",
        "Registration to KS <key_server> complete for group <group> using address <member>",
        "fvrf <fvrf> ivrf <ivrf>",
    ),
    _entry(
        "CRYPTO-6-IKMP_MODE_FAILURE",
        "a member rejects a rekey, as after a change of the key server's RSA key",
        "the member cannot follow: check the rekey key",
        "Processing of GDOI mode failed with peer at <key_server>",
    ),
    _entry(
        "GDOI-4-TIMEBASED_REPLAY_FAILED",
        "a packet is too old or too new for the group's pseudotime",
        "compare the pseudotimes of the members",
        "An anti replay check has failed in group <group> from sourceip-address <source>.",
        "my_pseudotime is <my_pseudotime_s> secs, peer_pseudotime is <peer_pseudotime_s> secs,",
        "replay_window is <window_s> (second)",
    ),
    _entry(
        "CRYPTO-4-PKT_REPLAY_ERR",
        "a packet fails the replay check",
        "follows a failed pseudotime check on time-based groups",
        "decrypt: replay check failed connection id=<connection>, sequence number=<sequence>",
    ),
)

# worded as in a log of IOS-XE 17.16
_VERBATIM_SERVER: Final[tuple[_Entry, ...]] = (
    _entry(
        "GDOI-1-UNAUTHORIZED_IDENTITY",
        "a member whose identity is not authorized tries to register",
        _REJECTED,
        "Group <group> received registration from unauthorized identity: <identity*>",
        "Peer Address: <member>",
    ),
)

_SERVER: Final[tuple[_Entry, ...]] = (
    _entry(
        "GDOI-5-COOP_KS_ADD",
        "a cooperative key server is configured",
        _INFO,
        "<key_server> added as COOP Key Server in group <group>.",
    ),
    _entry(
        "GDOI-5-COOP_KS_REMOVE",
        "a cooperative key server is no longer configured",
        _INFO,
        "<key_server> removed as COOP Key Server in group <group>.",
    ),
    _entry(
        "GDOI-5-COOP_KS_ELECTION",
        "start of the device, 60 s without the primary, or an administrator's command",
        "start the fail-over timer",
        "KS entering election mode in group <group> (Previous Primary = <previous_primary>)",
    ),
    _entry(
        "GDOI-5-COOP_KS_TRANS_TO_PRI",
        "an election is won",
        "check that there is one primary only",
        "KS <key_server> in group <group> transitioned to Primary",
        "(Previous Primary = <previous_primary>)",
    ),
    _entry("GDOI-5-COOP_KS_ADMN_USRP_PRI", "an administrator made this key server primary", _INFO),
    _entry(
        "GDOI-3-COOP_KS_UNREACH",
        "the IKE session to a cooperative key server is lost",
        "warn; no change now",
        "Cooperative KS <key_server> Unreachable in group <group>. IKE SA Status = <ike_status*>",
    ),
    _entry(
        "GDOI-5-COOP_KS_REACH",
        "a cooperative key server answers again",
        "check that the policies agree",
        "Reachability restored with Cooperative KS <key_server> in group <group>.",
    ),
    _entry(
        "GDOI-3-COOP_KS_UNAUTH",
        "a key server that is no configured peer calls",
        _CONFIG,
        "Contact from unauthorized KS <key_server> in group <group> at local address <local>",
        "(Possible MISCONFIG of peer/local address)",
    ),
    _entry(
        "GDOI-3-COOP_CONFIG_MISMATCH",
        "the policies of primary and secondary differ",
        "critical finding",
    ),
    _entry("GDOI-3-COOP_LIMIT_REACHED", "more than eight key servers are configured", _CONFIG),
    _entry(
        "GDOI-3-COOP_PACKET_DROPPED",
        "an announcement is too large or of another version",
        "check buffers and announcement format",
    ),
    _entry(
        "GDOI-1-KS_NO_RSA_KEYS",
        "the rekey key is missing",
        "critical finding",
        "RSA Key - <label> : Not found, Required for group <group>",
    ),
    _entry(
        "GDOI-5-KS_REKEY_TRANS_2_UNI",
        "the rekey transport was changed to unicast",
        _INFO,
        "Group <group> transitioned to Unicast Rekey.",
    ),
    _entry(
        "GDOI-5-KS_REKEY_TRANS_2_MULTI",
        "the rekey transport was changed to multicast",
        _INFO,
        "Group <group> transitioned to Multicast Rekey.",
    ),
    _entry(
        "GDOI-5-KS_SEND_UNICAST_REKEY",
        "each rekey to the members one by one",
        "anchor of the time line",
        "Sending Unicast Rekey for group <group> from address <key_server>",
        "with seq # <sequence> spi <spi>",
    ),
    _entry(
        "GDOI-5-KS_SEND_MCAST_REKEY",
        "each rekey to the multicast group",
        "anchor of the time line",
        "Sending Multicast Rekey for group <group> from address <key_server>",
        "to <destination> with seq # <sequence>",
    ),
    _entry(
        "GDOI-5-KS_NACK_GM_EJECT",
        "a member is removed that acknowledged none of three rekeys",
        "warn and name the member",
    ),
    _entry("GDOI-4-KS_GM_REVOKED", "a member lost its authorization and is removed", _INFO),
    _entry("GDOI-1-KS_UNAUTHORIZED", "a member that is not authorized registers", _REJECTED),
    _entry(
        "GDOI-1-UNAUTHORIZED_IPADDR",
        "a member whose address is not authorized tries to register",
        _REJECTED,
        "Group <group> received registration from unauthorized ip address: <member>",
    ),
    _entry("GDOI-3-KS_BAD_ID", "a registration names an unknown group identity", _CONFIG),
    _entry(
        "GDOI-4-GDOI_ACL_NUM",
        "an access list of the policy has more than 100 entries",
        "critical finding: the entries beyond are ignored",
        "The ACL has too many entries. GDOI will honor only the first 100 ACL entries specified.",
    ),
    *(
        _entry(
            f"GDOI-5-{mnemonic}",
            "the policy was edited",
            "a change waits for the next rekey",
            "GDOI group <group> policy has changed. Use 'crypto gdoi ks rekey' to send a rekey,",
            "or the changes will be send in the next scheduled rekey",
        )
        for mnemonic in ("POLICY_CHANGE", "KS_POLICY_CHANGE")
    ),
    _entry("GDOI-5-KS_CLEAR_REGISTER", "an administrator cleared the group", "change trail"),
    _entry("GDOI-5-KS_CONV_SAS_DUPLEX", "the group's SAs protect both directions", "migration"),
    _entry("GDOI-5-KS_CONV_SAS_INGRESS", "the group's SAs are receive-only", "migration"),
    _entry("GDOI-5-KS_GROUP_ADD", "a group is configured", _INFO),
    _entry("GDOI-5-KS_GROUP_DELETE", "a group is no longer configured", _INFO),
    _entry("GDOI-5-KS_REGS_COMPL", "a registration is complete", "count registrations"),
    _entry("GDOI-3-PSEUDO_TIME_LARGE", "the pseudotimes differ too much", "warn"),
    _entry("GDOI-3-PSEUDO_TIME_TOO_OLD", "a pseudotime is too old", "warn"),
)

_MEMBER: Final[tuple[_Entry, ...]] = (
    _entry(
        "GDOI-4-GM_RE_REGISTER",
        "the SA ran out before a rekey came",
        "a rekey was missed: count per member",
        "The IPSec SA created for group <group> may have expired/been cleared,",
        "or didn't go through. Re-register to KS.",
    ),
    _entry(
        "GDOI-5-GM_RECV_REKEY",
        "a rekey arrived",
        "success",
        "Received Rekey for group <group> from <key_server> to <member> with seq # <sequence>",
        "spi <spi>",
    ),
    _entry(
        "GDOI-5-GM_INSTALL_POLICIES_SUCCESS",
        "policy and keys are in place",
        "success",
        "SUCCESS: Installation of Reg/Rekey policies from KS <key_server> for group <group>",
        "& gm identity <member>",
    ),
    _entry("GDOI-3-GM_REKEY_NOT_RECD", "no rekey came in time", "warn"),
    _entry("GDOI-3-GDOI_REKEY_FAILURE", "a rekey could not be read", "warn"),
    _entry("GDOI-3-GDOI_REKEY_SEQ_FAILURE", "a rekey has an old sequence number", "warn"),
    _entry("GDOI-3-GM_INCOMPLETE_CFG", "the group lacks identity or server", _CONFIG),
    _entry(
        "GDOI-3-GM_NO_IPSEC_FLOWS",
        "the hardware holds no more SAs",
        "critical finding: the policy is not installed",
    ),
    _entry("GDOI-4-GM_HASH_FAIL", "a hash does not fit", _REJECTED),
    _entry("GDOI-4-GM_REJECTING_SA_PAYLOAD", "the offered policy is not accepted", _CONFIG),
    _entry("GDOI-4-UNSUPPORTED_TEK_PROTO", "the offered TEK is not supported", _CONFIG),
    _entry("GDOI-4-UNEXPECTED_SIGKEY", "another signature key than expected", _REJECTED),
    _entry("GDOI-5-GM_REKEY_TRANS_2_UNI", "the rekey transport is now unicast", _INFO),
    _entry("GDOI-5-GM_REKEY_TRANS_2_MULTI", "the rekey transport is now multicast", _INFO),
    _entry("GDOI-5-GM_ACL_MERGE", "local and downloaded access lists are merged", _INFO),
    _entry("GDOI-4-GM_ACL_PERMIT", "a local permit entry is ignored", _CONFIG),
    _entry(
        "GDOI-5-GM_CM_ATTACH",
        "the crypto map is attached",
        "change trail",
        "Crypto map attached for group <group>",
    ),
    _entry(
        "GDOI-5-GM_CM_DETACH",
        "the crypto map is removed",
        "change trail",
        "Crypto map detached for group <group>",
    ),
    _entry("GDOI-5-GM_CLEAR_REGISTER", "an administrator cleared the member", "change trail"),
    _entry("GDOI-5-GM_UNREGISTER", "the member left the group", "change trail"),
    *(
        _entry(id_, "keys run out or a member is removed", "alarm outside of a planned removal")
        for id_ in (
            "GDOI-4-GM_DELETE",
            "GDOI-5-GM_RECV_DELETE",
            "GDOI-5-GM_RECV_REAUTH",
            "GDOI-5-GM_DELETE_EXPIRED_KEK",
            "GDOI-5-GM_DELETE_EXPIRED_TEK",
            "GDOI-5-GM_DELETE_EXPIRED_PEER",
        )
    ),
    _entry("GDOI-4-GM_RECOVERY_REGISTER", "the recovery check fails", "sign of a split group"),
    _entry("GDOI-4-GM_RECOVERY_REREGISTER", "the recovery check fails", "sign of a split group"),
    _entry("GDOI-5-GM_SA_INGRESS", "the SAs are receive-only", "migration"),
    _entry("GDOI-5-GM_CONV_SA_DUPLEX", "the SAs protect both directions", "migration"),
    _entry("GDOI-5-GM_CONV_SA_DUPLEX_LOCAL", "the SAs protect both directions", "migration"),
    _entry("GDOI-4-UNREGISTERED_INTERFACE", "a packet on an interface without the group", "warn"),
)


def _meanings() -> Iterator[MessageMeaning]:
    parts: tuple[tuple[Speaker, bool, tuple[_Entry, ...]], ...] = (
        ("group member", True, _VERBATIM_MEMBER),
        ("key server", True, _VERBATIM_SERVER),
        ("key server", False, _SERVER),
        ("group member", False, _MEMBER),
    )
    for who, verbatim, entries in parts:
        for id_, when, reaction, text in entries:
            yield MessageMeaning(
                id=id_, who=who, when=when, text=text, verbatim=verbatim, reaction=reaction
            )


catalogue: Final[Mapping[str, MessageMeaning]] = {meaning.id: meaning for meaning in _meanings()}
"""All messages by id (`GDOI-5-GM_REGS_COMPL`)."""
