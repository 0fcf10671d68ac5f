"""Settings, in reading order. The environment is read here alone, through `truce.env`."""

import logging
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from truce import env, logs

BASE_DIR = Path(__file__).resolve().parent.parent

# --- Where it runs

BASE_URL = env.text("BASE_URL", "http://127.0.0.1:8000")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", f"{urlsplit(BASE_URL).hostname},localhost,127.0.0.1,[::1]")
SECRET_KEY = env.text("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS", "")  # earlier ones, which still read what they wrote
DEBUG = env.flag("DEBUG", False)
IS_HTTPS = urlsplit(BASE_URL).scheme == "https"
# Pages and JSON are read as ever, and every write is answered 503. For a copy on a replica, a move, an inquiry into the record.
READ_ONLY = env.flag("READ_ONLY", False)

# --- What it keeps: the web's role owns nothing and cannot rewrite the record; the owner's role migrates

DATABASES = {
    "default": env.database("DATABASE", conn_max_age=60, conn_health_checks=True),
    "owner": env.database("DATABASE_OWNER", instead="DATABASE"),
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Files that people sent: evidence, imports, exports. Every process needs the same folder; `manage.py backup` takes it along.
FILES_ROOT = Path(env.text("FILES_ROOT", str(BASE_DIR / ".truce" / "files")))
MEDIA_ROOT = FILES_ROOT
EVIDENCE_LIMIT = env.whole("EVIDENCE_LIMIT_MB", 50) * 1024 * 1024  # bytes of one file of evidence

# Nothing here may wait on Redis: a request touches PostgreSQL alone. What all processes must know of sign-ins, how often a code was
# tried and which one was used, is in a table of its own.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "truce_cache", "OPTIONS": {"MAX_ENTRIES": 100_000}}}

# --- Parts

INSTALLED_APPS = [
    "incidents",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "axes",
    "csp",
    "django_htmx",
    "django_filters",
    "lucide",
    "rest_framework",
    "drf_spectacular",
]

MIDDLEWARE = [
    "incidents.api.health.Probes",
    "truce.logs.RequestLog",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "incidents.api.compression.Compressed",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "incidents.views.middleware.NotKept",
    "incidents.views.middleware.ReadOnly",
    "django.middleware.common.CommonMiddleware",
    "incidents.views.middleware.Worded",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "incidents.views.middleware.Looked",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "incidents.views.entrance.Entrance",
    "incidents.views.appearance.Appearing",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "truce.urls"
WSGI_APPLICATION = "truce.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "incidents.views.middleware.notice",
                "incidents.views.context.desk",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static"],
        },
    }
]

# --- Who signs in

AUTH_USER_MODEL = "incidents.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator", "NumericPasswordValidator")
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "dashboard"
ACCOUNT_ADAPTER = "incidents.views.accounts.InvitedOnly"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"  # in the language of the page that was left
ACCOUNT_SESSION_REMEMBER = False

# Besides the password: a code from an app (TOTP) or a passkey (WebAuthn). Whoever has one of these roles, everywhere or on one agreement,
# sets one up before anything else opens; the rest may.
SECOND_FACTOR_FOR = env.several("SECOND_FACTOR_FOR", ["analyst", "editor", "partner", "administrator"], "editor,administrator")
MFA_ADAPTER = "incidents.views.accounts.SecondFactors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "activate_totp": "incidents.views.accounts.FirstCodeForm",
    "authenticate": "incidents.views.accounts.CodeForm",
    "reauthenticate": "incidents.views.accounts.CodeAgainForm",
}
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Truce"
MFA_TOTP_TOLERANCE = 1  # a phone's clock may be half a minute wrong

