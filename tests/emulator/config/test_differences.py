"""What `show archive config differences` and `… incremental-diffs` print."""

from collections.abc import Callable
from random import Random
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from getvpn.emulator.config.differences import contextual, incremental
from getvpn.emulator.config.texttree import Node

from ...effort import calls
from .config_texts import long_text, text_of, trees

UNCHANGED = "!Contextual Config Diffs:\n!No changes were found"


def text(block: str) -> str:
    return dedent(block).lstrip("\n")


def shown(block: str) -> str:
    return text(block).rstrip("\n")


# The example of the Cisco command reference.
RUNNING = text("""
    no ip subnet-zero
    ip cef
    interface Ethernet1/0
     ip address 10.7.7.7 255.0.0.0
     no ip route-cache
     no ip mroute-cache
     duplex half
    no ip classless
    snmp-server community public RO
    end
""")
STARTUP = text("""
    ip subnet-zero
    ip cef
    ip name-server 10.4.4.4
    voice dnis-map 1
     dnis 111
    interface Ethernet1/0
     no ip address
     no ip route-cache
     no ip mroute-cache
     shutdown
     duplex half
    ip default-gateway 10.5.5.5
    ip classless
    access-list 110 deny    ip any host 10.1.1.1
    access-list 110 deny    ip any host 10.1.1.2
    access-list 110 deny    ip any host 10.1.1.3
    snmp-server community private RW
    end
""")


def test_additions_come_before_deletions_each_below_its_parents() -> None:
    assert contextual(RUNNING, STARTUP) == shown("""
        !Contextual Config Diffs:
        +ip subnet-zero
        +ip name-server 10.4.4.4
        +voice dnis-map 1
         +dnis 111
        interface Ethernet1/0
         +no ip address
         +shutdown
        +ip default-gateway 10.5.5.5
        +ip classless
        +access-list 110 deny    ip any host 10.1.1.1
        +access-list 110 deny    ip any host 10.1.1.2
        +access-list 110 deny    ip any host 10.1.1.3
        +snmp-server community private RW
        -no ip subnet-zero
        interface Ethernet1/0
         -ip address 10.7.7.7 255.0.0.0
        -no ip classless
        -snmp-server community public RO
    """)


def test_an_incremental_difference_lists_what_merging_would_add() -> None:
    assert incremental(RUNNING, STARTUP) == shown("""
        !List of Commands:
        ip subnet-zero
        ip name-server 10.4.4.4
        voice dnis-map 1
         dnis 111
        interface Ethernet1/0
         no ip address
         shutdown
        ip default-gateway 10.5.5.5
        ip classless
        access-list 110 deny    ip any host 10.1.1.1
        access-list 110 deny    ip any host 10.1.1.2
        access-list 110 deny    ip any host 10.1.1.3
        snmp-server community private RW
        end
    """)


def test_equal_texts_have_no_differences() -> None:
    assert contextual(RUNNING, RUNNING) == UNCHANGED
    assert incremental(RUNNING, RUNNING) == "!List of Commands:\nend\n!No changes were found"


def test_what_stands_above_a_configuration_and_comments_do_not_count() -> None:
    headed = text("""
        Building configuration...

        Current configuration : 5123 bytes
        !
        ! Last configuration change at 18:41:02 UTC Thu Nov 24 2016 by admin
        ! NVRAM config last updated at 18:42:00 UTC Thu Nov 24 2016 by admin
        !
    """)
    saved = "Using 5123 out of 33554432 bytes\n!\n"

    assert contextual(headed + RUNNING, saved + RUNNING) == UNCHANGED


def test_the_version_counts() -> None:
    assert contextual("version 15.2\nend", "version 17.9\nend") == shown("""
        !Contextual Config Diffs:
        +version 17.9
        -version 15.2
    """)


def test_parents_are_printed_once_for_all_that_differs_below_them() -> None:
    old = "router bgp 1\n a\n address-family ipv4\n  b\n exit-address-family\nend"
    new = "router bgp 1\n c\n address-family ipv4\n  d\n  e\n exit-address-family\n f\nend"

    assert contextual(old, new) == shown("""
        !Contextual Config Diffs:
        router bgp 1
         +c
         address-family ipv4
          +d
          +e
         +f
        router bgp 1
         -a
         address-family ipv4
          -b
    """)


def test_the_indentation_is_that_of_the_modes() -> None:
    new = "policy-map P\n    class c\n          police 8000\n"

    assert contextual("", new) == shown("""
        !Contextual Config Diffs:
        +policy-map P
         +class c
          +police 8000
    """)


