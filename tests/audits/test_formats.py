import json
from importlib.resources import files
from pathlib import Path

import fastjsonschema
import pytest

from getvpn.audits.engine import Report, run
from getvpn.audits.formats import json as json_format
from getvpn.audits.formats import text as text_format
from getvpn.audits.load import fleet_of
from getvpn.audits.registry import registry
from getvpn.audits.rules.acl import too_many_lines
from getvpn.audits.rules.coop import single_key_server
from getvpn.audits.rules.tek import lifetime_too_short
from getvpn.audits.settings import Settings
from getvpn.parsers.transcript import read_paths, split_log

from .fleets import KEY_SERVER, KS_POLICY, MEMBER, fleet

RULES = (lifetime_too_short, single_key_server, too_many_lines)


def _report(texts: dict[str, str]) -> Report:
    return run(fleet(texts), RULES, Settings(), raise_faults=True)


def test_the_text_has_one_line_to_click_on_for_each_finding() -> None:
    text = text_format.render(_report({"ks1.cfg": KEY_SERVER, "gm1.cfg": MEMBER}))
    assert text == (
        "ks1\n"
        "ks1.cfg:4: TEK001 [critical] traffic keys of group G1 live 600 s, less than 900 s\n"
        "    evidence     set security-association lifetime seconds 600\n"
        "    remediation  crypto ipsec profile PROF\n"
        "                  set security-association lifetime seconds 7200\n"
        "    fix          disruptive: needs a rekey\n"
        "\n"
        "1 finding (1 critical) on 2 devices by 3 rules, profile seed\n"
    )


def test_the_text_shows_the_command_and_field_of_show_output() -> None:
    name = "ks1/show crypto gdoi ks policy.txt"
    text = text_format.render(_report({name: KS_POLICY}))
    assert f"{name}:15: TEK001 [critical] " in text
    assert "'show crypto gdoi ks policy' tek_life_s = 600 in 'TEK POLICY (encaps" in text


def test_the_text_says_when_there_is_nothing_to_say() -> None:
    text = text_format.render(_report({"ks1.cfg": KEY_SERVER.replace("600", "7200")}))
    assert text == "no findings on 1 device by 3 rules, profile seed\n"


def test_the_summary_names_the_reasons_for_what_was_not_checked() -> None:
    report = _report({"gm1.cfg": MEMBER})
    assert text_format.render(report).endswith(
        "2 checks not possible:\n"
        "     1 no policy of this group is known (ACL001)\n"
        "     1 there is no configuration of a key server of this group (COOP001)\n"
    )
    assert text_format.render(report, show_not_checked=True) == (
        "group BRANCH: ACL001 not checked: no policy of this group is known\n"
        "group BRANCH: COOP001 not checked: "
        "there is no configuration of a key server of this group\n"
        "\n"
        "no findings on 1 device by 3 rules, profile seed\n"
        "2 checks not possible\n"
    )


def test_device_text_cannot_steer_the_terminal() -> None:
    texts = {"ks1.cfg": KEY_SERVER.replace("PROF", "\u202e\u009bPROF")}
    text = text_format.render(_report(texts))
    assert "\u202e" not in text
    assert "\u009b" not in text
    assert r"\u202e" in text


def test_colour_is_only_there_when_asked_for() -> None:
    report = _report({"ks1.cfg": KEY_SERVER})
    plain, painted = text_format.render(report), text_format.render(report, color=True)
    assert "\x1b" not in plain
    assert "\x1b[1;31m[critical]\x1b[0m" in painted


def test_what_could_not_be_read_stands_in_the_text_and_in_the_json() -> None:
    log = "ks1#show version\n% Invalid input\nks1#\n"
    report = run(fleet_of(split_log(log, "ks1.log")), RULES, Settings())
    assert "error: ks1.log:2: the device refused the command" in text_format.render(report)
    (error,) = json.loads(json_format.render(report))["errors"]
    assert (error["device"], error["source"], error["line"]) == ("ks1", "ks1.log", 2)


@pytest.fixture(scope="module")
def schema() -> object:
    folder = files("getvpn.audits.formats")
    return json.loads(folder.joinpath(json_format.SCHEMA_FILE).read_text("utf-8"))


@pytest.mark.parametrize(
    "texts",
    [
        {"ks1.cfg": KEY_SERVER, "gm1.cfg": MEMBER},
        {"ks1/show crypto gdoi ks policy.txt": KS_POLICY},
        {"gm1.cfg": MEMBER.partition("\n")[2]},
    ],
)
def test_the_json_fits_its_schema(schema: dict[str, object], texts: dict[str, str]) -> None:
    fastjsonschema.validate(schema, json.loads(json_format.render(_report(texts))))


def test_the_json_of_every_rule_example_fits_the_schema(schema: dict[str, object]) -> None:
    validate = fastjsonschema.compile(schema)
    for rule in registry().rules:
        for texts in (rule.bad, rule.good):
            report = run(fleet(texts), registry().rules, Settings())
            validate(json.loads(json_format.render(report)))


def test_the_schema_describes_every_field_that_is_written(schema: dict[str, object]) -> None:
    def undescribed(value: object, node: object) -> list[str]:
        assert isinstance(node, dict)
        while "$ref" in node or "oneOf" in node:
            name = node["$ref"] if "$ref" in node else node["oneOf"][-1]["$ref"]
            node = schema["definitions"][name.rpartition("/")[2]]  # type: ignore[index]  # JSON
        if isinstance(value, list):
            return [name for each in value for name in undescribed(each, node["items"])]
        if not isinstance(value, dict) or "additionalProperties" in node:
            return []
        known = node["properties"]
        missing = [name for name in value if name not in known]
        below = (undescribed(value[name], known[name]) for name in value if name in known)
        return missing + [name for names in below for name in names]

    report = _report({"ks1.cfg": KEY_SERVER, "ks2/show crypto gdoi ks policy.txt": KS_POLICY})
    assert undescribed(json.loads(json_format.render(report)), schema) == []


def test_the_same_input_gives_the_same_json(tmp_path: Path) -> None:
    for name, text in (("ks1.cfg", KEY_SERVER), ("gm1.cfg", MEMBER)):
        (tmp_path / name).write_text(text, "utf-8")
    texts = {
        json_format.render(run(fleet_of(read_paths([tmp_path]).captures), RULES, Settings()))
        for _ in range(2)
    }
    assert len(texts) == 1


def test_a_group_finding_has_no_device_in_json() -> None:
    report = _report({"gm1.cfg": MEMBER})
    policy, server = json.loads(json_format.render(report))["not_checked"]
    assert policy["device"] is server["device"] is None
    assert policy["group"] == server["group"] == "BRANCH"


def test_lines_that_could_not_be_read_are_named() -> None:
    texts = {"ks1.cfg": KEY_SERVER.replace("10.10.2.1", "10.10.2.x")}
    report = _report(texts)
    assert "\nks1.cfg:15: " in text_format.render(report)
    (device,) = json.loads(json_format.render(report))["devices"]
    assert device["config"]["not_understood"] == [15]


def test_texts_that_are_left_aside_are_counted_and_listed_on_request() -> None:
    log = "ks1#show cdp neighbors\nnone\nks1#show clock\n10:00:00.000 UTC Mon Jan 5 2026\nks1#\n"
    report = run(fleet_of(split_log(log, "ks1.log")), RULES, Settings())
    assert text_format.render(report).endswith("\n1 text not used\n")
    listed = text_format.render(report, show_not_checked=True)
    assert "ks1.log:2: not used: 'show cdp neighbors': no parser for this command" in listed
