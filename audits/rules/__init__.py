"""The rules, one module for each topic.

A rule is one place that holds its own manual: what it looks at, why it matters, how to mend it,
a good and a bad example.
"""
