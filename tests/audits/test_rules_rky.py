"""The rules on rekeys at their boundaries, and where evidence is missing."""

from dataclasses import replace

import pytest

from getvpn.audits.examples import audit_example
from getvpn.audits.rule import AnyRule, Severity
from getvpn.audits.rules.long_lifetimes import long_lifetime_not_periodic
from getvpn.audits.rules.rky import lifetime_close_to_traffic_keys, lifetime_not_default
from getvpn.audits.rules.rky_algorithms import rekey_cipher_not_aes, signature_hash_weak
from getvpn.audits.rules.rky_retransmission import (
    retransmission_ends_early,
    retransmission_not_as_recommended,
)
from getvpn.audits.rules.rky_transport import rekeys_not_signed, transport_without_destination
from getvpn.audits.settings import PROFILES, Settings

from .key_worlds import (
    KS_MEMBERS,
    KS_POLICY,
    REKEY,
    member,
    member_status,
    policy,
    registered,
    server,
    snippet,
    status,
    summary,
    tek,
)

STATUS = "ks1/show crypto gdoi.txt"
MEMBER_STATUS = "gm1/show crypto gdoi.txt"
ALL = (
    lifetime_not_default,
    lifetime_close_to_traffic_keys,
    retransmission_not_as_recommended,
    retransmission_ends_early,
    rekey_cipher_not_aes,
    signature_hash_weak,
    transport_without_destination,
    rekeys_not_signed,
    long_lifetime_not_periodic,
)


def without(*words: str) -> str:
    """The usual rekey lines but for those with one of `words`."""
    lines = REKEY.splitlines(keepends=True)
    return "".join(line for line in lines if not any(word in line for word in words))


def messages(rule: AnyRule, text: str, settings: Settings | None = None) -> list[str]:
    """The messages on a key server with this configuration; all has to be decided."""
    report = audit_example(rule, {"ks1.cfg": text}, settings)
    assert report.not_checked == ()
    return [finding.message for finding in report.findings]


def lifetime(line: str) -> str:
    return server(rekey=f"{REKEY}  rekey lifetime {line}\n")


def retransmit(line: str, before: str = "", after: str = "") -> str:
    """A key server with this line `rekey retransmit`, or without any."""
    rekey = without("retransmit") + (f"  rekey retransmit {line}\n" if line else "")
    return server(rekey=rekey, before=before, after=after)


@pytest.mark.parametrize("rule", ALL)
def test_a_key_server_as_recommended_has_no_finding(rule: AnyRule) -> None:
    assert messages(rule, server(before="crypto isakmp keepalive 15 periodic\n")) == []


@pytest.mark.parametrize("rule", ALL)
def test_no_rekey_line_at_all_is_one_fault(rule: AnyRule) -> None:
    found = messages(rule, server(rekey=""))
    assert len(found) == (rule is transport_without_destination)


@pytest.mark.parametrize("rule", [rule for rule in ALL if rule.code not in ("RKY002", "RKY006")])
def test_a_block_that_may_be_cut_does_not_tell_defaults(rule: AnyRule) -> None:
    text = snippet(server(rekey="  rekey algorithm aes 256\n")).partition("ip access-list")[0]
    report = audit_example(rule, {"ks1.cfg": text})
    assert report.findings == ()
    reasons = [each.reason for each in report.not_checked]
    assert "the block of group G1 is not known in full" in reasons


@pytest.mark.parametrize("rule", ALL)
def test_without_evidence_nothing_is_checked(rule: AnyRule) -> None:
    report = audit_example(rule, {KS_MEMBERS: registered()})
    assert report.findings == ()
    assert report.not_checked[0].reason.startswith("there is no configuration")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("seconds 86400", 0),
        ("days 1", 0),
        ("seconds 86399", 1),
        ("seconds 86401", 1),
        ("seconds 300", 1),
    ],
)
def test_the_rekey_key_lives_a_day(line: str, expected: int) -> None:
    assert len(messages(lifetime_not_default, lifetime(line))) == expected


