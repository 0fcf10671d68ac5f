"""The reports asked for on a map: half-discs, the list that says the same, and what has no coordinates."""

from django.test import Client

from tests.builders import make_place, make_report
from tests.views.reading import text_of

MAP = "/en/reports/?agreement=river-2020&view=map"


def test_the_map_and_its_list_say_where_and_how_many_and_obey_the_filters(analyst: Client) -> None:
    here = make_place(name="Mapped <b>town</b>", latitude="36.2", longitude="37.1")
    make_report(place=here, violation_type="airstrike")
    make_report(place=here, violation_type="shelling")
    make_report(place=None, violation_type="shelling")
    page = analyst.get(MAP)
    body = page.content.decode()
    assert '<svg class="report-map"' in body and "base-land" in body
    assert "Mapped <b>" not in body and "Mapped &lt;b&gt;town&lt;/b&gt;: 2" in body
    assert "1 report without coordinates" in text_of(page)
    narrowed = analyst.get(MAP + "&type=airstrike")
    assert "Mapped &lt;b&gt;town&lt;/b&gt;: 1" in narrowed.content.decode()
    assert "without coordinates" not in text_of(narrowed)
    assert analyst.get(MAP + "&type=nonsense").status_code == 400
