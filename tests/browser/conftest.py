"""A served copy of the simulated company, one browser, and people who sign in to it.

Pictures go to var/screenshots, which git ignores: `<name>-desktop.png`, `<name>-phone.png`, `failed-<test>.png`.
SELLWELL_BROWSER_URL names a server that runs already: then nothing is built or started.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from sellwell.kernel import home as homes
from sellwell.simulation.demo import PASSWORD
from sellwell.testing import databases

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

PICTURES = homes.CHECKOUT / "var" / "screenshots"
CHROMIUM = os.environ.get("SELLWELL_CHROMIUM", "/usr/bin/chromium")
QUIET = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw0")  # test processes side by side have a server each
DESKTOP, PHONE = (1440, 900), (390, 844)
SHANGHAI = timezone(timedelta(hours=8))
WAIT = (
    int(os.environ.get("SELLWELL_BROWSER_WAIT", "20")) * 1000
)  # milliseconds that a page may take on a busy machine


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    report = yield
    setattr(item, f"report_{report.when}", report)
    return report


# --- the server ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Site:
    """Where the company is served, and its today."""

    url: str
    today: date


@pytest.fixture(scope="package")
def site() -> Iterator[Site]:
    """The company, served by a web process and a worker on a copy of their own."""
    if running := os.environ.get("SELLWELL_BROWSER_URL"):
        yield Site(running.rstrip("/"), datetime.now(SHANGHAI).date())
        return
    with ExitStack() as stack:
        stack.enter_context(databases.test_server().in_use())
        name = stack.enter_context(a_copy())
        today = date.fromisoformat(databases.COMPANY[-1]) + timedelta(days=1)
        environment = surroundings(name, today)
        port = a_free_port()
        environment["SELLWELL_URL"] = f"http://127.0.0.1:{port}"
        web = [
            sys.executable,
            "-m",
            "granian",
            "--interface",
            "wsgi",
            "sellwell.wsgi:application",
            "--host",
            "127.0.0.1",
        ]
        web += [
            "--port",
            str(port),
            "--workers",
            "1",
            "--blocking-threads",
            "4",
            "--no-ws",
            "--log-level",
            "warning",
        ]
        logs = stack.enter_context((homes.current().root / f"browser.{WORKER}.log").open("w"))
        stack.enter_context(running_process(web, environment, logs))
        stack.enter_context(running_process([sys.executable, "-m", "sellwell", "worker"], environment, logs))
        url = f"http://127.0.0.1:{port}"
        wait_for(url)
        yield Site(url, today)


@contextmanager
def a_copy() -> Iterator[str]:
    """A copy of the company under a name that other tests of this process do not use."""
    name = f"test_browser_{os.getpid()}"
    databases.renew(name, "company")
    try:
        yield name
    finally:
        with databases._owner() as connection:
            databases._drop(connection, name)


def surroundings(database: str, today: date) -> dict[str, str]:
    """The environment of the server: the copy, scripts and styles as they stand, the clock on the company's day."""
    clock = homes.current().root / f"browser.{WORKER}.clock"
    noon = datetime(today.year, today.month, today.day, 10, 30, tzinfo=SHANGHAI)
    clock.write_text(str((noon - datetime.now(UTC)).total_seconds()))
    return {
        **databases._environment(database),
        "SELLWELL_CLOCK_FILE": str(clock),
        "SELLWELL_STATIC": "source",
        "SELLWELL_SIMULATORS": "1",
    }


@contextmanager
def running_process(command: list[str], environment: dict[str, str], log: Any) -> Iterator[None]:
    process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()


def a_free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def wait_for(url: str, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            urllib.request.urlopen(f"{url}/sign-in/", timeout=20).read()
            return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError(f"nothing answers at {url}")


# --- the browser and its people --------------------------------------------------------------------------------------------


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET.split())
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def signed_in() -> dict[str, Any]:
    """Cookies of people who have signed in once."""
    return {}


@dataclass
class House:
    """The served company seen through one browser; gives each person a window of their own."""

    site: Site
    browser: Browser
    cookies: dict[str, Any]
    windows: list[BrowserContext] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def today(self) -> date:
        return self.site.today

    def window(self, *, phone: bool = False, language: str = "zh", state: Any = None) -> Page:
        """A fresh window of nobody's; everything that its console reports as an error is kept."""
        width, height = PHONE if phone else DESKTOP
        context = self.browser.new_context(
            base_url=self.site.url, viewport={"width": width, "height": height}, storage_state=state,
            locale="en-GB" if language == "en" else "zh-CN", timezone_id="Asia/Shanghai", reduced_motion="reduce",
            has_touch=phone, permissions=["clipboard-read", "clipboard-write"],
        )  # fmt: skip
        context.set_default_timeout(WAIT)
        context.add_cookies([{"name": "sw_language", "value": language, "url": self.site.url}])
        self.windows.append(context)
        page = context.new_page()
        page.on(
            "console",
            lambda said: self.errors.append(f"{page.url}: {said.text}") if said.type == "error" else None,
        )
        page.on("pageerror", lambda error: self.errors.append(f"{page.url}: {error}"))
        return page

    def as_role(self, role: str, *, phone: bool = False, language: str = "zh") -> Page:
        """A window of the person of a role, signed in, on the workbench."""
        if role not in self.cookies:
            page = self.window()
            page.goto("/sign-in/")
            page.fill("input[name=username]", role)
            page.fill("input[name=password]", PASSWORD)
            page.keyboard.press("Enter")
            page.wait_for_selector("#rail")
            self.cookies[role] = page.context.storage_state()
            page.context.close()
            self.windows.remove(page.context)
        page = self.window(phone=phone, language=language, state=self.cookies[role])
        page.goto("/")
        return page

    def close(self) -> None:
        for context in self.windows:
            context.close()


@pytest.fixture
def house(
    site: Site, chromium: Browser, signed_in: dict[str, Any], request: pytest.FixtureRequest
) -> Iterator[House]:
    """The company for one test; windows are closed at its end, and pictured when it failed."""
    one = House(site, chromium, signed_in)
    yield one
    report = getattr(request.node, "report_call", None)
    if report is not None and report.failed:
        for number, context in enumerate(one.windows):
            for page in context.pages:
                name = re.sub(r"\W+", "-", request.node.name)
                print(f"window {number}: {page.url}")
                picture(page, f"failed-{name}-{number}")
        print(*one.errors[:20], sep="\n")
    one.close()


def picture(page: Page, name: str, *, full: bool = False) -> Path:
    """Keep what a window shows."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    width = (page.viewport_size or {"width": 0})["width"]
    path = PICTURES / f"{name}-{'phone' if width <= PHONE[0] else 'desktop'}.png"
    page.screenshot(path=path, full_page=full)
    return path


def fits(page: Page) -> None:
    """Nothing is wider than the window."""
    assert page.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0, page.url
