"""The inventory for nornir: what its plugins make of it reaches the routers."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from napalm import get_network_driver
from netmiko import ConnectHandler

from getvpn.emulator import BackgroundLab
from getvpn.emulator.lab import nornir_hosts
from getvpn.emulator.lab.places import private_file
from getvpn.errors import InputError

from ..clients.devices import NETMIKO

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

LAB = """\
host_keys: {type: ed25519}
credentials: {username: netops, password: "yes", secret: "0123", privilege: 1}
devices:
  KS1:
  KS2: {platform: c8000v}
  GM1: {platform: isr2911}
"""


@pytest.fixture(scope="module")
def hosts() -> Iterator[dict[str, Any]]:
    """The hosts as the file gives them back."""
    with BackgroundLab(LAB) as lab:
        yield yaml.safe_load(yaml.safe_dump(nornir_hosts(lab.hosts())))


def _connection(host: dict[str, Any], plugin: str) -> dict[str, Any]:
    """What nornir tells a connection plugin: the host's own, then the connection's."""
    own = {name: host[name] for name in ("hostname", "port", "username", "password", "platform")}
    options = dict(host["connection_options"].get(plugin, {}))
    extras = options.pop("extras", {})
    return {**own, **options, "extras": extras}


@pytest.mark.parametrize("name", ["KS1", "KS2", "GM1"])
def test_netmiko_reaches_each_host(hosts: dict[str, Any], name: str) -> None:
    told = _connection(hosts[name], "netmiko")
    with ConnectHandler(
        device_type=told["platform"],
        host=told["hostname"],
        port=told["port"],
        username=told["username"],
        password=told["password"],
        **NETMIKO,
        **told["extras"],
    ) as device:
        assert device.find_prompt() == f"{name}>"
        device.enable()
        assert f"hostname {name}" in device.send_command("show running-config")


@pytest.mark.parametrize("name", ["KS1", "GM1"])
def test_napalm_reaches_each_host(hosts: dict[str, Any], name: str) -> None:
    told = _connection(hosts[name], "napalm")
    optional = {"port": told["port"], **NETMIKO, **told["extras"]["optional_args"]}
    driver = get_network_driver(told["platform"])(
        told["hostname"], told["username"], told["password"], optional_args=optional
    )
    driver.open()
    try:
        assert driver.get_facts()["hostname"] == name
        assert f"hostname {name}" in driver.get_config()["running"]
    finally:
        driver.close()


def test_a_host_has_the_fields_of_the_simple_inventory_and_no_others(hosts: dict[str, Any]) -> None:
    known = {
        "hostname",
        "port",
        "username",
        "password",
        "platform",
        "groups",
        "data",
        "connection_options",
    }
    options = {"hostname", "port", "username", "password", "platform", "extras"}

    for host in hosts.values():
        assert set(host) <= known
        assert all(set(each) <= options for each in host["connection_options"].values())
        assert isinstance(host["port"], int)
        assert (host["username"], host["password"]) == ("netops", "yes")


def test_the_hosts_are_plain_data(hosts: dict[str, Any]) -> None:
    assert json.loads(json.dumps(hosts)) == hosts


@pytest.mark.parametrize(
    ("name", "why"), [("absent/hosts.yml", "No such file"), ("taken", "Is a directory")]
)
def test_where_none_can_be_written_nothing_stays_behind(
    name: str, why: str, tmp_path: Path
) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(InputError, match=why) as caught:
        private_file(tmp_path / name, "password: secret")
    assert caught.value.source == str(tmp_path / name)
    assert [each.name for each in tmp_path.iterdir()] == ["taken"]
