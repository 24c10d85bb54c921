import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from getvpn.audits.examples import audit_example
from getvpn.audits.formats import json as json_format
from getvpn.audits.formats import text as text_format
from getvpn.audits.rule import Finding
from getvpn.audits.rules.coop_policy import policies_differ

from .ks_texts import config, coop, coop_file, kek, pair, policy, policy_file, session, tek


def _findings(files: dict[str, str]) -> tuple[Finding, ...]:
    return audit_example(policies_differ, files).findings


def _parts(files: dict[str, str]) -> str:
    """What the one finding says to differ."""
    (finding,) = _findings(files)
    start = "policy of group G1 differs from that of key server ks1: "
    assert finding.message.startswith(start)
    assert finding.device == "ks2"
    return finding.message.removeprefix(start)


def _reasons(files: dict[str, str]) -> list[str]:
    report = audit_example(policies_differ, files)
    assert report.findings == ()
    return [each.reason for each in report.not_checked]


RETRANSMIT = "rekey retransmit {} number {}"
SIGNED = "rekey authentication mypubkey rsa"


@pytest.mark.parametrize(
    ("old", "new", "part", "found", "wanted"),
    [
        ("  rekey algorithm aes 256\n", "", "rekey cipher", "3des-cbc", "aes 256"),
        ("algorithm sha256", "algorithm sha512", "rekey hash", "sha512", "sha256"),
        ("seconds 86400", "seconds 43200", "rekey lifetime", "43200", "86400"),
        (
            RETRANSMIT.format(60, 2),
            RETRANSMIT.format(40, 3),
            "rekey retransmission",
            "40 number 3",
            "60 number 2",
        ),
        (f"  {SIGNED} REKEY\n", "", "rekey signature", f"no {SIGNED}", SIGNED),
        (
            "transport unicast\n",
            "transport unicast\n  rekey acknowledgement interoperable\n",
            "rekey acknowledgement",
            "interoperable",
            "cisco",
        ),
        ("esp-aes 256", "esp-aes 128", "transforms", "aes 128 esp-sha256-hmac", "aes 256 esp"),
        (" mode tunnel", " mode transport", "mode", "mode transport", "mode tunnel"),
        ("seconds 7200", "seconds 3600", "traffic key lifetime", "3600", "7200"),
        ("window-size 5\n", "window-size 20\n", "anti-replay window", "size 20", "size 5"),
        ("   no tag\n", "   tag cts sgt\n", "tagging", "tag cts sgt", "no tag cts sgt"),
        (
            "  redundancy\n",
            "  redundancy\n   protocol version optimize\n",
            "COOP protocol",
            "optimize",
            "base",
        ),
        (
            "  sa ipsec 10\n",
            "  sa receive-only\n  sa ipsec 10\n",
            "SA direction",
            "sa receive-only",
            "no sa receive-only",
        ),
    ],
)
def test_each_setting_counts(old: str, new: str, part: str, found: str, wanted: str) -> None:
    told = _parts(pair(old, new))
    assert told.startswith(f"{part} ('")
    ours, _, theirs = told.partition(" instead of ")
    assert found in ours
    assert wanted in theirs


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (" permit 10.20.2.1\n", "", "authorization (1 line missing)"),
        (" deny udp any any eq ntp\n", "", "access list (1 line missing)"),
        ("eq ntp\n", "eq ntp\n deny esp any any\n", "access list (1 line more)"),
        ("any eq ntp", "any eq 124", "access list (1 line missing, 1 line more)"),
        (
            " deny udp any any eq 848\n deny udp any any eq ntp\n",
            " deny udp any any eq ntp\n deny udp any any eq 848\n",
            "access list (the same lines in another order)",
        ),
        (
            "match address ipv4 POLICY",
            "match address ipv4 NOWHERE",
            "access list (3 lines missing, 1 line more)",
        ),
    ],
)
def test_each_line_of_a_list_counts_and_its_place(old: str, new: str, told: str) -> None:
    assert _parts(pair(old, new)) == told


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("POLICY", "OTHER"),
        ("any eq ntp", "any eq ntp log"),
        ("PROF", "GETVPN-PROFILE"),
        ("transform-set TS", "transform-set AES"),
        ("rsa REKEY", "rsa SIGN"),
        ("52", "77"),
        ("sa ipsec 10", "sa ipsec 1"),
        (" deny udp any any eq ntp", " 25 deny udp any any eq 123"),
        (" deny udp any any eq ntp", " remark clocks\n deny udp any any eq ntp"),
        (" permit 10.20.1.1\n permit 10.20.2.1", " permit 10.20.2.1\n permit host 10.20.1.1"),
        ("  rekey lifetime seconds 86400\n", ""),
        ("   no tag\n", ""),
        (" mode tunnel\n", ""),
        ("  redundancy\n", "  redundancy\n   protocol version base\n"),
    ],
)
def test_names_numbers_and_written_defaults_do_not_count(old: str, new: str) -> None:
    report = audit_example(policies_differ, pair(old, new))
    assert report.findings == ()
    assert report.not_checked == ()


