# SPDX-License-Identifier: Apache-2.0
"""The story that Scripts/demo tells, checked at every step.

Usage: python3 Scripts/story.py FOLDER-WITH-THE-EXECUTABLES
Everything lies in one temporary folder, which goes at the end. Any deviation ends it with exit 1.
"""
import base64
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading

here = pathlib.Path(__file__).resolve().parent
binaries = pathlib.Path(sys.argv[1]).resolve()
work = pathlib.Path(tempfile.mkdtemp(prefix="alcove-demo-"))


class Deviation(Exception):
    pass


def expect(truth, what):
    if not truth:
        raise Deviation(what)


class Tap(threading.Thread):
    """Forwards loopback connections to the relay and keeps every byte that passes."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.to, self.seen, self.lock = port, bytearray(), threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]

    def run(self):
        while True:
            try:
                client, _ = self.listener.accept()
                server = socket.create_connection(("127.0.0.1", self.to))
            except OSError:
                return
            for source, sink in ((client, server), (server, client)):
                threading.Thread(target=self.pump, args=(source, sink), daemon=True).start()

    def pump(self, source, sink):
        try:
            while data := source.recv(65536):
                with self.lock:
                    self.seen += data
                sink.sendall(data)
        except OSError:
            pass
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


class Person:
    """One profile in its own home, used only through the command line."""

    def __init__(self, name, shown):
        self.home, self.shown = work / name, shown
        self.home.mkdir(mode=0o700)
        self.passphrase = self.home / "passphrase"
        self.passphrase.write_text(f"correct horse battery {name}\n")
        self.passphrase.chmod(0o600)

    def run(self, *arguments, stdin="", exit=0, quiet=False, profile=True, binary=False):
        command = [str(binaries / "alcove"), *arguments]
        if profile:
            command += ["--passphrase-file", str(self.passphrase)]
        environment = {
            "HOME": str(self.home), "PATH": os.environ["PATH"], "NO_COLOR": "1",
            "LANG": "C.UTF-8", "XDG_RUNTIME_DIR": str(self.home),
        }
        if "secrets" in arguments:
            environment["ALCOVE_TEST_HOOKS"] = "1"
        done = subprocess.run(
            command, input=stdin.encode(), capture_output=True, env=environment, timeout=120)
        out, err = done.stdout.decode(), done.stderr.decode()
        if not quiet:
            print(f"\n{self.shown}$ alcove {' '.join(map(shorten, arguments))}")
            for line in (out + err).splitlines():
                print("   ", line[:140])
        expect(done.returncode == exit,
               f"alcove {' '.join(map(shorten, arguments))} ended with {done.returncode},"
               f" not {exit}:\n{out[-2000:]}{err[-2000:]}")
        return done.stdout if binary else out

    def json(self, *arguments, **how):
        text = self.run(*arguments, "--json", quiet=how.pop("quiet", True), **how)
        return [json.loads(line) for line in text.splitlines()]


def shorten(text):
    return text if len(text) < 60 else text[:44] + "..."


def conversation():
    messages, speaker, lines = [], None, []
    for line in (here / "demo-conversation.txt").read_text().split("\n"):
        if line.startswith("%%% "):
            if speaker:
                messages.append((speaker, "\n".join(lines)))
            speaker, lines = line[4:], []
        else:
            lines.append(line)
    messages.append((speaker, "\n".join(lines).rstrip("\n")))
    return messages


def forms(raw):
    """A secret as it could show itself: raw, hexadecimal, base64 at its three alignments."""
    yield raw
    yield raw.hex().encode()
    yield raw.hex().upper().encode()
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + raw)
        # The first and last characters mix with what stands beside them.
        inner = encoded[(4 if shift else 0):].rstrip(b"=")[:-1]
        yield inner
        yield inner.replace(b"+", b"-").replace(b"/", b"_")


def scan(place, content, secrets):
    for label, raw in secrets:
        for form in forms(raw):
            if len(form) >= 8:
                expect(form not in content, f"{place} contains {label}")


def step(text):
    print(f"\n== {text}")


def story():
    relay_home = work / "relay"
    log = open(work / "relay.log", "wb")
    relay_command = str(binaries / "alcove-relay")

    step("A relay on loopback")
    subprocess.run([relay_command, "init", "--directory", str(relay_home)], check=True,
                   stdout=subprocess.DEVNULL)
    relay = subprocess.Popen(
        [relay_command, "serve", "--directory", str(relay_home), "--port", "0", "--json"],
        stdout=subprocess.PIPE, stderr=log)
    try:
        ready = json.loads(relay.stdout.readline())
        tap = Tap(ready["port"])
        tap.start()
        print(f"    ready; clients reach it at http://127.0.0.1:{tap.port}, where every byte is kept")
        tell(tap, relay_home, relay, relay_command)
    finally:
        relay.send_signal(signal.SIGTERM)
        try:
            relay.wait(15)
        except subprocess.TimeoutExpired:
            relay.kill()


def tell(tap, relay_home, relay, relay_command):
    ines, mara = Person("ines", "ines"), Person("mara", "mara")
    secrets = []

    def collect():
        for person, peer in ((ines, "mara"), (mara, "albrecht")):
            for row in person.json("debug", "secrets", peer)[0]["secrets"]:
                secrets.append((f"{person.shown}'s {row['label']}", bytes.fromhex(row["hex"])))

    step("Both make a profile; she is invited, reads the form, and signs as a pseudonym")
    ines.run("init", "--name", "Dr. Ines Albrecht", "--role", "therapist",
             "--relay", f"http://127.0.0.1:{tap.port}",
             "--recovery-words-file", str(ines.home / "words"), "--yes")
    invitation = ines.json("invite", "mara")[0]
    print(f"\nines$ alcove invite mara\n    {shorten(invitation['link'])}")
    mara.run("init", "--role", "client",
             "--recovery-words-file", str(mara.home / "words"), "--yes")
    mara.run("accept", invitation["link"], "--name", "albrecht", "--sign-as", "M.",
             "--scope", "text=yes", "--scope", "voice=no", "--scope", "questionnaires=yes", "--yes")
    for person in (ines, mara, ines, mara):
        person.run("sync")
    collect()

    step("They compare the safety number")
    numbers = [p.json("verify", peer)[0]["safety_number"]
               for p, peer in ((ines, "mara"), (mara, "albrecht"))]
    expect(numbers[0] == numbers[1], "the safety numbers differ")
    ines.run("verify", "mara", "--yes")
    mara.run("verify", "albrecht", "--yes")

    step("Ten messages each way")
    messages = conversation()
    for speaker, text in messages:
        person, peer = (ines, "mara") if speaker == "therapist" else (mara, "albrecht")
        person.run("send", peer, "-", stdin=text, quiet=True)
        print(f"    {person.shown} sends {len(text.encode())} bytes: {text.splitlines()[0][:60]}")
    for person, peer in ((ines, "mara"), (mara, "albrecht")):
        person.run("sync", quiet=True)
    check_transcripts(ines, mara, messages)
    print("    both read all of them, in order, once")

    step("Both rotate; the epoch moves and messages go on")
    before = ines.json("keys", "show")[0]
    for person, peer in ((ines, "mara"), (mara, "albrecht")):
        person.run("keys", "rotate", peer)
        for everyone in (ines, mara):
            everyone.run("sync", quiet=True)
        collect()
    after = ines.json("keys", "show")[0]
    moved = [r["epoch"] for r in after["relationships"]][0] - \
        [r["epoch"] for r in before["relationships"]][0]
    expect(moved >= 2, f"the epoch moved by {moved}, not by two")
    extra = [("therapist", "New keys, same room."), ("client", "Same rain. 🌧️")]
    for speaker, text in extra:
        person, peer = (ines, "mara") if speaker == "therapist" else (mara, "albrecht")
        person.run("send", peer, "-", stdin=text)
    for person in (ines, mara, ines):
        person.run("sync", quiet=True)
    check_transcripts(ines, mara, messages + extra)

    step("She withdraws one scope, then everything")
    mara.run("consent", "withdraw", "albrecht", "--scope", "questionnaires", "--yes")
    mara.run("sync", quiet=True)
    ines.run("sync")
    ines.run("send", "mara", "-", "--kind", "questionnaires", stdin="PHQ-9, week 12", exit=7)
    ines.run("send", "mara", "-", stdin="Text is still agreed.")
    mara.run("sync", quiet=True)
    mara.run("consent", "withdraw", "albrecht", "--yes")
    mara.run("sync", quiet=True)
    ines.run("sync", quiet=True)
    collect()
    ines.run("send", "mara", "-", stdin="one more thing", exit=7)
    mara.run("send", "albrecht", "-", stdin="one more thing", exit=7)

    step("Both audit; the ledger is exported and checked without a profile")
    ines.run("consent", "history", "mara")
    ines.run("consent", "audit", "mara")
    mara.run("consent", "audit", "albrecht")
    ledger = work / "mara.jws"
    ledger.write_bytes(ines.run("consent", "export", "mara", "--format", "jws", binary=True,
                                quiet=True))
    stranger = Person("stranger", "anyone")
    stranger.run("consent", "verify", str(ledger), profile=False)
    damaged = bytearray(ledger.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    flipped = work / "flipped.jws"
    flipped.write_bytes(damaged)
    stranger.run("consent", "verify", str(flipped), profile=False, exit=9)
    jose(ledger)

    step("All that the relay knows")
    shown = subprocess.run([relay_command, "inspect", "--directory", str(relay_home)],
                           check=True, capture_output=True, text=True).stdout
    print("\n".join("    " + line[:140] for line in shown.splitlines()[:40]))
    known = json.loads(subprocess.run(
        [relay_command, "inspect", "--directory", str(relay_home), "--json"],
        check=True, capture_output=True, text=True).stdout)
    expect(sorted((c["class"], c["state"]) for c in known["channels"])
           == [("intake", "closed"), ("relationship", "open")],
           "the intake was not closed, or there is a channel too many")

    step("Scan: the relay's directory, its log, and the captured traffic")
    relay.send_signal(signal.SIGTERM)
    expect(relay.wait(15) == 0, "the relay did not end cleanly")
    # Short words would be found by chance in a megabyte of ciphertext.
    plain = [(f"message {n}", text.encode()[:24]) for n, (_, text)
             in enumerate(messages + extra) if len(text.encode()) >= 8]
    names = [("a name", name.encode()) for name in
             ("Ines Albrecht", "Albrecht", "albrecht", "questionnaires")]
    everything = secrets + plain + names
    files = [f for f in relay_home.rglob("*") if f.is_file()] + [work / "relay.log"]
    for file in files:
        scan(file.name, file.read_bytes(), everything)
    bearer = [s for s in everything if not s[0].endswith((" T", " L"))]
    scan("the captured traffic", bytes(tap.seen), bearer)
    tokens = [raw for label, raw in secrets if label.endswith(" T")]
    expect(any(base64.urlsafe_b64encode(t).rstrip(b"=") in tap.seen for t in tokens),
           "the capture holds no access token: the scan would prove nothing")
    print(f"    {len(everything)} secrets and texts, in {len(files)} files and"
          f" {len(tap.seen)} captured bytes: none found, but T and L in requests")


def check_transcripts(ines, mara, messages):
    for person, peer, own in ((ines, "mara", "therapist"), (mara, "albrecht", "client")):
        shown = person.json("read", peer)
        rows = [(row["from_me"], row["text"]) for row in shown if row["type"] == "message"]
        wanted = [(speaker == own, text) for speaker, text in messages]
        expect(rows == wanted,
               f"{person.shown} reads {len(rows)} messages, not the {len(wanted)} in order:"
               f" {[r[1][:20] for r in rows]}")


def jose(ledger):
    """An independent library reads the same lines."""
    environment = work / "jose"
    try:
        subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True,
                       capture_output=True)
        subprocess.run([str(environment / "bin/pip"), "install", "-q", "joserfc"], check=True,
                       capture_output=True, timeout=180)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired, FileNotFoundError):
        print("\n    notice: pip cannot install joserfc here; the independent check is skipped")
        return
    done = subprocess.run([str(environment / "bin/python"), str(here / "verify_jose.py"),
                           str(ledger)], capture_output=True, text=True)
    print("   ", done.stdout.strip())
    expect(done.returncode == 0, f"joserfc does not agree: {done.stderr[-800:]}")


try:
    story()
    print("\ndemo: ok")
except Deviation as deviation:
    print(f"\ndemo: DEVIATION: {deviation}", file=sys.stderr)
    sys.exit(1)
finally:
    shutil.rmtree(work, ignore_errors=True)
