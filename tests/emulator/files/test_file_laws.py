"""Laws of the file systems: what any sequence of operations leaves true."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from getvpn.emulator.files import FileError, FileStore, Image, classic_layout, xe_layout
from getvpn.emulator.files.disk import MAX_FILES
from getvpn.emulator.files.listing import directory_text
from getvpn.emulator.files.names import matches
from getvpn.emulator.files.tree import File

CAPACITY = 3_000
NAMES = st.sampled_from(["a", "b", "d", "d/x", "d/y", "e/x", "d/e", "core/z"])
DATA = st.binary(max_size=1_200)
IMAGES = st.integers(512, 2_000).map(lambda size: Image(family="f", version="1", size=size))


class Files(RuleBasedStateMachine):
    """Any operations on a small flash, beside a dictionary of what its files should hold."""

    layout = xe_layout(flash_bytes=CAPACITY)

    def __init__(self) -> None:
        super().__init__()
        self.store = FileStore(self.layout)
        self.model: dict[str, object] = {}
        self.now = 0.0

    def place(self, name: str) -> str:
        return str(self.store.locate(name))

    @rule(name=NAMES, content=st.one_of(DATA, IMAGES))
    def write(self, name: str, content: bytes | Image) -> None:
        self.now += 1
        with suppress(FileError):
            self.store.write(name, content, self.now)
            self.model[self.place(name)] = content

    @rule(name=NAMES, data=DATA)
    def append(self, name: str, data: bytes) -> None:
        before = self.model.get(self.place(name), b"")
        if isinstance(before, bytes):
            with suppress(FileError):
                self.store.append(name, data, self.now)
                self.model[self.place(name)] = before + data

    @rule(name=NAMES, size=st.integers(0, 300))
    def truncate(self, name: str, size: int) -> None:
        before = self.model.get(self.place(name))
        if isinstance(before, bytes):
            self.store.truncate(name, size, self.now)
            self.model[self.place(name)] = before[:size]

    @rule(name=NAMES)
    def delete(self, name: str) -> None:
        with suppress(FileError):
            self.store.delete(name)
            del self.model[self.place(name)]

    @rule(name=NAMES)
    def delete_tree(self, name: str) -> None:
        with suppress(FileError):
            self.store.delete_tree(name)
            gone = self.place(name)
            kept = {
                k: v for k, v in self.model.items() if k != gone and not k.startswith(gone + "/")
            }
            self.model = kept

    @rule(name=NAMES)
    def make_directory(self, name: str) -> None:
        with suppress(FileError):
            self.store.make_directory(name, self.now)

    @rule(name=NAMES)
    def remove_directory(self, name: str) -> None:
        with suppress(FileError):
            self.store.remove_directory(name)

    @rule(name=NAMES, new=NAMES)
    def rename(self, name: str, new: str) -> None:
        with suppress(FileError):
            self.store.rename(name, new)
            old, place = self.place(name), self.place(new)
            self.model = {
                place + k[len(old) :] if k == old or k.startswith(old + "/") else k: v
                for k, v in self.model.items()
            }

    @rule()
    def reload(self) -> None:
        self.store.reload()

    @invariant()
    def files_hold_what_was_written(self) -> None:
        for path, content in self.model.items():
            assert self.store.content(path) == content

    @invariant()
    def free_space_is_what_files_leave(self) -> None:
        volume = self.store.volume("flash:")
        files = [node for node in volume.root.below() if isinstance(node, File)]
        assert len(files) == len(self.model)
        assert volume.free == CAPACITY - sum(file.size for file in files) >= 0

    @invariant()
    def no_number_is_given_twice(self) -> None:
        numbers = [node.inode for node in self.store.volume("flash:").root.below()]
        assert len(numbers) == len(set(numbers))

    @invariant()
    def every_listing_ends_with_the_space(self) -> None:
        volume = self.store.volume("flash:")
        text = directory_text(self.store)
        assert text.endswith(f"\n\n{CAPACITY} bytes total ({volume.free} bytes free)\n")
        assert len(text.splitlines()) == 4 + max(len(volume.root.children), 1)


class ClassicFiles(Files):
    """The same on a flash of classic IOS."""

    layout = classic_layout(flash_bytes=CAPACITY)


TestFiles = Files.TestCase
TestClassicFiles = ClassicFiles.TestCase
for case in (TestFiles, TestClassicFiles):
    case.settings = settings(max_examples=40, stateful_step_count=25)


@given(st.text(max_size=40), st.binary(max_size=200))
def test_what_is_written_under_any_name_is_read_again(name: str, data: bytes) -> None:
    store = FileStore(xe_layout(flash_bytes=1_000))
    with suppress(FileError):
        store.write(f"flash:{name}", data, 0)
        assert store.read(f"bootflash:/{name}") == data


@given(st.lists(st.binary(max_size=700), max_size=6))
def test_pieces_make_the_whole(pieces: list[bytes]) -> None:
    store = FileStore(xe_layout(flash_bytes=10_000))
    upload = store.upload("flash:x")
    for piece in pieces:
        upload.feed(piece)
    upload.commit(0)
    assert store.read("flash:x") == b"".join(pieces)


@given(st.text("ab.*?", max_size=8), st.text("ab.", max_size=8))
def test_a_pattern_fits_as_its_definition_says(pattern: str, name: str) -> None:
    def fits(wanted: str, rest: str) -> bool:
        if not wanted:
            return not rest
        if wanted[0] == "*":
            return any(fits(wanted[1:], rest[n:]) for n in range(len(rest) + 1))
        return bool(rest) and wanted[0] in ("?", rest[0]) and fits(wanted[1:], rest[1:])

    assert matches(name, pattern, fold_case=False) is fits(pattern, name)


@pytest.mark.parametrize("prefix", ["flash:", "nvram:", "tmpsys:"])
def test_the_number_of_files_is_bounded(prefix: str) -> None:
    store = FileStore(xe_layout(flash_bytes=1_000))
    root = store.volume(prefix).root
    for count in range(MAX_FILES - len(root.children)):
        store.write(f"{prefix}{count}", b"", 0)
    with pytest.raises(FileError):
        store.write(f"{prefix}x", b"", 0)
    assert len(root.children) == MAX_FILES
