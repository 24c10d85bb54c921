"""The laws of rendering for intents that nobody has thought of."""

from hypothesis import given, settings

from getvpn.emulator.testing import console, make_router
from getvpn.inventory.models import Intent
from getvpn.tasks.render import render

from ..inventory.strategies import intents
from .networks import KnownSecrets, devices, platform
from .test_render_laws import assert_laws, refusals

law = settings(max_examples=20)


@law
@given(intents())
def test_a_router_shows_whatever_was_rendered(intent: Intent) -> None:
    texts = render(intent, KnownSecrets())
    for device in devices(intent):
        assert_laws(device, texts[device.name])


@law
@given(intents(most_members=2))
def test_a_router_takes_whatever_was_rendered_line_by_line(intent: Intent) -> None:
    for name, text in render(intent, KnownSecrets()).items():
        device = next(each for each in devices(intent) if each.name == name)
        said = console(make_router("blank", platform(device))).configure(text)
        assert refusals(said) == []
