"""The signature of a delivery: an HMAC-SHA256 over the instant and the body, so that neither can be changed or sent again later."""

import hashlib
import hmac

HEADER = "Truce-Signature"


def signature(secret: str, body: bytes, at: int) -> str:
    """Return the header's value: `t=` seconds since 1970, `v1=` the hex HMAC-SHA256 of `t`, a full stop and the body, by the secret."""
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"