def test_a_block_that_stands_twice_is_one_block() -> None:
    twice = "interface Lo0\n a\ninterface Lo1\n x\ninterface Lo0\n b\n"

    assert contextual(twice, "interface Lo1\n x\ninterface Lo0\n b\n a\n") == UNCHANGED


def test_the_order_of_most_lines_does_not_count() -> None:
    one = "ntp server 10.0.0.1\nntp server 10.0.0.2\ninterface Lo0\n a\n b\n"
    other = "interface Lo0\n b\n a\nntp server 10.0.0.2\nntp server 10.0.0.1\n"

    assert contextual(one, other) == UNCHANGED


def test_a_banner_is_one_difference() -> None:
    old = "banner motd ^C\nWelcome\n  ^C\nip cef\n"
    new = "banner motd ^C\nKeep out\n  ^C\nip cef\n"

    assert contextual(old, new) == shown("""
        !Contextual Config Diffs:
        +banner motd ^C
        +Keep out
        +  ^C
        -banner motd ^C
        -Welcome
        -  ^C
    """)


def test_a_certificate_is_shown_as_lines_below_it() -> None:
    new = "crypto pki certificate chain C\n certificate ca 01\n  30820330\n  \tquit\n"

    assert contextual("", new) == shown("""
        !Contextual Config Diffs:
        +crypto pki certificate chain C
         +certificate ca 01
          +30820330
          +quit
    """)


ENTRIES = ("deny   tcp host 10.0.0.3 any eq www", "permit tcp any any eq www")
LAST = ("permit tcp any any eq ftp", "permit udp any any eq domain")


def access_list(*entries: str) -> str:
    return "ip access-list extended Test\n" + "".join(f" {entry}\n" for entry in entries) + "end\n"


def test_entries_that_moved_are_told_as_ios_15_9_does() -> None:
    old = access_list(*ENTRIES, *LAST)
    new = access_list(LAST[0], *ENTRIES, LAST[1])

    assert contextual(old, new) == shown("""
        !Contextual Config Diffs:
        ip access-list extended Test
         +deny   tcp host 10.0.0.3 any eq www
         +permit tcp any any eq www
        !
        !The following order-dependent line(s) were re-ordered
        !ip access-list extended Test
        ! permit tcp any any eq ftp
        !End of reordered section
        !
    """)


def test_entries_that_moved_are_no_change_of_a_merge_but_a_remark() -> None:
    old = access_list(*ENTRIES, *LAST)
    new = access_list(LAST[0], *ENTRIES, LAST[1])

    assert incremental(old, new) == shown("""
        !List of Commands:
        !
        !The following order-dependent line(s) were re-ordered
        !ip access-list extended Test
        ! deny   tcp host 10.0.0.3 any eq www
        ! permit tcp any any eq www
        !End of reordered section
        !
        end
        !No changes were found
    """)


def test_an_entry_in_the_middle_is_one_addition() -> None:
    old = access_list(*ENTRIES, LAST[1])
    new = access_list(*ENTRIES, *LAST)

    assert contextual(old, new) == shown("""
        !Contextual Config Diffs:
        ip access-list extended Test
         +permit tcp any any eq ftp
    """)


def test_entries_with_numbers_are_a_set() -> None:
    old = access_list("10 permit ip any any", "20 deny   ip any any")
    new = access_list("20 deny ip any any", "10 permit ip any any")

    assert contextual(old, new) == UNCHANGED


def test_classes_that_moved_are_told_as_ios_xe_17_12_does() -> None:
    mail = " class mail\n  police rate percent 20\n    conform-action transmit\n"
    server = " class ServerMail\n  priority 64\n"

    found = contextual(f"policy-map WAN\n{mail}{server}", f"policy-map WAN\n{server}{mail}")

    assert found == shown("""
        !Contextual Config Diffs:
        policy-map WAN
         +class mail
          +police rate percent 20
           +conform-action transmit
        !
        !The following order-dependent line(s) were re-ordered
        !policy-map WAN
        ! class ServerMail
        !End of reordered section
        !
          -priority 64
    """)


