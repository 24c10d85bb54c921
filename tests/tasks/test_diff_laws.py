"""Whatever a router has and an intent says: the lines that are printed make the one the other."""

import re

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from getvpn.emulator.shell.loading import load
from getvpn.emulator.testing import make_router
from getvpn.inventory.models import Intent
from getvpn.tasks.diff import Difference
from getvpn.tasks.render import render

from ..inventory.strategies import PLATFORMS, Document, documents
from .changing import PORTS, booted, common, compared, on, pairs
from .networks import KnownSecrets

law = settings(
    max_examples=15,
    # two whole networks take long to become simple ones
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
AGAIN = re.compile(
    r"(?:crypto isakmp key|pre-shared-key|server address|crypto g(?:doi|km) group) .*"
    r"|(?:ipv6 )?crypto map \S+|crypto map (?:ipv6 )?\S+ gdoi fail-close"
)
"""What a router does not replace has to be taken back before another one is set: keys, the order of
servers, a group that is to be for another family, with the map that it was in."""


@law
@given(pairs())
def test_the_lines_of_a_difference_leave_none_and_none_is_refused(
    networks: tuple[Intent, Intent],
) -> None:
    one, other = networks
    before = render(one, KnownSecrets())
    for name, release in common(one, other):
        router = booted(release, name, before[name])
        found = compared(other, name, router)

        loaded = load(router, "\n".join(found.remediation(conceal=False)))

        assert loaded.rejected == ()
        again = compared(other, name, router)
        assert again.remediation(conceal=False) == ()
        assert again.unified() == ()
        assert bool(found.unified()) == found.different
        assert_nothing_is_taken_back(found)


def assert_nothing_is_taken_back(found: Difference) -> None:
    """No line takes back what another one sets, and none is entered twice."""
    places = [
        (command.modes, command.text)
        for command in found.commands
        if not command.text.startswith("ip access-list resequence ")
    ]
    assert len(places) == len(set(places))
    for modes, text in places:
        if (modes, f"no {text}") in places:
            assert AGAIN.fullmatch(text)


@law
@given(st.sampled_from(tuple(PORTS)), documents(most_members=2))
def test_what_was_rendered_has_no_difference_and_an_unconfigured_router_gets_all_of_it(
    release: str, document: Document
) -> None:
    intent = on(release, document)
    for name, text in render(intent, KnownSecrets()).items():
        found = compared(intent, name, booted(release, name, text))
        assert found.remediation(conceal=False) == ()
        assert found.unified() == found.notes == found.unchecked == ()

        router = make_router("blank", PLATFORMS[release])
        missing = compared(intent, name, router)
        assert load(router, "\n".join(missing.remediation(conceal=False))).rejected == ()
        assert not compared(intent, name, router).different
