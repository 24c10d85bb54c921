"""The seed on cooperative key servers, as routers show them."""

import pytest

from .seed_citing import seed
from .seed_world import DAY_S, Routers, routers

COOP = "show crypto gdoi ks coop"
ISAKMP = "show crypto isakmp sa"
SECOND = """\
crypto gkm group SECOND
 identity number 2002
 server local
  rekey authentication mypubkey rsa GETVPN-REKEY
  rekey transport unicast
  sa ipsec 1
   profile GETVPN-PROF
   match address ipv4 GETVPN-POLICY
  address ipv4 {own}
  redundancy
   local priority {priority}
   peer address ipv4 {peer}
!
"""
KS1, KS2, KS3 = "203.0.113.1", "203.0.113.2", "203.0.113.3"


def two_groups(name: str, text: str) -> str:
    """KS1 and KS3 serve a second group, in which KS3 comes first."""
    second = {
        "KS1": SECOND.format(own=KS1, priority=10, peer=KS3),
        "KS3": SECOND.format(own=KS3, priority=90, peer=KS1),
    }.get(name, "")
    return text.replace("interface Loopback0\n", f"{second}interface Loopback0\n")


def sa_numbers(group: Routers, name: str, peer: str) -> list[str]:
    """The numbers of the IKE SAs that a router has with a peer."""
    lines = [line.split() for line in group.show(name, ISAKMP).split("\n") if peer in line]
    assert all(words[-1] == "ACTIVE" for words in lines)
    return [words[3] for words in lines]


@seed(
    "The COOP protocol is configured on a per GDOI group basis",
    "can maintain multiple unique COOP relationships with disparate KSs",
)
def test_a_key_server_is_primary_in_one_group_and_secondary_in_another_with_other_peers() -> None:
    group = routers(two_groups, servers=3, members=1)
    shown = {
        name: group.show("KS1", f"show crypto gdoi group {name} ks coop")
        for name in ("EXAMPLE-WAN", "SECOND")
    }
    assert "Local KS Role: Primary " in shown["EXAMPLE-WAN"]
    assert "Local KS Role: Secondary " in shown["SECOND"]
    peers = {
        name: [each for each in (KS2, KS3) if f"Peer Address: {each}" in text]
        for name, text in shown.items()
    }
    assert peers == {"EXAMPLE-WAN": [KS2, KS3], "SECOND": [KS3]}
    assert "Peer KS Role: Primary " in shown["SECOND"]
    policies = [
        group.show(name, "show crypto gdoi group SECOND ks policy").split("spi")[1:3]
        for name in ("KS1", "KS3")
    ]
    assert policies[0][0].split()[1] == policies[1][0].split()[1]
    assert "SECOND" not in group.show("KS2", "show crypto gdoi")


@seed("This way the primary KS can track and display the state of the other secondary KSs")
@pytest.mark.parametrize(
    ("keepalive", "status"),
    [
        ("crypto isakmp keepalive 15 periodic", "Dead"),
        ("crypto isakmp keepalive 15", "Alive"),
        ("!", "Alive"),
    ],
)
def test_the_primary_shows_that_a_secondary_is_dead_with_periodic_detection(
    keepalive: str, status: str
) -> None:
    group = routers(
        lambda _, text: text.replace("crypto isakmp keepalive 15 periodic", keepalive),
        servers=2,
        members=1,
    )
    assert "Peer KS Role: Secondary , Peer KS Status: Alive" in group.show("KS1", COOP)
    group.lab.kill("KS2")
    group.run(120)
    assert f"Peer KS Status: {status} " in group.show("KS1", COOP)
    unreachable = group.log("KS1", f"Cooperative KS {KS2} Unreachable in group EXAMPLE-WAN.")
    assert bool(unreachable) is (status == "Dead")


@seed(
    "There is no point in tearing down the IKE session because it is immediately restored",
    "the default lifetime of 24 hours",
)
def test_an_ike_sa_between_key_servers_that_is_cleared_or_ends_is_there_again_at_once() -> None:
    group = routers(servers=2, members=1)
    (first,) = sa_numbers(group, "KS1", KS2)
    group.show("KS1", "clear crypto isakmp")
    group.run(21)
    (second,) = sa_numbers(group, "KS1", KS2)
    assert second != first
    assert "lifetime:\t\t86400 seconds" in group.show("KS1", "show crypto isakmp policy")
    group.run(DAY_S + 60)
    (third,) = sa_numbers(group, "KS1", KS2)
    assert third not in (first, second)
    for name in ("KS1", "KS2"):
        assert "IKE status: Established" in group.show(name, COOP)
        assert len(group.log(name, "COOP_KS_ELECTION")) == 1


@seed(
    "exchange one-way announcement messages (primary to secondary) on a 20-second interval",
    "does not hear from the primary KS over a 30-second interval",
)
def test_key_servers_show_their_timers() -> None:
    group = routers(servers=2, members=1)
    assert group.field("KS1", COOP, "Primary Refresh Policy Time") == "20"
    assert group.field("KS2", COOP, "Sec Primary Periodic Time") == "30"
    received = int(group.field("KS2", COOP, "Ann msgs recv"))
    group.run(200)
    assert int(group.field("KS2", COOP, "Ann msgs recv")) == received + 10
    group.lab.kill("KS1")
    group.run(35)
    assert "Retries: 1" in group.show("KS2", COOP)
    group.run(40)
    assert group.role("KS2") == "Primary"
