"""scrapli's last release with drivers of its own, over each of its transports."""

import asyncio
import gc
import importlib.util
from collections.abc import Iterator
from typing import Any

import pytest
from scrapli.driver.core import AsyncIOSXEDriver, IOSXEDriver
from scrapli.exceptions import ScrapliAuthenticationFailed

from .devices import SCRAPLI, Host
from .terminal import Terminal

pytestmark = [
    # The system transport starts OpenSSH by a fork, and the lab runs in a thread of this process.
    pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning"),
    # It leaves its end of the pseudo-terminal to the collector.
    pytest.mark.filterwarnings("ignore:unclosed file <_io:ResourceWarning"),
]

LONG = "show running-config | include ^hostname|" + "|".join(["no-such-text"] * 13)
SYNC = [
    "system",
    "paramiko",
    pytest.param(
        "ssh2",
        marks=pytest.mark.skipif(
            importlib.util.find_spec("ssh2") is None, reason="no ssh2-python for this Python"
        ),
    ),
]


@pytest.fixture(autouse=True)
def _collected() -> Iterator[None]:
    """What a client leaves to the collector is collected while its warnings are expected."""
    yield
    gc.collect()


def _options(host: Host, **more: Any) -> dict[str, Any]:
    return {
        "host": host.address,
        "port": host.port,
        "auth_username": host.username,
        "auth_password": host.password,
        "auth_secondary": host.secret,
        "auth_strict_key": False,
        **SCRAPLI,
        **more,
    }


@pytest.mark.checklist(71)
@pytest.mark.parametrize("transport", SYNC)
def test_each_transport_opens_asks_and_closes(host: Host, transport: str) -> None:
    router = IOSXEDriver(**_options(host, transport=transport))
    router.open()
    answer = router.send_command("show version")
    prompt = router.get_prompt()
    router.close()

    assert prompt == "KS1#"
    assert not answer.failed
    assert answer.result.startswith("Cisco IOS XE Software, Version")
    assert answer.result.endswith("Configuration register is 0x2102")


@pytest.mark.checklist(71)
def test_the_asynchronous_transport_opens_asks_and_closes(host: Host) -> None:
    async def talk() -> tuple[str, str]:
        router = AsyncIOSXEDriver(**_options(host, transport="asyncssh"))
        await router.open()
        answer = await router.send_command("show privilege")
        prompt = await router.get_prompt()
        await router.close()
        return answer.result, prompt

    assert asyncio.run(talk()) == ("Current privilege level is 15", "KS1#")


@pytest.mark.checklist(72, 73, 75, 76)
def test_the_asynchronous_transport_does_what_the_others_do(host: Host) -> None:
    async def talk() -> list[str]:
        router = AsyncIOSXEDriver(**_options(host, transport="asyncssh", auth_username="oper"))
        await router.open()
        said = [await router.get_prompt()]
        configured = await router.send_configs(["interface Loopback9", "description async"])
        said.append((await router.send_command("show running-config interface lo9")).result)
        await router.acquire_priv("tclsh")
        said.append(await router.get_prompt())
        said.append((await router.send_command(LONG)).result)
        await router.close()
        assert not configured.failed
        return said

    prompt, shown, tcl, host_line = asyncio.run(talk())
    assert (prompt, tcl, host_line) == ("KS1#", "KS1(tcl)#", "hostname KS1")
    assert " description async" in shown.splitlines()


@pytest.mark.checklist(72)
@pytest.mark.parametrize("transport", SYNC)
def test_a_user_of_level_one_is_raised(host: Host, transport: str) -> None:
    with IOSXEDriver(**_options(host, transport=transport, auth_username="oper")) as router:
        assert router.get_prompt() == "KS1#"


@pytest.mark.checklist(72)
@pytest.mark.parametrize("transport", ["system", "paramiko"])
def test_a_wrong_password_is_an_error(host: Host, transport: str) -> None:
    router = IOSXEDriver(**_options(host, transport=transport, auth_password="wrong"))

    with pytest.raises(ScrapliAuthenticationFailed):
        router.open()


