"""The seed on routers: who gets keys by which proof, and what a member has to be told."""

import pytest

from .seed_citing import seed
from .seed_world import DAY_S, Routers, routers, unencrypted

KS, GM1, GM3 = "203.0.113.1", "198.51.100.1", "198.51.100.9"
STATUS = "Registration status"
GDOI = "show crypto gdoi"
ISAKMP = "show crypto isakmp sa"
LIFETIMES = ("lifetime ", "set security-association lifetime", "rekey lifetime")


@pytest.fixture(scope="module")
def group() -> Routers:
    """Two key servers and three members, which every test leaves as it finds them."""
    return routers(servers=2, members=3)


def register_again(group: Routers, name: str) -> None:
    """Let a member drop everything and ask for it."""
    group.show(name, "clear crypto gdoi", "yes")
    group.run(60)


# ---- IKE ----


@seed(
    "The GDOI protocol is protected by Internet Key Exchange (IKE) SA",
    "KS authenticates & authorizes the GMs",
)
def test_every_member_has_an_ike_sa_with_the_key_server_that_gave_it_the_keys(
    group: Routers,
) -> None:
    for name, address in (("GM1", GM1), ("GM3", GM3)):
        if "GDOI_IDLE" not in group.show(name, ISAKMP):  # it is no more after a day
            register_again(group, name)
        assert f"{KS}     {address:15} GDOI_IDLE" in group.show(name, ISAKMP)
        assert f"{KS}     {address:15} GDOI_IDLE" in group.show("KS1", ISAKMP)
        assert group.field(name, GDOI, STATUS) == "Registered"


@seed(
    "must authenticate themselves to the device providing keys using IKE",
    "GMs authenticate with the KS using IKE (pre-shared keys or PKI) and download",
)
def test_a_member_with_another_pre_shared_key_gets_nothing(group: Routers) -> None:
    own = f"crypto isakmp key Example-member-3 address {KS}"
    group.configure("GM3", f"no {own}\ncrypto isakmp key Mistyped-key address {KS}")
    group.lab.cut("GM3", "KS2")
    register_again(group, "GM3")
    assert group.field("GM3", GDOI, STATUS) == "Registering"
    assert "permit ip" not in group.show("GM3", "show crypto gdoi gm acl")
    assert group.field("GM3", GDOI, "Active TEK Number") == "0"
    assert not group.traffic("GM1", "GM3").works
    group.lab.heal()
    group.configure("GM3", f"no crypto isakmp key Mistyped-key address {KS}\n{own}")
    register_again(group, "GM3")
    assert group.traffic("GM1", "GM3").encrypted


@seed("KS authenticates & authorizes the GMs")
def test_a_member_that_is_not_in_the_list_of_the_key_server_gets_nothing(group: Routers) -> None:
    for name in ("KS1", "KS2"):
        group.configure(name, f"ip access-list standard 52\n no permit {GM3}")
    register_again(group, "GM3")
    assert group.field("GM3", GDOI, STATUS) == "Registering"
    text = "%GDOI-1-UNAUTHORIZED_IPADDR: Group EXAMPLE-WAN received registration from unauthorized"
    assert group.log("KS1", f"{text} ip address: {GM3}")
    for name in ("KS1", "KS2"):
        group.configure(name, f"ip access-list standard 52\n permit {GM3}")
    group.run(90)
    assert group.field("GM3", GDOI, STATUS) == "Registered"


# ---- what devices are told ----


@seed("A GM is only configured with IKE parameters and KS/Group information")
def test_a_member_knows_nothing_of_the_policy_before_it_downloads_it(group: Routers) -> None:
    told = group.show("GM2", "show running-config")
    for word in ("10.0.0.0", "transform-set", "ipsec profile", "rekey ", "lifetime", "sa ipsec"):
        assert word not in told
    for word in ("crypto isakmp policy", "crypto isakmp key", "identity number", "server address"):
        assert word in told
    shown = group.show("GM2", GDOI)
    for text in (
        "access-list   permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255",
        "transform: esp-256-aes esp-sha256-hmac",
        "Rekey Transport Type     : Unicast",
        "Anti-Replay(Time Based) : 5 sec interval",
    ):
        assert text in shown


@seed(
    "Native routing without tunnel overlay",
    "does not require an overlay routing control plane",
    "The traffic uses IPSec Tunnel Mode with Header Preservation",
)
def test_members_have_no_tunnels_no_routing_over_them_and_no_peer(group: Routers) -> None:
    assert "Tunnel" not in group.show("GM3", "show ip interface brief")
    protocols = group.show("GM3", "show ip protocols")
    assert [line for line in protocols.split("\n") if 'Routing Protocol is "' in line] == [
        'Routing Protocol is "application"'
    ]
    assert "S*    0.0.0.0/0 [1/0] via 198.51.100.10" in group.show("GM3", "show ip route")
    sas = group.show("GM3", "show crypto ipsec sa")
    assert "in use settings ={Tunnel, }" in sas
    assert "remote crypto endpt.: 0.0.0.0" in sas
    assert group.traffic("GM1", "GM3").encrypted


@seed("A device configured as KS cannot be configured as GM")
def test_a_crypto_map_has_no_effect_on_a_key_server(group: Routers) -> None:
    interface = "interface GigabitEthernet0/0/0"
    group.configure(
        "KS1",
        "crypto gkm group OTHER\n identity number 9\n server address ipv4 203.0.113.2\n"
        f"crypto map OTHER 10 gdoi\n set group OTHER\n{interface}\n crypto map OTHER",
    )
    group.run(60)
    assert group.show("KS1", "show crypto gdoi gm").strip() == ""
    assert group.log("KS1", "GM_REGSTER") == []
    assert group.role("KS1") == "Primary"
    group.configure(
        "KS1",
        f"{interface}\n no crypto map\nno crypto map OTHER 10\nno crypto gkm group OTHER",
    )


# ---- figures that nobody configured ----


@seed(
    "should be no less than the default 3600 seconds",
    "should be left at the default of 86400 seconds",
    "the default lifetime of 24 hours",
)
def test_lifetimes_that_are_not_configured() -> None:
    def without_lifetimes(_: str, text: str) -> str:
        lines = text.split("\n")
        return "\n".join(line for line in lines if not line.strip().startswith(LIFETIMES))

    group = routers(without_lifetimes, servers=1, members=1)
    shown = group.show("KS1", "show crypto gdoi ks policy")
    kek, tek = shown.split("TEK POLICY")
    assert "orig life(sec)     : 86400" in kek
    assert "orig life(sec)     : 3600" in tek
    assert "lifetime:\t\t86400 seconds" in group.show("KS1", "show crypto isakmp policy")


@seed("the IKE SA expires and GDOI is used to update the GMs")
def test_after_a_day_the_ike_sa_of_a_registration_is_gone_and_rekeys_still_come(
    group: Routers,
) -> None:
    watch = group.watch()
    group.show("GM1", "clear crypto gdoi", "yes")
    group.run(DAY_S + 100)
    shown = group.show("GM1", ISAKMP)
    assert "GDOI_IDLE" not in shown
    assert f"{GM1}    {KS}     GDOI_REKEY" in shown
    assert int(group.field("GM1", GDOI, "Unicast rekey received")) >= 13
    assert group.field("GM1", GDOI, "Succeeded registration").lstrip(": ") == "2"
    lost_s = {seconds for pair, seconds in unencrypted(watch).items() if "GM1" not in pair}
    assert lost_s == set()
