"""Every verb on the manual: editions, bases, readings, variations, measuring."""

from sellwell.steering.manual.operations import (
    bases,
    editions,
    measuring,
    readings,
    variations,
)

__all__ = ["bases", "editions", "measuring", "readings", "variations"]
