#!/usr/bin/env python3
"""Check an exported change log: python3 verify_log.py LOG [--checkpoint FILE ...]

LOG is what `manage.py export_changes` wrote; FILE a checkpoint that you hold, as `manage.py checkpoint` printed it or
`/api/v1/checkpoints/` answered. It needs Python 3.8 and nothing else, asks nobody, and believes nothing that it can compute.

Checked: every line is spelled in the one way there is; numbers run from 1 without a gap; each change has the digest of what it
says; each payload has the salted hash that its change holds, or is what an erasure on record left; each seal's hash follows from
the one before; the Merkle root (RFC 6962 prefixes) is that of the last line, and at each checkpoint that of the checkpoint.

Only a checkpoint that was out of reach of whoever keeps the log shows one that was rewritten as a whole or cut short.
"""

import argparse
import hashlib
import json
import pathlib
import re
import sys

CHANGE = {"actor_id", "agreement_id", "at", "kind", "operation_id", "payload_hash", "record_id", "record_type"}
SEAL = {"digest", "hash", "id", "number", "sealed_at"}
HASH = re.compile("[0-9a-f]{64}")


class Fault(Exception):
    """What is wrong, and where."""


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode("utf-8")


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def say(line):
    sys.stdout.write(line + "\n")


def need(condition, message):
    if not condition:
        raise Fault(message)


class Tree:
    """The roots of perfect subtrees, largest first."""

    def __init__(self):
        self.size, self.peaks = 0, []

    def add(self, leaf):
        node, size = sha256(b"\x00", leaf), self.size
        while size & 1:
            node = sha256(b"\x01", self.peaks.pop(), node)
            size >>= 1
        self.peaks.append(node)
        self.size += 1

    def root(self):
        if not self.peaks:
            return sha256()
        node = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            node = sha256(b"\x01", peak, node)
        return node


def read(raw, where):
    """Return what a line says. Another spelling of the same is refused, so that no byte is without a meaning."""
    try:
        value = json.loads(raw.decode("utf-8"))
        need(isinstance(value, dict) and canonical(value) + b"\n" == raw, where + ": not spelled as the export spells it")
    except (ValueError, RecursionError) as error:
        raise Fault(where + ": not a line of JSON") from error
    return value


def check_line(line, where, is_full, differing, left):
    """Check what one line says of itself; note payloads that differ, and what erasures left in the place of others."""
    need(SEAL <= set(line) <= SEAL | {"change", "payload"}, where + ": has other fields than a line of the log")
    need(all(isinstance(line[name], str) and HASH.fullmatch(line[name]) for name in ("digest", "hash")), where + ": a hash is not one")
    need(type(line["number"]) is int and type(line["id"]) is int and isinstance(line["sealed_at"], str), where + ": number, id or instant is not one")
    change, payload = line.get("change"), line.get("payload")
    if change is None:
        need("change" not in line and "payload" not in line, where + ": a payload without its change")
        need(not is_full, where + ": its change is missing")
        return
    need(isinstance(change, dict) and set(change) == CHANGE, where + ": has other fields than a change")
    need(sha256(canonical(change)).hex() == line["digest"], where + ": the change does not match its digest")
    if "payload" not in line:
        need(not is_full, where + ": its payload is missing")
        return
    need(isinstance(payload, dict) and set(payload) == {"body", "salt"}, where + ": its payload is gone")
    try:
        found = sha256(bytes.fromhex(payload["salt"]), canonical(payload["body"])).hex()
    except (ValueError, TypeError) as error:
        raise Fault(where + ": its payload has no salt") from error
    if found != change["payload_hash"]:
        differing[line["id"]] = (found, where)
    elif change["kind"] == "payload.erased":
        erased = (payload["body"].get("before") or {}).get("erased") or {}
        left.update({int(key): value for key, value in erased.items()})


