"""What drives devices: collecting, rendering, comparing, deploying, and the procedures.

Tasks are pure functions of host data and inputs; their results can be pickled and they print
nothing.
"""
