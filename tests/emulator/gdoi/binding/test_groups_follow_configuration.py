"""Groups come alive with the configuration, and follow it."""

import json

import pytest

from getvpn.emulator.gdoi.records import Role
from getvpn.emulator.groups.feature import Gdoi
from getvpn.emulator.testing import console, make_router

from .group_configs import IPSEC, POLICY, SERVER_LINES, WAN, key_server, member, server_group
from .routers import KS1, KS2, Routers

POLICY_CHANGE = "policy has changed"
PORT = WAN["isr4451"]


@pytest.fixture
def lab() -> Routers:
    """A key server and two registered members."""
    found = Routers()
    found.servers(KS1)
    found.member(1)
    found.member(2)
    found.run(60)
    return found


def _clear_logs(lab: Routers) -> None:
    for router in lab.routers.values():
        router.log.clear()


def test_a_configured_member_registers_at_boot(lab: Routers) -> None:
    assert lab.registered("GM1")
    assert lab.registered("GM2")
    group = lab.groups("KS1").servers["G1"]
    assert sorted(group.members) == ["10.20.1.1", "10.20.2.1"]
    told = [line.split(":")[0] for line in lab.logged("GM1") if "REG" in line or "GDOI_ON" in line]
    assert told.index("%CRYPTO-5-GM_REGSTER") < told.index("%GDOI-5-GM_REGS_COMPL")
    assert "%CRYPTO-6-GDOI_ON_OFF: GDOI is ON" in lab.logged("GM1")


def test_a_member_without_a_crypto_map_does_nothing(lab: Routers) -> None:
    lab.configure("GM1", f"interface {PORT}\nno crypto map\n")
    lab.run(1)
    assert lab.groups("GM1").members == []
    assert "%CRYPTO-6-GDOI_ON_OFF: GDOI is OFF" in lab.logged("GM1")

    _clear_logs(lab)
    lab.configure("GM1", f"interface {PORT}\ncrypto map GETVPN-MAP\n")
    lab.run(30)
    assert lab.registered("GM1")
    assert lab.logged("GM1", f"Start registration to KS {KS1} for group G1")


def test_a_member_lives_and_dies_with_its_interface(lab: Routers) -> None:
    lab.configure("GM1", f"interface {PORT}\nshutdown\n")
    lab.run(10)
    assert lab.groups("GM1").members == []

    lab.configure("GM1", f"interface {PORT}\nno shutdown\n")
    lab.run(30)
    assert lab.registered("GM1")


def test_a_member_that_ends_leaves_no_sa_of_ike() -> None:
    lab = Routers()
    lab.servers(KS1, KS2)
    lab.member(1, KS1, KS2)
    lab.run(60)
    lab.network.partition(["KS1"])
    lab.run(7200)
    assert KS2 in lab.type("GM1", "show crypto isakmp sa")
    lab.configure("GM1", f"interface {PORT}\nno crypto map GETVPN-MAP\n")

    assert "GDOI" not in lab.type("GM1", "show crypto isakmp sa")


def test_another_address_is_another_member(lab: Routers) -> None:
    lab.configure("GM1", f"interface {PORT}\nip address 10.20.1.77 255.255.255.0\n")
    lab.run(60)
    assert lab.registered("GM1")
    assert "10.20.1.77" in lab.groups("KS1").servers["G1"].members


def test_an_unplugged_interface_ends_the_member(lab: Routers) -> None:
    lab.routers["GM1"].chassis.unplug(PORT)
    lab.run(10)
    assert lab.groups("GM1").members == []
    lab.routers["GM1"].chassis.plug(PORT)
    lab.run(60)
    assert lab.registered("GM1")


def test_a_change_is_told_when_the_operator_leaves_and_sent_by_command(lab: Routers) -> None:
    group = lab.groups("KS1").servers["G1"]
    member_group = lab.groups("GM1").members[0]
    spi = member_group.teks[0].tek.spi
    lab.type("KS1", "configure terminal", "ip access-list extended GETVPN-POLICY")
    lab.type("KS1", "25 deny ospf any any", "26 deny eigrp any any")
    assert not lab.logged("KS1", POLICY_CHANGE)
    assert group.pending

    lab.type("KS1", "end")
    assert len(lab.logged("KS1", POLICY_CHANGE)) == 1
    lab.run(60)
    assert [held.tek.spi for held in member_group.teks] == [spi]
    assert len(member_group.sas[0].entries) == 3

    assert lab.type("KS1", "crypto gdoi ks rekey") == ""
    lab.run(5)
    assert len(member_group.sas[0].entries) == 5
    assert not group.pending
    lab.type("KS1", "configure terminal", "end")
    assert len(lab.logged("KS1", POLICY_CHANGE)) == 1


