"""The web process's entry point, for gunicorn."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver
from django.utils.module_loading import import_string

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "truce.settings")
application = get_wsgi_application()

# All that is loaded stays until the end. Set aside, it is not looked through again: every tenth page waited for that.
get_resolver().url_patterns  # noqa: B018  # loads every view, which otherwise the first request does
import_string("incidents.rules.recognition.ready")()  # compiles what reads pasted texts, which otherwise the first paste does
gc.collect()
gc.freeze()
