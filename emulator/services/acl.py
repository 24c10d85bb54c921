"""Access lists as the router itself applies them: which address one permits."""

from ..config.store import Block
from .access_lists import permits_source


def standard_acl_permits(root: Block, name: str, source: str) -> bool:
    """Whether the list `name` permits a source address; a list without entries permits."""
    return permits_source(root, name, source)
