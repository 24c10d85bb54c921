"""The seed on G-IKEv2 and perfect forward secrecy."""

from dataclasses import replace
from typing import Any

import pytest

from getvpn.emulator.gdoi.crowd import Crowd, usual_policy
from getvpn.emulator.gdoi.policy import Protocol, ServerPolicy

from .seed_citing import seed
from .seed_world import (
    all_encrypted,
    boot,
    change_member,
    elapsed,
    made,
    multicast,
    routers,
    spis,
    times,
)

DONE = "GM_REGS_COMPL"
IKEV2 = """\
crypto ikev2 keyring RING
 peer EVERYBODY
  address 0.0.0.0 0.0.0.0
  pre-shared-key Example-ikev2
crypto ikev2 profile GKM
 match identity remote any
 authentication remote pre-share
 authentication local pre-share
 keyring local RING
!
"""


def mixed(policy: ServerPolicy | None = None, **changes: Any) -> Crowd:
    """Key servers of both protocols; GM1 and GM2 use G-IKEv2, GM3 GDOI."""
    wanted = replace(policy or usual_policy(), ikev2_profile="GKM", **changes)
    crowd = made(wanted)
    for member in crowd.members[:2]:
        change_member(member, protocol=Protocol.GIKEV2, ikev2_profile="GKM")
    return boot(crowd)


@seed(
    "for a group member (GM) to download policy and keys from a key server (KS)",
    "These policy and keys are used to secure communication among GMs in a group",
    "secure IP multicast traffic or unicast traffic through the GETVPN G-IKEv2 feature",
)
@pytest.mark.parametrize("policy", [usual_policy(), multicast()])
def test_members_of_g_ikev2_get_the_keys_of_the_group_and_its_rekeys(policy: ServerPolicy) -> None:
    crowd = mixed(policy)
    versions = [member.ike_answer.version for member in crowd.members if member.ike_answer]
    assert versions == [2, 2, 1]
    assert {tuple(spis(member)) for member in crowd.members} == {tuple(spis(crowd.servers[0]))}
    assert {member.sas for member in crowd.members} == {crowd.servers[0].in_force.sas}
    assert all_encrypted(crowd)
    crowd.kernel.advance(7200)
    assert {(member.succeeded, member.rekeys) for member in crowd.members} == {(1, 1)}
    assert all_encrypted(crowd)


@seed("IKEv2 reduces network latency, reduces complexity in message exchanges")
def test_a_registration_with_g_ikev2_takes_fewer_round_trips() -> None:
    crowd = mixed()
    for name in crowd.stations:
        crowd.network.set_line(name, latency_s=0.05)
    for member in crowd.members:
        member.clear()
    at = elapsed(crowd)
    crowd.kernel.advance(5)
    took = [times(crowd, member.host.name, DONE, at)[0] - at for member in crowd.members]
    # main mode and GROUPKEY-PULL are ten messages, IKE_SA_INIT and GSA_AUTH four
    assert took == [pytest.approx(seconds) for seconds in (0.4, 0.4, 1.0)]


@seed(
    "include Perfect Forward Secrecy (PFS)",
    "PFS is introduced by using IKEv2 with the GETVPN G-IKEv2 feature",
)
def test_only_members_of_g_ikev2_have_perfect_forward_secrecy() -> None:
    crowd = mixed(pfs=True)
    crowd.kernel.advance(7200)
    assert [member.pfs_rekeys for member in crowd.members] == [1, 1, 0]
    assert all_encrypted(crowd)


def _with_ikev2(name: str, text: str) -> str:
    """Key servers of both protocols with perfect forward secrecy; GM2 uses G-IKEv2."""
    group, _, identity = text.partition(" identity number 1001\n")
    if name.startswith("KS"):
        identity = identity.replace(" server local\n", " server local\n  gikev2 GKM\n  pfs\n")
    elif name == "GM2":
        identity = " client protocol gikev2 GKM\n" + identity
    else:
        return text
    head, word, tail = group.rpartition("crypto gkm group")
    return f"{head}{IKEV2}{word}{tail} identity number 1001\n{identity}"


@seed(
    "include Perfect Forward Secrecy (PFS)",
    "PFS is introduced by using IKEv2 with the GETVPN G-IKEv2 feature",
)
def test_routers_show_who_registered_by_which_protocol_and_whose_rekeys_have_pfs() -> None:
    group = routers(_with_ikev2, members=3)
    group.run(7200)
    kinds = [group.field(name, "show crypto gdoi", "Group Type").strip() for name in ("GM1", "GM2")]
    assert kinds == ["GDOI (ISAKMP)", "G-IKEv2 (IKEv2)"]
    assert group.field("GM2", "show crypto gdoi", "PFS Rekey received") == "1"
    assert group.field("GM3", "show crypto gdoi", "PFS Rekey received") == "0"
    shown = group.show("KS1", "show crypto gdoi ks members")
    assert shown.count("Group Type        : G-IKEv2 (IKEv2)") == 1
    assert shown.count("Group Type        : GDOI (ISAKMP)") == 2
    assert "198.51.100.5" in group.show("KS1", "show crypto ikev2 sa")
    assert group.traffic("GM1", "GM2").encrypted
