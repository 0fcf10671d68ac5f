"""JSON of which a part was written already: lists that PostgreSQL spelt are passed on as they are."""

from typing import Any

from rest_framework.renderers import JSONRenderer


class Written(list[str]):
    """The records of a list, each spelt as JSON."""


class Renderer(JSONRenderer):
    """DRF's JSON, which leaves alone what is spelt."""

    def render(self, data: Any, *args: Any, **kwargs: Any) -> bytes:
        """Return the body."""
        if not isinstance(data, dict) or not isinstance(data.get("results"), Written):
            return bytes(super().render(data, *args, **kwargs))
        around = bytes(super().render(data | {"results": []}, *args, **kwargs))
        head, tail = around.rsplit(b'"results":[]', 1)
        return b'%s"results":[%s]%s' % (head, ",".join(data["results"]).encode(), tail)
