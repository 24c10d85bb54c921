"""Collecting from the command line, from routers that answer over SSH."""

import json
import logging
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from getvpn.cli.main import run
from getvpn.emulator.lab.background import BackgroundLab
from getvpn.tasks.collecting.gathered import Gathered, read_index
from getvpn.tasks.ssh import known_hosts

from ..fleets import LabFleet

Capture = pytest.CaptureFixture[str]
SECRET = "Zq9-tOp!7"  # noqa: S105 - made up, to be looked for
PASSWORD = "Userpart-8Kd"  # noqa: S105 - as above
SERVER = """\
hostname {name}
username admin privilege 15 secret 0 Userpart-8Kd
crypto isakmp key Zq9-tOp!7 address 192.0.2.9
crypto ipsec profile PROF
 set security-association lifetime seconds 600
crypto gdoi group G1
 identity number 1001
 server local
  sa ipsec 10
   profile PROF
  address ipv4 192.0.2.1
line vty 0 15
 login local
 transport input ssh
"""


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabFleet]:
    """Two key servers."""
    lab = BackgroundLab(
        {
            "host_keys": {"type": "ed25519"},
            "credentials": {"password": PASSWORD},
            "devices": {name: {"startup": SERVER.format(name=name)} for name in ("KS1", "KS2")},
        }
    )
    with lab:
        yield LabFleet.of(lab, tmp_path_factory.mktemp("fleet"))


