"""The intent that ships with the package is that of the example lab."""

from dataclasses import replace
from pathlib import Path

import fastjsonschema
import pytest
import yaml

from getvpn import device_config, parse_config
from getvpn.inventory import Secrets, load
from getvpn.inventory.schema import schema
from getvpn.parsers.config import AclEntry, DeviceConfig
from getvpn.tasks.render import render

KEYS = {
    "EXAMPLE_PSK_COOP": "Example-coop-key",
    **{f"EXAMPLE_PSK_GM{number}": f"Example-member-{number}" for number in range(1, 9)},
}
DEVICES = ["KS1", "KS2", *(f"GM{number}" for number in range(1, 9))]


@pytest.fixture(scope="module")
def folder(root: Path) -> Path:
    return root / "inventory" / "example"


@pytest.fixture(scope="module")
def texts(folder: Path) -> dict[str, str]:
    return render(load(folder / "network.yml"), Secrets(environ=KEYS))


def _read(text: str) -> DeviceConfig:
    return device_config(parse_config(text))


def _lists(config: DeviceConfig) -> dict[str, list[AclEntry]]:
    """The entries of all lists; not every release numbers them."""
    return {
        name: [replace(entry, sequence=None) for entry in found.entries]
        for name, found in config.access_lists.items()
    }


def test_editors_find_nothing_wrong_in_the_example(folder: Path) -> None:
    document = yaml.safe_load((folder / "network.yml").read_text("utf-8"))

    fastjsonschema.compile(schema(), use_default=False)(document)


@pytest.mark.parametrize("name", DEVICES)
def test_the_example_says_what_the_lab_is(name: str, folder: Path, texts: dict[str, str]) -> None:
    lab = _read((folder / "lab" / f"{name.lower()}.cfg").read_text("utf-8"))
    intended = _read(texts[name])

    assert list(texts) == DEVICES
    assert intended.key_servers == lab.key_servers
    assert intended.group_members == lab.group_members
    assert intended.isakmp_policies == lab.isakmp_policies
    assert intended.isakmp_keys == lab.isakmp_keys
    assert intended.isakmp_keepalive == lab.isakmp_keepalive
    assert intended.transform_sets == lab.transform_sets
    assert intended.ipsec_profiles == lab.ipsec_profiles
    assert _lists(intended) == _lists(lab)
    assert intended.crypto_maps == lab.crypto_maps
    assert set(intended.interfaces) == set(lab.interfaces)
    for interface, view in intended.interfaces.items():
        other = lab.interfaces[interface]
        assert (view.mtu, view.tcp_adjust_mss) == (other.mtu, other.tcp_adjust_mss)
    assert list(intended.problems) == []


def test_the_keys_are_those_of_the_lab(folder: Path, texts: dict[str, str]) -> None:
    for name, text in texts.items():
        lab = (folder / "lab" / f"{name.lower()}.cfg").read_text("utf-8")
        lines = [line.split() for line in lab.splitlines() if line.startswith("crypto isakmp key")]
        keys = [line.split() for line in text.splitlines() if line.startswith("crypto isakmp key")]
        assert keys == lines
