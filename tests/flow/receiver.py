#!/usr/bin/env python3
"""A receiver of webhooks for tests, which trusts nobody.

receiver.py PORT_FILE LOG KEY_FILE

Listens on 127.0.0.1 on a free port, which is written to PORT_FILE. What a POST is answered depends
on its path; each one is a JSON line in LOG, written before it is answered: time_ms, path, answer,
signed (the signature is that of the first line of KEY_FILE, and not older than a minute), body.

  /ok        200
  /fail/N    500 to the first N requests of each event, then 200
  /hang/N    no answer to the first N of each event, until the other side closes, then 200
  /redirect  307 to /ok
  /gone      410
  /busy/S    503 with Retry-After: S to the first of each event, then 200
  /slow/MS   200, so much later
  /file/NAME the status that stands in the file NAME beside LOG
"""

import hashlib
import hmac
import json
import os
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

port_file, log_file, key_file = sys.argv[1:]
lock = threading.Lock()
seen = {}


def is_signed(headers, body):
    with open(key_file, encoding="ascii") as file:
        key = file.readline().strip().encode()
    stamp = headers.get("X-Smsspool-Timestamp", "")
    given = headers.get("X-Smsspool-Signature", "")
    wanted = "v1=" + hmac.new(key, stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(wanted, given) and abs(time.time() - int(stamp)) < 60


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        event = json.loads(body)
        word, _, value = self.path.strip("/").partition("/")
        with lock:
            times = seen[event["id"], self.path] = seen.get((event["id"], self.path), 0) + 1
        answer = self.choose(word, value, times)
        line = {"time_ms": int(time.time() * 1000), "path": self.path, "answer": answer,
                "signed": is_signed(self.headers, body), "body": event,
                "type": self.headers.get("Content-Type")}
        with lock, open(log_file, "a", encoding="utf-8") as log:
            log.write(json.dumps(line) + "\n")
        if answer == 0:
            self.connection.recv(1)
            self.close_connection = True
            return
        if word == "slow":
            time.sleep(int(value) / 1000)
        self.say(answer, word, value)

    def choose(self, word, value, times):
        if word == "redirect":
            return 307
        if word == "gone":
            return 410
        if word == "fail" and times <= int(value):
            return 500
        if word == "hang" and times <= int(value):
            return 0
        if word == "busy" and times == 1:
            return 503
        if word == "file":
            with open(os.path.join(os.path.dirname(log_file), value), encoding="ascii") as file:
                return int(file.read())
        return 200

    def say(self, answer, word, value):
        self.send_response(answer)
        if answer == 307:
            self.send_header("Location", "/ok")
        if answer == 503:
            self.send_header("Retry-After", value)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True


server = Server(("127.0.0.1", 0), Receiver)
with open(port_file + ".new", "w", encoding="ascii") as file:
    print(server.server_address[1], file=file)
os.rename(port_file + ".new", port_file)
server.serve_forever()
