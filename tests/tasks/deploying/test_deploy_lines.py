"""Lines of files are deployed as an intent is: planned, checked, verified, and taken back."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from getvpn.audits.engine import Report, run
from getvpn.audits.examples import captures
from getvpn.audits.load import fleet_of
from getvpn.audits.registry import registry
from getvpn.audits.rule import Severity
from getvpn.audits.settings import Settings
from getvpn.cli.fixing import write_fixes
from getvpn.emulator.testing import console
from getvpn.errors import GetvpnError, InputError, UsageError
from getvpn.tasks.deploy import Deployment
from getvpn.tasks.deploying.by_lines import read_lines
from getvpn.tasks.deploying.planning import Choices
from getvpn.tasks.deploying.sameness import strayed

from ..lab_devices import Killed, LabDevices
from ..networks import network, policy
from .worlds import changed, deployed, policy_of, saved, saved_world, told

NETWORK = network("xe17")
HARDER = "crypto isakmp aggressive-mode disable\nline vty 0 4\n exec-timeout 5 0\n"
ICMP = """
ip access-list resequence {name} 100 100
ip access-list extended {name}
 99 deny icmp any any
"""


@pytest.fixture
def devices() -> LabDevices:
    """A network in which all is well and saved."""
    return saved_world(NETWORK)


def folder_of(folder: Path, texts: Mapping[str, str]) -> Path:
    place = folder / "lines"
    place.mkdir()
    for name, text in texts.items():
        (place / f"{name}.cfg").write_text(text)
    return place


def entered(devices: LabDevices, folder: Path, texts: Mapping[str, str], **more: Any) -> Deployment:
    lines = read_lines(folder_of(folder, texts), NETWORK)
    return deployed(NETWORK, devices, folder, choices=Choices(lines=lines), **more)


def running(devices: LabDevices, name: str) -> str:
    return console(devices.lab[name]).run("show running-config")


def list_name(devices: LabDevices) -> str:
    """What the policy of the group is called on the key servers."""
    shown = running(devices, "KS1")
    return next(line.split()[-1] for line in shown.splitlines() if "match address ipv4" in line)


def test_lines_are_planned_and_nothing_is_changed(devices: LabDevices, tmp_path: Path) -> None:
    found = entered(devices, tmp_path, {"BR1": f"! comment\n!\n{HARDER}"}, commit=False)
    assert found.state == "planned"
    assert list(found.plan.changes) == ["BR1"]
    assert found.plan.rekeys == ()
    texts = [(each.modes, each.text) for each in found.plan.changes["BR1"].commands]
    assert texts == [
        ((), "crypto isakmp aggressive-mode disable"),
        (("line vty 0 4",), "exec-timeout 5 0"),
    ]
    assert "+ exec-timeout 5 0" in found.plan.changes["BR1"].unified
    assert told(devices) == []


def test_lines_are_entered_checked_and_saved(devices: LabDevices, tmp_path: Path) -> None:
    found = entered(devices, tmp_path, {"BR1": HARDER, "KS2": HARDER})
    assert (found.state, found.said) == ("done", "all devices are as intended")
    for name in ("BR1", "KS2"):
        assert found.devices[name].state == "changed"
        assert " exec-timeout 5 0\n" in running(devices, name)
        assert saved(devices, name)
    assert [stage.name for stage in found.plan.stages] == [
        "secondary key servers",
        "members, wave 1 of 1",
    ]


def test_lines_that_are_there_already_are_nothing_to_do(
    devices: LabDevices, tmp_path: Path
) -> None:
    entered(devices, tmp_path, {"BR1": HARDER})
    lines = read_lines(tmp_path / "lines", NETWORK)
    again = deployed(NETWORK, devices, tmp_path, choices=Choices(lines=lines))
    assert again.state == "nothing to do"


def test_a_policy_that_lines_change_gets_its_rekey(devices: LabDevices, tmp_path: Path) -> None:
    text = ICMP.format(name=list_name(devices))
    found = entered(devices, tmp_path, {"KS1": text, "KS2": text})
    assert found.state == "done"
    assert [each.group for each in found.plan.rekeys] == ["G1"]
    assert found.rekeys["G1"].state == "sent"
    assert "deny icmp any any" in policy_of(devices, "BR1")


def test_key_servers_are_not_left_with_different_policies(
    devices: LabDevices, tmp_path: Path
) -> None:
    found = entered(devices, tmp_path, {"KS2": ICMP.format(name=list_name(devices))})
    assert found.state == "refused"
    assert any("COOP006" in each for each in found.obstacles)
    assert told(devices) == []


def test_lines_that_an_audit_finds_grave_are_refused(devices: LabDevices, tmp_path: Path) -> None:
    shown = running(devices, "KS1")
    profile = next(line for line in shown.splitlines() if line.startswith("crypto ipsec profile"))
    text = f"{profile}\n set security-association lifetime seconds 600\n"
    found = entered(devices, tmp_path, {"KS1": text, "KS2": text})
    assert found.state == "refused"
    assert any("TEK001" in each for each in found.obstacles)


def test_what_a_router_refuses_is_taken_back(devices: LabDevices, tmp_path: Path) -> None:
    before = running(devices, "BR1")
    text = HARDER + "logging buffered 64000\nno ip source-route\nsnmp-server frobnicate\n"
    found = entered(devices, tmp_path, {"BR1": text})
    assert found.state == "failed"
    assert found.devices["BR1"].state == "rolled back", found.devices["BR1"].said
    assert "frobnicate" in found.devices["BR1"].said
    assert not strayed(before, running(devices, "BR1"), everything=True)
    assert saved(devices, "BR1")


def test_a_certificate_that_the_web_server_makes_for_itself_is_no_part_of_the_way_back(
    devices: LabDevices, tmp_path: Path
) -> None:
    assert "\nip http secure-server\n" in running(devices, "BR1")
    assert "TP-self-signed" not in running(devices, "BR1")
    text = "no ip http secure-server\nsnmp-server frobnicate\n"
    found = entered(devices, tmp_path, {"BR1": text})
    assert found.devices["BR1"].state == "rolled back", found.devices["BR1"].said
    assert "\nip http secure-server\n" in running(devices, "BR1")
    assert "TP-self-signed" in running(devices, "BR1")


def test_devices_can_be_chosen_among_those_with_lines(devices: LabDevices, tmp_path: Path) -> None:
    lines = read_lines(folder_of(tmp_path, {"BR1": HARDER, "BR2": HARDER}), NETWORK)
    choices = Choices(lines=lines, devices=frozenset({"BR2"}))
    found = deployed(NETWORK, devices, tmp_path, choices=choices)
    assert list(found.devices) == ["BR2"]
    with pytest.raises(UsageError, match="lines for none"):
        deployed(
            NETWORK,
            devices,
            tmp_path,
            choices=Choices(lines=lines, devices=frozenset({"KS1"})),
        )


@pytest.mark.parametrize("last", ["line vty 0 4", "exec-timeout 5 0", "write memory"])
def test_it_goes_on_where_a_process_was_ended(
    devices: LabDevices, tmp_path: Path, last: str
) -> None:
    def end(_name: str, line: str) -> None:
        if last in line:
            raise Killed

    lines = read_lines(folder_of(tmp_path, {"BR1": HARDER, "KS2": HARDER}), NETWORK)
    devices.watch = end
    with pytest.raises(Killed):
        deployed(NETWORK, devices, tmp_path, choices=Choices(lines=lines))
    devices.watch = None
    devices.hang_up()
    found = deployed(NETWORK, devices, tmp_path, choices=Choices(lines=lines))
    assert (found.state, found.said) == ("done", "all devices are as intended")
    for name in ("BR1", "KS2"):
        assert " exec-timeout 5 0\n" in running(devices, name)
        assert "crypto isakmp aggressive-mode disable\n" in running(devices, name)
        assert saved(devices, name)


# ---- what an audit writes is deployed ----


def audited(devices: LabDevices, *select: str) -> Report:
    files = {f"{name}.cfg": running(devices, name) for name in ("KS1", "KS2", "BR1", "BR2")}
    rules = registry().select(select, ())
    return run(fleet_of(captures(files)), rules, Settings(), raise_faults=True)


def test_the_fixes_of_an_audit_are_deployed(devices: LabDevices, tmp_path: Path) -> None:
    before = audited(devices)
    write_fixes(before, tmp_path / "fixes", "safe")
    lines = read_lines(tmp_path / "fixes", NETWORK)
    assert len(lines) == 4
    found = deployed(NETWORK, devices, tmp_path, choices=Choices(lines=lines))
    assert (found.state, found.said) == ("done", "all devices are as intended")
    mended = {each for each in before.findings if each.fixes} - set(audited(devices).findings)
    assert len(mended) > 8


def test_fixes_of_keys_that_are_still_in_use_are_deployed(tmp_path: Path) -> None:
    weak = changed(
        NETWORK,
        policies=[policy(transform={"encryption": "3des", "integrity": "md5"}, lifetime_s=1800)],
        rekey={"cipher": "3des", "lifetime_s": 3600},
    )
    devices = saved_world(weak)
    before = audited(devices, "TEK", "RKY")
    grave = {each.rule for each in before.findings if each.severity >= Severity.HIGH and each.fixes}
    assert grave == {"TEK002", "TEK004", "RKY006"}
    write_fixes(before, tmp_path / "fixes", "rekey")
    lines = read_lines(tmp_path / "fixes", weak)
    found = deployed(weak, devices, tmp_path, choices=Choices(lines=lines))
    assert (found.state, found.said) == ("done", "all devices are as intended")
    assert found.rekeys["G1"].state == "sent"
    assert grave.isdisjoint(each.rule for each in audited(devices, "TEK", "RKY").findings)


# ---- files ----


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("crypto isakmp key Hidden address 192.0.2.1\n", "BR1.cfg:1: '.*<removed>.*' holds a"),
        ("!\nusername x secret 0 abc\n", "BR1.cfg:2: .* holds a secret"),
        ("no crypto gdoi group G1\n", "lets a device leave a group"),
        ("no crypto pki trustpoint CA\n", "is asked about"),
        ("crypto key generate rsa\n", "makes or removes keys"),
        ("hostname other\n", "can lock you out"),
        ("do reload\n", "is no configuration"),
        ("end\n", "is no configuration"),
        ("reload in 5\n", "the next restart"),
        ("ip mtu <bytes>\n", "has to be filled in"),
        (" ip mtu 1400\n", "the block of this line is missing"),
        ("interface Tunnel\x07\n", "characters that routers do not take"),
    ],
)
def test_lines_that_are_not_entered_are_told_in_one_line(
    tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(InputError, match=said) as caught:
        read_lines(folder_of(tmp_path, {"BR1": text}), NETWORK)
    assert "Hidden" not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ({"BR9": HARDER}, "BR9.cfg: the intent has no device of this name"),
        ({"BR1": "! nothing\n"}, "has no lines for any device"),
        ({}, "has no lines for any device"),
    ],
)
def test_a_folder_without_use_is_a_wrong_call(
    tmp_path: Path, texts: Mapping[str, str], said: str
) -> None:
    with pytest.raises(GetvpnError, match=said):
        read_lines(folder_of(tmp_path, texts), NETWORK)
    with pytest.raises(UsageError, match="there is no folder"):
        read_lines(tmp_path / "missing", NETWORK)
