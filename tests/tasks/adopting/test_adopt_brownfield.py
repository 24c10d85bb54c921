"""Networks as they have grown: parts that are missing, that disagree, that nobody foresaw."""

from pathlib import Path

import pytest

from getvpn.errors import InputError
from getvpn.inventory.models import Psk
from getvpn.tasks.adopt import adopt
from getvpn.tasks.render import render

from ..networks import KnownSecrets, golden
from ..variants import variant
from .trips import adopted, again, left

IKE = """\
crypto isakmp policy 10
 encr aes 256
 hash sha256
 authentication pre-share
 group 14
"""
SERVER = f"""\
hostname KS1
{IKE}crypto isakmp key Secret-1 address 10.254.0.1
crypto isakmp key Secret-2 address 10.254.0.2
crypto ipsec transform-set TS esp-aes 256 esp-sha-hmac
crypto ipsec profile PROF
 set transform-set TS
crypto gdoi group WAN
 identity number 7
 server local
  rekey algorithm aes 256
  rekey retransmit 40 number 3
  rekey authentication mypubkey rsa KEY
  rekey transport unicast
  sa ipsec 1
   profile PROF
   match address ipv4 POLICY
   replay time window-size 5
  address ipv4 10.255.0.1
interface Loopback0
 ip address 10.255.0.1 255.255.255.255
ip access-list extended POLICY
 deny   ospf any any
 permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255
"""


def member(number: int, more: str = "", *, name: str = "WAN", local: str = "") -> str:
    return f"""\
hostname BR{number}
{IKE}crypto isakmp key Secret-{number} address 10.255.0.1
crypto gdoi group {name}
 identity number 7
 server address ipv4 10.255.0.1
{local}crypto map MAP {number} gdoi
 set group {name}
interface Serial0/0/0:0
 ip address 10.254.0.{number} 255.255.255.0
 crypto map MAP
interface Vlan10
 ip address 10.1.{number}.1 255.255.255.0
{more}"""


def test_a_small_network_is_adopted_as_a_whole(tmp_path: Path) -> None:
    texts = {"KS1": SERVER, "BR1": member(1), "BR2": member(2, name="ALIAS")}
    adoption = adopted(tmp_path, texts)
    assert (left(adoption), adoption.complete) == ([], True)
    one, _ = adoption.intent.members
    assert (one.wan.interface, one.lan[0].mss) == ("Serial0/0/0:0", "none")
    assert "groups: [{group: WAN, sequence: 1}]" in adoption.text
    assert "groups: [{group: WAN, group_name: ALIAS, sequence: 2}]" in adoption.text
    (policy,) = adoption.intent.groups[0].policies
    assert policy.traffic is not None
    assert (policy.traffic.clear, policy.lifetime_s) == (("ospf",), None)


# ---- parts that are missing ----


def test_key_servers_that_only_members_name_are_external(tmp_path: Path) -> None:
    adoption = adopted(tmp_path, {"BR1": member(1), "BR2": member(2)})
    (server,) = adoption.intent.key_servers
    assert (server.name, server.external) == ("KS-10.255.0.1", True)
    assert adoption.intent.groups[0].policies == ()
    assert [each.why for each in adoption.of_kind("assumed") if each.device == "WAN"] == [
        "KS-10.255.0.1 has priority 100 in WAN"
    ]
    assert adoption.complete
    assert list(again(adoption)) == ["BR1", "BR2"]


def test_members_of_whom_only_a_key_server_tells_are_external(tmp_path: Path) -> None:
    adoption = adopted(tmp_path, {"KS1": SERVER})
    assert [(it.name, it.external) for it in adoption.intent.members] == [
        ("GM-10.254.0.1", True),
        ("GM-10.254.0.2", True),
    ]
    assert (left(adoption), adoption.complete) == ([], True)


@pytest.mark.parametrize("case", ["default", "e2", "e3", "e4", "e9"])
def test_key_servers_alone_come_back_as_they_were_rendered(case: str, tmp_path: Path) -> None:
    texts = render(golden(case), KnownSecrets())
    servers = {name: text for name, text in texts.items() if name.startswith("KS")}
    adoption = adopted(tmp_path, servers)
    assert (again(adoption), left(adoption)) == (servers, [])


@pytest.mark.parametrize("case", ["default", "e2", "e3", "e4", "e7", "e9"])
def test_members_alone_come_back_as_they_were_rendered(case: str, tmp_path: Path) -> None:
    texts = render(golden(case), KnownSecrets())
    members = {name: text for name, text in texts.items() if name.startswith("BR")}
    adoption = adopted(tmp_path, members)
    assert (again(adoption), left(adoption)) == (members, [])


