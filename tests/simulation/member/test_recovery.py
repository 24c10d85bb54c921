"""What a member does about packets that it cannot decrypt."""

from getvpn.emulator.gdoi.packets import Drop
from getvpn.emulator.gdoi.policy import Replay, ReplayKind
from getvpn.emulator.gdoi.records import Registration

from .scripted import GM, KS1, KS2, World, sa_policy

SENDER = "10.2.0.5"


def split_world():
    """KS2 has other keys than KS1."""
    world = World()
    world.ks2.fresh_keys()
    return world, world.ks2.teks[0].spi


def test_an_unknown_spi_of_the_group_makes_it_register_to_the_next_key_server():
    world, spi = split_world()
    member = world.registered(recovery_s=300)
    old = member.teks[0]
    assert member.traffic_failed(Drop.INVALID_SPI, spi, SENDER) == 300.0
    assert member.state is Registration.REGISTERING
    assert member.has_keys
    assert world.mnemonics()[-3:] == [
        "RECVD_PKT_INV_SPI",
        "GM_RECOVERY_REGISTER",
        "GM_REGSTER",
    ]

    world.kernel.advance(1.0)
    assert member.registered_with == KS2
    assert member.holds(spi) is not None
    assert member.holds(old.tek.spi) is old
    assert member.encrypting(10) is old
    assert (member.recoveries, member.invalid_spis) == (1, 1)


def test_it_recovers_at_most_once_in_the_interval():
    world, spi = split_world()
    member = world.registered(recovery_s=300)
    unknown = world.ks2.teks[0].spi
    member.traffic_failed(Drop.INVALID_SPI, spi, SENDER)
    world.kernel.advance(100.0)
    world.ks1.fresh_keys()
    unknown = world.ks1.teks[0].spi
    assert member.traffic_failed(Drop.INVALID_SPI, unknown, SENDER) == 200.0
    assert member.recoveries == 1

    world.kernel.advance(200.0)
    assert member.traffic_failed(Drop.INVALID_SPI, unknown, SENDER) == 300.0
    world.kernel.advance(1.0)
    assert member.recoveries == 2
    assert member.registered_with == KS1
    assert world.count("GM_RECOVERY_REREGISTER") == 1


def test_without_the_recovery_check_a_failure_is_logged_only():
    world, spi = split_world()
    member = world.registered()
    assert member.traffic_failed(Drop.INVALID_SPI, spi, SENDER) is None

    assert member.state is Registration.REGISTERED
    assert world.log()[-1] == (
        f"CRYPTO-4-RECVD_PKT_INV_SPI: decaps: rec'd IPSEC packet has invalid spi for"
        f" destaddr={GM}, prot=50, spi=0x{spi:X}({spi}), srcaddr={SENDER}"
    )


def test_an_spi_of_another_group_recovers_nothing():
    world, spi = split_world()
    member = world.registered(recovery_s=300)

    assert member.traffic_failed(Drop.INVALID_SPI, spi ^ 1, SENDER) is None
    assert member.recoveries == 0


def test_an_unknown_spi_is_logged_once_a_minute():
    world, spi = split_world()
    member = world.registered()
    for _ in range(100):
        member.traffic_failed(Drop.INVALID_SPI, spi, SENDER)
        world.kernel.advance(1.0)

    assert world.count("RECVD_PKT_INV_SPI") == 2
    assert member.invalid_spis == 100


def test_a_failed_check_of_the_pseudotime_is_logged_with_both_times():
    world = World()
    world.ks1.sas = (sa_policy(replay=Replay(kind=ReplayKind.TIME, window=100)),)
    world.ks1.fresh_keys()
    member = world.registered(recovery_s=100)
    own = member.pseudotime()
    member.traffic_failed(
        Drop.REPLAY, member.teks[0].tek.spi, "100.0.0.9", pseudotime=500033.34, sequence=11
    )

    assert world.log()[-4:-2] == [
        (
            "GDOI-4-TIMEBASED_REPLAY_FAILED: An anti replay check has failed in group GETVPN"
            f" from sourceip-address 100.0.0.9. my_pseudotime is {own:.2f} secs,"
            " peer_pseudotime is 500033.34 secs, replay_window is 100 (second)"
        ),
        (
            "CRYPTO-4-PKT_REPLAY_ERR: decrypt: replay check failed connection id=1,"
            " sequence number=11"
        ),
    ]
    world.kernel.advance(1.0)
    assert (member.registered_with, member.replays) == (KS2, 1)


