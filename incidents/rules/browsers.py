"""Which browser a session is of, as people call it: "Firefox · Windows" of what it sends about itself."""

# What is told by a later word of the others comes first: Edge and Opera call themselves Chrome, and Chrome calls itself Safari.
_BROWSERS = {
    "Edg": "Edge", "OPR/": "Opera", "SamsungBrowser": "Samsung Internet", "Firefox/": "Firefox", "FxiOS": "Firefox",
    "CriOS": "Chrome", "Chrome/": "Chrome", "Safari/": "Safari",
}  # fmt: skip
_SYSTEMS = {
    "Windows": "Windows", "Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "CrOS": "ChromeOS", "Mac OS X": "macOS", "Linux": "Linux",
}  # fmt: skip
LONGEST = 60


def called(agent: str) -> str:
    """Return browser and system by their names; what tells neither, shortened, as it came."""
    found = [next((name for word, name in known.items() if word in agent), "") for known in (_BROWSERS, _SYSTEMS)]
    return " · ".join(filter(None, found)) or agent[:LONGEST]
