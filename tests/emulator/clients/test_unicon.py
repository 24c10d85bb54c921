"""unicon and pyATS: learn the states of the prompt, configure, parse."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .devices import C8000V, ISR4K, ISRG2, PATIENCE_S, Host, Start, device
from .testbeds import PLATFORMS, connected

pytestmark = [
    # unicon starts OpenSSH by a fork, and the lab runs in a thread of this process.
    pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning"),
]


def _flash(platform: str) -> str:
    return "flash:" if platform == ISRG2 else "bootflash:"


@pytest.fixture(params=PLATFORMS)
def platform(request: pytest.FixtureRequest) -> str:
    """The name of a platform."""
    name: str = request.param
    return name


@pytest.fixture
def router(start: Start, platform: str, tmp_path: Path) -> Iterator[Any]:
    """A connected device of a testbed."""
    lab = start({"KS1": device(platform=platform, settings={"boot_s": 0.5})})
    device_of_testbed = connected(lab.host("KS1"), platform, tmp_path)
    yield device_of_testbed
    device_of_testbed.disconnect()


def test_it_connects_configures_and_parses(router: Any) -> None:
    assert router.state_machine.current_state == "enable"
    assert router.parse("show version")["version"]["hostname"] == "KS1"
    brief = router.parse("show ip interface brief")["interface"]
    assert brief["Loopback0"]["ip_address"] == "10.255.0.1"

    router.configure(["interface Loopback9", "description from a testbed"])
    text = router.execute("show running-config interface Loopback9")
    assert "description from a testbed" in text


def test_it_moves_between_the_states_of_the_prompt(router: Any) -> None:
    machine, cli = router.cli.state_machine, router.cli
    for state in ("config", "enable", "disable", "enable"):
        machine.go_to(state, cli.spawn, context=cli.context)
        assert machine.current_state == state


def test_bad_lines_and_commands_are_errors(router: Any) -> None:
    from unicon.core.errors import SubCommandFailure

    with pytest.raises(SubCommandFailure):
        router.execute("show bogus")
    with pytest.raises(SubCommandFailure):
        router.configure("bogus words")
    router.cli.state_machine.go_to("enable", router.cli.spawn, context=router.cli.context)


def test_a_user_of_level_one_is_raised(host: Host, tmp_path: Path) -> None:
    router = connected(host, ISR4K, tmp_path, username="oper")
    try:
        assert router.state_machine.current_state == "enable"
    finally:
        router.disconnect()


@pytest.mark.parametrize("platform", [ISR4K, C8000V], indirect=True)
def test_it_configures_in_the_modes_of_crypto(router: Any) -> None:
    lines = [
        "crypto ipsec transform-set T esp-aes 256 esp-sha256-hmac",
        "crypto ipsec profile P",
        "set transform-set T",
        "crypto gdoi group G",
        "identity number 7",
        "server local",
        "sa ipsec 1",
        "profile P",
        "redundancy",
        "local priority 10",
    ]
    router.configure(lines)

    assert router.state_machine.current_state == "enable"
    shown = router.execute("show running-config | section crypto")
    for line in ("  sa ipsec 1", "   profile P", "  redundancy", "   local priority 10"):
        assert line in shown.splitlines()


def test_it_parses_what_the_router_is(router: Any, platform: str) -> None:
    addresses = router.parse("show ip interface")
    wan = next(name for name in addresses if "192.0.2.1/24" in addresses[name].get("ipv4", {}))

    assert router.parse("show interfaces")[wan]["description"] == "WAN"
    routes = router.parse("show ip route")["vrf"]["default"]["address_family"]["ipv4"]["routes"]
    assert {"0.0.0.0/0", "192.0.2.0/24", "10.255.0.1/32"} <= set(routes)
    assert wan in router.parse("show arp")["interfaces"]
    lists = router.parse("show access-lists")["POLICY"]["aces"]
    assert lists["10"]["actions"]["forwarding"] == "deny"
    assert router.parse("show clock")["timezone"] == "UTC"
    assert "192.0.2.254" in router.parse("show ntp associations")["peer"]
    (user,) = router.parse("show users")["line"].values()
    assert (user["user"], user["active"]) == ("admin", True)
    assert router.parse("show inventory")["main"]["chassis"]
    assert router.parse("show processes cpu")["one_min_cpu"] >= 0
    assert router.parse("show boot")["active"]["configuration_register"] == "0x2102"
    assert router.parse("dir")["dir"]["dir"] == ("flash0:/" if platform == ISRG2 else "bootflash:/")


def test_it_learns_what_the_router_does(router: Any) -> None:
    router.configure(["vrf definition OTHER", "rd 65001:1", "address-family ipv4"])

    assert router.learn("vrf").info["vrfs"]["OTHER"]["route_distinguisher"] == "65001:1"
    learnt = router.learn("interface").info
    assert "WAN" in {one.get("description") for one in learnt.values()}
    assert "POLICY" in router.learn("acl").info["acls"]
    assert router.learn("platform").chassis
    assert "hostname KS1" in router.learn("config")


def test_it_copies_pings_and_traces(router: Any, platform: str) -> None:
    flash = _flash(platform)
    said = router.copy(source="running-config", dest=flash, dest_file="saved.cfg")
    assert " bytes copied in " in said
    assert "saved.cfg" in router.execute(f"dir {flash}")
    assert "[OK]" in router.copy(source="running-config", dest="startup-config")

    assert "100 percent (5/5)" in router.ping("192.0.2.1")
    assert "100 percent (3/3)" in router.ping(addr="192.0.2.1", count=3, size=200)
    assert "192.0.2.1" in router.traceroute("192.0.2.1")


@pytest.mark.parametrize("platform", [ISR4K, ISRG2], indirect=True)
def test_it_waits_for_a_reload(router: Any) -> None:
    router.configure(["interface Loopback9", "description kept"])
    router.copy(source="running-config", dest="startup-config")
    router.configure(["interface Loopback9", "description lost"])
    for name in ("RELOAD_WAIT", "POST_RELOAD_WAIT", "RELOAD_POSTCHECK_INTERVAL"):
        setattr(router.settings, name, 1)

    assert router.reload(timeout=PATIENCE_S, prompt_recovery=False)
    text = router.execute("show running-config interface Loopback9")
    assert "description kept" in text


@pytest.mark.checklist(89, 90)
def test_the_library_makes_exports_and_removes_keys(start: Start, tmp_path: Path) -> None:
    from unicon.core.errors import SubCommandFailure

    lab = start({"KS1": device(platform=C8000V)})
    router = connected(lab.host("KS1"), C8000V, tmp_path)
    made = {"key_type": "rsa", "modulus": 2048, "timeout": PATIENCE_S}
    taken = ("terminal", "3des", "cisco123")

    def data(name: str) -> str:
        keys = router.parse("show crypto key mypubkey rsa")["keys"].values()
        return next((str(key["key_type"]) for key in keys if key["key_name"] == name), "")

    try:
        router.api.generate_crypto_key(**made, key_label="L", exportable=True)
        first = data("L")
        exported = router.api.crypto_key_export("rsa", "L", *taken)
        assert "-----BEGIN RSA PRIVATE KEY-----" in exported

        router.api.generate_crypto_key("rsa", key_label="L", timeout=PATIENCE_S)
        assert data("L") not in {"", first}
        with pytest.raises(SubCommandFailure, match="not exportable"):
            router.api.crypto_key_export("rsa", "L", *taken)

        router.api.crypto_key_zeroize("rsa", "L")
        assert data("L") == ""
    finally:
        router.disconnect()
