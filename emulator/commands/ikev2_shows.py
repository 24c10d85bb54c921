"""Showing IKE version 2: `show crypto ikev2 …`, from the configuration and the table of SAs."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..config.store import Block, Entry
from ..grammar import CommandSet
from ..groups.ike_rows import HASHES, PRFS
from ..groups.ike_version2 import DEFAULT, default_words
from ..services.crypto_sas import CryptoSas, Ikev2Sa
from ..shell.call import Call

if TYPE_CHECKING:
    from ..device import Router

GROUPS = {
    1: "DH_GROUP_768_MODP",
    2: "DH_GROUP_1024_MODP",
    5: "DH_GROUP_1536_MODP",
    14: "DH_GROUP_2048_MODP",
    15: "DH_GROUP_3072_MODP",
    16: "DH_GROUP_4096_MODP",
    19: "DH_GROUP_256_ECP",
    20: "DH_GROUP_384_ECP",
    21: "DH_GROUP_521_ECP",
    24: "DH_GROUP_2048_256_MODP",
}
_V4, _V6 = " IPv4 Crypto IKEv2  SA \n\n", " IPv6 Crypto IKEv2  SA \n\n"
_HEAD = f"{'Tunnel-id':<9} {'Local':<21} {'Remote':<21} {'fvrf/ivrf':<20} Status \n"

declared = CommandSet()
declared.words(
    {
        "show crypto ikev2": "Show IKEv2",
        "show crypto ikev2 proposal": "Show IKEv2 proposals",
        "show crypto ikev2 proposal WORD": "Name of the proposal",
        "show crypto ikev2 policy": "Show IKEv2 policies",
        "show crypto ikev2 policy WORD": "Name of the policy",
        "show crypto ikev2 profile": "Show IKEv2 profiles",
        "show crypto ikev2 profile WORD": "Name of the profile",
        "ikev2 sa": "Show IKEv2 SAs",
        "ikev2 session": "Show IKEv2 active sessions",
        "sa detailed": "Detailed information",
        "sa local detailed": "Detailed information",
        "sa remote detailed": "Detailed information",
        "session detailed": "Detailed information",
        "ikev2 sa local": "Show IKEv2 SAs of a local address",
        "ikev2 sa local A.B.C.D": "Local address",
        "ikev2 sa remote": "Show IKEv2 SAs with a peer",
        "ikev2 sa remote A.B.C.D": "Address of the peer",
        "show crypto ikev2 diagnose": "Show IKEv2 diagnose",
        "show crypto ikev2 diagnose error": "Show IKEv2 exit path",
    }
)


# ---- the configuration ----


@declared.exec("show crypto ikev2 proposal [<name>]", privilege=1)
def show_proposals(call: Call) -> str:
    """The proposals, that of IOS first."""
    router, name = call.router, call.get("name")
    found = {DEFAULT: _default_proposal(router)}
    for entry in router.config.root.all("crypto ikev2 proposal"):
        found[str(entry["name"])] = _proposal(entry)
    return "".join(
        f" IKEv2 proposal: {title}{' ' * (title == DEFAULT)}\n{text}"
        for title, text in found.items()
        if name in (None, title)
    )


def _default_proposal(router: "Router") -> str:
    ciphers, hashes, groups = default_words(router)
    return _proposal_text(ciphers, hashes, hashes, groups)


def _proposal(entry: Entry) -> str:
    block = entry.block or Block("ikev2-proposal")
    integrity = block.value("integrity", "hashes", ())
    prf = block.value("prf", "hashes", integrity)
    ciphers, groups = block.value("encryption", "ciphers", ()), block.value("group", "groups", ())
    return _proposal_text(ciphers, integrity, prf, groups)


def _proposal_text(
    ciphers: tuple[str, ...],
    integrity: tuple[str, ...],
    prf: tuple[str, ...],
    groups: tuple[str, ...],
) -> str:
    shown = [f"{GROUPS[int(group)]}/Group {group}" for group in groups]
    return (
        f"     Encryption : {' '.join(cipher.upper() for cipher in ciphers) or 'none'}\n"
        f"     Integrity  : {' '.join(HASHES[name] for name in integrity) or 'none'}\n"
        f"     PRF        : {' '.join(PRFS[name] for name in prf) or 'none'}\n"
        f"     DH Group   : {' '.join(shown) or 'none'}\n"
    )


@declared.exec("show crypto ikev2 policy [<name>]", privilege=1)
def show_policies(call: Call) -> str:
    """The policies, that of IOS first."""
    name = call.get("name")
    found = {DEFAULT: _policy_text("any", ["any"], [DEFAULT])}
    for entry in call.router.config.root.all("crypto ikev2 policy"):
        block = entry.block or Block("ikev2-policy")
        fvrf = block.find("match fvrf")
        found[str(entry["name"])] = _policy_text(
            "global" if fvrf is None else str(fvrf.get("vrf") or "any"),
            [
                str(line.get("address") or line.get("address6"))
                for line in block.all("match address local")
            ]
            or ["any"],
            [str(line["proposal"]) for line in block.all("proposal")] or ["none"],
        )
    return "".join(
        f" IKEv2 policy : {title}\n{text}\n"
        for title, text in found.items()
        if name in (None, title)
    )


def _policy_text(fvrf: str, addresses: list[str], proposals: list[str]) -> str:
    return (
        f"      Match fvrf {'' if fvrf == 'any' else ' '}: {fvrf}\n"
        + "".join(f"      Match address local : {address}\n" for address in addresses)
        + "".join(f"      Proposal    : {proposal}\n" for proposal in proposals)
    )


@declared.exec("show crypto ikev2 profile [<name>]", privilege=1)
def show_profiles(call: Call) -> str:
    """The profiles."""
    root, name = call.router.config.root, call.get("name")
    return "".join(
        _profile(root, entry)
        for entry in root.all("crypto ikev2 profile")
        if name in (None, entry["name"])
    )


def _profile(root: Block, entry: Entry) -> str:
    block, name = entry.block or Block("ikev2-profile"), entry["name"]
    remote = [
        line for line in block.entries.values() if line.setting.name.startswith("match identity")
    ]
    methods = [
        str(line.get("method") or "eap")
        for kind in ("authentication remote", "authentication remote eap")
        for line in block.all(kind)
    ]
    dpd = block.find("dpd")
    local = block.find("identity local")
    fvrf = block.find("match fvrf")
    maps = [str(line["map"]) for line in block.all("match certificate")]
    points = [str(line["trustpoint"]) for line in block.all("pki trustpoint")]
    users = sum(
        other.block is not None and other.block.value("set ikev2-profile", "profile") == name
        for kind in ("crypto ipsec profile", "crypto map")
        for other in root.all(kind)
    )
    identities = "".join(
        f"   {line.text.removeprefix('match identity remote ').strip()} \n" for line in remote
    )
    nat = block.value("nat keepalive", "seconds")
    lines = [
        "",
        f"IKEv2 profile: {name}",
        " Shutdown : No",
        f" Ref Count: {1 + users}",
        " Match criteria: ",
        f"  Fvrf: {'global' if fvrf is None else fvrf.get('vrf') or 'any'}",
        f"  Local address/interface: {_local_address(block)}",
        f"  Identities: {'' if remote else 'none'}",
        *([identities.rstrip("\n")] if remote else []),
        f"  Certificate maps: {' '.join(maps) or 'none'}",
        f" Local identity: {_local_identity(local)}",
        " Remote identity: none",
        f" Local authentication method: {block.value('authentication local', 'method', 'none')}",
        f" Remote authentication method(s): {' '.join(methods) or 'none'}",
        " EAP options: none",
        f" Keyring: {block.value('keyring local', 'keyring', 'none')}",
        f" Trustpoint(s): {' '.join(points) or 'none'}",
        f" Lifetime: {block.value('lifetime', 'seconds', 86_400)} seconds",
        f" DPD: {_dpd(dpd)}",
        f" NAT-keepalive: {f'{nat} seconds' if nat else 'disabled'}",
        f" Ivrf: {block.value('ivrf', 'vrf', 'none')}",
        f" Virtual-template: {block.value('virtual-template', 'number', 'none')}",
        " mode auto: none",
        " AAA AnyConnect EAP authentication mlist: none",
        " AAA EAP authentication mlist: none",
        " AAA authentication mlist: none",
        " AAA Accounting: none",
        " AAA group authorization: none",
        " AAA user authorization: none",
    ]
    return "".join(f"{line}\n" for line in lines)


def _local_address(block: Block) -> str:
    for name, argument in (
        ("match address local", "address"),
        ("match address local if", "interface"),
    ):
        found = block.all(name)
        if found:
            return str(found[0][argument])
    return "none"


def _local_identity(entry: Entry | None) -> str:
    return "none" if entry is None else entry.text.removeprefix("identity local ").strip()


def _dpd(entry: Entry | None) -> str:
    if entry is None:
        return "disabled"
    return f"interval {entry['seconds']}, retry-interval {entry['retry']}, {entry['mode']}"


# ---- the security associations ----


def _by_version(
    sas: list[Ikev2Sa], text: Callable[[Ikev2Sa], str], heads: tuple[str, str] = (_V4, _V6)
) -> str:
    v4 = [text(sa) for sa in sas if ":" not in sa.local]
    v6 = [text(sa) for sa in sas if ":" in sa.local]
    return heads[0] + "".join(v4) + heads[1] + "".join(v6)


@declared.exec(
    "show crypto ikev2 sa [detailed]",
    "show crypto ikev2 sa local <local:ipv4> [detailed]",
    "show crypto ikev2 sa remote <remote:ipv4> [detailed]",
    privilege=1,
)
def show_sa(call: Call) -> str:
    """The SAs, all or those of an address."""
    now = call.router.clock.now()
    sas = [
        sa
        for sa in call.router.feature(CryptoSas).ikev2
        if call.get("local") in (None, sa.local) and call.get("remote") in (None, sa.remote)
    ]
    detailed = call.has("detailed")
    return _by_version(sas, lambda sa: _sa_text(sa, now, detailed=detailed) + "\n")


def _sa_text(sa: Ikev2Sa, now: float, *, detailed: bool) -> str:
    if ":" in sa.local:
        row = (
            "Tunnel-id    fvrf/ivrf              Status \n"
            f"{sa.tunnel_id:<10} {f'{sa.fvrf}/{sa.ivrf}':<20} {sa.status:<6} \n"
            f"Local  {sa.local}/{sa.local_port} \nRemote  {sa.remote}/{sa.remote_port} \n"
        )
    else:
        row = _HEAD + (
            f"{sa.tunnel_id:<9} {f'{sa.local}/{sa.local_port}':<21} "
            f"{f'{sa.remote}/{sa.remote_port}':<21} {f'{sa.fvrf}/{sa.ivrf}':<20} {sa.status:<6} \n"
        )
    row += (
        f"      Encr: {sa.cipher}, keysize: {sa.bits}, PRF: {sa.prf}, Hash: {sa.hash_name}, "
        f"DH Grp:{sa.group}, Auth sign: {sa.auth_sign}, Auth verify: {sa.auth_verify}\n"
        f"      Life/Active Time: {sa.lifetime_s}/{int(now - sa.established_at)} sec\n"
    )
    return row + (_details(sa) if detailed else "")


def _details(sa: Ikev2Sa) -> str:
    def pair(what: str, local: int, remote: int) -> str:
        begin = f"      Local {what}:"
        return f"{begin:<25}{local:<15}Remote {what + ':':<13}{remote:<10}\n"

    requests = sa.local_request, sa.remote_request
    return (
        f"      CE id: 0, Session-id: {sa.session_id}\n"
        f"      Local spi: {sa.local_spi:016X}       Remote spi: {sa.remote_spi:016X}\n"
        "      Status Description: Negotiation done\n"
        f"      Local id: {sa.local_id}\n"
        f"      Remote id: {sa.remote_id}\n"
        + pair("req msg id", *requests)
        + pair("next msg id", *requests)
        + pair("req queued", *requests)
        + pair("window", 5, 5)
        + f"      DPD configured for {sa.dpd_s} seconds, retry {sa.dpd_retry}\n"
        "      Fragmentation not  configured.\n"
        "      Dynamic Route Update: enabled\n"
        "      Extended Authentication not configured.\n"
        "      NAT-T is not detected  \n"
        "      Cisco Trust Security SGT is disabled\n"
        f"      Initiator of SA : {'Yes' if sa.initiator else 'No'}\n"
    )


@declared.exec("show crypto ikev2 session [detailed]", privilege=1)
def show_session(call: Call) -> str:
    """The sessions, with what they protect."""
    sas = call.router.feature(CryptoSas)
    now, detailed = call.router.clock.now(), call.has("detailed")

    def text(sa: Ikev2Sa) -> str:
        children = [flow for flow in sas.flows if flow.peer == sa.remote and flow.sas]
        status = "UP-ACTIVE" if children else "UP-IDLE"
        said = (
            f"Session-id:{sa.session_id}, Status:{status}, IKE count:1, "
            f"CHILD count:{len(children)}\n\n" + _sa_text(sa, now, detailed=detailed)
        )
        for flow in children:
            spis = [group[0].spi if group else 0 for group in (flow.inbound, flow.outbound)]
            said += (
                f"Child sa: local selector  {flow.local.address}/0 - {flow.local.last}/65535\n"
                f"          remote selector {flow.remote.address}/0 - {flow.remote.last}/65535\n"
                f"          ESP spi in/out: 0x{spis[0]:X}/0x{spis[1]:X}  \n"
            )
        return said + "\n"

    heads = (" IPv4 Crypto IKEv2 Session \n\n", " IPv6 Crypto IKEv2 Session \n\n")
    return _by_version(sas.ikev2, text, heads)


@declared.exec("show crypto ikev2 diagnose error", privilege=1)
def show_diagnose(call: Call) -> str:
    """The last errors; nothing has gone wrong that was recorded."""
    entry = call.router.config.root.find("crypto ikev2 diagnose error")
    status = "disable" if entry is None else "enable"
    kept = 50 if entry is None else entry.get("number", 50)
    return f"Exit Path Table - status: {status}, current entry 0, deleted 0, max allow {kept}\n"
