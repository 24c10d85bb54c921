from collections.abc import Iterator
from dataclasses import FrozenInstanceError

import pytest

from getvpn.emulator.keys import (
    NOT_SPECIFIED,
    PRIVATE_CONFIG,
    USAGE_KEYS,
    KeyChange,
    KeyEvent,
    KeyKind,
    KeyMaterial,
    KeyStore,
    LabelInUseError,
    ModulusError,
    NoDomainError,
    NoHostnameError,
    NoSuchKeyError,
    SeededKeyMaker,
    Usage,
    default_label,
)

from .seeds import seeded


@pytest.fixture
def events(store: KeyStore) -> Iterator[list[KeyEvent]]:
    heard: list[KeyEvent] = []
    end = store.subscribe(heard.append)
    yield heard
    end()


def said(events: list[KeyEvent]) -> list[tuple[KeyChange, str]]:
    return [(event.change, event.label) for event in events]


def labels(store: KeyStore) -> list[str]:
    return [pair.label for pair in store.pairs()]


def test_the_default_label_is_hostname_and_domain() -> None:
    assert default_label("KS1", "example.net") == "KS1.example.net"


def test_the_default_label_needs_a_hostname_of_its_own_first_then_a_domain() -> None:
    with pytest.raises(NoHostnameError):
        default_label("Router", None)
    with pytest.raises(NoHostnameError):
        default_label("Router", "example.net")
    with pytest.raises(NoDomainError):
        default_label("KS1", None)


def test_a_generated_pair_is_what_was_asked_for(store: KeyStore, now: float) -> None:
    (pair,) = store.generate_rsa("REKEYRSA", 512, now=now, exportable=True)
    assert store.pairs() == (pair,)
    assert (pair.label, pair.usage, pair.bits) == ("REKEYRSA", Usage.GENERAL, 512)
    assert pair.exportable
    assert not pair.redundancy
    assert (pair.generated_at, pair.storage) == (now, NOT_SPECIFIED)


def test_a_pair_cannot_be_changed_behind_the_store(store: KeyStore, now: float) -> None:
    (pair,) = store.generate_rsa("a", 512, now=now)
    with pytest.raises(FrozenInstanceError):
        pair.exportable = True  # type: ignore[misc]  # what is being tested


def test_usage_keys_are_two_pairs_under_one_label(store: KeyStore, now: float) -> None:
    pairs = store.generate_rsa("a", 512, now=now, usages=USAGE_KEYS)
    assert [pair.usage for pair in pairs] == [Usage.SIGNATURE, Usage.ENCRYPTION]
    assert not pairs[0].material.same_as(pairs[1].material)
    assert store.signing_pair("a") == pairs[0]


def test_generating_again_replaces_the_pair_and_says_so(
    store: KeyStore, events: list[KeyEvent], now: float
) -> None:
    (old,) = store.generate_rsa("a", 512, now=now)
    (new,) = store.generate_rsa("a", 512, now=now + 1)
    assert store.pairs() == (new,)
    assert said(events) == [(KeyChange.ADDED, "a"), (KeyChange.REPLACED, "a")]
    assert (events[1].before, events[1].after) == ((old,), (new,))


def test_a_refused_size_leaves_the_old_pair(store: KeyStore, now: float) -> None:
    store.generate_rsa("a", 512, now=now)
    with pytest.raises(ModulusError):
        store.generate_rsa("a", 100, now=now)
    assert labels(store) == ["a"]


def test_rsa_and_ec_pairs_can_share_a_label(store: KeyStore, now: float) -> None:
    store.generate_rsa("a", 512, now=now)
    store.generate_ec("a", 256, now=now)
    assert [pair.kind for pair in store.pairs(label="a")] == [KeyKind.RSA, KeyKind.EC]
    assert [pair.usage for pair in store.pairs(KeyKind.EC)] == [Usage.SIGNATURE]


