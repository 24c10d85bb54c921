"""Laws of a key server, whatever is configured and whatever operators do."""

from collections import defaultdict

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from getvpn.emulator.gdoi.parameters import Parameters
from getvpn.emulator.gdoi.policy import Authorization, Protocol, ServerPolicy, Transport
from getvpn.emulator.gdoi.records import MemberRecord
from getvpn.emulator.gdoi.server.authorizing import Authorizer
from getvpn.emulator.gdoi.server.database import MemberDatabase
from getvpn.emulator.gdoi.server.sender_ids import SenderIds
from getvpn.emulator.keys import KeyMaterial
from getvpn.emulator.services.access_entries import AccessEntry, standard_entry

from .ks_world import LABEL, World, rekey_policy, sa_policy, server_policy

SOME = settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
lifetimes = st.integers(120, 20_000)
policies = st.builds(
    lambda teks, kek, interval, count, transport: server_policy(
        sas=tuple(sa_policy(10 * (n + 1), life) for n, life in enumerate(teks)),
        rekey=rekey_policy(
            lifetime_s=kek,
            interval_s=interval,
            count=count,
            transport=transport,
            multicast="239.1.1.1",
        ),
    ),
    st.lists(lifetimes, min_size=1, max_size=3),
    st.integers(300, 40_000),
    st.integers(10, 60),
    st.one_of(st.none(), st.integers(1, 5)),
    st.sampled_from(list(Transport)),
)


@SOME
@given(policy=policies, members=st.integers(1, 8))
def test_every_key_is_renewed_before_its_end_at_the_time_that_was_told(
    rsa_key: KeyMaterial, policy: ServerPolicy, members: int
) -> None:
    world = World(rsa_key, policy)
    world.members(members)
    group, figures = world.group, world.group.host.parameters
    for _ in range(40):
        now = world.kernel.now()
        assert group.kek is not None
        times = {tek.spi: group.time_to_rekey(tek) for tek in group.teks}
        kek_time = group.kek_time_to_rekey()
        assert kek_time is not None
        due = min(kek_time, *(time for time in times.values() if time is not None))
        live = {tek.sa.number for tek in group.teks if tek.expires_at > now}
        assert live == {sa.number for sa in group.policy.sas}
        kek, count = group.kek, len(group.teks)
        world.run(due - 0.01)
        assert (group.kek, len(group.teks)) == (kek, count)
        world.run(0.02)
        assert group.kek is not kek or group.teks[-1].created_at >= now + due - 0.01
        for tek in group.teks:
            if (time := group.time_to_rekey(tek)) is not None:
                lead = tek.remaining_s(world.kernel.now()) - time
                assert 0 < lead <= figures.tek_lead_cap * tek.lifetime_s + 1e-6


@st.composite
def actions(draw: st.DrawFn) -> list[tuple[str, float]]:
    names = ("run", "rekey", "replace", "remove", "now", "reauth", "policy", "key", "ask", "clear")
    return draw(
        st.lists(st.tuples(st.sampled_from(names), st.floats(0.1, 4000)), min_size=1, max_size=25)
    )


def act(world: World, keys: tuple[KeyMaterial, ...], name: str, figure: float) -> None:
    group = world.group
    match name:
        case "rekey" | "replace":
            group.rekey(replace=name == "replace")
        case "remove" | "now":
            group.remove_members(now=name == "now")
        case "reauth":
            group.reauthenticate()
        case "policy":
            life = 600 + int(figure)
            sas = (sa_policy(10, life), sa_policy(20 if figure < 2000 else 30, life))
            world.apply(sas=sas, receive_only=figure > 1000)
        case "key":
            chosen = (None, *keys)[int(figure) % (len(keys) + 1)]
            world.station.hold_key(LABEL, chosen)
        case "ask":
            world.member(int(figure) % 5 + 1).ask()
        case "clear":
            (group.clear if figure < 500 else group.reset_policy)()
        case _:
            pass
    world.run(figure)


@SOME
@given(script=actions(), members=st.integers(0, 3))
def test_sequence_numbers_never_go_back_under_one_kek(
    rsa_key: KeyMaterial, other_rsa_key: KeyMaterial, script: list[tuple[str, float]], members: int
) -> None:
    policy = server_policy(rekey=rekey_policy(lifetime_s=9000))
    # this software logs the SPI of the KEK
    world = World(rsa_key, policy, version="1.0.26")
    world.members(members)
    for name, figure in script:
        act(world, (rsa_key, other_rsa_key), name, figure)
    sent: dict[str, list[int]] = defaultdict(list)
    for text in world.logged("KS_SEND_UNICAST_REKEY"):
        number, _, spi = text.partition("seq # ")[2].partition(", spi ")
        sent[spi].append(int(number))
    for numbers in sent.values():
        assert numbers == list(range(1, len(numbers) + 1))
    kek = world.group.kek
    if kek is not None:
        assert kek.sequence == len(sent[f"0x{kek.spi:032X}"])


