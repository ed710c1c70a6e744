"""The form of recorded answers: a line of JSON a request, {"method", "params"} and one of

result   the answer, where it is short
sha256   of the answer's canonical text (keys sorted, no spaces), where it is long
error    the code of the error
"""

import hashlib
import json

LONG = 2_000  # characters


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def outcome(answer):
    """What is kept of a JSON-RPC answer."""
    if "error" in answer:
        return {"error": answer["error"]["code"]}
    text = canonical(answer["result"])
    if len(text) > LONG:
        return {"sha256": hashlib.sha256(text.encode()).hexdigest()}
    return {"result": answer["result"]}


def line(method, params, answer):
    return canonical({"method": method, "params": params, **outcome(answer)})
