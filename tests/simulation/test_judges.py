"""Whatever a group goes through, all who read the shows of its routers agree with its state."""

import re
from collections.abc import Callable
from functools import cache

import pytest

from ..emulator.commands.sweep import Reading
from ..emulator.commands.sweep_wrong import LIVING
from .judge_reading import Typist
from .judges import compare, judge, often
from .router_lab import GROUP, KINDS, LABEL, MAP, POLICY, RouterLab

# in one process: genie is slow to import, and each situation is judged once
pytestmark = pytest.mark.xdist_group("judges")
SERVERS = ("KS1", "KS2")


def settled(lab: RouterLab) -> None:
    """Nothing happens."""


def booting(lab: RouterLab) -> None:
    for name in lab.names:
        lab.lab.kill(name)
        lab.lab.boot(name)
    lab.advance(0.03)


def rolled(lab: RouterLab) -> None:
    """Each member has an old and a new TEK."""
    lab.advance(640)


def renewed(lab: RouterLab) -> None:
    """The second KEK is in force, its TEK has followed another one."""
    lab.advance(1600)


def rekeyed(lab: RouterLab) -> None:
    lab.type("KS1", "crypto gdoi ks rekey")
    lab.advance(5)


def replaced(lab: RouterLab) -> None:
    lab.type("KS1", "crypto gdoi ks rekey replace-now")
    lab.advance(5)


def removed(lab: RouterLab) -> None:
    lab.type("KS1", "clear crypto gdoi ks members", "yes")
    lab.advance(20)


def removed_now(lab: RouterLab) -> None:
    lab.type("KS1", "clear crypto gdoi ks members now", "yes")
    lab.advance(1)


def cleared(lab: RouterLab) -> None:
    for name in ("GM1", "GM2", "KS2"):
        lab.type(name, "clear crypto gdoi", "yes")


def emptied(lab: RouterLab) -> None:
    """A primary without members."""
    lab.lab.partition(["KS1"])
    lab.type("KS1", "clear crypto gdoi", "yes")
    lab.advance(1)


def split(lab: RouterLab) -> None:
    lab.lab.partition(["KS1", "GM1"])
    lab.advance(800)


def merged(lab: RouterLab) -> None:
    split(lab)
    lab.lab.heal()
    lab.advance(20)


def bereft(lab: RouterLab) -> None:
    """The primary is dead, and the secondary takes its place."""
    lab.lab.kill("KS1")
    lab.advance(100)


def abandoned(lab: RouterLab) -> None:
    """All key servers are dead, and the keys of members have ended."""
    for name in SERVERS:
        lab.lab.kill(name)
    lab.advance(1900)


def mistrusted(lab: RouterLab) -> None:
    """Members refuse the rekeys of a primary with another RSA key."""
    zeroize, generate = f"crypto key zeroize rsa {LABEL}", f"crypto key generate rsa label {LABEL}"
    lab.configure("KS1", zeroize, "yes", f"{generate} modulus 768")
    lab.type("KS1", "crypto gdoi ks rekey")
    lab.advance(100)


def keyless(lab: RouterLab) -> None:
    for name in SERVERS:
        lab.configure(name, f"crypto key zeroize rsa {LABEL}", "yes")
    lab.advance(700)


def receiving(lab: RouterLab) -> None:
    """Members receive only, after the rekey that tells them."""
    for name in SERVERS:
        group = f"crypto gkm group {'ipv6 ' if lab.kind == 'ipv6' else ''}{GROUP}"
        lab.configure(name, group, "server local", "sa receive-only")
    lab.type("KS1", "crypto gdoi ks rekey")
    lab.advance(5)


def tagging(lab: RouterLab) -> None:
    """Members tag packets with security groups."""
    for name in SERVERS:
        lab.configure(
            name, f"crypto gkm group {GROUP}", "server local", "sa ipsec 10", "tag cts sgt"
        )
    lab.type("KS1", "crypto gdoi ks rekey")
    lab.advance(5)


def directed(lab: RouterLab) -> None:
    lab.type("GM1", "crypto gdoi gm ipsec direction inbound only")
    lab.type("GM2", "crypto gdoi gm ipsec direction inbound optional")


def with_list(lab: RouterLab) -> None:
    """A member has a list of its own."""
    lab.configure("GM1", "ip access-list extended LOCAL", "deny tcp any any eq 5555")
    lab.configure("GM1", f"crypto map {MAP} 10 gdoi", "match address LOCAL")


