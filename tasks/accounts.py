"""Who runs this process: its account, which no variable of the environment changes."""

from __future__ import annotations

import os

from ..errors import UsageError


def account() -> str:
    """The name of the account of this process. Raises UsageError when it has none."""
    try:
        if not hasattr(os, "getuid"):
            return os.getlogin()  # what Windows says, not its environment
        return _by_uid(os.getuid())
    except (KeyError, OSError):
        number = f"user id {os.getuid()}" if hasattr(os, "getuid") else "user of this process"
        raise UsageError(
            f"the {number} has no account on this system, so nobody can say who you are",
            hint="log in with an account of your own",
        ) from None


def operator() -> str:
    """Who to write down as the one who runs something: the account, or `uid N` without one."""
    try:
        return account()
    except UsageError:
        return f"uid {os.getuid()}" if hasattr(os, "getuid") else "somebody"


def _by_uid(number: int) -> str:
    import pwd  # is not everywhere

    return pwd.getpwuid(number).pw_name
