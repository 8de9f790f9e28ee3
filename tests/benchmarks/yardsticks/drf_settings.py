"""Settings of the idiomatic view's project: the same tables and tokens, Django's own defaults.

The middleware is what ``startproject`` writes, and a request opens its own connection, as it does
where nothing is said; ``DRF_CONN_MAX_AGE`` keeps connections for so many seconds.
"""

import os

import psycopg

from config import settings as ours

_parts = psycopg.conninfo.conninfo_to_dict(os.environ["DATABASE_URL"])

SECRET_KEY = "only-for-benchmarks-" * 3
ALLOWED_HOSTS = ["127.0.0.1"]
TIME_ZONE = ours.TIME_ZONE
USE_TZ = True
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _parts["dbname"],
        "USER": _parts.get("user", ""),
        "PASSWORD": _parts.get("password", ""),
        "HOST": _parts.get("host", ""),
        "PORT": _parts.get("port", ""),
        "CONN_MAX_AGE": int(os.environ.get("DRF_CONN_MAX_AGE", "0")),
    }
}
DEFAULT_AUTO_FIELD = ours.DEFAULT_AUTO_FIELD
INSTALLED_APPS = ours.INSTALLED_APPS
AUTH_USER_MODEL = ours.AUTH_USER_MODEL
COMMERCE_FIELDS = ours.COMMERCE_FIELDS
PROMOTION_SHARING = ours.PROMOTION_SHARING
CURRENCIES = ours.CURRENCIES
OAUTH2_PROVIDER_APPLICATION_MODEL = ours.OAUTH2_PROVIDER_APPLICATION_MODEL
OAUTH2_PROVIDER = ours.OAUTH2_PROVIDER
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "tests.benchmarks.yardsticks.drf_view"
REST_FRAMEWORK = {
    # A rate in which the throttle's list of moments stays short: it is copied at every request.
    "DEFAULT_THROTTLE_RATES": {"user": "100000/second"},
}
