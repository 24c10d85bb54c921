"""When alerts begin and end, and what files may change about them."""

from dataclasses import replace
from pathlib import Path

import pytest

from getvpn.errors import InputError
from getvpn.tasks.deploying.network import GroupLook, looks
from getvpn.tasks.deploying.troubles import Kind, Trouble
from getvpn.tasks.watching import conditions
from getvpn.tasks.watching.alerts import Alerts, Condition, Key
from getvpn.tasks.watching.conditions import Most, is_judged, of_group
from getvpn.tasks.watching.figures import Acknowledgements, GroupFigures, carried, figures_of
from getvpn.tasks.watching.notices import Notice
from getvpn.tasks.watching.rules import OF_TROUBLE, RULES, rules_of

from ..deploying.looking import healthy, roles

PEER = Key("PeerDown", "G1", "KS1")
RULE = RULES["PeerDown"]


def holds(wavering: bool = False) -> list[Condition]:
    """A condition."""
    return [Condition(key=PEER, text="its peer is dead", wavering=wavering)]


def seen() -> tuple[GroupLook, GroupFigures]:
    """A group that is well."""
    intent, observed = healthy()
    look = next(looks(intent, observed))
    names = [name for name, role in roles(intent).items() if role == "key server"]
    return look, figures_of(look, names, observed["KS1"].at)


def told(figures: GroupFigures, most: int | None = 2) -> list[tuple[str, bool]]:
    """The rules whose conditions hold, and whether they waver."""
    found = of_group(seen()[0], figures, RULES, most, whole=True)
    return [(each.key.rule, each.wavering) for each in found]


def test_a_condition_has_to_last_before_it_is_an_alert() -> None:
    alerts = Alerts(RULES)

    assert alerts.update(0, holds()) == []
    assert alerts.update(RULE.for_s - 1, holds()) == []
    (begun,) = alerts.update(RULE.for_s, holds())
    assert (begun.state, begun.severity, begun.device) == ("firing", "warning", "KS1")
    assert alerts.update(RULE.for_s + 60, holds()) == []


def test_a_condition_with_a_break_begins_anew() -> None:
    alerts = Alerts(RULES)
    alerts.update(0, holds())
    alerts.update(60, [])

    assert alerts.update(RULE.for_s, holds()) == []
    assert len(alerts.firing()) == 0


def test_an_alert_ends_when_its_condition_is_gone_for_good() -> None:
    alerts = Alerts({**RULES, "PeerDown": replace(RULE, for_s=0)})
    alerts.update(0, holds())

    assert alerts.update(60, []) == []
    assert alerts.update(90, holds()) == []
    assert alerts.update(120, []) == []
    (ended,) = alerts.update(120 + RULE.clear_s, [])
    assert ended.state == "resolved"
    assert list(alerts.known()) == []


def test_a_figure_that_wavers_keeps_an_alert_and_begins_none() -> None:
    alerts = Alerts({**RULES, "PeerDown": replace(RULE, for_s=0)})

    assert alerts.update(0, holds(wavering=True)) == []
    assert len(alerts.update(1, holds())) == 1
    assert alerts.update(500, holds(wavering=True)) == []
    assert len(alerts.firing()) == 1


def test_what_cannot_be_judged_stays_as_it_is() -> None:
    alerts = Alerts({**RULES, "PeerDown": replace(RULE, for_s=0)})
    alerts.update(0, holds())

    assert alerts.update(9999, [], lambda _: False) == []
    assert len(alerts.firing()) == 1


def test_a_clock_that_is_set_back_holds_up_no_alert() -> None:
    alerts = Alerts(RULES)
    alerts.update(9000, holds())

    assert alerts.update(1800, holds()) == []
    assert len(alerts.update(1800 + RULE.for_s, holds())) == 1
    alerts.update(9000, [])
    assert alerts.update(3600, []) == []
    assert len(alerts.update(3600 + RULE.clear_s, [])) == 1


