"""The verb `deploy`: what it says, and what it refuses before anybody logs in."""

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from getvpn.cli.main import run
from getvpn.cli.progress import Progress
from getvpn.tasks.comparing.plan import Command
from getvpn.tasks.deploying.deployment_text import counts, outcome_lines, plan_lines
from getvpn.tasks.deploying.models import Change, Plan, Rekey, Stage
from getvpn.tasks.deploying.outcome import Deployment, DeviceOutcome, RekeyOutcome
from getvpn.tasks.deploying.reporting import handle, plan_data, report_data
from getvpn.tasks.journal import Journal

from ..tasks.networks import network

Capture = pytest.CaptureFixture[str]
KEY = "Planted-Key"
JOURNAL = "sqlite:///journal.db"
OBSTACLE = "KS1, group WAN: its peer KS2 (10.10.2.1) is dead; check the connection between them"
PLAN = Plan(
    stages=(
        Stage(name="secondary key servers", devices=("KS2",)),
        Stage(name="members, wave 1 of 1", devices=("BR1", "BR2"), together=True),
    ),
    changes={
        "KS2": Change(
            device="KS2",
            role="key server",
            groups=("WAN",),
            means="lines",
            commands=(
                Command(modes=("ip access-list extended P",), text="10 deny icmp any any"),
                Command(text=f"crypto isakmp key {KEY} address 192.0.2.1"),
            ),
            effects=("WAN: what is encrypted changes, from the next rekey on",),
            unified=("--- KS2 running", "+++ KS2 intent", "+ deny icmp any any"),
        ),
        "BR1": Change(
            device="BR1", role="member", groups=("WAN",), means="napalm", commands=(), resumed=True
        ),
        "BR2": Change(
            device="BR2",
            role="member",
            groups=("WAN",),
            means="lines",
            commands=(Command(text="no crypto isakmp policy 20"),),
            effects=("neither traffic nor registrations change",),
        ),
    },
    rekeys=(
        Rekey(group="WAN", device="KS1", why="its policy changes", after="secondary key servers"),
    ),
    unchanged=("KS1",),
    obstacles=(OBSTACLE,),
    unreached={"BR3": "connection refused"},
    notes=("BR2: a note",),
)


def test_a_plan_shows_what_each_device_is_told_and_no_secret() -> None:
    assert list(plan_lines(PLAN, "remediation")) == [
        "stage 1: secondary key servers",
        "  KS2: key server of WAN, line by line",
        "    WAN: what is encrypted changes, from the next rekey on",
        "      ip access-list extended P",
        "       10 deny icmp any any",
        "      crypto isakmp key <removed> address 192.0.2.1",
        "rekey: WAN on KS1, since its policy changes",
        "      crypto gdoi ks group WAN rekey",
        "stage 2: members, wave 1 of 1, together",
        "  BR1: member of WAN, through NAPALM, on trial",
        "    an earlier deployment was broken off here; only its end is missing",
        "  BR2: member of WAN, line by line",
        "    neither traffic nor registrations change",
        "      no crypto isakmp policy 20",
        "as intended: KS1",
        "not reached: BR3: connection refused",
        "note: BR2: a note",
        f"obstacle {handle(OBSTACLE)}: {OBSTACLE}",
    ]
    unified = list(plan_lines(PLAN, "unified"))
    assert "      + deny icmp any any" in unified
    assert "       10 deny icmp any any" not in unified
    assert len(list(plan_lines(PLAN, "both"))) == len(unified) + 4
    assert counts(PLAN) == "3 devices to change, 1 rekey, 1 obstacle"
    assert KEY not in str(plan_data(PLAN))


def test_an_outcome_says_what_became_of_each_device_and_why(tmp_path: Path) -> None:
    devices = (
        DeviceOutcome(device="KS2", state="changed"),
        DeviceOutcome(device="BR10", state="rolled back", said="refuses 'x'", fault="refused"),
    )
    said = "1 of 2 members have not got it: BR2 (it lacks the traffic key 0x1)"
    rekey = RekeyOutcome(
        group="WAN",
        device="KS1",
        state="sent",
        said=said,
        fault="check",
        reached=("BR1",),
        missed={"BR2": "it lacks the traffic key 0x1"},
        unseen={"BR3": "connection refused"},
    )
    found = Deployment(
        plan=Plan(stages=(), changes={}),
        state="failed",
        folder=tmp_path,
        said="BR10 failed; KS2 as intended",
        devices={each.device: each for each in devices},
        rekeys={"WAN": rekey},
    )

    assert list(outcome_lines(found)) == [
        "KS2   changed",
        "BR10  rolled back: refuses 'x'",
        f"WAN: has new keys, and 1 member has them; {said}",
        "  BR3 was not asked whether it has it: connection refused",
        "failed: BR10 failed; KS2 as intended",
    ]
    assert found.exit_code == 1
    data = report_data(found)
    assert (data["exit_code"], data["devices"][1]["fault"]) == (1, "refused")