@pytest.mark.parametrize("kind", ["G-IKEv2 with keys", "several groups", "an older network"])
def test_a_key_server_without_its_partner_comes_back(kind: str, tmp_path: Path) -> None:
    texts = render(variant(kind, "xe17"), KnownSecrets())
    del texts["KS2"]
    adoption = adopted(tmp_path, texts)
    assert (again(adoption), left(adoption)) == (texts, [])
    assert [server.external for server in adoption.intent.key_servers] == [False, True]


def test_a_key_server_whose_policy_is_not_known_is_external(tmp_path: Path) -> None:
    cut = SERVER.partition("ip access-list")[0]
    adoption = adopted(tmp_path, {"KS1": cut, "BR1": member(1)})
    assert [server.external for server in adoption.intent.key_servers] == [True]
    assert "there is no such access list" in {each.why for each in adoption.of_kind("left out")}
    assert not adoption.complete


def test_a_member_without_a_crypto_map_on_an_interface_is_external(tmp_path: Path) -> None:
    text = member(1).replace(" crypto map MAP\n", "")
    adoption = adopted(tmp_path, {"KS1": SERVER, "BR1": text})
    assert next(it for it in adoption.intent.members if it.name == "BR1").external
    assert "no interface has its crypto map, so that it is external" in {
        each.why for each in adoption.left
    }


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("hostname R1\n", "no configuration has a GETVPN group"),
        (SERVER.replace(" identity number 7\n", ""), "the group has no identity"),
        (SERVER.replace("address ipv4 10.255.0.1", "exit"), "the key server has no IPv4 address"),
    ],
)
def test_nothing_to_adopt_is_an_error_that_says_why(text: str, why: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=why):
        adopted(tmp_path, {"R1": text})


# ---- devices that disagree ----


def test_key_servers_that_disagree_are_told_of_with_both_places(tmp_path: Path) -> None:
    texts = render(golden("e5"), KnownSecrets())
    other = texts["KS2"].replace("lifetime seconds 7200", "lifetime seconds 3600")
    other = other.replace(" deny   esp any any\n", "")
    adoption = adopted(tmp_path, texts | {"KS2": other})
    told = {each.text: each.why for each in adoption.of_kind("disagrees")}
    why = told["set security-association lifetime seconds 3600"]
    assert "KS1.cfg:" in why
    assert "'set security-association lifetime seconds 7200', which is taken" in why
    assert any(text.endswith(" lines") for text in told)
    assert [name for name, each in adoption.differences.items() if each.different] == ["KS2"]
    changes = {each.text: each.place for each in adoption.of_kind("changes")}
    assert "+ deny esp any any" in changes
    assert not adoption.complete


def test_most_key_servers_are_right(tmp_path: Path) -> None:
    texts = {
        f"KS{n}": SERVER.replace("KS1", f"KS{n}")
        .replace("10.255.0.1", f"10.255.0.{n}")
        .replace("algorithm aes 256", "algorithm aes 128" if n == 1 else "algorithm aes 256")
        for n in (1, 2, 3)
    }
    for n, text in texts.items():
        peers = "".join(
            f"   peer address ipv4 10.255.0.{other}\n" for other in (1, 2, 3) if f"KS{other}" != n
        )
        block = f"  redundancy\n   local priority {40 * int(n[2])}\n{peers}interface Loopback0"
        texts[n] = text.replace("interface Loopback0", block)
    adoption = adopted(tmp_path, texts)
    assert adoption.intent.groups[0].rekey.cipher == "aes 256"
    assert [each.text for each in adoption.of_kind("disagrees")] == ["rekey algorithm aes 128"]


def test_two_keys_for_one_pair_are_told_of_and_not_shown(tmp_path: Path) -> None:
    wrong = member(2).replace("Secret-2", "Another-2")
    adoption = adopted(tmp_path, {"KS1": SERVER, "BR1": member(1), "BR2": wrong})
    (told,) = adoption.of_kind("left out")
    assert told.place.endswith("KS1.cfg:8")
    assert "BR2.cfg:" in told.why
    assert told.text == "crypto isakmp key <removed> address 10.254.0.2"
    assert "<changed>" in "\n".join(adoption.differences["KS1"].unified())
    shown = adoption.text + repr(adoption)
    assert "Another-2" not in shown
    assert "Secret-" not in shown