def test_some_platforms_mark_every_pair_for_redundancy(now: float) -> None:
    store = KeyStore(SeededKeyMaker(seeded(1)), redundancy=True)
    (pair,) = store.generate_rsa("a", 512, now=now)
    assert pair.redundancy


def test_an_imported_pair_is_general_purpose_and_not_exportable_by_itself(
    store: KeyStore, rsa_key: KeyMaterial, now: float
) -> None:
    (pair,) = store.add("getvpnkey", rsa_key, now=now)
    assert (pair.usage, pair.exportable) == (Usage.GENERAL, False)
    assert pair.material is rsa_key


def test_a_label_in_use_is_not_imported_over(
    store: KeyStore, rsa_key: KeyMaterial, other_rsa_key: KeyMaterial, now: float
) -> None:
    store.add("a", rsa_key, now=now)
    with pytest.raises(LabelInUseError):
        store.add("a", other_rsa_key, now=now)
    assert store.pairs()[0].material is rsa_key


def test_two_imported_pairs_sign_and_encrypt(
    store: KeyStore, rsa_key: KeyMaterial, other_rsa_key: KeyMaterial, now: float
) -> None:
    pairs = store.add("a", rsa_key, encryption=other_rsa_key, now=now)
    assert tuple(pair.usage for pair in pairs) == USAGE_KEYS


def test_zeroizing_one_label_leaves_the_others(
    store: KeyStore, events: list[KeyEvent], now: float
) -> None:
    for label in "ab":
        store.generate_rsa(label, 512, now=now)
    events.clear()
    (gone,) = store.zeroize(KeyKind.RSA, "a")
    assert gone.label == "a"
    assert labels(store) == ["b"]
    assert said(events) == [(KeyChange.REMOVED, "a")]


def test_zeroizing_a_kind_leaves_the_other_kind(store: KeyStore, now: float) -> None:
    store.generate_rsa("a", 512, now=now)
    store.generate_ec("b", 256, now=now)
    store.zeroize(KeyKind.RSA)
    assert labels(store) == ["b"]
    store.zeroize()
    assert labels(store) == []


def test_zeroizing_what_is_not_there_does_nothing(store: KeyStore, events: list[KeyEvent]) -> None:
    assert store.zeroize(KeyKind.RSA, "a") == ()
    assert events == []


def test_a_locked_pair_is_the_same_key_but_not_exportable(
    store: KeyStore, events: list[KeyEvent], now: float
) -> None:
    (pair,) = store.generate_rsa("a", 512, now=now, exportable=True)
    events.clear()
    store.lock("a")
    store.lock("a")
    (locked,) = store.pairs()
    assert not locked.exportable
    assert locked.material is pair.material
    assert said(events) == [(KeyChange.ALTERED, "a")]


def test_only_a_pair_that_is_there_can_be_locked(store: KeyStore) -> None:
    with pytest.raises(NoSuchKeyError):
        store.lock("a")


# -- saving


def test_saving_tells_where_pairs_are_stored_and_is_no_change_of_keys(
    store: KeyStore, events: list[KeyEvent], now: float
) -> None:
    store.generate_rsa("a", 512, now=now)
    events.clear()
    store.save()
    assert [pair.storage for pair in store.pairs()] == [PRIVATE_CONFIG]
    assert events == []


def test_a_reload_brings_back_what_was_saved_and_drops_the_rest(
    store: KeyStore, events: list[KeyEvent], now: float
) -> None:
    (kept,) = store.generate_rsa("kept", 512, now=now)
    store.generate_rsa("zeroized", 512, now=now)
    (old,) = store.generate_rsa("replaced", 512, now=now)
    store.save()
    store.zeroize(KeyKind.RSA, "zeroized")
    store.generate_rsa("replaced", 512, now=now)
    store.generate_rsa("unsaved", 512, now=now)
    events.clear()

    store.reload()

    assert labels(store) == ["kept", "zeroized", "replaced"]
    assert store.pairs(label="kept")[0].material is kept.material
    assert store.pairs(label="replaced")[0].material is old.material
    assert said(events) == [
        (KeyChange.REMOVED, "unsaved"),
        (KeyChange.ADDED, "zeroized"),
        (KeyChange.REPLACED, "replaced"),
    ]


