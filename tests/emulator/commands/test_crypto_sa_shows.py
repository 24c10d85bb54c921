"""SAs in the tables of a router, shown as devices do and as the parsers read them."""

import re
from pathlib import Path
from typing import Any

import pytest

from getvpn.emulator.clock import ManualClock
from getvpn.emulator.device import Router
from getvpn.emulator.services.crypto_sas import (
    CryptoSas,
    Ident,
    IkeSa,
    Ikev2Sa,
    IpsecFlow,
    IpsecSa,
)
from getvpn.emulator.testing import START, Console, console, make_router

from .crypto_config import FIRST_PORT, config_for

PEER = "192.0.2.9"
OWN = "192.0.2.1"
NOBODY = "0.0.0.0"  # noqa: S104 - members of groups have no peer


def _filled(platform: str) -> Router:
    """A router with an SA of every sort, all ten seconds old."""
    clock = ManualClock(START)
    router = make_router("KS1", platform, config_for(platform), clock=clock)
    tables, port = router.feature(CryptoSas), FIRST_PORT[platform]
    tables.ike.append(
        IkeSa(
            conn_id=tables.next_ike_id(),
            local=OWN,
            remote=PEER,
            initiator=True,
            established_at=START,
            capabilities="D",
            interface=port,
        )
    )
    tables.ikev2.append(
        Ikev2Sa(
            tunnel_id=3,
            session_id=5,
            local=OWN,
            remote=PEER,
            initiator=False,
            established_at=START,
            local_spi=0x1F7B76961C3A77ED,
            remote_spi=0x1298FDE074BD724C,
            local_id=OWN,
            remote_id=PEER,
            local_request=2,
            remote_request=4,
            dpd_s=10,
            dpd_retry=2,
            interface=port,
        )
    )
    sas = [
        IpsecSa(
            conn_id=tables.next_ipsec_id(),
            spi=spi,
            transform="esp-256-aes esp-sha256-hmac",
            algorithm="AES256+SHA256",
            created_at=START,
            lifetime_s=3600,
            packets=4,
        )
        for spi in (0x658F7C11, 0x397C36EE)
    ]
    tables.flows.append(
        IpsecFlow(
            interface=port,
            map_name="MAP",
            local_address=OWN,
            peer=PEER,
            local=Ident(address="10.1.0.0", mask="255.255.0.0"),
            remote=Ident(address="10.2.0.0", mask="255.255.0.0"),
            encapsulated=4,
            decapsulated=5,
            profile="IKEPROF",
            inbound=sas[:1],
            outbound=sas[1:],
        )
    )
    clock.advance(10)
    return router


