import pytest

from getvpn.audits.engine import Report
from getvpn.audits.examples import audit_example
from getvpn.audits.registry import registry
from getvpn.audits.rule import Severity

from .ks_texts import KEK, config, coop, coop_file, kek, policy, policy_file, session, tek
from .said import messages, reasons

GAP = "the block of group G1 is not known in full"
NO_POLICY = "there is no 'show crypto gdoi ks policy'"
FILE = policy_file(1)
CUT = "version 17.9\n" + config(1).partition("   peer")[0]


def _audit(code: str, files: dict[str, str]) -> Report:
    return audit_example(registry()[code], files)


def _both(text: str, *keys: str) -> dict[str, str]:
    return {"ks1.cfg": text, FILE: policy(1, *(keys or (kek(), tek())))}


@pytest.mark.parametrize("code", ["TEK011", "RKY016"])
def test_keys_as_configured_are_all_right(code: str) -> None:
    report = _audit(code, _both(config(1)))
    assert (report.findings, report.not_checked) == ((), ())


@pytest.mark.parametrize("code", ["TEK011", "RKY016"])
def test_configuration_and_keys_are_both_needed(code: str) -> None:
    assert reasons(_audit(code, {"ks1.cfg": config(1)})) == [NO_POLICY]
    shown = {FILE: policy(1, kek(), tek())}
    assert reasons(_audit(code, shown)) == ["there is no configuration"]


def test_traffic_keys_of_another_lifetime_are_told() -> None:
    text = config(1).replace("lifetime seconds 7200", "lifetime seconds 3600")
    (finding,) = _audit("TEK011", _both(text)).findings
    assert finding.message == "traffic keys of group G1 live 7200 s, configured is 3600 s"
    assert [each.kind for each in finding.evidence] == ["show", "config"]
    assert finding.evidence[1].text == "set security-association lifetime seconds 3600"
    assert finding.remediation.endswith("crypto gdoi ks group G1 rekey")


def test_traffic_keys_of_another_transform_are_told() -> None:
    text = config(1).replace("esp-aes 256 esp-sha256-hmac", "esp-aes esp-sha256-hmac")
    (message,) = messages(_audit("TEK011", _both(text)))
    told = "are for esp-aes 256 esp-sha256-hmac, configured is esp-aes 128 esp-sha256-hmac"
    assert message == f"traffic keys of group G1 {told}"


def test_a_lifetime_of_any_policy_is_as_configured() -> None:
    second = (
        "crypto ipsec profile P2\n set security-association lifetime seconds 9000\n"
        " set transform-set TS\n"
    )
    sa = "  sa ipsec 20\n   profile P2\n   match address ipv4 OTHER\n  address ipv4"
    text = second + config(1).replace("  address ipv4", sa, 1)
    assert messages(_audit("TEK011", _both(text))) == []
    other = text.replace("lifetime seconds 7200", "lifetime seconds 5000")
    assert messages(_audit("TEK011", _both(other))) == [
        "traffic keys of group G1 live 7200 s, configured is 5000 or 9000 s"
    ]


def test_a_lifetime_that_is_not_known_is_not_compared() -> None:
    text = config(1).replace("   profile PROF\n", "   profile P2\n")
    report = _audit("TEK011", _both(text))
    assert report.findings == ()
    assert reasons(report) == ["what is configured is not known"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "rekey lifetime seconds 86400",
            "rekey lifetime seconds 43200",
            "the rekey key of group G1 lives 86400 s, configured is 43200 s",
        ),
        (
            "rekey algorithm aes 256",
            "rekey algorithm aes 128",
            "the rekey key of group G1 is for aes 256, configured is aes 128",
        ),
        (
            "mypubkey rsa REKEY",
            "mypubkey rsa REKEY-2",
            "rekeys of group G1 are signed with RSA key REKEY, configured is REKEY-2",
        ),
        (
            "  rekey transport unicast\n",
            "  rekey address ipv4 MCAST\n",
            "rekeys of group G1 are unicast, configured is multicast",
        ),
    ],
)
def test_rekey_keys_that_differ_are_told(old: str, new: str, told: str) -> None:
    assert old in config(1)
    (finding,) = _audit("RKY016", _both(config(1).replace(old, new))).findings
    assert finding.message == told
    assert finding.severity is Severity.LOW
    assert [each.kind for each in finding.evidence] == ["show", "config"]
    assert finding.remediation.endswith("crypto gdoi ks group G1 rekey")


def test_multicast_rekeys_where_unicast_is_configured_are_told() -> None:
    shown = kek().replace("transport type : Unicast", "transport type : Multicast")
    assert messages(_audit("RKY016", _both(config(1), shown, tek()))) == [
        "rekeys of group G1 are multicast, configured is unicast"
    ]


def test_a_transport_behind_a_cut_may_be_unicast() -> None:
    cut = CUT.replace("  rekey transport unicast\n", "")
    assert messages(_audit("RKY016", _both(cut))) == []
    shown = kek().replace("transport type : Unicast", "transport type : Multicast")
    assert len(messages(_audit("RKY016", _both(CUT, shown)))) == 1


def test_rekey_settings_behind_a_cut_are_not_compared() -> None:
    cut = CUT.replace("  rekey lifetime seconds 86400\n", "")
    assert reasons(_audit("RKY016", _both(cut))) == [GAP]


def test_an_rsa_key_that_is_not_known_is_not_compared() -> None:
    unsigned = config(1).replace("  rekey authentication mypubkey rsa REKEY\n", "")
    assert messages(_audit("RKY016", _both(unsigned))) == []
    shown = kek().replace("    sig key name       : REKEY\n", "")
    assert messages(_audit("RKY016", _both(config(1), shown, tek()))) == []


