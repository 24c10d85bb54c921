"""Somebody who has shown who he is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """A user, the privilege level that he starts with, and what his session is like.

    `denied` is what he is told instead of a session: he may log in, but not use a command line.
    `autocommand` is carried out at once; then the session is over unless it `stays`.
    """

    user: str
    privilege: int
    denied: str = ""
    autocommand: str = ""
    stays: bool = False
