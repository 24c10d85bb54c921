"""What the shows of a member say in each of its states."""

import pytest

from getvpn.emulator.gdoi.policy import Transport
from getvpn.emulator.gdoi.records import Registration

from .gm_states import (
    KEKS,
    gm_router,
    group_text,
    hold_kek,
    joined,
    later,
    register,
    rekeyed,
    row,
    show,
    usual_member,
)

NOBODY = "0.0.0.0"  # noqa: S104 - an address in a table


# ---- registration ----


def test_a_member_that_has_never_registered_knows_nothing_of_a_key_server() -> None:
    router = usual_member()
    text = show(router, "")

    assert row(text, "Registration status") == "Not Registered"
    assert row(text, "Registered with") == NOBODY
    assert row(text, "Re-registers in") == "0 sec"
    assert row(text, "ACL Received From KS") == "None"
    assert row(text, "Active TEK Number") == "0"
    assert " ACL Downloaded From KS UNKNOWN:" in text
    assert "KEK POLICY" not in text
    assert "REG_GM" not in text


def test_a_member_that_registers_names_whom_it_asks() -> None:
    router = usual_member()
    member = joined(router)
    member.state = Registration.REGISTERING
    member.attempted = 5
    member.registrar.active, member.registrar.next_server = True, 1
    text = show(router, "gm")

    assert row(text, "Registration status") == "Registering"
    assert row(text, "Registering to") == "10.10.2.1"
    assert row(text, "Remote addr/port") == "10.10.2.1/848"
    assert row(text, "Attempted registration") == "5"
    assert "Registered with" not in text


def test_what_is_left_until_registration_counts_down() -> None:
    router = usual_member()
    register(joined(router), reregisters_in=366)
    assert row(show(router, "gm"), "Re-registers in") == "366 sec"

    later(router, 66.5)
    assert row(show(router, "gm"), "Re-registers in") == "299 sec"


def test_a_group_in_no_crypto_map_has_no_member() -> None:
    router = gm_router("17.6", group_text())
    text = show(router, "")

    assert row(text, "Group Name") == "G1"
    assert "10.10.1.1" in text
    assert "Group member " not in text
    assert show(router, "gm") == ""


# ---- rekeys ----


@pytest.mark.parametrize(("release", "nobody"), [("17.6", "UNKNOWN"), ("15.7", NOBODY)])
def test_a_member_that_was_never_rekeyed(release: str, nobody: str) -> None:
    router = usual_member(release)
    register(joined(router))
    text = show(router, "")

    assert row(text, "Last rekey from") == nobody
    assert row(text, "Rekey Received") == "never"
    assert row(text, "Unicast rekey received") == "0"
    assert row(text, "Total received") == "0"


def test_a_member_counts_the_time_since_the_last_rekey() -> None:
    router = usual_member()
    member = joined(router)
    register(member)
    rekeyed(member, 7, ago=3_725, sequence=4, server="10.10.2.1")
    member.rekeys_since, member.acks = 2, 6
    text = show(router, "")

    assert row(text, "Rekey Rcvd(hh") == "mm:ss)  : 01:02:05"
    assert row(text, "Last rekey from") == "10.10.2.1"
    assert row(text, "Last rekey seq num") == "4"
    assert row(text, "Rekeys received") == "7"
    assert (row(text, "Total received"), row(text, "After latest register")) == ("7", "2")
    assert (row(text, "Rekey ACKs sent"), row(text, "Rekey Acks sents")) == ("6", "6")


def test_a_multicast_rekey_has_no_acknowledgement() -> None:
    router = usual_member()
    member = joined(router)
    register(member, transport=Transport.MULTICAST)
    member.multicast = "239.0.1.2"
    hold_kek(member)
    rekeyed(member, 2, ago=60, sequence=2)
    text = show(router, "")

    assert row(text, "Multicast rekey rcvd") == "2"
    assert row(text, "Rekey Rcvd(hh") == "mm:ss)  : 00:01:00"
    assert row(text, "Rekey Transport Type") == "Multicast"
    assert "Acks" not in text
    assert "ACKs" not in text
    detail = show(router, "gm rekey detail")
    assert "Group G1 (Multicast)\n" in detail
    assert "Acks" not in detail
    assert "Current : 239.0.1.2       10.10.1.1 " in detail


def test_the_lifetime_of_the_kek_is_what_is_left_of_it() -> None:
    router = usual_member()
    register(joined(router))
    hold_kek(joined(router), left=1_000)
    later(router, 100)
    text = show(router, "")

    assert row(text, "Lifetime (secs)") == "900"
    assert row(text, "Encrypt Algorithm") == "AES"
    assert row(text, "Sig Key Length (bits)") == "2352"


@pytest.mark.parametrize(
    ("sig_hash", "shown"), [("sha", "HMAC_AUTH_SHA"), ("sha384", "HMAC_AUTH_SHA384")]
)
def test_the_hash_of_signatures_is_named(sig_hash: str, shown: str) -> None:
    router = usual_member()
    register(joined(router))
    hold_kek(joined(router), sig_hash=sig_hash)
    assert row(show(router, ""), "Sig Hash Algorithm") == shown


def test_the_oldest_software_prints_the_size_of_the_modulus() -> None:
    router = usual_member("15.0")
    register(joined(router))
    hold_kek(joined(router))
    assert row(show(router, ""), "Sig Key Length (bits)") == "2048"


def test_a_new_kek_becomes_the_current_one_with_the_first_rekey_under_it() -> None:
    router = usual_member()
    member = joined(router)
    register(member)
    before = hold_kek(member)

    def slots() -> dict[str, str]:
        lines = show(router, "gm rekey detail").splitlines()
        return {
            line.partition(":")[0].strip(): line.split()[-2]
            for line in lines
            if line.startswith(("New", "Current", "Previous"))
        }

    assert slots() == {"New": "C5AC6039", "Current": "---", "Previous": "---"}
    rekeyed(member, 1, ago=5, sequence=1)
    assert slots() == {"New": "---", "Current": "C5AC6039", "Previous": "---"}
    member.previous = before
    hold_kek(member, spi=KEKS[1])
    rekeyed(member, 2, ago=5, sequence=0)
    assert slots() == {"New": "AAAA0001", "Current": "C5AC6039", "Previous": "---"}
    rekeyed(member, 3, ago=5, sequence=1)
    assert slots() == {"New": "---", "Current": "AAAA0001", "Previous": "C5AC6039"}


def test_public_keys_are_printed_up_to_their_256th_byte() -> None:
    router = usual_member()
    register(joined(router))
    lines = show(router, "gm pubkey").splitlines()

    assert lines[0] == "  GDOI Group: G1"
    assert lines[1] == "    KS IP Address: 10.10.1.1"
    assert "my-cookie:C5AC6039    his-cookie:A440633E" in lines[2]
    assert [len(line.split()) for line in lines[4:12]] == [8] * 8
    assert lines[12] == ""
