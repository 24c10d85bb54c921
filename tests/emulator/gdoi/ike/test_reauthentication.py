"""New lists of revoked certificates in a group of routers: who was revoked gets out.

The sentences are those of the deployment guide about the checking of lists.
"""

from dataclasses import dataclass

import pytest

from getvpn.emulator.device import Router
from getvpn.emulator.gdoi.records import Registration
from getvpn.emulator.groups.feature import Gdoi
from getvpn.emulator.keys.pki import LabAuthority
from getvpn.emulator.services.crypto_sas import CryptoSas
from getvpn.emulator.services.pki import Pki
from getvpn.emulator.simulation.kernel import Kernel
from getvpn.emulator.testing import console, make_router, world

from ..binding.group_configs import IPSEC, POLICY, SERVER_LINES, member_group, server_group
from .ike_routers import SIGNED, enrol, logged, serial, trustpoint

KEY_SERVER = "10.9.0.1"
PORT = "GigabitEthernet0/0/0"
HOUR_S = 3600
CHECKING = "  registration periodic crl trustpoint LAB\n"


@dataclass(slots=True)
class Group:
    """A key server that checks lists, and two members that do not."""

    server: Router
    members: tuple[Router, ...]
    kernel: Kernel

    def registered(self) -> list[bool]:
        return [
            each.state is Registration.REGISTERED
            for router in self.members
            for each in router.feature(Gdoi).members
        ]

    def revoke(self, router: Router) -> None:
        now = self.kernel.now()
        self.server.authority.ca(now).revoke(serial(router), now=now)

    @property
    def kek(self) -> int:
        found = self.server.feature(Gdoi).servers["G1"].kek
        assert found is not None
        return found.spi


def addressed(name: str, address: str) -> str:
    return (
        f"hostname {name}\nip domain name lab.example\nlogging buffered 500000\n"
        f"interface {PORT}\n ip address {address} 255.255.255.0\n no shutdown\nexit\n"
        f"ip route 0.0.0.0 0.0.0.0 {PORT}\n{SIGNED}"
    )


@pytest.fixture
def group() -> Group:
    network = world(3)
    authority = LabAuthority("ike tests")
    routers = []
    for name, address in (("KS1", KEY_SERVER), ("GM1", "10.1.0.1"), ("GM2", "10.2.0.1")):
        text = addressed(name, address) + trustpoint(name, "crl" if name == "KS1" else "none")
        router = make_router(name, startup=text, network=network)
        router.authority = authority
        enrol(router)
        routers.append(router)
    server, *members = routers
    server.keys.generate_rsa("REKEYRSA", 1024, now=network.kernel.now())
    console(server).configure(
        POLICY + IPSEC + server_group(KEY_SERVER, lines=SERVER_LINES + CHECKING)
    )
    for member in members:
        console(member).configure(
            member_group(KEY_SERVER) + f"interface {PORT}\n crypto map GETVPN-MAP\n"
        )
    network.kernel.advance(60)
    return Group(server=server, members=tuple(members), kernel=network.kernel)


def test_members_register_with_certificates(group: Group) -> None:
    assert group.registered() == [True, True]
    states = [sa.state for sa in group.members[0].feature(CryptoSas).ike]
    assert states == ["GDOI_IDLE", "GDOI_REKEY"]
    assert [sa.auth for sa in group.server.feature(CryptoSas).ike] == ["rsig", "rsig"]
    names = {each.identity for each in group.server.feature(Gdoi).servers["G1"].members.values()}
    assert names == {"GM1.lab.example", "GM2.lab.example"}


def test_the_key_server_fetches_the_list_at_the_first_registration(group: Group) -> None:
    lists = group.server.feature(Pki).lists
    assert list(lists) == ["LAB"]
    assert all(router.feature(Pki).lists == {} for router in group.members)


def test_who_is_revoked_stays_until_a_new_list_comes(group: Group) -> None:
    kek = group.kek
    group.revoke(group.members[0])
    group.kernel.advance(HOUR_S)
    assert group.registered() == [True, True]
    assert group.kek == kek


def test_a_new_list_makes_everybody_authenticate_again(group: Group) -> None:
    kek = group.kek
    group.revoke(group.members[0])
    console(group.server).configure("crypto pki crl request LAB")
    group.kernel.advance(2 * HOUR_S + 600)
    assert group.kek != kek
    assert group.registered() == [False, True]
    assert any(line.startswith("%PKI-3-CERTIFICATE_REVOKED: ") for line in logged(group.server))
    assert any(line.startswith("%CRYPTO-5-IKMP_INVAL_CERT: ") for line in logged(group.server))


def test_the_list_that_a_registration_fetches_counts_as_new(group: Group) -> None:
    kek = group.kek
    fetched = group.server.feature(Pki).lists["LAB"].downloaded_at
    group.revoke(group.members[0])
    group.kernel.advance(6 * HOUR_S + 60)
    # its time is over, but nobody has registered: rekeys need no certificates
    assert group.kek == kek
    assert group.server.feature(Pki).lists["LAB"].downloaded_at == fetched
    console(group.members[1]).run("clear crypto gdoi", "yes")
    group.kernel.advance(3 * HOUR_S)
    assert group.server.feature(Pki).lists["LAB"].downloaded_at > fetched
    assert group.kek != kek
    assert group.registered() == [False, True]


def test_without_the_line_a_new_list_changes_nothing_at_once(group: Group) -> None:
    console(group.server).configure(
        "crypto gdoi group G1\nserver local\nno registration periodic crl trustpoint LAB"
    )
    group.kernel.advance(60)
    kek = group.kek
    group.revoke(group.members[0])
    console(group.server).configure("crypto pki crl request LAB")
    group.kernel.advance(600)
    assert group.registered() == [True, True]
    assert group.kek == kek
