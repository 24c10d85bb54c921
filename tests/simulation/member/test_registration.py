"""How a member registers: in which order, how often, with what result."""

from dataclasses import replace

import pytest

from getvpn.emulator.gdoi.ike import Credential, IkeFailure
from getvpn.emulator.gdoi.messages import Refused
from getvpn.emulator.gdoi.parameters import Parameters
from getvpn.emulator.gdoi.policy import Cipher, Protocol, RekeyPolicy, Transform, Transport
from getvpn.emulator.gdoi.records import Registration

from .scripted import AES, GM, KS1, KS2, START, World


def test_a_member_registers_at_once_with_the_first_key_server():
    world = World()
    member = world.member()
    member.start()

    assert member.state is Registration.REGISTERING
    world.kernel.advance(1.0)

    assert member.state is Registration.REGISTERED
    assert (member.registered_with, member.attempted, member.succeeded) == (KS1, 1, 1)
    assert not world.ks2.requests
    assert [held.tek for held in member.teks] == world.ks1.teks
    assert member.kek is world.ks1.kek
    assert member.has_keys
    assert member.ever_registered


def test_the_log_of_a_registration_has_the_published_texts_in_their_order():
    world = World()
    world.registered()

    assert world.log() == [
        "GDOI-5-GM_CM_ATTACH: Crypto map attached for group GETVPN",
        f"CRYPTO-5-GM_REGSTER: Start registration to KS {KS1} for group GETVPN using address {GM}",
        "CRYPTO-6-GDOI_ON_OFF: GDOI is ON",
        (
            f"GDOI-5-GM_REGS_COMPL: Registration to KS {KS1} complete for group GETVPN"
            f" using address {GM}"
        ),
        (
            "GDOI-5-GM_INSTALL_POLICIES_SUCCESS: SUCCESS: Installation of Reg/Rekey policies"
            f" from KS {KS1} for group GETVPN & gm identity {GM}"
        ),
    ]


def test_a_registration_takes_five_round_trips():
    world = World()
    world.member().start()
    world.kernel.advance(1.0)

    # each device has a line of 10 ms
    assert world.ks1.requests[0][0] - START == pytest.approx(4 * 0.040 + 0.020)


def test_a_silent_key_server_is_asked_three_times_more_ten_seconds_apart():
    world = World()
    world.ks1.silent = world.ks2.silent = True
    world.member().start()
    world.kernel.advance(101.0)

    first = [round(at - START) for at, _ in world.ks1.requests]
    second = [round(at - START) for at, _ in world.ks2.requests]
    assert first == [0, 10, 20, 30, 80, 90, 100]
    assert second == [40, 50, 60, 70]


def test_the_search_goes_from_the_last_key_server_to_the_first_for_ever():
    world = World()
    world.ks1.silent = world.ks2.silent = True
    member = world.member()
    member.start()
    world.kernel.advance(86_400.0)
    assert member.attempted == 8641
    assert member.state is Registration.REGISTERING

    world.ks2.silent = False
    world.kernel.advance(80.0)
    assert member.registered_with == KS2


@pytest.mark.parametrize("reason", list(Refused))
def test_a_key_server_that_refuses_is_asked_like_one_that_is_silent(reason):
    world = World()
    world.ks1.refuses = reason
    member = world.member()
    member.start()
    world.kernel.advance(39.0)
    assert len(world.ks1.requests) == 4
    assert member.refusal == reason

    world.kernel.advance(2.0)
    assert member.registered_with == KS2
    assert member.refusal == ""


def test_a_refusal_of_ike_is_told_to_the_members_own_ike():
    world = World()
    world.ks1.refuses, world.ks1.detail = Refused.IKE, str(IkeFailure.NO_PROPOSAL)
    member = world.member()
    told = []
    member.host.ike = _Listening(member.host.ike)
    member.host.ike.told = told
    member.start()
    world.kernel.advance(1.0)

    assert told == [IkeFailure.NO_PROPOSAL]


class _Changed:
    def __init__(self, inner):
        self.inner = inner

    def __getattr__(self, name):
        return getattr(self.inner, name)


class _Listening(_Changed):
    def refused(self, offer, failure):
        self.told.append(failure)


def test_a_member_without_a_way_goes_on_asking_and_registers_when_there_is_one():
    world = World()
    member = world.member()
    world.network.partition(("GM1",))
    member.start()
    world.kernel.advance(200.0)
    assert not world.ks1.requests
    assert member.attempted == 21

    world.network.heal()
    world.kernel.advance(11.0)
    assert member.state is Registration.REGISTERED


def test_an_answer_to_an_earlier_attempt_is_ignored():
    world = World()
    world.ks1.silent = True
    member = world.member()
    member.start()
    world.kernel.advance(15.0)
    late = world.ks1.requests[0][1]
    world.ks1.silent = False

    world.ks1.receive(late, GM)
    world.kernel.advance(1.0)

    assert member.state is Registration.REGISTERING


