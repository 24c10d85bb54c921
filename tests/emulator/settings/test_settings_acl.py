"""Access lists in the configuration: their lines, numbers and forms in the releases."""

from collections.abc import Callable

import pytest

from getvpn.emulator.device import Router
from getvpn.emulator.services.access_lists import access_list, access_lists, permits_source
from getvpn.emulator.testing import console, make_router

Added = Callable[[Router, str], list[str]]
Refused = Callable[[Router, str], str]

OLD, NEW, CLASSIC = "isr4451", "c8000v", "isr2911"
NAMED = """\
ip access-list extended LAB
 deny   esp any any
 remark the rest
 permit ip any any
"""


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("permit ip any any", "permit ip any any"),
        ("deny 50 any any", "deny   esp any any"),
        ("permit 112 any any", "permit 112 any any"),
        ("permit 0 any any", "permit ip any any"),
        ("deny tcp any any eq 49", "deny   tcp any any eq tacacs"),
        ("deny tcp any any eq 22", "deny   tcp any any eq 22"),
        ("deny tcp any any eq 179", "deny   tcp any any eq bgp"),
        ("deny tcp any eq 443 any", "deny   tcp any eq 443 any"),
        ("deny udp any any eq 500", "deny   udp any any eq isakmp"),
        ("deny udp any any eq 848", "deny   udp any any eq 848"),
        ("deny udp any any eq 4500", "deny   udp any any eq non500-isakmp"),
        ("deny udp any any eq 123", "deny   udp any any eq ntp"),
        ("permit tcp any any eq 22 443 22", "permit tcp any any eq 22 443"),
        ("permit tcp any any range 30 20", "permit tcp any any range ftp-data 30"),
        ("permit tcp any gt 1023 any lt 80", "permit tcp any gt 1023 any lt www"),
        ("permit tcp any any neq telnet est", "permit tcp any any neq telnet established"),
        ("permit ip 10.1.2.3 0.0.0.255 any", "permit ip 10.1.2.0 0.0.0.255 any"),
        ("permit ip 10.1.2.3 0.0.0.0 any", "permit ip host 10.1.2.3 any"),
        ("permit ip 10.1.2.3 255.255.255.255 any", "permit ip any any"),
        ("permit ip host 10.1.2.3 any log", "permit ip host 10.1.2.3 any log"),
        ("permit ip 10.0.1.0 0.0.6.255 any", "permit ip 10.0.1.0 0.0.6.255 any"),
        ("permit icmp any any 8", "permit icmp any any echo"),
        ("permit icmp any any 3 4", "permit icmp any any packet-too-big"),
        ("permit icmp any any 200 7", "permit icmp any any 200 7"),
        ("permit igmp any any 3", "permit igmp any any dvmrp"),
        ("permit ip any any dscp 46 log", "permit ip any any dscp ef log"),
        ("permit ip any any log precedence 5", "permit ip any any precedence critical log"),
        ("permit ip any any tos 8", "permit ip any any tos min-delay"),
        ("permit ip any any fragments", "permit ip any any fragments"),
        ("permit ip any any ttl eq 255", "permit ip any any ttl eq 255"),
        ("permit tcp any any syn ack", "permit tcp any any ack syn"),
        ("permit ip any any time-range WORK", "permit ip any any time-range WORK"),
        ("permit ip object-group LAN any", "permit ip object-group LAN any"),
    ],
)
def test_a_line_is_printed_in_ios_form(added: Added, typed: str, printed: str) -> None:
    router = make_router(platform=CLASSIC)
    lines = added(router, f"ip access-list extended LAB\n {typed}\n")
    assert lines == ["ip access-list extended LAB", f" {printed}"]


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("permit host 10.20.1.1", "permit 10.20.1.1"),
        ("permit 10.20.1.1", "permit 10.20.1.1"),
        ("permit 10.20.1.1 0.0.0.0", "permit 10.20.1.1"),
        ("permit 10.20.1.1 0.0.0.255", "permit 10.20.1.0 0.0.0.255"),
        ("deny any log", "deny   any log"),
        ("deny 10.0.0.0 255.255.255.255", "deny   any"),
    ],
)
def test_a_line_of_a_standard_list_is_printed_in_ios_form(
    added: Added, typed: str, printed: str
) -> None:
    router = make_router(platform=CLASSIC)
    assert added(router, f"access-list 52 {typed}\n") == [f"access-list 52 {printed}"]


@pytest.mark.parametrize(
    ("platform", "lines"),
    [
        (
            OLD,
            [
                "ip access-list extended LAB",
                " deny   esp any any",
                " remark the rest",
                " permit ip any any",
            ],
        ),
        (
            NEW,
            [
                "ip access-list extended LAB",
                " 10 deny esp any any",
                " 20 remark the rest",
                " 30 permit ip any any",
            ],
        ),
    ],
)
def test_new_releases_print_the_numbers_of_lines(
    added: Added, platform: str, lines: list[str]
) -> None:
    assert added(make_router(platform=platform), NAMED) == lines


