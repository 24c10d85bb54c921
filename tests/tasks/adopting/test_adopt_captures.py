"""Running configurations of others: all are read, and as much as can be of each is adopted."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from getvpn.errors import InputError
from getvpn.inventory import parse
from getvpn.tasks.adopt import Adoption, adopt

from .trips import left


@pytest.fixture(scope="module")
def configs(shared: Path) -> Path:
    """The folder of captures that has configurations."""
    return shared / "captures" / "community"


def numbered(configs: Path, numbers: Sequence[int]) -> Adoption:
    return adopt([configs / "running_config" / f"{number}.txt" for number in numbers])


def test_every_configuration_is_adopted_by_itself_or_says_why_not(configs: Path) -> None:
    refused = []
    for path in sorted([*configs.glob("running_config/*"), *configs.glob("config_input/*")]):
        try:
            adoption = adopt([path])
        except InputError as error:
            refused.append((path.name, error.hint))
            continue
        assert parse(adoption.text) == adoption.intent
        for each in adoption.differences.values():
            told = adoption.of_kind("changes") + adoption.of_kind("left out")
            assert told or not each.different
    assert refused == [("3.txt", "the key server has no IPv4 address in this group")]


def test_a_network_of_ios_15_comes_back_whole(configs: Path) -> None:
    adoption = numbered(configs, (7, 8, 9, 10))
    assert (left(adoption), adoption.complete) == ([], True)
    names = [member.name for member in adoption.intent.members]
    assert names == ["R1", "R13", "R5"]
    assert "{group: MAIN-GROUP, group_name: R13-G, sequence: 13, servers:" in adoption.text
    assert [server.external for server in adoption.intent.key_servers] == [False, True]


def test_another_network_of_ios_15_comes_back_whole(configs: Path) -> None:
    adoption = numbered(configs, (11, 12, 13))
    assert (left(adoption), adoption.complete) == ([], True)
    assert "GETKEY-A" not in adoption.text + repr(adoption)


def test_a_network_with_certificates_differs_in_one_line(configs: Path) -> None:
    adoption = numbered(configs, (4, 5, 6))
    assert [each.text for each in adoption.of_kind("changes")] == [
        "- enrollment url http://10.0.0.149:9001/scep/scep/"
    ]
    assert adoption.of_kind("left out") == ()
    shown = "\n".join(adoption.differences["cr1-1"].unified())
    assert "+ enrollment url http://10.0.0.149:9001/scep/scep\n" in f"{shown}\n"


def test_networks_that_have_nothing_to_do_with_each_other_are_adopted_together(
    configs: Path,
) -> None:
    adoption = adopt([configs / "running_config", configs / "config_input"])
    assert {group.name for group in adoption.intent.groups} >= {
        *("CUST-A-GETVPN", "MAIN-GROUP", "LAB-GDOI", "CUST-A", "CUST-B", "GETVPN", "mygroup"),
    }
    same = [name for name, each in adoption.differences.items() if not each.different]
    assert {"R1", "R13", "R5", "KS1", "CE1", "CE2", "key-server-1", "rr1", "sr1-1"} <= set(same)
    for secret in ("cisco123", "GETKEY-A", "moshin123"):
        assert secret not in adoption.text + repr(adoption) + str(adoption.skipped)