@pytest.mark.parametrize(
    ("parent", "first", "second"),
    [
        ("", "access-list 101 permit ip any any", "access-list 101 deny ip any any"),
        ("ip access-list standard A", "permit 10.0.0.1", "deny any"),
        ("ipv6 access-list A", "permit ipv6 any any", "deny ipv6 any any"),
        ("aaa group server tacacs+ T", "server name A", "server name B"),
        ("crypto gdoi group G", "server address ipv4 10.0.0.1", "server address ipv4 10.0.0.2"),
        ("crypto gkm group G", "server address ipv4 10.0.0.1", "server address ipv4 10.0.0.2"),
        ("crypto map M 10 ipsec-isakmp", "set peer 10.0.0.1", "set peer 10.0.0.2"),
        ("route-map R permit 10", "match ip address A", "match ip address B"),
        ("policy-map P", "class A", "class B"),
    ],
)
def test_lists_that_are_read_from_the_top_keep_their_order(
    parent: str, first: str, second: str
) -> None:
    def listed(*lines: str) -> str:
        return "\n".join((parent, *(f" {line}" if parent else line for line in lines)))

    assert contextual(listed(first, second), listed(first, second)) == UNCHANGED
    assert "re-ordered" in contextual(listed(first, second), listed(second, first))


@pytest.mark.parametrize(
    ("parent", "first", "second"),
    [
        ("", "access-list 101 permit ip any any", "access-list 102 deny ip any any"),
        ("crypto map M 10 gdoi", "match address A", "set group G"),
        ("crypto isakmp policy 10", "encryption aes", "group 14"),
        ("class-map match-all C", "match protocol http", "description x"),
    ],
)
def test_lines_of_different_lists_have_no_order(parent: str, first: str, second: str) -> None:
    indent = " " if parent else ""

    one = f"{parent}\n{indent}{first}\n{indent}{second}"
    other = f"{parent}\n{indent}{second}\n{indent}{first}"
    assert contextual(one, other) == UNCHANGED


def test_capitals_count_unless_they_are_ignored() -> None:
    running = "interface Loopback9\n description Core\nend"
    merge = "interface loopback9\n description core\nend"

    assert incremental(running, merge) == shown("""
        !List of Commands:
        interface loopback9
         description core
        end
    """)
    assert "No changes" in incremental(running, merge, ignorecase=True)
    assert contextual(running, merge, ignorecase=True) == UNCHANGED


def test_a_negation_that_is_in_force_is_no_change() -> None:
    # napalm-ios issue 96
    running = "logging buffered 12000\nno logging console\nend"
    merge = "logging buffered 10000\nno logging console\nend"

    assert incremental(running, merge) == shown("""
        !List of Commands:
        logging buffered 10000
        end
    """)


def test_merging_an_empty_file_changes_nothing() -> None:
    # napalm leaves one behind when a merge is discarded
    assert incremental(RUNNING, "") == "!List of Commands:\nend\n!No changes were found"


def test_a_file_without_its_end_cannot_be_compared_for_a_merge() -> None:
    # napalm-ios issue 195
    assert incremental(RUNNING, "ip cef\n") == shown("""
        !List of Commands:
        Error: received error code 5 when looking for missing lines
        !Error: cfgdiff returned error 5
    """)


@given(trees)
def test_a_text_does_not_differ_from_itself(tree: tuple[Node, ...]) -> None:
    written = text_of(tree)

    assert contextual(written, written) == UNCHANGED
    assert incremental(written, written).endswith("\nend\n!No changes were found")


@given(trees, trees)
def test_what_one_text_lacks_the_other_way_round_has(
    one: tuple[Node, ...], other: tuple[Node, ...]
) -> None:
    there, back = contextual(text_of(one), text_of(other)), contextual(text_of(other), text_of(one))

    assert (there == UNCHANGED) == (back == UNCHANGED)
    if "re-ordered" not in there:
        assert signed(there, "+") == signed(back, "-")
        assert signed(there, "-") == signed(back, "+")


def signed(differences: str, sign: str) -> list[str]:
    lines = (line.lstrip() for line in differences.splitlines())
    return sorted(line[1:] for line in lines if line.startswith(sign))


@given(trees, st.randoms(use_true_random=False))
def test_the_order_of_blocks_and_settings_never_shows(tree: tuple[Node, ...], dice: Random) -> None:
    plain = tuple(each for each in tree if each.text.startswith(("interface", "alpha", "no off")))
    mixed = list(plain)
    dice.shuffle(mixed)

    assert contextual(text_of(plain), text_of(tuple(mixed))) == UNCHANGED


@pytest.mark.parametrize("compare", [contextual, incremental])
def test_the_work_grows_with_the_number_of_lines(compare: Callable[[str, str], str]) -> None:
    def work(count: int) -> int:
        old, new = long_text(count, "10.9.9.1"), long_text(count, "10.9.9.2")
        return calls(lambda: compare(old, new))

    assert work(5000) < 6 * work(1000)
