"""What docs/intent.md says of network.yml holds."""

import json
import re
from pathlib import Path

import fastjsonschema
import pytest
import yaml
from nornir import InitNornir

from getvpn import audit
from getvpn.audits.settings import PROFILES
from getvpn.errors import InputError
from getvpn.inventory import Intent, device_views, parse
from getvpn.inventory.nornir_plugin import members_of, servers_of
from getvpn.inventory.schema import markdown
from getvpn.tasks.render import render
from getvpn.tasks.saving import save_private

from .blocks import code_blocks
from .script import Script

PAGE = Path(__file__).resolve().parents[2] / "docs" / "intent.md"
BLOCKS = code_blocks(PAGE)


def _named(name: str) -> str:
    (found,) = [block.text for block in BLOCKS if block.name == name]
    return found


def test_the_list_of_keys_is_that_of_the_models() -> None:
    assert PAGE.read_text("utf-8").endswith(markdown())


@pytest.mark.executes("docs/intent.md")
def test_the_schema_is_written(
    script: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    script.all()
    schema = json.loads(Path("network.schema.json").read_text("utf-8"))
    fastjsonschema.validate(schema, yaml.safe_load(_named("network.yml")))


def test_the_first_network_is_consistent() -> None:
    intent = parse(_named("network.yml"))

    views = device_views(intent)
    assert list(views) == ["KS1", "KS2", "branch-1"]
    assert {key.secret for key in views["branch-1"].isakmp_keys} == {"env:PSK_BRANCH_1"}


def found(intent: Intent, folder: Path, profile: str) -> list[str]:
    texts = render(intent, None, conceal=True)
    save_private(folder, {f"{name}.cfg": text for name, text in texts.items()})
    return sorted({finding.rule for finding in audit([folder], profile=profile).findings})


@pytest.mark.parametrize("profile", sorted(PROFILES))
def test_the_audit_finds_in_the_networks_of_the_page_what_it_says(
    profile: str, tmp_path: Path
) -> None:
    document = yaml.safe_load(_named("advised.yml"))
    strict = profile in ("stig", "cnsa")
    if strict:
        group, more = document["groups"][0], yaml.safe_load(_named("stig"))
        document["ike"] = more["ike"]
        group["rekey"] = more["rekey"]
        group["policies"][0]["transform"] = more["transform"]
        group["authentication"] |= more["authentication"]
    if profile == "cnsa":
        document["ike"]["lifetime_s"] = 86_400
        group["authentication"] |= {"key_bits": 3072, "member_check": "none"}
    assert found(Intent.model_validate(document), tmp_path / "advised", profile) == []

    if not strict:
        told = found(parse(_named("network.yml")), tmp_path / "first", profile)
        assert told == sorted(set(re.findall(r"\(([A-Z]+\d{3})\)", PAGE.read_text("utf-8"))))


def test_mistakes_are_told_as_the_page_shows() -> None:
    text = _named("network.yml").replace("198.51.100.1/30}", "198.51.100.1/30, mut: 1500}")
    text = text.replace("env:PSK_{NAME}", "Example-key")

    with pytest.raises(InputError) as refused:
        parse(text)

    page = PAGE.read_text("utf-8")
    for error in (refused.value, *refused.value.others):
        shown = str(error).partition(": env:NAME")[0]
        assert shown in page


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("policies:", "rekey: {multicast: 239.10.10.1}\n    policies:"),
        ("identity: 1001", "identity: 1001\n    versions: ikev2\n    pfs: true"),
        ("groups: [WAN]", "groups: [WAN]\n    fail_close: {}"),
        ("{between: [10.0.0.0/8]}", "{between: [10.0.0.0/8]}\n        replay: {kind: counter}"),
    ],
)
def test_what_other_networks_need_can_be_written(before: str, after: str) -> None:
    page, text = PAGE.read_text("utf-8"), _named("network.yml")

    assert before in text
    for line in after.replace(before, "").strip().split("\n"):
        assert line.strip() in page
    assert parse(text.replace(before, after)).groups[0].name == "WAN"


def test_certificates_can_be_asked_for_as_the_page_shows() -> None:
    (line,) = re.findall(r"`(authentication: \{kind: pki.*\})`", PAGE.read_text("utf-8"))
    text = re.sub(r"authentication:(\n      .*)+", line, _named("network.yml"))

    view = device_views(parse(text))["branch-1"]

    assert view.trustpoints[0].subject == "CN=branch-1.example.net,OU=GETVPN"


def test_the_hosts_of_the_page_are_found_by_their_data(tmp_path: Path) -> None:
    path = tmp_path / "hosts.yaml"
    path.write_text(_named("hosts.yaml"), "utf-8")
    nornir = InitNornir(
        inventory={"plugin": "SimpleInventory", "options": {"host_file": str(path)}},
        logging={"enabled": False},
    )

    assert list(members_of(nornir, "WAN").inventory.hosts) == ["branch-1"]
    assert list(servers_of(nornir, "WAN").inventory.hosts) == ["KS1"]
