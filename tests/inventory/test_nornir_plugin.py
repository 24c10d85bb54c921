import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from nornir import InitNornir
from nornir.core import Nornir
from nornir.core.inventory import Defaults

from getvpn.errors import InputError
from getvpn.inventory import Intent
from getvpn.inventory.nornir_plugin import (
    devices_of,
    groups_of,
    inventory_of,
    members_of,
    role_of,
    servers_of,
)

from .networks import Document, change

G2 = {
    "name": "G2",
    "identity": 1002,
    "servers": [{"name": "KS1", "priority": 100}],
    "authentication": {"kind": "psk", "member": "env:PSK_{NAME}"},
    "policies": [{"acl": ["permit ip any any"]}],
}
TWO_GROUPS = change(
    ("groups.1", G2),
    ("members.0.os", "ios"),
    ("members.0.host", "192.0.2.9"),
    ("members.1.groups", ["G1", {"group": "G2", "passive": True}]),
)
VALUE = "Example-password"
REFERENCE = "env:GETVPN_TEST_PASSWORD"
Start = Callable[..., Nornir]


def _nornir(plugin: str, **options: Any) -> Nornir:
    return InitNornir(
        inventory={"plugin": plugin, "options": options},
        logging={"enabled": False},
        runner={"plugin": "serial"},
    )


@pytest.fixture
def intended(tmp_path: Path) -> Start:
    """Start Nornir with the inventory of an intent."""
    path = tmp_path / "network.yml"

    def start(document: Document = TWO_GROUPS, **options: Any) -> Nornir:
        path.write_text(yaml.safe_dump(document), "utf-8")
        return _nornir("GetvpnInventory", path=str(path), **options)

    return start


@pytest.fixture
def simple(tmp_path: Path) -> Start:
    """Start Nornir with SimpleInventory."""

    def start(hosts: Document, groups: Document | None = None) -> Nornir:
        (tmp_path / "hosts.yaml").write_text(yaml.safe_dump(hosts, sort_keys=False), "utf-8")
        (tmp_path / "groups.yaml").write_text(yaml.safe_dump(groups or {"none": {}}), "utf-8")
        (tmp_path / "defaults.yaml").write_text("username: admin\n", "utf-8")
        return _nornir(
            "SimpleInventory",
            host_file=str(tmp_path / "hosts.yaml"),
            group_file=str(tmp_path / "groups.yaml"),
            defaults_file=str(tmp_path / "defaults.yaml"),
        )

    return start


def _names(nornir: Nornir) -> list[str]:
    return list(nornir.inventory.hosts)


def test_every_device_of_the_intent_is_a_host_in_groups_of_role_and_group(intended: Start) -> None:
    nornir = intended(username="admin", port=2222)

    hosts = nornir.inventory.hosts
    assert {name: [group.name for group in host.groups] for name, host in hosts.items()} == {
        "KS1": ["key_servers", "G1", "G2"],
        "KS2": ["key_servers", "G1"],
        "GM1": ["members", "G1"],
        "GM2": ["members", "G1", "G2"],
    }
    assert hosts["GM2"].data == {
        "getvpn_role": "member",
        "getvpn_groups": ["G1", "G2"],
        "os": "ios-xe",
        "release": "17.9",
    }
    assert (hosts["GM1"].hostname, hosts["GM2"].hostname) == ("192.0.2.9", "GM2")
    assert (hosts["GM1"].username, hosts["GM1"].port) == ("admin", 2222)


def test_connection_plugins_find_their_own_names_of_platforms(intended: Start) -> None:
    hosts = intended().inventory.hosts

    assert (hosts["GM1"].platform, hosts["GM2"].platform) == ("cisco_ios", "cisco_xe")
    found = {
        plugin: hosts["GM2"].get_connection_parameters(plugin).platform
        for plugin in ("netmiko", "napalm", "scrapli", "other")
    }
    assert found == {
        "netmiko": "cisco_xe",
        "napalm": "ios",
        "scrapli": "cisco_iosxe",
        "other": "cisco_xe",
    }


def test_the_password_is_a_reference(
    intended: Start, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("GETVPN_TEST_PASSWORD", VALUE)

    with caplog.at_level(logging.DEBUG):
        nornir = intended(username="admin", password=REFERENCE)

    assert nornir.inventory.hosts["GM1"].get_connection_parameters("x").dict()["password"] == VALUE
    assert VALUE not in caplog.text
    with pytest.raises(InputError, match="no reference"):
        intended(password=VALUE)


def test_a_mistake_in_the_intent_is_told_with_its_place(intended: Start) -> None:
    with pytest.raises(InputError, match=r"network\.yml:.*: members\[0\]\.wan\.mut: unknown key"):
        intended(change(("members.0.wan.mut", 1500)))


def test_a_group_cannot_be_called_as_a_role() -> None:
    document = change(("groups.0.name", "members"), ("members", []))

    with pytest.raises(InputError, match="those of roles"):
        inventory_of(Intent.model_validate(document))


def test_an_inventory_can_be_made_of_an_intent_without_a_file() -> None:
    inventory = inventory_of(Intent.model_validate(TWO_GROUPS), Defaults(username="admin"))

    assert inventory.hosts["KS1"].username == "admin"


HOSTS: Document = {
    "KS1": {"data": {"getvpn_groups": ["G1", "G2"], "getvpn_role": "key_server"}},
    "KS2": {"groups": ["servers"]},
    "GM1": {"data": {"getvpn_groups": "G1", "getvpn_role": "member"}},
    "GM2": {"data": {"getvpn_groups": "G1, G2", "getvpn_role": "member"}},
    "SWITCH": {"data": {"site": "north"}},
}
SERVERS: Document = {"servers": {"data": {"getvpn_groups": ["G1"], "getvpn_role": "key_server"}}}


def _selections(nornir: Nornir) -> list[list[str]]:
    return [
        _names(members_of(nornir, "G1")),
        _names(members_of(nornir, "G2")),
        _names(servers_of(nornir, "G1")),
        _names(servers_of(nornir, "G2")),
        _names(devices_of(nornir, "G2")),
        _names(devices_of(nornir, role="key_server")),
        _names(devices_of(nornir)),
        _names(members_of(nornir, "G3")),
    ]


def test_other_inventories_give_the_same_selections(intended: Start, simple: Start) -> None:
    expected = [
        ["GM1", "GM2"],
        ["GM2"],
        ["KS1", "KS2"],
        ["KS1"],
        ["KS1", "GM2"],
        ["KS1", "KS2"],
        ["KS1", "KS2", "GM1", "GM2"],
        [],
    ]

    assert _selections(intended()) == expected
    assert _selections(simple(HOSTS, SERVERS)) == expected


def test_custom_fields_of_netbox_and_nautobot_count_as_data(simple: Start) -> None:
    fields = {"getvpn_groups": ["G1"], "getvpn_role": "member"}
    nornir = simple(
        {
            "GM1": {"data": {"custom_fields": fields}},
            "GM2": {"data": {"pynautobot_dictionary": {"custom_fields": fields}}},
            "GM3": {"data": {"custom_fields": {"getvpn_groups": None}}},
            "GM4": {"data": {"getvpn_groups": 7, "getvpn_role": "gm"}},
        }
    )

    assert _names(members_of(nornir, "G1")) == ["GM1", "GM2"]
    hosts = nornir.inventory.hosts
    assert (groups_of(hosts["GM3"]), role_of(hosts["GM3"])) == ((), None)
    assert (groups_of(hosts["GM4"]), role_of(hosts["GM4"])) == ((), None)
