"""Laws of choosing proposals and keys, for any configuration."""

from ipaddress import IPv4Address, IPv4Network

from hypothesis import given, settings
from hypothesis import strategies as st

from getvpn.emulator.clock import ManualClock
from getvpn.emulator.gdoi.ike import Auth, IkeFailure, Proposal, chosen, secret_digest
from getvpn.emulator.groups.ike import RouterIke
from getvpn.emulator.groups.ike_known import Known
from getvpn.emulator.services.crypto_sas import CryptoSas, IkeSa
from getvpn.emulator.testing import console, make_router

from ...strategies_crypto import ikev2, keyrings, policies, shared_keys

routers_take_time = settings(max_examples=40)
LIVES = (600, 3600, 86_400)
PROPOSALS = st.builds(
    Proposal,
    cipher=st.sampled_from(("aes", "3des")),
    bits=st.sampled_from((128, 256)),
    integrity=st.sampled_from(("sha", "sha256")),
    group=st.sampled_from((2, 14)),
    auth=st.sampled_from((Auth.PSK, Auth.RSA_SIG)),
    lifetime_s=st.sampled_from(LIVES),
)
LISTS = st.lists(PROPOSALS, max_size=6).map(tuple)


def same(a: Proposal, b: Proposal) -> bool:
    """Whether two differ in nothing but their lifetimes."""
    return all(
        getattr(a, name) == getattr(b, name)
        for name in ("cipher", "bits", "integrity", "prf", "group", "auth")
    )


@given(own=LISTS, offered=LISTS)
def test_the_first_own_proposal_that_was_offered_is_chosen(
    own: tuple[Proposal, ...], offered: tuple[Proposal, ...]
) -> None:
    fitting = [mine for mine in own if any(same(mine, each) for each in offered)]
    found = chosen(own, offered)
    assert (found is None) == (not fitting)
    if found is not None:
        theirs = next(each for each in offered if same(fitting[0], each))
        assert same(found, fitting[0])
        assert found.lifetime_s == min(fitting[0].lifetime_s, theirs.lifetime_s)


@given(own=LISTS, offered=LISTS)
def test_whether_two_agree_does_not_depend_on_who_begins(
    own: tuple[Proposal, ...], offered: tuple[Proposal, ...]
) -> None:
    assert (chosen(own, offered) is None) == (chosen(offered, own) is None)


ENTRY = st.tuples(
    st.sampled_from(("hash sha", "hash sha256")),
    st.sampled_from(("encr des", "encr 3des", "encr aes", "encr aes 192", "encr aes 256")),
    st.sampled_from(("group 1", "group 2", "group 14", "group 19")),
    st.sampled_from(("lifetime 60", "lifetime 86400")),
)


@routers_take_time
@given(st.dictionaries(st.integers(1, 10_000), ENTRY, min_size=1, max_size=5))
def test_policies_are_offered_in_the_order_of_their_numbers(
    policies: dict[int, tuple[str, str, str, str]],
) -> None:
    lines = [
        f"crypto isakmp policy {number}\n authentication pre-share\n " + "\n ".join(words)
        for number, words in policies.items()
    ]
    found = Known(make_router(startup="\n".join(lines) + "\n")).proposals
    wanted = [policies[number] for number in sorted(policies)]
    assert [f"hash {each.integrity}" for each in found] == [words[0] for words in wanted]
    assert [f"group {each.group}" for each in found] == [words[2] for words in wanted]
    assert [f"lifetime {each.lifetime_s}" for each in found] == [words[3] for words in wanted]
    bits = {"encr des": 56, "encr 3des": 168, "encr aes": 128}
    assert [each.bits for each in found] == [
        bits.get(words[1]) or int(words[1].split()[-1]) for words in wanted
    ]


TEXTS = st.tuples(policies(), shared_keys(), keyrings(), ikev2()).map(
    lambda parts: "\n".join(line for part in parts for line in part) + "\n"
)


