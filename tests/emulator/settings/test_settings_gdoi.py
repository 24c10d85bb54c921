"""The groups of GETVPN in the configuration: key server and member."""

from collections.abc import Callable

import pytest

from getvpn.emulator.config.store import Block
from getvpn.emulator.device import Router
from getvpn.emulator.software import Software
from getvpn.emulator.testing import make_router

from .getvpn_examples import EXAMPLES, IPSEC, KEY_SERVER, PORTS, crypto_lines, on

Added = Callable[[Router, str], list[str]]
Refused = Callable[[Router, str], str]

PROFILE_MISSING = (
    "% It seems ipsec profile doesn't exist or attempted to delete when actively referred "
    "by gdoi group\n"
)
GROUP_IN_USE = (
    "% GDOI or GKM group doesn't exist or attempted to delete when actively referred by "
    "crypto map\n"
)
GROUP = "crypto gdoi group G\n"
SERVER = GROUP + " server local\n"
SA = SERVER + "  sa ipsec 1\n"
INVALID = "% Invalid input detected at '^' marker.\n"


def block_of(router: Router, *path: tuple[object, ...]) -> Block:
    block = router.config.root
    for key in path:
        entry = block.find(*key)  # type: ignore[arg-type]
        assert entry is not None
        assert entry.block is not None
        block = entry.block
    return block


@pytest.mark.parametrize("platform", PORTS)
@pytest.mark.parametrize("name", EXAMPLES)
def test_a_network_boots_with_its_configuration_and_prints_one_that_boots_the_same(
    platform: str, name: str
) -> None:
    router = make_router("R1", platform, on(platform, EXAMPLES[name]))
    text = "\n".join(router.running_lines())
    again = make_router("R1", platform, text)
    assert again.running_lines() == router.running_lines()


def test_a_key_server_is_printed_in_the_order_of_ios() -> None:
    typed = """\
crypto gdoi group G1
 server local
  redundancy
   peer address ipv4 10.10.2.1
   local priority 100
  address ipv4 10.10.1.1
  sa ipsec 20
   match address ipv4 LAST
   profile GETVPN-PROF
  sa ipsec 10
   no replay
   tag cts sgt
   match address ipv4 GETVPN-POLICY
   profile GETVPN-PROF
  no gdoi
  gikev2 GKM-PROF
  registration interface Loopback0
  authorization address ipv4 52
  rekey transport unicast
  rekey authentication mypubkey rsa GETVPN-REKEY
  rekey retransmit 40 number 3
  rekey lifetime seconds 43200
  rekey sig-hash algorithm sha256
  rekey algorithm aes 256
 identity number 1001
"""
    router = make_router(platform="isr2911", startup=typed)
    assert crypto_lines(router.running_lines()) == [
        "crypto gdoi group G1",
        " identity number 1001",
        " server local",
        "  rekey algorithm aes 256",
        "  rekey sig-hash algorithm sha256",
        "  rekey lifetime seconds 43200",
        "  rekey retransmit 40 number 3",
        "  rekey authentication mypubkey rsa GETVPN-REKEY",
        "  rekey transport unicast",
        "  authorization address ipv4 52",
        "  registration interface Loopback0",
        "  no gdoi",
        "  gikev2 GKM-PROF",
        "  sa ipsec 10",
        "   profile GETVPN-PROF",
        "   match address ipv4 GETVPN-POLICY",
        "   no replay",
        "   tag cts sgt",
        "  sa ipsec 20",
        "   profile GETVPN-PROF",
        "   match address ipv4 LAST",
        "   replay counter window-size 64",
        "   no tag",
        "  address ipv4 10.10.1.1",
        "  redundancy",
        "   local priority 100",
        "   peer address ipv4 10.10.2.1",
    ]


def test_what_holds_anyway_is_not_printed() -> None:
    typed = (
        SERVER + "  rekey algorithm 3des-cbc\n  rekey sig-hash algorithm sha\n"
        "  rekey lifetime seconds 86400\n  rekey retransmit 10 number 2\n  gdoi\n"
        "  group size medium\n  redundancy\n   local priority 1\n   protocol version base\n"
        " client protocol gdoi\n client bypass-policy\n"
    )
    router = make_router(platform="isr2911", startup=typed)
    assert crypto_lines(router.running_lines()) == [
        "crypto gdoi group G",
        " server local",
        "  redundancy",
    ]


