"""Laws that every consistent intent keeps."""

import yaml
from hypothesis import HealthCheck, given, settings

from getvpn.inventory.loading import parse
from getvpn.inventory.models import Intent
from getvpn.inventory.resolve import device_views

from .strategies import Document, documents, intents

law = settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow], deadline=None)


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
