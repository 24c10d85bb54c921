"""A partition longer than three missed rekeys: each side has forgotten the members of the other."""

from dataclasses import replace

from getvpn.emulator.gdoi.crowd import Crowd, CrowdSize, make_crowd, usual_policy
from getvpn.emulator.keys.material import KeyMaterial
from getvpn.emulator.simulation.kernel import Kernel

TEK_S = 1800


def split_group(key: KeyMaterial, seconds: float) -> Crowd:
    policy = usual_policy()
    policy = replace(policy, sas=(replace(policy.sas[0], lifetime_s=TEK_S),))
    crowd = make_crowd(CrowdSize(servers=3, members=5), policy, kernel=Kernel(0.0, 5), key=key)
    crowd.start()
    crowd.kernel.advance(300)
    crowd.network.partition(["KS1", "GM1", "GM2"])
    crowd.kernel.advance(seconds)
    return crowd


def test_both_sides_serve_their_own_members(rekey_key: KeyMaterial) -> None:
    crowd = split_group(rekey_key, 20_000)
    assert len(crowd.primaries) == 2
    assert crowd.traffic("GM1", "GM2").encrypted
    assert crowd.traffic("GM3", "GM5").encrypted


def test_after_the_merge_all_members_get_the_same_rekey(rekey_key: KeyMaterial) -> None:
    crowd = split_group(rekey_key, 20_000)
    crowd.network.heal()
    crowd.kernel.advance(120)
    (primary,) = crowd.primaries
    assert set(primary.members) == {member.policy.address for member in crowd.members}
    assert all(member.holds(primary.teks[-1].spi) is not None for member in crowd.members)
    for a in range(1, 6):
        for b in range(1, 6):
            assert a == b or crowd.traffic(f"GM{a}", f"GM{b}").encrypted
