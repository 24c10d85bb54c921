import pytest

from getvpn.audits.engine import Report, run
from getvpn.audits.examples import audit_example, captures
from getvpn.audits.load import fleet_of
from getvpn.audits.registry import registry
from getvpn.audits.rule import Grade, Severity
from getvpn.audits.settings import Settings

from .ks_texts import config, coop, coop_file, session
from .said import messages, reasons

GAP = "the block of group G1 is not known in full"
PART = "the text is a part of a configuration: it has no line 'hostname'"
MEMBER = (
    "hostname gm1\ncrypto gdoi group G1\n identity number 1001\n server address ipv4 10.10.1.1\n"
)
NO_SERVER = "there is no configuration of a key server of this group"


def _audit(code: str, files: dict[str, str]) -> Report:
    return audit_example(registry()[code], files)


def _counter(number: int, lines: str, transform: str = "esp-gcm 256") -> dict[str, str]:
    text = config(number).replace("esp-aes 256 esp-sha256-hmac", transform)
    return {f"ks{number}.cfg": text.replace("  sa ipsec 10", f"{lines}  sa ipsec 10")}


def _identifier(*lines: str) -> str:
    return "  identifier\n" + "".join(f"   {line}\n" for line in lines)


@pytest.mark.parametrize("transform", ["esp-gcm 256", "esp-gmac"])
def test_key_servers_with_identifiers_of_their_own_are_all_right(transform: str) -> None:
    first = _counter(1, _identifier("range 0 - 9", "value 30"), transform)
    report = _audit("TEK007", first | _counter(2, _identifier("range 10 - 19"), transform))
    assert (report.findings, report.not_checked) == ((), ())


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        ("range 0 - 9", "range 9 - 19", "9"),
        ("range 0 - 9", "range 5 - 7", "5 to 7"),
        ("value 127", "range 100 - 127", "127"),
    ],
)
def test_identifiers_of_two_key_servers_are_told(one: str, other: str, told: str) -> None:
    files = _counter(1, _identifier(one)) | _counter(2, _identifier(other))
    (finding,) = _audit("TEK007", files).findings
    assert finding.message == (
        f"key servers ks1 and ks2 of group G1 give out the same sender identifiers: {told}"
    )
    assert [each.device for each in finding.evidence] == ["ks1", "ks2"]
    assert finding.severity is Severity.CRITICAL
    assert finding.evidence[0].text == one


def test_several_spans_of_identifiers_are_told() -> None:
    mine = _counter(1, _identifier("range 0 - 3", "range 8 - 9", "value 20"))
    (message,) = messages(_audit("TEK007", mine | _counter(2, _identifier("range 2 - 30"))))
    assert message.endswith(": 2 to 3, 8 to 9, 20")


def test_a_key_server_without_identifiers_cannot_serve_counter_mode() -> None:
    (finding,) = _audit("TEK007", _counter(1, "")).findings
    assert finding.message == "key server of group G1 has no sender identifiers to give out"
    assert finding.device == "ks1"


def test_one_counter_mode_key_server_makes_the_group_one() -> None:
    files = _counter(1, _identifier("value 1")) | {"ks2.cfg": config(2)}
    assert [each.device for each in _audit("TEK007", files).findings] == ["ks2"]


def test_groups_without_counter_mode_need_no_identifiers() -> None:
    report = _audit("TEK007", {"ks1.cfg": config(1), "ks2.cfg": config(2)})
    assert (report.findings, report.not_checked) == ((), ())


def test_identifiers_that_are_not_known_are_not_compared() -> None:
    cut = "version 17.9\n" + _counter(1, "")["ks1.cfg"].partition("   peer")[0]
    assert reasons(_audit("TEK007", {"ks1.cfg": cut})) == [GAP]
    lines = _identifier("value 1")
    known = "version 17.9\n" + _counter(1, lines)["ks1.cfg"].partition("   peer")[0]
    report = _audit("TEK007", {"ks1.cfg": known})
    assert (report.findings, report.not_checked) == ((), ())
    seen = _counter(1, lines) | {coop_file(2): coop(2, session(1))}
    assert reasons(_audit("TEK007", seen)) == ["there is no configuration"]


