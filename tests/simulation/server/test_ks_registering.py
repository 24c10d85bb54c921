"""Who gets the keys of a group, and what others hear."""

from dataclasses import replace

import pytest

from getvpn.emulator.gdoi.ike import IkeAnswer, IkeFailure, IkeOffer
from getvpn.emulator.gdoi.messages import Refused
from getvpn.emulator.gdoi.policy import Authorization, CoopPolicy, Protocol
from getvpn.emulator.gdoi.records import Role
from getvpn.emulator.gdoi.simple_ike import SharedSecretIke
from getvpn.emulator.keys import KeyMaterial
from getvpn.emulator.services.access_entries import standard_entry

from .ks_world import SECRET, SERVER, START, World, sa_policy, server_policy


def reasons(member: object) -> list[Refused]:
    return [refusal.reason for refusal in member.refusals]  # type: ignore[attr-defined]


def test_a_member_is_in_the_database_as_it_registered(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key)
    member = world.member(1, version="1.0.25").ask()
    world.run(1)

    record = world.group.members[member.address]
    assert (record.address, record.version, record.key_server) == ("10.1.0.2", "1.0.25", "10.0.0.1")
    assert record.local
    assert record.registered_at == START + 0.02
    assert record.identity == "10.1.0.2"
    assert world.logged("KS_REGS_COMPL") == [
        "Registration of GM 10.1.0.2 complete for group GETVPN using address 10.0.0.1"
    ]
    assert world.station.ike.standing["10.1.0.2", "registration"] == 1


def test_a_member_that_registers_again_begins_anew_in_the_database(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key)
    (member,) = world.members(1)
    world.group.rekey()
    world.run(60)
    assert world.group.members[member.address].acks == 1
    member.ask()
    world.run(1)
    assert world.group.members[member.address].acks == 0
    assert len(world.group.members) == 1


def test_a_wrong_pre_shared_key_is_answered_by_silence(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key)
    member = world.member()
    member.station.ike.spoil("mistyped")
    member.ask()
    world.run(5)
    assert not member.downloads
    assert not member.refusals
    assert not world.group.members


def test_version_2_of_ike_says_that_authentication_failed(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key, server_policy(ikev2_profile="PROFILE"))
    member = world.member(1, protocol=Protocol.GIKEV2)
    member.station.ike.spoil("mistyped")
    member.ask()
    world.run(5)
    assert [(one.reason, one.detail) for one in member.refusals] == [
        (Refused.IKE, "pre-shared keys differ")
    ]


def test_that_no_proposal_was_chosen_is_said(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key)
    world.station.ike = SharedSecretIke(SECRET, proposals=())
    member = world.member().ask()
    world.run(5)
    assert [(one.reason, one.detail) for one in member.refusals] == [
        (Refused.IKE, "no proposal chosen")
    ]


def test_an_unknown_group_is_refused_and_logged(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key)
    member = world.member(1, identity="9999").ask()
    world.run(5)
    assert reasons(member) == [Refused.BAD_ID]
    assert world.logged("KS_BAD_ID") == [
        "Registration: group 9999 config mismatch between KS and the GM 10.1.0.2."
    ]


def test_whoever_cannot_authenticate_learns_nothing_of_groups(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key)
    member = world.member(1, identity="9999")
    member.station.ike.spoil("mistyped")
    member.ask()
    world.run(5)
    assert not member.refusals
    assert not world.logged("KS_BAD_ID")


def authorized(*lines: str) -> Authorization:
    return Authorization(acl="52", entries=tuple(standard_entry(line.split()) for line in lines))


def test_an_address_that_is_not_authorized_is_logged_and_hears_nothing(
    rsa_key: KeyMaterial,
) -> None:
    policy = server_policy(authorization=authorized("permit 10.1.0.2"))
    world = World(rsa_key, policy)
    good, bad = world.member(1).ask(), world.member(2).ask()
    world.run(5)
    assert good.downloads
    assert not bad.downloads
    assert not bad.refusals
    assert world.logged("UNAUTHORIZED_IPADDR") == [
        "Group GETVPN received registration from unauthorized ip address: 10.1.0.3"
    ]