def test_the_members_of_an_object_group_count_not_its_name() -> None:
    entry = " permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255\n"
    grouped = " permit ip object-group {0} object-group {0}\nobject-group network {0}\n"
    grouped += " 10.1.0.0 255.255.0.0\n 10.2.0.0 255.255.0.0\n"
    files = {
        "ks1.cfg": config(1).replace(entry, grouped.format("SITES")),
        "ks2.cfg": config(2).replace(entry, grouped.format("LANS")),
    }
    assert _findings(files) == ()
    files["ks2.cfg"] = files["ks2.cfg"].replace("10.2.0.0", "10.3.0.0")
    assert _parts(files) == "access list (3 lines missing, 3 lines more)"


def test_the_finding_has_the_lines_of_both_devices_and_the_diff() -> None:
    (finding,) = _findings(pair(" deny udp any any eq ntp\n"))
    assert [(each.device, each.text) for each in finding.evidence] == [
        ("ks2", "ip access-list extended POLICY"),
        ("ks1", "deny udp any any eq ntp"),
    ]
    assert finding.location.source == "ks2.cfg"
    assert finding.diff.splitlines()[:2] == ["--- ks1", "+++ ks2"]
    changed = [line for line in finding.diff.splitlines()[2:] if line[0] in "+-"]
    assert changed == ["-access-list deny udp any any eq 123"]


def test_the_diff_stands_in_both_reports() -> None:
    report = audit_example(policies_differ, pair(" deny udp any any eq ntp\n"))
    text = text_format.render(report)
    assert "    diff         --- ks1\n                 +++ ks2\n                 @@ " in text
    (finding,) = json.loads(json_format.render(report))["findings"]
    assert finding["diff"].startswith("--- ks1\n+++ ks2\n@@ ")


def test_the_primary_is_the_model_and_not_the_one_that_should_be_primary() -> None:
    files = pair(" deny udp any any eq ntp\n")
    files[coop_file(2)] = coop(2, session(1))
    (finding,) = _findings(files)
    assert finding.device == "ks1"
    assert finding.message.endswith("that of key server ks2: access list (1 line more)")


def test_each_of_several_key_servers_is_compared_with_the_model() -> None:
    files = {f"ks{n}.cfg": config(n, *({1, 2, 3} - {n})) for n in (1, 2, 3)}
    files["ks3.cfg"] = files["ks3.cfg"].replace("seconds 7200", "seconds 3600")
    (finding,) = _findings(files)
    assert finding.device == "ks3"