def test_a_key_server_that_proves_another_secret_is_not_believed():
    world = World()
    world.ks1.station.ike = _Impostor(world.ks1.station.ike)
    member = world.registered()

    assert member.state is Registration.REGISTERING
    assert len(world.ks1.requests) == 1


class _Impostor(_Changed):
    def answer(self, offer):
        return replace(self.inner.answer(offer), credential=Credential(secret=b"another"))


@pytest.mark.parametrize("missing", [{"servers": ()}, {"identity": ""}])
def test_a_member_whose_group_is_incomplete_says_so_and_waits(missing):
    world = World()
    member = world.member(**missing)
    whole = World().member().policy
    member.start()
    world.kernel.advance(60.0)
    assert world.log()[1] == (
        "GDOI-3-GM_INCOMPLETE_CFG: Registration: incomplete config for group GETVPN"
    )
    assert member.attempted == 0
    member.apply(replace(member.policy, passive=True))
    assert world.count("GM_INCOMPLETE_CFG") == 1

    member.apply(whole)
    world.kernel.advance(1.0)
    assert member.state is Registration.REGISTERED


def test_a_member_without_an_address_waits_in_silence():
    world = World()
    member = world.member(address="")
    member.start()
    world.kernel.advance(60.0)

    assert member.attempted == 0
    assert world.count("GM_INCOMPLETE_CFG") == 0


# ---- what it accepts ----


@pytest.mark.parametrize(
    ("accepts", "mnemonic"),
    [
        ({"ciphers": ("3des-cbc", "aes 128")}, "GM_REJECTING_SA_PAYLOAD"),
        ({"hashes": ("sha",)}, "GM_HASH_FAIL"),
        (
            {"transforms": (Transform(name="X", cipher="esp-3des", integrity="esp-sha-hmac"),)},
            "GM_REJECTING_SA_PAYLOAD",
        ),
    ],
)
def test_a_member_does_not_register_with_what_it_does_not_accept(accepts, mnemonic):
    world = World()
    member = world.registered(**accepts)

    assert member.state is Registration.REGISTERING
    assert not member.teks
    assert member.kek is None
    assert mnemonic in world.mnemonics()


def test_a_member_registers_with_what_it_accepts_whatever_the_set_is_called():
    world = World()
    other_name = Transform(name="MINE", cipher=AES.cipher, bits=256, integrity=AES.integrity)
    member = world.registered(
        ciphers=("aes 256",), hashes=("sha", "sha256"), transforms=(other_name,)
    )

    assert member.state is Registration.REGISTERED


def test_the_words_of_configuration_mean_the_ciphers_of_keks():
    world = World()
    world.ks1.policy = RekeyPolicy(transport=Transport.UNICAST, cipher=Cipher())
    world.ks1.fresh_keys()

    member = world.registered(ciphers=("3des-cbc",), hashes=("sha",))

    assert member.state is Registration.REGISTERED


def test_a_crypto_engine_without_room_installs_nothing_and_says_so():
    world = World(parameters=Parameters(ipsec_flows=1))
    member = world.registered()

    assert not member.has_keys
    assert "GDOI-3-GM_NO_IPSEC_FLOWS: IPSec FLOW limit possibly reached" in world.log()
    assert world.count("GM_INSTALL_POLICIES_SUCCESS") == 0


def test_each_line_that_permits_takes_a_pair_of_sas_for_each_tek():
    world = World(parameters=Parameters(ipsec_flows=3))
    member = world.registered()
    world.ks1.renew()
    world.kernel.advance(1.0)

    assert len(member.teks) == 1
    assert world.count("GM_NO_IPSEC_FLOWS") == 1


# ---- what is asked for ----


def test_a_member_of_gikev2_asks_for_perfect_forward_secrecy_and_one_of_gdoi_does_not():
    world = World()
    world.registered()
    world.registered(
        name="GM2", address="172.16.0.2", protocol=Protocol.GIKEV2, ikev2_profile="PROFILE"
    )
    gdoi, gikev2 = (request for _, request in world.ks1.requests)

    assert (gdoi.offer.version, gdoi.pfs) == (1, False)
    assert (gikev2.offer.version, gikev2.pfs) == (2, True)
    assert gikev2.protocol is Protocol.GIKEV2


def test_sender_identifiers_come_with_the_registration():
    world = World()
    world.ks1.download = {"gmsids": ((1, 4),), "kssid": 7}
    member = world.registered()

    assert (member.gmsids, member.kssid, member.senders) == (((1, 4),), 7, 1)


def test_a_member_over_gikev2_has_no_delivery_delay_detection():
    world = World()
    world.ks1.download = {"d3p_ms": 1000}
    gdoi = world.registered()
    gikev2 = world.registered(
        name="GM2", address="172.16.0.2", protocol=Protocol.GIKEV2, ikev2_profile="PROFILE"
    )

    assert (gdoi.d3p_ms, gikev2.d3p_ms) == (1000, 0)
