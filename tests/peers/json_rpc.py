"""A node that a test started, asked over HTTP one question after the other."""

import http.client
import json


class JsonRpc:
    """`process` has been started and listens on `port` of this machine; `stop` ends it."""

    def __init__(self, process, port):
        self.process = process
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(self, method, params):
        """The whole answer, with `result` or `error`."""
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
        self.connection.request("POST", "/", body, {"content-type": "application/json"})
        return json.loads(self.connection.getresponse().read())

    def stop(self):
        self.connection.close()
        self.process.terminate()
        self.process.wait(timeout=60)
