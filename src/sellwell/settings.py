"""How this installation runs. Everything that differs between installations comes from the environment.

SELLWELL_HOME        files, keys and the embedded database (default: var/home in the checkout)
DATABASE_URL         a real server, as the app role; without it the embedded one is used
DATABASE_OWNER_URL   the same database as the owner role, for migrations
DATABASE_REPLICA_URL the reader role, for exports and reports; may be a streaming replica
SELLWELL_DB_ROLE     app (default) or owner: which of them this process is
SELLWELL_HOSTS       host names that are served, separated by commas
SELLWELL_URL         where people reach this installation, for links in messages (default http://127.0.0.1:8000)
SELLWELL_SIMULATORS  1 lets a company connect to a vendor of messages that is played on this machine, to try things out
SELLWELL_SMTP        the mail server for messages, smtp://user:password@host:587?from=… ; without it mail is simulated
SELLWELL_HTTPS       1 when a proxy in front speaks HTTPS: secure cookies, HSTS
SELLWELL_ROOMS       only these rooms, by folder name: for development
SELLWELL_DEBUG       1 for Django's debug pages; never on by default
"""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sellwell.kernel import home as homes
from sellwell.kernel.postgres import APP, OWNER, READER, Address, database_address
from sellwell.kernel.values import T

SOURCE = Path(__file__).resolve().parent
BASE_DIR = homes.CHECKOUT
HOME = homes.current()

DEBUG = os.environ.get("SELLWELL_DEBUG") == "1"
HTTPS = os.environ.get("SELLWELL_HTTPS") == "1"
SECRET_KEY = os.environ.get("SELLWELL_SECRET_KEY") or HOME.secret("django.secret")
ALLOWED_HOSTS = [
    name for name in os.environ.get("SELLWELL_HOSTS", "localhost,127.0.0.1,[::1]").split(",") if name
]

# Lower rooms first: the order in which rooms may know each other (DESIGN section 2).
FOUNDATION = ("company", "profiles", "procedures", "catalog", "stock", "customers", "pricing")
SELLING = ("pipeline", "contracts", "orders", "delivery", "receivables")
CONTROL = ("voice",)
STEERING = ("plans", "improvement", "manual")
ROOMS = [
    *(f"sellwell.foundation.{name}" for name in FOUNDATION),
    *(f"sellwell.selling.{name}" for name in SELLING),
    *(f"sellwell.control.{name}" for name in CONTROL),
    *(f"sellwell.steering.{name}" for name in STEERING),
]
ROOMS = [
    name
    for name in ROOMS
    if (SOURCE / name.removeprefix("sellwell.").replace(".", "/") / "__init__.py").is_file()
]

if (
    "SELLWELL_ROOMS" in os.environ
):  # while a room is being rebuilt, its neighbours can be worked on without it
    ROOMS = [name for name in ROOMS if name.rpartition(".")[2] in os.environ["SELLWELL_ROOMS"].split(",")]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "sellwell.kernel",
    "sellwell.web",
    "sellwell.api",
    *ROOMS,
]
AUTH_USER_MODEL = "kernel.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
if find_spec("sellwell.web.middleware"):
    MIDDLEWARE.append("sellwell.web.middleware.Frame")

ROOT_URLCONF = "sellwell.urls"
WSGI_APPLICATION = "sellwell.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["sellwell.web.templatetags.sellwell"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]


def _address(variable: str, role: str) -> Address:
    url = os.environ.get(variable)
    return Address.from_url(url) if url else database_address(HOME, role)


def _database(address: Address) -> dict[str, Any]:
    """One entry of DATABASES. Connections stay open and are checked before reuse."""
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": address.database,
        "USER": address.role,
        "PASSWORD": address.password,
        "HOST": address.host,
        "PORT": str(address.port),
        # Parameters travel apart from the statement, so that a repeated one is planned once per connection.
        "OPTIONS": {"server_side_binding": True, "prepare_threshold": 4, **address.options},
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": False,
    }


EMBEDDED = "DATABASE_URL" not in os.environ
ADDRESSES = {
    "app": _address("DATABASE_URL", APP),
    "owner": _address("DATABASE_OWNER_URL", OWNER),
    "reader": _address("DATABASE_REPLICA_URL", READER),
}
DATABASES = {
    "default": _database(ADDRESSES[os.environ.get("SELLWELL_DB_ROLE", "app")]),
    "reader": _database(ADDRESSES["reader"]),
}

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

# Assets: `sellwell.assets` copies what npm brought to ASSETS/vendor and collects everything, hashed, in STATIC_ROOT.
ASSETS = BASE_DIR / "var" / "assets"
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "var" / "static"
STATICFILES_DIRS = [ASSETS] if ASSETS.is_dir() else []
STATIC_BUILT = (STATIC_ROOT / "staticfiles.json").is_file()
STATIC_HASHED = os.environ.get("SELLWELL_STATIC", "hashed" if STATIC_BUILT else "source") == "hashed"
WHITENOISE_USE_FINDERS = not STATIC_HASHED
WHITENOISE_AUTOREFRESH = DEBUG or not STATIC_HASHED
_PLAIN = "django.contrib.staticfiles.storage.StaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "sellwell.kernel.static.HashedStorage" if STATIC_HASHED else _PLAIN},
}

SITE_URL = os.environ.get("SELLWELL_URL", "http://127.0.0.1:8000").rstrip("/")
SMTP = os.environ.get("SELLWELL_SMTP", "")
SIMULATORS = os.environ.get("SELLWELL_SIMULATORS") == "1"  # vendors of messages may be played on this machine
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
CSRF_FAILURE_VIEW = "sellwell.web.errors.csrf_failure"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
SESSION_COOKIE_NAME = "sellwell_session"
SESSION_COOKIE_AGE = 12 * 3600  # one working day
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 365 * 86400 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000  # an order of a thousand lines
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_FILES = HOME.root / "files"
MEDIA_ROOT = DATA_FILES

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": "sellwell.kernel.logs.WithoutTexts",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": os.environ.get("SELLWELL_LOG_LEVEL", "WARNING")},
}

# `bin/demo` serves with SELLWELL_DEMO=1: the sign-in page then names the demo company's accounts and their password.
DEMO = os.environ.get("SELLWELL_DEMO") == "1"
DEMO_PASSWORD = "demo-2026"  # noqa: S105 - printed for everybody, of a company that does not exist
DEMO_SIGN_INS = [
    ("rep", T("销售代表", "Sales representative")),
    ("regional_manager", T("区域经理", "Regional manager")),
    ("finance", T("财务", "Finance")),
    ("warehouse", T("仓储物流", "Warehouse")),
    ("administrator", T("系统管理员", "Administrator")),
]
