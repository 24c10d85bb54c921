"""When a key server makes keys, and what it hands out."""

from getvpn.emulator.gdoi.keys import marked
from getvpn.emulator.gdoi.messages import Refused
from getvpn.emulator.gdoi.policy import Transport
from getvpn.emulator.keys import KeyMaterial
from getvpn.emulator.services.access_entries import ipv6_entry

from .ks_world import LABEL, START, World, rekey_policy, sa_policy, server_policy


def test_a_single_key_server_makes_its_keys_at_the_first_registration(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key)
    world.run(600)
    assert world.group.kek is None
    assert world.group.teks == []

    (member,) = world.members(1)

    (download,) = member.downloads
    kek = world.group.kek
    assert kek is not None
    assert kek.created_at == START + 600.02
    assert download.kek is kek
    assert download.sequence == 0
    assert [grant.tek for grant in download.grants] == world.group.teks


def test_there_is_one_tek_for_each_policy(rsa_key: KeyMaterial) -> None:
    policy = server_policy(sas=(sa_policy(10, 3600), sa_policy(20, 7200)))
    world = World(rsa_key, policy)
    (member,) = world.members(1)

    teks = [grant.tek for grant in member.downloads[0].grants]
    assert [(tek.sa.number, tek.lifetime_s) for tek in teks] == [(10, 3600), (20, 7200)]
    assert len({tek.spi for tek in teks}) == 2
    assert all(marked(tek.spi, "1000") for tek in teks)


def test_without_its_rsa_key_a_key_server_makes_neither_kek_nor_tek() -> None:
    world = World(None)
    assert world.logged("KS_NO_RSA_KEYS") == [
        f"RSA Key - {LABEL} : Not found, Required for group GETVPN"
    ]

    member = world.member().ask()
    world.run(1)

    assert [refusal.reason for refusal in member.refusals] == [Refused.NO_POLICY]
    assert world.group.kek is None
    assert world.group.teks == []


def test_the_key_that_appears_later_is_used(rsa_key: KeyMaterial) -> None:
    world = World(None)
    world.station.hold_key(LABEL, rsa_key)

    (member,) = world.members(1)

    assert member.downloads[0].public_der == rsa_key.public_der


def test_a_later_member_gets_what_is_left(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key)
    first = world.member(1).ask()
    world.run(1000)
    second = world.member(2).ask()
    world.run(1)

    grant, later = first.downloads[0].grants[0], second.downloads[0].grants[0]
    assert later.tek is grant.tek
    assert later.expires_at == grant.expires_at
    assert second.downloads[0].kek_expires_at == first.downloads[0].kek_expires_at


def test_the_schedule_is_that_of_published_samples(rsa_key: KeyMaterial) -> None:
    # lifetimes, retransmissions, and the leads that `show crypto gdoi ks policy` has with them
    samples = ((3600, 86_400, 2, 385, 225), (600, 1200, 3, 125, 235), (120, 360, 2, 90, 225))
    for tek_s, kek_s, count, tek_lead, kek_lead in samples:
        rekey = rekey_policy(lifetime_s=kek_s, count=count)
        world = World(rsa_key, server_policy(sas=(sa_policy(10, tek_s),), rekey=rekey))
        world.members(2)
        group = world.group
        (tek,) = group.teks
        now = world.kernel.now()
        assert round(tek.remaining_s(now) - (group.time_to_rekey(tek) or 0), 6) == tek_lead
        assert group.kek is not None
        left = group.kek.remaining_s(now) - (group.kek_time_to_rekey() or 0)
        assert round(left, 6) == kek_lead


def test_a_multicast_group_renews_its_keys_without_time_for_retransmissions(
    rsa_key: KeyMaterial,
) -> None:
    rekey = rekey_policy(transport=Transport.MULTICAST, multicast="239.1.1.1")
    world = World(rsa_key, server_policy(rekey=rekey))
    world.members(1)
    (tek,) = world.group.teks
    left = tek.remaining_s(world.kernel.now()) - (world.group.time_to_rekey(tek) or 0)
    assert round(left, 6) == 360


def test_the_time_to_rekey_follows_the_number_of_members(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key)
    world.members(50)
    (tek,) = world.group.teks
    before = world.group.tek_rekey_at[tek.spi]
    world.member(51).ask()
    world.run(1)
    assert before - world.group.tek_rekey_at[tek.spi] == 5.0


def test_a_single_key_server_that_reboots_has_lost_everything(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key)
    (member,) = world.members(1)
    old = world.group.teks[0].spi
    world.group.stop()
    world.run(60)
    world.group.start()
    assert world.group.kek is None
    assert not world.group.members
    member.ask()
    world.run(1)
    assert member.spis == [world.group.teks[0].spi] != [old]
    world.run(3600)
    assert len(member.rekeys) == 1


def test_a_configuration_can_change_before_the_group_starts(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key)
    world.group.stop()
    world.apply(sas=(sa_policy(10, 7200),))
    assert not world.group.pending
    world.group.start()
    (member,) = world.members(1)
    assert member.downloads[0].grants[0].tek.lifetime_s == 7200


def test_a_group_for_ipv6_is_served_over_ipv4(rsa_key: KeyMaterial) -> None:
    line = ipv6_entry(["permit", "ipv6", "2001:DB8::/32", "any"])
    world = World(rsa_key, server_policy(ipv6=True, sas=(sa_policy(entries=(line,)),)))
    (member,) = world.members(1)
    assert member.downloads[0].sas[0].entries == (line,)
    world.run(3600)
    assert len(member.rekeys) == 1
