"""A network that is watched while things happen to it, in the time of a lab."""

import pytest

from getvpn.errors import UsageError
from getvpn.tasks.watching.watcher import Pace, Watcher

from .worlds import Watched


@pytest.fixture
def watched() -> Watched:
    """A network that has been looked at once."""
    watched = Watched()
    watched.looks(1)
    return watched


def test_a_group_that_is_well_is_told_in_figures(watched: Watched) -> None:
    (group,) = watched.state.groups

    assert (group.name, group.primary, group.primaries, group.members) == ("G1", "KS1", 1, 2)
    assert [(each.name, each.role, each.alive_peers) for each in group.servers] == [
        ("KS1", "primary", 1),
        ("KS2", "secondary", 1),
    ]
    assert group.acks is not None
    assert (group.acks.listed, group.acks.missed) == (2, 0)
    assert (group.sampled, group.well) == (2, 2)
    assert group.kek_lifetime_s == 86_400
    assert watched.kept.items == []
    assert watched.state.alerts == ()


def test_rekeys_are_changes_and_no_alerts(watched: Watched) -> None:
    state = watched.looks(130)

    assert set(watched.names()) == {("NewTek", "", "KS1")}
    assert state.rekeys == {("G1", "kek"): 0, ("G1", "tek"): 1}
    assert {name: count for name, count in state.counts.items() if count} == {"NewTek": 1}


def test_a_key_server_that_loses_its_power_is_told_and_so_is_who_follows(
    watched: Watched,
) -> None:
    watched.running.lab.power_off("KS1")
    state = watched.looks(5)

    told = watched.names()
    assert told[0] == ("ServerGone", "", "KS1")
    assert ("PrimaryChanged", "", "KS2") in told
    assert ("KeyServerUnreachable", "firing", "KS1") in told
    assert ("PeerDown", "firing", "KS2") in told or ("PeerGone", "", "KS2") in told
    assert state.devices["KS1"].failure
    assert [each.rule for each in state.alerts][:1] == ["KeyServerUnreachable"]

    watched.running.lab.power_on("KS1")
    state = watched.looks(30)

    assert ("ServerBack", "", "KS1") in watched.names()
    assert ("KeyServerUnreachable", "resolved", "KS1") in watched.names()
    assert state.alerts == ()


def test_that_the_primary_cannot_be_asked_does_not_make_the_group_leaderless(
    watched: Watched,
) -> None:
    watched.devices.refusing.add("KS1")
    watched.running.devices.hang_up()
    state = watched.looks(10)

    assert [each.rule for each in state.alerts] == ["KeyServerUnreachable"]
    assert "NoPrimary" not in {name for name, _, _ in watched.names()}
    assert state.groups[0].members == 2


def test_a_login_that_is_turned_down_is_tried_seldom(watched: Watched) -> None:
    watched.devices.refusing.add("KS1")
    watched.running.devices.hang_up()
    watched.devices.opened.clear()
    watched.looks(60)

    # after 15 minutes, then twice that
    assert watched.devices.opened.count("KS1") == 3


def test_members_that_are_not_asked_have_no_alerts(watched: Watched) -> None:
    watched.devices.shared = True
    watched.devices.refusing |= {"KS1", "KS2", "BR1", "BR2"}
    watched.running.devices.hang_up()
    state = watched.looks(60)

    assert {each.rule for each in state.alerts} == {"KeyServerUnreachable"}
    assert state.groups[0].sampled == 0


def test_two_primaries_are_an_alert_that_does_not_end_by_silence(watched: Watched) -> None:
    network = watched.running.lab.network
    network.partition(["KS1"], ["KS2"])
    watched.looks(6)
    first = {name for name, state, _ in watched.names() if state == "firing"}
    watched.devices.refusing.add("KS2")
    watched.running.devices.hang_up()
    state = watched.looks(6)

    assert "SeveralPrimaries" in first
    assert "SeveralPrimaries" in {each.rule for each in state.alerts}


def test_a_member_of_the_sample_that_is_not_registered_is_followed(watched: Watched) -> None:
    watched.running.configure("BR1", "interface GigabitEthernet1", "no crypto map")
    state = watched.looks(12)
    ours = [each for each in state.alerts if each.device == "BR1"]

    assert [each.group for each in ours] == ["G1"]
    assert (state.groups[0].sampled, state.groups[0].well) == (2, 1)


def test_only_groups_that_the_intent_has_are_watched(watched: Watched) -> None:
    with pytest.raises(UsageError, match="has no group 'G7'"):
        Watcher(watched.running.intent, watched.devices, watched.clock, groups=["G7"])


def test_a_clock_that_is_set_back_does_not_stop_the_watch(watched: Watched) -> None:
    class Wrong:
        def __init__(self) -> None:
            self.off = 0.0

        def now(self) -> float:
            return watched.clock.now() + self.off

        def sleep(self, seconds: float) -> None:
            assert seconds <= 60
            watched.clock.sleep(seconds)

    clock = Wrong()
    watcher = Watcher(watched.running.intent, watched.devices, clock)
    watcher.run(count=1)
    clock.off = -7200.0
    watcher.run(count=2)

    assert watcher.state.at == clock.now()


def test_who_presses_ctrl_c_twice_leaves_no_command_behind(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[str] = []

    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(watched.watcher._poller, "close", interrupted)
    monkeypatch.setattr(watched.watcher._post, "close", lambda: closed.append("post"))
    with pytest.raises(KeyboardInterrupt):
        watched.watcher.close()

    assert closed == ["post"]


def test_a_day_and_more_of_a_network_that_is_well_has_no_alerts() -> None:
    calm = Watched(Pace(every_s=300, members_every_s=1800, sample=1))
    state = calm.looks(26 * 12)

    assert {name for name, _, _ in calm.names()} == {"NewTek", "NewKek"}
    assert state.counts["NewKek"] == 1
    assert state.rekeys["G1", "tek"] == state.counts["NewTek"]


def test_a_group_whose_rekeys_do_not_come_is_told_until_there_are_keys(watched: Watched) -> None:
    for name in ("KS1", "KS2"):
        watched.running.configure(name, "crypto key zeroize rsa GETVPN-REKEY", "yes")
    state = watched.looks(3 * 60)

    alerts = [each for each in watched.names() if each[0] == "TekExpires"]
    assert alerts == [("TekExpires", "firing", "")]
    assert "TekExpires" in {each.rule for each in state.alerts}
    assert {each.text for each in state.alerts if each.rule == "TekExpires"} == {
        "the traffic key has ended, and there is no newer one"
    }


def test_a_member_that_is_well_again_is_told(watched: Watched) -> None:
    outside = ("interface GigabitEthernet1",)
    watched.running.configure("BR1", *outside, "no crypto map")
    watched.looks(15)
    watched.running.configure("BR1", *outside, "crypto map GETVPN-MAP")
    state = watched.looks(15)

    told = [each for each in watched.names() if each[0] == "MemberNotRegistered"]
    assert told == [("MemberNotRegistered", state, "BR1") for state in ("firing", "resolved")]
    assert state.alerts == ()
