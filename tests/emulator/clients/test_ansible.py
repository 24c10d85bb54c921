"""Ansible's collection for IOS. A playbook costs seconds: each test plays few of them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .ansible_run import Ansible, Task, ansible
from .devices import C8000V, ISR4K, ISRG2, Host, Lab, Start, device
from .terminal import Terminal

BECOME = {"ansible_become": True, "ansible_become_method": "enable"}
PARENTS = ["interface Loopback9"]
LINES = ["description from a play", "ip address 10.9.9.9 255.255.255.255"]


@pytest.fixture
def playbook(clients: Path) -> Iterator[Ansible]:
    """Ansible, in a folder of its own."""
    with ansible(clients) as made:
        yield made


def _commands(*commands: Any, **more: Any) -> Task:
    return {"cisco.ios.ios_command": {"commands": list(commands), **more}}


def _config(**options: Any) -> Task:
    return {"cisco.ios.ios_config": options}


def _show(host: Host, command: str) -> str:
    with Terminal(host) as terminal:
        terminal.ask("terminal length 0")
        return terminal.show(command)


@pytest.mark.checklist(78, 79)
def test_commands_are_run_and_bad_ones_fail_with_what_the_router_says(
    start: Start, playbook: Ansible
) -> None:
    kinds = ("libssh", "paramiko")
    played = playbook.play_each(
        {kind: (start().host("KS1"), {"ansible_network_cli_ssh_type": kind}) for kind in kinds},
        _commands("show version", "show clock"),
        _commands("show bogus"),
        _commands("show crypto key mypubkey rsa", "show ip ssh"),
    )

    for version, bad, crypto in played.values():
        assert not version.get("failed"), version.get("msg")
        assert version["stdout"][0].startswith("Cisco IOS XE Software, Version")
        assert "UTC" in version["stdout"][1]
        assert bad["failed"]
        said = bad["msg"]
        assert "show bogus" in said
        assert "% Invalid input detected at '^' marker." in said
        assert "KS1#" in said
        assert not crypto.get("failed"), crypto.get("msg")
        assert "SSH Enabled - version 2.0" in crypto["stdout"][1]


@pytest.mark.checklist(80)
def test_the_secret_raises_a_user_of_level_one(start: Start, playbook: Ansible) -> None:
    low = {"ansible_user": "oper", **BECOME}
    words = ("sec", "wrong")
    played = playbook.play_each(
        {word: (start().host("KS1"), {"ansible_become_password": word, **low}) for word in words},
        _commands("show privilege"),
    )
    (right,), (wrong,) = played["sec"], played["wrong"]

    assert right["stdout"] == ["Current privilege level is 15"]
    assert wrong["failed"]
    assert "elevate privilege" in wrong["msg"]


@pytest.mark.checklist(81, 82, 85)
def test_lines_and_banners_are_configured_once(host: Host, playbook: Ansible) -> None:
    # a banner alone is more than the module can do
    banner = ["ip host nms 192.0.2.8", "banner motd ^C\nOne line\nand another\n^C"]
    first, second, default, text, again = playbook.play(
        host,
        _config(parents=PARENTS, lines=LINES, save_when="always"),
        _config(parents=PARENTS, lines=LINES),
        _config(parents=PARENTS, lines=["mtu 1514"], defaults=True),
        _config(lines=banner),
        _config(lines=banner),
    )

    assert first["changed"]
    assert first["commands"] == [*PARENTS, *LINES]
    assert not second["changed"]
    assert not default.get("failed"), default.get("msg")
    assert text["changed"], text
    assert not again["changed"]
    assert " description from a play\n" in _show(host, "show startup-config")
    assert "banner motd ^C\nOne line\nand another\n^C\n" in _show(host, "show running-config")


def _asked(line: str, prompt: str, answer: str) -> Task:
    return _config(lines=[{"config_line": line, "prompt": prompt, "answer": answer}])


@pytest.mark.checklist(83)
def test_questions_while_configuring_are_answered(host: Host, playbook: Ansible) -> None:
    show: Task = _commands("show crypto key mypubkey rsa")
    generate = "crypto key generate rsa label L"
    made, first, kept, second, removed, third = playbook.play(
        host,
        _asked(generate, r"How many bits in the modulus \[\d+\]:", "2048"),
        show,
        _asked(generate, r"Do you really want to replace them\? \[yes/no\]:", "no"),
        show,
        _asked("crypto key zeroize rsa L", r"remove these keys\? \[yes/no\]:", "yes"),
        show,
    )

    for task in (made, kept, removed):
        assert task["changed"], task
    assert "Key name: L\n" in first["stdout"][0]
    assert first["stdout"] == second["stdout"]
    assert "Key name: L\n" not in third["stdout"][0]


FLASH = {ISR4K: "bootflash:", C8000V: "bootflash:", ISRG2: "flash0:"}


@pytest.mark.checklist(84)
def test_facts_are_complete(start: Start, playbook: Ansible) -> None:
    more = "cdp run\nlldp run\n"
    # in labs of their own: they are to have no neighbours
    labs = {name: start({name: device(name, platform=name, more=more)}) for name in FLASH}
    everything = {"gather_subset": ["min"], "gather_network_resources": ["all"]}
    played = playbook.play_each(
        {name: (lab.host(name), {}) for name, lab in labs.items()},
        {"cisco.ios.ios_facts": {"gather_subset": ["all"]}},
        {"cisco.ios.ios_facts": everything, "when": f"inventory_hostname == '{ISR4K}'"},
    )

    for name, (gathered, _) in played.items():
        assert not gathered.get("failed"), gathered.get("msg")
        _check_facts(gathered["ansible_facts"], labs[name][name], FLASH[name])
    resources = played[ISR4K][1]
    assert not resources.get("failed"), resources.get("msg")
    found = resources["ansible_facts"]["ansible_network_resources"]
    assert found["hostname"] == {"hostname": ISR4K}
    assert found["static_routes"][0]["address_families"][0]["routes"][0]["dest"] == "0.0.0.0/0"
    assert found["acls"][0]["acls"][0]["name"] == "POLICY"


def _check_facts(facts: dict[str, Any], truth: Any, flash: str) -> None:
    for name in ("version", "model", "serialnum", "image", "iostype"):
        assert facts[f"ansible_net_{name}"], name
    assert facts["ansible_net_hostname"] == truth.hostname
    assert facts["ansible_net_serialnum"] == truth.serial
    assert facts["ansible_net_filesystems"] == [flash]
    info = facts["ansible_net_filesystems_info"][flash]
    assert 0 < info["spacefree_kb"] < info["spacetotal_kb"]
    assert facts["ansible_net_image"].startswith(flash)
    assert facts["ansible_net_memtotal_mb"] > 0
    assert f"hostname {truth.hostname}" in facts["ansible_net_config"]
    assert "10.255.0.1" in facts["ansible_net_all_ipv4_addresses"]
    assert facts["ansible_net_interfaces"]["Loopback0"]["ipv4"] == [
        {"address": "10.255.0.1", "subnet": "32"}
    ]
    names = {*truth.platform.hardware.interfaces, "Loopback0"}
    assert set(facts["ansible_net_interfaces"]) == names
    assert facts["ansible_net_neighbors"] == {}


def _resource(name: str, config: Any, state: str = "merged") -> Task:
    return {f"cisco.ios.ios_{name}": {"config": config, "state": state}}


def test_resources_are_brought_into_a_state_once(start: Start, playbook: Ansible) -> None:
    port = "GigabitEthernet3"
    entry = {
        "grant": "deny",
        "sequence": 10,
        "protocol": "tcp",
        "source": {"host": "192.0.2.7"},
        "destination": {"any": True, "port_protocol": {"eq": "www"}},
    }
    lists = [{"afi": "ipv4", "acls": [{"name": "WEB", "acl_type": "extended", "aces": [entry]}]}]
    addresses = {"ipv4": [{"address": "10.2.2.1/24"}], "ipv6": [{"address": "2001:db8:2::1/64"}]}
    hop = {"forward_router_address": "192.0.2.254", "distance_metric": 5}
    route = {"dest": "198.51.100.0/24", "next_hops": [hop]}
    tasks = [
        _resource("interfaces", [{"name": port, "description": "ansible", "mtu": 1400}]),
        _resource("interfaces", [{"name": port, "enabled": False}], "replaced"),
        _resource("l3_interfaces", [{"name": port, **addresses}]),
        _resource("acls", lists),
        _resource("static_routes", [{"address_families": [{"afi": "ipv4", "routes": [route]}]}]),
        _resource("ntp_global", {"servers": [{"server": "192.0.2.253", "prefer": True}]}),
    ]
    host = start({"KS1": device(platform=C8000V)}).host("KS1")
    played = playbook.play(host, *(task for each in tasks for task in (each, each)))

    assert [task.get("msg") for task in played if task.get("failed")] == []
    assert [task["changed"] for task in played] == [True, False] * len(tasks)
    running = _show(host, "show running-config")
    wanted = [
        "interface GigabitEthernet3\n ip address 10.2.2.1 255.255.255.0\n shutdown\n",
        " ipv6 address 2001:DB8:2::1/64\n",
        "ip access-list extended WEB\n 10 deny tcp host 192.0.2.7 any eq www\n",
        "ip route 198.51.100.0 255.255.255.0 192.0.2.254 5\n",
        "ntp server 192.0.2.253 prefer\n",
    ]
    assert [text for text in wanted if text not in running] == []


@pytest.mark.checklist(86)
def test_a_session_left_in_a_mode_is_as_lost_as_on_a_router(host: Host, playbook: Ansible) -> None:
    broken, lost, fresh = playbook.play(
        host,
        _config(parents=["crypto ipsec profile P"], lines=["bogus words"]),
        _commands("show version"),
        {"meta": "reset_connection"},
        _commands("show version"),
    )

    assert broken["failed"]
    assert "KS1(ipsec-profile)#" in broken["msg"]
    assert lost["failed"]
    assert not fresh.get("failed")


@pytest.mark.checklist(87, 88)
def test_changes_are_on_trial_and_a_configuration_is_restored(
    start: Start, playbook: Ansible
) -> None:
    lab: Lab = start({"KS1": device(archive=True)})
    host = lab.host("KS1")
    with Terminal(host) as terminal:
        terminal.configure("file prompt quiet")
        terminal.ask("copy running-config bootflash:saved.cfg")

    confirm = {"ansible_ios_commit_confirm_immediate": True}
    trial = {"ansible_ios_commit_confirm_timeout": 2}
    kept, tried = playbook.play(
        host,
        _config(parents=PARENTS, lines=LINES) | {"vars": confirm},
        _config(lines=["hostname Trial"]) | {"vars": trial},
    )
    assert kept["changed"], kept
    assert tried["changed"], tried
    assert _show(host, "show running-config | include ^hostname") == "hostname Trial\n"

    lab.advance(130)
    assert _show(host, "show running-config | include ^hostname") == "hostname KS1\n"
    assert " description from a play\n" in _show(host, "show running-config interface Loopback9")

    (restored,) = playbook.play(
        host, {"ansible.netcommon.cli_restore": {"filename": "saved.cfg", "path": "bootflash:"}}
    )
    assert not restored.get("failed"), restored
    assert "Loopback9" not in _show(host, "show running-config")