def test_the_own_address_in_a_multicast_rekey_may_differ() -> None:
    multicast = "  rekey address ipv4 MCAST\n"
    acl = "ip access-list extended MCAST\n permit udp host {} eq 848 host 239.0.1.2 eq 848\n"
    files = {
        f"ks{n}.cfg": config(n).replace("  rekey transport unicast\n", multicast)
        + acl.format(f"10.10.{n}.1")
        for n in (1, 2)
    }
    assert _findings(files) == ()
    files["ks2.cfg"] = files["ks2.cfg"].replace("239.0.1.2", "239.0.1.3")
    assert _parts(files).startswith("rekey address (")


REKEYS = "permit udp host {} eq 848 host 239.0.1.2 eq 848"


def _multicast(*sources: list[str]) -> dict[str, str]:
    """Key servers whose lists of multicast rekeys have these sources."""
    numbers = range(1, len(sources) + 1)
    return {
        f"ks{n}.cfg": config(n, *({*numbers} - {n})).replace(
            "  rekey transport unicast\n", "  rekey address ipv4 MCAST\n"
        )
        + "\n".join(
            ["ip access-list extended MCAST", *(f" {REKEYS.format(one)}" for one in listed)]
        )
        + "\n"
        for n, listed in zip(numbers, sources, strict=True)
    }


def test_a_multicast_rekey_may_come_from_every_key_server() -> None:
    every = ["10.10.1.1", "10.10.2.1", "10.10.3.1"]
    assert _findings(_multicast(every, every, every)) == ()
    assert _findings(_multicast(every, every[::-1], every[2:])) == ()


@pytest.mark.parametrize("listed", [["10.10.1.1"], ["10.10.1.1", "10.10.2.10"], ["10.10.2.10"]])
def test_a_multicast_rekey_that_cannot_come_from_its_key_server_counts(listed: list[str]) -> None:
    assert _parts(_multicast(["10.10.1.1", "10.10.2.1"], listed)).startswith("rekey address (")


def test_who_may_register_by_identity_counts() -> None:
    listed = "crypto identity MEMBERS\n dn ou=branch\n"
    files = {
        f"ks{n}.cfg": config(n).replace("address ipv4 52", "identity MEMBERS") + listed
        for n in (1, 2)
    }
    assert _findings(files) == ()
    files["ks2.cfg"] = files["ks2.cfg"].replace("ou=branch", "ou=other")
    assert _parts(files) == (
        "authorization ('authorization dn ou=other' instead of 'authorization dn ou=branch')"
    )


SHOWN = {
    policy_file(1): policy(1, kek(), tek()),
    policy_file(2): policy(2, kek(), tek()),
}


def test_outputs_are_compared_where_there_is_no_configuration() -> None:
    files = dict(SHOWN)
    assert _findings(files) == ()
    files[policy_file(2)] = policy(2, kek(), tek(transform="esp-3des esp-sha-hmac", window=64))
    assert _parts(files) == (
        "transforms ('transform esp-3des esp-sha-hmac' instead of"
        " 'transform esp-aes 256 esp-sha256-hmac'); anti-replay window"
        " ('replay window-size 64' instead of 'replay window-size 5')"
    )


def test_a_configuration_is_compared_with_an_output_as_far_as_that_goes() -> None:
    files = {"ks1.cfg": config(1), policy_file(2): policy(2, kek(), tek())}
    (reason,) = _reasons(files)
    assert reason.startswith("not compared with key server ks1: rekey hash, rekey retransmission")
    files[policy_file(2)] = policy(2, kek(), tek(window=64))
    assert _parts(files).startswith("anti-replay window (")


def test_access_lists_are_compared_as_shown() -> None:
    lines = "   access-list POLICY  deny udp any any port = 848\n{}"
    lines += "   access-list POLICY  permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255\n"
    head = "Group Name: G1\n Configured ACL:\n"
    ntp = "   access-list POLICY  deny udp any any port = 123\n"
    files = {
        "ks1.cfg": config(1),
        "ks2/show crypto gdoi ks acl.txt": head + lines.format(ntp),
    }
    assert _findings(files) == ()
    files["ks2/show crypto gdoi ks acl.txt"] = head + lines.format("")
    assert _parts(files) == "access list (1 line missing)"
    del files["ks2/show crypto gdoi ks acl.txt"]
    files["ks2/show crypto gdoi ks acl | include deny.txt"] = head + lines.format("")
    assert _findings(files) == ()


