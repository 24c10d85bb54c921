"""Names, services, the image and the chassis in the configuration."""

from collections.abc import Callable

import pytest

from getvpn.emulator.device import Router
from getvpn.emulator.services.archive import Archive
from getvpn.emulator.testing import console, make_router

Added = Callable[[Router, str], list[str]]
Refused = Callable[[Router, str], str]


def test_a_fresh_router_prints_what_loads_again_unchanged(any_router: Router) -> None:
    lines = any_router.running_lines()
    again = make_router(platform=any_router.platform.name, startup="\n".join(lines))
    assert again.running_lines() == lines


def test_loading_the_factory_text_is_refused_nowhere(any_router: Router) -> None:
    loaded = any_router.merge(any_router.platform.factory_text())
    assert loaded.rejected == ()


@pytest.mark.parametrize(
    "line",
    [
        "service password-encryption",
        "boot-start-marker",
        "boot-end-marker",
        "control-plane",
        "redundancy",
        "line con 0",
        "line aux 0",
        "line vty 0 4",
    ],
)
def test_the_lines_that_every_router_prints_are_there(any_router: Router, line: str) -> None:
    lines = any_router.running_lines()
    if line == "service password-encryption":
        assert ("no " + line in lines) == (any_router.family == "classic")
    else:
        assert line in lines


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("service timestamps log", "service timestamps log uptime"),
        ("serv time log date", "service timestamps log datetime"),
        (
            "service timestamps log datetime year show-timezone localtime msec",
            "service timestamps log datetime msec localtime show-timezone year",
        ),
        ("no service timestamps debug", "no service timestamps debug"),
        ("no service pad", "no service pad"),
        ("service tcp-keepalives-in", "service tcp-keepalives-in"),
        ("no service dhcp", "no service dhcp"),
        ("boot system flash bootflash:a.bin", "boot system flash bootflash:a.bin"),
        ("ip domain-name lab.local", "ip domain name lab.local"),
        ("ip domain name lab.local", "ip domain name lab.local"),
        ("no ip domain-lookup", "no ip domain lookup"),
        ("ip domain-list lab.local", "ip domain list lab.local"),
        ("clock timezone CET 1", "clock timezone CET 1 0"),
        ("clock timezone NST -3 30", "clock timezone NST -3 30"),
        ("clock summer-time CEST recurring", "clock summer-time CEST recurring"),
        (
            "clock summer-time CEST recurring last Sun Mar 2:00 last Sun Oct 03:00",
            "clock summer-time CEST recurring last Sun Mar 2:00 last Sun Oct 3:00",
        ),
        (
            "clock summer-time CEST date 29 Mar 2026 2:00 Oct 25 2026 3:00 60",
            None,
        ),
        (
            "clock summer-time CEST date Mar 29 2026 2:00 Oct 25 2026 3:00 30",
            "clock summer-time CEST date Mar 29 2026 2:00 Oct 25 2026 3:00 30",
        ),
        (
            "clock summer-time CEST date 29 Mar 2026 2:00 25 Oct 2026 3:00",
            "clock summer-time CEST date Mar 29 2026 2:00 Oct 25 2026 3:00",
        ),
        ("file prompt quiet", "file prompt quiet"),
        ("file prompt alert", ""),
        ("alias exec q exit", "alias exec q exit"),
        ("login on-failure", "login on-failure log"),
        (
            "login block-for 60 attempts 3 within 30",
            "login block-for 60 attempts 3 within 30",
        ),
        ("spanning-tree mode rapid-pvst", "spanning-tree mode rapid-pvst"),
    ],
)
def test_a_line_is_kept_in_its_canonical_form(
    router: Router, added: Added, refused: Refused, typed: str, kept: str | None
) -> None:
    if kept is None:
        assert "% Invalid input" in refused(router, typed)
    else:
        assert added(router, typed) == ([kept] if kept else [])


def test_boot_files_stand_between_the_markers_in_their_order(router: Router) -> None:
    router.merge("boot system bootflash:b.bin\nboot system bootflash:a.bin\n")
    lines = router.running_lines()
    begin = lines.index("boot-start-marker")
    assert lines[begin : begin + 4] == [
        "boot-start-marker",
        "boot system bootflash:b.bin",
        "boot system bootflash:a.bin",
        "boot-end-marker",
    ]
    router.merge("no boot system\n")
    assert router.running_lines()[begin + 1] == "boot-end-marker"


