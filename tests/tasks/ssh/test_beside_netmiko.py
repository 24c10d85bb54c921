"""What netmiko offers beside works on the same session."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from getvpn.emulator.lab.background import BackgroundLab
from getvpn.errors import TransportError
from getvpn.tasks.ssh.connection import open_session
from getvpn.tasks.ssh.netmiko_wire import NetmikoWire
from getvpn.tasks.ssh.session import Session
from getvpn.tasks.ssh.target import Access, Target

LONG = "R1-OF-THE-DATA-CENTRE-IN-THE-NORTH"


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    known = tmp_path / "known_hosts"
    with BackgroundLab({"host_keys": {"type": "ed25519"}, "devices": {"R1": {}}}) as lab:
        known.write_text(lab.known_hosts("R1"))
        host = lab.host("R1")
        target = Target(
            host=host.address,
            port=host.port,
            username=host.username,
            password=host.password,
            access=Access(known_hosts=str(known)),
        )
        session = open_session(target)
        yield session
        session.close()


def test_commands_and_lines_go_both_ways(session: Session) -> None:
    wire = session.wire
    assert isinstance(wire, NetmikoWire)
    netmiko = wire.netmiko
    netmiko.read_timeout_override = 120.0  # however busy the machine is

    netmiko.send_config_set(["interface Loopback7", "description by netmiko"])
    assert "description by netmiko" in session.send("show running-config")
    session.configure([f"hostname {LONG}"])
    assert netmiko.send_command("show running-config | include ^hostname") == f"hostname {LONG}"
    assert netmiko.base_prompt == LONG[:16]


def test_who_disconnects_netmiko_ends_the_session(session: Session) -> None:
    wire = session.wire
    assert isinstance(wire, NetmikoWire)
    wire.netmiko.disconnect()

    with pytest.raises(TransportError, match="the connection breaks"):
        session.send("show clock")