@pytest.mark.parametrize(
    ("lines", "allowed"),
    [
        (("deny 10.1.0.2", "permit any"), False),
        (("permit 10.1.0.0 0.0.0.255", "deny 10.1.0.2"), True),
        (("deny 10.1.0.0 0.0.0.255", "permit 10.1.0.2"), False),
        (("permit 10.1.0.2", "deny any"), True),
        (("permit 10.2.0.0 0.0.255.255",), False),
        ((), True),
    ],
)
def test_the_first_line_that_fits_decides(
    rsa_key: KeyMaterial, lines: tuple[str, ...], allowed: bool
) -> None:
    world = World(rsa_key, server_policy(authorization=authorized(*lines)))
    member = world.member(1).ask()
    world.run(5)
    assert bool(member.downloads) is allowed


def test_who_is_taken_off_the_list_cannot_come_back(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key, server_policy(authorization=authorized("permit any")))
    member = world.member(1).ask()
    world.run(5)
    world.apply(authorization=authorized("deny 10.1.0.2", "permit any"))
    member.ask()
    world.run(5)
    assert len(member.downloads) == 1


class CertifiedIke(SharedSecretIke):
    """An IKE whose answers say that the other end has proved a name."""

    __slots__ = ("proved",)

    def answer(self, offer: IkeOffer, *, profile: str = "") -> IkeAnswer | IkeFailure:
        found = super().answer(offer, profile=profile)
        if isinstance(found, IkeFailure):
            return found
        identity, names = self.proved
        return replace(found, peer_identity=identity, peer_names=names)


SUBJECT = ("cn=gm1.example.net,ou=GETVPN,o=Example", "cn=gm1.example.net", "ou=GETVPN", "o=Example")


@pytest.mark.parametrize(
    ("names", "identity", "certified", "described"),
    [
        (("ou=GETVPN",), SUBJECT[0], SUBJECT, ""),
        (("dn ou=GETVPN, o=example",), SUBJECT[0], SUBJECT, ""),
        (("ou=OTHER",), SUBJECT[0], SUBJECT, f"Dist. name: {SUBJECT[0]}"),
        (("gm1.example.net",), "gm1.example.net", (), ""),
        (("fqdn *.example.net",), "gm1.example.net", (), ""),
        (("ou=GETVPN",), "gm1.example.net", (), "FQDN name: gm1.example.net"),
        (
            ("ou=GETVPN",),
            "10.1.0.2",
            (),
            "Dist. name parsing failed. Peer Address: 10.1.0.2",
        ),
        ((), SUBJECT[0], SUBJECT, "Dist. name parsing failed. Peer Address: 10.1.0.2"),
    ],
)
def test_a_list_of_identities_is_compared_with_what_was_proved(
    rsa_key: KeyMaterial,
    names: tuple[str, ...],
    identity: str,
    certified: tuple[str, ...],
    described: str,
) -> None:
    policy = server_policy(authorization=Authorization(identity="GMS", names=names))
    world = World(rsa_key, policy)
    world.station.ike = CertifiedIke(SECRET)
    world.station.ike.proved = identity, certified
    member = world.member(1).ask()
    world.run(5)

    assert bool(member.downloads) is not bool(described)
    assert not member.refusals
    prefix = "Group GETVPN received registration from unauthorized identity: \t"
    expected = [prefix + described] if described else []
    assert world.logged("UNAUTHORIZED_IDENTITY") == expected


def test_a_group_serves_the_protocols_that_it_is_told_to(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key)
    newer = world.member(1, protocol=Protocol.GIKEV2).ask()
    older = world.member(2).ask()
    world.run(5)
    assert reasons(newer) == [Refused.PROTOCOL]
    assert older.downloads

    world.apply(gdoi=False, ikev2_profile="PROFILE")
    newer.ask()
    older.ask()
    world.run(5)
    assert len(newer.downloads) == 1
    assert len(older.downloads) == 1
    assert reasons(older) == [Refused.PROTOCOL]
    assert world.group.members[newer.address].protocol is Protocol.GIKEV2


def test_perfect_forward_secrecy_is_for_ike_version_2(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key, server_policy(ikev2_profile="PROFILE", pfs=True, d3p_ms=1000))
    newer = world.member(1, protocol=Protocol.GIKEV2).ask()
    older = world.member(2).ask()
    world.run(5)
    assert newer.downloads[0].pfs
    assert newer.downloads[0].d3p_ms == 0
    assert not older.downloads[0].pfs
    assert older.downloads[0].d3p_ms == 1000


