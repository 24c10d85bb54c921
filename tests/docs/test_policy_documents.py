"""What docs/acl.md, docs/mtu.md and docs/timeline.md tell to type is typed."""

from pathlib import Path

import pytest

from .script import Script

BETWEEN = "permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255\n"
SSH = "deny tcp any any eq 22\ndeny tcp any eq 22 any\n"
SITES = "".join(f"permit ip 10.0.{n}.0 0.0.0.255 10.0.0.0 0.255.255.255\n" for n in range(4))
SERVED = """\
crypto gdoi group G1
 server local
  sa ipsec 10
   match address ipv4 {}
"""
FILES = {
    "old.acl": f"{SSH}{BETWEEN}",
    "new.acl": f"{SSH}deny udp any any eq ntp\n{BETWEEN}"
    "permit udp 172.16.0.0 0.0.255.255 any eq 848\n",
    "sites.acl": "remark management\ndeny tcp any any eq 22\nremark sites\n"
    f"{SITES}deny ip any any\n",
    "ks1.cfg": "ip access-list extended POLICY\n deny tcp any any eq 22\n"
    "ip access-list extended OLD\n permit ip any any\n"
    "ip access-list extended NEW\n permit tcp any any\n" + SERVED.format("POLICY"),
    "ks2.cfg": "ip access-list extended POLICY\n permit ip any any\n" + SERVED.format("POLICY"),
    "saved/ks1.cfg": """\
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
   replay time window-size 5
  address ipv4 10.10.1.1
""",
    "saved/gm1.cfg": """\
hostname gm1
crypto gdoi group G1
 identity number 1001
 server address ipv4 10.10.1.1
crypto map MAP 10 gdoi
 set group G1
interface Gi0/0
 ip address 10.31.0.1 255.255.255.0
 ip tcp adjust-mss 1360
interface Gi0/1
 ip address 10.20.1.1 255.255.255.252
 crypto map MAP
""",
}


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("saved").mkdir()
    for name, text in FILES.items():
        Path(name).write_text(text, "utf-8")


def follow(script: Script) -> None:
    """Type all that a page tells to type, and compare what it shows."""
    for done in script.all():
        if done.command.shown:
            assert f"{done.out}{done.err}".rstrip() == done.command.shown.rstrip()


@pytest.mark.executes("docs/acl.md")
def test_the_calls_on_lists_work(script: Script) -> None:
    follow(script)


@pytest.mark.executes("docs/mtu.md")
def test_the_calls_on_sizes_work(script: Script) -> None:
    follow(script)


@pytest.mark.executes("docs/timeline.md")
def test_the_calls_on_timers_work(script: Script) -> None:
    follow(script)