def test_a_member_is_printed_in_the_order_of_ios() -> None:
    typed = """\
crypto gkm group G
 client transport-encrypt-key pair-wise-key
 no client pfs
 client status active-sa track 7
 client recovery-check interval 300
 client transform-sets A B
 client rekey hash sha256 sha512
 client rekey encryption aes 256 3des-cbc
 no client bypass-policy
 client registration interface lo1
 client protocol gikev2 P
 passive
 server hostname ipv4 ks3
 server address ipv4 10.10.2.1
 server address ipv4 10.10.1.1
 identity address ipv4 10.1.1.1
"""
    router = make_router(platform="c8000v", startup="interface Loopback1\n" + typed)
    assert crypto_lines(router.running_lines()) == [
        "crypto gkm group G",
        " identity address ipv4 10.1.1.1",
        " server address ipv4 10.10.2.1",
        " server address ipv4 10.10.1.1",
        " server hostname ipv4 ks3",
        " passive",
        " client protocol gikev2 P",
        " client registration interface Loopback1",
        " no client bypass-policy",
        " client rekey encryption aes 256 3des-cbc",
        " client rekey hash sha256 sha512",
        " client transform-sets A B",
        " client recovery-check interval 300",
        " client status active-sa track 7",
        " no client pfs",
        " client transport-encrypt-key pair-wise-key",
    ]


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (GROUP, " identity number 0"),
        (GROUP, " identity number 2147483647"),
        (GROUP, " client recovery-check interval 100"),
        (GROUP, " client recovery-check interval 1000"),
        (GROUP, " client status active-sa track 1000"),
        (SERVER, "  rekey lifetime seconds 300"),
        (SERVER, "  rekey lifetime seconds 2592000"),
        (SERVER, "  rekey lifetime days 30"),
        (SERVER, "  rekey retransmit 60 periodic"),
        (SERVER, "  rekey retransmit 10 number 10"),
        (SERVER, "  group size small 8"),
        (SERVER, "  sa d3p window msec 1000"),
        (SERVER, "  sa d3p window sec 100"),
        (SERVER, "  sa receive-only"),
        (SERVER, "  authorization address ipv4 99"),
        (SERVER, "  authorization address ipv4 MEMBERS"),
        (SERVER, "  rekey address ipv4 199"),
        (SERVER + "  identifier\n", "   range 0 - 127"),
        (SERVER + "  identifier\n", "   value 127"),
        (SERVER + "  redundancy\n", "   local priority 255"),
        (SA, "   replay time window-size 100"),
        (SA, "   replay counter window-size 1024"),
        (SA, "   match address ipv4 2699"),
    ],
)
def test_a_value_within_its_range_is_kept(
    router: Router, added: Added, place: str, line: str
) -> None:
    assert line in added(router, f"{place}{line}\n")


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (GROUP, " identity number ^2147483648"),
        (GROUP, " client recovery-check interval ^99"),
        (GROUP, " client recovery-check interval ^1001"),
        (GROUP, " client status active-sa track ^0"),
        (SERVER, "  rekey lifetime seconds ^299"),
        (SERVER, "  rekey lifetime seconds ^2592001"),
        (SERVER, "  rekey lifetime days ^31"),
        (SERVER, "  rekey retransmit ^9 number 3"),
        (SERVER, "  rekey retransmit ^61 number 3"),
        (SERVER, "  rekey retransmit 10 number ^11"),
        (SERVER, "  rekey algorithm aes ^512"),
        (SERVER, "  group size small ^9"),
        (SERVER, "  sa d3p window msec ^999"),
        (SERVER, "  sa ipsec ^0"),
        (SERVER, "  authorization address ipv4 ^100"),
        (SERVER, "  rekey address ipv4 ^99"),
        (SERVER + "  identifier\n", "   range 0 - ^128"),
        (SERVER + "  identifier\n", "   range 9 - ^8"),
        (SERVER + "  redundancy\n", "   local priority ^0"),
        (SERVER + "  redundancy\n", "   local priority ^256"),
        (SERVER + "  redundancy\n", "   protocol pdu ^65001"),
        (SA, "   replay time window-size ^101"),
        (SA, "   replay counter window-size 6^5"),
        (SA, "   match address ipv4 ^99"),
        (SA, "   match address ^ipv6 SIX"),
    ],
)
def test_a_value_out_of_its_range_is_pointed_at(
    router: Router, refused: Refused, place: str, line: str
) -> None:
    column = line.index("^")
    said = refused(router, f"{place}{line.replace('^', '')}\n")
    assert said == f"{' ' * column}^\n{INVALID}\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (SERVER + "  pfs\n", "% GIKEv2 must be configured for pfs\n"),
        (
            SERVER + "  gikev2 P\n  pfs\n  no gikev2 P\n",
            "% GIKEv2 must be configured for pfs\n",
        ),
        (
            SA + "   profile NONE\n",
            PROFILE_MISSING,
        ),
        (
            IPSEC + SA + "   profile GETVPN-PROF\nno crypto ipsec profile GETVPN-PROF\n",
            PROFILE_MISSING,
        ),
        (
            GROUP + "crypto map M 10 gdoi\n set group G\nno crypto gdoi group G\n",
            GROUP_IN_USE,
        ),
        (GROUP + "crypto gdoi group ipv6 G\n", "% Group G is an IPv4 group.\n"),
    ],
)
def test_a_line_that_does_not_fit_the_rest_is_refused_with_words(
    router: Router, refused: Refused, text: str, said: str
) -> None:
    assert refused(router, text) == said


def test_the_eighth_partner_is_one_too_many(router: Router, refused: Refused) -> None:
    peers = "".join(f"   peer address ipv4 10.0.0.{number}\n" for number in range(1, 9))
    assert "(7)" in refused(router, SERVER + "  redundancy\n" + peers)