@pytest.mark.parametrize("name", sorted(set(RULES) - {"KeyServerUnreachable", "HistoryUnwritten"}))
def test_silence_ends_no_alert(name: str) -> None:
    silent = replace(seen()[1], servers=(), primary=None, members=None, acks=None)

    assert not is_judged(Key(name, "G1", "KS9"), {"G1": silent}, [], whole=True)


def alone(*, serves: bool = True, primary: bool = False) -> GroupFigures:
    """A group of which only KS2 answers."""
    figures = seen()[1]
    silent, second = figures.servers
    second = replace(second, role="" if not serves else "primary" if primary else second.role)
    return replace(
        figures,
        servers=(replace(silent, reached=False), second),
        primary="KS2" if primary else None,
        members=figures.members if serves else None,
    )


@pytest.mark.parametrize(
    "name", ["NoPrimary", "KekExpires", "TekExpires", "MembersLost", "AcksMissed"]
)
def test_who_does_not_serve_a_group_tells_nothing_of_it(name: str) -> None:
    def judged(figures: GroupFigures) -> bool:
        return is_judged(Key(name, "G1"), {"G1": figures}, ["KS2"], whole=True)

    assert not judged(alone(serves=False))
    assert judged(replace(alone(), acks=Acknowledgements()))


@pytest.mark.parametrize("name", ["KeysDiffer", "NoKeys", "MemberCountsDiffer"])
def test_who_is_compared_with_a_primary_is_judged_beside_one(name: str) -> None:
    def judged(figures: GroupFigures) -> bool:
        return is_judged(Key(name, "G1", "KS2"), {"G1": figures}, ["KS2"], whole=False)

    assert not judged(alone())
    assert judged(alone(primary=True))
    assert judged(replace(seen()[1]))


@pytest.mark.parametrize("name", ["PeerMissing", "SeveralPrimaries"])
def test_who_cooperates_is_judged_when_all_answer(name: str) -> None:
    def judged(figures: GroupFigures) -> bool:
        return is_judged(Key(name, "G1", "KS2"), {"G1": figures}, ["KS1", "KS2"], whole=False)

    assert not judged(alone(primary=True))
    assert judged(seen()[1])


@pytest.mark.parametrize("name", ["OldKeys", "MemberNotListed", "MemberNotRegistered"])
def test_keys_of_members_are_judged_beside_those_of_key_servers(name: str) -> None:
    key = Key(name, "G1", "BR1")

    assert is_judged(key, {"G1": alone()}, ["BR1"], whole=True)
    assert not is_judged(key, {"G1": alone()}, ["BR1"], whole=False)
    assert is_judged(key, {"G1": alone(serves=False)}, ["BR1"], whole=True) is (
        name == "MemberNotRegistered"
    )


def test_a_group_that_is_well_has_no_conditions() -> None:
    assert told(seen()[1]) == []


@pytest.mark.parametrize(
    ("left_s", "expected"),
    [(7200, []), (719, [("TekExpires", True)]), (359, [("TekExpires", False)])],
)
def test_keys_that_near_their_end_are_told(left_s: float, expected: list[tuple[str, bool]]) -> None:
    figures = seen()[1]

    assert told(replace(figures, tek_expires_at=figures.at + left_s)) == expected


@pytest.mark.parametrize(
    ("left_s", "expected"),
    [(4000, []), (190, []), (170, [("KekExpires", True)]), (110, [("KekExpires", False)])],
)
def test_a_rekey_key_is_replaced_late_however_long_it_lives(
    left_s: float, expected: list[tuple[str, bool]]
) -> None:
    figures = seen()[1]
    assert figures.kek_lifetime_s == 86_400

    assert told(replace(figures, kek_expires_at=figures.at + left_s)) == expected


