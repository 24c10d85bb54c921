"""What docs/acl.md, docs/mtu.md and docs/timeline.md tell to type is typed."""

import re
import shlex
from pathlib import Path

import pytest

from getvpn.cli.acl import diff, minimize
from getvpn.cli.main import run
from getvpn.cli.mtu import command as mtu
from getvpn.cli.timeline import command as timeline

from .blocks import code_blocks

DOCS = Path(__file__).resolve().parents[2] / "docs"
NAMES = ("acl", "mtu", "timeline")
BLOCKS = {
    block.name: block.text
    for name in NAMES
    for block in code_blocks(DOCS / f"{name}.md")
    if block.name
}
VERBS = {"acl diff": diff, "acl minimize": minimize, "mtu": mtu, "timeline": timeline}
Capture = pytest.CaptureFixture[str]

BETWEEN = "permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255\n"
SSH = "deny tcp any any eq 22\ndeny tcp any eq 22 any\n"
SITES = "".join(f"permit ip 10.0.{n}.0 0.0.0.255 10.0.0.0 0.255.255.255\n" for n in range(4))
FILES = {
    "old.acl": f"{SSH}{BETWEEN}",
    "new.acl": f"{SSH}deny udp any any eq ntp\n{BETWEEN}"
    "permit udp 172.16.0.0 0.0.255.255 any eq 848\n",
    "sites.acl": "remark management\ndeny tcp any any eq 22\nremark sites\n"
    f"{SITES}deny ip any any\n",
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


@pytest.mark.parametrize(
    ("name", "code"), [("diff", 1), ("minimize", 0), ("mtu", 0), ("timeline", 0)]
)
def test_the_examples_print_what_the_page_shows(name: str, code: int, capsys: Capture) -> None:
    typed, shown = BLOCKS[name].split("\n", 1)
    assert run(shlex.split(typed.removeprefix("$ getvpn "))) == code
    captured = capsys.readouterr()
    assert captured.out + captured.err == shown


def test_the_calls_of_the_pages_are_calls() -> None:
    count = 0
    for name in NAMES:
        page = (DOCS / f"{name}.md").read_text("utf-8")
        for line in re.findall(r"^(?:\$ )?getvpn (.*)$", page, re.MULTILINE):
            words = shlex.split(line, comments=True)
            verb = next(each for each in VERBS if line.startswith(each))
            with VERBS[verb].make_context(verb, words[len(verb.split()) :]):
                count += 1
    assert count > 10