def test_what_changes_nothing_is_not_told(lab: Routers) -> None:
    lab.configure(
        "KS1",
        "hostname KS9\ninterface Loopback7\nip address 10.7.7.7 255.255.255.255\n"
        "ip access-list extended OTHER\npermit ip any any\n",
    )
    lab.configure("KS1", "hostname KS1\n")
    assert not lab.logged("KS1", POLICY_CHANGE)


@pytest.mark.parametrize(
    "text",
    [
        "crypto ipsec profile GETVPN-PROF\nset security-association lifetime seconds 3600\n",
        "crypto ipsec transform-set TS-AES256 esp-aes 128 esp-sha-hmac\n",
        "crypto gdoi group G1\nserver local\nsa ipsec 10\nreplay counter window-size 128\n",
        "no ip access-list extended GETVPN-POLICY\n",
    ],
)
def test_everything_that_a_policy_depends_on_is_noticed(lab: Routers, text: str) -> None:
    lab.configure("KS1", text)
    assert len(lab.logged("KS1", POLICY_CHANGE)) == 1


def test_a_group_begins_when_its_author_has_left_it() -> None:
    lab = Routers()
    startup = key_server("KS1", KS1)
    lab.add("KS1", startup[: startup.index("crypto gdoi group")], key=1)
    lab.type("KS1", "configure terminal", *server_group(KS1, KS2).splitlines())
    lab.run(5)
    assert lab.logged("KS1", "GDOI") == []

    lab.type("KS1", "end")
    lab.run(120)
    group = lab.groups("KS1").servers["G1"]
    assert group.coop is not None
    assert list(group.coop.peers) == [KS2]
    assert group.role is Role.PRIMARY


def test_a_merged_configuration_needs_nobody_to_leave() -> None:
    lab = Routers()
    startup = key_server("KS1", KS1)
    begin = startup.index("crypto gdoi group")
    router = lab.add("KS1", startup[:begin], key=1)
    lab.member(1)
    router.merge(startup[begin:])
    lab.run(60)
    assert lab.registered("GM1")


def test_a_group_that_is_removed_serves_nobody(lab: Routers) -> None:
    lab.type("KS1", "configure terminal", "no crypto gdoi group G1", "yes", "end")
    assert lab.groups("KS1").servers == {}
    lab.type("GM1", "clear crypto gdoi", "yes")
    lab.run(60)
    assert not lab.registered("GM1")


def test_a_key_server_is_no_member() -> None:
    lab = Routers()
    lab.servers(KS1)
    other = (
        "crypto gdoi group G2\n identity number 2002\n server address ipv4 10.0.0.9\n"
        "crypto map OTHER 10 gdoi\n set group G2\n"
        f"interface {PORT}\n crypto map OTHER\n"
    )
    lab.routers["KS1"].merge(other)
    lab.run(60)
    groups = lab.groups("KS1")
    assert list(groups.servers) == ["G1"]
    assert groups.members == []
    assert not lab.logged("KS1", "GM_REGSTER")

    lab.type("KS1", "configure terminal", "no crypto gdoi group G1", "yes", "end")
    lab.run(1)
    assert [one.policy.group for one in groups.members] == ["G2"]
    assert lab.logged("KS1", "GM_REGSTER")


def test_a_long_list_is_read_once(lab: Routers) -> None:
    group = lab.groups("KS1").servers["G1"]
    before = group.policy
    lines = "".join(f" permit ip host 10.1.{n // 250}.{n % 250 + 1} any\n" for n in range(2000))
    lab.routers["KS1"].merge("ip access-list extended GETVPN-POLICY\n" + lines)
    assert group.policy != before
    assert len(group.policy.sas[0].entries) == 2003
    assert len(lab.logged("KS1", POLICY_CHANGE)) == 1


def test_handles_are_numbered_as_the_software_does() -> None:
    xe, classic = 0x40000002, 0x80000002
    for platform, first in (("isr4451", xe), ("isr2911", classic)):
        text = POLICY + IPSEC + server_group(KS1) + "crypto gdoi group G2\n identity number 2\n"
        text += f" server local\n{SERVER_LINES}  address ipv4 {KS1}\n"
        groups = make_router("KS1", platform, text).feature(Gdoi)
        assert [group.handle for group in groups.servers.values()] == [first, first + 1]
        assert groups.servers["G1"].server_handle == first


