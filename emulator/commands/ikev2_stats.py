"""Showing what IKE version 2 has counted: `show crypto ikev2 stats …`."""

from ..grammar import CommandSet
from ..services.crypto_sas import CryptoSas
from ..shell.call import Call

LINE = "-" * 62
WIDE = "-" * 80

declared = CommandSet()
declared.words(
    {
        "ikev2 stats": "Show IKEv2 SA statistics",
        "stats exchange": "Show exchange and notify statistics",
        "stats ext-service": "Show external service statistics",
        "stats reconnect": "Show IKEv2 reconnect statistics",
        "stats timeout": "Show timeout statistics",
        "ikev2 count": "Show the number of IKEv2 SAs",
    }
)


@declared.exec("show crypto ikev2 stats", privilege=1)
def show_stats(call: Call) -> str:
    """The SAs that were asked for."""
    router = call.router
    tables, root = router.feature(CryptoSas), router.config.root
    most = int(root.value("crypto ikev2 limit max-sa", "number", 0))
    pending = int(root.value("crypto ikev2 limit max-in-negotiation-sa", "number", 40))
    own = sum(sa.initiator for sa in tables.ikev2)
    others = len(tables.ikev2) - own
    return (
        f"{WIDE}\n{'Crypto IKEv2 SA Statistics':>53}\n{WIDE}\n"
        f"System Resource Limit:   {0:<8} Max IKEv2 SAs: {most:<8} "
        f"Max in nego(in/out): {pending}/400\n"
        + _pair(
            "Total incoming IKEv2 SA Count:   ", others, "active:       ", others, "negotiating:", 0
        )
        + _pair("Total outgoing IKEv2 SA Count:   ", own, "active:       ", own, "negotiating:", 0)
        + _pair("Incoming IKEv2 Requests:", others, "accepted:     ", others, "rejected:   ", 0)
        + _pair("Outgoing IKEv2 Requests:", own, "accepted:     ", own, "rejected:   ", 0)
        + _pair("Rejected IKEv2 Requests:", 0, "rsrc low:     ", 0, "SA limit:   ", 0)
        + "IKEv2 packets dropped at dispatch: 0\n"
        "Incoming Requests dropped as LOW Q limit reached : 0\n"
        "Incoming IKEV2 Cookie Challenged Requests: 0\n"
        "    accepted: 0        rejected: 0        rejected no cookie: 0\n"
        "Total Deleted sessions of Cert Revoked Peers: 0\n"
        "Sessions with Quantum Resistance: 0        Manual: 0        Dynamic: 0\n"
    )


def _pair(first: str, one: int, second: str, two: int, third: str, three: int) -> str:
    return f"{first} {one:<8} {second} {two:<8} {third} {three}\n"


@declared.exec("show crypto ikev2 stats ext-service", privilege=1)
def show_ext_service(call: Call) -> str:
    """What other parts of the router did for IKEv2."""
    counts = call.router.feature(CryptoSas).counts
    parts: tuple[tuple[str, tuple[tuple[str, int, int], ...]], ...] = (
        (
            "AAA",
            (
                ("RECEIVING PSKEY", 0, 0),
                ("AUTHENTICATION USING EAP", 0, 0),
                ("START ACCOUNTING", 0, 0),
                ("STOP ACCOUNTING", 0, 0),
                ("AUTHORIZATION", 0, 0),
            ),
        ),
        (
            "IPSEC",
            (
                ("IPSEC POLICY VERIFICATION", counts.ipsec_created // 2, 0),
                ("SA CREATION", counts.ipsec_created // 2, 0),
                ("SA DELETION", counts.ipsec_deleted, 0),
            ),
        ),
        (
            "CRYPTO ENGINE",
            (
                ("DH PUBKEY GENERATED", counts.dh_exchanges, 0),
                ("DH SHARED SECKEY GENERATED", counts.dh_exchanges, 0),
                ("SIGNATURE SIGN", counts.signed, 0),
                ("SIGNATURE VERIFY", counts.verified, 0),
            ),
        ),
        (
            "PKI",
            (
                ("VERIFY CERTIFICATE", counts.verified, 0),
                ("FETCHING CERTIFICATE USING HTTP", 0, 0),
                ("FETCHING PEER CERTIFICATE USING HTTP", 0, 0),
                ("GET ISSUERS", 0, 0),
                ("GET CERTIFICATES FROM ISSUERS", 0, 0),
                ("GET DN FROM CERT", 0, 0),
            ),
        ),
        ("GKM", (("GET_POLICY", 0, 0), ("SET_POLICY", 0, 0))),
        ("PPK SKS ", (("PPK GET CAP", 0, 0), ("PPK GET KEY", 0, 0))),
        (
            "IKE PREROUTE IDB VERIFICATION",
            (("IKE PREROUTE IDB VERIFICATION", 0, 0),),
        ),
    )
    said = []
    for title, rows in parts:
        # the lines around this part are longer by one in all captures
        line = LINE + "-" * (title == "CRYPTO ENGINE")
        said.append(f"{line}\n{f'{title} OPERATION':<41}{'PASSED':>10}{'FAILED':>11}\n{line}\n")
        said += [f"{name:<41}{passed:>10}{failed:>11}\n" for name, passed, failed in rows]
    return "".join(said)


@declared.exec("show crypto ikev2 stats timeout", privilege=1)
def show_timeout(_call: Call) -> str:
    """The timers that ran out: none, for there is no loss in a lab."""
    names = (
        "EXT SERVICE TIMER",
        "AUTH TIMER",
        "PACKET MAXIMUM RETRANS TIMER",
        "DPD MAX RETRANS TIMER",
    )
    return "".join(f"{name:<37}{0}\n" for name in names)


@declared.exec("show crypto ikev2 stats reconnect", privilege=1)
def show_reconnect(_call: Call) -> str:
    """The sessions that were taken up again: none, for no client reconnects here."""
    names = (
        "Total incoming reconnect connection:",
        "Success reconnect connection:",
        "Failed reconnect connection:",
        "Reconnect capable active session count:",
        "Reconnect capable inactive session count:",
    )
    return "".join(f"{name} 0\n" for name in names)


@declared.exec("show crypto ikev2 count", privilege=1)
def show_count(call: Call) -> str:
    """How many SAs there are and were."""
    tables = call.router.feature(CryptoSas)
    sas = len(tables.ikev2)
    return (
        f" 0 Negotiating SAs\n {sas} Session\n {sas} Active SAs\n"
        f" {tables.counts.ikev2_created} Created SAs\n"
        f" {tables.counts.ikev2_deleted} Deleted SAs\n 0 Marked for Deletion SAs\n"
    )
