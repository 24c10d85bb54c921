import pytest

from getvpn.errors import InputError
from getvpn.yaml_text import MAX_DEPTH, read


def _data(text: str) -> object:
    return read(text, "a.yml").data()


def test_numbers_that_are_no_whole_ones_stay_as_they_were_written() -> None:
    assert _data("{a: 17.10, b: 17, c: 0x10, d: 010, e: 1_000, f: 10:20, g: 2026-01-01}") == {
        "a": "17.10",
        "b": 17,
        "c": "0x10",
        "d": "010",
        "e": "1_000",
        "f": "10:20",
        "g": "2026-01-01",
    }


def test_truth_nothing_and_text_are_told_apart() -> None:
    assert _data("[yes, off, ~, '', 'yes', a b]") == [True, False, None, "", "yes", "a b"]


def test_what_an_alias_stands_for_is_written_out() -> None:
    text = "base: &base {a: 1}\none: *base\ntwo: {<<: *base, b: 2}\n"

    assert _data(text) == {"base": {"a": 1}, "one": {"a": 1}, "two": {"b": 2, "a": 1}}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("a: 1\nb: 2\na: 3\n", "a.yml:3:1: a: stands there twice"),
        ("a: !!python/object:os.system x\n", "a.yml:1:4: a: names a type, which is not taken"),
        ("a: !secret x\n", "a.yml:1:4: a: names a type, which is not taken"),
        ("a: &a [*a]\n", "a.yml:1:4: a[0]: holds itself"),
        ("? [1, 2]\n: 3\n", "a.yml:1:3: a key should be text"),
        ("a: [1\n", "a.yml:2:1: not YAML: "),
        ("", "a.yml:1:1: the file is empty"),
    ],
)
def test_what_is_no_plain_data_is_refused_with_its_place(text: str, complaint: str) -> None:
    with pytest.raises(InputError) as refused:
        _data(text)

    assert str(refused.value).startswith(complaint)


def test_aliases_that_make_a_small_text_large_are_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]

    with pytest.raises(InputError, match="too many values"):
        _data("\n".join(lines))


def test_deep_nesting_is_refused() -> None:
    with pytest.raises(InputError, match="nested too deeply"):
        _data("[" * (MAX_DEPTH + 2) + "]" * (MAX_DEPTH + 2))


def test_a_text_over_the_limit_is_refused() -> None:
    with pytest.raises(InputError, match=r"a\.yml: the file is too large"):
        read("a: 1", "a.yml", limit=3)


def test_a_place_is_found_by_its_path_as_far_as_it_goes() -> None:
    root = read("a:\n  - b: 1\n  - c: 2\n", "a.yml")

    place, complete = root.locate(["a", 1, "c"])
    assert (place.path, place.lineno, complete) == ("a[1].c", 3, True)
    place, complete = root.locate(["a", "tag", 1, "missing"])
    assert (place.path, place.lineno, complete) == ("a[1]", 3, False)
    place, complete = root.locate(["a", 7])
    assert (place.path, complete) == ("a", False)
