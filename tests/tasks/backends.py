"""Connections to PostgreSQL that end."""

from collections.abc import Callable
from threading import Event
from typing import Any


def end_backends(execute: Callable[[str], Any], which: str) -> None:
    """End connections to PostgreSQL, and wait until none is left: they end some time later.

    `which` is a condition on `pg_stat_activity`; `execute` gives a cursor, without transactions.
    """
    those = f"FROM pg_stat_activity WHERE backend_type = 'client backend' AND {which}"
    execute(f"SELECT pg_terminate_backend(pid) {those}")
    while execute(f"SELECT count(*) {those}").fetchone()[0]:
        Event().wait(0.01)
