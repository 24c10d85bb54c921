"""netmiko, driven as its users drive it."""

import io
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import netmiko
import paramiko
import pytest
from netmiko.exceptions import ConfigInvalidException

from .devices import ISRG2, NETMIKO, Host, Start, device

LONG_NAME = "Routers-Of-Region-Berlin1"
LIST_LINES = 6000

Connect = Callable[..., netmiko.BaseConnection]


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Connect to a router; all connections end with the test."""
    opened: list[netmiko.BaseConnection] = []

    def connected(host: Host, **more: Any) -> netmiko.BaseConnection:
        options = {
            "device_type": "cisco_ios",
            "host": host.address,
            "port": host.port,
            "username": host.username,
            "password": host.password,
            "secret": host.secret,
            **NETMIKO,
        }
        opened.append(netmiko.ConnectHandler(**(options | more)))
        return opened[-1]

    yield connected
    for connection in opened:
        connection.disconnect()


@pytest.fixture
def router(host: Host, connect: Connect) -> netmiko.BaseConnection:
    """netmiko on KS1."""
    return connect(host)


@pytest.mark.checklist(37)
@pytest.mark.parametrize("kind", ["cisco_ios", "cisco_xe"])
def test_it_connects_and_finds_the_prompt(host: Host, connect: Connect, kind: str) -> None:
    router = connect(host, device_type=kind)

    assert router.find_prompt() == "KS1#"


@pytest.mark.checklist(37)
def test_it_recognizes_the_kind_of_device(host: Host) -> None:
    guess = netmiko.SSHDetect(
        device_type="autodetect",
        host=host.address,
        port=host.port,
        username=host.username,
        password=host.password,
        **NETMIKO,
    )

    assert guess.autodetect() in {"cisco_ios", "cisco_xe"}


@pytest.mark.checklist(38)
def test_it_enables_with_the_secret_only(host: Host, connect: Connect) -> None:
    router = connect(host, username="oper")
    assert router.check_enable_mode() is False

    router.enable()

    assert router.check_enable_mode() is True
    router.exit_enable_mode()
    assert router.find_prompt() == "KS1>"


@pytest.mark.checklist(38)
def test_a_wrong_secret_is_an_error(host: Host, connect: Connect) -> None:
    router = connect(host, username="oper", secret="wrong")

    with pytest.raises(ValueError, match="enable mode"):
        router.enable()


@pytest.mark.checklist(39)
def test_output_has_neither_echo_nor_prompt(router: netmiko.BaseConnection) -> None:
    text = router.send_command("show version")

    assert text.startswith("Cisco IOS XE Software, Version")
    assert text.endswith("Configuration register is 0x2102\n")


@pytest.mark.checklist(40)
def test_a_long_configuration_comes_whole(start: Start, connect: Connect) -> None:
    entries = "".join(
        f" {10 * n} permit ip host 10.{n >> 8}.{n & 255}.1 10.255.0.0 0.0.255.255\n"
        for n in range(1, LIST_LINES + 1)
    )
    lab = start({"KS1": device(more=f"ip access-list extended LONG\n{entries}!\n")})
    router = connect(lab.host("KS1"))

    text = router.send_command("show running-config")

    assert len(text) > 300_000
    assert text.count(" 10.255.0.0 0.0.255.255") == LIST_LINES
    assert text.rstrip().endswith("\nend")


@pytest.mark.checklist(41)
def test_configuration_lines_take_effect(router: netmiko.BaseConnection) -> None:
    router.send_config_set(["interface Lo9", "ip address 10.9.9.9 255.255.255.255"])

    shown = router.send_command("show run int lo9")
    assert "interface Loopback9\n ip address 10.9.9.9 255.255.255.255\nend" in shown


@pytest.mark.checklist(42)
def test_a_bad_line_is_found_by_its_error_pattern(router: netmiko.BaseConnection) -> None:
    with pytest.raises(ConfigInvalidException):
        router.send_config_set(["bogus"], error_pattern="% Invalid")


@pytest.mark.checklist(41)
def test_many_lines_of_a_file_take_effect(router: netmiko.BaseConnection, tmp_path: Path) -> None:
    entries = [f"permit ip host 10.0.{n}.1 any" for n in range(150)]
    text = "\n".join(["ip access-list extended LONG", *entries, ""])
    (tmp_path / "lines.txt").write_text(text)

    said = router.send_config_from_file(str(tmp_path / "lines.txt"))

    assert "%" not in said
    shown = router.send_command("show ip access-lists LONG")
    assert sum("permit ip host" in line for line in shown.splitlines()) == 150


@pytest.mark.checklist(41)
def test_a_line_that_is_longer_than_a_screen_is_taken(router: netmiko.BaseConnection) -> None:
    location = "behind-the-second-door-" * 8

    router.send_config_set([f"snmp-server location {location}"])

    shown = router.send_command("show running-config | include snmp-server location")
    assert shown == f"snmp-server location {location}"


@pytest.mark.checklist(43)
def test_a_long_name_and_a_change_of_name_disturb_nothing(
    router: netmiko.BaseConnection, host: Host, connect: Connect
) -> None:
    router.send_config_set([f"hostname {LONG_NAME}", "interface Loopback9"])
    router.set_base_prompt()
    assert router.find_prompt() == f"{LONG_NAME}#"

    router.send_config_set(["interface Lo9", "description again"])
    assert "description again" in router.send_command("show run int lo9")

    other = connect(host)
    other.send_config_set(["interface Lo9", "description other"])
    assert "description other" in other.send_command("show run int lo9")


@pytest.mark.checklist(44, 45)
def test_it_saves_and_looks_whether_the_session_lives(router: netmiko.BaseConnection) -> None:
    router.send_config_set(["interface Loopback9"])
    assert "[OK]" in router.save_config()
    assert "interface Loopback9" in router.send_command("show startup-config")

    assert router.is_alive() is True
    assert "level is 15" in router.send_command("show privilege")


# netmiko finds the templates by a function that Python 3.11 and 3.12 call old
@pytest.mark.filterwarnings("ignore:path is deprecated:DeprecationWarning:netmiko")
@pytest.mark.checklist(46)
@pytest.mark.parametrize("platform", ["isr4451", "c8000v", ISRG2])
def test_its_templates_read_what_is_shown(start: Start, connect: Connect, platform: str) -> None:
    router = connect(start({"KS1": device(platform=platform)}).host("KS1"))

    def rows(command: str) -> list[dict[str, Any]]:
        parsed = router.send_command(command, use_textfsm=True, raise_parsing_error=True)
        assert isinstance(parsed, list)
        return parsed

    assert rows("show clock")[0]["timezone"] == "UTC"
    version = rows("show version")[0]
    assert version["hostname"] == "KS1"
    assert version["version"]
    assert version["serial"]
    brief = {row["interface"]: row for row in rows("show ip interface brief")}
    assert brief["Loopback0"]["ip_address"] == "10.255.0.1"
    interfaces = {row["interface"]: row for row in rows("show interfaces")}
    assert set(interfaces) >= set(brief)
    assert "WAN" in {row["description"] for row in interfaces.values()}


@pytest.mark.checklist(47)
def test_a_question_while_configuring_is_answered(router: netmiko.BaseConnection) -> None:
    router.send_config_set(["crypto key generate rsa label L modulus 2048"])
    assert "Key name: L" in router.send_command("show crypto key mypubkey rsa")

    router.config_mode()
    said = router.send_multiline([["crypto key zeroize rsa L", r"yes/no"], ["yes", r"#"]])
    router.exit_config_mode()

    assert "% Keys to be removed are named 'L'." in said
    assert "Key name: L\n" not in router.send_command("show crypto key mypubkey rsa")


def test_questions_of_commands_are_answered(router: netmiko.BaseConnection) -> None:
    asked = router.send_command("clear logging", expect_string="confirm")
    done = router.send_command("\n", expect_string="#", strip_prompt=False, cmd_verify=False)
    assert (asked, done) == ("Clear logging buffer [confirm]", "KS1#")

    ping = ["ping", "", "192.0.2.1", "3", "", "", "", ""]
    pinged = router.send_multiline(ping, expect_string=r"[:#]")
    assert "Success rate is 100 percent (3/3)" in pinged


def test_its_log_tells_everything_but_passwords(host: Host, connect: Connect) -> None:
    log = io.BytesIO()
    router = connect(host, username="oper", session_log=log, session_log_record_writes=True)
    router.enable()
    router.send_command("show clock")
    router.disconnect()

    told = log.getvalue().decode()
    assert "KS1>enable" in told
    assert "UTC" in told
    assert f"\n{host.secret}\n" not in told


def test_it_leaves_from_within_a_configuration(host: Host, connect: Connect) -> None:
    router = connect(host)
    router.send_config_set(["interface Loopback9"], exit_config_mode=False)
    assert router.check_config_mode()
    router.disconnect()

    log = connect(host).send_command("show logging | include CONFIG_I.*admin")
    assert "Configured from console by admin on vty" in log


def test_a_key_opens_as_well_as_a_password(host: Host, connect: Connect, tmp_path: Path) -> None:
    key = paramiko.RSAKey.generate(2048)
    key.write_private_key_file(str(tmp_path / "key"))
    data = key.get_base64()
    pieces = [data[at : at + 72] for at in range(0, len(data), 72)]
    names = ["ip ssh pubkey-chain", "username oper", "key-string"]
    connect(host).send_config_set([*names, *pieces, "exit", "exit", "exit"])

    options = {"use_keys": True, "key_file": str(tmp_path / "key")}
    router = connect(host, username="oper", password="wrong", **options)
    assert router.find_prompt() == "KS1>"


@pytest.mark.parametrize("enter", ["\r", "\r\n"])
def test_any_kind_of_enter_is_one(host: Host, connect: Connect, enter: str) -> None:
    router = connect(host, default_enter=enter)
    router.send_config_set(["interface Loopback9", "description entered"])

    assert "description entered" in router.send_command("show running-config interface lo9")


def test_letters_beyond_ascii_come_back(router: netmiko.BaseConnection) -> None:
    router.send_config_set(["interface Loopback9", "description Büro in Zürich"])

    shown = router.send_command("show running-config interface Loopback9")
    assert " description Büro in Zürich" in shown.splitlines()


@pytest.mark.checklist(51)
def test_fifty_routers_are_reached_at_the_same_time(start: Start, connect: Connect) -> None:
    names = [f"R{number}" for number in range(50)]
    lab = start({name: device(name) for name in names})

    def prompt(name: str) -> str:
        router = connect(lab.host(name), fast_cli=False)
        return router.find_prompt()

    with ThreadPoolExecutor(50) as threads:
        assert list(threads.map(prompt, names)) == [f"{name}#" for name in names]