class _Impatient(IOSXEDriver):
    """Waits for two seconds only when it has told its secret."""

    def _escalate(self, escalate_priv: Any) -> None:
        self.timeout_ops = 2
        super()._escalate(escalate_priv)


@pytest.mark.checklist(72)
def test_a_wrong_secret_is_an_error(host: Host) -> None:
    # It shows by the time that passes without a prompt. The transports that wait in the thread of
    # the caller tell of a lost connection instead, whatever the router does.
    wrong = {"auth_username": "oper", "auth_secondary": "wrong"}
    router = _Impatient(**_options(host, transport="system", **wrong))

    with pytest.raises(ScrapliAuthenticationFailed, match="privilege_exec"):
        router.open()


@pytest.mark.checklist(73)
def test_configuration_lines_take_effect_and_bad_ones_are_told(host: Host) -> None:
    with IOSXEDriver(**_options(host, transport="paramiko")) as router:
        good = router.send_configs(["interface Loopback9", "description from scrapli"])
        shown = router.send_command("show running-config interface Loopback9")
        assert router.get_prompt() == "KS1#"
        bad = router.send_configs(["interface Loopback9", "bogus words"])
        router.acquire_priv("privilege_exec")

        assert not good.failed
        assert " description from scrapli" in shown.result.splitlines()
        assert [one.failed for one in bad] == [False, True]
        assert router.get_prompt() == "KS1#"


@pytest.mark.checklist(73)
def test_commands_that_fail_are_told_from_those_that_do_not(host: Host) -> None:
    commands = {
        "show clock": False,
        "show bogus": True,
        "show ip": True,
        "sh i": True,
        "bogus": True,
        "show running-config | include nothing-of-it": False,
    }
    with IOSXEDriver(**_options(host, transport="paramiko")) as router:
        answers = router.send_commands(list(commands))

    assert [one.failed for one in answers] == list(commands.values())


@pytest.mark.checklist(74)
def test_questions_are_answered(host: Host) -> None:
    with IOSXEDriver(**_options(host, transport="paramiko")) as router:
        cleared = router.send_interactive(
            [("clear logging", "Clear logging buffer [confirm]"), ("", "KS1#")]
        )
        assert not cleared.failed
        router.send_config("crypto key generate rsa label L modulus 2048")
        removed = router.send_interactive(
            [
                ("crypto key zeroize rsa L", "Do you really want to remove these keys? [yes/no]:"),
                ("yes", "KS1(config)#"),
            ],
            privilege_level="configuration",
        )

        assert "% Keys to be removed are named 'L'." in removed.result
        keys = router.send_command("show crypto key mypubkey rsa").result
        assert "Key name: L" not in keys.splitlines()


@pytest.mark.checklist(75)
def test_the_tcl_shell_is_entered_and_left(host: Host) -> None:
    with IOSXEDriver(**_options(host, transport="paramiko")) as router:
        router.acquire_priv("tclsh")
        assert router.get_prompt() == "KS1(tcl)#"
        router.acquire_priv("privilege_exec")
        assert router.get_prompt() == "KS1#"


@pytest.mark.checklist(76)
@pytest.mark.parametrize("transport", SYNC)
def test_a_long_command_is_echoed_as_it_is(host: Host, transport: str) -> None:
    assert len(LONG) > 200

    with IOSXEDriver(**_options(host, transport=transport)) as router:
        assert router.send_command(LONG).result == "hostname KS1"


@pytest.mark.checklist(71)
def test_known_hosts_are_believed(host: Host, tmp_path: Any) -> None:
    with Terminal(host) as terminal:
        transport = terminal.client.get_transport()
        assert transport is not None
        key = transport.get_remote_server_key()
    known = tmp_path / "known_hosts"
    known.write_text(f"[{host.address}]:{host.port} {key.get_name()} {key.get_base64()}\n")

    options = _options(host, transport="system") | {"auth_strict_key": True}
    with IOSXEDriver(**options, ssh_known_hosts_file=str(known)) as router:
        assert router.get_prompt() == "KS1#"