def check(log, checkpoints):
    """Return what was seen. Raise Fault at the first thing that is wrong."""
    tree, last, sums = Tree(), bytes(32), hashlib.sha256()
    differing, left, roots, pending, end = {}, {}, {}, None, None
    lines = [0, 0]
    for count, raw in enumerate(log, 1):
        where = f"line {count}"
        need(end is None, where + ": something comes after the end")
        line = read(raw, where)
        if "end" in line:
            end = line
            continue
        # Whether the log is a full one is said at its end; until then the first line tells.
        pending = "payload" in line if pending is None else pending
        check_line(line, where, pending, differing, left)
        lines[0] += "change" in line
        lines[1] += "payload" in line
        need(line["number"] == tree.size + 1, f"{where}: number {line['number']} comes after {tree.size}")
        last = sha256(b"\x01", last, line["number"].to_bytes(8, "big"), bytes.fromhex(line["digest"]))
        need(last.hex() == line["hash"], where + ": its hash does not follow from the one before and its change")
        tree.add(canonical({"change": line["id"], "hash": line["hash"], "number": line["number"], "sealed_at": line["sealed_at"]}))
        if tree.size in checkpoints:
            roots[tree.size] = (tree.root().hex(), last.hex())
        sums.update(raw)
    need(end is not None, "the last line is missing: the file was cut")
    said = end["end"]
    need(set(end) == {"end", "sha256"} and isinstance(said, dict), "the last line has other fields than an end")
    need(set(said) == {"format", "full", "hash", "number", "root"} and said["format"] == 1, "the last line is not an end of this format")
    need(isinstance(said["full"], bool) and (pending is None or said["full"] == pending), "the last line says otherwise whether payloads are here")
    need((said["number"], said["hash"], said["root"]) == (tree.size, last.hex(), tree.root().hex()), "the last line is not that of these lines")
    sums.update(canonical(said))
    need(end["sha256"] == sums.hexdigest(), "the file's own sum is not that of its content")
    for key, (found, where) in differing.items():
        need(left.get(key) == found, where + ": the payload does not match its hash, and no erasure on record says so")
    for number, (root, hashed) in checkpoints.items():
        need(number <= tree.size, f"a checkpoint you hold is of seal {number}, but the log ends at {tree.size}: its end was cut off")
        need(roots[number] == (root, hashed), f"the log up to seal {number} is not the one of the checkpoint you hold: it was changed")
    told, payloads = lines
    return {"changes": tree.size, "told": told, "payloads": payloads, "erased": len(differing), "hash": last.hex(), "root": tree.root().hex()}


def held(path):
    """Return the checkpoints in a file: root and hash by number. Each must match its own digest."""
    value = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
    found = {}
    for one in value.get("results", [value]):
        said = {name: one[name] for name in ("made_at", "number", "previous", "root", "seals")}
        need(sha256(canonical(said)).hex() == one["digest"], f"{path}: the checkpoint of seal {one['number']} does not match its digest")
        found[one["number"]] = (one["root"], one["seals"][str(one["number"])])
    return found


def main(words=None):
    parser = argparse.ArgumentParser(description="Check an exported change log offline.")
    parser.add_argument("log", metavar="LOG")
    parser.add_argument("--checkpoint", action="append", default=[], metavar="FILE", help="a checkpoint that you hold; may be given several times")
    asked = parser.parse_args(words)
    try:
        checkpoints = {}
        for path in asked.checkpoint:
            for number, one in held(path).items():
                need(checkpoints.setdefault(number, one) == one, f"two checkpoints you hold of seal {number} differ")
        with pathlib.Path(asked.log).open("rb") as log:
            seen = check(log, checkpoints)
    except Fault as fault:
        say(f"NOT WHOLE: {fault}.")
        return 1
    except (OSError, KeyError, TypeError, ValueError, AttributeError) as error:
        say(f"NOT WHOLE: cannot be read as what it should be ({type(error).__name__}: {error}).")
        return 1
    say(f"Whole: {seen['changes']} sealed changes, {seen['told']} of them told, {seen['payloads']} with payload ({seen['erased']} erased).")
    if checkpoints:
        say(f"{len(checkpoints)} checkpoints that you hold agree.")
    else:
        say("No checkpoint was given: a log rewritten as a whole would pass.")
    say(f"Last seal: {seen['changes']} {seen['hash']}")
    say(f"Root: {seen['root']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