def test_two_groups_with_one_identity_are_not_mixed(tmp_path: Path) -> None:
    other = member(9).replace("10.255.0.1", "10.99.0.1").replace("WAN", "ELSEWHERE")
    adoption = adopted(tmp_path, {"KS1": SERVER, "BR1": member(1), "BR9": other})
    assert [group.name for group in adoption.intent.groups] == ["WAN"]
    (told,) = adoption.of_kind("left out")
    assert (told.device, told.text) == ("BR9", "crypto gdoi group ELSEWHERE")


def test_two_devices_of_one_name_are_two(tmp_path: Path) -> None:
    twin = member(2).replace("hostname BR2", "hostname BR1")
    adoption = adopted(tmp_path, {"KS1": SERVER, "BR1": member(1), "twin": twin})
    assert [it.name for it in adoption.intent.members] == ["BR1", "BR1-2"]
    assert [each.text for each in adoption.of_kind("changes")] == ["- hostname BR1"]


def test_of_two_configurations_of_one_device_the_first_one_counts(tmp_path: Path) -> None:
    older = member(1).replace("MAP 1 gdoi", "MAP 5 gdoi")
    adoption = adopted(tmp_path, {"BR1": member(1), "older": older})
    assert len(adoption.intent.members) == 1
    assert [each.rpartition("/")[2] for each in adoption.skipped] == ["BR1.cfg is adopted for BR1"]


# ---- what is met in the field ----


def test_a_member_with_two_uplinks_registers_from_its_loopback(tmp_path: Path) -> None:
    more = """\
interface GigabitEthernet0/1
 ip address 10.9.0.1 255.255.255.252
 crypto map MAP
interface Loopback0
 ip address 10.254.0.2 255.255.255.255
"""
    text = member(3, more, local="crypto map MAP local-address Loopback0\n")
    text = text.replace("Secret-3", "Secret-2")
    text = text.replace("10.254.0.3 255.255.255.0", "10.9.1.1 255.255.255.252")
    adoption = adopted(tmp_path, {"KS1": SERVER, "BR3": text})
    found = next(it for it in adoption.intent.members if it.name == "BR3")
    assert (found.local_interface, found.uplinks[0].interface) == (
        "Loopback0",
        "GigabitEthernet0/1",
    )
    assert (left(adoption), adoption.complete) == ([], True)


def test_a_port_that_is_shut_down_with_the_network_of_another_is_left_out(tmp_path: Path) -> None:
    spare = """\
interface GigabitEthernet0/1
 ip address 10.1.2.1 255.255.255.0
 ip tcp adjust-mss 1360
 shutdown
"""
    texts = {"KS1": SERVER, "BR1": member(1), "BR2": member(2)}
    texts["BR2"] = texts["BR2"].replace("interface Serial", f"{spare}interface Serial")
    adoption = adopted(tmp_path, texts)
    found = next(it for it in adoption.intent.members if it.name == "BR2")
    assert [lan.interface for lan in found.lan] == ["Vlan10"]
    (told,) = adoption.of_kind("left out")
    assert "GigabitEthernet0/1 overlaps with 10.1.2.0/24 on Vlan10 of BR2" in told.why


def test_a_member_may_be_known_by_its_key_alone(tmp_path: Path) -> None:
    more = "interface Loopback0\n ip address dhcp\n"
    text = member(2, more, local="crypto map MAP local-address Loopback0\n")
    adoption = adopted(tmp_path, {"KS1": SERVER, "BR2": text})
    found = next(it for it in adoption.intent.members if it.name == "BR2")
    assert str(found.local_address) == "10.254.0.2"


def test_one_key_for_everybody_stays_one(tmp_path: Path) -> None:
    server = SERVER.replace("crypto isakmp key Secret-2 address 10.254.0.2\n", "")
    server = server.replace("Secret-1 address 10.254.0.1", "Shared address 0.0.0.0")
    members = {f"BR{n}": member(n).replace(f"Secret-{n}", "Shared") for n in (1, 2)}
    adoption = adopted(tmp_path, {"KS1": server} | members)
    psk = adoption.intent.groups[0].authentication
    assert isinstance(psk, Psk)
    assert psk.member == "env:PSK_WAN"
    assert [str(it) for it in adoption.intent.key_servers[0].key_networks] == ["0.0.0.0/0"]
    assert (left(adoption), adoption.complete) == ([], True)


