"""The arithmetic of printed breakdowns: whether the parts make the total, and what a statement says of each of the accused."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from incidents.rules import ranges
from incidents.rules.statements import NOBODY, Accused, Facts, Flag, Harm, Part, Statement
from incidents.vocabulary import ClaimFlag, Qualifier, Unit


@dataclass(frozen=True)
class Reading:
    """What one statement says of one of the accused in one unit. A count of None: it does not say how many."""

    statement: Statement
    accused: Accused
    unit: Unit
    count: int | None
    qualifier: Qualifier
    harm: tuple[Harm, ...] = ()
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True)
class Leaf:
    """A row that stands for itself: below it nobody else is accused and nothing else is counted."""

    accused: Accused | None
    unit: Unit
    count: int | None


def unexplained(statement: Statement) -> tuple[Flag, ...]:
    """Return a flag for each level at which the printed parts do not make the printed total (rule 5 of the domain: kept and flagged).

    Parts of several units are added here and nowhere else: a claimant's own sum over units is checked as stated.
    A level with a part that gives no number is flagged only if the others already exceed the total.
    """
    return tuple(_differences(statement.id, "", statement.count, statement.parts))


def doubts(statement: Statement) -> tuple[Flag, ...]:
    """Return what must be known of a statement whatever else was published: its arithmetic, its counterpart's word, what it corrects."""
    flags = list(unexplained(statement))
    if statement.confirmed is not None and statement.confirmed != statement.count:
        confirmed: Facts = {"statement": statement.id, "count": statement.count, "confirmed": statement.confirmed, "by": statement.counterpart}
        flags.append(Flag(ClaimFlag.NOT_CONFIRMED, confirmed))
    for earlier in statement.replaces[:1]:
        corrected: Facts = {"statement": statement.id, "count": statement.count, "earlier": earlier.statement, "earlier_count": earlier.count}
        flags.append(Flag(ClaimFlag.SUPERSEDED, corrected))
    return tuple(flags)


def readings(statement: Statement) -> tuple[Reading, ...]:
    """Return what the statement says of each of the accused, per unit; its total is never split.

    Accusing one side, or nobody, it says its printed total. Accusing several, it says the sum of the rows that name each of them,
    or no number at all for one whom no row names. The harm of such a statement is held against nobody, as it is not told apart.
    """
    named = _named(statement)
    if len(named) == 1:
        return (Reading(statement, named[0], statement.unit, statement.count, statement.qualifier, statement.harm, doubts(statement)),)
    # One accused above the rows is accused by each row that names nobody else; several are not.
    above = statement.accused or (NOBODY,)
    leaves = list(_leaves(statement.parts, statement.unit, above[0] if len(set(above)) == 1 else None))
    if not any(leaf.accused for leaf in leaves):
        leaves = []
    return tuple(reading for accused in named for reading in _readings_of(accused, statement, leaves))


def _readings_of(accused: Accused, statement: Statement, leaves: list[Leaf]) -> Iterator[Reading]:
    common: Facts = {"statement": statement.id, "stated": statement.count}
    flags = doubts(statement)
    unsaid = [leaf for leaf in leaves if leaf.accused is None]
    if unsaid:
        not_attributed = ranges.total(ranges.stated(leaf.count) for leaf in unsaid).known.best
        flags += (Flag(ClaimFlag.NOT_SEPARATED, {**common, "not_attributed": not_attributed}),)
    own = [leaf for leaf in leaves if leaf.accused == accused]
    if not own:
        flags += (Flag(ClaimFlag.NOT_SEPARATED, common),)
        yield Reading(statement, accused, statement.unit, None, statement.qualifier, flags=flags)
        return
    flags += (Flag(ClaimFlag.FROM_PARTS, {**common, "harm_left_out": len(statement.harm)}),)
    for unit in dict.fromkeys(leaf.unit for leaf in own):
        count, qualifier, partly = known_sum([(leaf.count, statement.qualifier) for leaf in own if leaf.unit == unit], statement.id)
        yield Reading(statement, accused, unit, count, qualifier, flags=flags + partly)


def known_sum(terms: Iterable[tuple[int | None, Qualifier]], statement: str | None = None) -> tuple[int | None, Qualifier, tuple[Flag, ...]]:
    """Return the sum of the numbers that are known, its qualifier, and a flag if some were not. None if none is known."""
    terms = list(terms)
    known = [(count, qualifier) for count, qualifier in terms if count is not None]
    unknown = len(terms) - len(known)
    qualifier = ranges.together(qualifier for _, qualifier in known or terms)
    if not known:
        return None, qualifier, ()
    total = sum(count for count, _ in known)
    if not unknown:
        return total, qualifier, ()
    detail: Facts = {"unknown": unknown} | ({"statement": statement} if statement else {})
    return total, ranges.with_unknown(qualifier), (Flag(ClaimFlag.PARTLY_UNKNOWN, detail),)


def _differences(statement: str, label: str, stated: int | None, parts: tuple[Part, ...]) -> Iterator[Flag]:
    known = [part.count for part in parts if part.count is not None]
    total = sum(known)
    is_complete = bool(parts) and len(known) == len(parts)
    if stated is not None and (total > stated or (is_complete and total != stated)):
        detail: Facts = {"statement": statement, "label": label, "stated": stated, "sum": total, "remainder": stated - total}
        yield Flag(ClaimFlag.PARTS_DO_NOT_ADD_UP, detail)
    for part in parts:
        yield from _differences(statement, part.label, part.count, part.parts)


def _named(statement: Statement) -> list[Accused]:
    """Return everybody whom the statement or its rows accuse, once each, in the order they are named."""
    below = [part.accused for part in _all_parts(statement.parts) if part.accused]
    return list(dict.fromkeys((*(statement.accused or (NOBODY,)), *below)))


def _all_parts(parts: tuple[Part, ...]) -> Iterator[Part]:
    for part in parts:
        yield part
        yield from _all_parts(part.parts)


def _leaves(parts: tuple[Part, ...], unit: Unit, accused: Accused | None) -> Iterator[Leaf]:
    for part in parts:
        own_unit, own_accused = part.unit or unit, part.accused or accused
        below = list(_all_parts(part.parts))
        # Rows by area under an accused do not replace its printed number; rows by accused or by unit do.
        if any(inner.accused or inner.unit not in {None, own_unit} for inner in below):
            yield from _leaves(part.parts, own_unit, own_accused)
        else:
            yield Leaf(own_accused, own_unit, part.count)