def test_a_lock_that_was_not_saved_is_gone_after_a_reload(
    store: KeyStore, events: list[KeyEvent], now: float
) -> None:
    store.generate_rsa("a", 512, now=now, exportable=True)
    store.save()
    store.lock("a")
    events.clear()
    store.reload()
    assert store.pairs()[0].exportable
    assert said(events) == [(KeyChange.ALTERED, "a")]


def test_erased_keys_stay_until_the_reload(store: KeyStore, now: float) -> None:
    store.generate_rsa("a", 512, now=now)
    store.save()
    store.erase_saved()
    assert labels(store) == ["a"]
    store.reload()
    assert labels(store) == []


def test_a_delivered_key_is_saved_already(
    store: KeyStore, rsa_key: KeyMaterial, now: float
) -> None:
    (pair,) = store.add("KS1.example.net", rsa_key, now=now, saved=True)
    assert pair.storage == PRIVATE_CONFIG
    store.reload()
    assert store.pairs() == (pair,)


def test_who_no_longer_listens_is_not_told(store: KeyStore, now: float) -> None:
    heard: list[KeyEvent] = []
    end = store.subscribe(heard.append)
    end()
    store.generate_rsa("a", 512, now=now)
    assert heard == []


# -- SSH


def test_the_pair_of_the_ssh_server_is_temporary(store: KeyStore, now: float) -> None:
    store.generate_rsa("KS1.example.net", 512, now=now)
    pair = store.open_server_key("KS1.example.net", 768, now=now)
    assert (pair.label, pair.usage) == ("KS1.example.net.server", Usage.ENCRYPTION)
    assert pair.temporary
    store.save()
    assert store.pairs(label=pair.label) == (pair,)
    store.reload()
    assert labels(store) == ["KS1.example.net"]


def test_the_pair_of_the_ssh_server_goes_with_the_host_key(store: KeyStore, now: float) -> None:
    store.generate_rsa("a", 512, now=now)
    store.open_server_key("a", 768, now=now)
    store.zeroize(KeyKind.RSA, "a")
    assert labels(store) == []


def test_only_the_temporary_pair_is_closed(
    store: KeyStore, rsa_key: KeyMaterial, now: float
) -> None:
    store.open_server_key("a", 768, now=now)
    store.add("b.server", rsa_key, now=now)
    for label in "abc":
        store.close_server_key(label)
    assert labels(store) == ["b.server"]


def test_the_host_key_is_the_preferred_one_or_the_first_that_is_able(
    store: KeyStore, now: float
) -> None:
    assert store.host_pair(KeyKind.RSA, "b") is None
    store.open_server_key("x", 768, now=now)
    for label, bits in (("a", 512), ("b", 768), ("c", 768)):
        store.generate_rsa(label, bits, now=now)

    def chosen(*preferred: str | None, min_bits: int = 0) -> str | None:
        pair = store.host_pair(KeyKind.RSA, *preferred, min_bits=min_bits)
        return pair.label if pair else None

    assert chosen() == "a"
    assert chosen(None, "c") == "c"
    assert chosen("none", "also none") == "a"
    assert chosen("a", min_bits=768) == "b"
    assert chosen(min_bits=2048) is None


def test_the_master_key_comes_back_only_when_it_was_saved(store: KeyStore) -> None:
    store.master_key = "lost at the reload"
    store.reload()
    assert store.master_key is None
    store.master_key = "kept"
    store.save()
    store.reload()
    assert store.master_key == "kept"
    store.erase_saved()
    store.reload()
    assert store.master_key is None