def test_transforms_that_are_not_known_are_not_checked() -> None:
    (reason,) = reasons(_audit("TEK007", {coop_file(1): coop(1, session(2))}))
    assert reason.startswith("there is no configuration or 'show crypto gdoi ks policy' or ")
    assert reasons(_audit("TEK007", {"gm1.cfg": MEMBER})) == [NO_SERVER]


SIDS = """\
COOP-KS Sender ID (SID) Information for Group G1:

    Local KS Role: Primary   , Local KS Status: Alive
        Local Address               : 10.10.1.1
        Next SID Client Operation   : NOTIFY
        Re-initializing             : No
        KSSID Overlap               : {overlap}
        SID Length (Group Size) Cfg : 24 bits (MEDIUM)
        SID Length (Group Size) Used: 24 bits (MEDIUM)
        Current KSSID In-Use        : none
        KSSID(s) Assigned           : none
        KSSID(s) Used               : none
        Old KSSID(s) Used           : none
"""


def test_a_key_server_tells_itself_of_shared_identifiers() -> None:
    name = "ks1/show crypto gdoi ks coop identifier.txt"
    files = _counter(1, _identifier("value 1"))
    (finding,) = _audit("TEK007", files | {name: SIDS.format(overlap="Yes")}).findings
    assert finding.message == (
        "key server 10.10.1.1 of group G1 has sender identifiers that another one claims, too"
    )
    assert finding.evidence[0].field == "overlap"
    assert messages(_audit("TEK007", files | {name: SIDS.format(overlap="No")})) == []


def _pfs(lines: str, member: str = "") -> dict[str, str]:
    text = config(1).replace("  sa ipsec 10", f"{lines}  sa ipsec 10")
    return {"ks1.cfg": text, "gm1.cfg": MEMBER + member}


@pytest.mark.parametrize(
    ("lines", "member"),
    [
        ("", ""),
        ("", " no client pfs\n"),
        ("  gikev2 GKM\n", " no client pfs\n"),
        ("  gikev2 GKM\n  pfs\n", ""),
    ],
)
def test_secrecy_on_both_sides_or_on_none_is_all_right(lines: str, member: str) -> None:
    report = _audit("TEK008", _pfs(lines, member))
    assert (report.findings, report.not_checked) == ((), ())


def test_secrecy_without_g_ikev2_does_nothing() -> None:
    (finding,) = _audit("TEK008", _pfs("  pfs\n", " no client pfs\n")).findings
    assert finding.message == (
        "key server of group G1 has 'pfs' without 'gikev2', which does nothing"
    )
    assert finding.evidence[0].text == "pfs"
    assert finding.fixes == ()


def test_a_member_that_does_without_secrecy_is_told_what_to_type() -> None:
    files = _pfs("  gikev2 GKM\n  pfs\n", " no client pfs\n")
    files["gm1.cfg"] = files["gm1.cfg"].replace("crypto gdoi", "crypto gkm")
    (finding,) = _audit("TEK008", files).findings
    assert finding.message == (
        "member of group G1 does without the forward secrecy that its key servers offer"
    )
    assert (finding.device, finding.evidence[0].text) == ("gm1", "no client pfs")
    (fix,) = finding.fixes
    assert (fix.device, fix.grade) == ("gm1", Grade.REGISTRATION)
    assert fix.lines == ("crypto gkm group G1", " client pfs")
    assert "crypto gkm group G1\n" in finding.remediation


def test_secrecy_that_is_not_known_is_not_checked() -> None:
    cut = "version 17.9\n" + config(1).partition("   peer")[0]
    assert reasons(_audit("TEK008", {"ks1.cfg": cut})) == [GAP]
    half = cut.replace("  sa ipsec 10", "  pfs\n  sa ipsec 10")
    assert messages(_audit("TEK008", {"ks1.cfg": half})) == []
    assert reasons(_audit("TEK008", {"gm1.cfg": MEMBER})) == [NO_SERVER]
    assert reasons(_audit("TEK008", {coop_file(1): coop(1, session(2))})) == [
        "there is no configuration"
    ]
    state = registry()["GMR008"].good
    files = {"ks1.cfg": _pfs("  gikev2 GKM\n  pfs\n")["ks1.cfg"], **state}
    assert reasons(_audit("TEK008", files)) == ["there is no configuration"]


