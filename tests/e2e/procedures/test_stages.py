"""Key servers that come and go, and migrations, by the command over real SSH."""

from collections.abc import Iterator

import pytest

from ...tasks.networks import PKI
from ...tasks.procedures.group_worlds import changed
from ...tasks.procedures.stage_worlds import with_third
from .operating import OLD_KEY, SETTLED_S, Operated, operated

SERVERS, MEMBERS = ("KS1", "KS2"), ("BR1", "BR2")
CERTIFICATES = {**PKI, "key_bits": 1024}


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operated]:
    """A network with a key server that does not serve the group yet."""
    with operated(with_third(serves=False), tmp_path_factory.mktemp("network")) as made:
        zeroize = f"crypto key zeroize rsa {OLD_KEY}"
        made.type("KS3", "configure terminal", zeroize, "yes", "end")
        for each in (*SERVERS, "KS3", *MEMBERS):
            made.type(each, "write memory")
        made.lab.advance(SETTLED_S)
        yield made


@pytest.fixture(autouse=True)
def traffic(network: Operated) -> Iterator[None]:
    """Traffic flows, and in the end everything is well."""
    network.lab.record_traffic()
    yield
    network.heal()
    assert network.is_well()


def test_a_key_server_comes_and_goes(network: Operated) -> None:
    said = network.execute("key-server", "add", "KS3", intent=with_third())
    assert network.is_done(said)
    assert network.role("KS3") == "Secondary"
    assert network.labels("KS3") == [OLD_KEY]

    said = network.execute("key-server", "remove", "KS3", intent=with_third())
    assert network.is_done(said)
    assert network.labels("KS3") == []
    assert network.lost() == {}


def test_keys_become_certificates_and_gdoi_gikev2(network: Operated) -> None:
    pki = changed(network.intent, authentication=CERTIFICATES)
    said = network.execute("migrate", "psk-to-pki", "--trust-first", intent=pki)
    assert network.is_done(said)
    for name in MEMBERS:
        assert "rsig" in network.shown(name, "show crypto isakmp sa detail")
    assert network.lost() == {}
    assert "Key-PSK" not in network.written()

    gikev2 = changed(pki, versions="ikev2")
    said = network.execute("migrate", "gikev2", intent=gikev2)
    assert network.is_done(said)
    for name in MEMBERS:
        assert "G-IKEv2 (IKEv2)" in network.shown(name, "show crypto gdoi")
    assert all(seconds < 5 for seconds in network.lost().values())
