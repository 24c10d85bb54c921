from getvpn.audits.catalogue import markdown
from getvpn.audits.not_automated import NOT_AUTOMATED
from getvpn.audits.registry import registry


def test_what_no_rule_checks_has_no_rule() -> None:
    aliases = {alias for rule in registry().rules for alias in rule.aliases}
    assert not aliases & {each.alias for each in NOT_AUTOMATED}


def test_numbers_ascend_and_stand_once() -> None:
    numbers = [each.alias for each in NOT_AUTOMATED]
    assert numbers == sorted(set(numbers))


def test_the_catalogue_says_what_is_left_out_and_why() -> None:
    document = markdown(registry().rules)
    for each in NOT_AUTOMATED:
        assert f"| {each.alias} | {each.title} | {each.reason} |" in document


def test_every_recommendation_of_the_concepts_document_has_a_rule_or_a_reason() -> None:
    known = {alias for rule in registry().rules for alias in rule.aliases}
    known |= {each.alias for each in NOT_AUTOMATED}
    assert {f"GV-{number:03}" for number in range(1, 60)} <= known
