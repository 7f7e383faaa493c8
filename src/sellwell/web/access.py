"""Default rights of the web's own view: everybody sees the files that they uploaded."""

from __future__ import annotations

from sellwell.kernel.access import ROLES, grant
from sellwell.web.views import FILES

grant(FILES.name, **dict.fromkeys(ROLES, "own"))
