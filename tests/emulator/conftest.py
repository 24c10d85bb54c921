"""What all tests of the emulator need."""

from hypothesis.internal.conjecture import providers

# Hypothesis also tries constants that it finds in the modules loaded so far: the examples would
# depend on which tests a process has run before. It has no setting for that.
providers._get_local_constants = lambda: providers._local_constants
