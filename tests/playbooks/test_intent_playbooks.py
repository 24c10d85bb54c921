"""The runbooks of an intent, over SSH against a lab that it was rendered for."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

import getvpn
from getvpn.emulator.lab.background import BackgroundLab
from getvpn.emulator.testing import console
from getvpn.inventory.models import Intent
from getvpn.playbooks import adopt, deploy, drift, health, render, watch
from getvpn.tasks import runbooks
from getvpn.tasks.deploying import performing
from getvpn.tasks.render import render as rendered
from getvpn.tasks.ssh import known_hosts

from ..fleets import LabFleet
from ..tasks.lab_devices import LabTime
from ..tasks.networks import KnownSecrets, network, policy
from ..tasks.procedures.group_worlds import changed
from ..tasks.test_render_labs import beside

Capture = pytest.CaptureFixture[str]
SETTLED_S = 200.0
REKEY_KEY = "GETVPN-REKEY"
NAMES = ("KS1", "KS2", "BR1", "BR2")


@pytest.fixture(scope="module")
def intent() -> Intent:
    """Two key servers and two members."""
    return network()


@pytest.fixture(scope="module")
def fleet(intent: Intent, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabFleet]:
    """Its devices, which are as it says."""
    texts = rendered(intent, KnownSecrets())
    said = {
        "host_keys": {"type": "ed25519"},
        # it passes while somebody waits
        "clock": {"rate": 0.001},
        "keys": [{"label": REKEY_KEY, "bits": 1024, "exportable": True, "devices": ["KS1", "KS2"]}],
        "devices": {
            each.name: {"platform": "c8000v", "startup": texts[each.name] + beside(each, intent)}
            for each in intent.devices
        },
    }
    with BackgroundLab(said) as lab:
        lab.advance(SETTLED_S)
        yield LabFleet.of(lab, tmp_path_factory.mktemp("fleet"))


@pytest.fixture
def folder(fleet: LabFleet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a user who knows the routers, and the secrets of the intent."""
    (tmp_path / ".ssh").mkdir()
    shutil.copy(fleet.known, tmp_path / ".ssh/known_hosts")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GETVPN_JOURNAL", f"sqlite:///{tmp_path}/journal.db")
    monkeypatch.setattr(known_hosts, "SYSTEM_FILES", ())
    for module in (performing, runbooks):
        monkeypatch.setattr(module, "SystemClock", lambda: LabTime(fleet.lab))
    for word in ("COOP", *NAMES):
        monkeypatch.setenv(f"PSK_{word}", f"Key-PSK_{word}")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def written(intent: Intent, name: str = "network.yml") -> str:
    """A file with an intent."""
    document = intent.model_dump(by_alias=True, mode="json", exclude_unset=True)
    Path(name).write_text(yaml.safe_dump(document, sort_keys=False))
    return name


def shown(fleet: LabFleet, name: str, command: str) -> str:
    return fleet.lab.run(lambda: console(fleet.lab.lab[name]).run(command))


@pytest.mark.usefixtures("folder")
def test_what_has_drifted_is_deployed(fleet: LabFleet, intent: Intent, capsys: Capture) -> None:
    hosts = str(fleet.hosts)
    source = written(intent)
    assert drift.main(source, hosts) == 0
    assert health.main(source, hosts) == 0
    assert capsys.readouterr() == ("all is well\n", "0 of 4 devices differ\n")
    written(changed(intent, policies=[policy(lifetime_s=3600)]))
    assert drift.main(source, hosts) == 1
    told = capsys.readouterr().out
    assert told.splitlines()[0] == "! KS2"
    assert " set security-association lifetime seconds 3600\n" in told

    assert deploy.main(source, hosts) == 0
    out = capsys.readouterr().out
    assert "stage 1: secondary key servers\n" in out
    assert out.splitlines()[-2] == "2 devices to change, 1 rekey"
    assert out.splitlines()[-1].startswith("planned; kept in .getvpn/deployments/")
    assert drift.main(source, hosts) == 1
    capsys.readouterr()

    assert deploy.main(source, hosts, "--execute") == 0
    out = capsys.readouterr().out
    assert "KS1: is told 'crypto gdoi ks group G1 rekey'\n" in out
    assert "G1: has new keys, and 2 members have them\n" in out
    assert drift.main(source, hosts, "KS1") == 0
    for name in ("KS1", "KS2"):
        assert "lifetime seconds 3600" in shown(fleet, name, "show startup-config")
    deploy.main(source, hosts, "--execute")
    assert capsys.readouterr().out.splitlines()[-1].startswith("nothing to do; kept in ")