def timed_member(**changes):
    """A member whose policy checks times."""
    world = World()
    world.ks1.sas = (sa_policy(replay=Replay(kind=ReplayKind.TIME, window=5)),)
    world.ks1.fresh_keys()
    return world, world.registered(**changes)


def test_the_last_failed_checks_of_times_are_remembered_ten_a_minute():
    world, member = timed_member()
    began, own, spi = world.kernel.now(), member.pseudotime(), member.teks[0].tek.spi
    for number in range(30):
        world.kernel.advance(1.0)
        member.traffic_failed(Drop.REPLAY, spi, SENDER, pseudotime=own + number + 100)
    world.kernel.advance(60.0)
    member.traffic_failed(Drop.REPLAY, spi, "10.2.0.6", pseudotime=3.5)

    *first, last = member.failures.history
    assert [failure.at - began for failure in first] == [float(n) for n in range(2, 11)]
    assert {(failure.source, failure.window) for failure in first} == {(SENDER, 5)}
    assert [failure.peer - failure.own for failure in first] == [99.0] * 9
    assert (last.source, last.peer, last.own) == ("10.2.0.6", 3.5, own + 90.0)
    assert member.replays == 31


def test_what_counts_packets_has_no_history_of_times():
    world = World()
    world.ks1.sas = (sa_policy(replay=Replay(kind=ReplayKind.COUNTER, window=64)),)
    world.ks1.fresh_keys()
    member = world.registered()
    member.traffic_failed(Drop.REPLAY, member.teks[0].tek.spi, SENDER, sequence=3)
    assert (list(member.failures.history), member.replays) == ([], 1)


def test_clearing_the_check_for_replays_forgets_what_failed_and_keeps_the_time():
    _, member = timed_member()
    member.traffic_failed(Drop.REPLAY, member.teks[0].tek.spi, SENDER, pseudotime=9000.0)
    member.largest_skew_s = 1.5
    own = member.pseudotime()
    member.clear_replays()
    assert (member.replays, list(member.failures.history), member.largest_skew_s) == (0, [], 0.0)
    assert member.pseudotime() == own


def test_other_drops_and_detached_maps_recover_nothing():
    world, spi = split_world()
    member = world.registered(recovery_s=300)
    assert member.traffic_failed(Drop.IN_CLEAR, 0, SENDER) is None
    member.stop()
    assert member.traffic_failed(Drop.INVALID_SPI, spi, SENDER) is None
    assert member.recoveries == 0


def test_a_recovery_that_finds_nobody_goes_on_through_the_list_with_the_old_keys():
    world, spi = split_world()
    world.ks2.silent = True
    member = world.registered(recovery_s=300)
    old = member.teks[0]
    member.traffic_failed(Drop.INVALID_SPI, spi, SENDER)
    world.kernel.advance(35.0)
    assert member.encrypting(10) is old

    world.kernel.advance(10.0)
    assert member.registered_with == KS1
    assert member.encrypting(10) is old


def test_a_rekey_does_not_end_a_recovery():
    world, spi = split_world()
    world.ks2.silent = True
    member = world.registered(recovery_s=300)
    member.traffic_failed(Drop.INVALID_SPI, spi, SENDER)
    world.kernel.advance(15.0)
    world.ks1.renew()
    world.ks2.silent = False
    world.kernel.advance(10.0)

    assert member.rekeys == 1
    assert member.registered_with == KS2
