import pytest

from getvpn.errors import ParseError
from getvpn.parsers import parse
from getvpn.parsers.records.gdoi_ks_replay import KsReplay

from .cuts import unnoticed_cuts

COMMAND = "show crypto gdoi ks replay"

TEXT = """\
Anti-replay Information For Group WAN-v4.prod:
  Timebased Replay:
    Replay Value             : 512345.11 secs
    Remaining sync time      : 2876 secs

Anti-replay Information For Group COUNTER-1:
  Timebased Replay:
         is not enabled
"""


def replay(text: str) -> KsReplay:
    record = parse(COMMAND, text)
    assert isinstance(record, KsReplay)
    assert (record.unparsed, record.partial) == ((), ())
    return record


def test_a_group_has_a_pseudotime_or_no_time_based_replay() -> None:
    timed, counted = replay(TEXT).groups
    assert (timed.group, timed.enabled) == ("WAN-v4.prod", True)
    assert (timed.pseudotime_s, timed.sync_remaining_s) == (512345.11, 2876.0)
    assert (counted.group, counted.enabled, counted.pseudotime_s) == ("COUNTER-1", False, None)


def test_both_values_may_stand_in_one_line() -> None:
    text = TEXT.replace(" secs\n    Remaining", " secs   Remaining")
    assert replay(text) == replay(TEXT)


def test_rows_that_are_not_known_stay_unparsed() -> None:
    record = parse(COMMAND, TEXT.replace("\n\n", "\n    Sync messages sent : 3\n\n"))
    assert [line.text for line in record.unparsed] == ["Sync messages sent : 3"]


def test_a_cut_is_noticed_unless_a_group_is_whole() -> None:
    ends = ("Replay Value", "Remaining sync time")
    assert all(line.startswith(ends) for line in unnoticed_cuts(COMMAND, TEXT))


@pytest.mark.parametrize("text", ["Key Server Policy:\n", "Group WAN (Unicast)\n"])
def test_another_output_is_refused(text: str) -> None:
    with pytest.raises(ParseError):
        parse(COMMAND, text)
