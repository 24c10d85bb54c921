"""netmiko moving files, by SCP and through the Tcl shell."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import netmiko
import pytest
from scp import SCPException

from .devices import NETMIKO, PATIENCE_S, SCP, Host, Start, device

TEXT = "interface Loopback9\n description from a file\n!\nend\n"
SLOW = {"socket_timeout": PATIENCE_S}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A file that is to be moved."""
    path = tmp_path / "source.txt"
    path.write_text(TEXT)
    return path


def _options(host: Host, **more: Any) -> dict[str, Any]:
    return {
        "device_type": "cisco_ios",
        "host": host.address,
        "port": host.port,
        "username": host.username,
        "password": host.password,
        "secret": host.secret,
        **NETMIKO,
        **more,
    }


@pytest.fixture
def router(start: Start) -> Iterator[netmiko.BaseConnection]:
    """netmiko on a KS1 that serves SCP."""
    with netmiko.ConnectHandler(
        **_options(start({"KS1": device(more=SCP)}).host("KS1"))
    ) as connection:
        yield connection


def _move(router: netmiko.BaseConnection, source: Path, **more: Any) -> dict[str, bool]:
    return netmiko.file_transfer(
        router,
        source_file=str(source),
        dest_file="moved.txt",
        file_system="bootflash:",
        **SLOW,
        **more,
    )


@pytest.mark.checklist(48, 49)
@pytest.mark.parametrize("inline", [False, True])
def test_a_file_is_moved_verified_and_not_moved_twice(
    router: netmiko.BaseConnection, source: Path, inline: bool
) -> None:
    first = _move(router, source, inline_transfer=inline)
    second = _move(router, source, inline_transfer=inline)

    assert first == {"file_exists": True, "file_transferred": True, "file_verified": True}
    assert second == {"file_exists": True, "file_transferred": False, "file_verified": True}
    assert TEXT.strip() in router.send_command("more bootflash:moved.txt")


@pytest.mark.checklist(48)
def test_a_file_is_fetched(router: netmiko.BaseConnection, source: Path, tmp_path: Path) -> None:
    _move(router, source)
    back = netmiko.file_transfer(
        router,
        source_file="moved.txt",
        dest_file=str(tmp_path / "back.txt"),
        file_system="bootflash:",
        direction="get",
        **SLOW,
    )

    assert back["file_verified"]
    assert (tmp_path / "back.txt").read_text() == TEXT


@pytest.mark.checklist(48)
def test_the_space_of_the_file_system_is_seen(router: netmiko.BaseConnection, source: Path) -> None:
    with netmiko.FileTransfer(
        router, source_file=str(source), dest_file="moved.txt", file_system="bootflash:", **SLOW
    ) as transfer:
        before = transfer.remote_space_available()
        transfer.put_file()
        assert transfer.remote_file_size() == len(TEXT)
        assert transfer.compare_md5()
        assert transfer.remote_space_available() < before


@pytest.mark.checklist(50)
def test_scp_that_is_not_served_is_an_error(host: Host, source: Path) -> None:
    with (
        netmiko.ConnectHandler(**_options(host)) as router,
        pytest.raises(SCPException, match="Administratively disabled"),
    ):
        _move(router, source)


@pytest.mark.checklist(50)
def test_scp_wants_the_level_at_login(start: Start, source: Path) -> None:
    host = start({"KS1": device(more=SCP)}).host("KS1")
    with netmiko.ConnectHandler(**_options(host, username="oper")) as router:
        router.enable()
        with pytest.raises(SCPException, match=r"Privilege denied\."):
            _move(router, source)
