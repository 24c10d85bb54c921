"""The formats in which findings are written, one module for each.

A format turns findings into text; it decides nothing about them.
"""
