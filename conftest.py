"""The root of all tests: those beside the rooms and those under tests/."""

from sellwell.testing.fixtures import *
from sellwell.testing.proofs import *
from sellwell.testing.world import world as world
