"""Sender identifiers that two cooperating key servers give: members must not share any."""

from dataclasses import replace

from getvpn.emulator.gdoi.messages import Refused
from getvpn.emulator.keys import KeyMaterial

from .ks_pair import Pair
from .ks_world import GCM, sa_policy, server_policy

COUNTING = (sa_policy(transform=GCM),)


def overlap(kssids: str, peer: int) -> str:
    return (
        f"Overlapping KS Sender Identifier(s) (KSSID) {{{kssids}}} with COOP-KS peer 10.0.0.{peer}"
        " in group GETVPN blocking GM registration (MISCONFIG)"
    )


RESOLVED = (
    "Resolved overlapping KS Sender Identifier(s) (KSSID) with COOP-KS peer allowing GM"
    " registrations once again"
)


def assign(pair: Pair, number: int, *kssids: int) -> None:
    """Configure the identifiers of a key server."""
    group = pair.groups[number - 1]
    group.apply(replace(group.policy, kssids=kssids))
    pair.run(2)


def test_key_servers_with_identifiers_of_their_own_serve_members(rsa_key: KeyMaterial) -> None:
    pair = Pair(rsa_key, server_policy(sas=COUNTING))
    for number, group in enumerate(pair.groups, 1):
        group.apply(replace(group.policy, kssids=(number,)))
    pair.start()
    first, second = pair.member(1, 1), pair.member(2, 2)
    pair.run(2)
    assert [first.downloads[0].kssid, second.downloads[0].kssid] == [1, 2]
    for node in ("KS1", "KS2"):
        assert not pair.logged(node, "COOP_KSSID_OVERLAP")


def test_an_identifier_of_two_key_servers_is_told_once_and_blocks_registrations(
    rsa_key: KeyMaterial,
) -> None:
    pair = Pair(rsa_key, server_policy(sas=COUNTING, kssids=(3, 4, 5, 9))).start()
    pair.run(600)
    assert pair.logged("KS1", "COOP_KSSID_OVERLAP") == [overlap("3-5,9", 2)]
    assert pair.logged("KS2", "COOP_KSSID_OVERLAP") == [overlap("3-5,9", 1)]
    for number in (1, 2):
        member = pair.member(number, number)
        pair.run(2)
        assert [refusal.reason for refusal in member.refusals] == [Refused.NO_SENDER_ID]
    assert not pair.logged("KS1", "KS_NO_SID_AVAILABLE")


def test_registrations_go_on_when_the_overlap_is_gone(rsa_key: KeyMaterial) -> None:
    pair = Pair(rsa_key, server_policy(sas=COUNTING, kssids=(3, 4))).start()
    assign(pair, 2, 4, 5)
    assert pair.logged("KS1", "COOP_KSSID_OVERLAP")[1:] == [overlap("4", 2)]
    assert not pair.logged("KS1", "COOP_KSSID_OVERLAP_RESOLVED")
    assign(pair, 2, 5)
    for node in ("KS1", "KS2"):
        assert pair.logged(node, "COOP_KSSID_OVERLAP_RESOLVED") == [RESOLVED]
    first, second = pair.member(1, 1), pair.member(2, 2)
    pair.run(2)
    assert [first.downloads[0].kssid, second.downloads[0].kssid] == [3, 5]


def test_a_key_server_that_is_no_peer_any_more_overlaps_no_more(rsa_key: KeyMaterial) -> None:
    pair = Pair(rsa_key, server_policy(sas=COUNTING, kssids=(3,)), servers=3).start()
    assert len(pair.logged("KS1", "COOP_KSSID_OVERLAP")) == 2
    group = pair.groups[0]
    coop = group.policy.coop
    assert coop is not None
    group.apply(replace(group.policy, coop=replace(coop, peers=("10.0.0.2",)), kssids=(4,)))
    pair.run(2)
    assert len(pair.logged("KS1", "COOP_KSSID_OVERLAP_RESOLVED")) == 1
    assert len(pair.logged("KS2", "COOP_KSSID_OVERLAP_RESOLVED")) == 0
    member = pair.member(1, 1)
    pair.run(2)
    assert member.downloads[0].kssid == 4


def test_groups_that_count_no_packets_serve_members_all_the_same(rsa_key: KeyMaterial) -> None:
    pair = Pair(rsa_key, server_policy(kssids=(3,))).start()
    member = pair.member(1, 1)
    pair.run(2)
    assert len(member.downloads) == 1
