"""The records that parsers return, one module for each command family.

Values are typed: addresses are `ipaddress` objects, lifetimes seconds, SPIs integers, and what
the device did not print is None.
"""