def test_the_long_sa_profile_allows_thirty_days() -> None:
    settings = PROFILES["long-sa"].settings
    assert messages(lifetime_not_default, lifetime("days 30"), settings) == []


@pytest.mark.parametrize(("seconds", "expected"), [(14_399, 1), (14_400, 0)])
def test_the_rekey_key_lives_twice_as_long_as_traffic_keys(seconds: int, expected: int) -> None:
    found = messages(lifetime_close_to_traffic_keys, lifetime(f"seconds {seconds}"))
    assert len(found) == expected


def test_a_default_rekey_key_can_be_too_short_for_long_traffic_keys() -> None:
    (finding,) = audit_example(
        lifetime_close_to_traffic_keys, {"ks1.cfg": server(lifetime="days 1")}
    ).findings
    assert finding.message == (
        "the rekey key of group G1 lives 86400 s, less than 2 times the 86400 s of its traffic keys"
    )
    assert [each.line for each in finding.evidence] == [6, 4]
    assert finding.remediation.endswith("rekey lifetime seconds 172800")


@pytest.mark.parametrize(("profile", "fixes"), [("seed", 0), ("long-sa", 1)])
def test_a_rekey_key_is_not_made_longer_than_it_may_be(profile: str, fixes: int) -> None:
    (finding,) = audit_example(
        lifetime_close_to_traffic_keys,
        {"ks1.cfg": server(lifetime="days 1")},
        PROFILES[profile].settings,
    ).findings
    assert len(finding.fixes) == fixes


def test_show_output_tells_the_lifetimes_in_use() -> None:
    shown = {KS_POLICY: policy(tek(600), kek_life=1199)}
    report = audit_example(lifetime_close_to_traffic_keys, shown)
    assert len(report.findings) == 1
    assert report.findings[0].evidence[0].value == "1199"
    assert len(audit_example(lifetime_not_default, shown).findings) == 1
    assert len(audit_example(lifetime_not_default, {STATUS: status(kek_life=1200)}).findings) == 1


def test_a_lifetime_is_told_once_although_several_texts_tell_it() -> None:
    files = {
        "ks1.cfg": lifetime("seconds 3600"),
        KS_POLICY: policy(tek(), kek_life=3600),
        STATUS: status(kek_life=3600),
    }
    (finding,) = audit_example(lifetime_not_default, files).findings
    assert finding.location.source == "ks1.cfg"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("60 number 2", 0),
        ("40 number 3", 0),
        ("60 periodic", 0),
        ("60 number 3", 1),
        ("40 number 2", 1),
        ("10 number 2", 1),
        ("10 periodic", 1),
        ("", 1),
    ],
)
def test_two_schemes_of_retransmission_are_accepted(line: str, expected: int) -> None:
    assert len(messages(retransmission_not_as_recommended, retransmit(line))) == expected


def test_default_retransmission_is_called_so() -> None:
    (message,) = messages(retransmission_not_as_recommended, retransmit(""))
    assert message == (
        "rekeys of group G1 are sent again 2 times at intervals of 10 s by default, not 2 times "
        "at intervals of 60 s or 3 times at intervals of 40 s"
    )


@pytest.mark.parametrize(("members", "expected"), [(399, 0), (400, 1)])
def test_the_short_scheme_is_noted_in_large_groups(members: int, expected: int) -> None:
    files = {
        "ks1.cfg": retransmit("40 number 3"),
        "ks1/show crypto gdoi ks members summary.txt": summary(members),
    }
    found = audit_example(retransmission_not_as_recommended, files).findings
    assert [finding.severity for finding in found] == [Severity.LOW] * expected


def test_the_long_scheme_is_good_for_large_groups() -> None:
    files = {"ks1.cfg": server(), "ks1/show crypto gdoi ks members summary.txt": summary(500)}
    assert audit_example(retransmission_not_as_recommended, files).findings == ()


