"""`getvpn timeline`: its answers in words and as data, its options and exit codes."""

import json
from pathlib import Path

import pytest

from getvpn.cli.main import run

Capture = pytest.CaptureFixture[str]
SERVER = """\
hostname ks1
crypto ipsec transform-set TS esp-aes 256 esp-sha256-hmac
crypto ipsec profile PROF
 set security-association lifetime seconds 7200
 set transform-set TS
crypto gdoi group G1
 identity number 1001
 server local
  rekey algorithm aes 256
  rekey retransmit 40 number 3
  rekey authentication mypubkey rsa REKEY
  rekey transport unicast
  sa ipsec 10
   profile PROF
   match address ipv4 POLICY
  address ipv4 10.10.1.1
"""


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("ks1.cfg").write_text(SERVER, "utf-8")


def test_the_figures_stand_beside_the_answers(capsys: Capture) -> None:
    assert run(["timeline", "ks1.cfg", "--members", "1000"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "group G1 (1001): 1000 members, 1 key server"
    assert (
        "  traffic keys live 7200 s; the next is sent 940 s before the end, every 6260 s" in lines
    )
    assert (
        "  fits: re-registration at one key server: 1000 members take 100 s at 10 a second, the "
        "window has 330 s: 3.03 a second are needed" in lines
    )
    assert lines[-1] == "  (10 registrations a second are assumed: --rate)"


def test_what_does_not_fit_is_told_and_fails(capsys: Capture) -> None:
    assert run(["timeline", ".", "--members", "1000", "--rate", "3"]) == 1
    out = capsys.readouterr().out
    assert "  TIGHT: re-registration at one key server: 1000 members take 334 s" in out
    assert "assumed" not in out


def test_machines_get_the_same(capsys: Capture) -> None:
    assert run(["timeline", ".", "--members", "1000", "-f", "json"]) == 0
    (group,) = json.loads(capsys.readouterr().out)["groups"]
    assert (group["window_s"], group["registration_s"], group["rate_needed"]) == (330, 100, 3.03)
    assert group["rate_assumed"] is True
    assert all(each["good"] for each in group["answers"])


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (["nothing"], "cannot be read"),
        (["empty.cfg"], "no group found"),
        ([".", "--rate", "0"], "Invalid value for '--rate'"),
        ([".", "--members", "-1"], "Invalid value for '--members'"),
        ([".", "--profile", "none"], "unknown profile 'none'"),
    ],
)
def test_wrong_input_is_one_line(words: list[str], wanted: str, capsys: Capture) -> None:
    Path("empty.cfg").write_text("hostname r1\n", "utf-8")
    assert run(["timeline", *words]) == 2
    captured = capsys.readouterr()
    assert captured.err.count("\n") == 1
    assert wanted in captured.err
