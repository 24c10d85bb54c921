"""Pre-shared keys: for whom they are, and how they are stored."""

from getvpn.audits.examples import audit_example
from getvpn.audits.rules.ike_keys import clear_key, wildcard_key

from .said import messages, reasons

KS = "crypto gdoi group G1\n identity number 1001\n server local\n  address ipv4 10.10.1.1\n"
GKM = "crypto gkm group G1\n identity number 1001\n server local\n  gikev2 GKM\n"
PROFILE = "crypto ikev2 profile GKM\n authentication remote pre-share\n keyring local RING\n"
RING = """\
crypto ikev2 keyring RING
 peer GM1
  address 10.20.1.1
  pre-shared-key 6 <removed>
 peer ANY
  address 0.0.0.0 0.0.0.0
  pre-shared-key local 0 <removed>
  pre-shared-key remote 6 <removed>
"""
PART = "the text is a part of a configuration: it has no line 'hostname'"


def config(*parts: str) -> dict[str, str]:
    return {"ks1.cfg": "hostname ks1\n" + "".join(parts)}


def test_a_key_for_every_address_is_found_wherever_it_stands() -> None:
    keyring = "crypto keyring WAN\n pre-shared-key address 0.0.0.0 0.0.0.0 key 6 <removed>\n"
    globally = "crypto isakmp key 6 <removed> address 0.0.0.0\n"
    assert messages(audit_example(wildcard_key, config(keyring, globally, RING, PROFILE, GKM))) == [
        "pre-shared key in keyring WAN fits every peer (address 0.0.0.0/0)",
        "pre-shared key fits every peer (address 0.0.0.0/0)",
        "pre-shared key in IKEv2 keyring RING fits every peer (address 0.0.0.0/0)",
    ]


def test_a_key_for_a_range_is_no_wildcard() -> None:
    key = "crypto isakmp key 6 <removed> address 10.20.0.0 255.255.0.0\n"
    report = audit_example(wildcard_key, config(key, KS))
    assert (report.findings, report.not_checked) == ((), ())


def test_an_ikev2_keyring_that_no_group_uses_does_not_count() -> None:
    assert audit_example(wildcard_key, config(RING, PROFILE, KS)).findings == ()


def test_keys_may_stand_in_the_part_that_is_missing() -> None:
    for rule in (wildcard_key, clear_key):
        assert reasons(audit_example(rule, {"ks1.cfg": KS})) == [PART]


def test_the_secret_itself_is_in_no_finding() -> None:
    line = "crypto isakmp key Tr0ub4dor address 0.0.0.0\n"
    for rule in (wildcard_key, clear_key):
        report = audit_example(rule, config(line, KS))
        assert report.findings
        assert "Tr0ub4dor" not in repr(report.findings)


def test_one_finding_counts_the_keys_in_clear_text() -> None:
    keys = (
        "crypto isakmp key 6 <removed> address 10.20.1.1\n"
        "crypto isakmp key 0 <removed> address 10.20.2.1\n"
        "crypto isakmp key open-sesame address 10.20.3.1\n"
    )
    (finding,) = audit_example(clear_key, config(keys, KS)).findings
    assert finding.message == "2 of 3 pre-shared keys stand in clear text (type 0)"
    assert finding.location.line == 3


def test_the_keys_of_ikev2_peers_and_profiles_count() -> None:
    inline = " authentication local pre-share key 0 <removed>\n"
    report = audit_example(clear_key, config(RING, PROFILE, inline, GKM))
    assert messages(report) == ["2 of 4 pre-shared keys stand in clear text (type 0)"]


def test_a_placeholder_without_a_type_tells_nothing() -> None:
    for placeholder in ("<removed>", "<secret hidden>", "<preshared-key>"):
        line = f"crypto isakmp key {placeholder} address 10.20.1.1\n"
        report = audit_example(clear_key, config(line, KS))
        assert messages(report) == []
        assert reasons(report) == ["keys were taken out of the text, and their types with them"]