@SOME
@given(script=actions())
def test_whoever_registers_gets_a_live_tek_of_each_policy_or_a_refusal(
    rsa_key: KeyMaterial, script: list[tuple[str, float]]
) -> None:
    world = World(rsa_key)
    for name, figure in script:
        act(world, (rsa_key,), name, figure)
        member = world.member(9).ask()
        world.run(0.1)
        assert len(member.downloads) + len(member.refusals) == 1
        if member.downloads:
            (download,) = member.downloads
            live = {
                grant.tek.sa.number
                for grant in download.grants
                if grant.expires_at > download.sent_at
            }
            assert live >= {sa.number for sa in download.sas} != set()
            assert len({grant.tek.spi for grant in download.grants}) == len(download.grants)
        member.station.mailbox.close(member.address, "1000")


@SOME
@given(count=st.integers(1, 5), interval=st.integers(10, 60), members=st.integers(1, 130))
def test_a_rekey_without_any_answer_is_over_when_its_spread_is(
    rsa_key: KeyMaterial, count: int, interval: int, members: int
) -> None:
    policy = server_policy(rekey=rekey_policy(count=count, interval_s=interval))
    world = World(rsa_key, policy)
    for member in world.members(members):
        member.deaf = True
    world.group.rekey()
    spread = world.group.schedule.spread_s()
    world.run(spread - 0.001)
    late = world.group.rekeying.run
    assert late is not None
    # many members at once may take their last retransmissions beyond it
    world.run(0.002 + interval)
    assert late.over
    assert len(late.waiting) == members
    assert world.group.retransmits == count * members


@given(
    lifetime=st.integers(120, 2_592_000),
    left=st.floats(0, 2_592_000),
    members=st.integers(0, 10_000),
    count=st.integers(0, 10),
)
def test_shortened_lifetimes_and_leads_stay_within_their_bounds(
    lifetime: int, left: float, members: int, count: int
) -> None:
    figures = Parameters()
    shortened = figures.shortened_s(lifetime, left)
    assert shortened <= left
    assert shortened <= 3600
    assert shortened >= min(left, 90)
    spread = figures.spread_s(60, count, members)
    assert 0 < figures.tek_lead(lifetime, spread) <= 0.75 * lifetime
    assert 0 < figures.kek_lead(spread, max(300, lifetime)) <= 0.75 * max(300, lifetime)


@given(
    counts=st.lists(st.integers(1, 6), max_size=60),
    kssids=st.lists(st.integers(0, 15), unique=True, max_size=4),
)
def test_no_sender_identifier_is_given_twice(counts: list[int], kssids: list[int]) -> None:
    ids = SenderIds(server_policy(sid_bits=8, kssids=tuple(kssids)))
    given_out: set[tuple[int, int]] = set()
    for count in counts:
        found = ids.allocate(count)
        if found is None:
            continue
        kssid, ranges = found
        fresh = {(kssid, n) for first, last in ranges for n in range(first, last + 1)}
        assert len(fresh) == count
        assert not fresh & given_out
        assert all(0 < number < 16 for _, number in fresh)
        assert kssid in kssids
        given_out |= fresh


lines = st.builds(
    lambda action, net, size: standard_entry(
        f"{action} 10.0.0.{net} 0.0.0.{(1 << size) - 1}".split()
    ),
    st.sampled_from(["permit", "deny"]),
    st.integers(0, 255),
    st.sampled_from([0, 0, 0, 2, 8]),
)


@given(entries=st.lists(lines, min_size=1, max_size=12), host=st.integers(0, 255))
def test_the_arranged_list_decides_as_the_list_does(entries: list[AccessEntry], host: int) -> None:
    number = (10 << 24) + host
    expected = next((line.permits for line in entries if line.source.holds(number)), False)
    lists = Authorizer(Authorization(acl="52", entries=tuple(entries)))
    assert lists.permits_address(f"10.0.0.{host}") is expected


steps = st.lists(
    st.tuples(st.sampled_from(["put", "remove", "sync"]), st.integers(0, 4)), max_size=40
)


@given(steps=steps)
def test_a_copy_that_hears_of_all_changes_is_equal(steps: list[tuple[str, int]]) -> None:
    source, copy, since, now = MemberDatabase(), MemberDatabase(), 0, 0.0
    for action, number in [*steps, ("sync", 0)]:
        now += 1
        if action == "put":
            source.put(
                MemberRecord(
                    address=f"10.0.0.{number}",
                    version="1.0.26",
                    key_server="10.9.9.9",
                    registered_at=now,
                    protocol=Protocol.GDOI,
                )
            )
        elif action == "remove":
            source.remove(f"10.0.0.{number}", now)
        else:
            since, changed, gone = source.changes(since)
            # hearing it twice does no harm
            for _ in range(2):
                for departure in gone:
                    copy.depart(departure)
                for record in changed:
                    copy.adopt(record, "10.8.8.8")
    assert copy.records.keys() == source.records.keys()
    for address, record in source.records.items():
        assert copy.records[address].registered_at == record.registered_at
        assert copy.records[address] is not record
