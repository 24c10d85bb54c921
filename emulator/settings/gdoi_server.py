"""What a key server says of a group: rekeys, who may register, the policy, its partners.

The block of `server local` holds, in the order of printing:

- `rekey address ipv4` (acl), `rekey algorithm` (cipher, bits), `rekey sig-hash algorithm` (hash),
  `rekey lifetime` (seconds or days), `rekey retransmit` (interval, count or None for periodic),
  `rekey acknowledgement` (kind), `rekey authentication mypubkey rsa` (label), `rekey transport`
  (there only for unicast),
- `authorization address ipv4` (acl), `authorization identity` (identity), `registration interface`
  (interface), `registration periodic crl trustpoint` (trustpoint),
- `gdoi` (on unless there is `no gdoi`), `gikev2` (profile), `group size` (kind, bits),
- `identifier`: a block of `range` (low, high) and `value` (value),
- `sa d3p window` (seconds or milliseconds), `sa receive-only`, `sa pair-wise-keying` (limit),
- `sa ipsec` (seq): a block of `profile` (profile), `match address` (acl), `replay` (kind `counter`
  or `time`, size or seconds; `off` when there is `no replay`), `tag` (has: `tag cts sgt`),
- `address ipv4` (address), `pfs`, `redundancy`: a block of `local priority` (priority), `peer
  address ipv4` (address), `protocol version` (version), `protocol pdu` (bytes).

Without a line: 3DES, SHA, one day, ten seconds twice, Cisco's acknowledgement, multicast, size
medium, priority 1 (command reference; captures of 15.4 and 17.16).
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..config.edit import Edit
from ..config.store import Entry
from ..grammar import XE, CommandSet, RefusedError
from .crypto_checks import (
    NEWER_WORDS,
    extended_list,
    hidden_before,
    must_exist,
    release,
    since,
)
from .ipsec import IN_USE as PROFILE_MISSING

if TYPE_CHECKING:
    from ..device import Router

NEEDS_GIKEV2 = "% GIKEv2 must be configured for pfs"
MAX_PEERS = 7
USUAL_REPLAY = "replay counter window-size 64"
_STANDARD_LISTS = range(1, 100)
_PFS_SINCE = (16, 12)

declared = CommandSet()
declared.mode(
    "gdoi-server", {"classic": "gdoi-local-server", "xe": "gkm-local-server"}, parent="gdoi-group"
)
declared.mode("gdoi-sa", {"classic": "gdoi-sa-ipsec", "xe": "gkm-sa-ipsec"}, parent="gdoi-server")
declared.mode("gdoi-coop", "gdoi-coop-ks-config", parent="gdoi-server")
declared.mode(
    "gdoi-identifier",
    {"classic": "gdoi-local-server-id", "xe": "gkm-local-server-id"},
    parent="gdoi-server",
)


def begins(router: "Router") -> Iterable[str]:
    """What the block of a key server holds from the beginning (capture of 17.16)."""
    return ("no pfs",) if router.family == XE else ()


def remarks(entry: Entry) -> Iterable[str]:
    """What IOS says of rekeys that cannot be sent yet (capture of 17.16)."""
    block = entry.block
    if block is None or block.has("rekey authentication mypubkey rsa"):
        return ()
    if block.has("rekey transport"):
        return (
            "Incomplete unicast rekey configuration",
            "Rekey authentication is not configured",
        )
    return ()


def _lifetime(edit: Edit) -> None:
    """Keep one form; a day is what is assumed."""
    if edit.text == "rekey lifetime days 1":
        edit.text = None


def _algorithm(edit: Edit) -> None:
    if not edit.removing:
        edit.values.setdefault("cipher", "aes")


def _acknowledgement(edit: Edit) -> None:
    if edit.values.get("kind") == "interoperable" and release(edit.router) < (17, 6):
        raise RefusedError(argument="interoperable")


def _authorization_list(edit: Edit) -> None:
    acl = str(edit.values.get("acl", ""))
    if acl.isdecimal() and int(acl) not in _STANDARD_LISTS:
        raise RefusedError(argument="acl")


def _gikev2(edit: Edit) -> None:
    if edit.removing and edit.block.has("pfs"):
        raise RefusedError(NEEDS_GIKEV2)


def _pfs(edit: Edit) -> None:
    since("pfs", _PFS_SINCE)(edit)
    if edit.removing:
        edit.text, edit.negated = "no pfs", True
    elif not edit.block.has("gikev2"):
        raise RefusedError(NEEDS_GIKEV2)


def _match_address(edit: Edit) -> None:
    """The list is for the addresses of the group."""
    if edit.removing:
        return
    group = _group_of(edit)
    family = "ipv6" if group is not None and group["ipv6"] else "ipv4"
    typed = (edit.text or "").split()[2]
    if typed != family:
        raise RefusedError(argument=typed)
    if family == "ipv4":
        extended_list(edit)
    edit.values["family"] = family


def _group_of(edit: Edit) -> Entry | None:
    server = edit.block.above
    group = server.above if server is not None else None
    return group.owner if group is not None else None


def _sa_profile(edit: Edit) -> None:
    if not edit.removing:
        must_exist(edit, PROFILE_MISSING, "crypto ipsec profile", edit.values["profile"])


def _replay(edit: Edit) -> None:
    """The check for replays is shown, and also that there is none."""
    if edit.reset:
        edit.text, edit.values = USUAL_REPLAY, {"size": "64"}
    elif edit.negated:
        edit.text, edit.values = "no replay", {}
        return
    edit.values["kind"] = (edit.text or "").split()[1]


def _tag(edit: Edit) -> None:
    if edit.removing:
        edit.text, edit.negated = "no tag", True


def _range(edit: Edit) -> None:
    """Sender identifiers stand once in a group."""
    low, high = edit.values["low"], edit.values["high"]
    if low > high:
        raise RefusedError(argument="high")
    _refuse_overlap(edit, low, high)


def _value(edit: Edit) -> None:
    _refuse_overlap(edit, edit.values["value"], edit.values["value"])


def _refuse_overlap(edit: Edit, low: int, high: int) -> None:
    if edit.removing:
        return
    for entry in edit.block.entries.values():
        first = entry.get("low", entry.get("value"))
        last = entry.get("high", entry.get("value"))
        if entry is not edit.before and first <= high and low <= last:
            raise RefusedError(f"% KSSID {edit.text} overlaps with {entry.text}")


def _peer(edit: Edit) -> None:
    if edit.removing or edit.before is not None:
        return
    if len(edit.block.all("peer address ipv4")) >= MAX_PEERS:
        raise RefusedError(f"% Maximum number of COOP peers ({MAX_PEERS}) is configured.")


_MODE = "gdoi-server"
declared.setting(_MODE, "rekey address ipv4 <acl>", check=extended_list)
declared.setting(
    _MODE,
    "rekey algorithm {<cipher:des-cbc|3des-cbc> | aes <bits:128|192|256>}",
    default="rekey algorithm 3des-cbc",
    check=_algorithm,
)
declared.setting(
    _MODE,
    "rekey sig-hash algorithm <hash:sha|sha256|sha384|sha512>",
    default="rekey sig-hash algorithm sha",
)
declared.setting(
    _MODE,
    "rekey lifetime {seconds <seconds:300-2592000> | days <days:1-30>}",
    default="rekey lifetime seconds 86400",
    check=_lifetime,
)
declared.setting(
    _MODE,
    "rekey retransmit <interval:10-60> {number <count:1-10> | periodic}",
    default="rekey retransmit 10 number 2",
)
declared.setting(
    _MODE,
    "rekey acknowledgement <kind:any|cisco|interoperable>",
    default="rekey acknowledgement cisco",
    check=_acknowledgement,
    families=(XE,),
)
declared.setting(_MODE, "rekey authentication mypubkey rsa <label>")
declared.setting(_MODE, "rekey transport {unicast}")
declared.setting(_MODE, "authorization address ipv4 <acl>", check=_authorization_list)
declared.setting(_MODE, "authorization identity <identity>")
declared.setting(_MODE, "registration interface <interface:interface>")
declared.setting(_MODE, "registration periodic crl trustpoint <trustpoint>")
declared.setting(_MODE, "gdoi", default_on=True)
declared.setting(_MODE, "gikev2 <profile>", check=_gikev2)
declared.setting(
    _MODE, "group size {<kind:medium|large> | small <bits:8|12|16>}", default="group size medium"
)
declared.setting(_MODE, "identifier", enters="gdoi-identifier")
declared.setting(_MODE, "sa d3p window {sec <seconds:1-100> | msec <milliseconds:1000-100000>}")
declared.setting(_MODE, "sa receive-only")
declared.setting(_MODE, "sa pair-wise-keying [safety-limit <limit:1-4294967295>]", families=(XE,))
declared.setting(
    _MODE,
    "sa ipsec <seq!:1-65535>",
    enters="gdoi-sa",
    begins=lambda _router: (USUAL_REPLAY, "no tag"),
    order=lambda entry: entry["seq"],
)
declared.setting(_MODE, "address ipv4 <address:ipv4>")
declared.setting(
    _MODE, "pfs", check=_pfs, families=(XE,), printed=hidden_before(NEWER_WORDS, "no pfs")
)
declared.setting(_MODE, "redundancy", enters="gdoi-coop")

declared.setting("gdoi-identifier", "range <low!:0-127> - <high!:0-127>", check=_range)
declared.setting("gdoi-identifier", "value <value!:0-127>", check=_value)

declared.setting("gdoi-sa", "profile <profile>", check=_sa_profile)
declared.setting("gdoi-sa", "match address {ipv4 <acl> | ipv6 <acl>}", check=_match_address)
declared.setting(
    "gdoi-sa",
    "replay {counter window-size <size:64|128|256|512|1024> | time window-size <seconds:1-100>}",
    check=_replay,
)
declared.setting("gdoi-sa", "tag {cts sgt}", check=_tag)

declared.setting("gdoi-coop", "local priority <priority:1-255>", default="local priority 1")
declared.setting("gdoi-coop", "peer address ipv4 <address!:ipv4>", check=_peer)
declared.setting(
    "gdoi-coop", "protocol version <version:base|optimize>", default="protocol version base"
)
declared.setting("gdoi-coop", "protocol pdu <bytes:1-65000>", families=(XE,))

declared.words(
    {
        "rekey": "Rekey parameters",
        "rekey address": "Define destination rekey address",
        "rekey address ipv4": "Define IPv4 rekey address by an access list",
        "rekey address ipv4 WORD": "Access-list name or number",
        "rekey algorithm": "Set encryption algorithm for rekey packets",
        "rekey sig-hash": "Set the hash of the signature of rekey packets",
        "rekey sig-hash algorithm": "Set hash algorithm of the signature",
        "rekey lifetime": "Define rekey lifetime",
        "rekey lifetime seconds": "Rekey lifetime in seconds",
        "rekey lifetime seconds <300-2592000>": "Lifetime in seconds",
        "rekey lifetime days": "Rekey lifetime in days",
        "rekey lifetime days <1-30>": "Lifetime in days",
        "rekey retransmit": "Specify Rekey retransmission parameters",
        "rekey retransmit <10-60>": "Number of seconds between retransmissions",
        "rekey retransmit number": "Number of retransmissions",
        "rekey retransmit number <1-10>": "Number of retransmissions",
        "rekey retransmit periodic": "Retransmit until the members answer",
        "rekey acknowledgement": "Acknowledgement of rekeys",
        "rekey acknowledgement any": "Any kind of acknowledgement",
        "rekey acknowledgement cisco": "The acknowledgement of Cisco",
        "rekey acknowledgement interoperable": "The acknowledgement of RFC 8263",
        "rekey authentication": "Identify the rekey authentication keys",
        "rekey authentication mypubkey": "Identify the public key used for rekey authentication",
        "rekey authentication mypubkey rsa": "Identify RSA keys",
        "rekey authentication mypubkey rsa WORD": "Label of the RSA key pair",
        "rekey transport": "Specify transport type used to send rekeys",
        "rekey transport unicast": "Send unicast rekeys",
        "authorization": "Define authorized users",
        "authorization address": "Authorized addresses",
        "authorization address ipv4": "Authorized IPv4 addresses by a standard access list",
        "authorization address ipv4 WORD": "Access-list name or number",
        "authorization identity": "Authorized identities",
        "authorization identity WORD": "Name of the crypto identity",
        "registration": "Registration parameters",
        "registration interface": "Interface on which members may register",
        "registration periodic": "Periodic re-authentication of the members",
        "registration periodic crl": "When there is a new revocation list",
        "registration periodic crl trustpoint": "Trustpoint of the list",
        "registration periodic crl trustpoint WORD": "Trustpoint name",
        "gdoi": "Enable registrations by GDOI (IKEv1)",
        "gikev2": "Enable registrations by G-IKEv2",
        "gikev2 WORD": "IKEv2 profile",
        "group size": "Size of the space of sender identifiers",
        "group size small": "Small group",
        "group size small 8": "8 bits",
        "group size small 12": "12 bits",
        "group size small 16": "16 bits",
        "group size medium": "Medium group (24 bits)",
        "group size large": "Large group (32 bits)",
        "identifier": "Define the sender identifiers of the key server",
        "range": "Range of sender identifiers",
        "range <0-127>": "Sender identifier",
        "range -": "To",
        "value": "A sender identifier",
        "value <0-127>": "Sender identifier",
        "sa": "Define Security Association parameters",
        "sa d3p": "IP delivery delay detection protocol",
        "sa d3p window": "Window of the protocol",
        "sa d3p window sec": "Window in seconds",
        "sa d3p window sec <1-100>": "Seconds",
        "sa d3p window msec": "Window in milliseconds",
        "sa d3p window msec <1000-100000>": "Milliseconds",
        "sa receive-only": "Members decrypt, and send in clear",
        "sa pair-wise-keying": "Pair-wise keys of the members",
        "sa pair-wise-keying safety-limit": "Largest number of pair-wise keys",
        "sa pair-wise-keying safety-limit <1-4294967295>": "Number of keys",
        "sa ipsec": "Define an IPSec Security Association",
        "sa ipsec <1-65535>": "Sequence number",
        "address ipv4": "Specify an IPv4 address",
        "pfs": "Perfect forward secrecy of rekeys",
        "redundancy": "Specify redundancy parameters",
        "profile": "Configure an IPSec profile",
        "profile WORD": "Name of the profile",
        "match address ipv4": "Match an IPv4 access list",
        "match address ipv4 WORD": "Access-list name or number",
        "match address ipv6": "Match an IPv6 access list",
        "match address ipv6 WORD": "Access-list name",
        "replay": "Set replay method",
        "replay counter": "Use counter based anti-replay",
        "replay counter window-size": "Window of the counter",
        "replay time": "Use time based anti-replay",
        "replay time window-size": "Window of the time",
        "replay time window-size <1-100>": "Seconds",
        "tag": "Inline tagging",
        "tag cts": "Cisco TrustSec",
        "tag cts sgt": "Security group tag",
        "local": "Parameters of this key server",
        "local priority": "Priority of this key server",
        "local priority <1-255>": "Priority",
        "peer address": "Address of a peer",
        "peer address ipv4": "IPv4 address of a peer",
        "protocol": "Protocol of the key servers",
        "protocol version": "Version of the protocol",
        "protocol version base": "Usual version",
        "protocol version optimize": "Version for large groups",
        "protocol pdu": "Size of messages",
        "protocol pdu <1-65000>": "Bytes",
        "range - <0-127>": "Sender identifier",
    }
)
