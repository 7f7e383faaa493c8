"""Settings of test runs: their own home and server, quick password hashes, static files from the source."""

from __future__ import annotations

import os

from sellwell.kernel.home import CHECKOUT

os.environ["SELLWELL_HOME"] = os.environ.get("SELLWELL_TEST_HOME") or str(CHECKOUT / "var" / "test")
for _name in (
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "DATABASE_REPLICA_URL",
    "SELLWELL_DB_ROLE",
    "SELLWELL_CLOCK_FILE",
    "SELLWELL_SMTP",
):
    os.environ.pop(_name, None)

os.environ.setdefault("SELLWELL_STATIC", "source")

from sellwell.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
SIMULATORS = True