@pytest.mark.parametrize(
    ("fault", "state", "code"),
    [
        ("", "done", 0),
        ("check", "done", 1),
        ("refused", "failed", 1),
        ("device", "failed", 3),
        ("", "stopped", 130),
        ("", "refused", 1),
        ("", "declined", 1),
        ("", "nothing to do", 0),
        ("", "planned", 0),
    ],
)
def test_the_exit_code_tells_how_it_ended(fault: str, state: str, code: int) -> None:
    outcome = DeviceOutcome(device="KS1", state="changed", fault=fault)  # type: ignore[arg-type]
    found = Deployment(
        plan=Plan(stages=(), changes={}),
        state=state,  # type: ignore[arg-type]
        folder=Path(),
        devices={"KS1": outcome},
    )
    assert found.exit_code == code


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--commit",), "nobody can be asked here; give --yes with --commit"),
        (("--wave", "0"), "'0' is no wave"),
        (("KS9",), "the intent has no device 'KS9'; did you mean 'KS"),
        (("--ignore", "XYZ001"), "XYZ001"),
        (("--hosts", "none.yml"), "none.yml"),
    ],
)
def test_a_call_without_meaning_is_refused_before_anybody_logs_in(
    arguments: tuple[str, ...],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Capture,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GETVPN_USERNAME", "admin")
    monkeypatch.setenv("GETVPN_PASSWORD", "admin")
    document = network("xe17").model_dump(by_alias=True, mode="json", exclude_unset=True)
    Path("network.yml").write_text(yaml.safe_dump(document))

    assert run(["deploy", *arguments]) == 2

    assert said in capsys.readouterr().err
    assert not Path(".getvpn").exists()


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("BR1", "crypto isakmp key Planted-Key address 192.0.2.1\n", "holds a secret"),
        ("BR9", "ntp server 192.0.2.1\n", "the intent has no device of this name"),
        ("BR1", "no crypto gdoi group G1\n", "lets a device leave a group"),
    ],
)
def test_lines_that_are_not_entered_are_refused_before_anybody_logs_in(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Capture,
    name: str,
    text: str,
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    document = network("xe17").model_dump(by_alias=True, mode="json", exclude_unset=True)
    Path("network.yml").write_text(yaml.safe_dump(document))
    Path("fixes").mkdir()
    Path(f"fixes/{name}.cfg").write_text(text)
    assert run(["deploy", "--lines", "fixes"]) == 2
    captured = capsys.readouterr()
    assert said in captured.err
    assert captured.err.count("\n") == 1
    assert "Planted-Key" not in captured.err


@pytest.fixture
def closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A folder with an intent, and a hosts file of devices that nobody reaches."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GETVPN_USERNAME", "admin")
    monkeypatch.setenv("GETVPN_PASSWORD", "admin")
    monkeypatch.setenv("GETVPN_JOURNAL", JOURNAL)
    for name in ("PSK_COOP", "PSK_BR1", "PSK_BR2"):
        monkeypatch.setenv(name, f"Key-{name}")
    intent = network("xe17")
    document = intent.model_dump(by_alias=True, mode="json", exclude_unset=True)
    Path("network.yml").write_text(yaml.safe_dump(document))
    with socket.socket() as there:
        there.bind(("127.0.0.1", 0))
        place = {"hostname": "127.0.0.1", "port": there.getsockname()[1]}
        Path("hosts.yml").write_text(yaml.safe_dump({each.name: place for each in intent.devices}))
        yield


UNREACHED = ("deploy", "--hosts", "hosts.yml", "--retries", "0")


@pytest.mark.usefixtures("closed")
def test_whoever_holds_a_group_is_named_in_one_line(capsys: Capture) -> None:
    journal = Journal(JOURNAL)
    journal.locks.take(["G1"], run="3f2a91c0", owner="alice", at=1_767_225_600.0)

    assert run([*UNREACHED, "--commit", "--yes"]) == 2

    out, err = capsys.readouterr()
    who = f"alice on {socket.gethostname()} (process {os.getpid()}) with the run 3f2a91c0"
    assert out == ""
    assert err == (
        f"getvpn: error: the group G1 is held by {who}, since 2026-01-01 00:00:00 UTC, last seen "
        "2026-01-01 00:00:00 UTC; wait for it; if it is no more, 'getvpn runs unlock G1'\n"
    )
    assert run([*UNREACHED, "--commit", "--yes", "--journal", JOURNAL]) == 2
    way = f"'getvpn runs --journal {JOURNAL} unlock G1'"
    assert capsys.readouterr().err.endswith(f"; if it is no more, {way}\n")
    assert run([*UNREACHED, "--commit", "--yes", "--journal", "sqlite:///other.db"]) == 3
    assert "no device was reached" in capsys.readouterr().err
    assert [each.run for each in journal.locks.held()] == ["3f2a91c0"]
    journal.close()


@pytest.mark.usefixtures("closed")
def test_a_journal_that_cannot_be_used_is_one_line_and_no_matter_of_a_dry_run(
    capsys: Capture,
) -> None:
    nowhere = ("--journal", "sqlite:////dev/null/x.db")
    assert run([*UNREACHED, *nowhere, "--commit", "--yes"]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert "/dev/null/x.db: the journal cannot be opened: " in err
    assert run([*UNREACHED, *nowhere]) == 3


@pytest.mark.usefixtures("closed")
def test_ctrl_c_while_it_is_planned_gives_the_groups_back(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = []

    def leave(code: int) -> None:
        held.append((code, [each.group for each in journal.locks.held()]))

    def ask(self: Progress, name: str, failure: str = "") -> None:
        del self, name, failure
        if not held:
            held.append((0, [each.group for each in journal.locks.held()]))
            signal.raise_signal(signal.SIGINT)

    journal = Journal(JOURNAL)
    monkeypatch.setattr("os._exit", leave)
    monkeypatch.setattr(Progress, "count", ask)
    run([*UNREACHED, "--commit", "--yes", "--jobs", "1"])
    journal.close()

    assert held == [(0, ["G1"]), (130, [])]
    assert "getvpn: broken off; nothing was changed" in capsys.readouterr().err


@pytest.mark.usefixtures("closed")
def test_where_nobody_answers_nothing_is_said_to_be_as_intended(capsys: Capture) -> None:
    assert run(list(UNREACHED)) == 3

    said = capsys.readouterr()
    assert "as intended" not in said.out + said.err
    assert "no device was reached: nothing is known, and nothing was changed" in said.err
