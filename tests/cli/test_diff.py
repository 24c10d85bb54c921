"""The verb `diff` on saved configurations."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from getvpn.cli.main import run
from getvpn.tasks.collecting.scrub import without_secrets

Capture = pytest.CaptureFixture[str]
KEYS = {"PSK_COOP": "Zq9-Coop!7", "PSK_BR1": "Zq9-Br1!7", "PSK_BR2": "Zq9-Br2!7"}
PLANTED = "Zq9-"
"""What all secrets of these tests begin with."""
INTENT = """\
version: 1
key_servers:
  - {name: KS1, address: 10.10.1.1, wan: {interface: GigabitEthernet1, address: 192.0.2.5/30}}
  - {name: KS2, address: 10.10.2.1, wan: {interface: GigabitEthernet1, address: 192.0.2.9/30}}
members:
  - {name: BR1, wan: {interface: GigabitEthernet1, address: 10.20.1.1/24}, groups: [WAN]}
  - {name: BR2, wan: {interface: GigabitEthernet1, address: 10.20.2.1/24}, groups: [WAN]}
groups:
  - name: WAN
    identity: 1001
    servers: [{name: KS1, priority: 100}, {name: KS2, priority: 75}]
    authentication: {kind: psk, member: "env:PSK_{NAME}", coop: "env:PSK_COOP"}
    policies: [{traffic: {between: [10.0.0.0/8]}}]
