"""Whether the key that signs rekeys can be used, how old it is, and the other keys."""

import pytest

from getvpn.audits.examples import audit_example
from getvpn.audits.rule import AnyRule, Severity
from getvpn.audits.rules.key import key_output
from getvpn.audits.rules.key_use import needlessly_exportable, old_key, short_key, unusable_key
from getvpn.audits.settings import Settings, profile

from .managed import KS_SHOWN, member, router, server
from .said import messages, reasons

FILE = "ks1/show crypto key mypubkey rsa.txt"
CLOCK = "ks1/show clock.txt"
SIGNING = "  rekey authentication mypubkey rsa REKEY\n"
REDUNDANCY = "  redundancy\n   local priority 100\n   peer address ipv4 10.10.2.1\n"
KEY = key_output(2048, "A5")
NO_EXPORT = key_output(2048, "A5", exportable="not exportable")
LOCKED = " *** The key is protected and LOCKED. ***"
NO_KEY = "there is no 'show crypto key mypubkey rsa'"
SERVER_RULES = pytest.mark.parametrize("rule", [unusable_key, needlessly_exportable, old_key])


def signing(more: str = "") -> dict[str, str]:
    """A key server that signs rekeys."""
    text = server()["ks1.cfg"].replace("  address ipv4", f"{SIGNING}  address ipv4")
    return {"ks1.cfg": text + more}


def now(date: str) -> dict[str, str]:
    return {CLOCK: f"08:02:11.000 UTC {date}\n"}


def test_a_temporary_key_does_not_outlive_a_restart() -> None:
    text = KEY.replace("Key type: RSA KEYS", "Key type: RSA KEYS\nTemporary key")
    report = audit_example(unusable_key, signing() | {FILE: text})
    assert messages(report) == [
        "RSA key REKEY, which signs rekeys of group G1, is gone after the next restart"
    ]
    report = audit_example(unusable_key, signing() | {FILE: KEY})
    assert (report.findings, report.not_checked) == ((), ())


def test_a_locked_key_cannot_be_used() -> None:
    text = KEY.replace("Usage: General Purpose Key", "Usage: General Purpose Key\n{LOCKED}")
    report = audit_example(unusable_key, signing() | {FILE: text.format(LOCKED=LOCKED)})
    assert messages(report) == ["RSA key REKEY, which signs rekeys of group G1, is locked"]


@pytest.mark.parametrize(
    ("usage", "found"),
    [("General Purpose Key", False), ("Signature Key", False), ("Encryption Key", True)],
)
def test_a_key_for_encryption_signs_nothing(usage: str, found: bool) -> None:
    text = KEY.replace("General Purpose Key", usage)
    report = audit_example(unusable_key, signing() | {FILE: text})
    expected = "RSA key REKEY, which signs rekeys of group G1, is for encryption only"
    assert messages(report) == [expected] * found
    assert all(finding.severity is Severity.HIGH for finding in report.findings)


@SERVER_RULES
def test_keys_that_were_not_shown_are_not_passed(rule: AnyRule) -> None:
    assert reasons(audit_example(rule, signing())) == [NO_KEY]
    assert reasons(audit_example(rule, KS_SHOWN)) == ["there is no configuration"]


@SERVER_RULES
def test_a_key_server_without_key_or_with_another_one_is_left_to_other_rules(
    rule: AnyRule,
) -> None:
    other = signing() | {FILE: KEY.replace("REKEY", "OTHER")}
    for files in (server() | {FILE: KEY}, other):
        report = audit_example(rule, files)
        assert (report.findings, report.not_checked) == ((), ())


def test_a_key_that_nobody_needs_stays_on_its_device() -> None:
    (finding,) = audit_example(needlessly_exportable, signing() | {FILE: KEY}).findings
    assert finding.message == "RSA key REKEY can be exported, and no other key server needs it"
    assert finding.severity is Severity.LOW
    report = audit_example(needlessly_exportable, signing() | {FILE: NO_EXPORT})
    assert (report.findings, report.not_checked) == ((), ())


def test_cooperating_key_servers_share_their_key() -> None:
    text = signing()["ks1.cfg"] + REDUNDANCY
    report = audit_example(needlessly_exportable, {"ks1.cfg": text, FILE: KEY})
    assert (report.findings, report.not_checked) == ((), ())


