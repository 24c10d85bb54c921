"""`getvpn mtu`: its table, what it says of packets that are too large, and its exit codes."""

import json
from pathlib import Path

import pytest

from getvpn.cli.main import run

Capture = pytest.CaptureFixture[str]
SERVER = """\
hostname ks1
crypto ipsec transform-set TS esp-aes 256 esp-sha256-hmac
crypto ipsec profile PROF
 set transform-set TS
crypto gdoi group G1
 identity number 1001
 server local
  sa ipsec 10
   profile PROF
   match address ipv4 POLICY
   replay time window-size 5
  address ipv4 10.10.1.1
"""
MEMBER = """\
hostname gm1
crypto gdoi group G1
 identity number 1001
 server address ipv4 10.10.1.1
crypto map GETVPN 10 gdoi
 set group G1
interface GigabitEthernet0/0
 ip address 10.31.0.1 255.255.255.0
 ip tcp adjust-mss 1360
interface GigabitEthernet0/1
 ip address 10.20.1.1 255.255.255.252
 crypto map GETVPN
"""


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("ks1.cfg").write_text(SERVER, "utf-8")
    Path("gm1.cfg").write_text(MEMBER, "utf-8")


def test_the_table_has_a_row_for_each_crypto_map(capsys: Capture) -> None:
    assert run(["mtu", "ks1.cfg", "gm1.cfg"]) == 0
    title, heads, row, large, lan = capsys.readouterr().out.splitlines()
    assert title == "group G1 (1001)"
    assert heads.split()[-3:] == ["added", "largest", "adjust-mss"]
    assert row.split() == [
        *("gm1", "GETVPN", "GigabitEthernet0/1", "IPv4", "1500"),
        *("esp-aes", "256", "esp-sha256-hmac", "time", "-", "78-93", "1422", "1382"),
    ]
    assert large.endswith("once they are encrypted:")
    assert lan == (
        "  gm1 GigabitEthernet0/0: packets of 1423 to 1500 bytes fragment on GigabitEthernet0/1; "
        "TCP fits ('ip tcp adjust-mss 1360')"
    )


def test_a_check_fails_where_tcp_fragments(capsys: Capture) -> None:
    assert run(["mtu", ".", "--check"]) == 0
    assert run(["mtu", ".", "--check", "--path-mtu", "1400"]) == 1
    out = capsys.readouterr().out
    assert "'ip tcp adjust-mss 1360', 'ip tcp adjust-mss 1270' is right" in out


def test_machines_get_the_same(capsys: Capture) -> None:
    assert run(["mtu", ".", "-f", "json"]) == 0
    (group,) = json.loads(capsys.readouterr().out)["groups"]
    (one,) = group["maps"]
    assert (one["largest_inner"], one["mss"], one["overhead"]) == (1422, 1382, [78, 93])
    assert one["fragments"] is True


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (["nothing"], "cannot be read"),
        (["ks1.cfg"], "no member of a group found"),
        ([".", "--path-mtu", "12"], "Invalid value for '--path-mtu'"),
        ([], "Missing argument"),
    ],
)
def test_wrong_input_is_one_line(words: list[str], wanted: str, capsys: Capture) -> None:
    assert run(["mtu", *words]) == 2
    captured = capsys.readouterr()
    assert captured.err.count("\n") == 1
    assert wanted in captured.err