"""


@pytest.fixture
def saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> Path:
    """A folder in which all devices have what the intent says; the intent stands beside it."""
    for name, key in KEYS.items():
        monkeypatch.setenv(name, key)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "network.yml").write_text(INTENT)
    assert run(["render", "-o", "saved"]) == 0
    capsys.readouterr()
    return tmp_path / "saved"


def change(saved: Path, name: str, old: str, new: str) -> None:
    path = next(saved.glob(f"{name}*"))
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def differences(capsys: Capture, *more: str) -> dict[str, dict[str, object]]:
    run(["diff", "--saved", "saved", "--format", "json", *more])
    devices = json.loads(capsys.readouterr().out)["devices"]
    return {device["device"]: device for device in devices}


# What is compared with what


def test_without_anything_to_compare_with_both_ways_are_named(saved: Path, capsys: Capture) -> None:
    assert saved.is_dir()
    assert run(["diff"]) == 2
    assert capsys.readouterr().err == (
        "getvpn: error: nothing to compare with; give --live to ask the devices, or --saved with a "
        "file or a folder\n"
    )


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--live", "--saved", "saved"], "--live and --saved exclude each other"),
        (["--saved", "saved", "--hosts", "hosts.yml"], "--hosts says how devices are reached"),
        (["--saved", "nowhere"], "nowhere"),
        (["--saved", "saved", "BR3"], "the intent has no device 'BR3'; did you mean 'BR"),
        (["--saved", "saved", "XR*"], "the intent has no device 'XR*'"),
        (["--saved", "saved", "-i", "other.yml"], "other.yml"),
    ],
)
@pytest.mark.usefixtures("saved")
def test_a_call_without_meaning_is_one_line(
    options: list[str], words: str, capsys: Capture
) -> None:
    assert run(["diff", *options]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("getvpn: error: ")
    assert words in line


@pytest.mark.usefixtures("saved")
def test_devices_as_intended_have_no_difference(capsys: Capture) -> None:
    Path("saved/collection.jsonl").write_text("{}\n")  # as in a folder of `getvpn collect`
    assert run(["diff", "--saved", "saved", "--exit-code"]) == 0
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == "4 devices compared, 0 of them differ\n"


@pytest.mark.usefixtures("saved")
def test_a_pattern_chooses_devices(capsys: Capture) -> None:
    assert run(["diff", "--saved", "saved", "BR*"]) == 0
    assert capsys.readouterr().err == "2 devices compared, 0 of them differ\n"


def test_a_device_without_a_configuration_is_missed(saved: Path, capsys: Capture) -> None:
    next(saved.glob("BR1*")).unlink()
    change(saved, "KS1", "hostname KS1", "version 17.9\nhostname KS1")

    assert run(["diff", "--saved", "saved"]) == 2

    captured = capsys.readouterr().err
    assert "the configuration is cut: it has no line 'end'" in captured
    assert "getvpn: error: BR1: no whole running configuration was found\n" in captured
    assert "getvpn: error: KS1: no whole running configuration was found\n" in captured
    assert run(["diff", "--saved", "saved", "BR2"]) == 0


# What is shown


def test_unified_and_remediation_say_the_same(saved: Path, capsys: Capture) -> None:
    change(saved, "KS1", "local priority 100", "local priority 90")

    assert run(["diff", "--saved", "saved", "--form", "both"]) == 0

    out = capsys.readouterr().out.splitlines()
    assert out[0].startswith("--- KS1 saved/KS1")
    assert out[1] == "+++ KS1 intent"
    assert [line for line in out if line.startswith(("+  ", "-  "))] == [
        "-   local priority 90",
        "+   local priority 100",
    ]
    assert out[out.index("! KS1") :] == [
        "! KS1",
        "crypto gkm group WAN",
        " server local",
        "  redundancy",
        "   local priority 100",
    ]


def test_only_exit_code_makes_a_difference_a_failure(saved: Path) -> None:
    change(saved, "KS1", "local priority 100", "local priority 90")

    assert run(["diff", "--saved", "saved"]) == 0
    assert run(["diff", "--saved", "saved", "--exit-code"]) == 1
    assert run(["diff", "--saved", "saved", "--exit-code", "BR*"]) == 0


def test_colour_is_for_terminals(
    saved: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(saved, "KS1", "local priority 100", "local priority 90")
    arguments = ["diff", "--saved", "saved", "--form", "both"]

    run(arguments)
    plain = capsys.readouterr().out
    run(["--color", "always", *arguments])
    coloured = capsys.readouterr().out
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("NO_COLOR", "1")
    run(arguments)

    assert "\x1b" not in plain
    assert "\x1b[31m-   local priority 90\x1b[0m" in coloured
    assert capsys.readouterr().out == plain


def test_machines_get_everything(saved: Path, capsys: Capture) -> None:
    change(saved, "KS2", "local priority 75", "local priority 90")

    found = differences(capsys)

    assert list(found) == ["KS2", "KS1", "BR1", "BR2"]
    assert found["KS2"] == {
        "device": "KS2",
        "source": next(map(str, Path("saved").glob("KS2*"))),
        "different": True,
        "unified": found["KS2"]["unified"],
        "remediation": [
            "crypto gkm group WAN",
            " server local",
            "  redundancy",
            "   local priority 75",
        ],
        "lost_groups": [],
        "unchecked_lines": [],
        "notes": [],
    }


def test_a_key_server_that_says_so_is_the_primary(saved: Path, capsys: Capture) -> None:
    shown = """\
KS2#show crypto gdoi ks coop
Crypto Gdoi Group Name :WAN
        Group handle: 2147483650, Local Key Server handle: 2147483650

        Local Address: 10.10.2.1
        Local Priority: 75
        Local KS Role: Primary   , Local KS Status: Alive
        Local KS version: 1.0.18
        Primary Timers:
                Primary Refresh Policy Time: 20
                Remaining Time: 10
                Per-user timer remaining time: 0
                Antireplay Sequence Number: 5

        Peer Sessions:
"""
    (saved / "KS2-coop.txt").write_text(shown)

    assert list(differences(capsys)) == ["KS1", "KS2", "BR1", "BR2"]


def test_a_group_that_is_not_served_any_more_is_a_warning(saved: Path, capsys: Capture) -> None:
    path = next(saved.glob("KS1*"))
    served = "crypto gkm group OLD\n identity number 7\n server local\n!\n"
    path.write_text(path.read_text("utf-8") + served)

    assert run(["diff", "--saved", "saved", "KS1", "--form", "remediation"]) == 0

    captured = capsys.readouterr()
    assert "getvpn: KS1: warning: stops to serve the group OLD\n" in captured.err
    assert captured.out == "! KS1\nno crypto gkm group OLD\n"


# Secrets


@pytest.mark.parametrize("form", ["unified", "remediation", "both"])
@pytest.mark.parametrize("kind", ["text", "json"])
@pytest.mark.parametrize("versions", ["ikev1", "ikev2"])
def test_secrets_are_shown_nowhere(
    saved: Path, form: str, kind: str, versions: str, capsys: Capture
) -> None:
    Path("network.yml").write_text(f"{INTENT}    versions: {versions}\n")
    for name in ("KS1", "BR1"):
        change(saved, name, "Br1!7", "Old!7")
    change(saved, "KS2", "Coop!7", "Old!7")

    arguments = ["diff", "--saved", "saved", "--form", form, "--format", kind, "--exit-code"]
    assert run(arguments) == 1

    captured = capsys.readouterr()
    assert PLANTED not in captured.out + captured.err
    assert "<removed>" in captured.out


def test_a_changed_key_is_told_apart_from_the_old_one(saved: Path, capsys: Capture) -> None:
    change(saved, "BR1", "Br1!7", "Old!7")

    run(["diff", "--saved", "saved", "BR1"])

    changed = [line for line in capsys.readouterr().out.splitlines() if "isakmp key" in line]
    assert [line[0] for line in changed].count("-") == [line[0] for line in changed].count("+") > 0
    assert all("<changed>" in line for line in changed if line[0] == "+")


def test_keys_that_cannot_be_read_are_told(saved: Path, capsys: Capture) -> None:
    change(saved, "BR1", f"key {KEYS['PSK_BR1']} ", "key 6 aBcDeFgHiJ ")
    change(saved, "BR2", f"key {KEYS['PSK_BR2']} ", "key 0 <removed> ")

    assert run(["diff", "--saved", "saved", "BR*", "--exit-code"]) == 0

    told = capsys.readouterr().err
    assert "getvpn: BR1: keys that cannot be compared in line " in told
    assert "getvpn: BR2: keys that cannot be compared in line " in told


@pytest.mark.parametrize("versions", ["ikev1", "ikev2", "both"])
@pytest.mark.parametrize("vrf", ["", ", vrf: CUST"])
def test_a_collection_has_no_secrets_and_no_difference(
    saved: Path, versions: str, vrf: str, capsys: Capture
) -> None:
    intent = INTENT.replace("10.20.1.1/24}", f"10.20.1.1/24{vrf}}}")
    Path("network.yml").write_text(f"{intent}    versions: {versions}\n")
    assert run(["render", "-o", "saved"]) == 0
    for path in saved.iterdir():
        path.write_text(without_secrets("show running-config", path.read_text("utf-8")), "utf-8")
    assert PLANTED not in "".join(path.read_text("utf-8") for path in saved.iterdir())

    assert run(["diff", "--saved", "saved", "--exit-code"]) == 0

    told = capsys.readouterr().err
    assert told.count(": keys that cannot be compared in line ") == 4


@pytest.mark.usefixtures("saved")
def test_without_secrets_none_is_needed(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in KEYS:
        monkeypatch.delenv(name)

    assert run(["diff", "--saved", "saved", "--without-secrets", "--exit-code"]) == 0
    assert "4 devices compared, 0 of them differ\n" in capsys.readouterr().err
    assert run(["diff", "--saved", "saved"]) == 2
    assert "PSK_COOP is not set" in capsys.readouterr().err


# What is loaded


def loaded(*arguments: str) -> set[str]:
    script = (
        "import sys\n"
        "from getvpn.cli.main import run\n"
        "run(sys.argv[1:])\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], check=True, capture_output=True, text=True
    )
    return set(done.stderr.splitlines()[-1].split())


@pytest.mark.usefixtures("saved")
def test_files_are_compared_without_what_reaches_devices() -> None:
    assert loaded("diff", "--saved", "saved").isdisjoint({"nornir", "netmiko", "scrapli"})


@pytest.mark.usefixtures("saved")
def test_lint_loads_nothing_of_it() -> None:
    heavy = {"hier_config", "pydantic", "nornir", "netmiko", "jinja2", "getvpn.tasks.diff"}
    assert loaded("lint", "saved").isdisjoint(heavy)