def test_a_group_that_is_cut_may_have_peers() -> None:
    text = signing()["ks1.cfg"].replace("hostname ks1\n", "")
    report = audit_example(needlessly_exportable, {"ks1.cfg": text, FILE: KEY})
    assert (messages(report), reasons(report)) == (
        [],
        ["whether there are other key servers is not known"],
    )


@pytest.mark.parametrize(
    ("date", "said"),
    [
        ("Tue Jan 9 2029", []),
        ("Wed Jan 10 2029", ["RSA key REKEY is in use for 1096 days, more than 1095"]),
        ("Tue Jan 1 2030", ["RSA key REKEY is in use for 1452 days, more than 1095"]),
    ],
)
def test_the_key_is_changed_from_time_to_time(date: str, said: list[str]) -> None:
    report = audit_example(old_key, signing() | {FILE: KEY} | now(date))
    assert (messages(report), reasons(report)) == (said, [])


def test_the_age_of_a_key_is_a_threshold() -> None:
    files = signing() | {FILE: KEY} | now("Mon Feb 9 2026")
    assert messages(audit_example(old_key, files, Settings(rsa_key_age_max_days=30))) == []
    files = signing() | {FILE: KEY} | now("Tue Feb 10 2026")
    assert messages(audit_example(old_key, files, Settings(rsa_key_age_max_days=30))) == [
        "RSA key REKEY is in use for 31 days, more than 30"
    ]


def test_without_a_clock_no_key_has_an_age() -> None:
    assert reasons(audit_example(old_key, signing() | {FILE: KEY})) == ["there is no 'show clock'"]


@pytest.mark.parametrize(
    ("bits", "settings", "said"),
    [
        (1024, Settings(), ["RSA key SSH has 1024 bits, less than 2048"]),
        (2048, Settings(), []),
        (2048, profile("cnsa").settings, ["RSA key SSH has 2048 bits, less than 3072"]),
    ],
)
def test_no_key_is_short(bits: int, settings: Settings, said: list[str]) -> None:
    text = key_output(bits, "A5").replace("REKEY", "SSH")
    report = audit_example(short_key, signing() | {FILE: text}, settings)
    assert (messages(report), reasons(report)) == (said, [])
    text = text.replace("Key type: RSA KEYS", "Key type: RSA KEYS\n Temporary key")
    assert messages(audit_example(short_key, signing() | {FILE: text}, settings)) == []


def test_the_key_that_signs_rekeys_is_the_matter_of_another_rule() -> None:
    report = audit_example(short_key, signing() | {FILE: key_output(1024, "A5")})
    assert (report.findings, report.not_checked) == ((), ())
    shown = KS_SHOWN | {FILE: key_output(1024, "A5")}
    assert messages(audit_example(short_key, shown)) == [
        "RSA key REKEY has 1024 bits, less than 2048"
    ]


def test_keys_of_members_count_and_those_of_others_do_not() -> None:
    assert reasons(audit_example(short_key, member())) == [NO_KEY]
    other = {"r1/show crypto key mypubkey rsa.txt": key_output(1024, "A5")}
    report = audit_example(short_key, router() | other)
    assert (report.findings, report.not_checked) == ((), ())


def test_keys_on_curves_are_short_by_nature() -> None:
    text = key_output(1024, "A5").replace("REKEY", "SSH").replace("RSA KEYS", "EC KEYS")
    report = audit_example(short_key, signing() | {FILE: text})
    assert (report.findings, report.not_checked) == ((), ())


def test_every_key_of_a_device_is_looked_at() -> None:
    keys = [
        key_output(1024, fill).replace("REKEY", name) for fill, name in (("A5", "A"), ("B6", "B"))
    ]
    first = KEY.replace("Key type: RSA KEYS", "Key type: RSA KEYS\nTemporary key")
    report = audit_example(short_key, signing() | {FILE: "".join([first, *keys])})
    assert messages(report) == [
        "RSA key A has 1024 bits, less than 2048",
        "RSA key B has 1024 bits, less than 2048",
    ]
    assert report.findings[0].remediation.startswith(
        "crypto key generate rsa general-keys label SSH modulus 2048\n"
    )
