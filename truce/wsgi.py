"""The web process's entry point, for gunicorn."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "truce.settings")
application = get_wsgi_application()

# All that is loaded stays until the end. Set aside, it is not looked through again: every tenth page waited for that.
get_resolver().url_patterns  # noqa: B018  # loads every view, which otherwise the first request does
gc.collect()
gc.freeze()
