import pytest

from getvpn.errors import InputError
from getvpn.parsers.commands import families, resolve
from getvpn.parsers.registry import FAMILIES


@pytest.mark.parametrize(
    ("typed", "full"),
    [
        ("sh cry gdoi ks pol", "show crypto gdoi ks policy"),
        ("sho crypto gkm ks mem sum", "show crypto gkm ks members summary"),
        ("sh cry gdoi gm dataplan counter", "show crypto gdoi gm dataplane counters"),
        ("show crypto gdoi ks members 10.20.1.1", "show crypto gdoi ks members 10.20.1.1"),
        ("sh cry gdoi gro BANK-WAN ks coop", "show crypto gdoi group BANK-WAN ks coop"),
        ("do sh cry isa sa det", "show crypto isakmp sa detail"),
        ("sh cry key my rsa GETVPN-REKEY", "show crypto key mypubkey rsa GETVPN-REKEY"),
        ("SHOW VERSION", "show version"),
        ("sh ip access-l 101", "show ip access-lists 101"),
        ("sh cry ips sa peer 10.1.1.1 det", "show crypto ipsec sa peer 10.1.1.1 detail"),
        ("sh cry ikev2 sa rem 10.1.1.1", "show crypto ikev2 sa remote 10.1.1.1"),
        ("sh cry ca cert", "show crypto ca certificates"),
    ],
)
def test_each_word_may_be_cut_to_a_unique_beginning(typed: str, full: str) -> None:
    assert str(resolve(typed)) == full


@pytest.mark.parametrize("typed", ["sh cry gdoi k p | i spi", "sh cry gdoi ks pol|inc spi"])
def test_an_output_filter_is_set_apart_and_written_out(typed: str) -> None:
    command = resolve(typed)
    assert command.family == "gdoi ks policy"
    assert command.output_filter == "include spi"


def test_arguments_keep_their_case_and_are_named() -> None:
    assert resolve("sh cry gdoi group Wan-1.A gm acl").arguments == ("Wan-1.A",)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("sh c", "ambiguous"),
        ("sh cry gdoi g", "ambiguous"),
        ("sh cry gdoi ks nonsense", "'nonsense' is not known"),
        ("sh cry", "incomplete"),
        ("", "incomplete"),
        ("configure terminal", "not known"),
        ("x" * 5000, "characters"),
    ],
)
def test_a_command_that_is_not_one_is_refused_with_its_word(typed: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        resolve(typed)


def test_every_family_has_a_record_or_is_a_text_of_many_outputs() -> None:
    assert set(families()) - set(FAMILIES) == {"running-config", "tech-support"}
