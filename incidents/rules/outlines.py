"""Outlines that share their borders: cut at the points where they meet, simplified once for both neighbours, and written small.

Two regions simplified one by one part company along their border. Here a border is one line that both refer to, so they never do.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise

Vertex = tuple[int, int]
Line = tuple[Vertex, ...]
# A number of a line, from one; negative where it is walked backwards.
Walk = list[int]


def cut(rings: Sequence[Sequence[Vertex]], tolerance: float) -> tuple[list[Line], list[list[Walk]]]:
    """Return the lines between the points where rings meet, simplified, and of each ring its walk over them.

    A ring that comes to fewer than three corners has no walk: it is too small to be drawn.
    """
    closed = [_without_repeats(ring) for ring in rings]
    joints = _joints(closed)
    numbers: dict[Line, int] = {}
    lines: list[Line] = []
    walks: list[list[Walk]] = []
    for ring in closed:
        walk: Walk = []
        for part in _parts(ring, joints):
            line, is_forward = _one_way(part)
            if line not in numbers:
                lines.append(simplified(line, tolerance))
                numbers[line] = len(lines)
            walk.append(numbers[line] if is_forward else -numbers[line])
        walks.append([walk] if len(set(walked(walk, lines))) > 2 else [])
    return lines, walks


def walked(walk: Iterable[int], lines: Sequence[Line]) -> list[Vertex]:
    """Return the points of a walk, in its order; where two lines meet, the point is named once."""
    points: list[Vertex] = []
    for number in walk:
        line = lines[abs(number) - 1] if number > 0 else lines[abs(number) - 1][::-1]
        points.extend(line[1:] if points and points[-1] == line[0] else line)
    return points


def simplified(line: Line, tolerance: float) -> Line:
    """Return the line without the points that lie no further than this from it (Douglas and Peucker). Its ends stay."""
    if len(line) < 3:
        return line
    kept = {0, len(line) - 1}
    # A closed line has one end: begin from the point farthest from it.
    far = max(range(len(line)), key=lambda at: _squared(line[at], line[0])) if line[0] == line[-1] else len(line) - 1
    kept.add(far)
    waiting = [(0, far), (far, len(line) - 1)]
    while waiting:
        first, last = waiting.pop()
        if last - first < 2:
            continue
        at = max(range(first + 1, last), key=lambda at: _off(line[at], line[first], line[last]))
        if _off(line[at], line[first], line[last]) > tolerance:
            kept.add(at)
            waiting += [(first, at), (at, last)]
    return tuple(line[at] for at in sorted(kept))


def within(ring: Sequence[Vertex], least: Vertex, most: Vertex) -> list[Vertex]:
    """Return the part of a ring that lies within a box, as one ring along the box's edges (Sutherland and Hodgman); empty where there is none."""
    part = list(ring)
    for axis, bound, sign in ((0, least[0], 1), (0, most[0], -1), (1, least[1], 1), (1, most[1], -1)):
        cut_off: list[Vertex] = []
        for one, other in zip(part, part[1:] + part[:1], strict=True):
            is_in, goes_in = sign * (one[axis] - bound) >= 0, sign * (other[axis] - bound) >= 0
            if is_in:
                cut_off.append(one)
            if is_in != goes_in:
                cut_off.append(_crossing(one, other, axis, bound))
        part = cut_off
    return part


def _crossing(one: Vertex, other: Vertex, axis: int, bound: int) -> Vertex:
    share = (bound - one[axis]) / (other[axis] - one[axis])
    across = round(one[1 - axis] + share * (other[1 - axis] - one[1 - axis]))
    return (bound, across) if axis == 0 else (across, bound)


def packed(line: Line) -> list[int]:
    """Return the line as its first point and the steps to each next one."""
    steps = [*line[0]]
    for (x, y), (next_x, next_y) in pairwise(line):
        steps += [next_x - x, next_y - y]
    return steps


def unpacked(steps: Sequence[int]) -> Line:
    """Return the line that was packed."""
    x = y = 0
    points = []
    for at in range(0, len(steps), 2):
        x, y = x + steps[at], y + steps[at + 1]
        points.append((x, y))
    return tuple(points)


# Printable signs that JSON need not escape. The first sixty are digits that end a number; the other thirty say that more of it follows.
_SIGNS = "".join(chr(code) for code in range(35, 127) if chr(code) != "\\")[:90]
_ENDS, _GOES_ON = 60, 30


def written(numbers: Iterable[int]) -> str:
    """Return whole numbers as signs, the small ones as one: a list of them is sent so."""
    return "".join(map(_sign, numbers))


def _sign(number: int) -> str:
    # Positive and negative in turn, so that what is small stays small.
    rest, said = (number * 2 if number >= 0 else -number * 2 - 1), ""
    while rest >= _ENDS:
        said += _SIGNS[_ENDS + rest % _GOES_ON]
        rest //= _GOES_ON
    return said + _SIGNS[rest]


def _without_repeats(ring: Sequence[Vertex]) -> list[Vertex]:
    """Return the corners once each in a row, the first not again at the end."""
    corners = [corner for at, corner in enumerate(ring) if not at or corner != ring[at - 1]]
    return corners[:-1] if len(corners) > 1 and corners[0] == corners[-1] else corners


def _joints(rings: Iterable[Sequence[Vertex]]) -> set[Vertex]:
    """Return the points where something other than one line through them happens."""
    neighbours: dict[Vertex, set[Vertex]] = {}
    edges: dict[frozenset[Vertex], int] = {}
    for ring in rings:
        for at, corner in enumerate(ring):
            before = ring[at - 1]
            neighbours.setdefault(corner, set()).add(before)
            neighbours.setdefault(before, set()).add(corner)
            edge = frozenset((before, corner))
            edges[edge] = edges.get(edge, 0) + 1
    return {corner for corner, beside in neighbours.items() if len(beside) != 2 or len({edges[frozenset((corner, other))] for other in beside}) != 1}


def _parts(ring: Sequence[Vertex], joints: set[Vertex]) -> list[Line]:
    """Return the ring as lines from joint to joint; one closed line where it has none."""
    if len(ring) < 3:
        return []
    begins = [at for at, corner in enumerate(ring) if corner in joints]
    if not begins:
        begins = [min(range(len(ring)), key=lambda at: ring[at])]
    turned = [*ring[begins[0] :], *ring[: begins[0]], ring[begins[0]]]
    stops = [at - begins[0] for at in begins] + [len(ring)]
    return [tuple(turned[first : last + 1]) for first, last in pairwise(stops)]


def _one_way(line: Line) -> tuple[Line, bool]:
    """Return the line in the one direction that it is kept in, and whether it came so."""
    back = line[::-1]
    return (line, True) if line <= back else (back, False)


def _squared(one: Vertex, other: Vertex) -> int:
    return (one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2


def _off(point: Vertex, first: Vertex, last: Vertex) -> float:
    """Return how far the point lies from the straight line between two others, or from the nearer of them."""
    length = _squared(first, last)
    if not length:
        return float(_squared(point, first) ** 0.5)
    along = ((point[0] - first[0]) * (last[0] - first[0]) + (point[1] - first[1]) * (last[1] - first[1])) / length
    along = min(1.0, max(0.0, along))
    x, y = first[0] + along * (last[0] - first[0]), first[1] + along * (last[1] - first[1])
    return float(((point[0] - x) ** 2 + (point[1] - y) ** 2) ** 0.5)
