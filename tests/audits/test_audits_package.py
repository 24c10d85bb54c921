import pytest

from getvpn import audits


@pytest.mark.parametrize("name", audits.__all__)
def test_every_public_name_can_be_imported(name: str) -> None:
    assert getattr(audits, name) is not None
    assert name in dir(audits)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'nonesuch'"):
        _ = audits.nonesuch  # type: ignore[attr-defined]  # what is being tested
