"""Settings, all of them, from the environment. The table of variables is in the README."""

import os
from pathlib import Path
from typing import Any

from csp.constants import NONCE, NONE, SELF
from django.templatetags.static import static
from django.urls import reverse_lazy

from config.env import Environment, make_directory, secret_key

env = Environment(os.environ)
BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.text("DATA_DIR", str(BASE_DIR / "var")))
"""What the service writes beside the database: SQLite's file, the made secret key, static files."""
make_directory("DATA_DIR", DATA_DIR)

DEBUG = env.flag("DEBUG")
SECRET_KEY = secret_key(env.text("SECRET_KEY"), DATA_DIR / "secret_key")
ALLOWED_HOSTS = env.hosts("ALLOWED_HOSTS", ("localhost", "127.0.0.1", "[::1]"))
CSRF_TRUSTED_ORIGINS = env.origins("CSRF_TRUSTED_ORIGINS")

# --- The organisation ---------------------------------------------------------------------------

TIME_ZONE = env.zone("TIME_ZONE", "UTC")
"""Enrollment windows are calendar days in this zone; the admin shows its clocks."""
USE_TZ = True
LANGUAGE_CODE = "en"
USE_I18N = False
# How people may type dates: never month first, which elsewhere means another day.
DATE_INPUT_FORMATS = ["%Y-%m-%d", "%d.%m.%Y", "%d %b %Y", "%d %B %Y"]
TIME_INPUT_FORMATS = ["%H:%M", "%H:%M:%S", "%H:%M:%S.%f"]
CURRENCIES = env.currencies("CURRENCIES")
"""ISO 4217 codes; with none, the organisation has one currency and promotions name none."""

COMMERCE_FIELDS = env.flag("COMMERCE_FIELDS", default=True)
"""Whether promotions have the fields about carts: how they qualify, discount and combine."""
PROMOTION_SHARING = env.choice("PROMOTION_SHARING", "read_write", ("private", "read", "read_write"))
"""What everybody may do with a promotion that nobody shared with them."""
RECYCLE_BIN_DAYS = env.number("RECYCLE_BIN_DAYS", 15, least=1, most=3650)
"""For how long a deleted promotion can be restored before ``purge_promotions`` removes it."""
REFUSED_CALLS_DAYS = env.number("REFUSED_CALLS_DAYS", 30, least=1, most=3650)
"""For how long calls that were to enroll somebody and were refused are kept, for support."""

# --- Database -----------------------------------------------------------------------------------

DATABASES: dict[str, dict[str, Any]] = {
    "default": env.database("DATABASE_URL", default=DATA_DIR / "db.sqlite3")
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Applications -------------------------------------------------------------------------------

INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    # The admin is loaded with the paths: commands that need none do without it, and its memory.
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "oauth2_provider",
    "axes",
    "promotions",
    "enrollments",
]

