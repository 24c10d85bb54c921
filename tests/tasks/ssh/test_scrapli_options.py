"""What ssh is told where scrapli runs it."""

import os
import pwd
import sys
from pathlib import Path

import pytest

from getvpn.errors import UsageError
from getvpn.tasks.collect import collect
from getvpn.tasks.fleet.inventories import fleet_of_addresses
from getvpn.tasks.ssh.scrapli_wire import _driver, _options
from getvpn.tasks.ssh.target import Access, Target


def target(**access: float | str) -> Target:
    chosen = Access(transport="scrapli", **access)  # type: ignore[arg-type]
    return Target(host="192.0.2.1", username="x", password="x", access=chosen)  # noqa: S106


def known_hosts(**access: str) -> str | None:
    options = dict(each.split("=", 1) for each in _options(target(**access)) if each != "-o")
    return options.get("UserKnownHostsFile")


def test_known_hosts_are_those_of_ssh_unless_a_file_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = pwd.getpwuid(os.getuid()).pw_dir
    monkeypatch.setenv("HOME", home)
    usual = f"{home}/.ssh/known_hosts"

    assert known_hosts() is None
    assert known_hosts(known_hosts=str(tmp_path / "100%")) == f'"{tmp_path}/100%%" "{usual}"'


def test_with_another_home_ssh_is_told_where_known_hosts_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))

    assert known_hosts() == f'"{tmp_path}/.ssh/known_hosts"'


@pytest.mark.parametrize(
    ("connect_s", "login_s", "most_s"), [(0.5, 3.0, 3.0), (10.0, 30.0, 30.0), (10.0, 3.0, 10.0)]
)
def test_the_time_of_a_login_holds_for_all_of_it(
    connect_s: float, login_s: float, most_s: float
) -> None:
    driver = _driver(target(connect_timeout=connect_s, login_timeout=login_s))

    assert driver.timeout_ops == most_s
    assert 1 <= driver.timeout_socket - connect_s + 1 < 2


@pytest.mark.parametrize(
    ("missing", "told"),
    [("scrapli", "scrapli is not installed"), ("scrapli.driver.base", "this scrapli is too new")],
)
def test_without_the_right_scrapli_nothing_begins(
    missing: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.startswith(f"{missing}.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, missing, None)
    folder = tmp_path / "new"

    with pytest.raises(UsageError, match=rf"{told}; pip install 'getvpn\[scrapli\]'"):
        collect(fleet_of_addresses(["x@192.0.2.1"]), folder, access=Access(transport="scrapli"))
    assert not folder.exists()