def test_peers_that_are_dead_are_told_in_one_alert() -> None:
    intent, observed = healthy()
    look = next(looks(intent, observed))
    dead = [
        Trouble(
            kind=Kind.PEER,
            devices=("KS1",),
            group="G1",
            what=f"its peer {name} is dead",
            advice="look",
        )
        for name in ("KS2", "KS3")
    ]
    (told,) = conditions._told(dead, look.name)

    assert told.key == PEER
    assert told.text == "its peer KS2 is dead; its peer KS3 is dead; look"


def test_a_key_that_has_ended_does_not_end_its_alert() -> None:
    before = seen()[1]
    gone = replace(before, at=before.at + 9000, tek_expires_at=None, tek_lifetime_s=None)
    figures = carried(before, gone)

    assert figures.tek_expires_at == before.tek_expires_at
    assert told(figures) == [("TekExpires", False)]
    # after a restart of the watch too
    assert told(gone) == [("TekExpires", False)]
    assert told(replace(gone, kek_expires_at=None)) == []


@pytest.mark.parametrize("name", RULES)
def test_every_alert_begins_once_and_ends_once(name: str) -> None:
    alerts, rule = Alerts(RULES), RULES[name]
    holding = [Condition(key=Key(name, "G1", "KS1"), text="it is bad")]
    told: list[Notice] = []
    for look in range(60):
        # it comes and goes for a while, lasts, wavers, and is over
        bad = look % 2 == 0 if look < 10 and rule.for_s else 10 <= look < 30
        told += alerts.update(60.0 * look, holding if bad else [])

    assert [(each.name, each.state, each.severity) for each in told] == [
        (name, "firing", rule.severity),
        (name, "resolved", rule.severity),
    ]
    assert told[0].text == "it is bad"
    assert told[1].text == "over after 20:00; it was: it is bad"
    assert list(alerts.known()) == []


@pytest.mark.parametrize(
    ("members", "expected"),
    [(96, []), (94, [("MembersLost", True)]), (89, [("MembersLost", False)])],
)
def test_members_that_are_lost_are_told(members: int, expected: list[tuple[str, bool]]) -> None:
    assert told(replace(seen()[1], members=members), most=100) == expected


def test_members_that_answer_no_rekey_are_told() -> None:
    acks = Acknowledgements(listed=50, missed=2, missing=1, lost=1)

    assert told(replace(seen()[1], acks=acks)) == [("AcksMissed", False)]


def test_the_most_members_are_those_of_a_day() -> None:
    most = Most()

    assert [most.take(hour * 3600.0, 100 - hour) for hour in range(3)] == [100, 100, 100]
    assert most.take(24 * 3600.0, 50) == 99
    assert most.take(90 * 3600.0, 40) == 40


def test_every_trouble_that_is_watched_has_a_rule() -> None:
    assert set(OF_TROUBLE.values()) <= set(RULES)


def test_a_file_changes_rules(tmp_path: Path) -> None:
    path = tmp_path / "rules.yml"
    path.write_text("PeerDown: {for: 600, severity: critical}\nMembersLost: {begin: 0.5}\n")
    rules = rules_of(path)

    assert (rules["PeerDown"].for_s, rules["PeerDown"].severity) == (600, "critical")
    assert rules["MembersLost"].begin == 0.5
    assert rules["NoPrimary"] == RULES["NoPrimary"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("PeerDwn: {}", "PeerDown"),
        ("PeerDown: {until: 3}", "until"),
        ("PeerDown: {for: -1}", "should be a number from 0 to 86400$"),
        ("PeerDown: {begin: 0.1}", "begin"),
        ("KekExpires: {begin: 200}", "would begin at 200 and end at 180"),
        ("AcksMissed: {end: 0.1}", "would begin at 0 and end at 0.1"),
        ("TekExpires: {begin: 2}", "from 0 to 1"),
        ("PeerDown: {severity: bad}", "'bad' is not known"),
    ],
)
def test_a_file_without_meaning_is_refused(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "rules.yml"
    path.write_text(text)

    with pytest.raises(InputError, match=words):
        rules_of(path)