def test_keys_that_are_encrypted_or_removed_are_only_named(tmp_path: Path) -> None:
    server = SERVER.replace("key Secret-1", "key 6 BTRMQDUSZQ^LOOWUbWhGNMXXd")
    text = member(2).replace("Secret-2", "<removed>")
    adoption = adopted(tmp_path, {"KS1": server, "BR2": text})
    known = {each.reference: each.value is not None for each in adoption.secrets}
    assert known == {"env:PSK_BR2": True, "env:PSK_GM_10_254_0_1": False}
    assert adoption.complete


def test_a_member_registers_in_another_vrf_than_that_of_its_sites(tmp_path: Path) -> None:
    text = (
        member(1)
        .replace("crypto isakmp key Secret-1 address 10.255.0.1", RING)
        .replace(" server address", " client registration interface Loopback9\n server address")
        .replace("interface Serial", f"{LOOPBACK}interface Serial")
    )
    server = SERVER.replace("10.254.0.1", "192.0.2.9")
    adoption = adopted(tmp_path, {"KS1": server, "BR1": f"vrf definition MGMT\n{text}"})
    found = next(it for it in adoption.intent.members if it.name == "BR1")
    (joined,) = found.groups
    assert not isinstance(joined, str)
    assert (joined.source, str(joined.source_address), joined.source_vrf) == (
        "Loopback9",
        "192.0.2.9",
        "MGMT",
    )
    assert [each.text for each in adoption.of_kind("changes")] == ["+ address-family ipv4"]


RING = """crypto keyring RING vrf MGMT
  pre-shared-key address 10.255.0.1 key Secret-1"""
LOOPBACK = """\
interface Loopback9
 vrf forwarding MGMT
 ip address 192.0.2.9 255.255.255.255
"""


# ---- what has no word ----


@pytest.mark.parametrize(
    ("line", "below", "kind", "why"),
    [
        ("  rekey acknowledgement any", "  rekey transport unicast", "stays", "acknowledgements"),
        ("  group size small 8", "  rekey transport unicast", "stays", "sender identifiers"),
        (" remark ours", "ip access-list extended POLICY", "stays", "remarks"),
        (
            " deny   icmp any any 8",
            "ip access-list extended POLICY",
            "left out",
            "cannot stand in a list of an intent",
        ),
        (
            " permit ip object-group SITES any",
            "ip access-list extended POLICY",
            "left out",
            "cannot stand in a list of an intent",
        ),
        (
            " mode transport",
            "crypto ipsec transform-set TS esp-aes 256 esp-sha-hmac",
            "changes",
            "",
        ),
        (
            "crypto isakmp policy 20\n authentication rsa-encr\n group 2",
            " group 14",
            "changes",
            "no group needs this policy",
        ),
    ],
)
def test_a_line_without_a_word_is_told_with_its_place(
    line: str, below: str, kind: str, why: str, tmp_path: Path
) -> None:
    text = SERVER.replace(f"{below}\n", f"{below}\n{line}\n", 1)
    number = text.split("\n").index(line.partition("\n")[0]) + 1
    adoption = adopted(tmp_path, {"KS1": text})
    places = [each for each in adoption.left if each.place.endswith(f":{number}")]
    assert [each.kind for each in places] == [kind]
    assert why in places[0].why
    assert adoption.complete is (kind == "stays")


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (" group 14\n", " group 25\n", "should be 1, 2, 5, 14"),
        ("window-size 5\n", "window-size 900\n", "should be 1 to 100 seconds"),
        ("sa ipsec 1\n", "sa ipsec 0\n", "no key server of it says what it encrypts"),
        ("identity number 7\n", "identity number 4294967295\n", "should be at most 2147483647"),
        ("rsa KEY\n", "rsa KEY/1\n", "should be letters, digits"),
        ("hostname KS1\n", "hostname KS/1\n", ""),
    ],
)
def test_what_an_intent_does_not_take_costs_as_little_as_can_be(
    old: str, new: str, why: str, tmp_path: Path
) -> None:
    texts = {"KS1": SERVER.replace(old, new), "BR1": member(1), "BR2": member(2)}
    adoption = adopted(tmp_path, texts)
    assert {"BR1", "BR2"} <= {member.name for member in adoption.intent.members}
    assert any(why in each.why for each in adoption.left)
    assert not adoption.complete


def test_lines_that_say_what_holds_anyway_make_no_difference(tmp_path: Path) -> None:
    text = SERVER.replace(" group 14\n", " group 14\n lifetime 86400\n")
    text = text.replace("  rekey algorithm", "  rekey lifetime seconds 86400\n  rekey algorithm")
    adoption = adopted(tmp_path, {"KS1": text})
    assert (left(adoption), adoption.complete) == ([], True)