@pytest.fixture(autouse=True)
def folder(fleet: LabFleet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A user who knows the routers, in an empty folder."""
    home = tmp_path / "home"
    (home / ".ssh").mkdir(parents=True)
    shutil.copy(fleet.known, home / ".ssh/known_hosts")
    shutil.copy(fleet.hosts, tmp_path / "hosts.yml")
    monkeypatch.setenv("HOME", str(home))
    for name in ("USERNAME", "PASSWORD", "SECRET"):
        monkeypatch.delenv(f"GETVPN_{name}", raising=False)
    monkeypatch.setattr(known_hosts, "SYSTEM_FILES", ())
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    fleet.heal()


def place(fleet: LabFleet, name: str = "KS1") -> str:
    return f"127.0.0.1:{fleet.lab.host(name).port}"


def gathered(folder: Path) -> dict[str, Gathered]:
    return {each.host: each for each in read_index(folder)}


FAST = ["--retries", "0", "--commands", "show ip interface brief"]


def test_a_table_says_what_became_of_each_host(folder: Path, capsys: Capture) -> None:
    assert run(["collect", "--hosts", "hosts.yml", "-o", "new"]) == 0

    out, err = capsys.readouterr()
    head, *rows = [line.split() for line in out.splitlines()]
    assert head == ["host", "role", "texts", "seconds", "outcome"]
    assert [[row[0], row[1], row[2], row[-1]] for row in rows] == [
        ["KS1", "key", "server", "done"],
        ["KS2", "key", "server", "done"],
    ]
    assert err.splitlines()[-1].startswith("2 hosts: 2 done, 0 failed; ")
    assert " in new after " in err
    assert list(gathered(folder / "new")) != []


def test_a_folder_is_named_by_date_and_time(folder: Path) -> None:
    assert run(["collect", "--hosts", "hosts.yml", "KS1", *FAST]) == 0

    (made,) = folder.glob("collected-*")
    assert (made / "KS1" / "show_ip_interface_brief.txt").is_file()


def test_devices_can_be_given_by_address(
    fleet: LabFleet, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GETVPN_PASSWORD", PASSWORD)

    assert run(["collect", f"admin@{place(fleet)}", "-o", "new", *FAST]) == 0

    assert list(gathered(folder / "new")) == [place(fleet)]
    assert (folder / "new" / place(fleet).replace(":", "_")).is_dir()


def test_the_devices_of_an_intent_are_found_in_its_usual_file(
    folder: Path, root: Path, capsys: Capture
) -> None:
    shutil.copy(root / "inventory/example/network.yml", folder)

    assert run(["collect", "NONESUCH"]) == 2
    assert run(["collect", "-i", "network.yml", "NONESUCH"]) == 2
    said = capsys.readouterr().err.splitlines()
    assert "nobody is named who logs in to NONESUCH" in said[0]
    assert "the inventory has no host 'NONESUCH'" in said[1]


def test_an_unknown_key_is_one_line_with_the_fingerprint_and_exit_code_three(
    folder: Path, capsys: Capture
) -> None:
    (folder / "home/.ssh/known_hosts").unlink()

    assert run(["collect", "--hosts", "hosts.yml", "KS1", "-o", "new", *FAST]) == 3

    err = capsys.readouterr().err.splitlines()
    assert len(err) == 2
    assert err[0].startswith("KS1: host-key: the host key of 127.0.0.1:")
    assert "SHA256:" in err[0]
    assert "getvpn trust 127.0.0.1:" in err[0]
    assert err[1].startswith("1 host: 0 done, 1 failed; 0 texts")


def test_a_host_that_fails_is_told_and_the_rest_goes_on(
    fleet: LabFleet, folder: Path, capsys: Capture
) -> None:
    fleet.lab.fault("KS1", "refuse")

    assert run(["collect", "--hosts", "hosts.yml", "-o", "new", *FAST]) == 3

    out, err = capsys.readouterr()
    assert "KS1: transport: " in err
    assert [line.split()[0] for line in out.splitlines()] == ["host", "KS1", "KS2"]
    assert out.splitlines()[2].endswith("done")
    assert gathered(folder / "new")["KS2"].failure is None


def test_a_wrong_password_is_tried_once_though_retries_are_wanted(
    fleet: LabFleet, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setenv("WRONG", SECRET)
    before = [fleet.failed_logins(name) for name in ("KS1", "KS2")]

    arguments = ["collect", "--hosts", "hosts.yml", "--password-from", "env:WRONG"]
    assert run([*arguments, "-o", "new", "--retries", "5"]) == 3

    after = [fleet.failed_logins(name) for name in ("KS1", "KS2")]
    assert [now - then for now, then in zip(after, before, strict=True)] == [1, 1]
    assert "KS1: login: turns the user admin or the password down" in capsys.readouterr().err


def test_a_refused_command_is_no_failure(folder: Path, capsys: Capture) -> None:
    arguments = ["collect", "--hosts", "hosts.yml", "KS1", "-o", "new"]

    assert run([*arguments, "--commands", "show nonsense,show ip ssh", *FAST]) == 0

    assert "done, 1 refused" in capsys.readouterr().out
    outputs = gathered(folder / "new")["KS1"].outputs
    assert [output.command for output in outputs] == [
        *("show nonsense", "show ip ssh", "show ip interface brief"),
    ]


def test_commas_stand_between_commands_but_not_behind_a_filter(folder: Path) -> None:
    commands = ["--commands", " show  ip ssh , show clock", "--commands", "show run | include a,b"]

    assert run(["collect", "--hosts", "hosts.yml", "KS1", "-o", "new", *commands]) == 0

    outputs = gathered(folder / "new")["KS1"].outputs
    assert [output.command for output in outputs] == [
        *("show ip ssh", "show clock", "show run | include a,b"),
    ]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "no devices are named; give an inventory (-i, --hosts) or addresses"),
        (["--hosts", "hosts.yml", "-i", "x.yml"], "-i and --hosts exclude each other"),
        (["--hosts", "nowhere.yml"], "nowhere.yml: there is no such file"),
        (["--hosts", "hosts.yml", "KS9"], "the inventory has no host 'KS9'; did you mean"),
        (["ks1"], "nobody is named who logs in to ks1; give --username"),
        (["bob@ks1"], "there is no password for bob; set GETVPN_PASSWORD"),
        (["ks 1"], "'ks 1' is no address"),
        (["--hosts", "hosts.yml", "--per-group", "x"], "--per-group x: this is no number"),
        (["--hosts", "hosts.yml", "--per-group", "2", "--per-group", "A=1"], "--per-group is ei"),
        (["--hosts", "hosts.yml", "--select", "NONE9"], "NONE9"),
        (["--hosts", "hosts.yml", "-o", "home"], "home is not empty"),
        (["--hosts", "hosts.yml", "-o", "hosts.yml"], "hosts.yml"),
        (["--hosts", "hosts.yml", "--enable"], "can be asked for on a terminal only"),
        (["--hosts", "hosts.yml", "--password-from", "hunter2"], "a secret is no reference"),
        (["--hosts", "hosts.yml", "--key-file", "nowhere"], "'nowhere' does not exist"),
        (["--hosts", "hosts.yml", "--key-file", "home"], "'home' is a directory"),
        (["--hosts", "hosts.yml", "--commands", "show x\x03"], "no command of one line"),
    ],
)
def test_a_wrong_call_is_one_line_and_exit_code_two(
    capsys: Capture, arguments: list[str], words: str
) -> None:
    assert run(["collect", *arguments]) == 2

    out, err = capsys.readouterr()
    assert out == ""
    assert words in err
    assert len(err.splitlines()) == 1
    assert "hunter2" not in err


def test_many_hosts_make_no_long_table(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setattr("getvpn.cli.collecting.MOST_ROWS", 1)

    assert run(["collect", "--hosts", "hosts.yml", "-o", "new", *FAST]) == 0

    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("2 hosts: 2 done")


def test_secrets_stay_in_the_texts_on_request_only(folder: Path) -> None:
    arguments = ["collect", "--hosts", "hosts.yml", "KS1", "--commands", "show running-config"]

    assert run([*arguments, "-o", "clean"]) == 0
    assert run([*arguments, "-o", "raw", "--keep-secrets"]) == 0

    clean, raw = (
        (folder / name / "KS1/show_running-config.txt").read_text() for name in ("clean", "raw")
    )
    assert (SECRET in clean, SECRET in raw) == (False, True)
    assert "crypto isakmp key 0 <removed> address 192.0.2.9" in clean


def test_a_fault_of_our_own_is_a_line_as_well(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("getvpn.tasks.collect._answer", lambda *_: 1 / 0)

    assert run(["collect", "--hosts", "hosts.yml", "-o", "new", *FAST]) == 3

    err = capfd.readouterr().err.splitlines()
    assert [line.split(":")[:2] for line in sorted(err)[1:]] == [
        ["KS1", " internal"],
        ["KS2", " internal"],
    ]
    assert "ZeroDivisionError" in err[0]


# audit --live


def findings(text: str) -> list[tuple[str, ...]]:
    """What a report in JSON finds, without the places of files."""
    return sorted(
        (each["rule"], each["device"], each["message"]) for each in json.loads(text)["findings"]
    )


def test_a_live_audit_is_a_collection_and_its_audit(folder: Path, capsys: Capture) -> None:
    json_of = ["--format", "json"]
    assert run(["collect", "--hosts", "hosts.yml", "-o", "saved"]) == 0
    capsys.readouterr()

    assert run(["audit", "saved", *json_of]) == 1
    saved = capsys.readouterr().out
    assert run(["audit", "--live", "--hosts", "hosts.yml", "--save-to", "live", *json_of]) == 1
    out, err = capsys.readouterr()

    assert findings(out) == findings(saved)
    assert "TEK001" in {rule for rule, *_ in findings(out)}
    assert err.splitlines()[-1].startswith("2 hosts: 2 done, 0 failed; ")
    texts = {path.relative_to(folder / "live") for path in (folder / "live").rglob("*.txt")}
    assert texts == {path.relative_to(folder / "saved") for path in folder.rglob("saved/*/*.txt")}


def test_a_live_audit_asks_for_what_its_rules_read_only(folder: Path) -> None:
    arguments = ["audit", "--live", "--hosts", "hosts.yml", "KS1", "--save-to", "live"]

    assert run([*arguments, "--select", "TEK001"]) == 1

    assert [each.command for each in gathered(folder / "live")["KS1"].outputs][:1] == [
        "show running-config"
    ]
    assert len(gathered(folder / "live")["KS1"].outputs) < 5


def test_a_live_audit_judges_whom_it_reaches(fleet: LabFleet, capsys: Capture) -> None:
    fleet.lab.fault("KS1", "refuse")
    arguments = ["audit", "--live", "--hosts", "hosts.yml", "--retries", "0", "--save-to"]

    assert run([*arguments, "live", "--select", "TEK001"]) == 1
    assert "KS2" in capsys.readouterr().out
    assert run([*arguments, "quiet", "--select", "TEK001", "--fail-on", "never"]) == 3
    fleet.lab.fault("KS2", "refuse")
    assert run([*arguments, "none"]) == 3


def test_what_belongs_to_a_live_audit_is_refused_without(capsys: Capture) -> None:
    assert run(["audit", "home", "--save-to", "x"]) == 2
    assert run(["audit", "home", "--per-group", "2"]) == 2
    assert run(["audit"]) == 2
    said = capsys.readouterr().err.splitlines()
    assert "--save-to goes with --live" in said[0]
    assert "--per-group goes with --live" in said[1]
    assert "PATH" in said[2]


def test_a_log_at_debug_has_commands_and_no_secrets(
    folder: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)

    assert run(["audit", "--live", "--hosts", "hosts.yml", "--save-to", "live"]) == 1

    left = [path.read_text("utf-8") for path in (folder / "live").rglob("*") if path.is_file()]
    said = "\n".join([caplog.text, *left, *capfd.readouterr()])
    assert "command='show running-config'" in caplog.text
    assert SECRET not in said
    assert PASSWORD not in said
