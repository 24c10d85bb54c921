"""scrapli as it is now: a native library that drives OpenSSH or libssh2."""

from collections.abc import Callable
from typing import Any

import pytest

from .devices import Host


@pytest.mark.checklist(77)
@pytest.mark.parametrize("transport", ["bin", "ssh2"])
def test_it_opens_asks_configures_and_closes(
    host: Host, script: Callable[..., Any], transport: str
) -> None:
    said = script("scrapli_session", host, transport=transport)

    assert said["prompt"] == "KS1#"
    assert said["version"].startswith("Cisco IOS XE Software, Version")
    assert said["version"].endswith("Configuration register is 0x2102")
    assert said["configured"] == [False, False]
    assert said["mode"] == "KS1(config-if)#"
    assert said["bad"] is True
    assert " description from scrapli" in said["interface"].splitlines()
    assert said["tcl"] == "KS1(tcl)#"
    assert said["answered"].count("[OK]") == 1


@pytest.mark.checklist(77)
def test_a_user_of_level_one_is_raised(host: Host, script: Callable[..., Any]) -> None:
    assert script("scrapli_session", host, transport="bin", username="oper")["prompt"] == "KS1#"
