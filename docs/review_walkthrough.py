#!/usr/bin/env python3
"""Two contested events of September 2016, from raw claims to confirmed assessments, over the API as three people.

    python3 docs/review_walkthrough.py .truce/demo-credentials.json

It needs Python's standard library and a Truce that runs with its demo. The editor looks at what waits, takes each case up, reads the claims
beside one another and the answers of scope, weighs a decision before making it, and decides; the second editor confirms; the partner sees
only what is confirmed. Run again, it finds the cases judged, reopens them with a reason, and judges them anew.
"""

import json
import sys
import urllib.error
import urllib.request
from pathlib import Path

SEPTEMBER = "syria-2016-09"
FEBRUARY = "syria-2016-02"
# What our editors find in this walkthrough. Nothing computes it: rules lay out what is known, and people judge.
CASES = (
    {
        "incident": "urum-al-kubra-2016-09-19",
        "agreement": FEBRUARY,
        "occurrence": "verified",
        "attribution": "contested",
        "harm_grade": "contested",
        "target_as_assessed": "Aid convoy while unloading",
        "in_force": "yes",
        "party_bound": "contested",
        "target_excluded": "no",
        "place_covered": "yes",
        "reason": "Several independent sources say that the convoy was struck. Who struck it is contested; a board of inquiry did not identify them.",
        "public_summary": "The convoy was struck. Who struck it is contested.",
    },
    {
        "incident": "deir-ez-zor-2016-09-17",
        "agreement": SEPTEMBER,
        "occurrence": "verified",
        "attribution": "not_established",
        "harm_grade": "confirmed",
        "target_as_assessed": "Syrian army positions",
        "in_force": "yes",
        "party_bound": "contested",
        "target_excluded": "no",
        "place_covered": "yes",
        "reason": "The United States admits the strike and says that it was meant for others. Whether the coalition was bound is not settled.",
        "public_summary": "The strike happened. Whether the truce bound those who struck is contested.",
    },
)


class Person:
    """Somebody who asks with a key of their own."""

    def __init__(self, base_url, name, key):
        self.base_url, self.name, self.key = base_url, name, key

    def get(self, path):
        """Return what is at an address."""
        return self._ask("GET", path)

    def post(self, path, **body):
        """Return the answer to a request that writes."""
        return self._ask("POST", path, body)

    def refused(self, path, **body):
        """Return the sentence with which a request is refused. Fail if it is not."""
        try:
            self._ask("POST", path, body)
        except Refused as refusal:
            return str(refusal)
        raise AssertionError(f"{path} was not refused")

    def _ask(self, method, path, body=None):
        request = urllib.request.Request(
            f"{self.base_url}/api/v1/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.key}", "Content-Type": "application/json", "Accept-Language": "en"},
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise Refused(json.load(error)["detail"]) from error


class Refused(Exception):
    """What the server would not do, and why."""


def main():
    """Play both cases; return 0."""
    demo = json.loads(Path(sys.argv[1] if len(sys.argv) > 1 else ".truce/demo-credentials.json").read_text(encoding="utf-8"))
    editor, second, partner = (Person(demo["base_url"], name, demo[name]["api_key"]) for name in ("editor", "second-editor", "partner"))
    for decision in CASES:
        play(dict(decision), editor, second, partner)
    return 0


def play(decision, editor, second, partner):
    """Take one case from its claims to a confirmed assessment."""
    slug = decision["incident"]
    (found,) = editor.get(f"incidents/?text={slug}")["results"]
    address = f"incidents/{found['id']}/"
    say(f"\n=== {found['name']}")
    waiting = [row for row in editor.get("review/")["results"] if row["incident"]["id"] == found["id"]]
    for row in waiting:
        say(f"Waits since {row['since'][:10]}: {', '.join(row['reasons'])}; contradicted: {', '.join(row['contradicted']) or 'nothing'}")
    say(f"Taken up by {editor.post(address + 'take-up/', taking_over=True)['held_by']}")
    facts(editor.get(address))
    compared(editor.get(address + "comparison/"))
    version = ready(decision, editor, second)
    effect = {name: decision[name] for name in ("agreement", "occurrence", "attribution")}
    say(f"Effect if confirmed: {changed(editor.post(address + 'effect/', **effect)['effects'])}")
    decided = editor.post("assessments/", **decision, version=version)
    say(f"Decided by {editor.name}: {decided['occurrence']}, attribution {decided['attribution']}")
    confirming = f"assessments/{decided['id']}/confirm/"
    say(f"Partner sees: {len(seen(partner, slug, decision['agreement']))} assessments of it")
    say(f"{editor.name} confirms: {editor.refused(confirming, version=decided['version'])}")
    confirmed = second.post(confirming, version=decided["version"], note="Read, and agreed.")
    say(f"Confirmed by {second.name}: {confirmed['occurrence']}")
    for public in seen(partner, slug, decision["agreement"]):  # nothing, while a convoy of the incident is not released to partners
        assert public["reason"] is None
        say(f"Partner sees: {public['occurrence']}; {public['public_summary']}")
    editor.post(address + "comments/", body="Decided and confirmed as the walkthrough shows.")
    for comment in editor.get(address + "comments/")["results"]:
        say(f"  said {comment['at'][:16]} {comment['by']}: {comment['body']}")
    editor.post(address + "let-go/")
    happened(editor.get(address + "history/")["results"])


