"""The key pairs of one router: made, imported, removed, saved, brought back by a reload."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from .errors import LabelInUseError, NoSuchKeyError
from .maker import KeyMaker
from .material import KeyKind, KeyMaterial
from .pair import (
    PRIVATE_CONFIG,
    SERVER_SUFFIX,
    KeyChange,
    KeyEvent,
    KeyPair,
    Usage,
)
from .work import KeyWork

Listener = Callable[[KeyEvent], None]
_Place = tuple[KeyKind, str]


class KeyStore:
    """The key pairs of one router, in the order in which they came.

    RSA and EC keys have labels of their own: one label can name a pair of each. `redundancy` says
    whether this platform marks every key for redundancy (IOS-XE does). Subscribers are told after
    the store has changed, in the order in which they came; an operation tells of each label once.

    `work` makes keys in steps; the stores of a lab share it. `master_key` is that of `key
    config-key password-encrypt`, None without one. It is kept where the private keys are, and never
    shown.
    """

    __slots__ = (
        "_listeners",
        "_maker",
        "_pairs",
        "_redundancy",
        "_saved",
        "_saved_master_key",
        "master_key",
        "work",
    )

    def __init__(
        self, maker: KeyMaker, *, redundancy: bool = False, work: KeyWork | None = None
    ) -> None:
        self.work = work or KeyWork()
        self._maker = maker
        self._redundancy = redundancy
        self._pairs: dict[_Place, tuple[KeyPair, ...]] = {}
        self._saved: dict[_Place, tuple[KeyPair, ...]] = {}
        self._listeners: tuple[Listener, ...] = ()
        self.master_key: str | None = None
        self._saved_master_key: str | None = None

    # -- looking

    def pairs(self, kind: KeyKind | None = None, label: str | None = None) -> tuple[KeyPair, ...]:
        """The pairs of that kind and label; of all kinds or labels where none is given."""
        return tuple(
            pair
            for place, pairs in self._pairs.items()
            if kind in (None, place[0]) and label in (None, place[1])
            for pair in pairs
        )

    def signing_pair(self, label: str, kind: KeyKind = KeyKind.RSA) -> KeyPair | None:
        """The pair of that label that makes signatures, for a rekey or a certificate request."""
        return next((pair for pair in self._pairs.get((kind, label), ()) if pair.signs), None)

    def host_pair(self, kind: KeyKind, *preferred: str | None, min_bits: int = 0) -> KeyPair | None:
        """The pair that SSH identifies the router with: the first preferred label, else any.

        Pairs with fewer bits than `min_bits` do not count.
        """
        able = [pair for pair in self.pairs(kind) if pair.signs and pair.bits >= min_bits]
        by_label = {pair.label: pair for pair in reversed(able)}
        named = (by_label[label] for label in preferred if label in by_label)
        return next(named, able[0] if able else None)

    # -- making and removing

    def new_rsa(self, bits: int) -> KeyMaterial:
        """A key for `put_rsa`, not made yet; raises ModulusError."""
        return self._maker.rsa(bits)

    def put_rsa(
        self,
        label: str,
        made: Iterable[tuple[Usage, KeyMaterial]],
        *,
        now: float,
        exportable: bool = False,
        redundancy: bool = False,
    ) -> tuple[KeyPair, ...]:
        """Take in new RSA pairs in place of those that have this label."""
        pairs = self._labelled(label, made, now, exportable, redundancy)
        self._put((KeyKind.RSA, label), pairs)
        return pairs

    def generate_rsa(
        self,
        label: str,
        bits: int,
        *,
        now: float,
        usages: tuple[Usage, ...] = (Usage.GENERAL,),
        exportable: bool = False,
        redundancy: bool = False,
    ) -> tuple[KeyPair, ...]:
        """Make RSA pairs, one for each usage, in place of those that have this label.

        Raises ModulusError.
        """
        made = [(usage, self.new_rsa(bits)) for usage in usages]
        return self.put_rsa(label, made, now=now, exportable=exportable, redundancy=redundancy)

    def generate_ec(
        self, label: str, bits: int, *, now: float, exportable: bool = False
    ) -> tuple[KeyPair, ...]:
        """Make an EC pair in place of the one that has this label; raises ModulusError."""
        made = [(Usage.SIGNATURE, self._maker.ec(bits))]
        pairs = self._labelled(label, made, now, exportable, redundancy=False)
        self._put((KeyKind.EC, label), pairs)
        return pairs

    def add(
        self,
        label: str,
        material: KeyMaterial,
        *,
        now: float,
        encryption: KeyMaterial | None = None,
        exportable: bool = False,
        redundancy: bool = False,
        saved: bool = False,
    ) -> tuple[KeyPair, ...]:
        """Take in a key pair from elsewhere; raises LabelInUseError.

        With `encryption` the two become a signature and an encryption pair. `saved` is for what a
        router is delivered with, such as the host key of a lab.
        """
        place = material.kind, label
        if place in self._pairs:
            raise LabelInUseError(f"there is a key pair '{label}'")
        made: list[tuple[Usage, KeyMaterial]]
        if encryption is not None:
            made = [(Usage.SIGNATURE, material), (Usage.ENCRYPTION, encryption)]
        elif material.kind is KeyKind.RSA:
            made = [(Usage.GENERAL, material)]
        else:
            made = [(Usage.SIGNATURE, material)]
        pairs = self._labelled(label, made, now, exportable, redundancy)
        if saved:
            pairs = self._saved[place] = _stored(pairs)
        self._put(place, pairs)
        return pairs

    def zeroize(self, kind: KeyKind | None = None, label: str | None = None) -> tuple[KeyPair, ...]:
        """Remove the pairs of that kind and label, all without; returns what was removed.

        With a host key goes its temporary companion. What was saved comes back at a reload
        unless the configuration is saved before (Cisco IOS Security Command Reference).
        """
        labels = None if label is None else {label, label + SERVER_SUFFIX}
        places = [
            place
            for place in self._pairs
            if kind in (None, place[0]) and (labels is None or place[1] in labels)
        ]
        removed = [(place, self._pairs.pop(place)) for place in places]
        for place, pairs in removed:
            self._tell(KeyChange.REMOVED, place, before=pairs)
        return tuple(pair for _, pairs in removed for pair in pairs)

    def lock(self, label: str, kind: KeyKind = KeyKind.RSA) -> None:
        """Make the pairs of a label non-exportable, which nothing undoes; raises NoSuchKeyError."""
        place = kind, label
        before = self._pairs.get(place)
        if before is None:
            raise NoSuchKeyError(f"there is no key pair '{label}'")
        after = tuple(replace(pair, exportable=False) for pair in before)
        if after != before:
            self._pairs[place] = after
            self._tell(KeyChange.ALTERED, place, before=before, after=after)

    def open_server_key(self, label: str, bits: int, *, now: float) -> KeyPair:
        """Make the temporary pair that stands beside the host key `label` while SSH is on.

        768 bits on classic IOS, 128 more than the host key on IOS-XE (device transcripts).
        """
        pair = KeyPair(
            label=label + SERVER_SUFFIX,
            usage=Usage.ENCRYPTION,
            material=self._maker.rsa(bits),
            generated_at=now,
            temporary=True,
        )
        self._put((KeyKind.RSA, pair.label), (pair,))
        return pair

    def close_server_key(self, label: str) -> None:
        """Drop the temporary pair beside the host key `label`, if there is one."""
        place = KeyKind.RSA, label + SERVER_SUFFIX
        before = self._pairs.get(place)
        if before is not None and before[0].temporary:
            del self._pairs[place]
            self._tell(KeyChange.REMOVED, place, before=before)

    # -- keeping

    def save(self) -> None:
        """Write all pairs but the temporary ones to the private configuration (`write memory`)."""
        for place, pairs in self._pairs.items():
            if not pairs[0].temporary:
                self._pairs[place] = _stored(pairs)
        self._saved = {
            place: pairs for place, pairs in self._pairs.items() if not pairs[0].temporary
        }
        self._saved_master_key = self.master_key

    def erase_saved(self) -> None:
        """Erase the private configuration; the pairs in use stay until the reload."""
        self._saved = {}
        self._saved_master_key = None

    def reload(self) -> None:
        """Come back with what was saved; subscribers hear of what is gone, back or different."""
        old, self._pairs = self._pairs, dict(self._saved)
        self.master_key = self._saved_master_key
        for place, before in old.items():
            if place not in self._pairs:
                self._tell(KeyChange.REMOVED, place, before=before)
        for place, after in self._pairs.items():
            before = old.get(place, ())
            if not before:
                self._tell(KeyChange.ADDED, place, after=after)
            elif before != after:
                same = [pair.material for pair in before] == [pair.material for pair in after]
                change = KeyChange.ALTERED if same else KeyChange.REPLACED
                self._tell(change, place, before=before, after=after)

    # -- telling

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Have `listener` called with every KeyEvent; the result ends that."""
        self._listeners += (listener,)

        def unsubscribe() -> None:
            self._listeners = tuple(other for other in self._listeners if other is not listener)

        return unsubscribe

    def _labelled(
        self,
        label: str,
        made: Iterable[tuple[Usage, KeyMaterial]],
        now: float,
        exportable: bool,
        redundancy: bool,
    ) -> tuple[KeyPair, ...]:
        return tuple(
            KeyPair(
                label=label,
                usage=usage,
                material=material,
                generated_at=now,
                exportable=exportable,
                redundancy=redundancy or self._redundancy,
            )
            for usage, material in made
        )

    def _put(self, place: _Place, pairs: tuple[KeyPair, ...]) -> None:
        before = self._pairs.pop(place, ())
        self._pairs[place] = pairs
        change = KeyChange.REPLACED if before else KeyChange.ADDED
        self._tell(change, place, before=before, after=pairs)

    def _tell(
        self,
        change: KeyChange,
        place: _Place,
        *,
        before: tuple[KeyPair, ...] = (),
        after: tuple[KeyPair, ...] = (),
    ) -> None:
        kind, label = place
        event = KeyEvent(change=change, kind=kind, label=label, before=before, after=after)
        for listener in self._listeners:
            listener(event)


def _stored(pairs: tuple[KeyPair, ...]) -> tuple[KeyPair, ...]:
    return tuple(replace(pair, storage=PRIVATE_CONFIG) for pair in pairs)
