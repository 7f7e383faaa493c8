"""Connections for tests: the keys of a simulated vendor, and people linked with their accounts there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sellwell.foundation.company import connections
from sellwell.foundation.company.models import Connection, Person
from sellwell.kernel.testing import Case, builder

if TYPE_CHECKING:
    from sellwell.integrations.messaging.serving import Office
    from sellwell.testing.world import World

# Nobody listens there: a call fails at once.
NOWHERE = "http://127.0.0.1:9"


def connection_data(system: str = "wecom", base_url: str = NOWHERE, **more: Any) -> dict[str, Any]:
    """The input that connects a company."""
    found = {"system": system, "app_id": "corp-1", "agent_id": "1000002", "secret": "a-secret-of-tests"}
    return {**found, "base_url": base_url, "signs_in": True, **more}


def a_connection(world: World, system: str = "wecom", base_url: str = NOWHERE, **more: Any) -> Connection:
    """A connection in use."""
    data = connection_data(system, base_url, **more)
    made: Connection = world.run("administrator", "company.connect", data=data).result
    return made


def connected(world: World, system: str, office: Office, url: str, **more: Any) -> Connection:
    """The company connected to a simulated vendor."""
    keys = {"app_id": office.app_id, "agent_id": office.agent_id, "secret": office.secret}
    return a_connection(world, system, url, **keys, **more)


def link(world: World, role: str, system: str, account: str) -> Person:
    """A role's person linked with an account."""
    data = {"system": system, "account": account}
    made: Person = world.run("hr", "company.link_account", world.person(role), data).result
    assert made.external_id == connections.external_id(system, world.company.code, account)
    return made


@builder("company.propose_leavers")
def _propose_leavers(world: World) -> Case:
    return Case("hr", row=world.company, data={"people": [str(world.person("rep").pk)]})


@builder("company.connect")
def _connect(world: World) -> Case:
    return Case("administrator", data=connection_data())


@builder("company.confirm_connection")
def _confirm_connection(world: World) -> Case:
    a_connection(world)
    link(world, "rep", "wecom", "lin")
    return Case("hr", row=a_connection(world, app_id="corp-2"))


@builder("company.disconnect")
def _disconnect(world: World) -> Case:
    return Case("administrator", row=a_connection(world))


@builder("company.test_connection")
def _test_connection(world: World) -> Case:
    return Case("administrator", row=a_connection(world), data={"account": "zhangsan"})


@builder("company.link_account")
def _link_account(world: World) -> Case:
    a_connection(world)
    return Case("hr", row=world.person("rep"), data={"system": "wecom", "account": "zhangsan"})


@builder("company.pull_directory")
def _pull_directory(world: World) -> Case:
    return Case("administrator", row=a_connection(world))
