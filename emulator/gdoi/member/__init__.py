"""Group members: how they get keys, renew them, and what they do with traffic."""