@pytest.mark.parametrize("gap", [" ", "   "])
def test_numbered_lists_are_known_whatever_their_blanks(gap: str, tmp_path: Path) -> None:
    head, entries = SERVER.split("ip access-list extended POLICY\n")
    lines = "".join(f"access-list 150{line}\n" for line in entries.splitlines())
    text = f"version 17.9\n{head.replace('ipv4 POLICY', 'ipv4 150')}{lines}"
    adoption = adopted(tmp_path, {"KS1": text.replace("deny   ", f"deny{gap}"), "BR1": member(1)})
    assert left(adoption) == []


def test_other_vpns_of_a_router_are_nobodys_business(tmp_path: Path) -> None:
    more = """\
crypto ipsec transform-set OTHER esp-aes esp-sha-hmac
crypto map S2S 10 ipsec-isakmp
 set peer 192.0.2.77
 set transform-set OTHER
crypto pki trustpoint TP-self-signed-1
 enrollment selfsigned
"""
    adoption = adopted(tmp_path, {"KS1": SERVER, "BR1": member(1, more)})
    assert (left(adoption), adoption.complete) == ([], True)


def test_an_authority_with_a_login_in_its_address_is_left_out(tmp_path: Path) -> None:
    texts = render(golden("e4"), KnownSecrets())
    login = {name: text.replace("http://", "http://me:Hidden@") for name, text in texts.items()}
    adoption = adopted(tmp_path, login)
    assert "enrollment_url: null" in adoption.text
    assert "Hidden" not in adoption.text + repr(adoption)
    assert {each.kind for each in adoption.left if "enrollment" in each.why} == {"left out"}


# ---- as people keep them ----


def test_configurations_are_found_in_logs_and_collected_folders(tmp_path: Path) -> None:
    (tmp_path / "KS1").mkdir()
    printed = f"Building configuration...\n\nCurrent configuration : 999 bytes\n{SERVER}end\n"
    (tmp_path / "KS1" / "show_running-config.txt").write_text(printed, "utf-8")
    log = f"BR1#show version\nBR1#show running-config\n{member(1)}end\n\nBR1#exit\n"
    (tmp_path / "session.log").write_text(log, "utf-8")
    adoption = adopt([tmp_path])
    assert (left(adoption), adoption.complete) == ([], True)
    source = adoption.differences["BR1"].source
    assert source.endswith("session.log")
    keys = next(each for each in adoption.secrets if each.reference == "env:PSK_BR1")
    assert any(place.endswith("session.log:9") for place in keys.places)


# ---- counter modes ----


def counting(name: str, own: str, other: str, more: str) -> str:
    """A key server of a group whose transform counts senders."""
    redundancy = f"  redundancy\n   local priority {own[-1]}0\n   peer address ipv4 {other}\n"
    return (
        SERVER.replace("hostname KS1", f"hostname {name}")
        .replace("esp-aes 256 esp-sha-hmac", "esp-gcm 256")
        .replace("10.255.0.1", own)
        .replace("  sa ipsec 1\n", f"{more}  sa ipsec 1\n")
        .replace("interface Loopback0", f"{redundancy}interface Loopback0")
        + f"crypto isakmp key Coop address {other}\n"
    )


IDENTIFIER = "  identifier\n   value 1\n"


def test_the_senders_of_a_key_server_that_only_others_tell_of_are_not_asked_for(
    tmp_path: Path,
) -> None:
    text = counting("KS1", "10.255.0.1", "10.255.0.9", IDENTIFIER)
    adoption = adopted(tmp_path, {"KS1": text, "BR1": member(1)})
    (group,) = adoption.intent.groups
    assert [(role.name, role.kssids) for role in group.servers] == [
        ("KS1", (1,)),
        ("KS-10.255.0.9", ()),
    ]
    assert "peer address ipv4 10.255.0.9" in again(adoption)["KS1"]


def test_what_was_left_out_of_a_group_is_told_above_the_device_with_its_reason(
    tmp_path: Path,
) -> None:
    texts = {
        "KS1": counting("KS1", "10.255.0.1", "10.255.0.2", IDENTIFIER),
        "KS2": counting("KS2", "10.255.0.2", "10.255.0.1", ""),
    }
    text = adopted(tmp_path, texts).text
    assert "  # WAN: servers[0] is not in the intent: kssids are missing" in text
    assert "# not here: KS" not in text
