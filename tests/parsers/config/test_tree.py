import pytest

from getvpn.errors import ParseError
from getvpn.parsers.config import ConfigLine, ConfigTree, parse_config

RUNNING = """\
Building configuration...

Current configuration : 1234 bytes
!
! Last configuration change at 10:00:00 UTC Mon Jan 5 2026
!
version 17.9
hostname KS1
!
banner motd ^C
crypto isakmp key in-a-banner address 10.0.0.9
! not a comment
^C
crypto pki certificate chain CA
 certificate ca 01
  30820321 30820209 A0030201 02020101 300D0609 2A864886 F70D0101 0B050030
  697D97DF 7F28
  \tquit
!
crypto gdoi group G1
 identity number 1
 server local
  ! Incomplete unicast rekey configuration
  rekey transport unicast
  sa ipsec 1
   profile P
  address ipv4 10.0.0.1
!
redundancy
 mode none
!
router eigrp LAN
 !
 address-family ipv4 unicast autonomous-system 1
  !
  af-interface default
   passive-interface
  exit-af-interface
  !
  topology base
  exit-af-topology
  network 10.0.0.0
 exit-address-family
!
end
KS1#
"""


def outline(lines: tuple[ConfigLine, ...] | list[ConfigLine], depth: int = 0) -> list[str]:
    """The tree as indented text."""
    out: list[str] = []
    for line in lines:
        out.append("  " * depth + line.text)
        out += outline(list(line.children), depth + 1)
    return out


def tree_of(text: str) -> list[str]:
    return outline(parse_config(text).lines)


@pytest.fixture
def running() -> ConfigTree:
    return parse_config(RUNNING, "ks1.cfg")


def test_a_running_configuration_is_cut_into_blocks(running: ConfigTree) -> None:
    assert outline(running.lines) == [
        "version 17.9",
        "hostname KS1",
        "banner motd ^C",
        "crypto pki certificate chain CA",
        "  certificate ca 01",
        "crypto gdoi group G1",
        "  identity number 1",
        "  server local",
        "    rekey transport unicast",
        "    sa ipsec 1",
        "      profile P",
        "    address ipv4 10.0.0.1",
        "redundancy",
        "  mode none",
        "router eigrp LAN",
        "  address-family ipv4 unicast autonomous-system 1",
        "    af-interface default",
        "      passive-interface",
        "    topology base",
        "    network 10.0.0.0",
    ]


def test_each_line_knows_its_number_and_indentation(running: ConfigTree) -> None:
    (group,) = running.find("crypto", "gdoi", "group")
    assert (group.lineno, group.indent) == (20, 0)
    assert [(line.lineno, line.indent) for line in group.children] == [(21, 1), (22, 1)]


def test_banner_and_certificate_bodies_stand_apart(running: ConfigTree) -> None:
    banner, certificate = running.bodies
    assert (banner.kind, banner.first, banner.last) == ("banner", 11, 13)
    assert banner.text[1] == "! not a comment"
    assert (certificate.kind, certificate.first, certificate.last) == ("certificate", 16, 18)
    assert certificate.text == ()
    assert certificate.header is not None
    assert certificate.header.text == "certificate ca 01"


def test_comments_inside_a_group_are_found_under_it(running: ConfigTree) -> None:
    (group,) = running.find("crypto", "gdoi")
    (comment,) = running.comments_under(group)
    assert comment.text == "! Incomplete unicast rekey configuration"
    assert [line.lineno for line in running.comments] == [5, 23]


def test_headings_and_prompts_are_no_configuration(running: ConfigTree) -> None:
    assert running.ignored == (1, 3, 46)


def test_the_path_leads_from_global_level_to_a_line(running: ConfigTree) -> None:
    path = [line.text for line in running.path(26)]
    assert path == ["crypto gdoi group G1", "server local", "sa ipsec 1", "profile P"]
    assert running.path(11) == ()


def test_the_hostname_comes_from_its_line_or_from_the_prompt(running: ConfigTree) -> None:
    assert running.hostname == "KS1"
    assert parse_config("KS9(config)#ip cef").hostname == "KS9"
    assert parse_config("ip cef").hostname is None