def test_a_key_server_without_rekeys_or_without_rekey_key_has_nothing_to_compare() -> None:
    head, _, rest = config(1).partition("  rekey algorithm")
    bare = head + "  sa ipsec" + rest.partition("  sa ipsec")[2]
    report = _audit("RKY016", {"ks1.cfg": bare})
    assert (report.findings, report.not_checked) == ((), ())
    report = _audit("RKY016", _both(config(1), tek()))
    assert (report.findings, report.not_checked) == ((), ())


@pytest.mark.parametrize(("remaining", "found"), [(60, 0), (59, 1)])
def test_a_traffic_key_without_successor_is_told(remaining: int, found: int) -> None:
    report = _audit("TEK012", {FILE: policy(1, kek(), tek(remaining=remaining, to_rekey=0))})
    assert len(report.findings) == found
    assert report.not_checked == ()
    if found:
        (finding,) = report.findings
        assert finding.message == (
            "the newest traffic key of access list POLICY of group G1 ends in 59 s"
        )
        assert finding.evidence[0].field == "remaining_s"
        assert finding.severity is Severity.HIGH


def test_a_superseded_traffic_key_may_end() -> None:
    keys = tek("AAAAAAAA", remaining=20, to_rekey="n/a"), tek("BBBBBBBB", remaining=7100)
    assert messages(_audit("TEK012", {FILE: policy(1, kek(), *keys)})) == []
    other = keys[1].replace("POLICY\n", "OTHER\n")
    assert len(messages(_audit("TEK012", {FILE: policy(1, kek(), keys[0], other)}))) == 1


@pytest.mark.parametrize("code", ["TEK012", "TEK013", "RKY017"])
def test_without_its_keys_a_key_server_is_not_checked(code: str) -> None:
    assert reasons(_audit(code, {"ks1.cfg": config(1)})) == [NO_POLICY]


@pytest.mark.parametrize(
    ("remaining", "found"), [((7100, 20), 0), ((7100, 3000, 20), 1), ((7100, 3000, 0), 0)]
)
def test_more_than_two_living_traffic_keys_are_told(remaining: tuple[int, ...], found: int) -> None:
    keys = [tek(f"AAAAAAA{n}", remaining=left) for n, left in enumerate(remaining)]
    report = _audit("TEK013", {FILE: policy(1, kek(), *keys)})
    assert len(report.findings) == found
    assert report.not_checked == ()
    if found:
        (finding,) = report.findings
        assert finding.message == "access list POLICY of group G1 has 3 living traffic keys"
        assert [each.field for each in finding.evidence] == ["spi"] * 3


def test_traffic_keys_of_different_access_lists_do_not_add_up() -> None:
    keys = [tek(f"AAAAAAA{n}").replace("POLICY\n", f"LIST{n % 2}\n") for n in range(4)]
    assert messages(_audit("TEK013", {FILE: policy(1, kek(), *keys)})) == []
    fifth = tek("AAAAAAA5").replace("POLICY\n", "LIST1\n")
    (finding,) = _audit("TEK013", {FILE: policy(1, kek(), *keys, fifth)}).findings
    assert "LIST1 of group G1 has 3 living" in finding.message
    assert len(finding.evidence) == 3


def test_keys_that_are_not_all_shown_may_be_more() -> None:
    text = policy(1, kek(), tek()).replace("# of teks : 1", "# of teks : 3")
    assert reasons(_audit("TEK013", {FILE: text})) == [
        "'show crypto gdoi ks policy' is not known in full"
    ]


@pytest.mark.parametrize(("remaining", "found"), [(100, 0), (99, 1)])
def test_a_rekey_key_without_successor_is_told(remaining: int, found: int) -> None:
    report = _audit("RKY017", {FILE: policy(1, kek(remaining=remaining, to_rekey=0), tek())})
    assert len(report.findings) == found
    assert report.not_checked == ()
    if found:
        (finding,) = report.findings
        assert finding.message == "the only rekey key of group G1 ends in 99 s"
        assert finding.evidence[0].field == "remaining_s"


def test_a_rekey_key_with_successor_may_end() -> None:
    second = kek(KEK.replace("7C", "7D"), remaining=86_000)
    text = policy(1, kek(remaining=20, to_rekey=0), second, tek())
    assert messages(_audit("RKY017", {FILE: text})) == []


def test_releases_that_rekey_at_the_end_have_no_lead() -> None:
    old = kek(remaining=20).replace("    time to rekey (sec): 52485\n", "")
    assert messages(_audit("RKY017", {FILE: policy(1, old, tek())})) == []
    assert messages(_audit("RKY017", {FILE: policy(1, tek())})) == []


def test_unicast_rekeys_need_an_address() -> None:
    bare = config(1).replace("  address ipv4 10.10.1.1\n", "")
    (finding,) = _audit("RKY018", {"ks1.cfg": bare}).findings
    assert finding.message == "rekeys of group G1 are unicast, and the key server has no address"
    assert finding.evidence[0].text == "rekey transport unicast"
    multicast = bare.replace("  rekey transport unicast\n", "")
    for text in (config(1), multicast):
        report = _audit("RKY018", {"ks1.cfg": text})
        assert (report.findings, report.not_checked) == ((), ())


def test_an_address_behind_a_cut_may_be_there() -> None:
    cut = CUT.replace("  address ipv4 10.10.1.1\n", "")
    report = _audit("RKY018", {"ks1.cfg": cut})
    assert report.findings == ()
    assert reasons(report) == [GAP]
    assert reasons(_audit("RKY018", {"ks1.cfg": CUT})) == []
    assert reasons(_audit("RKY018", {coop_file(1): coop(1, session(2))})) == [
        "there is no configuration"
    ]
