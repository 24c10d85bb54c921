"""The timers of groups: windows, leads, retransmission, and what does not fit."""

from pathlib import Path

import pytest

from getvpn.audits.load import read_fleet
from getvpn.audits.settings import Settings
from getvpn.audits.timeline import Assumed, GroupTimeline, tek_lead, timelines

from . import ks_texts

SERVER = """\
hostname ks1
crypto ipsec transform-set TS esp-aes 256 esp-sha256-hmac
crypto ipsec profile PROF
 set security-association lifetime seconds {tek}
 set transform-set TS
crypto gdoi group G1
 identity number 1001
 server local
  rekey algorithm aes 256
  rekey lifetime seconds {kek}
  rekey retransmit {again}
  rekey authentication mypubkey rsa REKEY
  {transport}
  sa ipsec 10
   profile PROF
   match address ipv4 POLICY
  address ipv4 10.10.1.1
  redundancy
   local priority 100
   peer address ipv4 10.10.2.1
"""


def timed(
    folder: Path,
    assumed: Assumed,
    *,
    tek: int = 7200,
    kek: int = 86_400,
    again: str = "40 number 3",
    transport: str = "rekey transport unicast",
) -> GroupTimeline:
    text = SERVER.format(tek=tek, kek=kek, again=again, transport=transport)
    (folder / "ks1.cfg").write_text(text, "utf-8")
    (found,) = timelines(read_fleet([folder / "ks1.cfg"]), Settings(), assumed)
    return found


def good(found: GroupTimeline) -> dict[str, bool]:
    return {each.name: each.good for each in found.answers}


@pytest.mark.parametrize(
    ("tek", "window", "needed"),
    [(7200, 330, 3.03), (900, 30, 33.33), (1200, 30, 33.33), (1220, 31, 32.26), (3600, 150, 6.67)],
)
def test_the_window_is_five_percent_or_a_minute_but_for_the_last_half(
    tmp_path: Path, tek: int, window: int, needed: float
) -> None:
    found = timed(tmp_path, Assumed(members=1000), tek=tek)
    assert (found.window_s, found.rate_needed) == (window, needed)
    assert found.registration_lead_s == window + 30


def test_members_fit_when_they_are_registered_within_the_window(tmp_path: Path) -> None:
    fits = good(timed(tmp_path, Assumed(members=990, rate=3)))
    assert fits["re-registration at one key server"]
    tight = good(timed(tmp_path, Assumed(members=991, rate=3)))
    assert not tight["re-registration at one key server"]
    assert tight["re-registration at all key servers"]
    # 330 s at the first key server, and 290 s at the second
    assert good(timed(tmp_path, Assumed(members=1860, rate=3)))[
        "re-registration at all key servers"
    ]
    worse = good(timed(tmp_path, Assumed(members=1861, rate=3)))
    assert not worse["re-registration at all key servers"]


def test_a_round_over_the_key_servers_takes_its_time(tmp_path: Path) -> None:
    assert good(timed(tmp_path, Assumed(members=1), tek=2200))["a round over the key servers"]
    assert not good(timed(tmp_path, Assumed(members=1), tek=2199))["a round over the key servers"]


def test_the_leads_grow_with_retransmission_and_members(tmp_path: Path) -> None:
    found = timed(tmp_path, Assumed(members=300))
    assert (found.spread_s, found.tek_lead_s, found.kek_lead_s) == (150, 870, 350)
    short = timed(tmp_path, Assumed(members=300), tek=900)
    assert short.tek_lead_s == 240
    assert not good(short)["lead of the rekey"]
    assert good(timed(tmp_path, Assumed(members=50), tek=900, again="10 number 3"))[
        "lead of the rekey"
    ]
    multicast = timed(tmp_path, Assumed(members=300), transport="rekey address ipv4 REKEY")
    assert (multicast.unicast, multicast.spread_s, multicast.kek_lead_s) == (False, 0, 200)


def test_the_lead_is_that_of_published_output() -> None:
    # remaining life without time to rekey: 188 - 62 s of 600, 96 - 5 s of 120
    assert abs(tek_lead(600, 35) - 126) <= 1
    assert abs(tek_lead(120, 25) - 91) <= 1


def test_a_lead_that_is_cut_lets_members_register_before_retransmission_ends(
    tmp_path: Path,
) -> None:
    cut = timed(tmp_path, Assumed(members=8000), tek=900, again="60 number 10")
    assert cut.tek_lead_s == 675
    assert not good(cut)["retransmission before re-registration"]
    assert good(timed(tmp_path, Assumed(members=8000)))["retransmission before re-registration"]


def test_a_short_rekey_key_is_led_too_early(tmp_path: Path) -> None:
    assert good(timed(tmp_path, Assumed(members=10)))["lead of the next rekey key"]
    short = timed(tmp_path, Assumed(members=10), kek=1200)
    assert not good(short)["lead of the next rekey key"]


def test_without_members_nothing_is_said_of_their_registration(tmp_path: Path) -> None:
    found = timed(tmp_path, Assumed())
    assert "re-registration at one key server" not in good(found)
    assert found.unknown == ("members: none is known of, say how many with --members",)


def test_what_is_not_known_is_told(tmp_path: Path) -> None:
    (tmp_path / "gm1.cfg").write_text(
        "hostname gm1\ncrypto gdoi group G1\n identity number 1001\n"
        " server address ipv4 10.10.1.1\n",
        "utf-8",
    )
    (found,) = timelines(read_fleet([tmp_path]), Settings())
    assert (found.members, found.tek_lifetime_s, found.answers) == (1, None, ())
    assert len(found.unknown) == 3


def test_key_servers_tell_their_members_and_the_next_rekeys(tmp_path: Path) -> None:
    (tmp_path / "ks1.cfg").write_text(
        SERVER.format(
            tek=7200, kek=86_400, again="40 number 3", transport="rekey transport unicast"
        ),
        "utf-8",
    )
    shown = tmp_path / "ks1"
    shown.mkdir()
    listed = ks_texts.members("10.20.1.1", "10.20.2.1", "10.20.3.1")
    (shown / "show crypto gdoi ks members.txt").write_text(listed, "utf-8")
    keys = ks_texts.policy(
        1,
        ks_texts.kek(remaining=787, to_rekey=552),
        ks_texts.tek(remaining=188, to_rekey=62),
    )
    (tmp_path / ks_texts.policy_file(1)).write_text(keys, "utf-8")
    (found,) = timelines(read_fleet([tmp_path]), Settings())
    assert found.members == 3
    assert [(each.key, each.in_s, each.remaining_s) for each in found.next_rekeys] == [
        ("KEK", 552, 787),
        ("TEK POLICY", 62, 188),
    ]
