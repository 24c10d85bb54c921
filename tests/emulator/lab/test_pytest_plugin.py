"""The pytest plugin, as another project uses it."""

import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

HEAVY = ["asyncssh", "cryptography", "yaml", "getvpn.emulator.lab.lab", "getvpn.emulator.device"]


def _pytest(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the tests of a project that does nothing to have the plugin."""
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of somebody else."""
    (tmp_path / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n")
    return tmp_path


def test_another_project_gets_routers_by_asking_for_the_fixture(project: Path) -> None:
    (project / "lab.yml").write_text("devices: {KS1: , GM1: {platform: isr2911}}\n")
    (project / "test_backup.py").write_text(
        dedent("""\
        from pathlib import Path

        import pytest
        from netmiko import ConnectHandler

        pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

        @pytest.mark.parametrize("name", ["KS1", "GM1"])
        def test_a_backup_holds_the_hostname(getvpn_lab, name):
            lab = getvpn_lab(Path("lab.yml"))
            host = lab.host(name)
            with ConnectHandler(
                device_type="cisco_ios",
                host=host.address,
                port=host.port,
                username=host.username,
                password=host.password,
                conn_timeout=300,
                banner_timeout=300,
                auth_timeout=300,
                read_timeout_override=300,
            ) as device:
                assert f"hostname {name}" in device.send_command("show running-config")

        def test_two_labs_at_once(getvpn_lab):
            one = getvpn_lab("devices: {A: }")
            other = getvpn_lab({"devices": {"A": None}})
            assert one.host("A").port != other.host("A").port
            assert one["A"].hostname == "A"
        """)
    )
    done = _pytest(project)

    assert "3 passed" in done.stdout, done.stdout + done.stderr
    assert done.returncode == 0


def test_a_lab_ends_with_the_test_that_asked_for_it(project: Path) -> None:
    (project / "test_ports.py").write_text(
        dedent("""\
        import os
        import socket
        import threading
        from contextlib import suppress

        ports = []

        def own_ports():
            for descriptor in range(100):
                with suppress(OSError):
                    with socket.socket(fileno=os.dup(descriptor)) as sock:
                        yield sock.getsockname()[1:2]

        def test_fails(getvpn_lab):
            ports.append(getvpn_lab("devices: {A: }").host("A").port)
            assert (ports[0],) in own_ports()
            raise RuntimeError("as it should")

        def test_later():
            # somebody else may have the port by now
            assert (ports[0],) not in own_ports()
            assert threading.active_count() == 1
        """)
    )

    said = _pytest(project).stdout
    assert "1 failed, 1 passed" in said
    assert "RuntimeError: as it should" in said


def test_a_project_without_labs_pays_nothing_for_the_plugin(project: Path) -> None:
    (project / "conftest.py").write_text(
        dedent("""\
        import sys

        def pytest_terminal_summary(terminalreporter):
            names = sorted(name for name in sys.modules if name.startswith("getvpn"))
            terminalreporter.write_line("ours: " + " ".join(names))
            for name in HEAVY:
                assert name not in sys.modules, name
        """).replace("HEAVY", repr(HEAVY))
    )
    (project / "test_nothing.py").write_text("def test_nothing(): pass\n")
    done = _pytest(project)

    assert "1 passed" in done.stdout, done.stdout + done.stderr
    assert done.returncode == 0
    (ours,) = [line for line in done.stdout.splitlines() if line.startswith("ours: ")]
    assert ours.removeprefix("ours: ").split() == [
        "getvpn",
        "getvpn.emulator",
        "getvpn.emulator.lab",
        "getvpn.emulator.lab.plugin",
        "getvpn.lazy",
    ]


def test_the_fixture_is_listed_with_what_it_does(project: Path) -> None:
    said = _pytest(project, "--fixtures").stdout

    assert "getvpn_lab" in said
    assert "serves a lab, given its path, text or data, until the test ends" in said


@pytest.mark.parametrize("package", ["getvpn.emulator", "getvpn.emulator.lab"])
def test_public_names_are_found_when_they_are_used_and_cost_nothing_before(package: str) -> None:
    script = (
        f"import sys, {package} as package\n"
        f"assert not {set(HEAVY)} & set(sys.modules), sys.modules\n"
        "print(*(getattr(package, name) and name for name in package.__all__))\n"
        "assert set(package.__all__) <= set(dir(package))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert {"Lab", "LabFile", "BackgroundLab", "Host"} <= set(done.stdout.split())