LOOSE = [
    (
        " set transform-set TS\n",
        " set transform-set TS2\n",
        "has transform set TS2, which does not exist",
    ),
    (" set transform-set TS\n", "", "has IPsec profile PROF, which names no transform set"),
    ("   profile PROF\n", "", "names no IPsec profile"),
    ("   profile PROF\n", "   profile P2\n", "names IPsec profile P2, which does not exist"),
    ("   match address ipv4 POLICY\n", "", "names no access list"),
]


@pytest.mark.parametrize(("old", "new", "problem"), LOOSE)
def test_a_name_without_thing_is_told(old: str, new: str, problem: str) -> None:
    assert old in config(1)
    report = _audit("TEK009", {"ks1.cfg": config(1).replace(old, new)})
    assert messages(report) == [f"'sa ipsec 10' of group G1 {problem}"]
    assert report.not_checked == ()
    assert report.findings[0].severity is Severity.HIGH


@pytest.mark.parametrize(("old", "new", "problem"), LOOSE)
def test_things_outside_of_a_part_of_a_configuration_may_exist(
    old: str, new: str, problem: str
) -> None:
    text = config(1).replace(old, new).replace("hostname ks1\n", "")
    report = _audit("TEK009", {"ks1.cfg": text})
    if problem.endswith("does not exist"):
        assert report.findings == ()
        assert reasons(report) == [PART]
    else:
        assert len(report.findings) == 1
        assert report.not_checked == ()


def test_a_list_that_does_not_exist_is_told_of_by_one_rule() -> None:
    text = config(1).replace("match address ipv4 POLICY", "match address ipv4 POLICY2")
    report = run(
        fleet_of(captures({"ks1.cfg": text})), registry().rules, Settings(), raise_faults=True
    )
    assert [each.rule for each in report.findings if "POLICY2" in each.message] == ["ACL031"]


def test_policies_that_hang_together_are_all_right() -> None:
    report = _audit("TEK009", {"ks1.cfg": config(1)})
    assert (report.findings, report.not_checked) == ((), ())


def test_a_key_server_without_policy_is_told() -> None:
    text = config(1)
    start, end = text.index("  sa ipsec 10"), text.index("  address ipv4")
    (finding,) = _audit("TEK009", {"ks1.cfg": text[:start] + text[end:]}).findings
    assert finding.message == ("key server of group G1 has no 'sa ipsec': it makes no traffic keys")


@pytest.mark.parametrize("code", ["TEK009", "TEK010"])
def test_policies_behind_a_cut_are_not_checked(code: str) -> None:
    cut = "version 17.9\n" + config(1).partition("  sa ipsec")[0]
    assert reasons(_audit(code, {"ks1.cfg": cut})) == [GAP]
    assert reasons(_audit(code, {coop_file(1): coop(1, session(2))})) == [
        "there is no configuration"
    ]


def test_transport_mode_is_told_with_the_lines_that_mend_it() -> None:
    text = config(1).replace(" mode tunnel", " mode transport")
    (finding,) = _audit("TEK010", {"ks1.cfg": text}).findings
    assert finding.message == "transform set TS of group G1 is in transport mode"
    assert finding.evidence[0].text == "mode transport"
    (fix,) = finding.fixes
    assert fix.grade is Grade.REKEY
    assert fix.lines == (
        "crypto ipsec transform-set TS esp-aes 256 esp-sha256-hmac",
        " mode tunnel",
    )


def test_tunnel_mode_is_the_default() -> None:
    for text in (config(1), config(1).replace(" mode tunnel\n", "")):
        report = _audit("TEK010", {"ks1.cfg": text})
        assert (report.findings, report.not_checked) == ((), ())


def test_transform_sets_that_no_policy_names_may_be_in_transport_mode() -> None:
    other = "crypto ipsec transform-set OTHER esp-aes\n mode transport\n"
    assert messages(_audit("TEK010", {"ks1.cfg": config(1) + other})) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("   profile PROF\n", "   profile P2\n"),
        (" set transform-set TS\n", " set transform-set T2\n"),
    ],
)
def test_the_mode_of_what_is_not_known_is_not_checked(old: str, new: str) -> None:
    text = config(1).replace(old, new)
    assert reasons(_audit("TEK010", {"ks1.cfg": text.replace("hostname ks1\n", "")})) == [PART]
    assert reasons(_audit("TEK010", {"ks1.cfg": text})) == []
