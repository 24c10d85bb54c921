"""A group of GETVPN that is cleared, by clients as operators use them."""

import gc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import netmiko
import pytest
from scrapli.driver.core import IOSXEDriver

from .devices import C8000V, ISR4K, NETMIKO, SCRAPLI, Host, Lab, Start, device
from .terminal import Terminal
from .testbeds import connected

pytestmark = [
    # unicon starts OpenSSH by a fork, and the lab runs in a thread of this process.
    pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning"),
    # It leaves its end of the pseudo-terminal to the collector.
    pytest.mark.filterwarnings("ignore:unclosed file <_io:ResourceWarning"),
]

KEY = "crypto key generate rsa label REKEYRSA modulus 2048 exportable"
IKE = """\
crypto isakmp policy 10
 encryption aes 256
 authentication pre-share
 group 14
crypto isakmp key GroupKey-01 address 0.0.0.0
"""
SERVER = f"""\
{IKE}crypto ipsec transform-set TS esp-aes 256 esp-sha256-hmac
crypto ipsec profile PROF
 set transform-set TS
crypto gdoi group G1
 identity number 1001
 server local
  rekey authentication mypubkey rsa REKEYRSA
  rekey transport unicast
  sa ipsec 10
   profile PROF
   match address ipv4 POLICY
  address ipv4 192.0.2.1
"""
MEMBER = f"""\
{IKE}crypto gdoi group G1
 identity number 1001
 server address ipv4 192.0.2.1
crypto map MAP 10 gdoi
 set group G1
interface {{port}}
 ip address {{address}} 255.255.255.0
 crypto map MAP
"""
PORT = {ISR4K: "GigabitEthernet0/0/0", C8000V: "GigabitEthernet1"}
SURE = "Are you sure you want to proceed ? [yes/no]: "
YES_NO = r"\[yes/no\]: "
WARNING = (
    "% The Key Server and Group Member will destroy created and downloaded policies.\r\n"
    "% All Group Members are required to re-register.\r\n\r\n"
)


@pytest.fixture(autouse=True)
def _collected() -> Iterator[None]:
    """What a client leaves to the collector is collected while its warnings are expected."""
    yield
    gc.collect()


@pytest.fixture
def lab(start: Start) -> Lab:
    """A key server with its key, and two members that are registered."""
    devices = {"KS1": device(more=SERVER)}
    for number, platform in ((1, ISR4K), (2, C8000V)):
        more = MEMBER.format(port=PORT[platform], address=f"192.0.2.{number + 1}")
        devices[f"GM{number}"] = device(f"GM{number}", platform=platform, more=more)
    found = start(devices)
    with Terminal(found.host("KS1")) as server:
        server.ask("configure terminal")
        server.ask(KEY)
    found.advance(60)
    assert [_registrations(found, name) for name in ("GM1", "GM2")] == [1, 1]
    return found


def _registrations(lab: Lab, name: str) -> int:
    """How often a member has registered, if it is registered."""
    from getvpn.emulator.groups.feature import Gdoi

    router = lab[name]

    def count() -> int:
        (member,) = router.feature(Gdoi).members
        return int(member.succeeded) if str(member.state) == "Registered" else 0

    return int(lab.run(count))


def _members(lab: Lab) -> list[str]:
    """Whom the key server knows."""
    from getvpn.emulator.groups.feature import Gdoi

    router = lab["KS1"]
    return list(lab.run(lambda: sorted(router.feature(Gdoi).servers["G1"].members)))


@pytest.mark.checklist(92)
@pytest.mark.parametrize("command", ["clear crypto gdoi", "clear crypto gkm group G1"])
def test_a_cleared_member_asks_and_registers_again(lab: Lab, command: str) -> None:
    with Terminal(lab.host("GM1")) as member:
        assert member.ask(command, YES_NO) == f"{command}\r\n{WARNING}{SURE}"
        member.ask("no")
        assert _registrations(lab, "GM1") == 1

        member.ask(command, YES_NO)
        assert "% Please answer 'yes' or 'no'." in member.ask("perhaps", YES_NO)
        member.ask("yes")
        lab.advance(30)
        assert _registrations(lab, "GM1") == 2
        member.ask("terminal length 0")
        log = member.ask("show logging")
    assert "%GDOI-5-GM_CLEAR_REGISTER: " in log
    assert "%CRYPTO-5-GM_REGSTER: Start registration to KS 192.0.2.1 for group G1" in log


@pytest.mark.checklist(92)
def test_ctrl_c_clears_nothing(lab: Lab) -> None:
    with Terminal(lab.host("GM1")) as member:
        member.ask("clear crypto gdoi", YES_NO)
        member.send("\x03")
        member.read()
        lab.advance(30)
    assert _registrations(lab, "GM1") == 1


@pytest.mark.checklist(92)
def test_netmiko_clears_a_key_server_and_its_members(lab: Lab) -> None:
    for name in ("KS1", "GM1", "GM2"):
        router = netmiko.ConnectHandler(**_netmiko(lab.host(name)))
        try:
            asked = router.send_command("clear crypto gdoi", expect_string=r"\[yes/no\]")
            assert "will destroy created and downloaded policies" in asked
            router.send_command("yes", expect_string=rf"{name}#")
        finally:
            router.disconnect()
        if name == "KS1":
            assert _members(lab) == []
    lab.advance(30)
    assert _members(lab) == ["192.0.2.2", "192.0.2.3"]
    assert _registrations(lab, "GM2") == 2


def _netmiko(host: Host) -> dict[str, Any]:
    return {
        "device_type": "cisco_ios",
        "host": host.address,
        "port": host.port,
        "username": host.username,
        "password": host.password,
        "secret": host.secret,
        **NETMIKO,
    }


@pytest.mark.checklist(92)
def test_scrapli_removes_the_members(lab: Lab) -> None:
    host = lab.host("KS1")
    options = {
        "host": host.address,
        "port": host.port,
        "auth_username": host.username,
        "auth_password": host.password,
        "auth_secondary": host.secret,
        "auth_strict_key": False,
        "transport": "paramiko",
        **SCRAPLI,
    }
    with IOSXEDriver(**options) as router:
        said = router.send_interactive(
            [("clear crypto gdoi ks members now", SURE.strip()), ("yes", "KS1#")]
        )
        assert "Sending GM-Removal message to group G1..." in said.result
    lab.advance(400)
    assert [_registrations(lab, name) for name in ("GM1", "GM2")] == [2, 2]


@pytest.mark.checklist(92)
@pytest.mark.parametrize("group", ["", "G1"])
def test_the_library_clears_a_group(lab: Lab, group: str, tmp_path: Path) -> None:
    router = connected(lab.host("GM2"), C8000V, tmp_path)
    try:
        router.api.clear_crypto_gkm(group=group)
        lab.advance(30)
        assert _registrations(lab, "GM2") == 2
    finally:
        router.disconnect()


@pytest.mark.checklist(92)
def test_messages_of_the_group_come_to_the_terminal(lab: Lab) -> None:
    with Terminal(lab.host("GM1")) as member:
        member.ask("terminal monitor")
        member.ask("clear crypto gdoi", YES_NO)
        member.send("yes\r")
        lab.advance(30)
        shown = member.read(r"gm identity 192\.0\.2\.2")
    assert "%GDOI-5-GM_REGS_COMPL: Registration to KS 192.0.2.1 complete for group G1" in shown