@pytest.mark.parametrize("line", ["no control-plane", "no redundancy", "no boot-end-marker"])
def test_what_is_always_there_cannot_be_removed(any_router: Router, line: str) -> None:
    before = any_router.running_lines()
    any_router.merge(line)
    assert any_router.running_lines() == before


def test_a_router_without_a_name_is_called_router(router: Router) -> None:
    router.merge("hostname KS1\n")
    assert console(router).prompt == "KS1#"
    router.merge("no hostname\n")
    assert console(router).prompt == "Router#"


def test_a_name_with_strange_characters_is_taken_with_a_remark(router: Router) -> None:
    said = console(router).configure("hostname KS_1\n")
    assert said == "% Hostname contains one or more illegal characters.\n\n"
    assert router.hostname == "KS_1"


def test_a_name_may_have_sixty_three_characters(router: Router, refused: Refused) -> None:
    router.merge(f"hostname {'k' * 63}\n")
    assert router.hostname == "k" * 63
    assert "^" in refused(router, f"hostname {'k' * 64}\n")


@pytest.mark.parametrize(
    ("family", "lines"),
    [
        ("isr4451", ["ip name-server 192.0.2.1 192.0.2.2 192.0.2.3"]),
        (
            "isr2911",
            [
                "ip name-server 192.0.2.1",
                "ip name-server 192.0.2.2",
                "ip name-server 192.0.2.3",
            ],
        ),
    ],
)
def test_name_servers_are_collected(family: str, lines: list[str], added: Added) -> None:
    router = make_router(platform=family)
    text = "ip name-server 192.0.2.1 192.0.2.2\nip name-server 192.0.2.3 192.0.2.1\n"
    assert added(router, text) == lines
    router.merge("no ip name-server 192.0.2.2\n")
    entry = router.config.root.find("ip name-server", None)
    assert entry is not None
    assert entry["addresses"] == ("192.0.2.1", "192.0.2.3")
    router.merge("no ip name-server\n")
    assert router.config.root.find("ip name-server", None) is None


def test_the_licence_line_tells_what_the_chassis_is(router: Router) -> None:
    router.merge("license udi pid OTHER sn 123\n")
    assert f"license udi pid ISR4451-X/K9 sn {router.serial}" in router.running_lines()


@pytest.mark.parametrize(
    ("line", "register"), [("config-register 0x2142", 0x2142), ("config-reg 0x2102", 0x2102)]
)
def test_the_configuration_register_counts_from_the_next_boot_on(
    router: Router, line: str, register: int
) -> None:
    console(router).configure(line)
    assert router.next_register == register
    assert router.config_register == 0x2102
    assert line not in router.running_lines()


def test_a_configuration_register_needs_its_prefix(router: Router, refused: Refused) -> None:
    assert "^" in refused(router, "config-register 2102\n")
    assert "^" in refused(router, "config-register 0x12345\n")


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("prompt %h-%n%p", "KS1-0#"),
        ("prompt lab%s%p", "lab #"),
        ("prompt 100%%%p", "100%#"),
        ("prompt %x", "%x"),
    ],
)
def test_the_prompt_outside_the_configuration_can_be_chosen(
    router: Router, typed: str, shown: str
) -> None:
    router.merge(f"hostname KS1\n{typed}\n")
    con = console(router)
    assert con.prompt == shown
    con.run("configure terminal")
    assert con.prompt == "KS1(config)#"
    con.run("no prompt")
    con.run("end")
    assert con.prompt == "KS1#"


def test_a_replacement_passes_over_the_licence_of_another_chassis(router: Router) -> None:
    target = "\n".join(router.running_lines()).replace(router.serial, "FGL000000AA")
    outcome = router.feature(Archive).replace(target, user="ann", origin="console")
    assert outcome.done
    assert outcome.passes == ()


def test_a_management_vrf_comes_with_a_4451_that_has_no_configuration(router: Router) -> None:
    lines = router.running_lines()
    assert "vrf definition Mgmt-intf" in lines
    assert lines[lines.index("interface GigabitEthernet0") + 1] == " vrf forwarding Mgmt-intf"
    assert "vrf definition Mgmt-intf" not in make_router(startup="hostname KS1\n").running_lines()
