"""Showing what encrypts: `show crypto engine`, `show crypto eli`, `show crypto call admission`."""

from typing import TYPE_CHECKING

from ..grammar import CLASSIC, CommandSet
from ..services.crypto_sas import CryptoSas, IkeSa
from ..services.sa_tables import REKEY
from ..shell.call import Call

if TYPE_CHECKING:
    from ..device import Router

CLASSIC_CAPABILITIES = "IPPCP, DES, 3DES, AES, SHA-2, IPv6, GDOI, FAILCLOSE, HA"
XE_CAPABILITIES = (
    "DES, 3DES, AES, GCM, GMAC, Manual IPsec key, OSPFv3 manual keying, RSA, IPv6, GDOI, "
    "FAILCLOSE, ESN"
)
CLASSIC_SESSIONS, XE_SESSIONS = 3200, 16_000
DH_POOL = 16_050

declared = CommandSet()
declared.words(
    {
        "show crypto engine": "Show crypto engine info",
        "engine brief": "Show all crypto engines in the system",
        "engine configuration": "Show crypto engine config",
        "engine connections": "Show connection information",
        "connections active": "Show all active crypto engine connections",
        "show crypto eli": "Encryption Layer Interface",
        "eli all": "Show all engines",
        "show crypto call": "Show crypto call admission info",
        "show crypto call admission": "Show crypto call admission info",
        "admission statistics": "Show Crypto Call Admission Control statistics",
    }
)


@declared.exec("show crypto engine connections active", privilege=1)
def show_connections(call: Call) -> str:
    """Every SA with what it has encrypted."""
    tables = call.router.feature(CryptoSas)
    # a flow of a group shows what it protects, the SA of a rekey nothing (published output)
    rows = [
        (sa, flow.local.address if flow.group else flow.local_address, sa in flow.outbound)
        for flow in tables.flows
        for sa in flow.sas
    ]
    said = [
        _row(
            sa.conn_id,
            "IPsec",
            sa.algorithm,
            sa.packets if out else 0,
            0 if out else sa.packets,
            sa.sequence,
            address,
        )
        for sa, address, out in sorted(rows, key=lambda row: row[0].conn_id)
    ]
    said += [
        _row(
            sa.conn_id, "IKE", _ike_algorithm(sa), 0, 0, 0, "" if sa.purpose == REKEY else sa.local
        )
        for sa in sorted(tables.ike, key=lambda sa: sa.conn_id)
    ]
    said += [
        _row(sa.tunnel_id + 1000, "IKEv2", f"{sa.hash_name}+AES{sa.bits}", 0, 0, 0, sa.local)
        for sa in tables.ikev2
    ]
    head = "   ID  Type    Algorithm           Encrypt  Decrypt LastSeqN IP-Address\n"
    return f"Crypto Engine Connections\n\n{head}{''.join(said)}\n"


def _row(
    number: int, kind: str, algorithm: str, out: int, into: int, sequence: int, address: str
) -> str:
    return f"{number:>5}  {kind:<7} {algorithm:<19}{out:>8} {into:>8} {sequence:>8} {address}\n"


def _ike_algorithm(sa: IkeSa) -> str:
    cipher = f"AES{sa.bits if sa.bits != 128 else ''}" if sa.cipher == "aes" else sa.cipher.upper()
    return f"{sa.hash_name.upper()}+{cipher}"


@declared.exec("show crypto engine brief", "show crypto engine configuration", privilege=1)
def show_engines(call: Call) -> str:
    """The engines: what is on board, and the software."""
    router = call.router
    board = "Virtual Private Network (VPN) Module" if router.family == CLASSIC else "IOSXE-ESG"
    product = "Onboard-VPN" if router.family == CLASSIC else "IOSXE-ESG"
    rows = [
        ("crypto engine name", board),
        ("crypto engine type", "hardware"),
        ("State", "Enabled"),
        ("Location", "onboard 0"),
        ("Product Name", product),
        ("FW Version", "1"),
        ("Time running", f"{int(router.uptime_s)} seconds"),
        ("Compression", "Yes" if router.family == CLASSIC else "No"),
        ("DES", "Yes"),
        ("3 DES", "Yes"),
        ("AES CBC", "Yes (128,192,256)"),
        ("AES CNTR", "No"),
        ("Maximum buffer length", "4096"),
        ("Maximum DH index", "0000"),
        ("Maximum SA index", "0000"),
        ("Maximum Flow index", str(2 * _sessions(router))),
        ("Maximum RSA key size", "0000"),
        ("", ""),
        ("crypto engine name", "Cisco VPN Software Implementation"),
        ("crypto engine type", "software"),
        ("serial number", f"{router.chassis.base_mac & 0xFFFFFFFF:08X}"),
        ("crypto engine state", "installed"),
        ("crypto engine in slot", "N/A"),
    ]
    return "\n" + "".join(f"{f'{name}:':>28}  {value}\n" if name else "\n" for name, value in rows)


