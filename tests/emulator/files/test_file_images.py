"""Images: stated instead of held, known again after a copy, and seen to be damaged."""

import hashlib
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from getvpn.emulator.files import (
    DamagedImage,
    FileStore,
    Hashing,
    Image,
    chunks_of,
    digest,
    size_of,
    write_image,
    xe_layout,
)
from getvpn.emulator.files.content import Gathering, recognise
from getvpn.emulator.files.digest import Algorithm
from getvpn.emulator.files.images import BLOCK_BYTES, HEADER_BYTES
from getvpn.errors import InputError

IMAGE = Image(family="c8000v", version="17.9.4a", size=200_000)
NOW = 1_480_000_000.0


def whole(image: Image) -> bytes:
    return b"".join(image.chunks())


@pytest.mark.parametrize("size", [HEADER_BYTES, 513, HEADER_BYTES + BLOCK_BYTES, 200_000])
def test_an_image_has_the_size_that_it_states(size: int) -> None:
    image = Image(family="c2900", version="15.7(3)M5", size=size)
    assert len(whole(image)) == size == size_of(image)


@given(st.integers(0, 210_000), st.integers(0, 210_000))
def test_any_part_of_an_image_can_be_read(start: int, length: int) -> None:
    assert IMAGE.at(start, start + length) == whole(IMAGE)[start : start + length]


def test_images_of_different_versions_differ() -> None:
    other = Image(family="c8000v", version="17.9.5", size=IMAGE.size)
    assert whole(other)[HEADER_BYTES:] != whole(IMAGE)[HEADER_BYTES:]
    assert digest(other) != digest(IMAGE)


@pytest.mark.parametrize(
    ("family", "version", "size"),
    [("", "1", 600), ("a b", "1", 600), ("a", "1\n2", 600), ("a", "1", 511), ("a", "1", 1 << 40)],
)
def test_what_no_image_can_state_is_refused(family: str, version: str, size: int) -> None:
    with pytest.raises(InputError):
        Image(family=family, version=version, size=size)


def test_a_large_image_costs_no_memory() -> None:
    store = FileStore(xe_layout(flash_bytes=6 << 30))
    tracemalloc.start()
    try:
        for number in range(6):
            image = Image(family="c8000v", version=f"17.{number}", size=900_000_000)
            store.write(f"flash:image{number}", image, NOW)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # others in this process may need some as well
    assert peak < 2_000_000
    assert store.volume("flash:").free == (6 << 30) - 6 * 900_000_000


def test_an_image_that_is_copied_off_and_on_is_the_same_image() -> None:
    store = FileStore(xe_layout(flash_bytes=1 << 30))
    store.write("flash:a.bin", IMAGE, NOW)
    upload = store.upload("flash:b.bin")
    for chunk in store.chunks("flash:a.bin"):
        upload.feed(chunk)
    upload.commit(NOW)
    assert store.content("flash:b.bin") == IMAGE
    store.write("flash:c.bin", store.read("flash:a.bin"), NOW)
    assert store.content("flash:c.bin") == IMAGE


@given(st.integers(HEADER_BYTES, IMAGE.size - 1), st.integers(1, 5_000))
def test_an_image_cut_short_is_damaged_in_any_chunking(size: int, step: int) -> None:
    gathering = Gathering()
    data = whole(IMAGE)[:size]
    for start in range(0, size, step * 40):
        gathering.feed(data[start : start + step * 40])
    content = gathering.content()
    assert isinstance(content, DamagedImage)
    assert content.image == IMAGE
    assert content.size == size
    assert content.held == 0
    assert b"".join(chunks_of(content)) == data


@given(
    st.lists(
        st.tuples(st.integers(HEADER_BYTES, IMAGE.size), st.binary(min_size=1, max_size=200)),
        min_size=1,
        max_size=4,
    )
)
def test_an_image_with_changed_bytes_keeps_them(changes: list[tuple[int, bytes]]) -> None:
    data = bytearray(whole(IMAGE))
    for start, change in changes:
        data[start : start + len(change)] = change
    content = recognise(bytes(data))
    assert b"".join(chunks_of(content)) == data
    assert isinstance(content, DamagedImage) is (data != whole(IMAGE))
    assert digest(content) == hashlib.md5(data, usedforsecurity=False).hexdigest()
    assert content == recognise(b"".join(chunks_of(content)))


def test_an_image_with_bytes_behind_its_end_is_damaged() -> None:
    content = recognise(whole(IMAGE) + b"more")
    assert isinstance(content, DamagedImage)
    assert content.size == IMAGE.size + 4
    assert b"".join(chunks_of(content)) == whole(IMAGE) + b"more"


def test_what_only_resembles_a_header_is_plain_bytes() -> None:
    head = IMAGE.header
    for data in (head[:-1], head.replace(b"200000", b"200001 "), b"x" + head, b"", b"x" * 600):
        assert recognise(data) == data


@pytest.mark.parametrize("algorithm", ["md5", "sha1", "sha512"])
def test_a_hash_in_steps_is_the_hash_of_the_bytes(algorithm: Algorithm) -> None:
    image = Image(family="c8000v", version=algorithm, size=200_000)
    hashing = Hashing(image, algorithm)
    assert hashing.result is None
    steps = 0
    while not hashing.step(70_000):
        steps += 1
    assert steps >= 1
    assert hashing.result == hashlib.new(algorithm, whole(image)).hexdigest()
    assert Hashing(image, algorithm).result == hashing.result


def test_a_written_image_file_is_the_image(tmp_path: Path) -> None:
    image = Image(family="c2900", version="15.7(3)M5")
    path = write_image(tmp_path, "c2900-universalk9-mz.SPA.157-3.M5.bin", image)
    assert path.stat().st_size < 100_000
    assert recognise(path.read_bytes()) == image
