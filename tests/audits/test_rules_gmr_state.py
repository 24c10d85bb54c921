"""Registration of members, and the keys that they hold."""

import pytest

from getvpn.audits.examples import audit_example
from getvpn.audits.rules.gmr_state import not_registered, stale_keys

from .said import messages, reasons

GM_FILE, KS_FILE = "gm1/show crypto gdoi.txt", "ks1/show crypto gdoi ks policy.txt"
NEW, OLD, OTHER = 0xA1B2C3D4, 0x0000BEEF, 0x0BADCAFE

TEK = """\
  TEK POLICY (encaps : ENCAPS_TUNNEL)
    spi                : 0x{spi:08X}
    access-list        : {acl}
    transform          : esp-256-aes esp-sha256-hmac
    alg key size       : 32            sig key size          : 32
    orig life(sec)     : 7200          remaining life(sec)   : {remaining}
    tek life(sec)      : 7200          elapsed time(sec)     : {elapsed}
    override life (sec): 0             antireplay window size: 5
    time to rekey (sec): {rekey}

"""
SA = """\
    IPsec SA:
        spi: 0x{spi:08X}({spi})
        transform: esp-256-aes esp-sha256-hmac
        sa timing:remaining key lifetime (sec): ({remaining})
        Anti-Replay(Time Based) : 5 sec interval

"""
HEAD = (
    stale_keys.bad[KS_FILE].partition("  TEK POLICY")[0].replace("# of teks : 1", "# of teks : {n}")
)


def tek(spi: int, remaining: int = 7000, *, acl: str = "POLICY", rekey: str = "6515") -> str:
    return TEK.format(spi=spi, remaining=remaining, elapsed=7200 - remaining, acl=acl, rekey=rekey)


def policy(*teks: str) -> str:
    """The answer of a key server with these traffic keys."""
    return HEAD.format(n=len(teks)) + "".join(teks)


def sa(spi: int, remaining: int = 6990) -> str:
    return SA.format(spi=spi, remaining=remaining)


def status(*sas: str, interface: str = "GigabitEthernet0/0/1") -> str:
    """The answer of a member with these SAs on one interface."""
    head = stale_keys.bad[GM_FILE].partition("  GigabitEthernet0/0/1:\n")[0]
    return f"{head}  {interface}:\n" + "".join(sas)


def test_the_current_key_has_to_be_there() -> None:
    files = {KS_FILE: policy(tek(NEW)), GM_FILE: status(sa(OTHER))}
    (finding,) = audit_example(stale_keys, files).findings
    assert finding.message == (
        "holds traffic key 0x0BADCAFE on GigabitEthernet0/0/1, but not 0xA1B2C3D4,"
        " current on key server ks1"
    )
    assert [evidence.device for evidence in finding.evidence] == ["gm1", "ks1"]


def test_a_member_in_a_rollover_holds_both_keys() -> None:
    teks = policy(tek(OLD, 300, rekey="n/a"), tek(NEW, 7100))
    report = audit_example(
        stale_keys, {KS_FILE: teks, GM_FILE: status(sa(OLD, 290), sa(NEW, 7090))}
    )
    assert (report.findings, report.not_checked) == ((), ())


def test_the_key_before_it_is_not_enough() -> None:
    # the outputs were taken 10 s apart, and the new key is 100 s old
    teks = policy(tek(OLD, 290, rekey="n/a"), tek(NEW, 7100))
    report = audit_example(stale_keys, {KS_FILE: teks, GM_FILE: status(sa(OLD, 300))})
    assert len(report.findings) == 1


def test_a_key_that_is_younger_than_the_output_of_the_member_says_nothing() -> None:
    # 150 s lie between the outputs, and the new key is 100 s old
    teks = policy(tek(OLD, 290, rekey="n/a"), tek(NEW, 7100))
    report = audit_example(stale_keys, {KS_FILE: teks, GM_FILE: status(sa(OLD, 440))})
    assert messages(report) == []
    assert reasons(report) == ["'show crypto gdoi' was taken before the current traffic key of ks1"]


def test_each_access_list_has_a_current_key() -> None:
    teks = policy(tek(NEW), tek(OTHER, acl="VOICE"))
    report = audit_example(stale_keys, {KS_FILE: teks, GM_FILE: status(sa(NEW))})
    assert [text.partition("but not ")[2] for text in messages(report)] == [
        "0x0BADCAFE, current on key server ks1"
    ]
    both = {KS_FILE: teks, GM_FILE: status(sa(NEW), sa(OTHER))}
    assert audit_example(stale_keys, both).findings == ()


