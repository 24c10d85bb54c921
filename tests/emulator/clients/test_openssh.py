"""OpenSSH as people and scripts use it."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from .devices import PATIENCE_S, SCP, Start, device
from .openssh import OpenSsh
from .terminal import Terminal

BOTH = "publickey,keyboard-interactive,password"


@pytest.fixture
def copier(start: Start, tmp_path: Path) -> OpenSsh:
    """OpenSSH against a KS1 that serves SCP."""
    lab = start({"KS1": device(more=SCP)})
    return OpenSsh(host=lab.host("KS1"), folder=tmp_path)


@pytest.mark.checklist(1)
def test_the_server_names_itself_as_a_router_does(openssh: OpenSsh) -> None:
    log = openssh.run("show clock", flags=("-v",)).stderr.decode()

    assert "remote software version Cisco-1.25" in log
    assert "match: Cisco-1.25 pat Cisco-1.*" in log


@pytest.mark.checklist(2)
@pytest.mark.parametrize("method", ["password", "keyboard-interactive"])
def test_three_wrong_passwords_are_refused(openssh: OpenSsh, method: str) -> None:
    options = {"PreferredAuthentications": method, "NumberOfPasswordPrompts": "3"}
    done = openssh.run("show clock", options=options, password="wrong")

    assert done.returncode == 255
    assert done.stdout == b""
    assert f"Permission denied ({BOTH})." in done.stderr.decode()


@pytest.mark.checklist(6)
def test_a_command_gives_all_its_output_each_of_a_hundred_times(openssh: OpenSsh) -> None:
    def once(_number: int) -> tuple[int, bytes]:
        done = openssh.run("show version")
        return done.returncode, re.sub(rb"(uptime|Uptime).* is .*minutes?", b"up", done.stdout)

    with ThreadPoolExecutor(4) as threads:
        outcomes = list(threads.map(once, range(100)))

    assert len(set(outcomes)) == 1
    code, text = outcomes[0]
    assert code == 0
    assert text.startswith(b"\r\nCisco IOS XE Software, Version")
    assert text.endswith(b"\r\nConfiguration register is 0x2102\r\n\r\n")
    assert b"KS1#" not in text


@pytest.mark.checklist(7)
def test_an_unknown_command_is_an_invalid_autocommand(openssh: OpenSsh) -> None:
    done = openssh.run("bogus cmd")

    assert done.returncode == 0
    assert done.stdout.decode().strip() == 'Line has invalid autocommand "bogus cmd"'


@pytest.mark.checklist(6)
def test_a_semicolon_does_not_chain_commands(openssh: OpenSsh) -> None:
    done = openssh.run("show clock ; show version")

    assert b"Software" not in done.stdout


def test_a_question_to_somebody_without_input_is_not_waited_for(openssh: OpenSsh) -> None:
    done = openssh.run("reload")

    assert done.returncode == 0
    assert done.stdout.startswith(b"\r\nSystem configuration has been modified. Save? [yes/no]: ")
    answered = openssh.run("clear logging", typed=b"\n")
    assert answered.stdout == b"\r\nClear logging buffer [confirm]\r\n"
    assert openssh.run("show clock").returncode == 0


@pytest.mark.checklist(8)
def test_a_shared_connection_has_one_session(openssh: OpenSsh, tmp_path: Path) -> None:
    shared = ("-S", str(tmp_path / "shared"))
    with openssh.start("-tt", "-M", *shared) as first:
        assert first.stdin is not None
        assert first.stdout is not None
        try:
            first.stdin.write(b"show privilege\r")
            first.stdin.flush()
            while b"level is 15" not in first.stdout.readline(4096):
                pass
            second = openssh.run("show clock", flags=shared)
            first.stdin.write(b"show clock\rexit\r")
            said, _ = first.communicate(timeout=PATIENCE_S)
        finally:
            first.kill()

    assert b"Session open refused by peer" in second.stderr
    assert b" UTC " in said
    assert b"KS1#exit" in said


@pytest.mark.checklist(9)
def test_a_client_that_sends_its_locale_gets_in(openssh: OpenSsh) -> None:
    done = openssh.run(
        flags=("-tt",),
        options={"SendEnv": "LANG LC_*"},
        typed=b"show privilege\rexit\r",
        variables={"LANG": "de_DE.UTF-8", "LC_ALL": "C.UTF-8"},
    )

    assert b"Current privilege level is 15\r\nKS1#exit" in done.stdout


@pytest.mark.checklist(10)
def test_keepalives_are_answered(openssh: OpenSsh) -> None:
    # with as many without an answer as may be, so that a busy computer does not end it
    options = {
        "ServerAliveInterval": "1",
        "ServerAliveCountMax": str(int(PATIENCE_S)),
        "LogLevel": "DEBUG3",
    }
    with openssh.start("-tt", options=options) as client:
        assert client.stdin is not None
        assert client.stderr is not None
        try:
            answers = 0
            for line in client.stderr:
                answers += b"receive packet: type 82" in line
                if answers == 2:
                    break
            assert answers == 2
            client.stdin.write(b"show privilege\rexit\r")
            said, _ = client.communicate(timeout=PATIENCE_S)
        finally:
            client.kill()

    assert b"Current privilege level is 15\r\nKS1#exit" in said


@pytest.mark.checklist(14)
def test_exit_ends_the_connection(openssh: OpenSsh) -> None:
    done = openssh.run(flags=("-tt",), typed=b"exit\r")

    assert b"KS1#exit" in done.stdout
    assert b"Connection to 127.0.0.1 closed" in done.stderr


def test_keys_of_a_keyboard_edit_the_line(openssh: OpenSsh) -> None:
    done = openssh.run(flags=("-tt",), typed=b"show privX\x7filege\r\x1b[A\rexit\r")

    assert done.stdout.count(b"Current privilege level is 15") == 2


def test_a_file_goes_there_and_back(copier: OpenSsh, tmp_path: Path) -> None:
    data = bytes(range(256)) * 300
    (tmp_path / "there").write_bytes(data)

    sent = copier.copy(str(tmp_path / "there"), ":bootflash:/image.bin")
    fetched = copier.copy(":bootflash:/image.bin", str(tmp_path / "back"))

    assert (sent.returncode, fetched.returncode) == (0, 0), sent.stderr + fetched.stderr
    assert (tmp_path / "back").read_bytes() == data
    with Terminal(copier.host) as terminal:
        assert f" {len(data)} " in terminal.show("dir bootflash:/image.bin")


def test_a_missing_file_is_an_error_of_scp(copier: OpenSsh, tmp_path: Path) -> None:
    done = copier.copy(":bootflash:/nothing.bin", str(tmp_path / "back"))

    assert done.returncode != 0
    assert b"No such file" in done.stderr


def test_sftp_is_refused(openssh: OpenSsh) -> None:
    assert openssh.run("sftp", flags=("-s",)).returncode != 0