@pytest.mark.parametrize("platform", ["isr4451", "c8000v", "isr2911"])
def test_a_router_alone_has_its_groups_but_they_do_nothing(platform: str) -> None:
    gm = make_router("GM1", platform, member("GM1", "10.20.1.1", KS1, platform=platform))
    gm.clock.advance(600)  # type: ignore[attr-defined]
    (one,) = gm.feature(Gdoi).members
    assert (one.policy.group, one.attempted) == ("G1", 0)
    assert not [message for message in gm.log.messages if "GDOI" in message.text]

    console(gm).configure("crypto gdoi group G1\nserver address ipv4 10.0.0.2\n")
    (one,) = gm.feature(Gdoi).members
    assert one.policy.servers == (KS1, KS2)


def test_the_state_can_be_read_as_data(lab: Routers) -> None:
    server = json.loads(json.dumps(lab.groups("KS1").inspect()))
    assert server["role"] == "key server"
    group = server["servers"]["G1"]
    assert (group["role"], sorted(group["members"])) == ("Primary", ["10.20.1.1", "10.20.2.1"])

    found = json.loads(json.dumps(lab.groups("GM1").inspect()))
    assert found["role"] == "group member"
    (one,) = found["members"]
    assert (one["state"], one["registered_with"]) == ("Registered", KS1)
    assert one["kek"]["spi"] == group["kek"]["spi"]
    assert [tek["spi"] for tek in one["teks"]] == [tek["spi"] for tek in group["teks"]]
    assert 0 < one["teks"][0]["remaining_s"] <= 7200


def test_a_reload_begins_anew(lab: Routers) -> None:
    lab.routers["GM1"].reload()
    assert lab.groups("GM1").inspect()["role"] == "off"
    lab.run(lab.routers["GM1"].behaviour.boot_s + 60)
    assert lab.registered("GM1")
    assert lab.groups("GM1").members[0].succeeded == 1


def test_a_router_that_is_off_does_nothing(lab: Routers) -> None:
    lab.routers["GM1"].power_off()
    lab.routers["KS1"].power_off()
    lab.run(20_000)
    assert not lab.registered("GM2")
    assert lab.groups("GM1").members == []


def test_a_stub_object_tells_whether_there_are_keys() -> None:
    lab = Routers()
    lab.servers(KS1)
    lab.member(1, more=" client status active-sa track 7\n", extra="track 7 stub-object\n")
    assert "State is Down" in lab.type("GM1", "show track 7")

    lab.run(60)
    assert lab.registered("GM1")
    shown = lab.type("GM1", "show track 7")
    assert "State is Up" in shown

    lab.network.cut("KS1", "GM1")
    lab.run(7200 + 3600)
    assert not lab.groups("GM1").members[0].has_keys
    assert "State is Down" in lab.type("GM1", "show track 7")


def test_members_of_one_map_know_of_each_other() -> None:
    lab = Routers()
    lab.servers(KS1)
    extra = (
        "crypto gdoi group G2\n identity number 2002\n server address ipv4 10.0.0.1\n"
        "crypto map GETVPN-MAP 20 gdoi\n set group G2\n"
    )
    lab.member(1, extra=extra)
    first, second = lab.groups("GM1").members
    assert (first.others, second.others) == ((second,), (first,))
    lab.configure("GM1", "no crypto map GETVPN-MAP 20\n")
    assert lab.groups("GM1").members[0].others == ()


def test_a_key_server_answers_registrations_at_its_registration_interface_only(
    lab: Routers,
) -> None:
    desk = "10.99.0.1"
    lab.configure("KS1", f"interface Loopback7\n ip address {desk} 255.255.255.255\n")
    line = "registration interface Loopback7"
    lab.configure("KS1", f"crypto gdoi group G1\n server local\n  {line}\n")
    lab.member(5, desk)
    lab.member(6, KS1)
    lab.run(60)
    assert (lab.registered("GM5"), lab.registered("GM6")) == (True, False)
    assert lab.groups("GM5").members[0].registered_with == desk
    assert lab.logged("KS1", f"complete for group G1 using address {desk}")
    lab.configure("KS1", f"crypto gdoi group G1\n server local\n  no {line}\n")
    lab.run(60)
    assert lab.registered("GM6")
