"""The routers of a lab without SSH behave as devices do."""

import pytest

from getvpn.emulator import Lab
from getvpn.errors import RefusedError, TransportError

from .lab_devices import Killed, LabDevices


@pytest.fixture
def devices() -> LabDevices:
    return LabDevices(Lab.of({"devices": {"KS1": {"platform": "c8000v"}, "GM1": None}}))


def test_commands_are_answered_and_lines_are_taken(devices: LabDevices) -> None:
    device = devices("KS1")
    assert device.configure(["hostname HUB", "interface Loopback7"]).startswith("Enter config")
    assert "interface Loopback7" in device.send("show running-config")
    assert device.prompt == "HUB#"
    assert ("KS1", "hostname HUB") in devices.typed


def test_a_refused_line_is_an_error_in_the_words_of_the_router(devices: LabDevices) -> None:
    with pytest.raises(RefusedError, match=r"KS1: refuses 'hostnam HUB x'.*Invalid input"):
        devices("KS1").configure(["hostnam HUB x"])


def test_a_session_may_end_at_any_line(devices: LabDevices) -> None:
    def end(device: str, line: str) -> None:
        if (device, line) == ("GM1", "show clock"):
            raise Killed

    device = devices("GM1")
    devices.watch = end
    with pytest.raises(Killed):
        device.send("show clock")
    devices.hang_up()
    with pytest.raises(TransportError):
        device.send("show version")
    assert "GM1" in devices("GM1").send("show version")


def test_time_is_that_of_the_lab(devices: LabDevices) -> None:
    began = devices.clock.now()
    devices.clock.sleep(30)
    assert devices.clock.now() == began + 30


def test_a_router_that_is_down_is_not_reached(devices: LabDevices) -> None:
    devices.lab.fault("GM1", "refuse")
    with pytest.raises(TransportError, match="GM1: connection refused"):
        devices("GM1")


def test_a_restart_takes_the_time_of_the_lab_and_loses_what_was_not_saved(
    devices: LabDevices,
) -> None:
    device = devices("KS1")
    device.send("write memory")
    device.configure(["interface Loopback7"])
    began = devices.clock.now()

    device.reload()

    assert devices.clock.now() > began
    assert "Loopback7" not in device.send("show running-config")
    device.configure(["interface Loopback7"])
    device.reload(save=True)
    assert "Loopback7" in device.send("show running-config")
