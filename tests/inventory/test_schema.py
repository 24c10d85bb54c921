"""The JSON Schema takes what the models take, and says what each key means."""

import re
from collections.abc import Callable
from typing import Any

import fastjsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from pydantic import ValidationError

from getvpn.inventory import models
from getvpn.inventory.descriptions import DESCRIPTIONS
from getvpn.inventory.models import Intent, Model
from getvpn.inventory.schema import markdown, schema

from .networks import PKI, Document, change
from .strategies import documents

Validate = Callable[[Document], Document]


@pytest.fixture(scope="module")
def validate() -> Validate:
    found: Validate = fastjsonschema.compile(schema(), use_default=False)
    return found


def _models() -> list[type[Model]]:
    return [
        found
        for found in vars(models).values()
        if isinstance(found, type)
        and issubclass(found, Model)
        and found not in (Model, models.Device)
    ]


def test_every_key_of_every_model_is_described() -> None:
    keys = {
        model.__name__: [field.alias or name for name, field in model.model_fields.items()]
        for model in _models()
    }

    assert {name: list(known) for name, known in DESCRIPTIONS.items()} == keys


def test_every_key_has_a_title_and_a_description_and_no_other_is_taken() -> None:
    found = schema()

    for part in (found, *found["$defs"].values()):
        assert part["additionalProperties"] is False
        assert part["title"]
        assert part["description"]
        for key, entry in part["properties"].items():
            assert entry["title"] == key
            assert entry["description"].endswith(".")
            assert "`" not in entry["description"]


@settings(max_examples=30, suppress_health_check=list(HealthCheck))
@given(document=documents())
def test_the_schema_takes_every_consistent_intent(validate: Validate, document: Document) -> None:
    validate(document)


@pytest.mark.parametrize(
    "changes",
    [
        ("members.0.name", 1001),
        ("members.0.release", 17.9),
        ("groups.0.authorization_name", 52),
        ("groups.0.authentication", PKI),
        ("members.0.groups", ["G1"]),
        ("members.0.fail_close", {}),
        ("groups.0.rekey.retransmit", {"number": None}),
    ],
)
def test_the_schema_takes_what_yaml_makes_of_it(
    validate: Validate, changes: tuple[str, Any]
) -> None:
    validate(change(changes))


@pytest.mark.parametrize(
    "changes",
    [
        ("members.0.wan.mut", 1500),
        ("members.0.wan.mtu", 99),
        ("members.0.wan.mtu", "big"),
        ("members.0.wan.interface", "Gi0/0 shutdown"),
        ("members.0.groups", []),
        ("members.0.groups.0", {"groups": "G1"}),
        ("groups.0.identity", -1),
        ("groups.0.authentication.kind", "key"),
        ("groups.0.authentication.member", "Example-key-1"),
        ("groups.0.policies.0.transform", {"encryption": "aes256"}),
        ("groups.0.policies.0.traffic.clear", ["ssl"]),
        ("groups.0.policies.0.acl", ["remark x"]),
        ("groups.0.d3p_window_ms", 1),
        ("groups.0.servers.0.priority", 0),
        ("version", 2),
    ],
)
def test_the_schema_refuses_what_the_models_refuse(
    validate: Validate, changes: tuple[str, Any]
) -> None:
    document = change(changes)

    with pytest.raises(ValidationError):
        Intent.model_validate(document)
    with pytest.raises(fastjsonschema.JsonSchemaException):
        validate(document)


def test_patterns_mean_the_same_to_python_and_to_editors() -> None:
    patterns = set(re.findall(r"'pattern': '([^']+)'", str(schema())))

    assert patterns
    for pattern in patterns:
        assert pattern.startswith("^")
        assert pattern.endswith("$")
        assert "(?" not in pattern


def test_the_page_has_a_table_for_every_mapping_and_links_that_lead_to_one() -> None:
    text = markdown()
    headings = re.findall(r"^### (.+)$", text, re.MULTILINE)

    assert len(headings) == len(set(headings)) == len(DESCRIPTIONS)
    links = set(re.findall(r"\(#([a-z0-9-]+)\)", text))
    assert links <= {heading.lower().replace(" ", "-") for heading in headings}
    assert len(links) == len(headings) - 1