def detached(lab: RouterLab) -> None:
    lab.configure("GM1", f"interface {lab.wan('GM1')}", f"no crypto map {MAP}")
    lab.configure("GM2", f"interface {lab.wan('GM2')}", "shutdown")
    lab.advance(1)


def changed(lab: RouterLab) -> None:
    """A change waits for a rekey."""
    family = "ipv6 access-list" if lab.kind == "ipv6" else "ip access-list extended"
    for name in SERVERS:
        lab.configure(name, f"{family} {POLICY}", "deny tcp any any eq 5001")
    lab.advance(1)


def deaf(lab: RouterLab) -> None:
    """A member acknowledges nothing, and is forgotten."""
    lab.lab.line("GM3", loss=1.0)
    lab.advance(2200)


Situation = Callable[[RouterLab], None]
ALL: tuple[Situation, ...] = (
    booting, rolled, renewed, rekeyed, replaced, removed, removed_now, cleared, emptied, split,
    merged, bereft, abandoned, mistrusted, keyless, receiving, tagging, directed, with_list,
    detached, changed, deaf,
)  # fmt: skip
SOME: tuple[Situation, ...] = (rolled, cleared, split, abandoned, receiving, detached)
CASES = [
    *((kind, settled) for kind in KINDS),
    *(("unicast", situation) for situation in ALL),
    *((kind, situation) for kind in KINDS[1:] for situation in SOME if kind != "gcm"),
]


@cache
def judged(kind: str, situation: Situation) -> tuple[Reading, ...]:
    """All readings of a lab of a kind in a situation; of the settled one, of every command."""
    lab = RouterLab(kind, host_keys=situation is settled)
    lab.advance(60)
    situation(lab)
    return tuple(judge(lab, chosen=None if situation is settled else often))


@pytest.mark.parametrize(("kind", "situation"), CASES)
def test_readers_agree_with_the_group(kind: str, situation: Situation) -> None:
    pytest.importorskip("genie.libs.parser")
    pytest.importorskip("ntc_templates")

    assert len(judged(kind, situation)) > 50


def test_every_excuse_of_a_reader_is_needed() -> None:
    pytest.importorskip("genie.libs.parser")
    pytest.importorskip("ntc_templates")
    used = {reading.wrong for case in CASES for reading in judged(*case)}

    assert [row for row in LIVING if row not in used] == []


FALSE = (
    ("KS1", "show crypto gdoi ks policy", r"spi +: 0x\w", "spi : 0x1"),
    ("KS1", "show crypto gdoi ks policy", r"(?<=rekey \(sec\): )\d", "9"),
    ("KS1", "show crypto gdoi ks members", "(?<=Rekeys sent       : )0", "1"),
    ("KS1", "show crypto gdoi ks members", "(?<=GM Version: )", "9."),
    ("KS2", "show crypto gdoi ks members summary", "198.51.100.9 ", "198.51.100.8 "),
    ("KS2", "show crypto gdoi ks coop", "Secondary , Local", "Primary   , Local"),
    ("KS1", "show crypto gdoi ks coop", "(?<=Ann msgs sent: )", "1"),
    ("KS1", "show crypto gdoi ks acl", "deny esp", "permit esp"),
    ("GM2", "show crypto gdoi", "(?<=Re-registers in       : )", "1"),
    ("GM2", "show crypto gdoi gm", "(?<=IPSec SA Direction       : )Both", "Inbound Only"),
    ("GM2", "show crypto gdoi gm pubkey", "30819F30", "30819F31"),
    ("GM2", "show crypto gdoi gm replay", "(?<=Replay Value : )", "1"),
    ("GM2", "show crypto gdoi ipsec sa", "(?<=direction: )Both", "Inbound Only"),
    ("GM3", "show crypto ipsec sa", r"(?<=remaining key lifetime \(sec\): )\d", "9"),
    ("GM3", "show crypto isakmp sa", "GDOI_REKEY", "GDOI_IDLE "),
    ("KS1", "show crypto key mypubkey rsa", "30819F30", "30819E30"),
)
"""What could be shown wrongly: on which router, by which command, what, and how."""


@pytest.mark.parametrize(("name", "command", "pattern", "other"), FALSE)
def test_judges_notice_what_is_not_true(name: str, command: str, pattern: str, other: str) -> None:
    lab = RouterLab()
    lab.advance(60)
    typist = Typist(lab, name)
    (form,) = (form for form in typist.forms() if form.text == command)
    text = typist.show(form, others=False).text
    assert compare(lab, name, typist.read(form, text)) == []
    false = re.sub(pattern, other, text)
    assert false != text

    wrong = compare(lab, name, typist.read(form, false))
    assert [*wrong, *typist.complaints] != []