def test_what_a_part_of_a_configuration_leaves_open_is_not_checked() -> None:
    group = config(2)[config(2).index("crypto gdoi") : config(2).index("ip access-list")]
    (reason,) = _reasons({"ks1.cfg": config(1), "ks2.cfg": group})
    assert reason == (
        "not compared with key server ks1: authorization, transforms, mode, traffic key lifetime,"
        " access list"
    )


def test_each_sa_of_a_group_has_its_own_entries() -> None:
    second = "  sa ipsec 20\n   profile PROF\n   match address ipv4 MORE\n   no tag\n"
    files = {}
    for number in (1, 2):
        text = config(number).replace("  address ipv4 10.10", f"{second}  address ipv4 10.10", 1)
        files[f"ks{number}.cfg"] = f"{text}ip access-list extended MORE\n permit ip any any\n"
    assert _findings(files) == ()
    last = " permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255\n"
    moved = files["ks2.cfg"].replace(last, "").replace("MORE\n permit", f"MORE\n{last} permit")
    assert _parts({**files, "ks2.cfg": moved}) == (
        "size of the access list of SA 1 ('entries: 2' instead of 'entries: 3');"
        " size of the access list of SA 2 ('entries: 2' instead of 'entries: 1')"
    )


def test_settings_behind_a_cut_are_not_compared() -> None:
    cut = "version 17.9\n" + config(2).partition("   replay time")[0]
    reason = " ".join(_reasons({"ks1.cfg": config(1), "ks2.cfg": cut}))
    assert "anti-replay method, anti-replay window, tagging, access list" in reason


def test_a_key_server_by_itself_is_not_compared() -> None:
    alone = config(1).replace("  redundancy\n   local priority 100\n", "")
    assert _reasons({"ks1.cfg": alone.replace("   peer address ipv4 10.10.2.1\n", "")}) == []
    assert _reasons({"ks1.cfg": config(1)}) == ["key server 10.10.2.1 is not known"]


def test_key_servers_of_other_networks_are_not_compared() -> None:
    foreign = config(5, 6, group="THEIRS").replace("aes 256", "aes 128")
    assert _reasons({"ks1.cfg": config(1), "ks5.cfg": foreign}) == [
        "key server 10.10.2.1 is not known",
        "key server 10.10.6.1 is not known",
    ]


NETWORKS = st.integers(0, 255).map(lambda n: f"10.{n}.0.0 0.0.255.255")
PORTS = st.sampled_from(["", " eq ntp", " eq 123", " range 100 200", " gt 1023"])
ENTRIES = st.lists(
    st.builds(
        "{} udp {} {}{}".format, st.sampled_from(["permit", "deny"]), NETWORKS, NETWORKS, PORTS
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=30)
@given(entries=ENTRIES, step=st.integers(1, 50))
def test_numbering_and_renaming_a_list_changes_nothing(entries: list[str], step: int) -> None:
    head = config(2).partition("ip access-list extended")[0]
    listed = "".join(f" {entry}\n" for entry in entries)
    numbered = "".join(f" {step * n} {entry}\n" for n, entry in enumerate(entries, start=1))
    files = {
        "ks1.cfg": config(1).partition("ip access-list extended")[0]
        + f"ip access-list extended POLICY\n{listed}",
        "ks2.cfg": head.replace("ipv4 POLICY", "ipv4 L2")
        + f"ip access-list extended L2\n{numbered}",
    }
    assert _findings(files) == ()
    files["ks2.cfg"] += " permit ip any any\n"
    assert "access list (1 line more)" in _parts(files)
