"""What the published schema says of every noun alike. Apart from `schema`, which needs this one to be there."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

FIELDS = OpenApiParameter("fields", str, description="Names between commas: only these fields of each record.")
ETAG = OpenApiParameter("ETag", str, OpenApiParameter.HEADER, response=[200, 304], description="Of what is shown, to this reader.")
LINK = OpenApiParameter("Link", str, OpenApiParameter.HEADER, response=[200], description="The neighbouring pages, as `next` and `prev`.")
HELD = OpenApiParameter("If-None-Match", str, OpenApiParameter.HEADER, description="The ETag of what is held already: 304 if it is the same still.")


class Described(AutoSchema):
    """What every noun shares, said once: the fields of an answer that may be asked for, and the headers that come with it."""

    def get_override_parameters(self) -> list[Any]:
        """Return the words of its filter, `fields`, `expand` and the headers, where they have meaning."""
        view: Any = self.view
        asked_by: Any = getattr(view, "asked_by", None)
        narrows = self.method == "GET" and asked_by is not None and view.action in view.narrowed
        shared = [OpenApiParameter(name, dict(word.schema), description=word.says) for name, word in asked_by.words().items()] if narrows else []
        if self.method != "GET" or not getattr(view, "is_shaped", False):
            return shared
        shared += [FIELDS, ETAG, HELD, *([LINK] if view.action == "list" else [])]
        if view.expands:
            names = ", ".join(f"`{name}`" for name in view.expands)
            shared.append(OpenApiParameter("expand", str, description=f"Names between commas, each then whole as in its own list: {names}."))
        return shared
