"""What is rendered, adopted and rendered again is the same."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from getvpn.emulator.testing import console
from getvpn.errors import InputError
from getvpn.inventory import parse
from getvpn.inventory.models import Intent
from getvpn.tasks.adopt import Adoption, adopt
from getvpn.tasks.render import render

from ...inventory.strategies import intents
from ..networks import CASES, KnownSecrets, beside, booted, devices, golden
from ..variants import VARIANTS, variant
from .trips import adopted, again, left, secrets_of

KINDS = [(name, kinds[at % len(kinds)]) for at, (name, (kinds, _)) in enumerate(VARIANTS.items())]
"""Each variant on one platform, the platforms in turn."""


def assert_same(folder: Path, texts: Mapping[str, str]) -> None:
    adoption = adopted(folder, texts)
    assert again(adoption) == texts
    assert left(adoption) == []
    assert adoption.complete
    assert not any(each.different for each in adoption.differences.values())
    assert parse(adoption.text) == adoption.intent
    shown = [line for each in adoption.differences.values() for line in each.unified()]
    said = repr(adoption) + adoption.text + "".join(map(str, [*adoption.left, *shown]))
    assert not any(secret in said for secret in secrets_of(texts))


@pytest.mark.parametrize("case", CASES)
def test_an_example_comes_back_as_it_was_rendered(case: str, tmp_path: Path) -> None:
    assert_same(tmp_path, render(golden(case), KnownSecrets()))


@pytest.mark.parametrize(("name", "kind"), KINDS)
def test_a_variant_comes_back_as_it_was_rendered(name: str, kind: str, tmp_path: Path) -> None:
    assert_same(tmp_path, render(variant(name, kind), KnownSecrets()))


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(intents())
def test_whatever_was_rendered_comes_back(intent: Intent) -> None:
    serving = {role.name for group in intent.groups for role in group.servers}
    known = {*serving, *(member.name for member in intent.members)}
    texts = {name: text for name, text in render(intent, KnownSecrets()).items() if name in known}
    with TemporaryDirectory() as folder:
        assert_same(Path(folder), texts)


def _adopted_or_none(texts: Mapping[str, str]) -> Adoption | None:
    with TemporaryDirectory() as folder, suppress(InputError):
        return adopted(Path(folder), texts)
    return None


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(KINDS), st.data())
def test_a_network_with_lines_amiss_is_adopted_or_refused_with_a_reason(
    chosen: tuple[str, str], data: st.DataObject
) -> None:
    texts = render(variant(*chosen), KnownSecrets())
    for name, text in texts.items():
        lines = text.splitlines()
        places = st.integers(0, len(lines) - 1)
        for at in data.draw(st.lists(places, max_size=4), "lines that are gone"):
            lines[at] = "!"
        for at in data.draw(st.lists(places, max_size=2), "lines that are cut"):
            lines[at] = lines[at].rpartition(" ")[0]
        texts[name] = "\n".join(lines)
    adoption = _adopted_or_none(texts)
    if adoption is None:
        return
    assert parse(adoption.text) == adoption.intent
    for each in adoption.differences.values():
        assert left(adoption) or not each.different


@pytest.mark.parametrize("case", ["default", "e5", "e8"])
def test_what_a_router_shows_of_itself_comes_back_as_it_was_rendered(
    case: str, tmp_path: Path
) -> None:
    texts = render(golden(case), KnownSecrets())
    shown = {
        device.name: console(booted(device, beside(case, device.name) + texts[device.name])).run(
            "show running-config"
        )
        for device in devices(golden(case))
    }
    adoption = adopted(tmp_path, shown)
    assert not any(each.kind == "assumed" for each in adoption.left)
    assert left(adoption) == []
    found = again(adoption)
    for name, text in texts.items():
        assert set(text.splitlines()) <= set(found[name].splitlines())


def test_the_example_lab_comes_back(root: Path) -> None:
    adoption = adopt([root / "inventory" / "example" / "lab"])
    assert (left(adoption), adoption.complete) == ([], True)
    assert len(adoption.intent.devices) == 10


def test_one_material_gives_one_text(root: Path) -> None:
    folder = root / "inventory" / "example" / "network"
    one, other = adopt([folder]), adopt([folder])
    assert (one.text, one.left) == (other.text, other.left)