def test_every_interface_is_compared() -> None:
    shown = status(sa(NEW)) + "  GigabitEthernet0/0/2:\n" + sa(OTHER)
    (message,) = messages(audit_example(stale_keys, {KS_FILE: policy(tek(NEW)), GM_FILE: shown}))
    assert "on GigabitEthernet0/0/2" in message


def test_the_keys_of_one_of_several_key_servers_are_enough() -> None:
    files = {
        KS_FILE: policy(tek(NEW)),
        "ks2/show crypto gdoi ks policy.txt": policy(tek(OTHER)).replace("10.10.1.1", "10.10.2.1"),
        GM_FILE: status(sa(OTHER)),
    }
    assert audit_example(stale_keys, files).findings == ()


def test_a_member_without_registration_is_another_fault() -> None:
    shown = status(sa(OTHER)).replace(": Registered\n", ": Registering\n")
    report = audit_example(stale_keys, {KS_FILE: policy(tek(NEW)), GM_FILE: shown})
    assert (report.findings, report.not_checked) == ((), ())
    (finding,) = audit_example(not_registered, {GM_FILE: shown}).findings
    assert finding.message == "membership of group G1 by 10.20.1.1 is 'Registering'"


def test_keys_are_not_compared_without_both_outputs() -> None:
    assert reasons(audit_example(stale_keys, {GM_FILE: status(sa(NEW))})) == [
        "no key server of the group shows its keys"
    ]
    assert reasons(audit_example(stale_keys, {KS_FILE: policy(tek(NEW))})) == ["no member is known"]
    config = "hostname gm1\ncrypto gdoi group G1\n server address ipv4 10.10.1.1\n"
    report = audit_example(stale_keys, {KS_FILE: policy(tek(NEW)), "gm1.cfg": config})
    assert reasons(report) == ["there is no 'show crypto gdoi'"]


def test_an_output_that_ends_before_the_keys_is_not_judged() -> None:
    shown = status(sa(NEW)).partition("KEK POLICY")[0]
    report = audit_example(stale_keys, {KS_FILE: policy(tek(NEW)), GM_FILE: shown})
    assert reasons(report) == ["what was given of 'show crypto gdoi' has no traffic keys"]


def test_key_servers_of_another_network_with_that_identity_do_not_count() -> None:
    other = policy(tek(OTHER)).replace("G1", "ELSEWHERE").replace("10.10.1.1", "10.99.1.1")
    config = "hostname ks9\ncrypto gdoi group ELSEWHERE\n identity number 1001\n server local\n"
    files = {
        "ks9.cfg": config + "  address ipv4 10.99.1.1\n",
        "ks9/show crypto gdoi ks policy.txt": other,
        GM_FILE: status(sa(NEW)),
    }
    assert reasons(audit_example(stale_keys, files)) == [
        "no key server that it lists shows its keys"
    ]


STATE_FILE = "gm1/show crypto gdoi gm.txt"


def test_each_interface_of_a_member_is_registered() -> None:
    good = not_registered.good[STATE_FILE]
    rows = good[good.index("    Group member ") :]
    second = rows.replace("10.20.1.1", "10.20.1.5").replace(": Registered\n", ": Registering\n")
    report = audit_example(not_registered, {STATE_FILE: good + second})
    assert messages(report) == ["membership of group G1 by 10.20.1.5 is 'Registering'"]


def test_two_outputs_of_one_member_are_one_finding() -> None:
    shown = status(sa(NEW)).replace(": Registered\n", ": Registering\n")
    files = {STATE_FILE: not_registered.bad[STATE_FILE], GM_FILE: shown}
    assert len(audit_example(not_registered, files).findings) == 1


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        (
            {"gm1.cfg": "hostname gm1\ncrypto gdoi group G1\n server address ipv4 10.10.1.1\n"},
            "there is no 'show crypto gdoi gm' or 'show crypto gdoi'",
        ),
        (
            {STATE_FILE: not_registered.good[STATE_FILE].partition("    Group member ")[0]},
            "'show crypto gdoi gm' shows no registration status",
        ),
    ],
)
def test_a_state_that_is_not_shown_is_not_passed(files: dict[str, str], reason: str) -> None:
    report = audit_example(not_registered, files)
    assert (messages(report), reasons(report)) == ([], [reason])
