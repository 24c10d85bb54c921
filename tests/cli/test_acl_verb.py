"""`getvpn acl`: which files it takes, what it prints, and its exit codes."""

import json
from pathlib import Path

import pytest

from getvpn.cli.main import run

Capture = pytest.CaptureFixture[str]

SERVER = """\
hostname ks1
crypto gdoi group G1
 identity number 1001
 server local
  sa ipsec 10
   match address ipv4 POLICY
  address ipv4 10.10.1.1
ip access-list extended MGMT
 permit tcp any any eq 22
ip access-list extended POLICY
 remark management
 deny tcp any any eq 22
 remark sites
 permit ip 10.0.0.0 0.0.0.255 10.0.0.0 0.255.255.255
 permit ip 10.0.1.0 0.0.0.255 10.0.0.0 0.255.255.255
 remark the end
 deny ip any any
"""
SHORT = "deny tcp any any eq 22\npermit ip 10.0.0.0 0.0.1.255 10.0.0.0 0.255.255.255\n"
SHOWN = """\
ks1#show ip access-lists POLICY
Extended IP access list POLICY
    10 deny tcp any any eq 22 (12 matches)
    20 permit ip 10.0.0.0 0.0.1.255 10.0.0.0 0.255.255.255 (1 match)
"""


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, text in (("ks1.cfg", SERVER), ("short.acl", SHORT), ("shown.txt", SHOWN)):
        Path(name).write_text(text, "utf-8")
    return tmp_path


@pytest.mark.parametrize("other", ["short.acl", "shown.txt"])
def test_the_policy_of_a_key_server_is_compared_with_lists_in_any_form(
    other: str, capsys: Capture
) -> None:
    assert run(["acl", "diff", "ks1.cfg", other]) == 0
    assert "the same packets" in capsys.readouterr().out


def test_a_list_of_a_configuration_is_compared_with_bare_lines(capsys: Capture) -> None:
    assert run(["acl", "diff", "ks1.cfg", "short.acl", "--name", "POLICY"]) == 0
    assert "POLICY (ks1.cfg) -> short (short.acl): the same packets" in capsys.readouterr().out
    assert run(["acl", "diff", "ks1.cfg", "shown.txt", "--name", "MGMT"]) == 2


def test_packets_that_change_are_told_with_what_they_cost(capsys: Capture) -> None:
    Path("new.acl").write_text(f"{SHORT}permit udp any any eq 848\n", "utf-8")
    assert run(["acl", "diff", "ks1.cfg", "new.acl"]) == 1
    out = capsys.readouterr().out
    assert "  permit udp any any eq 848\n" in out
    assert "    GDOI (udp 848)  members would get no rekeys\n" in out
    assert "newly in clear: nothing\n" in out
    assert "SAs on each member: 4 (permits: 2) -> 4 (permits: 2), no change\n" in out


def test_machines_get_the_same(capsys: Capture) -> None:
    assert run(["acl", "diff", "ks1.cfg", "ks1.cfg", "--name", "POLICY", "-f", "json",
                "--new-name", "MGMT"]) == 1  # fmt: skip
    told = json.loads(capsys.readouterr().out)
    assert told["same"] is False
    assert told["old"]["sas_per_member"] == 4
    assert told["newly_encrypted"]["lines"] == ["permit tcp any any eq 22"]
    assert {"name": "SSH", "selected_by": "tcp 22"} in told["newly_encrypted"]["control_protocols"]
    assert told["newly_clear"]["exact"] is True


def test_a_list_is_printed_smaller_with_its_remarks(capsys: Capture) -> None:
    assert run(["acl", "minimize", "ks1.cfg"]) == 0
    captured = capsys.readouterr()
    assert captured.out.splitlines() == [
        "ip access-list extended POLICY",
        " remark management",
        " 10 deny tcp any any eq 22",
        " remark sites",
        " 20 permit ip 10.0.0.0 0.0.1.255 10.0.0.0 0.255.255.255",
    ]
    assert captured.err == (
        "POLICY: 4 lines -> 2, SAs on each member 4 -> 2; proven to encrypt the same; "
        "remarks about lines that are gone: 1\n"
    )


def test_a_list_that_encrypts_nothing_keeps_a_line(capsys: Capture) -> None:
    Path("none.acl").write_text("deny tcp any any\ndeny udp any any\n", "utf-8")
    assert run(["acl", "minimize", "none.acl"]) == 0
    assert run(["acl", "diff", "none.acl", "short.acl"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["ip access-list extended none", " 10 deny ip any any"]
    assert "  deny tcp any any eq 22" in lines


def test_a_check_fails_where_a_list_can_be_smaller(capsys: Capture) -> None:
    assert run(["acl", "minimize", "ks1.cfg", "--check"]) == 1
    assert run(["acl", "minimize", "short.acl", "--check"]) == 0
    assert run(["acl", "minimize", "short.acl", "--check", "-f", "json"]) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out)["smaller"] is False
    assert captured.err.splitlines()[1] == "short: 2 lines, none can be spared"


def test_standard_lists_and_lists_of_ipv6_keep_their_form(capsys: Capture) -> None:
    Path("std.cfg").write_text(
        "access-list 10 permit 10.0.0.0 0.0.0.255\naccess-list 10 permit 10.0.1.0 0.0.0.255\n",
        "utf-8",
    )
    Path("six.acl").write_text(
        "permit ipv6 2001:db8::/33 any\npermit ipv6 2001:db8:8000::/33 any\n"
    )
    assert run(["acl", "minimize", "std.cfg"]) == 0
    assert run(["acl", "minimize", "six.acl"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "ip access-list standard 10",
        " 10 permit 10.0.0.0 0.0.1.255",
        "ipv6 access-list six",
        " sequence 10 permit ipv6 2001:db8::/32 any",
    ]


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (["diff", "no", "ks1.cfg"], "no: No such file or directory"),
        (["diff", ".", "ks1.cfg"], "a folder"),
        (["minimize", "ks1.cfg", "--name", "X"], "no access list X; there are: MGMT, POLICY"),
        (["minimize", "two.cfg"], "several access lists: A, B; choose with --name"),
        (["minimize", "group.acl"], "it is not known what 'permit ip object-group A any' selects"),
        (["minimize", "wrong.acl"], "wrong.acl:2: access list wrong: 'permit ip any' is not"),
        (["minimize", "empty.acl"], "empty.acl: empty"),
        (["diff", "short.acl", "six.acl"], "of different address families"),
        (["shrink"], "unknown action 'shrink'"),
    ],
)
def test_wrong_input_is_one_line(words: list[str], wanted: str, capsys: Capture) -> None:
    one = "ip access-list extended A\n permit ip any any\n"
    texts = {
        "two.cfg": f"hostname r1\n{one}{one.replace(' A', ' B')}",
        "group.acl": "permit ip object-group A any\n",
        "wrong.acl": "permit ip any any\npermit ip any\n",
        "empty.acl": "",
        "six.acl": "permit ipv6 2001:db8::/33 any\n",
    }
    for name, text in texts.items():
        Path(name).write_text(text, "utf-8")
    assert run(["acl", *words]) == 2
    captured = capsys.readouterr()
    assert captured.err.count("\n") == 1
    assert wanted in captured.err
