"""Snapshots for runbooks: one call that takes one, and one that judges the difference of two."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from ... import __version__
from ...errors import TransportError, UsageError
from ..accounts import operator
from ..clock import SystemClock
from ..collect import collect
from ..database import default_url
from .changes import compare
from .expecting import Expectation, judge
from .store import Snapshots, check_name
from .taking import LIVE, read_material, state_in

if TYPE_CHECKING:
    from nornir.core import Nornir

    from ..ssh.target import Access
    from .expecting import Verdict
    from .store import Snapshot


def take_snapshot(
    nornir: Nornir, name: str, *, journal: str | None = None, access: Access | None = None
) -> Snapshot:
    """Ask the hosts of `nornir`, and keep what they say under a new name.

    `journal` is the URL of the journal, by default that of the user. A host that fails is in
    `failures`. Snapshots whose own time is over are removed. Raises UsageError for a name that is
    none or is taken, InputError for a journal that cannot be used, TransportError when all hosts
    fail.
    """
    check_name(name)
    store = Snapshots(journal or default_url())
    try:
        store.expire(SystemClock().now())
        store.check_free(name)
        with tempfile.TemporaryDirectory(prefix="getvpn-") as place:
            folder = Path(place) / "texts"
            found = collect(nornir, folder, access=access)
            if not found.outputs:
                why = "; ".join(f"{each.host}: {each.message}" for each in found.failures)
                raise TransportError(f"no device says anything: {why}")
            material = read_material([folder])
        return store.take(
            name,
            material.captures,
            at=material.at if material.at is not None else SystemClock().now(),
            owner=operator(),
            version=__version__,
            source=LIVE,
            groups=material.groups,
            failures=material.failures,
        )
    finally:
        store.close()


def judge_snapshots(
    before: str, after: str, expect: str = "nothing", *, journal: str | None = None
) -> Verdict:
    """Hold what is different in the snapshot `after` against what was done since `before`.

    `expect` is `rollover`, `upgrade`, `policy-change` or `nothing`. Raises UsageError for another
    one, and for a name that no snapshot has, InputError for a journal that cannot be used.
    """
    if expect not in list(Expectation):
        known = ", ".join(Expectation)
        raise UsageError(f"nobody can expect {expect!r}; there are {known}")
    store = Snapshots(journal or default_url())
    try:
        states = [state_in(store, store.get(name)) for name in (before, after)]
    finally:
        store.close()
    return judge(compare(states[0], states[1]), Expectation(expect))