@pytest.mark.parametrize(
    ("platform", "lines"),
    [
        (OLD, ["access-list 101 permit ip any any", "access-list 101 remark x"]),
        (NEW, ["ip access-list extended 101", " 10 permit ip any any", " 20 remark x"]),
    ],
)
def test_new_releases_print_numbered_lists_as_blocks(
    added: Added, platform: str, lines: list[str]
) -> None:
    text = "access-list 101 permit ip any any\naccess-list 101 remark x\n"
    assert added(make_router(platform=platform), text) == lines


def test_an_old_release_does_not_count_remarks() -> None:
    router = make_router(platform=OLD, startup=NAMED)
    found = access_list(router.config.root, "LAB")
    assert found is not None
    assert [number for number, _ in found.entries] == [10, 20]


def test_a_line_goes_behind_the_last_or_where_its_number_says(added: Added) -> None:
    router = make_router(platform=NEW)
    text = "ip access-list extended LAB\n 25 permit ip any any\n 5 deny esp any any\n"
    text += " deny gre any any\n 30 deny ahp any any\n"
    assert added(router, text)[1:] == [
        " 5 deny esp any any",
        " 25 permit ip any any",
        " 30 deny ahp any any",
        " 35 deny gre any any",
    ]


@pytest.mark.parametrize("again", ["10 deny   esp any any", "deny 50 any any"])
def test_the_same_line_again_is_the_same_line(added: Added, again: str) -> None:
    router = make_router(platform=NEW, startup=NAMED)
    assert added(router, f"ip access-list extended LAB\n {again}\n") == []


def test_a_number_is_for_one_line(router: Router, refused: Refused) -> None:
    text = NAMED + " 10 permit gre any any\n"
    assert refused(router, text) == "% Duplicate sequence number\n"


@pytest.mark.parametrize(
    "line", ["10", "deny esp any any", "deny 50 any any", "10 deny esp any any"]
)
def test_a_line_is_removed_by_its_number_or_by_what_it_says(line: str) -> None:
    router = make_router(platform=CLASSIC, startup=NAMED)
    router.merge(f"ip access-list extended LAB\n no {line}\n")
    assert " deny   esp any any" not in router.running_lines()
    assert " permit ip any any" in router.running_lines()


def test_a_remark_is_removed_by_its_text() -> None:
    router = make_router(platform=CLASSIC, startup=NAMED)
    router.merge("ip access-list extended LAB\n no remark the rest\n")
    assert " remark the rest" not in router.running_lines()


def test_half_a_line_does_not_say_what_to_remove(router: Router, refused: Refused) -> None:
    text = NAMED + " no deny esp any\n"
    assert refused(router, text) == "% Incomplete command.\n"


def test_a_numbered_list_goes_as_a_whole(router: Router) -> None:
    router.merge("access-list 101 permit ip any any\naccess-list 101 permit esp any any\n")
    router.merge("no access-list 101 permit esp any any\n")
    assert access_list(router.config.root, "101") is None


@pytest.mark.parametrize(
    "name",
    ["standard 100", "standard 200", "extended 99", "extended 3000", "extended 1a", "standard -"],
)
def test_a_number_says_of_what_kind_a_list_is(router: Router, refused: Refused, name: str) -> None:
    assert refused(router, f"ip access-list {name}\n") == "% Invalid access list name.\n"


def test_a_name_is_for_one_list(router: Router, refused: Refused) -> None:
    assert refused(router, NAMED + "ip access-list standard LAB\n") == (
        "% A named extended IP access list with this name already exists\n"
    )


def test_a_number_that_no_list_has_is_no_input(router: Router, refused: Refused) -> None:
    assert "% Invalid input" in refused(router, "access-list 99 permit tcp any any\n")
    assert "% Invalid input" in refused(router, "access-list 5000 permit any\n")


def test_lists_are_numbered_anew_on_demand(added: Added) -> None:
    router = make_router(platform=NEW, startup=NAMED)
    assert added(router, "ip access-list resequence LAB 100 5\n") == [
        " 100 deny esp any any",
        " 105 remark the rest",
        " 110 permit ip any any",
    ]


def test_remarks_stay_in_place_when_an_old_list_is_numbered_anew() -> None:
    router = make_router(platform=CLASSIC, startup=NAMED)
    before = router.running_lines()
    router.merge("ip access-list resequence LAB 100 5\n")
    assert router.running_lines() == before
    found = access_list(router.config.root, "LAB")
    assert found is not None
    assert [number for number, _ in found.entries] == [100, 105]


