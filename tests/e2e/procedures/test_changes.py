"""Policies, failovers, splits and evictions by the command over real SSH."""

from collections.abc import Iterator

import pytest

from ...tasks.networks import network as usual
from ...tasks.networks import policy
from ...tasks.procedures.group_worlds import changed
from ...tasks.procedures.test_evict import three
from .operating import SETTLED_S, Operated, operated

SERVERS, MEMBERS = ("KS1", "KS2"), ("BR1", "BR2", "BR3")
RATE = 20.0
"""Seconds of the lab for each real one: pings that nobody answers take some."""
NARROWER = {
    "between": ["10.0.0.0/8"],
    "clear": ["esp", "tacacs", "ssh", "pim", "ntp", "ike", "gdoi", "icmp"],
}


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operated]:
    """A network of three members that each test leaves well."""
    with operated(three(usual()), tmp_path_factory.mktemp("network"), rate=RATE) as made:
        yield made


@pytest.fixture(autouse=True)
def traffic(network: Operated) -> Iterator[None]:
    """Traffic flows, and in the end everything is well."""
    network.lab.record_traffic()
    yield
    network.heal()
    assert network.is_well()


def test_a_policy_is_changed_by_rekey_and_back_at_once(network: Operated) -> None:
    narrower = changed(network.intent, policies=[policy(traffic=NARROWER, lifetime_s=3600)])

    said = network.execute("policy", "change", intent=narrower)
    assert network.is_done(said)
    for name in MEMBERS:
        assert "deny icmp any any" in network.shown(name, "show crypto gdoi")
    said = network.execute("policy", "change", "--apply", "replace-now")
    assert network.is_done(said)
    for name in MEMBERS:
        assert "deny icmp any any" not in network.shown(name, "show crypto gdoi")
    assert network.lost() == {}


def test_a_failover_is_tested_and_given_back(network: Operated) -> None:
    said = network.execute("failover", "test", "--give-back")
    assert network.is_done(said)
    assert network.role("KS1") == "Primary"
    assert network.lost() == {}


def test_a_split_is_recovered(network: Operated) -> None:
    network.lab.partition(["KS1", "BR1"], ["KS2", "BR2", "BR3"])
    network.lab.advance(SETTLED_S)
    for name in MEMBERS:
        network.type(name, "clear crypto gdoi", "yes")
    network.lab.advance(SETTLED_S)
    for name in SERVERS:
        network.type(name, "crypto gdoi ks group G1 rekey")
    network.lab.advance(SETTLED_S)
    assert [network.role(name) for name in SERVERS] == ["Primary", "Primary"]

    said = network.execute("recover", "split", when={"not even a ping": network.lab.heal})
    assert network.is_done(said)
    assert [network.role(name) for name in SERVERS] == ["Primary", "Secondary"]
    assert network.is_well()


def test_a_member_is_evicted(network: Operated) -> None:
    said = network.execute("evict", "member", "BR3")
    assert network.is_done(said)
    assert not network.lab.traffic("BR1", "BR3").encrypted
    assert not [pair for pair in network.lost() if "BR3" not in pair]
    for name in SERVERS:
        network.type(
            name,
            *("configure terminal", "crypto isakmp key Key-PSK_BR3 address 10.20.3.1"),
            *("ip access-list standard MEMBERS-G1", "permit 10.20.3.1", "end", "write memory"),
        )
    network.lab.advance(SETTLED_S)
