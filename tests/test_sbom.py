"""What getvpn is made with is on a bill, under licences that suit."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator


@pytest.fixture(scope="module")
def sbom(root: Path) -> ModuleType:
    spec = spec_from_file_location("getvpn_sbom", root / "docs" / "sbom.py")
    assert spec is not None
    assert spec.loader is not None
    script = module_from_spec(spec)
    spec.loader.exec_module(script)
    return script


@pytest.fixture(scope="module")
def part(sbom: ModuleType) -> Callable[..., Any]:
    """A package that suits, apart from what is said of it."""
    usual = sbom.Part(
        name="some",
        version="1",
        needed_by=("getvpn",),
        hashes=(),
        licence="MIT",
        installed=True,
        scope="required",
    )
    return lambda **said: replace(usual, **said)


@pytest.fixture(scope="module")
def bill(sbom: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    file = tmp_path_factory.mktemp("bill") / "sbom.json"
    assert sbom.main([str(file)]) == 0
    made: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return made


def test_all_licences_suit(sbom: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    code = sbom.main([])

    assert (capsys.readouterr().err, code) == ("", 0)


def test_the_page_on_installing_tells_the_policy(sbom: ModuleType, root: Path) -> None:
    page = (root / "docs" / "install.md").read_text("utf-8").split("\n## Licences\n")[1]
    told = [
        row.split(", ") for row in re.findall(r"^\| (?:of|also).* \| (.+) \|$", page, re.MULTILINE)
    ]

    assert told == [sorted(sbom.PERMISSIVE), sorted(sbom.WEAK), sorted(sbom.TOOLS)]


def test_the_bill_is_one_of_cyclonedx(bill: dict[str, Any]) -> None:
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(bill)) is None


def test_the_same_lock_file_gives_the_same_bill(
    sbom: ModuleType, bill: dict[str, Any], tmp_path: Path
) -> None:
    assert sbom.main([str(tmp_path / "again.json")]) == 0
    assert json.loads((tmp_path / "again.json").read_text("utf-8")) == bill


def test_the_bill_names_every_pinned_package_with_its_hashes(
    bill: dict[str, Any], root: Path
) -> None:
    lock = (root / "requirements" / "dev.lock").read_text("utf-8")
    pinned = [line.split()[0] for line in lock.splitlines() if line[:1].isalnum()]

    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert [f"{each['name']}=={each['version']}" for each in bill["components"]] == pinned
    assert sum(len(each["hashes"]) for each in bill["components"]) == lock.count("sha256:")


def test_the_bill_refers_to_what_it_names(bill: dict[str, Any]) -> None:
    own = bill["metadata"]["component"]["bom-ref"]
    named = [own, *(each["bom-ref"] for each in bill["components"])]
    referred = {ref for each in bill["dependencies"] for ref in each.get("dependsOn", ())}

    assert len(set(named)) == len(named)
    assert sorted(each["ref"] for each in bill["dependencies"]) == sorted(named)
    assert referred <= set(named)


def test_the_bill_tells_who_gets_a_package(bill: dict[str, Any]) -> None:
    scopes = {each["name"]: each["scope"] for each in bill["components"]}

    told = ("netmiko", "paramiko", "psycopg-binary", "hvac", "pytest", "yamllint")
    assert [scopes[name] for name in told] == [
        *("required", "required", "optional", "optional", "excluded", "excluded")
    ]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({}, None),
        ({"licence": "EPL-2.0 OR GPL-2.0-or-later"}, None),
        ({"licence": "(MIT OR GPL-3.0-only) AND (BSD-3-Clause OR AGPL-3.0-only)"}, None),
        ({"licence": "MIT AND PSF-2.0"}, None),
        ({"licence": "GPL-3.0-or-later", "scope": "excluded"}, None),
        ({"licence": None, "installed": False}, None),
        (
            {"licence": "GPL-3.0-or-later", "scope": "optional"},
            "some 1 (optional): GPL-3.0-or-later does not suit",
        ),
        (
            {"licence": "MIT AND GPL-3.0-or-later"},
            "some 1 (required): MIT AND GPL-3.0-or-later does not suit",
        ),
        (
            {"licence": "GPL-3.0-only AND (MIT OR BSD-3-Clause)"},
            "some 1 (required): GPL-3.0-only AND (MIT OR BSD-3-Clause) does not suit",
        ),
        (
            {"licence": "AGPL-3.0-only", "scope": "excluded"},
            "some 1 (excluded): AGPL-3.0-only does not suit",
        ),
        ({"licence": None}, "some 1: it does not say its licence clearly"),
    ],
)
def test_a_licence_that_does_not_suit_is_told(
    said: dict[str, Any], why: str | None, part: Callable[..., Any], sbom: ModuleType
) -> None:
    assert sbom.unsuited(part(**said)) == why