def _sessions(router: "Router") -> int:
    return CLASSIC_SESSIONS if router.family == CLASSIC else XE_SESSIONS


@declared.exec("show crypto eli", "show crypto eli all", privilege=1)
def show_eli(call: Call) -> str:
    """The encryption hardware and its load."""
    router = call.router
    tables = router.feature(CryptoSas)
    active = sum(len(flow.sas) for flow in tables.flows)
    created, most = tables.counts.ipsec_created, _sessions(router)
    if router.family == CLASSIC:
        return (
            "Hardware Encryption : ACTIVE\n Number of hardware crypto engines = 1\n\n"
            " CryptoEngine Onboard VPN details: state = Active\n"
            f" Capability    : {CLASSIC_CAPABILITIES}\n\n"
            f" IPSec-Session : {active:>5} active, {most:>5} max, 0 failed\n\n"
        )
    exchanges, used = tables.counts.dh_exchanges, len(tables.ike) + len(tables.ikev2)
    sessions = f"{active:>5} active, {most} max, 0 failed, {created} created"
    if call.has("all"):
        return (
            "Hardware Encryption : ACTIVE\n Number of crypto engines = 2\n\n"
            " CryptoEngine IOSXE-ESG(9) details: state = Active\n"
            f" Capability    : {XE_CAPABILITIES}\n\n"
            f" IPSec-Session : {sessions}\n\n"
            " CryptoEngine Software Crypto Engine details: state = Active\n"
            " Capability    : IPPCP, DES, 3DES, AES, SEAL, GCM, GMAC, RSA, P-256, P-384, P-521\n\n"
            f" IKE-Session   : {len(tables.ike):>5} active, 12287 max, 0 failed, "
            f"{tables.counts.ike_created} created\n"
            f" IKEv2-Session : {len(tables.ikev2):>5} active, 12287 max, 0 failed, "
            f"{tables.counts.ikev2_created} created\n"
        )
    return (
        "Hardware Encryption : ACTIVE\n Number of hardware crypto engines = 1\n\n"
        " CryptoEngine IOSXE-ESG(9) details: state = Active\n"
        f" Capability    : {XE_CAPABILITIES}\n\n"
        f" IPSec-Session : {sessions}\n\n"
        " Number of DH's pregenerated = 4\n DH lifetime = 86400 seconds\n"
        f" DH calculations: P1 {exchanges}, SS {exchanges}\n\n"
        "crypto engine 1:Software Crypto Engine\n"
        f" DH in use/freeing/free - {used}/0/{DH_POOL - used}\n"
    )


@declared.exec("show crypto call admission statistics", privilege=1)
def show_admission(call: Call) -> str:
    """How many SAs were asked for, let in and turned away."""
    router = call.router
    tables, root = router.feature(CryptoSas), router.config.root
    most = int(root.value("crypto call admission limit ike sa", "number", 0))
    pending = int(root.value("crypto call admission limit ike in-negotiation-sa", "number", 40))
    ike = len(tables.ike)
    answered = sum(not sa.initiator for sa in tables.ike)
    asked = ike - answered
    sas = sum(len(flow.sas) for flow in tables.flows)
    line = "-" * 78
    return (
        f"{line}\n{'Crypto Call Admission Control Statistics':>59}\n{line}\n"
        f"System Resource Limit: {0:>8} Max IKE SAs: {most:>5} Max in nego: {pending:>5}\n"
        f"Total IKE SA Count:    {ike:>8} active: {ike:>10} negotiating: {0:>5}\n"
        f"Incoming IKE Requests: {answered:>8} accepted: {answered:>8} rejected: {0:>8}\n"
        f"Outgoing IKE Requests: {asked:>8} accepted: {asked:>8} rejected: {0:>8}\n"
        f"Rejected IKE Requests: {0:>8} rsrc low: {0:>8} Active SA limit: 0\n"
        f"{'In-neg SA limit: 0':>76}\n"
        f"IKE packets dropped at dispatch: {0:>8}\n\n"
        f"Max IPSEC SAs: {0:>5}\n"
        f"Total IPSEC SA Count:    {sas:>8} active: {sas:>10} negotiating: {0:>5}\n"
        f"Incoming IPSEC Requests: {0:>8} accepted: {0:>8} rejected: {0:>8}\n"
        f"Outgoing IPSEC Requests: {0:>8} accepted: {0:>8} rejected: {0:>8}\n\n"
        f"Phase1.5 SAs under negotiation: {0:>9}\n"
        f"SA Strength Enforcement Rejects:  incoming: {0:>8} outgoing: {0:>8}\n"
    )
