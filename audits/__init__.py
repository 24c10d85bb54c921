"""Facts in, findings out: the rule engine, the rules and the output formats.

Every finding carries its evidence. A rule that lacks evidence says *not checked*, never
*passed*.
"""
