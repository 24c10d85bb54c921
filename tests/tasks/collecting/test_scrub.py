"""What is saved has no secret in it, whatever command printed it."""

from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from getvpn.emulator.testing import Console, console, make_router
from getvpn.parsers.config.redact import REMOVED
from getvpn.tasks.collecting.scrub import without_secrets

SECRET = "Zq9-tOp!7"  # noqa: S105 - made up, to be looked for
LOGS = """
logging buffered 200000
archive
 log config
  logging enable
  notify syslog contenttype plaintext
"""
PLANTED = """
enable secret 0 {}01
username bob privilege 15 password 0 {}02
username amy privilege 15 secret 0 {}03
crypto isakmp key {}04 address 192.0.2.1
crypto isakmp key 0 {}05 address 192.0.2.2 255.255.255.255
crypto isakmp key {}06 hostname ks1.example.net
crypto isakmp key {}07 address 0.0.0.0
crypto isakmp key {}08 address ipv6 2001:DB8::1/64
crypto keyring RING
 pre-shared-key address 192.0.2.3 key {}09
 pre-shared-key hostname ks2.example.net key {}10
crypto ikev2 keyring RING2
 peer P
  address 192.0.2.4
  pre-shared-key local {}11
  pre-shared-key remote {}12
 peer Q
  address 192.0.2.5
  pre-shared-key 0 {}13
snmp-server community {}14 RO
snmp-server community {}15 RW 10
snmp-server host 192.0.2.9 version 2c {}16
snmp-server group GRP v3 priv
snmp-server user NMS GRP v3 auth sha {}17 priv aes 128 {}18
key chain KC
 key 1
  key-string {}19
tacacs server T
 address ipv4 192.0.2.20
 key {}20
radius server R
 address ipv4 192.0.2.21 auth-port 1812 acct-port 1813
 key {}21
ntp authentication-key 1 md5 {}22
line vty 0 4
 password 0 {}23
router bgp 65000
 neighbor 192.0.2.30 remote-as 65001
 neighbor 192.0.2.30 password {}24
"""
COMMANDS = (
    "show running-config",
    "show running-config all",
    "show running-config | include key",
    "show running-config | section keyring",
    "show startup-config",
    "more nvram:startup-config",
    "show logging",
    "show archive log config all",
    "show history",
    "show crypto isakmp key",
    "sh cry isa key",
    "show snmp community",
    "show snmp host",
    "show snmp user",
    "show snmp group",
    "show key chain",
    "show tech-support",
)


@pytest.fixture(scope="module", params=["isr2911", "isr4451"])
def router(request: pytest.FixtureRequest) -> Console:
    """A router that was told many secrets, and logs what it is told."""
    made = console(make_router("R1", request.param))
    made.configure(LOGS)
    made.configure(PLANTED.replace("{}", SECRET))
    made.run("write memory")
    return made


@pytest.mark.parametrize("command", COMMANDS)
def test_no_answer_of_a_router_keeps_a_secret(router: Console, command: str) -> None:
    said = router.run(command)

    kept = without_secrets(command, said)

    assert [line for line in kept.splitlines() if SECRET in line] == []
    assert len(kept.splitlines()) == len(said.splitlines())


def test_the_router_prints_what_it_was_told(router: Console) -> None:
    """Lest the test above look for secrets where there are none."""
    said = "".join(router.run(command) for command in COMMANDS)
    told = [f"{SECRET}{number:02}" for number in range(4, 25)]
    # what IOS stores as a hash or logs with asterisks is not printed anywhere
    hidden = [f"{SECRET}17", f"{SECRET}18"]
    assert [each for each in told if each not in said and each not in hidden] == []


def test_what_is_no_secret_stays(router: Console) -> None:
    for command in ("show running-config", "show snmp group", "show crypto isakmp key"):
        said = router.run(command)
        kept = without_secrets(command, said)
        for line, clean in zip(said.splitlines(), kept.splitlines(), strict=True):
            assert line == clean or REMOVED in clean
    kept = without_secrets("show running-config", router.run("show running-config"))
    for line in ("crypto keyring RING", "username amy privilege 15", "key chain KC"):
        assert line in kept
    assert "192.0.2.1 " in without_secrets("show crypto isakmp key", router.run("sh cry isa key"))
    assert "groupname: GRP " in without_secrets("x", router.run("show snmp group"))


