"""unicon and pyATS: learn the states of the prompt, configure, parse."""

from collections.abc import Iterator
from typing import Any

import pytest

from .devices import C8000V, ISR4K, ISRG2, Host, Start, device

pytestmark = [
    # unicon starts OpenSSH by a fork, and the lab runs in a thread of this process.
    pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning"),
]

OPTIONS = "-F none -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null"
PLATFORMS = {ISR4K: ("iosxe", None), C8000V: ("iosxe", "c8kv"), ISRG2: ("ios", None)}


def _device(host: Host, platform: str, username: str = "") -> Any:
    from pyats.topology import loader

    system, family = PLATFORMS[platform]
    entry = {
        "os": system,
        "type": "router",
        "credentials": {
            "default": {"username": username or host.username, "password": host.password},
            "enable": {"password": host.secret},
        },
        "connections": {
            "cli": {
                "protocol": "ssh",
                "ip": host.address,
                "port": host.port,
                "ssh_options": OPTIONS,
                "settings": {"GRACEFUL_DISCONNECT_WAIT_SEC": 0, "POST_DISCONNECT_WAIT_SEC": 0},
            }
        },
    }
    if family:
        entry["platform"] = family
    return loader.load({"devices": {host.name: entry}}).devices[host.name]


@pytest.fixture(params=PLATFORMS)
def platform(request: pytest.FixtureRequest) -> str:
    """The name of a platform."""
    name: str = request.param
    return name


@pytest.fixture
def router(start: Start, platform: str) -> Iterator[Any]:
    """A connected device of a testbed."""
    lab = start({"KS1": device(platform=platform)})
    connected = _device(lab.host("KS1"), platform)
    connected.connect(log_stdout=False)
    yield connected
    connected.disconnect()


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


def test_a_user_of_level_one_is_raised(host: Host) -> None:
    connected = _device(host, ISR4K, username="oper")
    connected.connect(log_stdout=False)
    try:
        assert connected.state_machine.current_state == "enable"
    finally:
        connected.disconnect()


def test_keys_are_made_and_removed_by_the_library(host: Host) -> None:
    connected = _device(host, ISR4K)
    connected.connect(log_stdout=False)
    try:
        connected.configure("crypto key generate rsa label L modulus 2048", timeout=60)
        assert "Key name: L" in connected.execute("show crypto key mypubkey rsa")
    finally:
        connected.disconnect()
