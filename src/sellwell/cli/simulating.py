"""A vendor's simulator as a server of its own: to try messages, sign-in and directory without an account there."""

from __future__ import annotations

import signal
from threading import Event
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sellwell.cli.environment import BAD_INPUT, stop

if TYPE_CHECKING:
    from sellwell.integrations.messaging.serving import Office

NAMES = ("wecom", "dingtalk", "feishu")
PortOption = Annotated[int, typer.Option(help="Port to listen on, at 127.0.0.1.")]


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(vendor)


def vendor(
    name: Annotated[str, typer.Argument(help="wecom, dingtalk or feishu")], port: PortOption = 8100
) -> None:
    """Play a vendor on this machine until Ctrl-C; its page shows every message with what it says now."""
    if name not in NAMES:
        stop(BAD_INPUT, f"There is no vendor {name}: {', '.join(NAMES)}.")
    import django

    django.setup()
    from sellwell.integrations.messaging.serving import serve

    asked = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: asked.set())
    made = an_office(name)
    try:
        with serve(made, port) as url:
            print(f"{name} is at {url}/ - Ctrl-C stops it.", flush=True)
            print(
                f"app id {made.app_id}  agent id {made.agent_id}  secret {made.secret}  address {url}",
                flush=True,
            )
            print("The server and the worker that connect to it need SELLWELL_SIMULATORS=1.", flush=True)
            asked.wait()
    except OSError:
        stop(BAD_INPUT, f"127.0.0.1:{port} is in use. Choose another with --port.")


def an_office(name: str) -> Office:
    """The vendor with the demo company's people, under their user names."""
    from django.conf import settings

    from sellwell.integrations.dingtalk.server import DingTalkOffice
    from sellwell.integrations.feishu.server import FeishuOffice
    from sellwell.integrations.wecom.server import WeComOffice

    # Each with what puts a person right under the top there.
    offices: dict[str, tuple[Office, dict[str, Any]]] = {
        "wecom": (WeComOffice(), {"department": [1], "main_department": 1}),
        "dingtalk": (DingTalkOffice(), {"dept_id_list": [1]}),
        "feishu": (FeishuOffice(), {"department_ids": ["0"]}),
    }
    made, at_the_top = offices[name]
    made.people = [
        {made.account_name: user, "name": role.zh, **at_the_top} for user, role in settings.DEMO_SIGN_INS
    ]
    return made
