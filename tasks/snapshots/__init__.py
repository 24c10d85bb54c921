"""Snapshots: what devices said at a time, kept, compared by meaning, and judged."""
