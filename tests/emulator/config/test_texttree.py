"""A configuration text read as a tree of lines."""

import tracemalloc
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from getvpn.emulator.config.texttree import (
    MAX_CHARACTERS,
    MAX_DEPTH,
    MAX_LINES,
    Node,
    commands_of,
    is_header,
    parse,
)
from getvpn.errors import InputError

CHAIN = """\
crypto pki certificate chain CA
 certificate self-signed 01
  30820330 30820218 A0030201 02020101 300D0609 2A864886 F70D0101 05050030
  2F312D30 2B060355
  \tquit
 certificate ca 02 nvram:CA#1.cer
ip cef
"""


def shape(nodes: Iterable[Node]) -> list[object]:
    """Nodes as nested lists of their lines."""
    found: list[object] = []
    for node in nodes:
        found.append(node.text)
        if node.children:
            found.append(shape(node.children))
    return found


def lines_of(text: str) -> list[str]:
    return [line for node in parse(text).nodes for line in commands_of(node, 0)]


def test_a_line_stands_below_the_nearest_line_that_is_indented_less() -> None:
    text = """\
router bgp 65000
 bgp log-neighbor-changes
 !
 address-family ipv4
  network 10.0.0.0
    deep 1
 exit-address-family
!
ip cef
"""

    assert shape(parse(text).nodes) == [
        "router bgp 65000",
        [
            "bgp log-neighbor-changes",
            "address-family ipv4",
            ["network 10.0.0.0", ["deep 1"]],
            "exit-address-family",
        ],
        "ip cef",
    ]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("indent", [" ", "  ", "\t"])
def test_line_ends_and_tabs_make_no_difference(line_end: str, indent: str) -> None:
    text = line_end.join(["interface Loopback0", f"{indent}ip address 10.0.0.1 255.255.255.255  "])

    assert shape(parse(text).nodes) == [
        "interface Loopback0",
        ["ip address 10.0.0.1 255.255.255.255"],
    ]


def test_an_indented_first_line_is_a_global_one() -> None:
    assert shape(parse("  hostname R1\nip cef").nodes) == ["hostname R1", "ip cef"]


def test_comments_and_empty_lines_are_no_commands_and_close_no_block() -> None:
    text = "! Last configuration change\n\ninterface Loopback0\n!\n description a!b\n"

    assert shape(parse(text).nodes) == ["interface Loopback0", ["description a!b"]]


@pytest.mark.parametrize(
    ("text", "ended"),
    [
        ("ip cef\nend\n", True),
        ("ip cef\r\nend \r\n\r\nR1#", True),
        ("ip cef", False),
        ("event manager applet A\n end", False),
        ("banner motd ^C\nend\n^C\n", False),
    ],
)
def test_only_a_global_end_closes_a_text(text: str, ended: bool) -> None:
    assert parse(text).ended is ended


def test_nothing_counts_behind_the_end() -> None:
    assert shape(parse("ip cef\nend\nno ip cef\n").nodes) == ["ip cef"]


@pytest.mark.parametrize(
    "banner",
    [
        "banner motd ^C\n  Keep out \n!\n end\n^C",
        "banner motd \x03\n  Keep out \n!\n end\n\x03",
        "banner motd ^C\n  Keep out \n!\n end\n\x03 and this is lost",
        "banner motd @\n  Keep out \n!\n end\n@",
    ],
)
def test_a_banner_stays_whole_with_any_delimiter(banner: str) -> None:
    banner_node, after = parse(f"{banner}\nip cef\n").nodes

    assert banner_node.text == "banner motd ^C"
    assert banner_node.head == "banner motd"
    assert banner_node.tail == ("  Keep out ", "!", " end", "^C")
    assert after.text == "ip cef"


def test_a_banner_of_one_line_has_no_tail() -> None:
    (node,) = parse("banner exec zWelcomez").nodes

    assert (node.text, node.head, node.tail) == ("banner exec ^CWelcome^C", "banner exec", ())


def test_a_banner_with_a_caret_and_c_in_its_words_keeps_its_delimiter() -> None:
    (node,) = parse("banner login #\npress ^C\n#").nodes

    assert (node.text, node.tail) == ("banner login #", ("press ^C", "#"))