@pytest.mark.parametrize(
    ("line", "clean"),
    [
        (
            f"crypto isakmp key {SECRET} address 192.0.2.1",
            "crypto isakmp key 0 <removed> address 192.0.2.1",
        ),
        (
            f"crypto isakmp key 6 {SECRET} address 192.0.2.1",
            "crypto isakmp key 6 <removed> address 192.0.2.1",
        ),
        (f"  pre-shared-key {SECRET}", "  pre-shared-key 0 <removed>"),
        (f"  pre-shared-key local {SECRET}", "  pre-shared-key local 0 <removed>"),
        (f"  pre-shared-key 6 {SECRET}", "  pre-shared-key 6 <removed>"),
        (
            f"  pre-shared-key address 192.0.2.1 key {SECRET}",
            "  pre-shared-key address 192.0.2.1 key 0 <removed>",
        ),
    ],
)
def test_whether_a_key_stood_in_clear_can_still_be_told(line: str, clean: str) -> None:
    assert without_secrets("show running-config", line) == clean


PEM = """\
% Key name: REKEY
   Usage: General Purpose Key
   Key data:
-----BEGIN PUBLIC KEY-----
MIIBIjANBgkq
-----END PUBLIC KEY-----
-----BEGIN RSA PRIVATE KEY-----
Proc-Type: 4,ENCRYPTED
DEK-Info: DES-EDE3-CBC,0011223344556677

MIIEpAIBAAKCAQEA{0}
{0}
-----END RSA PRIVATE KEY-----
hostname R1
"""


@pytest.mark.parametrize("kind", ["RSA PRIVATE KEY", "PRIVATE KEY", "ENCRYPTED PRIVATE KEY"])
def test_of_a_private_key_only_its_frame_is_left(kind: str) -> None:
    text = PEM.replace("{0}", SECRET).replace("RSA PRIVATE KEY", kind)

    kept = without_secrets("more flash:key.prv", text)

    assert SECRET not in kept
    assert "MIIEpAIBAAKCAQEA" not in kept
    assert "MIIBIjANBgkq" in kept
    assert kept.endswith(f"-----END {kind}-----\nhostname R1\n")
    assert len(kept.splitlines()) == len(text.splitlines())


def test_a_private_key_that_is_cut_is_removed_to_the_end() -> None:
    text = PEM.replace("{0}", SECRET).partition("-----END RSA")[0]

    assert SECRET not in without_secrets("more flash:key.prv", text)


def test_answers_that_hold_no_secret_are_left_alone() -> None:
    text = "  Password: x\n key y\n"
    assert without_secrets("show crypto gdoi ks policy", text) is text


@settings(max_examples=60)
@given(st.lists(st.sampled_from(PLANTED.splitlines()), max_size=4), st.text(max_size=30))
def test_a_secret_is_removed_wherever_its_line_stands(lines: list[str], around: str) -> None:
    clean = around.replace(SECRET, "")
    text = "\n".join((clean, *(line.replace("{}", SECRET) for line in lines), clean))

    for command in ("show running-config", "show something"):
        assert SECRET not in without_secrets(command, text)


@pytest.mark.parametrize(
    "line",
    [
        "-----BEGIN RSA PRIVATE KEY-----",
        "Keyring Hostname/Address Preshared Key",
        "a@b |",
        "@",
        "logged command:",
        "user: x security model: v2c",
        "groupname: ",
        " ",
    ],
)
def test_long_texts_take_no_long_time(line: str) -> None:
    began = process_time()
    without_secrets("show something", line * 4_000)
    without_secrets("show something", f"{line}\n" * 4_000)
    # a hundredth of a second, unless it is quadratic
    assert process_time() - began < 20
