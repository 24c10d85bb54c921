"""Whatever a network was and is to be: lines get in, and out again wherever they were stopped."""

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from getvpn.errors import RefusedError
from getvpn.inventory.models import Intent
from getvpn.tasks.deploying.sameness import strayed
from getvpn.tasks.diff import Command

from ..changing import common, pairs
from .routers import ARCHIVE, ARCHIVE_ISR, Killed, changing

law = settings(
    max_examples=8,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@law
@given(pairs(), st.integers(0, 400), st.booleans())
def test_lines_get_in_and_out_again(
    networks: tuple[Intent, Intent], place: int, trial: bool
) -> None:
    one, other = networks
    for name, release in common(one, other):
        archive = ARCHIVE_ISR if release.startswith("15") else ARCHIVE
        device = changing(one, other, name, archive * trial)
        if not device.commands:
            continue
        before = device.running()
        at = place % len(device.commands)
        wrong = (*device.commands[:at], Command(text="bogus words"), *device.commands[at:])
        way = device.way(commands=wrong)
        with pytest.raises(RefusedError, match="refuses 'bogus words'"):
            way.apply()
        way.undo()
        assert not strayed(before, device.running(), everything=True)

        try:
            device.way(most=place).apply()
        except Killed:
            device.way().undo()
            assert not strayed(before, device.running(), everything=True)
            device.way().apply()
        assert not device.compared().commands
        way = device.way()
        way.keep()
        assert device.startup() == device.running()
        way.undo()
        assert not strayed(before, device.running(), everything=True)
