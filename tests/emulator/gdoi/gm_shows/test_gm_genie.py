"""What genie reads in the shows of a member is what it holds."""

from typing import Any

import pytest

from getvpn.emulator.device import Router
from getvpn.emulator.testing import console

from ...commands.readers import read_by_genie
from .gm_situations import RECEIVED, SENT, STATES, rolling, settled
from .gm_states import (
    joined,
)

GENIE = (
    "show crypto gdoi",
    "show crypto gdoi detail",
    "show crypto gdoi group G1",
    "show crypto gkm",
    "show crypto gdoi gm",
    "show crypto gdoi gm acl local",
    "show crypto gdoi gm dataplan counter",
    "show crypto gdoi gm identifier",
    "show crypto gdoi gm identifier detail",
    "show crypto gdoi gm pubkey",
    "show crypto gdoi gm rekey detail",
    "show crypto gkm gm replay",
    "show crypto gdoi ipsec sa",
)
SELECTORS = GENIE[-1]


def genie(router: Router, command: str) -> Any:
    """What genie makes of a command."""
    return read_by_genie(router.platform.name, command, console(router).run(command))


GROUPS = GENIE[:4]
UNREGISTERED = ("fresh", "registering")
WRONG: tuple[tuple[tuple[str, ...], tuple[str, ...], str], ...] = (
    (UNREGISTERED, GROUPS, "wants a KEK and a list, which a member has not before it registers"),
    (("registering",), ("show crypto gdoi gm",), "does not know `Registering to`"),
    (UNREGISTERED, ("show crypto gdoi gm rekey detail",), "wants a transport"),
    (UNREGISTERED, (SELECTORS,), "wants at least one selector"),
    (("multicast",), GROUPS, "wants acknowledgements, which a published output has not"),
    (("multicast",), ("show crypto gdoi gm rekey detail",), "knows only the word Unicast"),
    (("rolling",), (SELECTORS,), "knows no check of times, which a published output has"),
    (("receiving",), (*GROUPS, "show crypto gdoi gm", SELECTORS), "knows directions of one word"),
    (("ipv6",), (SELECTORS,), "knows no addresses of IPv6"),
)
"""What genie does not read of a member in a state, and why that is its own fault."""


@pytest.mark.parametrize("command", GENIE)
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("release", ["16.12", "17.6", "17.16"])
def test_genie_reads_a_member_or_is_wrong(release: str, state: str, command: str) -> None:
    router = STATES[state](release)
    if any(state in states and command in commands for states, commands, _ in WRONG):
        with pytest.raises(Exception, match=r"Missing keys|cannot access|empty"):
            genie(router, command)
    else:
        assert genie(router, command)


def test_genie_agrees_with_the_member() -> None:
    router = rolling("17.6")
    member = joined(router)
    found = genie(router, "show crypto gdoi")["group_name"]["G1"]["group_information"]
    own = found["group_member"]["10.20.0.1"]

    assert found["rekeys_received"] == own["uncicast_rekey_received"] == member.rekeys
    assert own["active_tek_num"] == 2
    assert own["server_ip"] == own["last_rekey_server"] == "10.10.1.1"
    assert own["re_register_time_sec"] == 3137
    assert found["kek_policy"]["lifetime"] == 86_258
    keys = found["tek_policy"]["interfaces"]["GigabitEthernet0/0/1"]["ipsec_sa"]["spi"]
    assert set(keys) == {"0xA(10)", "0xB(11)"}
    lists = found["group_member_information"]["acl_download_from_ks"]
    assert lists["10.10.1.1"]["acl_list"] == [
        "access-list   deny udp any any port = 848",
        "access-list   deny tcp any port = 22 any",
        "access-list   permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255",
    ]


def test_genie_agrees_with_the_other_shows() -> None:
    router = rolling("17.6")
    gm = genie(router, "show crypto gdoi gm")["group_member"]["G1"]
    rekeys = genie(router, "show crypto gdoi gm rekey detail")["gdoi_group"]["G1"]
    keys = genie(router, "show crypto gdoi gm pubkey")["gdoi_group"]["G1"]
    replay = genie(router, "show crypto gkm gm replay")["anti_replay_information"]["group"]["G1"]
    selected = genie(settled("17.6"), SELECTORS)["sa_created_for_group"]["G1"]

    assert (gm["registered_ip"], gm["active_tek_number"]) == ("10.10.1.1", 2)
    assert rekeys["rekeys_cumulative"] == 25
    assert rekeys["rekey_sa_information"]["Current"]["my_cookie"] == "C5AC6039"
    assert keys[0]["my_cookie"] == "C5AC6039"
    assert len(keys[0]["key_data"]["key_data_info"]) == 8
    assert replay["time_based_replay"]["input_packets"] == RECEIVED
    protocols = selected["interface"]["GigabitEthernet0/0/1"]["protocol"]
    assert {name: len(rows) for name, rows in protocols.items()} == {"udp": 1, "tcp": 1, "ip": 1}


def test_genie_reads_the_flows_of_a_release_that_prints_flags() -> None:
    text = console(rolling("15.0")).run("show crypto ipsec sa")
    found = read_by_genie("isr4451", "show crypto ipsec sa", text)["interface"][
        "GigabitEthernet0/1"
    ]

    assert found["crypto_map_tag"] == "GETVPN-MAP"
    first = found["ident"][1]
    assert (first["pkts_encaps"], first["pkts_decaps"]) == (SENT, RECEIVED)
    assert set(first["inbound_esp_sas"]["spi"]) == {"0xA(10)", "0xB(11)"}
