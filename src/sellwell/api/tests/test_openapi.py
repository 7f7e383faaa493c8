"""The description is valid OpenAPI 3.1, in both languages, and says what the API does."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest
import schemathesis
from django.test import Client

from sellwell.api import docs, openapi, schemas
from sellwell.kernel.operations import REGISTRY
from sellwell.kernel.testing import BUILDERS
from sellwell.kernel.views import VIEWS
from sellwell.testing.builders import load

if TYPE_CHECKING:
    from sellwell.testing.world import World

load()
CHINESE = re.compile("[\u4e00-\u9fff]")


def nodes(value: Any) -> Any:
    """Every object inside a JSON value."""
    if isinstance(value, dict):
        yield value
        for item in value.values():
            yield from nodes(item)
    elif isinstance(value, list):
        for item in value:
            yield from nodes(item)


@pytest.mark.parametrize("code", ["zh", "en"])
def test_it_is_valid(code: str) -> None:
    found = openapi.build(code)
    assert found["openapi"] == "3.1.0"
    names = [o["operationId"] for path in found["paths"].values() for o in path.values()]
    assert len(names) == len(set(names))
    operations = list(schemathesis.openapi.from_dict(found).get_all_operations())
    assert len(operations) == len(names)
    for operation in operations:
        operation.ok()
    for path in found["paths"].values():
        for one in path.values():
            for parameter in one["parameters"]:
                jsonschema_rs.meta.validate(parameter["schema"])
            for content in [one.get("requestBody"), *one["responses"].values()]:
                if content is not None:
                    jsonschema_rs.meta.validate(content["content"]["application/json"]["schema"])
    for node in nodes(found):
        reference = node.get("$ref", "")
        if isinstance(reference, str) and reference:
            target: Any = found
            for step in reference.removeprefix("#/").split("/"):
                target = target[step]


def test_everything_offered_is_described() -> None:
    paths = openapi.build("en")["paths"]
    for operation in REGISTRY.values():
        described = paths.get(openapi.address(operation), {}).get("post")
        assert (described is not None) == ("api" in operation.channels), operation.name
    for view in VIEWS.values():
        assert paths[f"/api/v1/{view.url}"]["get"] and paths[f"/api/v1/{view.url}/{{row_id}}"]["get"]
    urls = [view.url for view in VIEWS.values()]
    assert len(urls) == len(set(urls))


def test_each_language_is_whole() -> None:
    english, chinese = openapi.build("en"), openapi.build("zh")
    for one, other in zip(english["paths"].values(), chinese["paths"].values(), strict=True):
        for method in one:
            assert not CHINESE.search(one[method]["summary"] + one[method].get("description", ""))
            assert CHINESE.search(other[method]["summary"]), other[method]["summary"]
    for node in nodes([p.get("post", {}).get("requestBody", {}) for p in english["paths"].values()]):
        for key in ("title", "description"):
            assert not CHINESE.search(str(node.get(key, ""))), node


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(n for n, o in REGISTRY.items() if "api" in o.channels))
def test_what_succeeds_fits_the_published_schema(name: str, world: World) -> None:
    """The builder's input, as JSON, is valid by the schema; so schema and door do not drift apart."""
    data = json.loads(json.dumps(dict(BUILDERS[name](world).data), default=str))
    validator = jsonschema_rs.validator_for(schemas.input_schema(REGISTRY[name]))
    assert not [f"{list(e.instance_path)}: {e.message}" for e in validator.iter_errors(data)]


def test_examples_fit_their_schemas() -> None:
    for name, operation in REGISTRY.items():
        schema = schemas.input_schema(operation)
        validator = jsonschema_rs.validator_for(schema)
        assert validator.is_valid(schemas.example(schema)), (name, schemas.example(schema))


@pytest.mark.django_db
@pytest.mark.parametrize("code, word", [("zh", "新建订单"), ("en", "New order")])
def test_the_page_shows_every_address_and_nothing_from_elsewhere(code: str, word: str) -> None:
    response = Client().get(f"/api/v1/docs?lang={code}")
    assert response.status_code == 200
    page = response.content.decode()
    assert word in page and page.count('class="endpoint"') == len(VIEWS) + len(openapi.offered())
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', page)
    assert "<script>" not in page and " style=" not in page
    assert all(room.reading or room.doing for room in docs.contents(code))
    if code == "en":
        assert set(CHINESE.findall(page)) <= set("中文")
    assert Client().post("/api/v1/docs").status_code == 405


@pytest.mark.django_db
def test_the_description_is_served_in_the_language_asked_for() -> None:
    english = Client().get("/api/v1/openapi.json?lang=en").json()
    chinese = Client().get("/api/v1/openapi.json", headers={"Accept-Language": "zh-CN"}).json()
    assert english["info"]["title"] == "Sellwell API" and chinese["info"]["title"] == "畅销接口"