def test_show_output_tells_the_retransmission() -> None:
    report = audit_example(retransmission_not_as_recommended, {STATUS: status(retransmit=10)})
    assert report.findings[0].location.source == STATUS
    assert audit_example(retransmission_not_as_recommended, {STATUS: status()}).findings == ()


@pytest.mark.parametrize(
    ("line", "keepalive", "expected"),
    [
        ("10 number 2", "10", 1),  # 20 s against 10 + 5 x 2
        ("10 number 3", "10", 0),
        ("60 number 2", "15", 0),
        ("60 number 2", "60 12", 1),
        ("60 periodic", "600 60", 0),
    ],
)
def test_retransmission_outlasts_dead_peer_detection(
    line: str, keepalive: str, expected: int
) -> None:
    text = retransmit(line, before=f"crypto isakmp keepalive {keepalive} periodic\n")
    assert len(messages(retransmission_ends_early, text)) == expected


def test_retransmission_outlasts_the_convergence_that_the_site_gives() -> None:
    slow = replace(Settings(), core_convergence_s=180)
    text = server(before="crypto isakmp keepalive 15 periodic\n")
    (finding,) = audit_example(retransmission_ends_early, {"ks1.cfg": text}, slow).findings
    assert finding.message.endswith("not longer than the 180 s in which the core converges")
    assert finding.remediation.endswith("rekey retransmit 60 number 4")


def test_a_keepalive_outside_a_snippet_is_not_known() -> None:
    report = audit_example(retransmission_ends_early, {"ks1.cfg": snippet(server())})
    assert report.not_checked[0].reason.startswith("the ISAKMP keepalive is not known")


@pytest.mark.parametrize("cipher", ["des-cbc", "3des-cbc"])
def test_rekeys_want_aes(cipher: str) -> None:
    rekey = REKEY.replace("aes 256", cipher)
    assert messages(rekey_cipher_not_aes, server(rekey=rekey)) == [
        f"the rekey cipher of group G1 is {cipher}, not AES"
    ]


def test_an_absent_rekey_cipher_is_3des() -> None:
    assert messages(rekey_cipher_not_aes, server(rekey=without("algorithm aes"))) == [
        "the rekey cipher of group G1 is 3des-cbc by default, not AES"
    ]


def test_a_weak_rekey_cipher_is_told_once_for_each_key_server() -> None:
    weak = without("algorithm aes")
    files = {
        "ks1.cfg": server(rekey=weak),
        KS_POLICY: policy(tek(), cipher="3DES", key_bytes=24),
        "ks2.cfg": server(name="ks2", rekey=weak),
        "gm1.cfg": member(),
        MEMBER_STATUS: member_status(cipher="3DES"),
    }
    found = audit_example(rekey_cipher_not_aes, files).findings
    assert [(each.device, each.location.source) for each in found] == [
        ("ks1", "ks1.cfg"),
        ("ks2", "ks2.cfg"),
    ]


def test_a_key_server_shows_its_rekey_cipher() -> None:
    weak = {KS_POLICY: policy(tek(), cipher="3DES", key_bytes=24)}
    assert audit_example(rekey_cipher_not_aes, weak).findings[0].evidence[0].value == "3DES"
    good = audit_example(rekey_cipher_not_aes, {KS_POLICY: policy(tek())})
    assert (good.findings, good.not_checked) == ((), ())


def test_members_show_the_rekey_key_that_they_hold() -> None:
    files = {"gm1.cfg": member(), MEMBER_STATUS: member_status(cipher="3DES", digest="SHA")}
    for rule in (rekey_cipher_not_aes, signature_hash_weak):
        report = audit_example(rule, files)
        assert [finding.device for finding in report.findings] == [""]
        assert report.not_checked == ()
        good = audit_example(rule, {MEMBER_STATUS: member_status()})
        assert (good.findings, good.not_checked) == ((), ())


