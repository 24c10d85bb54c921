"""Plays a lab with commands, and prints its digest, its events and what its routers show."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from router_lab import LABEL, POLICY, RouterLab

SHOWS = (
    "show crypto gdoi",
    "show crypto gdoi ks members",
    "show crypto gdoi ks coop",
    "show crypto gdoi gm rekey detail",
    "show crypto ipsec sa",
    "show crypto isakmp sa",
    "show crypto key mypubkey rsa",
    "show logging",
)


def played(kind: str, seed: int) -> str:
    """What happened in a lab of a kind, as text."""
    lab = RouterLab(kind, seed)
    lab.advance(300)
    lab.type("KS1", "crypto gdoi ks rekey")
    lab.configure("KS1", *_line(kind, 5001))
    lab.configure("KS2", *_line(kind, 5001))
    lab.advance(7.5)
    lab.type("KS1", "crypto gdoi ks rekey replace-now")
    lab.lab.line("GM2", loss=0.4)
    lab.advance(900)
    lab.type("GM1", "clear crypto gdoi", "yes")
    lab.type("KS1", "clear crypto gdoi ks members", "yes")
    lab.advance(45)
    command = f"crypto key generate rsa general-keys label {LABEL} modulus 768 exportable"
    lab.configure("KS2", f"crypto key zeroize rsa {LABEL}", "yes", command)
    lab.lab.partition(["KS1", "GM1"])
    lab.type("GM3", "crypto gdoi gm ipsec direction inbound optional")
    lab.configure("GM2", f"interface {lab.wan('GM2')}", "shutdown")
    lab.advance(1200)
    lab.configure("GM2", f"interface {lab.wan('GM2')}", "no shutdown")
    lab.lab.heal()
    lab.type("KS2", "clear crypto gdoi ks coop role", "yes")
    lab.lab.kill("GM1")
    lab.type("GM3", "write memory", "reload", "")
    lab.advance(300)
    lab.lab.boot("GM1")
    lab.advance(600)
    shows = [f"{name}# {show}\n{lab.type(name, show)}" for name in lab.names for show in SHOWS]
    return "\n".join([lab.lab.digest(), *lab.lab.events(), *shows])


def _line(kind: str, port: int) -> tuple[str, str]:
    family = "ipv6 access-list" if kind == "ipv6" else "ip access-list extended"
    return f"{family} {POLICY}", f"deny tcp any any eq {port}"


if __name__ == "__main__":
    sys.stdout.write(played(sys.argv[1], int(sys.argv[2])))
