"""paramiko before and after it gave up SHA-1, and libssh."""

from collections.abc import Callable
from typing import Any

import paramiko
import pytest

from .devices import Host, Start, device
from .terminal import Terminal

Script = Callable[..., Any]


@pytest.fixture
def old(start: Start) -> Host:
    """A router that knows the algorithms of its time only."""
    settings = {"algorithms": "legacy"}
    return start({"KS1": device(platform="isr2911", settings=settings)}).host("KS1")


@pytest.mark.checklist(3)
def test_old_and_new_paramiko_agree_with_the_router(host: Host, script: Script) -> None:
    assert paramiko.__version__.startswith("3.")
    with Terminal(host) as terminal:
        assert terminal.opening.endswith("KS1#")

    said = script("paramiko_session", host)
    assert said["paramiko"] >= "5"
    assert said["prompt"] == "KS1#"
    assert said["server"] == "SSH-2.0-Cisco-1.25"


# The router does what the library below it wants nobody to do any more.
@pytest.mark.filterwarnings("ignore::cryptography.utils.CryptographyDeprecationWarning")
@pytest.mark.checklist(3)
def test_an_old_router_is_reached_by_the_old_paramiko_only(old: Host, script: Script) -> None:
    with Terminal(old) as terminal:
        transport = terminal.client.get_transport()
        assert transport is not None
        assert transport.host_key_type == "ssh-rsa"

    said = script("paramiko_session", old)
    assert said["prompt"] == ""
    assert "IncompatiblePeer" in said["error"]


@pytest.mark.checklist(5)
def test_libssh_gets_in_after_asking_for_the_methods(host: Host, script: Script) -> None:
    assert script("pylibssh_session", host) == {
        "prompt": "KS1#",
        "answer": "show privilege\r\nCurrent privilege level is 15\r\nKS1#",
    }
