"""Which devices are meant, and how they are reached."""

import logging
from pathlib import Path

import pytest

from getvpn.errors import InputError, UsageError
from getvpn.tasks.comparing.live import fleet_of_devices
from getvpn.tasks.fleet.inventories import (
    MAX_BYTES,
    fleet_of_addresses,
    fleet_of_files,
    fleet_of_intent,
    narrowed,
    parse_address,
)

from ..networks import network


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("ks1", (None, "ks1", None)),
        ("bob@ks1.example.net", ("bob", "ks1.example.net", None)),
        ("192.0.2.1:2222", (None, "192.0.2.1", 2222)),
        ("bob@192.0.2.1:2222", ("bob", "192.0.2.1", 2222)),
        ("2001:db8::1", (None, "2001:db8::1", None)),
        ("::1", (None, "::1", None)),
        ("[2001:db8::1]", (None, "2001:db8::1", None)),
        ("bob@[2001:db8::1]:2222", ("bob", "2001:db8::1", 2222)),
        ("[fe80::1%eth0]:22", (None, "fe80::1%eth0", 22)),
    ],
)
def test_an_address_has_a_user_and_a_port_if_they_are_named(
    text: str, parts: tuple[str | None, str, int | None]
) -> None:
    assert parse_address(text) == parts


@pytest.mark.parametrize(
    "text",
    [
        *("", "@ks1", "bob@", "ks1:", "ks1:0", "ks1:70000", "ks1:x", "ks 1", "-oProxyCommand=x"),
        *("[ks1]", "[::1", "ks1/24", "ks1\n", "a@b@c", "bob@-x", ":", "1:2:3", "::1]:22"),
    ],
)
def test_this_is_no_address(text: str) -> None:
    with pytest.raises(UsageError, match=r"is no address; write HOST, HOST:PORT or \[IPv6\]:PORT"):
        parse_address(text)


@pytest.mark.parametrize(
    "text", ["bob:s3cret@192.0.2.1", "bob:s3cret@[::1]:22", ":s3cret@", "a@b:s3cret@c"]
)
def test_a_password_in_an_address_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(UsageError, match="a password is no part of an address") as refused:
        parse_address(text)
    assert "s3cret" not in str(refused.value)
    assert "--password-from" in str(refused.value)


def test_devices_by_address_are_called_by_it() -> None:
    hosts = fleet_of_addresses(["bob@192.0.2.1:2222", "ks1"]).inventory.hosts

    assert list(hosts) == ["192.0.2.1:2222", "ks1"]
    first = hosts["192.0.2.1:2222"]
    assert (first.hostname, first.port, first.username) == ("192.0.2.1", 2222, "bob")


def test_an_address_that_is_given_twice_is_one_device() -> None:
    assert len(fleet_of_addresses(["ks1", "ks1"]).inventory.hosts) == 1


@pytest.fixture
def hosts(tmp_path: Path) -> Path:
    path = tmp_path / "hosts.yaml"
    path.write_text("KS1: {hostname: 192.0.2.1, groups: [hub]}\nGM1: {}\nGM2: {port: 2222}\n")
    (tmp_path / "groups.yaml").write_text("hub: {username: bob}\n")
    (tmp_path / "defaults.yaml").write_text("username: amy\n")
    return path


def test_groups_and_defaults_beside_the_hosts_belong_to_them(hosts: Path) -> None:
    found = fleet_of_files(hosts).inventory.hosts

    assert {name: host.username for name, host in found.items()} == {
        "KS1": "bob",
        "GM1": "amy",
        "GM2": "amy",
    }


def test_a_hosts_file_may_stand_alone(tmp_path: Path) -> None:
    (tmp_path / "lab.yml").write_text("R1: {hostname: 127.0.0.1, port: 2222}\n")

    assert fleet_of_files(tmp_path / "lab.yml").inventory.hosts["R1"].port == 2222


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("KS1: [\n", r"hosts\.yaml:2:1: "),
        ("KS1: {a: b: c}\n", r"hosts\.yaml:1:"),
        ("- KS1\n", "is no hosts file of SimpleInventory"),
        ("KS1: 3\n", "is no hosts file of SimpleInventory"),
        ("{}\n", "names no hosts"),
        ("", "names no hosts|is no hosts file"),
        ("KS1: {groups: [spokes]}\n", "there is no group 'spokes'"),
    ],
)
def test_a_mistake_in_a_hosts_file_is_one_line(hosts: Path, text: str, words: str) -> None:
    hosts.write_text(text)

    with pytest.raises(InputError, match=words) as caught:
        fleet_of_files(hosts)
    assert "\n" not in str(caught.value)


def test_a_hosts_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere\.yml: there is no such file"):
        fleet_of_files(tmp_path / "nowhere.yml")


@pytest.mark.parametrize("name", ["hosts.yaml", "groups.yaml", "defaults.yaml"])
def test_a_hosts_file_of_no_reasonable_size_is_not_read(hosts: Path, name: str) -> None:
    hosts.write_text("KS1: {}\n")
    large = hosts.with_name(name)
    with large.open("ab") as file:
        file.truncate(MAX_BYTES + 1)

    with pytest.raises(InputError, match=rf"{name}: is larger than 16 MiB"):
        fleet_of_files(hosts)


def test_the_devices_of_an_intent_have_their_roles(root: Path) -> None:
    hosts = fleet_of_intent(root / "inventory/example/network.yml").inventory.hosts

    assert hosts["KS1"].data["getvpn_role"] == "key_server"
    assert {host.data["getvpn_role"] for host in hosts.values()} == {"key_server", "member"}


def test_names_and_patterns_choose_devices_in_the_order_of_the_inventory(hosts: Path) -> None:
    fleet = fleet_of_files(hosts)

    for patterns, names in (
        ((), ["KS1", "GM1", "GM2"]),
        (("GM*", "KS1"), ["KS1", "GM1", "GM2"]),
        (("GM?",), ["GM1", "GM2"]),
        (("GM2",), ["GM2"]),
        (("[GK]?1",), ["KS1", "GM1"]),
    ):
        assert list(narrowed(fleet, patterns).inventory.hosts) == names


def test_a_name_that_chooses_nobody_is_told_with_the_nearest(hosts: Path) -> None:
    with pytest.raises(UsageError, match=r"has no host 'GM3'; did you mean 'GM2'\?"):
        narrowed(fleet_of_files(hosts), ["KS1", "GM3"])


def test_a_fleet_can_run_tasks(hosts: Path) -> None:
    for fleet in (fleet_of_files(hosts), fleet_of_addresses(["ks1"])):
        assert not fleet.run(lambda _: "fine").failed


@pytest.mark.parametrize(("debug", "kept_back"), [("", True), ("1", False)])
def test_traces_of_nornir_are_kept_back_unless_they_are_wanted(
    monkeypatch: pytest.MonkeyPatch, debug: str, kept_back: bool
) -> None:
    log = logging.getLogger("nornir")
    monkeypatch.setattr(log, "handlers", [])
    monkeypatch.setenv("GETVPN_DEBUG", debug)
    for _ in range(2):
        fleet_of_devices(network(), ["KS1"])
    assert [type(each) for each in log.handlers] == [logging.NullHandler] * kept_back
