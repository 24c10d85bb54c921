"""The alert rules for Prometheus and the dashboard for Grafana, in docs/monitoring."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import fastjsonschema
import pytest
import yaml

from getvpn.tasks.watching.metrics import families

from ..audits.schemas import published
from .blocks import code_blocks

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "docs" / "monitoring"
RULES_FILE = SHIPPED / "getvpn.rules.yml"
DASHBOARD = json.loads((SHIPPED / "grafana.json").read_text("utf-8"))
BLOCKS = {block.name: block.text for block in code_blocks(ROOT / "docs" / "watch.md")}
TOOL = shutil.which("promtool")


def test_the_alert_rules_are_valid() -> None:
    fastjsonschema.validate(
        published("/prometheus.rules.json"), yaml.safe_load(RULES_FILE.read_text())
    )


def test_the_configuration_of_prometheus_is_valid() -> None:
    said = yaml.safe_load(BLOCKS["prometheus.yml"])
    fastjsonschema.validate(published("/prometheus.json"), said)
    assert said["rule_files"] == [RULES_FILE.name]


def test_the_dashboard_is_valid() -> None:
    schema = published("/grafana-dashboard-5.x.json")
    variable = schema["properties"]["dashboard"]["properties"]["templating"]["properties"]["list"]
    # both are other things since Grafana 8: a number, and an object with the uid
    variable["items"]["properties"]["refresh"] = {"type": "number"}
    variable["items"]["properties"]["datasource"] = {"type": "object"}

    fastjsonschema.validate(schema, {"dashboard": DASHBOARD})
    panels = DASHBOARD["panels"]
    assert len({each["id"] for each in panels}) == len(panels)
    assert {each["datasource"]["uid"] for each in panels} == {"${datasource}"}


def expressions() -> list[str]:
    """All that is asked of Prometheus."""
    rules = yaml.safe_load(RULES_FILE.read_text())["groups"][0]["rules"]
    found = [rule["expr"] for rule in rules]
    found += [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]
    return found + [each.get("query", "") for each in DASHBOARD["templating"]["list"]]


def test_only_metrics_and_labels_that_there_are_are_asked_for() -> None:
    known = {each.name: set(each.labels) for each in families()}
    used = set()
    for text in expressions():
        for name, selector in re.findall(r"(getvpn_\w+)(\{[^}]*\})?", text):
            used.add(name)
            assert set(re.findall(r"(\w+)=~?", selector)) <= known[name] | {"job"}, text
    assert known.keys() - used == {
        "getvpn_group_next_rekey_timestamp_seconds",
        "getvpn_group_kek_lifetime_seconds",
        "getvpn_key_server_looks_total",
    }


def shown_by_promtool(*words: str, where: Path) -> str:
    if TOOL is None:
        pytest.skip("no promtool")
    done = subprocess.run(
        [TOOL, *words], cwd=where, capture_output=True, text=True, check=False, timeout=600
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_promtool_takes_rules_and_configuration(tmp_path: Path) -> None:
    shutil.copy(RULES_FILE, tmp_path)
    (tmp_path / "prometheus.yml").write_text(BLOCKS["prometheus.yml"])
    said = shown_by_promtool("check", "config", "prometheus.yml", where=tmp_path)

    assert "SUCCESS: 12 rules found" in said


WAN = '{group="WAN"}'
SERVER = '{group="WAN", server="KS1"}'
SIGNS: list[tuple[str, dict[str, str], dict[str, str], dict[str, str]]] = [
    # the rule, metrics with which it is quiet, those with which it is not, its labels then
    (
        "GetvpnWatchStalled",
        {
            "getvpn_watch_last_look_timestamp_seconds": "0+60x99",
            "getvpn_watch_every_seconds": "60x99",
        },
        {"getvpn_watch_last_look_timestamp_seconds": "0x99", "getvpn_watch_every_seconds": "60x99"},
        {},
    ),
    (
        "GetvpnWatchStalled",
        {
            "getvpn_watch_last_look_timestamp_seconds": "0x99",
            "getvpn_watch_every_seconds": "3600x99",
        },
        {
            "getvpn_watch_last_look_timestamp_seconds": "0x99",
            "getvpn_watch_every_seconds": "900x99",
        },
        {},
    ),
    (
        "GetvpnWatchMissing",
        {"getvpn_watch_last_look_timestamp_seconds": "0+60x99"},
        {"getvpn_group_led": "1x99"},
        {},
    ),
    (
        "GetvpnKeyServerDown",
        {'getvpn_key_server_up{server="KS1"}': "1x20 0 1x99"},
        {'getvpn_key_server_up{server="KS1"}': "1x20 0x99"},
        {"server": "KS1"},
    ),
    (
        "GetvpnNoPrimary",
        {f"getvpn_group_led{WAN}": "1x20 0 1x99"},
        {f"getvpn_group_led{WAN}": "0x99"},
        {"group": "WAN"},
    ),
    (
        "GetvpnSeveralPrimaries",
        {f"getvpn_group_primaries{WAN}": "1x20 2 1x99"},
        {f"getvpn_group_primaries{WAN}": "1x20 2x99"},
        {"group": "WAN"},
    ),
    (
        "GetvpnPeerDown",
        {
            f"getvpn_key_server_peers{SERVER}": "7x99",
            f"getvpn_key_server_peers_alive{SERVER}": "7x99",
        },
        {
            f"getvpn_key_server_peers{SERVER}": "7x99",
            f"getvpn_key_server_peers_alive{SERVER}": "6x99",
        },
        {"group": "WAN", "server": "KS1"},
    ),
    (
        "GetvpnKekExpires",
        {
            f"getvpn_group_kek_expiry_timestamp_seconds{WAN}": "3800x99",
            f"getvpn_group_members{WAN}": "9x99",
        },
        {
            f"getvpn_group_kek_expiry_timestamp_seconds{WAN}": "3660x99",
            f"getvpn_group_members{WAN}": "9x99",
        },
        {"group": "WAN"},
    ),
    (
        "GetvpnTekExpires",
        {
            f"getvpn_group_tek_expiry_timestamp_seconds{WAN}": "4000x99",
            f"getvpn_group_tek_lifetime_seconds{WAN}": "7200x99",
            f"getvpn_group_members{WAN}": "9x99",
        },
        {
            f"getvpn_group_tek_expiry_timestamp_seconds{WAN}": "3000x99",
            f"getvpn_group_tek_lifetime_seconds{WAN}": "7200x99",
            f"getvpn_group_members{WAN}": "9x99",
        },
        {"group": "WAN"},
    ),
    (
        "GetvpnMembersLost",
        {f"getvpn_group_members{WAN}": "100x30 95x99"},
        {f"getvpn_group_members{WAN}": "100x30 85x99"},
        {"group": "WAN"},
    ),
    (
        "GetvpnAcksMissed",
        {f"getvpn_group_members_missing_acks{WAN}": "2x99", f"getvpn_group_members{WAN}": "100x99"},
        {f"getvpn_group_members_missing_acks{WAN}": "3x99", f"getvpn_group_members{WAN}": "100x99"},
        {"group": "WAN"},
    ),
    (
        "GetvpnSampleUnwell",
        {
            f"getvpn_group_members_sampled{WAN}": "5x99",
            f"getvpn_group_members_sampled_well{WAN}": "5x99",
        },
        {
            f"getvpn_group_members_sampled{WAN}": "5x99",
            f"getvpn_group_members_sampled_well{WAN}": "4x99",
        },
        {"group": "WAN"},
    ),
    (
        "GetvpnNotDelivered",
        {'getvpn_watch_deliveries_total{outcome="failed", way="webhook"}': "0+1x99"},
        {'getvpn_watch_deliveries_total{outcome="dropped", way="webhook"}': "0+1x99"},
        {"outcome": "dropped", "way": "webhook"},
    ),
]


def test_each_alert_rule_fires_and_does_not(tmp_path: Path) -> None:
    rules = yaml.safe_load(RULES_FILE.read_text())
    for rule in rules["groups"][0]["rules"]:
        # their words are looked at by the next test
        del rule["annotations"]
    (tmp_path / RULES_FILE.name).write_text(yaml.safe_dump(rules))
    tests = [
        alert(series, name, "60m", *labels)
        for name, quiet, loud, found in SIGNS
        for series, labels in ((quiet, []), (loud, [found]))
    ]
    (tmp_path / "tests.yml").write_text(
        yaml.safe_dump({"rule_files": [RULES_FILE.name], "tests": tests})
    )

    assert {name for name, *_ in SIGNS} == {rule["alert"] for rule in rules["groups"][0]["rules"]}
    assert "SUCCESS" in shown_by_promtool("test", "rules", "tests.yml", where=tmp_path)


def test_what_the_dashboard_asks_is_promql(tmp_path: Path) -> None:
    asked = [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]
    plain = [text.replace("$job", "a|b").replace("$group", ".+") for text in asked]
    rules = [{"record": f"panel:{number}", "expr": text} for number, text in enumerate(plain)]
    (tmp_path / "panels.yml").write_text(
        yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]})
    )

    assert all("$" not in text for text in plain)
    assert f"SUCCESS: {len(asked)} rules" in shown_by_promtool(
        "check", "rules", "panels.yml", where=tmp_path
    )


def test_panels_of_the_dashboard_do_not_overlap() -> None:
    taken = [
        (x, y)
        for place in (panel["gridPos"] for panel in DASHBOARD["panels"])
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]

    assert len(taken) == len(set(taken))
    assert max(x for x, _ in taken) < 24
    assert all(panel["title"] for panel in DASHBOARD["panels"])


def alert(series: dict[str, str], name: str, at: str, *labels: dict[str, str]) -> dict[str, Any]:
    """A test of promtool: the alerts of a name at a time, when the metrics go like this."""
    severity = {
        rule["alert"]: rule["labels"]["severity"]
        for rule in yaml.safe_load(RULES_FILE.read_text())["groups"][0]["rules"]
    }[name]
    return {
        "interval": "1m",
        "input_series": [{"series": key, "values": value} for key, value in series.items()],
        "alert_rule_test": [
            {
                "eval_time": at,
                "alertname": name,
                "exp_alerts": [{"exp_labels": {"severity": severity, **each}} for each in labels],
            }
        ],
    }


def test_the_alert_rules_find_what_they_are_for(tmp_path: Path) -> None:
    up, members = 'getvpn_key_server_up{server="KS1"}', 'getvpn_group_members{group="WAN"}'
    ends = 'getvpn_group_tek_expiry_timestamp_seconds{group="WAN"}'
    lives = 'getvpn_group_tek_lifetime_seconds{group="WAN"}'
    led = 'getvpn_group_led{group="WAN"}'
    wan = {"group": "WAN"}
    tests = [
        alert({up: "1x5 0x9"}, "GetvpnKeyServerDown", "7m"),
        alert({up: "1x5 0x9"}, "GetvpnKeyServerDown", "10m", {"server": "KS1"}),
        alert({led: "1x5 0x9"}, "GetvpnNoPrimary", "10m", wan),
        alert({members: "100x30 95x30"}, "GetvpnMembersLost", "50m"),
        alert({members: "100x30 85x30"}, "GetvpnMembersLost", "50m", wan),
        alert({ends: "3600x60", lives: "3600x60", members: "9x60"}, "GetvpnTekExpires", "50m"),
        alert({ends: "3600x60", lives: "3600x60", members: "9x60"}, "GetvpnTekExpires", "58m", wan),
        alert({ends: "3600x60", lives: "3600x60", members: "0x60"}, "GetvpnTekExpires", "58m"),
    ]
    for each in tests:
        for part in each["alert_rule_test"]:
            for expected in part["exp_alerts"]:
                expected["exp_annotations"] = annotations(part["alertname"])
    shutil.copy(RULES_FILE, tmp_path)
    (tmp_path / "tests.yml").write_text(
        yaml.safe_dump({"rule_files": [RULES_FILE.name], "tests": tests})
    )
    assert "SUCCESS" in shown_by_promtool("test", "rules", "tests.yml", where=tmp_path)


def annotations(name: str) -> dict[str, str]:
    """What an alert of the tests says."""
    return {
        "GetvpnKeyServerDown": {
            "summary": "Key server KS1 does not answer",
            "description": "See the board of getvpn watch for the reason.",
        },
        "GetvpnNoPrimary": {
            "summary": "No key server that answers is primary of WAN",
            "description": "And none of them hears one that is.",
        },
        "GetvpnMembersLost": {
            "summary": "WAN has 85 members, fewer than within 24 hours",
            "description": "See which are missing, and why.",
        },
        "GetvpnTekExpires": {
            "summary": "A traffic key of WAN was not replaced",
            "description": "It ends in 2m 0s, and with it the traffic.",
        },
    }[name]