@pytest.mark.parametrize(
    "text",
    [
        "banner login #\nWelcome\n#\nip cef",
        "banner motd ^CWelcome\nto R1^C\nip cef",
        "banner exec ^C one line ^C\nip cef",
        "banner motd \x03\nhostname X\n\x03\nip cef",
        "banner $\nhostname X\n$\nip cef",
        "aaa authentication banner %\nhostname X\n%\nip cef",
    ],
)
def test_banners_end_at_their_own_delimiter(text: str) -> None:
    tree = parse_config(text)
    assert len(tree.lines) == 2
    assert tree.lines[1].text == "ip cef"
    assert tree.hostname is None


def test_a_banner_without_an_end_swallows_nothing() -> None:
    assert tree_of("banner motd #\nhostname R1\nip cef") == [
        "banner motd #",
        "hostname R1",
        "ip cef",
    ]


def test_a_certificate_without_quit_ends_where_commands_begin() -> None:
    text = "crypto pki certificate chain CA\n certificate 01\n  3082032E 30820216\nhostname R1"
    assert tree_of(text) == ["crypto pki certificate chain CA", "  certificate 01", "hostname R1"]


def test_public_and_private_key_texts_are_bodies() -> None:
    text = """\
crypto key pubkey-chain rsa
 named-key ks1
  key-string
   30819F30 0D06092A 864886F7
  quit
crypto key import rsa REKEY pem terminal passphrase
-----BEGIN RSA PRIVATE KEY-----
Proc-Type: 4,ENCRYPTED
DEK-Info: DES-EDE3-CBC,0123456789ABCDEF

MIIEpAIBAAKCAQEA0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKL
-----END RSA PRIVATE KEY-----
hostname KS1
"""
    tree = parse_config(text)
    assert [(body.kind, body.first, body.last) for body in tree.bodies] == [
        ("key", 4, 5),
        ("key", 7, 12),
    ]
    assert [line.text for line in tree.lines][-1] == "hostname KS1"


def test_tabs_indent_like_blanks() -> None:
    assert tree_of("crypto isakmp policy 1\n\tencr aes\n\tgroup 14\nhostname X") == [
        "crypto isakmp policy 1",
        "  encr aes",
        "  group 14",
        "hostname X",
    ]


def test_carriage_returns_and_pagers_leave_no_trace() -> None:
    wiped = "\b" * 9 + " " * 9 + "\b" * 9
    text = f"interface Gi1\r\n ip mtu 1400\r\n --More-- {wiped} mtu 1500\r\n"
    assert tree_of(text) == ["interface Gi1", "  ip mtu 1400", "  mtu 1500"]


def test_system_messages_between_the_lines_are_ignored() -> None:
    text = (
        "interface Gi1\n*Jan  5 10:00:00.000: %SYS-5-CONFIG_I: Configured from console\n mtu 1500"
    )
    tree = parse_config(text)
    assert outline(tree.lines) == ["interface Gi1", "  mtu 1500"]
    assert tree.ignored == (2,)


def test_numbers_count_from_the_given_first_line() -> None:
    tree = parse_config("hostname R1\n!\nip cef", first_line=101)
    assert [line.lineno for line in tree.lines] == [101, 103]
    assert tree.separators == (102,)


def test_lines_equal_only_themselves() -> None:
    first, second = parse_config("ip cef\nip cef").lines
    assert first != second


def test_a_text_over_the_limit_is_refused_with_its_source() -> None:
    with pytest.raises(ParseError, match=r"^big\.cfg: text of"):
        parse_config("x" * (64 * 1024 * 1024 + 1), "big.cfg")


def test_a_prompt_behind_the_pager_is_left_out_once() -> None:
    wipe = "\b" * 9 + " " * 8 + "\b" * 9
    tree = parse_config(
        f"hostname KS1\ncrypto gdoi group G\n --More--  passive\n--More--{wipe}KS1#"
    )

    assert tree.ignored == (4,)
    assert [child.text for child in tree.lines[1].children] == ["passive"]
