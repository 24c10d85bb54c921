import pytest

from getvpn.audits.examples import audit_example
from getvpn.audits.rule import Severity
from getvpn.audits.rules.rpl import no_time_based_replay

from .policies import PERMIT, key_server, member, messages, reasons

KS_GDOI = """\
ks1#show crypto gdoi
GROUP INFORMATION

    Group Name               : G1 (Unicast)
    Group Identity           : 1001
    Crypto Path              : ipv4
    Key Management Path      : ipv4
    Group Members            : 2
    IPSec SA Direction       : Both
    Group Rekey Lifetime     : 86400 secs
    Rekey Retransmit Period  : 60 secs
    Rekey Retransmit Attempts: 2

      IPSec SA Number        : 10
      IPSec SA Rekey Lifetime: 7200 secs
      Profile Name           : PROF
      Replay method          : {method}
      Replay Window Size     : {window}
      ACL Configured         : access-list POLICY

     Group Server list       : Local

"""

GM_GDOI = """\
gm1#show crypto gdoi
GROUP INFORMATION

    Group Name               : G1
    Group Identity           : 1001
    Crypto Path              : ipv4
    Key Management Path      : ipv4
    Rekeys received          : 1
    IPSec SA Direction       : Both

     Group Server list       : 10.10.1.1

Group Member Information For Group G1:
    IPSec SA Direction       : Both
    ACL Received From KS     : gdoi_group_G1_temp_acl

    Group member             : 10.20.1.1       vrf: None
       Version               : 1.0.26
       Registration status   : Registered
       Registered with       : 10.10.1.1
       Re-registers in       : 1102 sec
       Succeeded registration: 1
       Attempted registration: 1
       Last rekey from       : 10.10.1.1
       Last rekey seq num    : 3
       allowable rekey cipher: any
       allowable rekey hash  : any
       allowable transformtag: any ESP

 ACL Downloaded From KS 10.10.1.1:
   access-list   permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255

TEK POLICY for the current KS-Policy ACEs Downloaded:
  GigabitEthernet0/1:
    IPsec SA:
        spi: 0x5A1C77E0(1511815136)
        transform: {transform}
        sa timing:remaining key lifetime (sec): (1189)
        Anti-Replay{replay}

"""

AES = "esp-256-aes esp-sha256-hmac"


def _with(line: str, permit: str = PERMIT) -> str:
    return key_server(permit).replace("   match", f"   {line}\n   match")


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("match address ipv4 POLICY", "by counter"),
        ("replay counter window-size 64", "by counter"),
        ("no replay", "no protection against replay"),
        ("replay time window-size 5", ""),
    ],
)
def test_the_method_of_each_policy_is_judged(line: str, fault: str) -> None:
    made = audit_example(no_time_based_replay, {"ks1.cfg": _with(line)})
    assert made.not_checked == ()
    assert bool(made.findings) is bool(fault)
    for finding in made.findings:
        assert finding.severity is Severity.MEDIUM
        assert finding.message.startswith("policy 'sa ipsec 10' of group G1 has ")
        assert fault in finding.message


def test_a_default_is_found_at_the_policy_and_a_line_where_it_stands() -> None:
    (default,) = audit_example(no_time_based_replay, {"ks1.cfg": key_server(PERMIT)}).findings
    assert default.evidence[0].text == "sa ipsec 10"
    (said,) = audit_example(no_time_based_replay, {"ks1.cfg": _with("no replay")}).findings
    assert said.evidence[0].text == "no replay"
    assert "crypto gdoi group G1\n" in said.remediation


def test_a_single_sender_may_count_but_not_go_without() -> None:
    permit = "permit udp host 10.1.1.1 239.0.0.0 0.255.255.255"
    assert audit_example(no_time_based_replay, {"ks1.cfg": key_server(permit)}).findings == ()
    text = _with("no replay", permit)
    assert audit_example(no_time_based_replay, {"ks1.cfg": text}).findings