@routers_take_time
@given(TEXTS, TEXTS)
def test_any_two_configurations_agree_or_say_why_not(member: str, server: str) -> None:
    ends = []
    for name, text in (("GM1", member), ("KS1", server)):
        router = make_router(name)
        router.merge(text)
        ends.append(RouterIke(router))
    began, answering = ends
    for name in ("", *_profiles(member)):
        offer = began.offer("10.0.0.1", "10.0.0.2", profile=name)
        if isinstance(offer, IkeFailure):
            continue
        for other in ("", *_profiles(server)):
            answer = answering.answer(offer, profile=other)
            if isinstance(answer, IkeFailure):
                continue
            assert answer.version == offer.version
            assert answer.proposal.lifetime_s <= 86_400
            assert began.accept(offer, answer) is None or answer.version == 2


def _profiles(text: str) -> list[str]:
    """The names of the profiles of version 2 in a configuration text."""
    head = "crypto ikev2 profile "
    return [line.removeprefix(head) for line in text.splitlines() if line.startswith(head)]


NETWORKS = st.tuples(st.integers(0, 255), st.integers(8, 32)).map(
    lambda pair: IPv4Network((0x0A000000 | pair[0] << 16 | 0x0101, pair[1]), strict=False)
)


@routers_take_time
@given(st.lists(NETWORKS, max_size=8, unique=True), st.integers(0, 255))
def test_the_key_of_the_longest_network_is_found(networks: list[IPv4Network], octet: int) -> None:
    peer = IPv4Address(0x0A000101 | octet << 16)
    lines = [
        f"crypto isakmp key k{number} address {net.network_address} {net.netmask}"
        for number, net in enumerate(networks)
    ]
    router = make_router(startup="\n".join(lines) + "\n" if lines else "")
    found = Known(router).secrets.find(str(peer), local="10.0.0.1")
    holding = [(net.prefixlen, f"k{number}") for number, net in enumerate(networks) if peer in net]
    assert found == (secret_digest(max(holding)[1]) if holding else b"")


@routers_take_time
@given(st.lists(st.sampled_from(("one", "two", "three")), min_size=1, max_size=6))
def test_what_is_typed_counts_at_once(keys: list[str]) -> None:
    router = make_router()
    con, known = console(router), Known(router)
    before = ""
    for key in keys:
        con.configure(
            (f"no crypto isakmp key {before} address 10.0.0.1\n" if before else "")
            + f"crypto isakmp key {key} address 10.0.0.1"
        )
        assert not known.stands
        known, before = Known(router), key
        assert known.stands
        assert known.secrets.find("10.0.0.1", local="10.0.0.2") == secret_digest(key)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("open"), st.integers(1, 3), st.sampled_from((60, 300))),
        st.tuples(st.just("close"), st.integers(1, 3), st.just(0)),
        st.tuples(st.just("wait"), st.just(0), st.sampled_from((1, 59, 60, 300))),
        st.tuples(st.just("read"), st.just(0), st.just(0)),
    ),
    max_size=40,
)


@routers_take_time
@given(STEPS)
def test_the_table_holds_what_was_opened_last_and_has_not_ended(
    steps: list[tuple[str, int, int]],
) -> None:
    router = make_router()
    tables, clock = router.feature(CryptoSas), router.clock
    assert isinstance(clock, ManualClock)
    standing: dict[int, tuple[int, float]] = {}
    for what, peer, number in steps:
        if what == "open":
            conn_id = tables.next_ike_id()
            sa = IkeSa(
                conn_id=conn_id,
                local="10.0.0.1",
                remote=f"10.0.1.{peer}",
                initiator=True,
                lifetime_s=number,
                established_at=clock.now(),
                purpose="registration",
            )
            tables.open_ike(sa)
            standing[peer] = conn_id, clock.now() + number
        elif what == "close":
            tables.close(f"10.0.1.{peer}", "registration")
            standing.pop(peer, None)
        elif what == "wait":
            clock.advance(number)
        else:
            _ = tables.ike
        standing = {key: row for key, row in standing.items() if row[1] > clock.now()}
    assert sorted(sa.conn_id for sa in tables.ike) == sorted(row[0] for row in standing.values())
    counts = tables.counts
    assert counts.ike_created - counts.ike_deleted == len(tables.ike)