@pytest.mark.parametrize(
    ("line", "expected"),
    [("sha", 1), ("sha256", 0), ("sha384", 0), ("sha512", 0), ("", 1)],
)
def test_rekeys_are_signed_with_sha_2(line: str, expected: int) -> None:
    rekey = without("sig-hash") + (f"  rekey sig-hash algorithm {line}\n" if line else "")
    assert len(messages(signature_hash_weak, server(rekey=rekey))) == expected


MULTICAST = without("transport") + "  rekey address ipv4 REKEYS\n"


def test_multicast_without_a_list_is_critical() -> None:
    (finding,) = audit_example(
        transport_without_destination, {"ks1.cfg": server(rekey=without("transport"))}
    ).findings
    assert finding.severity is Severity.CRITICAL
    assert "no 'rekey address' tells where to" in finding.message


def test_no_rekeys_at_all_are_less_grave() -> None:
    (finding,) = audit_example(
        transport_without_destination, {"ks1.cfg": server(rekey="")}
    ).findings
    assert finding.severity is Severity.HIGH
    assert finding.message == "key server of group G1 has no 'rekey' line: it sends no rekeys"


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("permit udp host 10.10.1.1 eq 848 host 239.0.1.2 eq 848", []),
        ("permit udp any 239.0.0.0 0.255.255.255", []),
        ("deny udp any host 239.0.1.2", ["which permits no UDP to a multicast address"]),
        ("permit udp any host 10.1.1.1", ["which permits no UDP to a multicast address"]),
        ("permit tcp any host 239.0.1.2", ["which permits no UDP to a multicast address"]),
        (None, ["which does not exist"]),
    ],
)
def test_the_list_of_multicast_rekeys_names_their_destination(
    entry: str | None, expected: list[str]
) -> None:
    acl = "" if entry is None else f"ip access-list extended REKEYS\n {entry}\n"
    found = messages(transport_without_destination, server(rekey=MULTICAST, before=acl))
    assert [message.rpartition(", ")[2] for message in found] == expected


def test_a_list_outside_a_snippet_is_not_known() -> None:
    text = snippet(server(rekey=MULTICAST))
    report = audit_example(transport_without_destination, {"ks1.cfg": text})
    assert report.findings == ()
    assert report.not_checked[0].reason.startswith("access list REKEYS is not known")


@pytest.mark.parametrize(("transport", "decided"), [("Unicast", True), ("Multicast", False)])
def test_show_output_tells_only_that_rekeys_are_unicast(transport: str, decided: bool) -> None:
    report = audit_example(transport_without_destination, {STATUS: status(transport=transport)})
    assert (report.findings, report.not_checked == ()) == ((), decided)


def test_rekeys_without_a_key_cannot_be_signed() -> None:
    text = server(rekey=without("authentication")).replace(
        " server local\n", " server local\n  ! Rekey authentication is not configured\n"
    )
    assert messages(rekeys_not_signed, text) == [
        "rekeys of group G1 cannot be signed: there is no 'rekey authentication'"
    ]


def test_show_output_tells_that_rekeys_are_signed() -> None:
    assert audit_example(rekeys_not_signed, {KS_POLICY: policy(tek())}).not_checked == ()


@pytest.mark.parametrize(
    ("rekey", "tek_lifetime", "expected"),
    [
        (REKEY, "days 1", 0),
        (REKEY, "days 2", 1),
        (f"{REKEY}  rekey lifetime days 2\n", "days 1", 1),
        (REKEY.replace("number 2", "periodic"), "days 2", 0),
        (without("transport"), "days 2", 0),
    ],
)
def test_long_lifetimes_want_periodic_retransmission(
    rekey: str, tek_lifetime: str, expected: int
) -> None:
    text = server(rekey=rekey, lifetime=tek_lifetime)
    assert len(messages(long_lifetime_not_periodic, text)) == expected
