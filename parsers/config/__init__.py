"""IOS configuration: a tree of numbered lines, and typed views of it."""
