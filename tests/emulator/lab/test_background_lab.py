"""Labs in a thread, for callers without an event loop."""

import threading

import paramiko
import pytest

from getvpn.emulator import BackgroundLab, DeviceFile, Host, Lab, LabFile
from getvpn.emulator.clock import RunningClock
from getvpn.emulator.lab import HostKeys
from getvpn.errors import InputError

from ..clients.devices import PATIENCE_S

LAB = "host_keys: {type: ed25519}\ndevices: {KS1: , KS2: }\n"


def _output(host: Host, command: str) -> str:
    with paramiko.SSHClient() as client:
        client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
        client.connect(
            host.address,
            port=host.port,
            username=host.username,
            password=host.password,
            look_for_keys=False,
            allow_agent=False,
            banner_timeout=PATIENCE_S,
            auth_timeout=PATIENCE_S,
        )
        _, output, _ = client.exec_command(command)
        return output.read().decode()


def test_a_lab_serves_clients_that_block() -> None:
    with BackgroundLab(LAB) as lab:
        said = [_output(host, "show version | include uptime") for host in lab.hosts()]

    assert ["KS1 uptime is" in said[0], "KS2 uptime is" in said[1]] == [True, True]


def test_work_is_done_in_the_thread_of_the_lab() -> None:
    with BackgroundLab(Lab.of(LAB)) as lab:
        assert lab.run(threading.current_thread).name == "getvpn lab"
        assert lab["KS1"].hostname == "KS1"
        with pytest.raises(KeyError):
            lab["KS9"]


def test_time_jumps_and_what_is_due_happens() -> None:
    with BackgroundLab(LAB) as lab:
        router = lab["KS1"]
        called: list[float] = []
        lab.run(lambda: router.clock.call_at(router.clock.now() + 7200, lambda: called.append(1)))
        # the clock goes on meanwhile, though not for an hour
        lab.advance(3600)
        assert called == []
        lab.advance(3601)
        assert called == [1]


def test_faults_are_set_by_their_descriptions() -> None:
    with BackgroundLab(LAB) as lab:
        lab.fault("KS1", "login-failure 2")
        assert [str(fault) for fault in lab["KS1"].faults.active()] == ["login-failure 2"]
        with pytest.raises(InputError, match="there is no fault named 'explode'"):
            lab.fault("KS1", "explode")


def test_host_keys_and_refused_lines_are_told() -> None:
    with BackgroundLab(
        "devices: {KS1: {startup: 'wormhole open'}}\nhost_keys: {bits: 1024}"
    ) as lab:
        assert lab.known_hosts("KS1").startswith(f"[127.0.0.1]:{lab.host('KS1').port} ssh-rsa ")
        assert [line.line for line in lab.refused("KS1")] == ["wormhole open"]


def lab_threads() -> set[threading.Thread]:
    """The threads of labs; other tests of this process may have theirs."""
    return {thread for thread in threading.enumerate() if thread.name == "getvpn lab"}


def test_a_lab_that_cannot_start_says_why_and_leaves_no_thread() -> None:
    before = lab_threads()
    with BackgroundLab(LAB) as lab:
        port = lab.host("KS1").port
        file = LabFile(
            devices=(DeviceFile(name="X", port=port),), host_keys=HostKeys(kind="none", bits=0)
        )
        with pytest.raises(InputError, match=f"X: cannot listen on 127.0.0.1 port {port}: "):
            BackgroundLab(file).start()
        assert len(lab_threads() - before) == 1


def test_a_lab_ends_once_and_can_be_started_again() -> None:
    lab, before = BackgroundLab(LAB), lab_threads()
    with pytest.raises(RuntimeError, match="the lab is not served"):
        lab.run(int)
    for _ in range(2):
        lab.start()
        with pytest.raises(RuntimeError, match="the lab is served already"):
            lab.start()
        assert isinstance(lab["KS1"].clock, RunningClock)
        lab.stop()
        lab.stop()
        assert lab_threads() <= before
    with pytest.raises(RuntimeError, match="the lab is not served"):
        lab.advance(1)
