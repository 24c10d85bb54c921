"""The journal: what procedures meant to do, did and saw, and who holds which group.

A database by URL: SQLite in a private file, or PostgreSQL. Nothing in it is changed later but the
locks; what a run is at follows from its events.
"""

from ..database import default_url
from .journal import Event, Journal, RunRecord
from .locks import Holder, Locks

__all__ = ["Event", "Holder", "Journal", "Locks", "RunRecord", "default_url"]