def test_sender_identifiers_stand_once_in_a_group(router: Router, refused: Refused) -> None:
    text = SERVER + "  identifier\n   range 10 - 20\n   value 20\n"
    assert "overlaps with range 10 - 20" in refused(router, text)


def test_a_rekey_goes_back_to_multicast(router: Router, added: Added) -> None:
    text = SERVER + "  rekey transport unicast\n  no rekey transport unicast\n"
    assert "  rekey transport unicast" not in added(router, text)
    text = SERVER + "  rekey transport unicast\n  no rekey transport\n"
    assert "  rekey transport unicast" not in added(router, text)


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("no replay", "   no replay"),
        ("no replay counter window-size 64", "   no replay"),
        ("no replay\n   default replay", "   replay counter window-size 64"),
        ("no replay\n   replay time window-size 5", "   replay time window-size 5"),
        ("tag cts sgt", "   tag cts sgt"),
        ("tag cts sgt\n   no tag", "   no tag"),
        ("tag cts sgt\n   no tag cts sgt", "   no tag"),
        ("tag cts sgt\n   default tag", "   no tag"),
    ],
)
def test_what_is_switched_off_is_printed_too(
    router: Router, added: Added, line: str, kept: str
) -> None:
    word = kept.removeprefix("   no ").split(maxsplit=1)[0]
    lines = added(router, f"{SA}   {line}\n")
    assert [found for found in lines if word in found] == [kept]


def test_newer_software_prints_that_there_is_no_pfs() -> None:
    router = make_router(platform="c8000v", startup=SERVER)
    assert "  no pfs" in router.running_lines()
    router.merge(SERVER + "  gikev2 P\n  pfs\n")
    assert "  pfs" in router.running_lines()
    router.merge(SERVER + "  no pfs\n")
    assert "  no pfs" in router.running_lines()


def test_older_software_prints_only_that_there_is_pfs(router: Router) -> None:
    router.merge(SERVER)
    assert "  no pfs" not in router.running_lines()
    router.merge(SERVER + "  gikev2 P\n  pfs\n")
    assert "  pfs" in router.running_lines()


def test_a_rekey_without_a_key_is_marked(router: Router) -> None:
    router.merge(SERVER + "  rekey transport unicast\n")
    lines = router.running_lines()
    at = lines.index(" server local")
    assert lines[at + 1 : at + 3] == [
        "  ! Incomplete unicast rekey configuration",
        "  ! Rekey authentication is not configured",
    ]
    router.merge(SERVER + "  rekey authentication mypubkey rsa K\n")
    assert "  ! Rekey authentication is not configured" not in router.running_lines()


def test_both_spellings_name_one_group(router: Router, added: Added) -> None:
    text = "crypto gkm group G\n identity number 1\ncrypto gdoi group G\n identity number 2\n"
    assert added(router, text) == ["crypto gkm group G", " identity number 2"]
    router.merge("no crypto gdoi group G\n")
    assert "crypto gkm group G" not in router.running_lines()


def test_classic_software_knows_neither_gkm_nor_pfs(classic: Router) -> None:
    loaded = classic.merge("crypto gkm group G\n" + SERVER + "  gikev2 P\n  pfs\n")
    assert [line.line for line in loaded.rejected] == ["crypto gkm group G", "  pfs"]


@pytest.mark.parametrize(
    ("version", "text", "taken"),
    [
        ("16.12.4", GROUP + " client fail-close revert\n", False),
        ("17.2.1", GROUP + " client fail-close revert\n", True),
        ("17.5.1", SERVER + "  rekey acknowledgement interoperable\n", False),
        ("17.6.1", SERVER + "  rekey acknowledgement interoperable\n", True),
        ("16.9.4", GROUP + " no client pfs\n", False),
        ("16.12.1", GROUP + " no client pfs\n", True),
        ("16.9.4", SERVER + "  gikev2 P\n  pfs\n", False),
    ],
)
def test_a_word_is_known_from_its_release_on(
    router: Router, version: str, text: str, taken: bool
) -> None:
    router.software = Software(version=version, file=router.software.file)
    assert (router.merge(text).rejected == ()) is taken


def test_a_group_is_found_by_its_settings() -> None:
    router = make_router(startup=IPSEC + KEY_SERVER)
    server = block_of(router, ("crypto gdoi group", "GETVPN-G1"), ("server local",))
    assert server.value("rekey algorithm", "cipher") == "aes"
    assert server.value("rekey algorithm", "bits") == "256"
    assert server.value("rekey retransmit", "interval") == 40
    assert server.value("rekey retransmit", "count") == 3
    assert server.value("rekey authentication mypubkey rsa", "label") == "GETVPN-REKEY"
    assert server.has("rekey transport")
    assert not server.off("gdoi")
    policy = block_of(
        router, ("crypto gdoi group", "GETVPN-G1"), ("server local",), ("sa ipsec", 10)
    )
    assert policy.value("replay", "kind") == "time"
    assert policy.value("replay", "seconds") == 5
    assert policy.value("match address", "acl") == "GETVPN-POLICY"
    assert policy.off("tag")