def test_new_members_are_blocked_for_a_while_but_known_ones_are_not(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key, server_policy(coop=CoopPolicy(peers=("10.0.0.2",))))
    coop = world.group.coop
    assert coop is not None
    coop.role = Role.PRIMARY
    known = world.member(1).ask()
    world.run(1)
    coop.adoption.blocking = True
    known.ask()
    new = world.member(2).ask()
    world.run(1)
    assert len(known.downloads) == 2
    assert reasons(new) == [Refused.BLOCKED]


def test_several_groups_live_on_one_address(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key)
    other = type(world.group)(
        world.station,
        server_policy(group="OTHER", identity="2000", sas=(sa_policy(10, 7200),)),
        handle=2,
    )
    other.start()
    first, second = world.member(1).ask(), world.member(2, identity="2000").ask()
    world.run(1)
    assert list(world.group.members) == [first.address]
    assert list(other.members) == [second.address]
    assert first.downloads[0].grants[0].tek.lifetime_s == 3600
    assert second.downloads[0].grants[0].tek.lifetime_s == 7200
    assert first.downloads[0].kek is not second.downloads[0].kek


def test_of_a_list_with_more_than_100_lines_only_the_first_100_count(rsa_key: KeyMaterial) -> None:
    lines = tuple(sa_policy().entries[0] for _ in range(101))
    world = World(rsa_key, server_policy(sas=(sa_policy(entries=lines),)))
    (member,) = world.members(1)
    assert len(member.downloads[0].sas[0].entries) == 100
    assert len(member.downloads[0].grants[0].tek.sa.entries) == 100
    text = "The ACL has too many entries. GDOI will honor only the first 100 ACL entries specified."
    assert world.logged("GDOI_ACL_NUM") == [text]

    world.apply(sas=(sa_policy(entries=lines[:100]),))
    assert not world.group.pending
    world.apply(sas=(sa_policy(entries=lines),))
    assert world.logged("GDOI_ACL_NUM") == [text, text]


def test_a_group_that_ends_serves_nobody_and_forgets_all(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key)
    (member,) = world.members(1)
    world.group.stop(deleted=True)
    member.ask()
    world.run(5)
    assert len(member.downloads) == 1
    assert world.group.kek is None
    assert not world.group.members
    assert world.logged("KS_GROUP_ADD") == ["Config: KS 10.0.0.1 added to the Group GETVPN."]
    assert world.logged("KS_GROUP_DELETE") == ["Config: KS 10.0.0.1 removed from the Group GETVPN."]


def test_another_address_is_served_from_then_on(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key)
    world.network.own("KS1", ("10.0.0.1", "10.0.0.9"))
    world.apply(address="10.0.0.9")
    old, new = world.member(1).ask(), world.member(2).ask("10.0.0.9")
    world.run(5)
    assert not old.downloads
    assert new.downloads[0].server == "10.0.0.9"


def test_members_register_only_where_the_configuration_lets_them(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key, server_policy(registration_addresses=("10.0.0.9",)))
    world.network.own("KS1", (SERVER, "10.0.0.8", "10.0.0.9"))
    asked = {
        server: world.member(number).ask(server)
        for number, server in enumerate((SERVER, "10.0.0.8", "10.0.0.9"), 1)
    }
    world.run(5)
    assert {server: len(member.downloads) for server, member in asked.items()} == {
        SERVER: 0,
        "10.0.0.8": 0,
        "10.0.0.9": 1,
    }
    assert not any(member.refusals for member in asked.values())
    member = asked["10.0.0.9"]
    assert member.downloads[0].server == "10.0.0.9"
    assert world.group.members[member.address].key_server == SERVER
    assert world.logged("KS_REGS_COMPL") == [
        f"Registration of GM {member.address} complete for group GETVPN using address 10.0.0.9"
    ]
    # rekeys come from the address of the group, and acknowledgements go there
    assert world.group.rekey() == ""
    world.run(5)
    assert len(member.rekeys) == 1
    assert world.group.members[member.address].acks == 1


def test_another_place_to_register_counts_at_once(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key, server_policy(registration_addresses=("10.0.0.9",)))
    world.network.own("KS1", (SERVER, "10.0.0.9"))
    world.apply(registration_addresses=None)
    old, new = world.member(1).ask("10.0.0.9"), world.member(2).ask()
    world.run(5)
    assert (len(old.downloads), len(new.downloads)) == (0, 1)
    world.apply(registration_addresses=())
    nobody = world.member(3).ask()
    world.run(5)
    assert not nobody.downloads
    world.group.stop()
    assert not nobody.refusals
