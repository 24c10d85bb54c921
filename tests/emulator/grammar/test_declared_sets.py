"""Declarations of several modules put together."""

from getvpn.emulator.grammar import CommandSet, merged


def test_settings_of_a_later_module_stand_behind_those_of_an_earlier_one() -> None:
    first, second = CommandSet(), CommandSet()
    first.setting("config", "one <x>")
    first.setting("config", "two <x>")
    second.setting("config", "three <x>")
    whole = merged((first, second))
    ranks = {setting.name: setting.rank for setting in whole.settings}
    assert ranks["one"] < ranks["two"] < ranks["three"]
