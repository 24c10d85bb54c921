"""Laws that every consistent intent keeps."""

import re
from typing import Any

import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from getvpn.errors import InputError
from getvpn.inventory.loading import parse
from getvpn.inventory.models import Intent
from getvpn.inventory.resolve import device_views

from .strategies import Document, documents, intents

law = settings(max_examples=30)


@law
@given(documents())
def test_what_yaml_writes_is_read_as_the_same_intent(document: Document) -> None:
    text = yaml.safe_dump(document, sort_keys=False)

    assert parse(text) == Intent.model_validate(document)


@law
@given(intents())
def test_an_intent_is_the_same_after_it_was_written_out_in_full(intent: Intent) -> None:
    data = intent.model_dump(mode="json", by_alias=True)

    assert parse(yaml.safe_dump(data)) == intent


@law
@given(intents())
def test_every_device_has_a_view_whose_references_lead_somewhere(intent: Intent) -> None:
    views = device_views(intent)

    assert list(views) == [it.name for it in (*intent.key_servers, *intent.members)]
    for view in views.values():
        lists = {found.name for found in view.access_lists}
        assert len(lists) <= len(view.access_lists)
        profiles = {profile.name for profile in view.ikev2_profiles}
        assert {group.ikev2_profile for group in view.groups} - {None} <= profiles
        proposals = {proposal.name for proposal in view.ikev2_proposals}
        assert all(set(policy.proposals) <= proposals for policy in view.ikev2_policies)
        points = {point.name for point in view.trustpoints}
        assert {profile.trustpoint for profile in view.ikev2_profiles} - {None} <= points
        rings = {ring.name for ring in view.ikev2_keyrings}
        assert {profile.keyring for profile in view.ikev2_profiles} - {None} <= rings


JUNK = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-2, 10**20),
        st.floats(allow_nan=True),
        st.text(max_size=8),
        st.sampled_from(
            ("G1", "KS1", "GROUP1", "aes 256", "10.0.0.0/8", "::/0", "env:X", "{name}")
        ),
        st.dates(),
        st.binary(max_size=3),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=2), st.dictionaries(st.text(max_size=4), inner, max_size=2)
    ),
    max_leaves=4,
)
PLACE = re.compile(r"network\.yml:\d+:\d+: ")


@law
@given(documents(), st.data())
def test_whatever_stands_in_the_place_of_a_value_is_taken_or_refused_with_its_place(
    document: Document, data: st.DataObject
) -> None:
    place: Any = document
    while True:
        step = data.draw(
            st.sampled_from(list(place) if isinstance(place, dict) else range(len(place)))
        )
        inner = place[step]
        if not isinstance(inner, dict | list) or not inner or data.draw(st.booleans()):
            break
        place = inner
    if isinstance(place, dict) and data.draw(st.booleans()):
        del place[step]
    else:
        place[step] = data.draw(JUNK)

    _taken_or_refused(yaml.safe_dump(document, sort_keys=False))


@settings(max_examples=300)
@given(st.one_of(st.text(max_size=60), st.text("{}[]&*!|>-?:,'\"# \n\taG1<", max_size=40)))
@example("&a [*a, {<<: *a}]")
@example("{? {} : 1}")
@example("!!map []")
@example("!!bool maybe")
@example("<<: 1")
def test_any_text_is_taken_or_refused_with_its_place(text: str) -> None:
    _taken_or_refused(text)


def _taken_or_refused(text: str) -> None:
    mistakes: list[InputError] = []
    try:
        parse(text)
    except InputError as error:
        mistakes = [error, *error.others]
    assert all(PLACE.match(str(mistake)) for mistake in mistakes)
