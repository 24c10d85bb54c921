"""Procedures: changes of a network step by step, each of which looks before and after it acts.

A procedure makes settings of what was collected, and steps of the settings alone, so that any
process with the journal can go on where another one ended.
"""
