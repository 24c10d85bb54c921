"""TACACS+ and HTTP servers and the slots of a chassis, read by people's tools."""

import pytest

from .readers import PLATFORMS, STARTUP, Bench

TACACS = """\
tacacs server TAC1
 address ipv4 192.0.2.32
 key secret-key
tacacs server TAC2
 address ipv4 192.0.2.33
 port 4949
"""
HTTP = """\
ip http server
ip http port 8080
ip http authentication local
ip http timeout-policy idle 60 life 600 requests 100
"""


@pytest.fixture(params=PLATFORMS)
def bench(request: pytest.FixtureRequest) -> Bench:
    bench = Bench(request.param, STARTUP + TACACS + HTTP)
    # a C8000V has it from the beginning
    bench.configure("no ip http secure-server\nip http secure-server\n")
    return bench


def test_tacacs_servers_are_read_by_everybody(bench: Bench) -> None:
    rows = bench.textfsm("show tacacs")
    servers = [(row["tacacs_server"], row["server_port"]) for row in rows if row["tacacs_server"]]
    assert servers == [("192.0.2.32", "49"), ("192.0.2.33", "4949")]
    if bench.router.family == "xe":
        found = bench.genie("show tacacs")["server"]
        assert {name: row["server_port"] for name, row in found.items()} == {
            "TAC1": 49,
            "TAC2": 4949,
        }


def test_ntc_templates_read_the_http_servers_as_configured(bench: Bench) -> None:
    (row,) = bench.textfsm("show ip http server status")

    assert (row["server_status"], row["server_port"]) == ("Enabled", "8080")
    assert (row["auth_method"], row["server_life_timeout"]) == ("local", "600 seconds")
    assert row["max_requests_per_connection"] == "100"
    assert (row["secure_server_status"], row["secure_server_port"]) == ("Enabled", "443")
    bench.configure("no ip http server\n")
    assert bench.textfsm("show ip http server status")[0]["server_status"] == "Disabled"


def test_the_secure_server_names_its_trustpoint(bench: Bench) -> None:
    text = bench.run("show ip http server secure status")

    (point,) = [
        str(entry["name"]) for entry in bench.router.config.root.all("crypto pki trustpoint")
    ]
    assert f"HTTP secure server trustpoint: {point}\n" in text


@pytest.mark.parametrize("platform", ["isr4451", "c8000v"])
def test_genie_reads_the_slots(platform: str) -> None:
    bench = Bench(platform)
    found = bench.genie("show platform diag")

    assert found["chassis_type"] == bench.router.platform.model
    slots = bench.router.platform.identity.slots
    names = {slot.name.strip() for slot in slots}
    seen = set(found["slots"]) | {
        name for slot in found["slots"].values() for name in slot.get("sub_slots", {})
    }
    assert {name for name in names if "/" not in name} <= seen
    assert found["slots"]["R0"]["running_state"] == "ok, active"
