"""A mail server for tests, on this machine: takes mail for known mailboxes and keeps one of each Message-ID."""

from __future__ import annotations

import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from threading import Thread


class Mailroom:
    """What arrived, by Message-ID, and how often."""

    def __init__(self, *mailboxes: str) -> None:
        self.mailboxes = set(mailboxes)
        self.mails: dict[str, EmailMessage] = {}
        self.times: dict[str, int] = {}
        self.busy = 0  # how many of the next mails are put off

    def take(self, content: bytes) -> None:
        """Keep a mail once."""
        mail = message_from_bytes(content, policy=policy.default)
        name = str(mail["Message-ID"])
        self.times[name] = self.times.get(name, 0) + 1
        self.mails.setdefault(name, mail)  # type: ignore[arg-type]  # the default policy makes EmailMessage


@contextmanager
def serve(room: Mailroom) -> Iterator[int]:
    """The mail server at a port of this machine, until the block ends."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.say("220 simulated")
            while line := self.rfile.readline().decode().strip():
                verb = line.split(":")[0].split()[0].upper()
                if verb == "QUIT":
                    self.say("221 bye")
                    return
                self.say(self.answer(verb, line))

        def answer(self, verb: str, line: str) -> str:
            if verb == "MAIL" and room.busy:
                room.busy -= 1
                return "451 later"
            if verb == "RCPT" and line.partition("<")[2].partition(">")[0] not in room.mailboxes:
                return "550 nobody"
            if verb == "DATA":
                self.say("354 go on")
                content = b""
                while (more := self.rfile.readline()) != b".\r\n":
                    content += more
                room.take(content)
            return "250 ok"

        def say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        try:
            yield int(server.server_address[1])
        finally:
            server.shutdown()