@pytest.fixture(params=["isr2911", "isr4451", "c8000v"])
def platform(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def con(platform: str) -> Console:
    return console(_filled(platform))


def _genie(parser: str, output: str, **arguments: str) -> dict[str, Any]:
    from genie.libs.parser.iosxe import show_crypto

    made = getattr(show_crypto, parser)(device=None)
    found: dict[str, Any] = made.cli(output=output, **arguments)
    return found


def test_isakmp_sas_are_listed(con: Console) -> None:
    assert con.run("show crypto isakmp sa") == (
        "IPv4 Crypto ISAKMP SA\n"
        "dst             src             state          conn-id status\n"
        "192.0.2.9       192.0.2.1       QM_IDLE           1001 ACTIVE\n"
        "\n"
        "IPv6 Crypto ISAKMP SA\n"
        "\n"
    )


def test_a_row_is_that_of_the_captures(shared: Path, con: Console) -> None:
    text = (shared / "captures/genie/crypto_isakmp_sa/2.txt").read_text()
    tables = con.router.feature(CryptoSas)
    tables.ike.clear()
    for conn_id, remote, deleted in (
        (29609, "100.13.220.2", False),
        (29188, "100.12.82.2", True),
        (29362, "100.11.106.2", False),
    ):
        tables.ike.append(
            IkeSa(
                conn_id=conn_id,
                local="100.0.10.2",
                remote=remote,
                initiator=False,
                state="MM_NO_STATE" if deleted else "QM_IDLE",
                deleted=deleted,
                established_at=START,
            )
        )

    ours = con.run("show crypto isakmp sa").splitlines()

    assert [line.rstrip() for line in ours if line] == [
        line.rstrip() for line in text.splitlines() if line.strip()
    ]


def test_genie_reads_the_isakmp_sas(con: Console) -> None:
    text = str(_genie("ShowCryptoIsakmpSa", con.run("show crypto isakmp sa")))
    for value in (OWN, PEER, "QM_IDLE", "1001", "ACTIVE"):
        assert value in text

    found = _genie("ShowCryptoIsakmpSaDetail", con.run("show crypto isakmp sa detail"))
    text = str(found)
    for value in (OWN, PEER, "'aes'", "'sha256'", "'psk'", "14", "23:59:50", "'SW'"):
        assert value in text


def test_genie_reads_the_peer(con: Console) -> None:
    output = con.run(f"show crypto isakmp peers {PEER}")

    assert PEER in str(_genie("ShowCryptoIsakmpPeer", output, peer_ip=PEER))


def test_genie_reads_the_ikev2_sas(con: Console) -> None:
    found = _genie("ShowCryptoIkev2Sa", con.run("show crypto ikev2 sa"))
    text = str(found)
    for value in (OWN, PEER, "AES-CBC", "SHA512", "86400", "'active_time': 10"):
        assert value in text
    found = _genie("ShowCryptoIkev2SaDetail", con.run("show crypto ikev2 sa detailed"))
    text = str(found)
    assert "'tunnel_id': {3:" in text
    for value in ("1F7B76961C3A77ED", "1298FDE074BD724C", "negotiation done", "'no'"):
        assert value in text
    output = con.run(f"show crypto ikev2 sa remote {PEER} detailed")
    assert output == con.run("show crypto ikev2 sa detailed")
    assert PEER not in con.run("show crypto ikev2 sa remote 192.0.2.10")


def test_the_ikev2_details_are_those_of_a_capture(shared: Path, con: Console) -> None:
    text = (shared / "captures/genie/crypto_ikev2_sa_detail/3.txt").read_text()
    block = text.split("\n\n")[0].split("      Remote subnets")[0]

    ours = con.run("show crypto ikev2 sa detailed").partition("\n\n")[2].split("\n\n")[0]

    assert _shape(ours) == _shape(block)


def _shape(text: str) -> list[str]:
    """The lines of SAs without the values that differ."""
    lines = []
    for line in text.splitlines()[2:]:
        line = re.sub(r"(?<=: )[^,]+?(?=,|\s{2}|$)", "X", line.rstrip())
        line = re.sub(r"(?<=:)\d+|\b[0-9A-F]{16}\b|\d+", "X", line)
        lines.append(re.sub(r"\s+", " ", re.sub(r"(Local|Remote) id: .*", r"\1 id: X", line)))
    return lines


def test_genie_reads_the_ikev2_session(con: Console) -> None:
    for words in ("", " detailed"):
        found = _genie("ShowCryptoIkev2Session", con.run(f"show crypto ikev2 session{words}"))
        text = str(found)
        assert "UP-ACTIVE" in text
        assert PEER in text
        assert "0x658F7C11" in text


@pytest.mark.parametrize("words", ["", " detail"])
def test_genie_reads_the_ipsec_sas(con: Console, platform: str, words: str) -> None:
    parser = "ShowCryptoIpsecSaDetail" if words else "ShowCryptoIpsecSa"
    found = _genie(parser, con.run(f"show crypto ipsec sa{words}"))

    port = found["interface"][FIRST_PORT[platform]]
    assert (port["crypto_map_tag"], port["local_addr"]) == ("MAP", OWN)
    (flow,) = port["ident"].values()
    assert flow["local_ident"]["addr"] == "10.1.0.0"
    assert (flow["peer_ip"], flow["pkts_encaps"], flow["pkts_decaps"]) == (PEER, 4, 5)
    spis = {kind: list(flow[kind]["spi"]) for kind in ("inbound_esp_sas", "outbound_esp_sas")}
    assert spis == {
        "inbound_esp_sas": ["0x658F7C11(1703902225)"],
        "outbound_esp_sas": ["0x397C36EE(964441838)"],
    }
    sa = flow["inbound_esp_sas"]["spi"]["0x658F7C11(1703902225)"]
    assert sa["transform"].strip() == "esp-256-aes esp-sha256-hmac"
    assert sa["remaining_key_lifetime"] == "(4608000/3590)"


def test_the_ipsec_sas_are_those_of_a_capture(shared: Path, con: Console) -> None:
    text = (shared / "captures/genie/crypto_ipsec_sa_detail/2.txt").read_text()
    (flow,) = con.router.feature(CryptoSas).flows
    flow.inbound.clear()
    flow.outbound.clear()

    def shape(output: str) -> list[str]:
        lines = [re.sub(r"\d+(\.\d+){3}", "A.B.C.D", line.rstrip()) for line in output.splitlines()]
        lines = [re.sub(r"(Gigabit|Crypto map tag: )[^,\s]*", r"\1X", line) for line in lines]
        return [re.sub(r"(?<![A-Z(/])\b\d+\b(?!\))", "N", line) for line in lines if line]

    assert shape(con.run("show crypto ipsec sa detail")) == shape(text)


def test_ntc_templates_reads_the_ipsec_sas(con: Console) -> None:
    from ntc_templates.parse import parse_output

    output = con.run("show crypto ipsec sa detail")
    rows = parse_output("cisco_ios", "show crypto ipsec sa detail", output)

    assert [row["sa_spi_hex"] for row in rows] == ["0x658F7C11", "0x397C36EE"]
    assert {row["current_peer"] for row in rows} == {PEER}
    assert {row["sa_replay_window_size"] for row in rows} == {"64"}


def test_sas_are_found_by_peer_map_and_interface(con: Console, platform: str) -> None:
    whole = con.run("show crypto ipsec sa")

    for words in (f"peer {PEER}", "map MAP", f"interface {FIRST_PORT[platform]}"):
        assert con.run(f"show crypto ipsec sa {words}") == whole
    for words in ("peer 192.0.2.10", "map OTHER", "interface Loopback0"):
        assert con.run(f"show crypto ipsec sa {words}") == "\nNo SAs found\n"


def test_genie_reads_the_sessions(con: Console, platform: str) -> None:
    found = _genie("ShowCryptoSession", con.run("show crypto session"))
    port = found["interface"][FIRST_PORT[platform]]
    assert port["session_status"] == "UP-ACTIVE"
    found = _genie("ShowCryptoSessionDetail", con.run("show crypto session detail"))
    port = found["interface"][FIRST_PORT[platform]]
    session = port["peer"][PEER]["port"]["500"]
    (flow,) = session["ipsec_flow"].values()
    assert flow["active_sas"] == 2
    assert flow["inbound_life_secs"] == "3590"
    local = con.run(f"show crypto session local {OWN}")
    assert _genie("ShowCryptoSessionLocal", local, ip_address=OWN)
    assert con.run(f"show crypto session remote {PEER}") == con.run("show crypto session")


def test_ntc_templates_reads_the_sessions(con: Console) -> None:
    from ntc_templates.parse import parse_output

    output = con.run("show crypto session detail")
    (row,) = parse_output("cisco_ios", "show crypto session detail", output)

    assert (row["peer"], row["session_status"]) == (PEER, "UP-ACTIVE")
    assert (row["src_host"], row["active_sa"]) == ("10.1.0.0", "2")


def test_a_session_is_that_of_a_capture(shared: Path) -> None:
    text = (shared / "captures/community/crypto_session/1.txt").read_text()
    router = make_router("CE1", "isr2911", "hostname CE1\n")
    tables = router.feature(CryptoSas)
    everything = Ident()
    customers = Ident(address="10.1.0.0", mask="255.255.0.0")
    links = Ident(address="10.1.4.0", mask="255.255.255.252")
    own = {"interface": "Ethernet0/0", "map_name": "GET-MAP", "local_address": "172.16.11.2"}
    sa = IpsecSa(
        conn_id=1,
        spi=1,
        transform="esp-256-aes esp-sha-hmac",
        algorithm="AES256+SHA",
        created_at=START,
        lifetime_s=3600,
    )
    for local, remote, permit in (
        (customers, customers, True),
        (everything, links, False),
        (links, everything, False),
    ):
        flow = IpsecFlow(
            **own,
            peer=NOBODY,
            peer_port=848,
            local=local,
            remote=remote,
            permit=permit,
            group="G",
        )
        if permit:
            flow.inbound.append(sa)
            flow.outbound.append(sa)
        tables.flows.append(flow)
    tables.ike.append(
        IkeSa(
            conn_id=1001,
            local="172.16.11.2",
            remote="10.1.4.2",
            initiator=True,
            local_port=848,
            remote_port=848,
            established_at=START,
            interface="Ethernet0/0",
        )
    )

    ours = console(router).run("show crypto session")

    captured = [line.rstrip() for line in text.splitlines() if line and "CE1#" not in line]
    assert [line.rstrip() for line in ours.splitlines() if line] == captured


def test_connections_are_those_of_a_capture(shared: Path) -> None:
    text = (shared / "captures/community/crypto_engine_connections_active/1.txt").read_text()
    router = make_router("GM1", "isr2911", "hostname GM1\n")
    tables = router.feature(CryptoSas)
    sas = [
        IpsecSa(
            conn_id=number,
            spi=1,
            transform="esp-3des esp-md5-hmac",
            algorithm="3DES+MD5",
            created_at=START,
            lifetime_s=3600,
        )
        for number in (1, 2)
    ]
    tables.flows.append(
        IpsecFlow(
            interface="GigabitEthernet0/0",
            map_name="M",
            local_address="172.16.0.0",
            peer=NOBODY,
            local=Ident(),
            remote=Ident(),
            inbound=sas[:1],
            outbound=sas[1:],
        )
    )
    for conn_id, cipher, bits, local in ((1001, "des", 56, "202.100.2.1"), (1002, "aes", 256, "")):
        tables.ike.append(
            IkeSa(
                conn_id=conn_id,
                local=local,
                remote="202.100.1.1",
                initiator=True,
                cipher=cipher,
                bits=bits,
                hash_name="sha",
                established_at=START,
            )
        )

    ours = console(router).run("show crypto engine connections active")

    captured = [line.rstrip() for line in text.splitlines() if line and "GM-1#" not in line]
    assert [line.rstrip() for line in ours.splitlines() if line] == captured


@pytest.mark.parametrize(
    ("command", "left"),
    [
        ("clear crypto isakmp", (0, 1, 2)),
        ("clear crypto isakmp 1001", (0, 1, 2)),
        ("clear crypto isakmp 1002", (1, 1, 2)),
        ("clear crypto ikev2 sa", (1, 0, 2)),
        (f"clear crypto ikev2 sa remote {PEER}", (1, 0, 2)),
        ("clear crypto sa", (1, 1, 0)),
        (f"clear crypto sa peer {PEER}", (1, 1, 0)),
        ("clear crypto sa peer 192.0.2.10", (1, 1, 2)),
        ("clear crypto sa map MAP", (1, 1, 0)),
        ("clear crypto sa vrf RED", (1, 1, 2)),
        ("clear crypto session", (0, 0, 0)),
        ("clear crypto session remote 192.0.2.10", (1, 1, 2)),
    ],
)
def test_clearing_is_silent(con: Console, command: str, left: tuple[int, int, int]) -> None:
    assert con.run(command) == ""

    tables = con.router.feature(CryptoSas)
    assert (len(tables.ike), len(tables.ikev2), sum(len(f.sas) for f in tables.flows)) == left


def test_counters_begin_anew(con: Console) -> None:
    assert con.run("clear crypto sa counters") == ""

    assert "#pkts encaps: 0, " in con.run("show crypto ipsec sa")


def test_sas_are_gone_after_a_reload(con: Console) -> None:
    con.router.stop()
    con.router.boot()

    assert con.router.feature(CryptoSas).ike == []


def test_debugging_is_switched_on_and_off(con: Console) -> None:
    assert con.run("debug crypto isakmp") == "Crypto ISAKMP debugging is on\n"
    assert con.run("undebug crypto isakmp") == "Crypto ISAKMP debugging is off\n"
    assert con.run("no debug crypto ikev2") == "IKEv2 default debugging is off\n"
