"""Facts of reference: what is written here is what is there, whenever the demo is loaded."""

from incidents.actions import reference
from incidents.demo.known import Known
from incidents.demo.reading import Fact
from incidents.demo.values import instant_of, language_of
from incidents.models import (
    Affiliation,
    Agreement,
    AgreementArea,
    Declaration,
    Incident,
    Membership,
    Party,
    PartyAlias,
    Place,
    PlaceAlias,
    Response,
    Side,
    Source,
    Term,
)
from incidents.vocabulary import AffiliationKind, PartyKind, PlacePrecision, ResponseKind, Role, SourceKind, Stance, TermSubject


def put_source(known: Known, fact: Fact) -> None:
    """Write a source."""
    slug = fact.text("slug", None)
    values = {"name": fact.text("name", None), "kind": fact.choice("kind", SourceKind), "link": fact.text("link", None)}
    known.keep(slug, reference.put(Source, {"slug": slug}, by=None, **values))


def put_party(known: Known, fact: Fact) -> None:
    """Write a party with its other names."""
    slug = fact.text("slug", None)
    known.source_of(fact)
    party = reference.put(
        Party,
        {"slug": slug},
        by=None,
        name=fact.text("name", None),
        name_ar=fact.text("name_ar", None),
        short_name=fact.text("short"),
        short_name_ar=fact.text("short_ar"),
        kind=fact.choice("kind", PartyKind),
        organ_of=known.find_or_none(Party, fact, "organ_of"),
    )
    known.keep(slug, party)
    missing = set(fact.several("aliases")) - set(party.aliases.values_list("name", flat=True))
    PartyAlias.objects.bulk_create(PartyAlias(party=party, name=name, language=language_of(name)) for name in sorted(missing))


def put_place(known: Known, fact: Fact) -> None:
    """Write a place with its other names."""
    slug = fact.text("slug", None)
    known.source_of(fact)
    latitude, longitude = fact.point()
    place = reference.put(
        Place,
        {"slug": slug},
        by=None,
        name=fact.text("name", None),
        name_ar=fact.text("name_ar", None),
        parent=known.find_or_none(Place, fact, "parent"),
        pcode=fact.text("pcode"),
        latitude=latitude,
        longitude=longitude,
        precision=fact.choice("precision", PlacePrecision),
    )
    known.keep(slug, place)
    missing = set(fact.several("aliases")) - set(place.aliases.values_list("name", flat=True))
    PlaceAlias.objects.bulk_create(PlaceAlias(place=place, name=name, language=language_of(name)) for name in sorted(missing))


def put_agreement(known: Known, fact: Fact) -> None:
    """Write an agreement with its terms, sides and members."""
    slug = fact.text("slug", None)
    known.source_of(fact)
    zone = fact.text("timezone", None)
    agreement = reference.put(
        Agreement,
        {"slug": slug},
        by=None,
        name=fact.text("name", None),
        name_ar=fact.text("name_ar", None),
        country=fact.text("country", None),
        country_ar=fact.text("country_ar", None),
        timezone=zone,
        announced_on=fact.day("announced"),
        in_force_from=instant_of(fact, "from", zone),
        in_force_until=instant_of(fact, "until", zone),
        renews=known.find_or_none(Agreement, fact, "renews"),
        reference=fact.text("reference"),
        source_link=fact.text("link", None),
        summary=fact.text("summary"),
    )
    known.keep(slug, agreement)
    for term in fact.tables("term"):
        known.source_of(term)
        values = {"subject": term.choice("subject", TermSubject), "summary": term.text("summary", None)}
        reference.put(Term, {"agreement": agreement, "number": term.text("number", None)}, by=None, **values)
        term.must_be_spent()
    for position, side in enumerate(fact.tables("side"), start=1):
        known.source_of(side)
        names = {"name": side.text("name", None), "name_ar": side.text("name_ar", None)}
        reference.put(Side, {"agreement": agreement, "code": side.text("code", None)}, by=None, position=position, **names)
        side.must_be_spent()
    for membership in fact.tables("membership"):
        _membership(known, membership, agreement)


def _membership(known: Known, fact: Fact, agreement: Agreement) -> None:
    known.source_of(fact)
    code = fact.text("side")
    role = fact.choice("role", Role, Role.ON_SIDE)
    side = known.side(fact, agreement, code) if code else None
    dates = {"from_on": fact.day("from"), "until_on": fact.day("until")}
    for slug in fact.several("parties"):
        reference.put(Membership, {"agreement": agreement, "party": known.find(Party, fact, slug), "role": role, "side": side}, by=None, **dates)
    fact.must_be_spent()


def put_declaration(known: Known, fact: Fact) -> None:
    """Write what a party declared."""
    agreement = known.find(Agreement, fact, fact.text("agreement", None))
    key = {
        "agreement": agreement,
        "party": known.find(Party, fact, fact.text("party", None)),
        "stance": fact.choice("stance", Stance),
        "declared_on": fact.day("on"),
    }
    declaration = reference.put(
        Declaration,
        key,
        by=None,
        spoken_by=fact.text("spoken_by"),
        wording=fact.text("wording"),
        wording_ar=fact.text("wording_ar"),
        gist=fact.text("gist", None),
        source=known.source_of(fact),
        link=fact.text("link"),
    )
    blamed = {known.find(Party, fact, slug) for slug in fact.several("blamed")}
    if blamed != set(declaration.blamed.all()):
        declaration.blamed.set(blamed)


def put_incident(known: Known, fact: Fact) -> None:
    """Write an incident with the answers to it."""
    slug = fact.text("slug", None)
    known.source_of(fact)
    names = {"name": fact.text("name", None), "name_ar": fact.text("name_ar", None)}
    incident = reference.put(Incident, {"slug": slug}, by=None, **names)
    known.keep(slug, incident)
    for response in fact.tables("response"):
        key = {
            "incident": incident,
            "party": known.find(Party, response, response.text("party", None)),
            "kind": response.choice("kind", ResponseKind),
            "answered_on": response.day("on"),
        }
        reference.put(
            Response,
            key,
            by=None,
            spoken_by=response.text("spoken_by"),
            blamed=known.find_or_none(Party, response, "blamed"),
            target_party=known.find_or_none(Party, response, "target_party"),
            wording=response.text("wording"),
            gist=response.text("gist", None),
            source=known.source_of(response),
            link=response.text("link"),
        )
        response.must_be_spent()


def put_affiliation(known: Known, fact: Fact) -> None:
    """Write a tie between two parties."""
    key = {
        "party": known.find(Party, fact, fact.text("party", None)),
        "kind": fact.choice("kind", AffiliationKind),
        "other": known.find(Party, fact, fact.text("other", None)),
        "from_on": fact.day("from"),
    }
    reference.put(Affiliation, key, by=None, until_on=fact.day("until"), source=known.source_of(fact), link=fact.text("link"))


def put_area(known: Known, fact: Fact) -> None:
    """Write what an agreement covers or leaves out."""
    known.source_of(fact)
    key = {"agreement": known.find(Agreement, fact, fact.text("agreement", None)), "name": fact.text("name", None)}
    values = {"is_excluded": fact.flag("is_excluded"), "from_on": fact.day("from"), "until_on": fact.day("until")}
    reference.put(AgreementArea, key, by=None, place=known.find_or_none(Place, fact, "place"), **values)
