"""How a membership ends, begins anew, and follows the configuration."""

from getvpn.emulator.gdoi.records import Registration

from .scripted import GM, GROUP, KS1, KS2, World, entries, sa_policy


def test_a_detached_crypto_map_ends_the_membership_and_deletes_the_keys():
    world = World()
    member = world.registered()
    before = len(world.log())
    member.stop()

    assert world.log()[before:] == [
        "GDOI-5-GM_CM_DETACH: Crypto map detached for group GETVPN",
        "GDOI-5-GM_UNREGISTER: GM left the group GETVPN",
        "CRYPTO-6-GDOI_ON_OFF: GDOI is OFF",
    ]
    assert member.state is Registration.NONE
    assert not member.teks
    assert member.kek is None
    assert not member.sas
    assert not member.host.ike.standing

    world.ks1.renew()
    world.kernel.advance(86_400.0)
    assert world.log()[before + 3 :] == []


def test_a_reload_drops_everything_and_registers_from_scratch():
    world = World()
    member = world.registered()
    before = len(world.log())
    member.stop(reload=True)
    assert world.log()[before:] == []
    assert not member.has_keys
    assert not member.ever_registered

    member.start()
    world.kernel.advance(1.0)
    assert member.state is Registration.REGISTERED
    assert len(world.ks1.requests) == 2


def test_clearing_drops_what_was_downloaded_and_registers_again():
    world = World()
    member = world.registered()
    before = len(world.log())
    world.ks1.fresh_keys()
    member.clear()
    assert not member.teks
    assert not member.sas
    assert not member.server_keys

    world.kernel.advance(1.0)
    assert [line.split(":")[0] for line in world.log()[before:]] == [
        "GDOI-5-GM_CLEAR_REGISTER",
        "CRYPTO-5-GM_REGSTER",
        "GDOI-5-GM_REGS_COMPL",
        "GDOI-5-GM_INSTALL_POLICIES_SUCCESS",
    ]
    assert [held.tek for held in member.teks] == world.ks1.teks


def test_clearing_the_sas_gets_the_same_ones_again():
    world = World()
    member = world.registered()
    member.clear_sas()
    assert not member.has_keys
    assert member.sas
    assert world.log()[-2] == (
        "GDOI-4-GM_RE_REGISTER: The IPSec SA created for group GETVPN may have expired/been"
        " cleared, or didn't go through. Re-register to KS."
    )

    world.kernel.advance(1.0)
    assert [held.tek for held in member.teks] == world.ks1.teks


# ---- changes of the configuration ----


def test_another_address_makes_another_member():
    world = World()
    member = world.registered()
    world.network.own("GM1", (GM, "172.16.0.9"))
    changed = World().member(address="172.16.0.9").policy
    member.apply(changed)
    assert not member.teks

    world.kernel.advance(1.0)
    assert world.ks1.requests[-1][1].address == "172.16.0.9"
    assert member.state is Registration.REGISTERED


def test_other_key_servers_are_asked_at_once_by_who_is_not_registered():
    world = World()
    world.ks1.silent = True
    member = world.member(servers=(KS1,))
    member.start()
    world.kernel.advance(3.0)

    member.apply(World().member(servers=(KS2,)).policy)
    world.kernel.advance(1.0)

    assert member.registered_with == KS2


def test_other_key_servers_change_nothing_for_who_is_registered():
    world = World()
    member = world.registered()
    member.apply(World().member(servers=(KS2,)).policy)
    world.kernel.advance(60.0)

    assert member.registered_with == KS1
    assert member.attempted == 1


def test_lines_of_its_own_list_are_merged_and_those_that_permit_are_complained_of():
    world = World()
    own = entries("deny tcp any any eq 179", "permit ip any any")
    world.registered(local_acl="LOCAL", local_entries=own)

    assert "GDOI-4-GM_ACL_PERMIT: GM doesn't support permit ACL entries." in world.log()
    merged = f"GDOI-5-GM_ACL_MERGE: ACL between KS and GM for group {GROUP} merged."
    assert world.log().count(merged) == 1


def test_a_list_of_its_own_that_comes_later_is_merged_then():
    world = World()
    member = world.registered()
    assert world.count("GM_ACL_MERGE") == 0

    own = entries("deny tcp any any eq 179")
    member.apply(World().member(local_acl="LOCAL", local_entries=own).policy)

    assert world.count("GM_ACL_MERGE") == 1
    assert world.count("GM_ACL_PERMIT") == 0


def test_a_registration_that_brings_a_short_tek_is_not_repeated_at_once():
    world = World()
    world.ks1.sas = (sa_policy(lifetime_s=60),)
    world.ks1.fresh_keys()
    member = world.registered()
    world.kernel.advance(30.0)

    assert 2 <= member.succeeded <= 4