def test_a_banner_below_a_line_stays_there() -> None:
    (group, _) = parse(
        "crypto isakmp client configuration group G\n banner ^Ca\n b\n^C\n pool P\nip cef"
    ).nodes

    assert shape([group]) == [
        "crypto isakmp client configuration group G",
        ["banner ^Ca", "pool P"],
    ]


def test_a_banner_that_never_ends_takes_the_rest() -> None:
    tree = parse("banner motd ^C\nhello\nend\n")

    assert not tree.ended
    assert tree.nodes[0].tail == ("hello", "end", "")


@pytest.mark.parametrize("text", ["banner motd", "no banner motd", "banner"])
def test_a_banner_without_words_is_a_line(text: str) -> None:
    assert shape(parse(f"{text}\nip cef").nodes) == [text, "ip cef"]


def test_the_data_of_a_certificate_belongs_to_it() -> None:
    chain, after = parse(CHAIN).nodes

    assert shape([chain]) == [
        "crypto pki certificate chain CA",
        ["certificate self-signed 01", "certificate ca 02 nvram:CA#1.cer"],
    ]
    assert chain.children[0].tail[-1] == "  \tquit"
    assert after.text == "ip cef"


@pytest.mark.parametrize("closing", ["quit", "exit"])
def test_a_public_key_belongs_to_its_key_string(closing: str) -> None:
    text = f"""\
ip ssh pubkey-chain
 username admin
  key-string
   AAAAB3NzaC1yc2EAAAADAQAB
  {closing}
key chain K
 key 1
  key-string 7 0822455D0A16
"""
    chain, keys = parse(text).nodes

    (key,) = chain.children[0].children
    assert (key.text, key.tail) == ("key-string", ("   AAAAB3NzaC1yc2EAAAADAQAB", f"  {closing}"))
    assert shape([keys]) == ["key chain K", ["key 1", ["key-string 7 0822455D0A16"]]]


def test_a_macro_ends_with_its_sign() -> None:
    macro, after = parse("macro name M\nswitchport\n! end\n@\nip cef").nodes

    assert macro.tail == ("switchport", "! end", "@")
    assert after.text == "ip cef"


def test_lines_of_the_same_command_have_the_same_key() -> None:
    padded, plain = parse("deny   ip any any\ndeny ip any any").nodes
    first, second = (
        parse("crypto pki certificate chain C\n" + CHAIN).nodes[1].children,
        parse(CHAIN.replace("  3082", "        3082")).nodes[0].children,
    )

    assert padded.key == plain.key
    assert first[0].key == second[0].key


def test_what_stands_above_a_configuration_is_known() -> None:
    headers = [
        "Building configuration...",
        "Current configuration : 5123 bytes",
        "Using 1366 out of 262144 bytes",
    ]

    assert all(map(is_header, headers))
    assert not is_header("hostname Using")


def test_texts_that_no_device_holds_are_refused() -> None:
    with pytest.raises(InputError, match="characters"):
        parse("x" * (MAX_CHARACTERS + 1))
    with pytest.raises(InputError, match="lines"):
        parse("\n" * MAX_LINES)


def test_blocks_go_so_deep_and_no_deeper() -> None:
    text = "\n".join(" " * depth + "x" for depth in range(1000))
    (node,) = parse(text).nodes
    depth = 1
    while node.children:
        node, depth = node.children[-1], depth + 1

    assert depth == MAX_DEPTH


words = st.text("ab!^C@\x03 \t", max_size=6)
texts = st.lists(
    st.one_of(
        words,
        st.builds("{}{}".format, st.sampled_from(["", " ", "  ", "\t"]), words),
        st.sampled_from(
            ["banner motd ^C", "banner login @", " key-string", "  quit", "end", "^C", "@"]
        ),
    ),
    max_size=30,
).map("\n".join)


@given(texts)
def test_what_was_read_and_written_is_read_the_same_again(text: str) -> None:
    written = "\n".join(lines_of(text))

    assert parse(written).nodes == parse("\n".join(lines_of(written))).nodes
    assert lines_of(written) == written.split("\n") or not written


@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    assert isinstance(shape(parse(text).nodes), list)


def test_memory_grows_with_the_text() -> None:
    def peak(count: int) -> int:
        text = "\n".join(f"interface Loopback{n}\n ip address 10.0.0.1" for n in range(count))
        tracemalloc.start()
        parse(text)
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    assert peak(4000) < 8 * peak(1000)
