"""The modes of GETVPN groups, and the question before one is removed."""

import pytest

from getvpn.emulator.device import Router
from getvpn.emulator.testing import console, make_router

from .getvpn_examples import KEY_SERVER

GROUP = "crypto gdoi group G\n"
PROMPTS = [
    ("crypto gdoi group G", "config-gdoi-group", "config-gkm-group"),
    ("server local", "gdoi-local-server", "gkm-local-server"),
    ("identifier", "gdoi-local-server-id", "gkm-local-server-id"),
    ("exit", "gdoi-local-server", "gkm-local-server"),
    ("sa ipsec 10", "gdoi-sa-ipsec", "gkm-sa-ipsec"),
    ("redundancy", "gdoi-coop-ks-config", "gdoi-coop-ks-config"),
    ("exit", "gdoi-local-server", "gkm-local-server"),
    ("exit", "config-gdoi-group", "config-gkm-group"),
    ("exit", "config", "config"),
]


@pytest.mark.parametrize(("platform", "place"), [("isr2911", 1), ("isr4451", 2)])
def test_every_mode_has_the_prompt_of_its_family(platform: str, place: int) -> None:
    con = console(make_router("R1", platform))
    con.run("configure terminal")
    for step in PROMPTS:
        con.run(step[0])
        assert con.prompt == f"Router({step[place]})#"


def test_a_key_server_asks_before_it_loses_a_group() -> None:
    router = make_router(startup=KEY_SERVER)
    con = console(router)
    con.run("configure terminal")
    asked = con.type(b"no crypto gdoi group GETVPN-G1\n")
    assert asked.endswith("Do you want to continue ? [yes/no]: ")
    con.type(b"no\n")
    assert "crypto gdoi group GETVPN-G1" in router.running_lines()
    assert con.prompt == f"{router.hostname}(config)#"
    con.type(b"no crypto gdoi group GETVPN-G1\n")
    con.type(b"yes\n")
    assert "crypto gdoi group GETVPN-G1" not in router.running_lines()


def test_a_member_does_not_ask(router: Router) -> None:
    router.merge(GROUP + " server address ipv4 10.0.0.1\n")
    con = console(router)
    con.run("configure terminal")
    assert con.type(b"no crypto gdoi group G\n").endswith("(config)#")
    assert "crypto gdoi group G" not in router.running_lines()
