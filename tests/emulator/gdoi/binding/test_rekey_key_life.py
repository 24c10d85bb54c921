"""The RSA key of rekeys on routers: what its changes do to a running group."""

import pytest

from .routers import KS1, KS2, LABEL, Routers, rekey_key

NO_KEY = "KS_NO_RSA_KEYS"
REJECTED = f"%CRYPTO-6-IKMP_MODE_FAILURE: Processing of GDOI mode failed with peer at {KS1}"
TEK_S = 7200


@pytest.fixture
def lab() -> Routers:
    """A key server and a registered member."""
    found = Routers()
    found.servers(KS1)
    found.member(1)
    found.run(60)
    assert found.registered("GM1")
    return found


def _generate(lab: Routers, name: str = "KS1") -> None:
    command = f"crypto key generate rsa label {LABEL} modulus 2048 exportable"
    lab.configure(name, command)


def _zeroize(lab: Routers, name: str = "KS1") -> None:
    lab.type(name, "configure terminal", f"crypto key zeroize rsa {LABEL}", "yes", "end")


def test_a_key_server_that_boots_without_its_key_says_so_once() -> None:
    lab = Routers()
    lab.servers(KS1)
    router = lab.routers["KS1"]
    router.power_off()
    router.keys.zeroize()
    router.keys.save()
    router.boot()
    lab.run(600)
    told = lab.logged("KS1", NO_KEY)
    assert len(told) == 1
    assert LABEL in told[0]


def test_a_label_without_a_key_is_told_when_it_is_configured(lab: Routers) -> None:
    lab.configure(
        "KS1", "crypto gdoi group G1\nserver local\nrekey authentication mypubkey rsa OTHER\n"
    )
    lab.run(60)
    told = lab.logged("KS1", NO_KEY)
    assert len(told) == 1
    assert "OTHER" in told[0]


def test_a_rekey_is_signed_with_the_routers_key(lab: Routers) -> None:
    lab.run(TEK_S)
    member = lab.groups("GM1").members[0]
    assert member.rekeys >= 1
    assert lab.logged("GM1", "GM_RECV_REKEY")
    assert not lab.logged("GM1", "IKMP_MODE_FAILURE")


def test_without_its_key_the_group_lives_on_the_keys_it_has(lab: Routers) -> None:
    member = lab.groups("GM1").members[0]
    spi = member.teks[0].tek.spi
    _zeroize(lab)
    lab.run(600)
    assert [held.tek.spi for held in member.teks] == [spi]
    assert member.encrypting(10) is not None
    assert lab.type("KS1", "crypto gdoi ks rekey") != "" or lab.logged("KS1", NO_KEY)
    assert member.rekeys == 0


def test_members_reject_rekeys_of_another_key_and_register_again(lab: Routers) -> None:
    member = lab.groups("GM1").members[0]
    _zeroize(lab)
    _generate(lab)
    lab.run(TEK_S - 400)
    assert REJECTED in lab.logged("GM1")
    assert member.rekeys == 0

    lab.run(400)
    assert lab.registered("GM1")
    assert member.succeeded == 2
    lab.run(TEK_S)
    assert member.rekeys >= 1


def test_another_label_counts_from_the_next_rekey_on(lab: Routers) -> None:
    command = "crypto key generate rsa label SECOND modulus 2048"
    lab.configure("KS1", command)
    lab.configure(
        "KS1", "crypto gdoi group G1\nserver local\nrekey authentication mypubkey rsa SECOND\n"
    )
    lab.run(TEK_S - 400)
    assert REJECTED in lab.logged("GM1")


def test_a_key_that_was_imported_signs_as_the_old_one(lab: Routers) -> None:
    keys = lab.routers["KS1"].keys
    pair = keys.signing_pair(LABEL)
    assert pair is not None
    _zeroize(lab)
    keys.add(LABEL, pair.material, now=lab.kernel.now())
    lab.run(TEK_S)
    assert lab.groups("GM1").members[0].rekeys >= 1
    assert not lab.logged("GM1", "IKMP_MODE_FAILURE")


def test_a_key_that_was_not_saved_is_gone_after_a_reload() -> None:
    lab = Routers()
    lab.servers(KS1, KS2)
    lab.member(1, KS1, KS2)
    lab.run(120)
    for name in ("KS1", "KS2"):
        _zeroize(lab, name)
        lab.routers[name].keys.save()
        lab.routers[name].keys.add(LABEL, rekey_key(7), now=lab.kernel.now())
    lab.routers["KS2"].reload()
    lab.run(lab.routers["KS2"].behaviour.boot_s + 60)
    assert len(lab.logged("KS2", NO_KEY)) == 1