# Five wrong passwords for a name from one address close that name to that address for a while. Counted in PostgreSQL.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_CLIENT_IP_CALLABLE = "incidents.views.accounts.address_of"
AXES_USERNAME_CALLABLE = "incidents.views.accounts.name_tried"
AXES_LOCKOUT_CALLABLE = "incidents.views.accounts.locked"
AXES_CLIENT_STR_CALLABLE = "incidents.views.accounts.nobody"  # names and addresses stay out of the logs
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
CSRF_TRUSTED_ORIGINS = [BASE_URL]
CSRF_FAILURE_VIEW = "incidents.views.broken.out_of_date"

# --- What a browser may do: nothing leaves the host

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
BEHIND_PROXY = env.flag("BEHIND_PROXY", False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Everybody sees, without signing in, what a partner with the visibility profile of this slug would; nothing where none is named.
PUBLIC_PROFILE = env.text("PUBLIC_PROFILE", "")

# Webhooks go to public addresses alone, unless a deployment names inner networks (CIDR) that they may reach.
WEBHOOK_INNER_NETWORKS = env.words("WEBHOOK_INNER_NETWORKS", "")

# A tile server under the map, for instance https://tiles.example.org/{z}/{x}/{y}.png. Its host then learns what ground is looked at.
TILE_SERVER = env.tile_server("TILE_SERVER", "")
TILE_ORIGIN = "://".join(urlsplit(TILE_SERVER)[:2]) if TILE_SERVER else ""
TILE_ATTRIBUTION = env.text("TILE_ATTRIBUTION", "")

# --- Languages and time: instants are kept in UTC and shown in the agreement's own zone

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("ar", _("Arabic"))]
# Arabic has two sets of names for months; a person may choose the other one.
MONTHS = env.choice("MONTHS", ["levantine", "international"])
LOCALE_PATHS = [BASE_DIR / "incidents" / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"

# --- Static files: ours from static/, third-party ones from locked packages (fonts where npm has put them)

STATIC_URL = "static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(BASE_DIR / "staticfiles")))
FONTS = BASE_DIR / "node_modules" / "@fontsource"
LEAFLET = Path(str(getattr(find_spec("leaflet"), "origin", ""))).parent / "static" / "leaflet"
STATICFILES_DIRS: list[Path | tuple[str, Path]] = [BASE_DIR / "static", ("leaflet", LEAFLET)]
if FONTS.is_dir():
    STATICFILES_DIRS.append(("fonts", FONTS))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# --- Work handed over: PostgreSQL says what is to be done, the broker only wakes the workers

CELERY_BROKER_URL = env.text("REDIS_URL")
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "visibility_timeout": 60,
    "unacked_restore_interval": 5,
}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TIMEZONE = "UTC"

# --- JSON

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["incidents.api.authentication.ApiKeyAuthentication", "incidents.api.authentication.BrowserAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_THROTTLE_CLASSES": ["incidents.api.throttling.ByKey"],
    "DEFAULT_RENDERER_CLASSES": ["incidents.api.rendering.Renderer"],
    "DEFAULT_PARSER_CLASSES": ["incidents.api.parsers.StrictJSONParser"],
    "DEFAULT_PAGINATION_CLASS": "incidents.api.pagination.RowCursor",
    "DEFAULT_SCHEMA_CLASS": "incidents.api.describing.Described",
    "EXCEPTION_HANDLER": "incidents.api.errors.problem",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Truce",
    "DESCRIPTION": "Ceasefire violations: what each side claims, what happened, and what we judge, kept apart.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "incidents.api.published.whole"],
}

# --- What is written down about running: plain lines for a person, or JSON without personal data for a machine (LOG_FORMAT=json)

IS_LOG_JSON = env.choice("LOG_FORMAT", ["lines", "json"]) == "json"
LOGGING = logs.configuration(is_json=IS_LOG_JSON, level=env.text("LOG_LEVEL", "INFO"))
if IS_LOG_JSON:
    CELERY_WORKER_HIJACK_ROOT_LOGGER = False  # Celery would put its own lines in place of these
    logging.captureWarnings(True)
