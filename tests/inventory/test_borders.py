"""What could smuggle configuration through a name or a text is refused."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from getvpn.inventory.borders import (
    AclLine,
    DenyLine,
    Identity,
    InterfaceName,
    ListName,
    Name,
    Prose,
    Release,
    SecretRef,
    Url,
    plain,
)

TEXTS = [Name, ListName, InterfaceName, Prose, AclLine, DenyLine, Url, Release, SecretRef]
SMUGGLED = ["\n", "\r", "\x00", "\x1b", "\x7f", "\u2028", "\u202e", "!", '"', "'", "`", "?", "^"]


def _refused(kind: Any, value: str) -> bool:
    try:
        TypeAdapter(kind).validate_python(value)
    except ValidationError:
        return True
    return False


@pytest.mark.parametrize("kind", TEXTS)
@pytest.mark.parametrize("char", SMUGGLED)
def test_no_text_holds_what_could_begin_or_end_something_else(kind: Any, char: str) -> None:
    for value in (
        f"name{char}shutdown",
        f"GigabitEthernet0/0{char}",
        f"deny ip any any{char}no ip http server",
        f"http://ca.example.net{char}",
        f"17.9{char}",
        f"env:NAME{char}",
    ):
        assert _refused(kind, value)


@given(st.text(min_size=1, max_size=30))
def test_what_passes_is_one_line_of_printable_ascii_with_matching_brackets(value: str) -> None:
    try:
        plain(value)
    except ValueError:
        return

    assert value.isascii()
    assert value.isprintable()
    assert value == value.strip()
    assert not set(value) & set("!\"'`?^")
    assert all(value.count(one) == value.count(two) for one, two in ("()", "[]", "{}", "<>"))


@pytest.mark.parametrize("value", ["CN=(x", "CN=x)", "CN={name", "CN=[(])", "a <b", ")("])
def test_brackets_have_to_match(value: str) -> None:
    with pytest.raises(ValueError, match="brackets that do not match"):
        plain(value)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Name, "GM-1.site_a"),
        (Name, "1001"),
        (ListName, "52"),
        (ListName, "POLICY-G1"),
        (InterfaceName, "GigabitEthernet0/0/1.100"),
        (InterfaceName, "Loopback0"),
        (InterfaceName, "Port-channel1"),
        (Prose, "CN={name}.{domain}, OU=GETVPN (test)"),
        (Url, "http://10.10.9.9:80"),
        (Release, "15.7(3)M5"),
        (Release, "17.9.4a"),
        (Release, "17.10"),
        (SecretRef, "env:PSK_{NAME}"),
        (SecretRef, "file:keys/gm1.txt"),
        (SecretRef, "keyring:getvpn/gm1"),
        (SecretRef, "vault:secret/getvpn/gm1#psk"),
    ],
)
def test_usual_texts_pass_as_they_are(kind: Any, value: str) -> None:
    assert TypeAdapter(kind).validate_python(value) == value


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Name, ""),
        (Name, "-x"),
        (Name, "a" * 81),
        (Name, "a b"),
        (ListName, "0"),
        (ListName, "-A"),
        (InterfaceName, "Gi0/0 shutdown"),
        (InterfaceName, "gigabitethernet0/0"),
        (Prose, ""),
        (Prose, "a" * 201),
        (Url, "ftp://ca"),
        (Url, "http://ca/?x"),
        (Release, "17"),
        (Release, "latest"),
        (SecretRef, "Example-key"),
        (SecretRef, "env:"),
        (SecretRef, "plain:x"),
        (SecretRef, "env:A B"),
        (SecretRef, "keyring:getvpn"),
        (SecretRef, "vault:secret/gm1"),
        (DenyLine, "permit ip any any"),
    ],
)
def test_other_texts_are_refused(kind: Any, value: str) -> None:
    assert _refused(kind, value)


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=8, max_size=40))
def test_a_secret_that_stands_where_a_reference_should_is_refused_and_not_repeated(
    secret: str,
) -> None:
    text = f"S3cr3t!{secret}"

    with pytest.raises(ValidationError) as refused:
        TypeAdapter(SecretRef).validate_python(text)

    (error,) = refused.value.errors()
    assert "reference to a secret, never the secret" in error["msg"]
    assert text not in error["msg"]


@pytest.mark.parametrize("number", [2_147_483_648, 4_294_967_295, "4294967295", 10**30])
def test_a_number_of_a_group_that_is_too_large_is_no_address(number: Any) -> None:
    with pytest.raises(ValidationError, match="should be at most 2147483647"):
        TypeAdapter(Identity).validate_python(number)
