"""Restarts, images, files, and what they do to sessions."""

import time
from pathlib import Path

import paramiko
import pytest

from .devices import C8000V, PATIENCE_S, SCP, Host, Lab, Start, device
from .terminal import Terminal

BOOT_S = 900.0
YES_NO = r"\[yes/no\]: "
BEHIND = r"---\r\n\*\*\*\r\n\s*KS1#"
CONFIRM = r"\[confirm\]"
IMAGE = bytes(range(256)) * 40
DIGEST = "c3cd26e07e555c0116db237fbc06d99c"


def _reached(lab: Lab, host: Host) -> Terminal:
    """A terminal on a router that has had the time to boot."""
    lab.advance(BOOT_S)
    end = time.monotonic() + PATIENCE_S
    while True:
        try:
            return Terminal(host)
        except (OSError, paramiko.SSHException, EOFError):
            if time.monotonic() > end:
                raise
            time.sleep(0.05)  # nobody tells a client when a router listens again


def _refuses(host: Host) -> bool:
    try:
        Terminal(host).client.close()
    except (OSError, paramiko.SSHException):
        return True
    return False


@pytest.mark.checklist(93)
@pytest.mark.parametrize("save", ["yes", "no"])
def test_a_reload_asks_drops_everybody_and_comes_back(
    lab: Lab, host: Host, terminal: Terminal, save: str
) -> None:
    terminal.ask("copy running-config startup-config", r"\? ")
    terminal.ask("")
    terminal.configure("interface Loopback9")

    asked = terminal.ask("reload", YES_NO)
    assert asked.endswith("System configuration has been modified. Save? [yes/no]: ")
    assert terminal.ask(save, CONFIRM).endswith("Proceed with reload? [confirm]")
    terminal.send("n")
    assert terminal.read().endswith("KS1#")

    with Terminal(host) as other:
        terminal.ask("reload", YES_NO if save == "no" else CONFIRM)
        if save == "no":
            terminal.ask("no", CONFIRM)
        terminal.send("\r")
        assert terminal.ends()
        assert other.ends()
    assert _refuses(host)

    with _reached(lab, host) as back:
        back.ask("terminal length 0")
        running = back.show("show running-config")
        assert ("interface Loopback9" in running) == (save == "yes")
        assert "uptime is" in back.show("show version")


@pytest.mark.checklist(94)
def test_a_reload_is_planned_announced_and_cancelled(
    lab: Lab, host: Host, terminal: Terminal
) -> None:
    terminal.ask("write memory")
    with Terminal(host) as other:
        planned = terminal.ask("reload in 5", CONFIRM)
        assert "Reload scheduled for " in planned
        assert "(in 5 minutes) by admin on vty0" in planned
        terminal.send("\r")
        terminal.read()
        assert "Reload scheduled for " in terminal.show("show reload")
        lab.advance(1)
        assert "*** --- SHUTDOWN in " in other.read(rf"SHUTDOWN in 0+:05:00 {BEHIND}")

        terminal.send("reload cancel\r")
        assert "SHUTDOWN ABORTED" in other.read(rf"ABORTED {BEHIND}")
        terminal.read(r"(?s:.*)KS1#")
        lab.advance(400)
        assert "No reload is scheduled." in terminal.ask("show reload")


@pytest.mark.checklist(95)
def test_files_are_fetched_verified_and_deleted(start: Start, tmp_path: Path) -> None:
    (tmp_path / "new.bin").write_bytes(IMAGE)
    lab = start({"KS1": device()}, files=str(tmp_path))
    with Terminal(lab.host("KS1")) as terminal:
        terminal.ask("terminal length 0")

        def free() -> int:
            return int(terminal.show("dir bootflash:").rsplit("(", 1)[1].split()[0])

        before = free()
        terminal.ask("copy scp: bootflash:", r"\[\]\? ")
        terminal.ask("192.0.2.254", r"Source username \[\w*\]\? ")
        terminal.ask("backup", r"Source filename \[\]\? ")
        terminal.ask("new.bin", r"Destination filename \[new\.bin\]\? ")
        terminal.ask("", r"Password: ")
        copied = terminal.ask("pw")
        during = free()
        digest = terminal.show("verify /md5 bootflash:/new.bin")
        deleted = terminal.show("delete /force bootflash:/new.bin")

    assert f"{len(IMAGE)} bytes copied in " in copied
    assert before - during >= len(IMAGE)
    assert f"verify /md5 (bootflash:/new.bin) = {DIGEST}\n" in digest
    assert deleted == ""


@pytest.mark.checklist(96)
def test_an_image_is_installed_after_questions(start: Start) -> None:
    lab = start({"KS1": device(platform=C8000V, more=SCP)})
    host = lab.host("KS1")
    with Terminal(host) as terminal:
        terminal.ask("terminal length 0")
        name = "c8000v-universalk9.17.12.04.SPA.bin"
        shown = terminal.show("dir bootflash: | include SPA.bin")
        name = shown.split()[-1] if shown.strip() else name
        terminal.ask("write memory")
        asked = terminal.ask(f"install add file bootflash:{name} activate commit", r"\[y/n\]\s?")
        assert "install_add_activate_commit: START" in asked
        assert "This operation may require a reload of the system." in asked
        terminal.send("n\r")
        assert terminal.read().endswith("KS1#")

        terminal.ask(f"install add file bootflash:{name} activate commit", r"\[y/n\]\s?")
        terminal.send("y\r")
        terminal.read(r"SUCCESS: install_add_activate_commit[^\r\n]*\r\n[\s\S]*")
        lab.advance(BOOT_S)
        assert terminal.ends()
    with _reached(lab, host) as back:
        assert "uptime is" in back.ask("show version | include uptime")


@pytest.mark.checklist(97)
def test_an_erased_router_comes_back_empty(lab: Lab, host: Host, terminal: Terminal) -> None:
    terminal.ask("write memory")
    asked = terminal.ask("write erase", CONFIRM)
    assert "Erasing the nvram filesystem will remove all configuration files!" in asked
    terminal.send("\r")
    assert "[OK]\r\nErase of nvram: complete" in terminal.read()
    assert "startup-config is not present" in terminal.show("show startup-config")

    asked = terminal.ask("reload", rf"{YES_NO}|{CONFIRM}")
    if asked.endswith("[yes/no]: "):
        terminal.ask("no", CONFIRM)
    terminal.send("\r")
    assert terminal.ends()
    lab.advance(BOOT_S)
    assert _refuses(host)


@pytest.mark.checklist(98)
def test_a_trial_that_is_not_confirmed_is_taken_back(start: Start) -> None:
    lab = start({"KS1": device(archive=True)})
    with Terminal(lab.host("KS1")) as terminal:
        terminal.ask("terminal length 0")
        begun = terminal.ask("configure terminal revert timer 1")
        assert "Rollback Confirmed Change: Backing up current running config to " in begun
        terminal.ask("interface Loopback9")
        terminal.ask("end")
        assert "Loopback9" in terminal.show("show running-config")
        lab.advance(61)
        assert "Loopback9" not in terminal.show("show running-config")

        terminal.ask("configure terminal revert timer 1")
        terminal.ask("interface Loopback9")
        terminal.ask("end")
        terminal.ask("configure confirm")
        lab.advance(61)
        assert "Loopback9" in terminal.show("show running-config")
