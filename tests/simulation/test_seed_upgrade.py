"""The seed on upgrades: key servers one after another, then members."""

import pytest

from getvpn.emulator.gdoi.records import Role

from .seed_citing import seed
from .seed_world import kill, lost, revive, running, spis, unencrypted, watched


@seed(
    "will force one of the Secondary Key Servers to be promoted to Primary status",
    "it should assume the role of a Secondary Key Server",
    "minimize changes in the TEK and KEK during the upgrades of the Key Servers",
)
@pytest.mark.parametrize("off_s", [1, 5, 25, 45, 59, 65, 300, 3000])
def test_however_long_the_primary_is_away_another_one_goes_on_with_its_keys(off_s: int) -> None:
    crowd = running(servers=3)
    watch, before = watched(crowd), spis(crowd.servers[0])
    kek = crowd.members[0].kek
    kill(crowd, "KS1")
    crowd.kernel.advance(off_s)
    revive(crowd, "KS1")
    crowd.kernel.advance(130)
    assert [each.role for each in crowd.servers] == [Role.SECONDARY, Role.PRIMARY, Role.SECONDARY]
    for each in crowd.servers:
        assert spis(each) == before
        assert each.kek is not None
        assert kek is not None
        assert each.kek.spi == kek.spi
        assert set(each.members) == {member.policy.address for member in crowd.members}
    crowd.kernel.advance(7200)
    assert {member.succeeded for member in crowd.members} == {1}
    assert unencrypted(watch) == {}
    assert lost(watch) == {}