def test_delay_detection_stands_in_for_time_stamps() -> None:
    text = key_server(PERMIT).replace(
        " server local\n", " server local\n  sa d3p window msec 1000\n"
    )
    assert audit_example(no_time_based_replay, {"ks1.cfg": text}).findings == ()


def test_each_policy_of_a_group_is_judged_for_itself() -> None:
    text = key_server(PERMIT).replace(
        "  address ipv4",
        "  sa ipsec 20\n   match address ipv4 POLICY\n   replay time window-size 5\n  address ipv4",
    )
    (message,) = messages(audit_example(no_time_based_replay, {"ks1.cfg": text}))
    assert message.startswith("policy 'sa ipsec 10' ")


def test_a_key_server_tells_the_method_in_show_output() -> None:
    name = "ks1/show crypto gdoi.txt"
    text = KS_GDOI.format(method="Count Based", window=64)
    (finding,) = audit_example(no_time_based_replay, {name: text}).findings
    assert (finding.device, finding.evidence[0].field) == ("ks1", "replay")
    text = KS_GDOI.format(method="Time Based", window=5)
    made = audit_example(no_time_based_replay, {name: text})
    assert (made.findings, made.not_checked) == ((), ())


def test_a_member_tells_the_method_where_no_key_server_does() -> None:
    name = "gm1/show crypto gdoi.txt"
    text = GM_GDOI.format(transform=AES, replay="(Counter Based) : 64")
    (finding,) = audit_example(no_time_based_replay, {name: text}).findings
    assert finding.message.startswith("traffic key of group G1 has replay protection by counter")
    timed = _with("replay time window-size 5")
    assert audit_example(no_time_based_replay, {name: text, "ks1.cfg": timed}).findings == ()
    text = GM_GDOI.format(transform=AES, replay="(Time Based) : 5 sec interval")
    made = audit_example(no_time_based_replay, {name: text})
    assert (made.findings, made.not_checked) == ((), ())


@pytest.mark.parametrize(("role", "name"), [("ks", "key server"), ("gm", "traffic key")])
def test_a_group_without_pseudotime_is_found(role: str, name: str) -> None:
    text = (
        f"r1#show crypto gdoi {role} replay\nAnti-replay Information For Group G1:\n"
        "    Timebased Replay:\n      is not enabled\n"
    )
    (message,) = messages(
        audit_example(no_time_based_replay, {f"r1/show crypto gdoi {role} replay.txt": text})
    )
    assert message == f"{name} of group G1 has no time-based replay protection"


def test_what_nothing_tells_is_not_checked() -> None:
    wanted = ["nothing tells how the group is protected against replay"]
    made = audit_example(no_time_based_replay, {"gm1.cfg": member()})
    assert reasons(made) == wanted
    files = {"ks1.cfg": _with("replay time window-size 5"), "gm1.cfg": member()}
    assert audit_example(no_time_based_replay, files).not_checked == ()
    cut = key_server(PERMIT, address="10.10.2.1", name="ks2")
    files["ks2.cfg"] = cut[: cut.index("ip access-list")].removeprefix("hostname ks2\n")
    made = audit_example(no_time_based_replay, files)
    assert [(each.device, each.reason) for each in made.not_checked] == [("ks2", wanted[0])]


def test_a_method_that_is_said_counts_in_a_cut_configuration() -> None:
    cut = _with("no replay").removeprefix("hostname ks1\n")
    assert audit_example(no_time_based_replay, {"ks1.cfg": cut[: cut.index("  address")]}).findings


def test_one_member_speaks_for_all() -> None:
    text = GM_GDOI.format(transform=AES, replay="(Counter Based) : 64")
    files = {
        f"gm{n}/show crypto gdoi.txt": text.replace("gm1#", f"gm{n}#").replace(
            "10.20.1", f"10.20.{n}"
        )
        for n in (1, 2)
    }
    made = audit_example(no_time_based_replay, files)
    assert [finding.device for finding in made.findings] == ["gm1"]