MIDDLEWARE = [
    "config.middleware.request_id",
    "config.middleware.client_address",
    "django.middleware.security.SecurityMiddleware",
    "config.middleware.api_path",
    # From here on for pages, which people's browsers ask for.
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.middleware.admin_content_policy",
    "config.middleware.health_checks",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- People -------------------------------------------------------------------------------------

AUTH_USER_MODEL = "promotions.User"
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
AXES_VERBOSE = False
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 1  # hours
# By address alone locks a whole office out; by name alone lets anyone lock anyone.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "locked.html"
AXES_IPWARE_META_PRECEDENCE_ORDER = ["REMOTE_ADDR"]

# --- Partners: OAuth 2.0 ------------------------------------------------------------------------

OAUTH2_PROVIDER_APPLICATION_MODEL = "promotions.Partner"
OAUTH2_PROVIDER = {
    "SCOPES": {
        "enrollments:read": "Read enrollments and their history",
        "enrollments:write": "Enroll and withdraw customers, change their periods",
        "promotions:read": "Read promotions, all that belongs to them, and offers",
        "promotions:write": "Change promotions, what belongs to them, and offers",
        "promotions:all": "Work on every promotion, not only on own and shared ones",
        "customers:read": "Read accounts and contacts",
        "customers:write": "Create, change and delete accounts and contacts",
    },
    "SCOPES_BACKEND_CLASS": "promotions.oauth.scopes.PartnerScopes",
    "OAUTH2_SERVER_CLASS": "promotions.oauth.grants.PartnerServer",
    "OAUTH2_VALIDATOR_CLASS": "promotions.oauth.validator.PartnerValidator",
    "ACCESS_TOKEN_GENERATOR": "promotions.oauth.scopes.generate_access_token",
    "ACCESS_TOKEN_EXPIRE_SECONDS": env.number("TOKEN_LIFETIME", 7200, least=60, most=86400 * 30),
    # From the last use on. It is not exchanged when it is used: see promotions/oauth/grants.py.
    "REFRESH_TOKEN_EXPIRE_SECONDS": env.number(
        "REFRESH_TOKEN_LIFETIME", 86400 * 90, least=3600, most=86400 * 3650
    ),
    "ROTATE_REFRESH_TOKEN": False,
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "OAUTH2_GRANT_TYPES_SUPPORTED": ["client_credentials", "refresh_token"],
    "OAUTH2_RESPONSE_TYPES_SUPPORTED": [],
    # Tokens are stored as hashes; the grants that the security best current practice (RFC 9700)
    # advises against are off.
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
    "COMPLIANT_BCP_RFC9700_REFRESH_TOKEN": True,
    "COMPLIANT_BCP_RFC9700_REDIRECT_URI_SCHEME": True,
    "COMPLIANT_BCP_RFC9700_REDIRECT_URI_MATCHING": True,
    "COMPLIANT_BCP_RFC9700_PKCE_REQUIRED": True,
}

# --- HTTP API -----------------------------------------------------------------------------------

DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
"""The largest request body: the enrollment contract's 5 MB."""
UPLOAD_LIMIT_MB = env.number("UPLOAD_LIMIT_MB", 1024, least=1, most=1024 * 1024)
"""The largest file of customers to be enrolled, as it is sent; it goes to disk, not to memory."""
BULK_UPLOAD_LIMIT_MB = env.number("BULK_UPLOAD_LIMIT_MB", 150, least=1, most=1024 * 1024)
"""The largest table of a bulk job, unpacked: what existing clients expect to be taken."""

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["promotions.http.authentication.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["promotions.http.authentication.HasScope"],
    "DEFAULT_PARSER_CLASSES": ["promotions.http.json.JSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["promotions.http.json.JSONRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "promotions.http.json.LenientNegotiation",
    "DEFAULT_FILTER_BACKENDS": ["promotions.api.filters.StrictFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "promotions.api.pagination.KeysetPagination",
    "DEFAULT_THROTTLE_CLASSES": ["promotions.http.throttling.PartnerThrottle"],
    "DEFAULT_THROTTLE_RATES": {
        "partner": env.rate("API_RATE_LIMIT"),
        "token": env.rate("TOKEN_RATE_LIMIT", "300/minute"),
    },
    "DEFAULT_SCHEMA_CLASS": "promotions.api.schema.Schema",
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "promotions.http.errors.problem_response",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
}

SPECTACULAR_SETTINGS = {
    "TITLE": "Promotion enrollment",
    "DESCRIPTION": "Promotions, the customers enrolled in them, and what applies to whom.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": "/(api/v1|services)/",
    "ENUM_NAME_OVERRIDES": {
        "CriteriaEnum": "promotions.models.Promotion.Criteria",
        "CouponStatusEnum": "promotions.models.picklists.CouponStatus",
        "LimitTypeEnum": "promotions.models.picklists.LimitType",
        "LineItemRuleTypeEnum": "promotions.models.picklists.LineItemRuleType",
        "OperatorEnum": "promotions.models.picklists.TargetOperator",
        "PromotionStatusEnum": "promotions.rules.PromotionStatus",
    },
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "promotions.api.schema.add_common_responses",
    ],
}

# --- Static files and the admin's look ----------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

UNFOLD = {
    "SITE_TITLE": "Promotions",
    "SITE_HEADER": "Promotions",
    "SITE_SYMBOL": "sell",
    "SITE_FAVICONS": [
        {
            "rel": "icon",
            "type": "image/svg+xml",
            "href": lambda request: static("promotions/favicon.svg"),
        }
    ],
    "DASHBOARD_CALLBACK": "enrollments.admin.home.home",
    "STYLES": [lambda request: static("promotions/admin.css")],
    "SCRIPTS": [
        lambda request: static("promotions/names.js"),
        lambda request: static("promotions/keyboard.js"),
    ],
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "SIDEBAR": {
        "show_search": False,
        "show_all_applications": False,
        "navigation": [
            {
                "title": "Promotions",
                "items": [
                    {
                        "title": "Promotions",
                        "icon": "sell",
                        "link": reverse_lazy("admin:promotions_promotion_changelist"),
                        "active": "promotions.admin.site.in_promotions",
                        "permission": "promotions.admin.site.may_view_promotions",
                    },
                    {
                        "title": "Calendar",
                        "icon": "calendar_month",
                        "link": reverse_lazy("admin:promotions_promotion_calendar"),
                        "permission": "promotions.admin.site.may_view_promotions",
                    },
                    {
                        "title": "Offers",
                        "icon": "redeem",
                        "link": reverse_lazy("admin:enrollments_offer_changelist"),
                        "permission": "promotions.admin.site.may_view_promotions",
                    },
                    {
                        "title": "Coupons",
                        "icon": "confirmation_number",
                        "link": reverse_lazy("admin:promotions_coupon_changelist"),
                        "permission": "promotions.admin.site.may_view_promotions",
                    },
                    {
                        "title": "Redemptions",
                        "icon": "receipt_long",
                        "link": reverse_lazy("admin:promotions_couponcoderedemption_changelist"),
                        "permission": "promotions.admin.site.may_view_promotions",
                    },
                    {
                        "title": "Recycle bin",
                        "icon": "delete",
                        "link": reverse_lazy("admin:recycle_bin"),
                        "permission": "promotions.admin.site.may_view_promotions",
                    },
                    {
                        "title": "Sharing rules",
                        "icon": "share",
                        "link": reverse_lazy("admin:promotions_sharingrule_changelist"),
                        "permission": "promotions.admin.site.may_manage_promotions",
                    },
                ],
            },
            {
                "title": "What promotions consist of",
                "collapsible": True,
                "items": [
                    {
                        "title": "Tiers",
                        "icon": "stairs",
                        "link": reverse_lazy("admin:promotions_promotiontier_changelist"),
                        "permission": "promotions.admin.site.may_view_promotions",
                    },
                    {
                        "title": "Qualifiers",
                        "icon": "checklist",
                        "link": reverse_lazy("admin:promotions_promotionqualifier_changelist"),
                        "permission": "promotions.admin.site.may_view_promotions",
                    },
                    {
                        "title": "Targets",
                        "icon": "target",
                        "link": reverse_lazy("admin:promotions_promotiontarget_changelist"),
                        "permission": "promotions.admin.site.may_view_promotions",
                    },
                    {
                        "title": "Line item rules",
                        "icon": "rule",
                        "link": reverse_lazy("admin:promotions_promotionlineitemrule_changelist"),
                        "permission": "promotions.admin.site.may_view_promotions",
                    },
                    {
                        "title": "Limits",
                        "icon": "speed",
                        "link": reverse_lazy("admin:promotions_promotionlimit_changelist"),
                        "permission": "promotions.admin.site.may_view_promotions",
                    },
                    {
                        "title": "Limit usages",
                        "icon": "data_usage",
                        "link": reverse_lazy("admin:promotions_promotionlimitusage_changelist"),
                        "permission": "promotions.admin.site.may_view_promotions",
                    },
                ],
            },
            {
                "title": "Segments",
                "collapsible": True,
                "items": [
                    {
                        "title": "Segments",
                        "icon": "groups",
                        "link": reverse_lazy("admin:promotions_promotionsegment_changelist"),
                        "permission": "promotions.admin.site.may_view_promotions",
                    },
                    {
                        "title": "Promotions for segments",
                        "icon": "campaign",
                        "link": reverse_lazy("admin:promotions_promotionmarketsegment_changelist"),
                        "permission": "promotions.admin.site.may_view_promotions",
                    },
                    {
                        "title": "Buyer groups of segments",
                        "icon": "group_work",
                        "link": reverse_lazy(
                            "admin:promotions_promotionsegmentbuyergroup_changelist"
                        ),
                        "permission": "promotions.admin.site.may_view_promotions",
                    },
                    {
                        "title": "Stores of segments",
                        "icon": "storefront",
                        "link": reverse_lazy(
                            "admin:promotions_promotionsegmentsalesstore_changelist"
                        ),
                        "permission": "promotions.admin.site.may_view_promotions",
                    },
                ],
            },
            {
                "title": "Catalogue",
                "collapsible": True,
                "items": [
                    {
                        "title": "Products",
                        "icon": "inventory_2",
                        "link": reverse_lazy("admin:promotions_product_changelist"),
                        "permission": "promotions.admin.site.may_view_promotions",
                    },
                    {
                        "title": "Categories",
                        "icon": "category",
                        "link": reverse_lazy("admin:promotions_productcategory_changelist"),
                        "permission": "promotions.admin.site.may_view_promotions",
                    },
                    {
                        "title": "Buyer groups",
                        "icon": "diversity_3",
                        "link": reverse_lazy("admin:promotions_buyergroup_changelist"),
                        "permission": "promotions.admin.site.may_view_promotions",
                    },
                    {
                        "title": "Stores",
                        "icon": "store",
                        "link": reverse_lazy("admin:promotions_webstore_changelist"),
                        "permission": "promotions.admin.site.may_view_promotions",
                    },
                ],
            },
            {
                "title": "Customers",
                "items": [
                    {
                        "title": "Find a customer",
                        "icon": "person_search",
                        "link": reverse_lazy("admin:customers"),
                        "permission": "promotions.admin.site.may_view_enrollments",
                    },
                    {
                        "title": "Enrollments",
                        "icon": "how_to_reg",
                        "link": reverse_lazy("admin:enrollments_promotionpartyusage_changelist"),
                        "active": "promotions.admin.site.in_enrollments",
                        "permission": "promotions.admin.site.may_view_enrollments",
                    },
                    {
                        "title": "Audiences",
                        "icon": "group_add",
                        "link": reverse_lazy("admin:enrollments_enrollmentjob_changelist"),
                        "permission": "promotions.admin.site.may_view_enrollments",
                    },
                    {
                        "title": "Refused calls",
                        "icon": "block",
                        "link": reverse_lazy("admin:enrollments_refusedcall_changelist"),
                        "permission": "promotions.admin.site.may_view_enrollments",
                    },
                    {
                        "title": "Would it be accepted?",
                        "icon": "help",
                        "link": reverse_lazy("admin:why"),
                        "permission": "promotions.admin.site.may_view_enrollments",
                    },
                    {
                        "title": "Contacts",
                        "icon": "person",
                        "link": reverse_lazy("admin:enrollments_contact_changelist"),
                        "permission": "promotions.admin.site.may_view_enrollments",
                    },
                    {
                        "title": "Accounts",
                        "icon": "apartment",
                        "link": reverse_lazy("admin:enrollments_account_changelist"),
                        "permission": "promotions.admin.site.may_view_enrollments",
                    },
                ],
            },
            {
                "title": "Administration",
                "separator": True,
                "items": [
                    {
                        "title": "Users",
                        "icon": "badge",
                        "link": reverse_lazy("admin:promotions_user_changelist"),
                        "permission": "promotions.admin.site.may_administer",
                    },
                    {
                        "title": "Roles",
                        "icon": "group",
                        "link": reverse_lazy("admin:auth_group_changelist"),
                        "permission": "promotions.admin.site.may_administer",
                    },
                    {
                        "title": "Partner systems",
                        "icon": "hub",
                        "link": reverse_lazy("admin:promotions_partner_changelist"),
                        "permission": "promotions.admin.site.may_administer",
                    },
                ],
            },
        ],
    },
}

# --- Transport ----------------------------------------------------------------------------------

HTTPS = env.flag("HTTPS")
"""Whether people and partners reach the service by HTTPS, through a proxy that sets
``X-Forwarded-Proto``."""
TRUSTED_PROXIES = env.number("TRUSTED_PROXIES", 0, least=0, most=10)
"""How many proxies stand before the service, each adding to ``X-Forwarded-For`` who came to it."""
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz/?$", r"^readyz/?$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = env.number("HSTS_SECONDS", 2592000, least=0, most=63072000) if HTTPS else 0
SILENCED_SYSTEM_CHECKS = [
    # Other names below the domain, and lists in browsers, are not this service's to decide on.
    "security.W005",
    "security.W021",
    # Columns that an index only carries along spare PostgreSQL the table; SQLite reads the table.
    "models.W040",
]
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
ADMIN_CONTENT_SECURITY_POLICY = {
    # What the admin's theme needs: Alpine evaluates its attributes, components set styles.
    "script-src": [SELF, "'unsafe-eval'"],
    "style-src": [SELF, "'unsafe-inline'"],
}

# --- Logs ---------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "config.logs.JSONFormatter"}},
    "filters": {"as_warning": {"()": "config.logs.AsWarning"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {
        "handlers": ["console"],
        "level": env.choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR")),
    },
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
        # A refused request is an answer, not an incident; its line is in the access log.
        "django.request": {"level": "ERROR"},
        # Scanners ask for any host: a traceback for each of their requests would bury the rest.
        "django.security.DisallowedHost": {"filters": ["as_warning"]},
    },
}
