"""The seal of a receipt: a hash over its canonical form and the seal before it, so that no bit changes unseen."""

import hashlib
import json


def sealed(before: str, body: str) -> str:
    """The seal of a receipt.

    Args:
        before: the seal of the receipt before it; empty for the first.
        body: the receipt as JSON, in any order of its keys.

    Returns:
        SHA-256, hexadecimal.
    """
    return hashlib.sha256(f"{before}\n{canonical(body)}".encode("utf-8", "surrogatepass")).hexdigest()


def canonical(body: str) -> str:
    """JSON with its keys in order and without spaces; what is none is its own form."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return body
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
