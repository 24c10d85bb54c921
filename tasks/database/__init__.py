"""The database behind the journal, snapshots and the history: one URL, SQLite or PostgreSQL.

A new database gets all tables at once; an older one is brought up to date where it is, in one
transaction.
"""

from .engine import default_url, file_of, open_engine, relaxed, translated
from .storable import storable

__all__ = ["default_url", "file_of", "open_engine", "relaxed", "storable", "translated"]
