"""Whole configurations: what one router prints, another takes and prints again."""

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from getvpn.emulator.config.differences import UNCHANGED, contextual
from getvpn.emulator.services.archive import Archive
from getvpn.emulator.shell import load
from getvpn.emulator.testing import make_router

from .strategies_crypto import crypto_texts
from .strategies_network import network_texts
from .strategies_system import system_texts

PLATFORMS = {"isr4451": "xe", "c8000v": "xe", "isr2911": "classic"}


@st.composite
def texts(draw: st.DrawFn, platform: str) -> str:
    """A configuration text that routers of this platform take."""
    family = PLATFORMS[platform]
    parts = [draw(system_texts(family)), draw(network_texts(platform)), draw(crypto_texts(family))]
    return "\n".join(draw(st.permutations(parts)))


@st.composite
def configurations(draw: st.DrawFn, count: int = 1) -> tuple[str, ...]:
    """A platform, and texts that its routers take."""
    platform = draw(st.sampled_from(sorted(PLATFORMS)))
    return platform, *(draw(texts(platform)) for _ in range(count))


@settings(
    max_examples=20,
    # shrinking a whole configuration takes minutes: a failing one is shown as it was drawn
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(configurations())
def test_what_one_router_prints_another_takes_and_prints_again(case: tuple[str, ...]) -> None:
    platform, text = case
    first, second = make_router(platform=platform), make_router(platform=platform)
    load(first, text)
    printed = first.running_lines()

    loaded = load(second, "\n".join(printed))

    assert [line.text for line in loaded.rejected] == []
    assert second.running_lines() == printed


@settings(
    max_examples=10,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(configurations(2))
def test_a_router_gets_from_any_configuration_to_any_other(case: tuple[str, ...]) -> None:
    platform, one, other = case
    router, model = make_router(platform=platform), make_router(platform=platform)
    load(router, one)
    load(model, other)
    wanted, before = model.running_lines(), router.running_lines()
    archive = router.feature(Archive)

    for target in ("\n".join(wanted), "\n".join(before)):
        outcome = archive.replace(target, user="admin", origin="console")
        assert outcome.failed == ()
        assert outcome.done
        # entries that came again may stand behind others, where their order means nothing
        differences = contextual("\n".join(router.running_lines()), target)
        assert differences.endswith(UNCHANGED)


@pytest.mark.parametrize("platform", sorted(PLATFORMS))
def test_a_new_router_takes_its_own_configuration(platform: str) -> None:
    router = make_router(platform=platform)
    printed = router.running_lines()

    loaded = load(router, "\n".join(printed))

    assert loaded.rejected == ()
    assert router.running_lines() == printed
