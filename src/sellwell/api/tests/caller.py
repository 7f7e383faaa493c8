"""A program that calls the API with somebody's token, in-process."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.test import Client

from sellwell.kernel.models import ApiToken

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sellwell.testing.world import World


class Caller:
    """Sends requests as the holder of a token. After each one the test's own queries see the company again."""

    def __init__(self, world: World, role: str = "rep", scopes: Sequence[str] = (), **values: Any) -> None:
        self.world, self.client = world, Client()
        data = {"label": "脚本", "scopes": list(scopes), **values}
        self.token: ApiToken = world.run(role, "tokens.create", data=data).result
        self.secret: str = self.token.secret  # type: ignore[attr-defined]

    def send(
        self, method: str, path: str, body: Any = None, *, raw: bytes | None = None, **headers: str
    ) -> Any:
        """One request; headers by name with underscores: `If_Match="1"`."""
        sent = {"Authorization": f"Bearer {self.secret}", "Accept-Language": "en"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        content_type = sent.pop("Content-Type", "application/json")
        data = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
        try:
            return self.client.generic(method, f"/api/v1/{path}", data, content_type, headers=sent)
        finally:
            self.world.see()

    def get(self, path: str, **headers: str) -> Any:
        """Read an address."""
        return self.send("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        """Do something."""
        return self.send("POST", path, body, **headers)

    def rows(self, path: str) -> list[dict[str, Any]]:
        """The rows of a list that must answer."""
        response = self.get(path)
        assert response.status_code == 200, response.content.decode()
        found: list[dict[str, Any]] = response.json()["rows"]
        return found


def code_of(response: Any, status: int) -> str:
    """The error's code; every error has the one shape and the status that is expected."""
    assert response.status_code == status, (response.status_code, response.content.decode()[:500])
    assert response["Content-Type"] == "application/json"
    body = response.json()
    assert set(body) == {"error"}
    error = body["error"]
    assert {"code", "message", "objections", "request_id"} <= set(error)
    assert error["message"] and error["objections"][0]["code"] == error["code"]
    assert response["X-Request-Id"] == error["request_id"]
    code: str = error["code"]
    return code