def test_a_line_is_removed_by_its_text_after_its_list_was_numbered_anew() -> None:
    startup = "ip access-list extended L\n permit tcp any any\n permit udp any any\n"
    router = make_router(platform=CLASSIC, startup=startup)
    router.merge(
        "ip access-list resequence L 20 20\n"
        "ip access-list extended L\n 10 deny esp any any\n no permit tcp any any\n"
    )
    found = access_list(router.config.root, "L")
    assert found is not None
    lines = [entry.line() for _, entry in found.entries]
    assert lines == ["deny esp any any", "permit udp any any"]


def test_numbers_have_an_end(router: Router, refused: Refused) -> None:
    text = "ip access-list standard S\n 2147483640 permit any\n deny any\n"
    assert refused(router, text) == "% Sequence number exceeded the maximum\n"
    text = "ip access-list standard S\n permit 10.0.0.1\nip access-list resequence S 2147483647 1\n"
    assert refused(router, text) == "% Sequence number exceeded the maximum\n"


def test_lists_stand_by_kind_number_and_name(router: Router) -> None:
    router.merge(
        "ip access-list extended B\n permit ip any any\nip access-list standard A\n permit any\n"
        "ip access-list extended A1\n permit ip any any\naccess-list 7 permit any\n"
        "access-list 101 permit ip any any\naccess-list 52 permit any\n"
    )
    names = [found.name for found in access_lists(router.config.root)]
    assert names == ["7", "52", "A", "101", "A1", "B"]


@pytest.mark.parametrize(
    ("platform", "lines"),
    [
        (
            CLASSIC,
            [
                " deny udp any any eq 848",
                " sequence 40 deny ospf any any",
                " permit ipv6 2001:DB8:1::/48 any",
            ],
        ),
        (
            NEW,
            [
                " sequence 10 deny udp any any eq 848",
                " sequence 40 deny ospf any any",
                " sequence 50 permit ipv6 2001:DB8:1::/48 any",
            ],
        ),
    ],
)
def test_ipv6_lists_show_numbers_where_they_matter(
    added: Added, platform: str, lines: list[str]
) -> None:
    text = (
        "ipv6 access-list P6\n deny udp any any eq 848\n sequence 40 deny ospf any any\n"
        " permit ipv6 2001:db8:1:2::9/48 any\n"
    )
    assert added(make_router(platform=platform), text) == ["ipv6 access-list P6", *lines]


def test_an_ipv6_line_may_end_in_its_number(added: Added) -> None:
    text = (
        "ipv6 access-list P6\n permit ipv6 any any log sequence 50\n"
        " deny tcp any eq www any eq telnet sequence 30\n"
    )
    router = make_router(platform="c8000v")
    lines = [
        " sequence 30 deny tcp any eq www any eq telnet",
        " sequence 50 permit ipv6 any any log",
    ]
    assert added(router, text) == ["ipv6 access-list P6", *lines]
    removal = "ipv6 access-list P6\n no deny tcp any eq www any eq telnet sequence 30\n"
    console(router).configure(removal)
    assert "telnet" not in console(router).run("show running-config | section ipv6 access-list")


def test_the_modes_of_lists_have_their_prompts(router: Router) -> None:
    con = console(router)
    con.run("configure terminal", "ip access-list extended A")
    assert con.prompt == "Router(config-ext-nacl)#"
    con.run("ip access-list standard B")
    assert con.prompt == "Router(config-std-nacl)#"
    con.run("ipv6 access-list C")
    assert con.prompt == "Router(config-ipv6-acl)#"


# ---- what a list permits ----


@pytest.mark.parametrize(
    ("source", "permitted"),
    [("10.20.1.1", True), ("10.20.2.9", True), ("10.20.3.1", False), ("2001:db8::1", False)],
)
def test_a_standard_list_permits_what_its_first_fitting_line_says(
    router: Router, source: str, permitted: bool
) -> None:
    router.merge("access-list 52 permit 10.20.1.1\naccess-list 52 permit 10.20.2.0 0.0.0.255\n")
    assert permits_source(router.config.root, "52", source) is permitted


def test_a_list_that_is_not_there_permits_everything(router: Router) -> None:
    assert permits_source(router.config.root, "52", "10.0.0.1")


def test_a_list_knows_the_ports_of_its_lines(router: Router) -> None:
    router.merge(
        "ip access-list extended L\n permit udp host 10.1.1.1 eq 848 host 239.1.1.1 gt 99\n"
    )
    found = access_list(router.config.root, "L")
    assert found is not None
    ((_, entry),) = found.entries
    assert entry.source.ports is not None
    assert entry.source.ports.numbers == (848,)
    assert entry.destination is not None
    assert entry.destination.ports is not None
    assert entry.destination.ports.holds(100)
    assert not entry.destination.ports.holds(99)