def ready(decision, editor, second):
    """Return the version to decide on; what was decided before is taken back or reopened first."""
    for one in seen(editor, decision["incident"], decision["agreement"]):
        if one["confirmed_at"]:
            one = second.post(f"assessments/{one['id']}/move/", move="reopen", reason="The walkthrough plays it again.", version=one["version"])
        elif one["decided_at"]:
            one = editor.post(f"assessments/{one['id']}/move/", move="withdraw", reason="The walkthrough plays it again.", version=one["version"])
        return one["version"]
    return 0


def seen(person, incident, agreement):
    """Return the assessments of this incident under this agreement that somebody sees."""
    return person.get(f"assessments/?incident={incident}&agreement={agreement}")["results"]


def facts(incident):
    """Say what follows from the claims by named rules, and the answers of scope with their reasons."""
    say(f"Derived: when {incident['when']['starts_at']} to {incident['when']['ends_at']} ({incident['when']['rule']})")
    say(f"  where {incident['where']['name']} ({incident['where']['rule']})")
    for harm in incident["harm"]:
        say(f"  {harm['kind']} {harm['group']}: {harm['text']} ({harm['rule']}, {len(harm['claims'])} claims)")
    for one in incident["accusations"]:
        say(f"  {', '.join(one['claimants'])} accuse {one['name'] or 'nobody'}")
    for one in incident["responses"]:
        say(f"  answer: {one['party']['slug']} {one['kind']}")
    say(f"  harm grade {incident['grade']['grade']} ({incident['grade']['rule']})")
    for scope in incident["scope"]:
        say(f"Scope under {scope['agreement']['slug']}; open: {', '.join(scope['open_questions']) or 'nothing'}")
        target = scope["target_excluded"]
        answers = [("in force", scope["in_force"]), ("party bound", scope["party_bound"])]
        answers += [(f"target excluded as claimed by {one['party']}", one) for one in target["claimed"]]
        answers += [("target excluded as struck", target["struck"]), ("place covered", scope["place_covered"])]
        for question, found in answers:
            say(f"  {question}: {found['answer']} - {' '.join(reason['text'] for reason in found['reasons'])}")


def compared(comparison):
    """Say where the claims agree and where they do not."""
    say(f"{len(comparison['reports'])} claims, in order of receipt:")
    for row in comparison["rows"]:
        name = " ".join(part for part in (row["field"], row["kind"], row["group"], row["name"]) if part)
        values = " | ".join(value["text"] or "-" for value in row["values"])
        say(f"  {name}: {row['verdict']}: {values}")


def happened(history):
    """Say what the log holds of the case: who did what, when and why."""
    say(f"History, {len(history)} changes:")
    for one in history:
        place = f" {one['was_of'] or '-'} -> {one['is_of'] or '-'}" if one["was_of"] != one["is_of"] else ""
        note = f": {one['note']}" if one["note"] else ""
        say(f"  {one['number'] or 'not sealed yet'} {one['at'][:16]} {one['by'] or 'Truce'} {one['kind']} ({one['record']['type']}){place}{note}")


def changed(effects):
    """Return what would change, in words."""
    told = [f"{one['series']} {one['side']['name'] if one['side'] else one['bucket']} {one['before']} -> {one['after']}" for one in effects]
    return "; ".join(told) or "no number changes"


def say(line):
    """Print a line."""
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    sys.exit(main())
