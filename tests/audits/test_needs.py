from getvpn.audits import needs
from getvpn.audits.needs import ShowNeed
from getvpn.parsers.commands import resolve
from getvpn.parsers.registry import FAMILIES


def _tokens() -> dict[str, ShowNeed[object]]:  # type: ignore[type-var]  # of any record
    return {name: each for name, each in vars(needs).items() if isinstance(each, ShowNeed)}


def test_every_family_of_show_output_has_one_token() -> None:
    assert sorted(token.family for token in _tokens().values()) == sorted(FAMILIES)


def test_a_token_names_a_command_of_its_family() -> None:
    for token in _tokens().values():
        assert resolve(token.text).family == token.family


def test_a_token_is_typed_as_the_record_of_its_family() -> None:
    for name, token in _tokens().items():
        record = FAMILIES[token.family].record_class.__name__
        assert needs.__annotations__[name] == f"ShowNeed[{record}]"
