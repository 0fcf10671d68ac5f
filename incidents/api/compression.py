"""JSON is sent compressed to whoever takes it so."""

from django.http import HttpRequest, HttpResponseBase
from django.middleware.gzip import GZipMiddleware


class Compressed(GZipMiddleware):
    """Middleware: compress what is read under /api/, and nothing else.

    What is compressed together can tell of what it stands beside (BREACH). So nothing that holds a secret is: keys and webhooks are told
    theirs in answers to POST; pages hold a CSRF token. Streams stay streams, and Django pads each answer by a random length.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Return the answer, compressed where it may be."""
        if request.method != "GET" or response.status_code != 200 or not request.path_info.startswith("/api/"):
            return response
        return super().process_response(request, response)
