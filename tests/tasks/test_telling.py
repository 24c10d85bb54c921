"""Where runbooks write what they tell."""

import io

import pytest

from getvpn.tasks.telling import say_to


def test_what_stdout_has_no_letter_for_is_escaped(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(written, encoding="ascii"))
    say_to(None)("Zürich: done", "…")
    assert written.getvalue() == b"Z\\xfcrich: done\n\\u2026\n"


def test_lines_go_where_the_caller_wants_them() -> None:
    told: list[str] = []
    say_to(told.append)("Zürich", "done")
    assert told == ["Zürich\ndone\n"]
