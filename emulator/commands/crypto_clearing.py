"""Clearing SAs and their counters."""

from ..grammar import CommandSet
from ..groups.clearing import clear_teks, ike_cleared
from ..services.crypto_sas import CryptoSas
from ..shell.call import Call

declared = CommandSet()
declared.words(
    {
        "clear": "Reset functions",
        "clear crypto": "Encryption subsystem",
        "clear crypto sa": "Clear all crypto SAs",
        "sa counters": "Reset the SA counters",
        "clear crypto sa map": "Clear all SAs for a given crypto map",
        "clear crypto sa map WORD": "Crypto map tag",
        "clear crypto sa peer": "Clear all SAs for a given crypto peer",
        "clear crypto sa peer A.B.C.D": "IP address of the peer",
        "clear crypto sa vrf": "VRF (Routing/Forwarding) instance",
        "clear crypto sa vrf WORD": "VRF name",
        "clear crypto isakmp": "Flush the ISAKMP database",
        "clear crypto isakmp <0-65535>": "Connection id of SA",
        "clear crypto ikev2": "IKEv2",
        "clear crypto ikev2 sa": "Clear IKEv2 SAs",
        "clear crypto ikev2 sa remote": "Clear the SAs with a peer",
        "clear crypto ikev2 sa remote A.B.C.D": "IP address of the peer",
        "clear crypto ikev2 stats": "Clear IKEv2 statistics",
        "clear crypto session": "Clear crypto sessions (tunnels)",
        "clear crypto session remote": "Clear sessions with a peer",
        "clear crypto session remote A.B.C.D": "IP address of the peer",
        "clear crypto engine": "Crypto engine",
        "clear crypto engine accelerator": "Encryption accelerator",
        "clear crypto engine accelerator counter": "Clear its counters",
        "clear crypto call": "Clear crypto call admission info",
        "clear crypto call admission": "Clear crypto call admission info",
        "clear crypto call admission statistics": "Clear its statistics",
        "clear crypto pki": "Clear PKI",
        "clear crypto pki counters": "Clear PKI Counters",
        "clear crypto pki crls": "Clear CRLs",
        "clear crypto pki benchmarks": "Clear PKI benchmark data",
        "crypto isakmp error": "Error messages",
        "crypto ipsec error": "Error messages",
        "crypto ikev2 error": "Error messages",
        "crypto ikev2 packet": "Packets",
        "crypto ikev2 internal": "Internal events",
        "crypto pki messages": "PKI Input/Output Messages",
        "crypto pki transactions": "PKI Transactions",
        "crypto pki validation": "PKI Validation Path",
    }
)


@declared.exec(
    "clear crypto sa",
    "clear crypto sa peer <peer:ipv4>",
    "clear crypto sa map <map>",
    "clear crypto sa vrf <vrf>",
    "clear crypto sa counters",
    privilege=15,
)
def clear_sa(call: Call) -> None:
    """Delete IPsec SAs, which members get anew, or begin to count anew."""
    tables = call.router.feature(CryptoSas)
    if call.has("counters"):
        tables.clear_counters()
        return
    if call.get("vrf") is None:
        tables.clear_ipsec(call.get("peer"), map_name=call.get("map"))
    if call.get("peer") is None:
        clear_teks(call.router, map_name=call.get("map"), vrf=call.get("vrf"))


@declared.exec("clear crypto isakmp [<id:0-65535>]", privilege=15)
def clear_isakmp(call: Call) -> None:
    """Delete IKE SAs."""
    tables, number = call.router.feature(CryptoSas), call.get("id")
    gone = [sa for sa in tables.ike if number in (None, sa.conn_id)]
    tables.clear_ike(number)
    ike_cleared(call.router, gone)


@declared.exec("clear crypto ikev2 sa", "clear crypto ikev2 sa remote <peer:ipv4>", privilege=15)
def clear_ikev2(call: Call) -> None:
    """Delete IKEv2 SAs."""
    _clear_ikev2(call, call.get("peer"))


@declared.exec("clear crypto session", "clear crypto session remote <peer:ipv4>", privilege=15)
def clear_session(call: Call) -> None:
    """Delete IKE and IPsec SAs."""
    tables, peer = call.router.feature(CryptoSas), call.get("peer")
    tables.clear_ipsec(peer)
    if peer is None:
        clear_teks(call.router)
    gone = [sa for sa in tables.ike if peer in (None, sa.remote)]
    tables.clear_ike(remote=peer)
    ike_cleared(call.router, gone)
    _clear_ikev2(call, peer)


def _clear_ikev2(call: Call, peer: str | None) -> None:
    tables = call.router.feature(CryptoSas)
    gone = [sa for sa in tables.ikev2 if peer in (None, sa.remote)]
    tables.clear_ikev2(peer)
    ike_cleared(call.router, gone)


@declared.exec(
    "clear crypto ikev2 stats",
    "clear crypto engine accelerator counter",
    "clear crypto call admission statistics",
    privilege=15,
)
def clear_counts(call: Call) -> None:
    """Begin to count anew."""
    call.router.feature(CryptoSas).clear_counts()
