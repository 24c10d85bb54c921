"""What is compared of a key server, without the lines of all its members."""

from getvpn.tasks.procedures.slim import slim
from getvpn.tasks.render import render

from ..networks import KnownSecrets
from ..variants import every, variant

MANY = """\
crypto isakmp key Secret-1 address 10.20.1.1
crypto isakmp key 6 Secret-2 address 10.20.2.1 no-xauth
crypto isakmp key Secret-3 address 0.0.0.0
crypto isakmp key Secret-4 address 10.30.0.0 255.255.0.0
crypto isakmp key Secret-5 hostname br5.example.net
crypto keyring RING vrf CUST
  pre-shared-key address 10.20.1.1 key Secret-1
  pre-shared-key address 10.30.0.0 255.255.0.0 key Secret-4
crypto ikev2 keyring KEYS
 peer BR1
  address 10.20.1.1
  pre-shared-key Secret-1
 !
 peer BR2
  address 10.20.2.1 255.255.255.255
  pre-shared-key Secret-2
 !
 peer ALL
  address 0.0.0.0 0.0.0.0
  pre-shared-key Secret-3
 !
crypto ikev2 profile P
 match identity remote address 10.20.1.1 255.255.255.255
 match identity remote address 10.30.0.0 255.255.0.0
ip access-list standard MEMBERS
 10 permit 10.20.1.1
 20 permit 10.20.2.1
 30 permit 10.30.0.0 0.0.255.255
ip access-list extended POLICY
 10 deny tcp any any eq 22
 20 permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255
access-list 52 permit 10.20.1.1
"""


def test_lines_of_single_members_go_and_those_of_many_stay() -> None:
    kept = slim(MANY).split("\n")
    assert not any("10.20." in line or "BR" in line for line in kept)
    for line in MANY.split("\n"):
        about_one = "10.20." in line or "Secret-1" in line or "Secret-2" in line
        assert (line in kept) is not (about_one or line.strip() in ("peer BR1", "peer BR2"))


def test_lines_of_a_member_that_is_named_stay() -> None:
    kept = slim(MANY, ("10.20.2.1",))
    assert "10.20.1.1" not in kept
    assert [line for line in MANY.split("\n") if "10.20.2.1" in line] == [
        line for line in kept.split("\n") if "10.20.2.1" in line
    ]
    assert "peer BR2" in kept


def test_nothing_of_a_policy_goes() -> None:
    for name, kind in every():
        text = render(variant(name, kind), KnownSecrets(), ["KS1"])["KS1"]
        gone = set(text.split("\n")) - set(slim(text).split("\n"))
        words = ("10.20.", "10.21.", "10.30.", "key", "peer")
        assert all(any(word in line for word in words) for line in gone)