@pytest.mark.usefixtures("folder")
def test_an_intent_is_made_of_what_runs(fleet: LabFleet, capsys: Capture) -> None:
    assert adopt.main(str(fleet.hosts), "texts", "adopted.yml") == 0
    found = yaml.safe_load(Path("adopted.yml").read_text())
    assert [each["name"] for each in found["members"]] == ["BR1", "BR2"]
    assert getvpn.adopt(["texts"]).skipped == ()
    assert capsys.readouterr().out == "4 devices in adopted.yml\n"
    assert adopt.main(str(fleet.hosts), "more", "adopted.yml") == 2
    assert capsys.readouterr().err == "adopted.yml is there already\n"
    assert adopt.main(str(fleet.hosts), "more", "nowhere/adopted.yml") == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.usefixtures("folder")
def test_what_is_rendered_is_held_against_the_rules(intent: Intent, capsys: Capture) -> None:
    assert render.main(written(intent), "configs") == 0
    assert capsys.readouterr().out == "4 configurations in configs\n"
    assert {path.name for path in Path("configs").iterdir()} == {f"{name}.cfg" for name in NAMES}
    short = changed(intent, policies=[policy(lifetime_s=600)])
    assert render.main(written(short), "configs") == 1
    assert " TEK001 KS1: " in capsys.readouterr().out


def test_devices_that_nobody_can_log_in_to_are_named(
    fleet: LabFleet, intent: Intent, folder: Path, capsys: Capture
) -> None:
    (folder / ".ssh/known_hosts").unlink()
    call = (written(intent), str(fleet.hosts))
    for main, extra in ((drift.main, ()), (health.main, ()), (deploy.main, ("--execute",))):
        assert main(*call, *extra) == 3
        out, err = capsys.readouterr()
        assert "KS1" in out + err
        assert "SHA256:" in out + err
    assert watch.main(*call, "--count", "1") == 3
    nornir = getvpn.open_fleet(fleet.hosts)
    for _ in range(2):
        found = getvpn.compare_intent(nornir, call[0])
        assert [each.host for each in found.failures] == sorted(NAMES)


@pytest.mark.usefixtures("folder")
def test_mistakes_are_one_line(fleet: LabFleet, intent: Intent, capsys: Capture) -> None:
    source = written(intent)
    hosts = str(fleet.hosts)
    fewer = Path("fewer.yml")
    devices = yaml.safe_load(fleet.hosts.read_text())
    del devices["KS2"]
    fewer.write_text(yaml.safe_dump(devices))
    fewer.chmod(0o600)
    other = Path("other.yml")
    other.write_text(yaml.safe_dump({"R1": devices["KS1"]}))
    other.chmod(0o600)
    for call in (
        lambda: drift.main(source, str(fewer), "KS1", "KS2"),
        lambda: drift.main(source, str(other)),
        lambda: watch.main(source, hosts, "--every", "0"),
        lambda: watch.main(source, hosts, "--every", "nan"),
        lambda: watch.main(source, hosts, "--count", "0"),
        lambda: drift.main("nothing.yml", hosts),
        lambda: drift.main(source, "nothing.yml"),
        lambda: drift.main(source, hosts, "KS9"),
        lambda: deploy.main("nothing.yml", hosts),
        lambda: deploy.main(source, hosts, "--wave", "many"),
        lambda: health.main(source, hosts, "G9"),
        lambda: render.main("nothing.yml", "configs"),
    ):
        assert call() == 2
        out, err = capsys.readouterr()
        assert (out, len(err.splitlines())) == ("", 1), err
