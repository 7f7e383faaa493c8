"""The root of all tests: those beside the rooms and those under tests/."""

from sellwell.testing.fixtures import *
from sellwell.testing.proofs import *
from sellwell.testing.world import installed_world as installed_world
from sellwell.testing.world import shared_world as shared_world
from sellwell.testing.world import world as world
