"""How devices are reached: lines, sessions, host keys, credentials."""
