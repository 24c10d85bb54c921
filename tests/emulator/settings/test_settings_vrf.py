"""VRFs in the configuration."""

from collections.abc import Callable

import pytest

from getvpn.emulator.device import Router
from getvpn.emulator.testing import console

Added = Callable[[Router, str], list[str]]
Refused = Callable[[Router, str], str]

RED = """\
vrf definition RED
 address-family ipv4 unicast
  route-target both 65000:1
  route-target import 65000:2
 exit-address-family
 description the red one
 rd 65000:1
"""


def test_a_vrf_is_printed_with_its_families(router: Router, added: Added) -> None:
    assert added(router, RED) == [
        "vrf definition RED",
        " description the red one",
        " rd 65000:1",
        "  route-target export 65000:1",
        "  route-target import 65000:1",
        "  route-target import 65000:2",
    ]
    lines = router.running_lines()
    begin = lines.index("vrf definition RED")
    assert lines[begin + 3 : begin + 5] == [" !", " address-family ipv4"]


def test_a_target_goes_both_ways_when_it_is_removed_so(router: Router) -> None:
    router.merge(RED + " address-family ipv4\n  no route-target both 65000:1\n")
    targets = [line for line in router.running_lines() if "route-target" in line]
    assert targets == ["  route-target import 65000:2"]


@pytest.mark.parametrize(
    "value", ["65000", "65000:99999999999", "70000:70000", "10.0.0.1:70000", "a:1"]
)
def test_a_distinguisher_has_a_form(router: Router, refused: Refused, value: str) -> None:
    assert "% Invalid input" in refused(router, f"vrf definition RED\n rd {value}\n")


@pytest.mark.parametrize("value", ["65000:4294967295", "70000:1", "10.0.0.1:1", "1.1:5"])
def test_a_distinguisher_has_one_of_three_forms(router: Router, added: Added, value: str) -> None:
    assert f" rd {value}" in added(router, f"vrf definition RED\n rd {value}\n")


def test_a_distinguisher_is_for_one_vrf(router: Router, refused: Refused) -> None:
    said = refused(router, RED + "vrf definition BLUE\n rd 65000:1\n")
    assert said == "% Cannot set RD, check if it's unique : 65000:1\n"


def test_a_distinguisher_stays_until_it_is_removed(router: Router, refused: Refused) -> None:
    said = refused(router, RED + " rd 65000:9\n")
    assert said == '% Do "no rd" and wait for its completion before configuring a new rd.\n'


def test_interfaces_leave_a_vrf_that_goes(router: Router) -> None:
    router.merge(
        RED + "interface Loopback1\n vrf forwarding RED\n ip address 10.0.0.1 255.255.255.255\n"
    )
    loaded = router.merge("no vrf definition RED\n")
    assert loaded.output == (
        "% IPv4 and IPv6 addresses from all interfaces in VRF RED have been removed\n"
    )
    lines = router.running_lines()
    begin = lines.index("interface Loopback1")
    assert lines[begin + 1 : begin + 3] == [" no ip address", "!"]


def test_a_vrf_that_is_not_there_cannot_be_removed(router: Router, refused: Refused) -> None:
    assert refused(router, "no vrf definition RED\n") == "% No VRF named RED\n"


def test_a_name_has_at_most_32_characters(router: Router, refused: Refused) -> None:
    assert refused(router, f"vrf definition {'R' * 33}\n").startswith("% VRF name too long")


def test_a_name_is_for_one_kind_of_vrf(router: Router, refused: Refused) -> None:
    assert refused(router, RED + "ip vrf RED\n") == (
        "% VRF RED already exists as 'vrf definition RED'\n"
    )


def test_the_modes_of_a_vrf_have_their_prompts_and_exits(router: Router) -> None:
    con = console(router)
    con.run("configure terminal", "vrf definition RED")
    assert con.prompt == "Router(config-vrf)#"
    con.run("address-family ipv4")
    assert con.prompt == "Router(config-vrf-af)#"
    con.run("exit-address-family")
    assert con.prompt == "Router(config-vrf)#"
    con.run("exit-vrf")
    assert con.prompt == "Router(config)#"
