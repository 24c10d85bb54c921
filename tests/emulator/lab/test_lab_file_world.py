"""What a lab file says of the network, of the figures of GETVPN, of keys and stations."""

from dataclasses import fields
from textwrap import dedent

import pytest

from getvpn.emulator.gdoi.parameters import Parameters
from getvpn.emulator.lab import parse_file
from getvpn.emulator.simulation.network import Line
from getvpn.errors import InputError

TWO = "devices: {KS1: , GM1: }\n"
STATIONS = "{count: 2, group: G, identity: 1, servers: [10.0.0.1], address: 172.16.0.1, secret: x}"


def test_without_a_word_of_the_network_lines_are_as_usual() -> None:
    read = parse_file(TWO)
    assert [device.line for device in read.devices] == [Line(), Line()]
    assert (read.pairs, read.keys, read.stations) == ((), (), ())
    assert read.parameters == Parameters()


def test_the_line_of_a_pair_is_as_long_as_both_access_lines_unless_it_says_otherwise() -> None:
    text = "network: {latency_ms: 4, loss: 0.5, mtu: 1400, pairs: [{between: [KS1, GM1]}]}\n"
    (pair,) = parse_file(text + TWO).pairs
    assert pair.devices == ("KS1", "GM1")
    assert pair.line == Line(latency_s=0.008, loss=0.75, mtu=1400)


def test_a_key_without_devices_is_that_of_all() -> None:
    (key,) = parse_file("keys: [{label: REKEY}]\n" + TWO).keys
    assert (key.devices, key.bits, key.exportable) == (("KS1", "GM1"), 2048, False)


def test_every_figure_can_be_given() -> None:
    usual = Parameters()
    given = {
        field.name: getattr(usual, field.name)
        for field in fields(Parameters)
        if getattr(usual, field.name) is not None
    }
    text = "".join(f"  {name}: {str(value).lower()}\n" for name, value in given.items())
    assert parse_file(f"parameters:\n{text}{TWO}").parameters == usual


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("network: [1]", 1, "network: should be a mapping"),
        ("network: {latency: 1}", 1, "network.latency: unknown key; did you mean 'latency_ms'?"),
        ("network: {latency_ms: -1}", 1, "network.latency_ms: should be a number from 0 to 60000"),
        ("network: {loss: 2}", 1, "network.loss: should be a number from 0 to 1"),
        ("network: {mtu: 68}", 1, "network.mtu: should be a number from 576 to 65535"),
        ("network:\n  pairs:\n    - {mtu: 900}", 3, "a pair needs the key 'between'"),
        ("network: {pairs: [{between: [KS1]}]}", 1, "a pair is two devices"),
        ("network: {pairs: [{between: [KS1, KS1]}]}", 1, "KS1 stands there twice"),
        ("network: {pairs: [{between: [KS1, KS9]}]}", 1, "there is no device 'KS9'"),
        (
            "network:\n  pairs:\n  - between: [KS1, GM1]\n  - between: [GM1, KS1]",
            4,
            "the pair GM1 and KS1 stands there twice",
        ),
        ("parameters: {anounce_s: 1}", 1, "unknown key; did you mean 'announce_s'?"),
        ("parameters:\n  announce_s: 0", 2, "parameters.announce_s: should be a number from 0.01"),
        ("parameters: {announce_s: .nan}", 1, "parameters.announce_s: should be a number from"),
        ("parameters: {gm_share: 1.5}", 1, "parameters.gm_share: should be a number from 0 to 1"),
        ("parameters: {missed_rekeys: 0}", 1, "parameters.missed_rekeys: should be a number from"),
        ("parameters: {missed_rekeys: 1.5}", 1, "missed_rekeys: should be a whole number"),
        ("parameters: {rekey_on_promotion: 1}", 1, "should be true or false"),
        ("keys: {REKEY: }", 1, "keys: should be a list"),
        ("keys: [{bits: 1024}]", 1, "a key needs the key 'label'"),
        ("keys: [{label: 'a b'}]", 1, "keys[0].label: should be one word of ASCII characters"),
        ("keys: [{label: R, bits: 100}]", 1, "keys[0].bits: should be a number from 360 to 4096"),
        ("keys: [{label: R, devices: [KS9]}]", 1, "there is no device 'KS9'"),
        ("keys:\n- {label: R, devices: [KS1]}\n- {label: R}", 3, "KS1 has a key 'R' already"),
        ("stations: [{}]", 1, "stations[0]: stations need the key 'count'"),
        ("stations: [{count: 0}]", 1, "stations need the key 'group'"),
        ("devices: {KS1: {wan: {delay: 1}}}", 1, "devices.KS1.wan.delay: unknown key"),
    ],
)
def test_a_mistake_is_told_with_its_place(text: str, line: int, message: str) -> None:
    whole = text if "devices: {" in text else f"{text}\n{TWO}"
    with pytest.raises(InputError) as caught:
        parse_file(whole, source="lab.yml")
    assert caught.value.lineno == line
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("count: 2", "count: 60001"), "count: should be a number from 1 to 60000"),
        (("10.0.0.1", "ks1"), "servers[0]: should be an IPv4 address"),
        (("[10.0.0.1]", "[]"), "stations need a key server"),
        (("172.16.0.1", "223.255.255.254"), "there are not 2 addresses behind it"),
        (("identity: 1", "identity: x"), "identity: should be the number of the group"),
        (("secret: x", "secret: x, inside: 10.0.0.0/16"), "should be a /24 network"),
        (("secret: x", "secret: x, inside: 223.255.255.0/24"), "there are not 2 such networks"),
        (("secret: x", "secret: x, name: 1S"), "name: should begin with a letter"),
        (("secret: x", "secret: x, name: GM"), "there is another device named GM1"),
        (("secret: x", "secret: "), "secret: should be text"),
        (("secret: x", "secret: x, speed: 1"), "speed: unknown key"),
    ],
)
def test_a_mistake_of_stations_is_told(change: tuple[str, str], message: str) -> None:
    text = f"stations: [{STATIONS.replace(*change)}]\n{TWO}"
    with pytest.raises(InputError) as caught:
        parse_file(text)
    assert message in str(caught.value)


def test_stations_of_one_name_are_refused_and_so_are_too_many() -> None:
    with pytest.raises(InputError, match="there is another device named S1"):
        parse_file(f"stations:\n- {STATIONS}\n- {STATIONS}\n{TWO}")
    many = STATIONS.replace("count: 2", "count: 40000, name: T")
    with pytest.raises(InputError, match="a lab has 60000 stations at most"):
        parse_file(dedent(f"stations:\n- {many.replace('T', 'U')}\n- {many}\n{TWO}"))
