#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Plays scenario files of the MLS working group's interop runner with services that speak lines.

Usage: interop_play.py DEFAULT-COMMAND CONFIG.json... [--client COMMAND]... [--suite N]... [--random]

A file is played for every suite that all clients have, with handshakes encrypted and in the clear,
and for every way to cast the clients into its roles (--random: one way). Exits non-zero where a step
fails or members disagree. The scenario files are in interop/configs of mlswg/mls-implementations.
"""
import argparse
import base64
import itertools
import json
import random
import shlex
import subprocess
import sys


def b64(data):
    return base64.b64encode(data).decode()


# The fields of the responses in mls_client.proto; ProposalResponse where none is said.
PROPOSAL = {"proposal"}
RESPONSES = {
    "Name": {"name"},
    "SupportedCiphersuites": {"ciphersuites"},
    "CreateGroup": {"state_id"},
    "CreateKeyPackage": {
        "transaction_id", "key_package", "init_priv", "encryption_priv", "signature_priv"},
    "JoinGroup": {"state_id", "epoch_authenticator"},
    "ExternalJoin": {"state_id", "commit", "epoch_authenticator"},
    "GroupInfo": {"group_info", "ratchet_tree"},
    "StateAuth": {"state_auth_secret"},
    "Export": {"exported_secret"},
    "Protect": {"ciphertext"},
    "Unprotect": {"authenticated_data", "plaintext"},
    "StorePSK": set(),
    "Commit": {"commit", "welcome", "ratchet_tree"},
    "HandleCommit": {"state_id", "epoch_authenticator"},
    "HandlePendingCommit": {"state_id", "epoch_authenticator"},
    "ReInitCommit": {"commit", "welcome", "ratchet_tree"},
    "HandlePendingReInitCommit": {"reinit_id", "key_package", "epoch_authenticator"},
    "HandleReInitCommit": {"reinit_id", "key_package", "epoch_authenticator"},
    "ReInitWelcome": {"state_id", "welcome", "ratchet_tree", "epoch_authenticator"},
    "HandleReInitWelcome": {"state_id", "epoch_authenticator"},
    "CreateBranch": {"state_id", "welcome", "ratchet_tree", "epoch_authenticator"},
    "HandleBranch": {"state_id", "epoch_authenticator"},
    "NewMemberAddProposal": {
        "transaction_id", "proposal", "init_priv", "encryption_priv", "signature_priv"},
    "CreateExternalSigner": {"signer_id", "external_sender"},
    "Free": set(),
}
# What may be empty, which JSON of proto3 leaves out.
MAY_BE_EMPTY = {"authenticated_data", "plaintext", "ratchet_tree", "welcome"}


class Client:
    """A process that answers one line with one line."""

    def __init__(self, command):
        self.command = command
        self.process = subprocess.Popen(
            shlex.split(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.name = self.call("Name")["name"]
        self.suites = set(self.call("SupportedCiphersuites")["ciphersuites"])

    def call(self, method, **params):
        request = {"id": 1, "method": method, "params": params}
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise Failure(f"{self.command}: {method}: the process has gone")
        answer = json.loads(line)
        if "result" not in answer:
            raise Failure(f"{self.command}: {method}: {answer.get('error')}")
        result, expected = answer["result"], RESPONSES.get(method, PROPOSAL)
        result |= {name: "" for name in expected & MAY_BE_EMPTY - set(result)}
        if set(result) != expected:
            raise Failure(f"{self.command}: {method}: fields {sorted(result)}")
        if "ratchet_tree" in expected:
            if bool(result["ratchet_tree"]) != params.get("external_tree", False):
                raise Failure(f"{self.command}: {method}: ratchet_tree is not as external_tree says")
        return result

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Failure(Exception):
    """A step did not go as the file says."""


class Play:
    """One script with its roles cast."""

    def __init__(self, cast, suite, encrypted):
        self.cast, self.suite, self.encrypted = cast, suite, encrypted
        self.state, self.transaction, self.signer = {}, {}, {}
        self.kept = []

    def run(self, script):
        for index, step in enumerate(script):
            self.kept.append({})
            try:
                getattr(self, step["action"])(step, self.kept[index])
            except Failure as failure:
                raise Failure(f"step {index} ({step['action']}): {failure}") from None
        for actor, state in self.state.items():
            self.cast[actor].call("Free", state_id=state)

    # What several steps need

    def on(self, actor, method, **params):
        return self.cast[actor].call(method, state_id=self.state[actor], **params)

    def agree(self, actor, reply, authenticator):
        if reply["epoch_authenticator"] != authenticator:
            raise Failure(f"{actor} has another epoch authenticator")

    @staticmethod
    def said(step, snake, camel):
        """A flag, which the files spell in both ways."""
        return step.get(snake, step.get(camel, False))

    def how(self, step):
        return dict(
            force_path=self.said(step, "force_path", "forcePath"),
            external_tree=self.said(step, "external_tree", "externalTree"))

    def proposals(self, step):
        return [self.kept[index]["proposal"] for index in step.get("byReference", [])]

    def described(self, description):
        kind = description["proposalType"]
        fields = {"proposal_type": b64(kind.encode())}
        if kind == "add":
            fields["key_package"] = self.kept[description["keyPackage"]]["key_package"]
        elif kind == "remove":
            fields["removed_id"] = b64(description["removed"].encode())
        elif kind == "externalPSK":
            fields["psk_id"] = self.kept[description["pskID"]]["psk_id"]
        elif kind == "resumptionPSK":
            fields["epoch_id"] = description["epochID"]
        else:
            fields["extensions"] = description.get("extensions", [])
        if kind == "reinit":
            if description.get("changeCipherSuite"):
                self.change_suite()
            fields["cipher_suite"] = self.suite
            fields["group_id"] = self.next_id(description.get("changeGroupID"))
        return fields

    def next_id(self, changed):
        group = base64.b64decode(self.kept[0]["group_id"])
        return b64(group + (b"++" if changed else b""))

    def change_suite(self):
        suites = set.intersection(*(client.suites for client in self.cast.values()))
        self.suite = random.choice(sorted(suites - {self.suite}))

    def key_package(self, actor):
        reply = self.cast[actor].call(
            "CreateKeyPackage", cipher_suite=self.suite, identity=b64(actor.encode()))
        self.transaction[actor] = reply["transaction_id"]
        return reply["key_package"]

    def commit_with(self, step, values):
        return dict(
            by_reference=self.proposals(step), by_value=values, **self.how(step))

    def join(self, actor, welcome, tree, authenticator=None):
        reply = self.cast[actor].call(
            "JoinGroup", transaction_id=self.transaction[actor], welcome=welcome,
            encrypt_handshake=self.encrypted, identity=b64(actor.encode()), ratchet_tree=tree)
        self.state[actor] = reply["state_id"]
        if authenticator is not None:
            self.agree(actor, reply, authenticator)

    def follow(self, actor, commit, proposals, authenticator=None):
        reply = self.on(actor, "HandleCommit", proposal=proposals, commit=commit)
        self.state[actor] = reply["state_id"]
        if authenticator is not None:
            self.agree(actor, reply, authenticator)

    def take_pending(self, actor):
        reply = self.on(actor, "HandlePendingCommit")
        self.state[actor] = reply["state_id"]
        return reply["epoch_authenticator"]

    # The steps, under their names in the files

    def createGroup(self, step, kept):
        founder, members = step["actor"], step.get("members", [])
        kept["group_id"] = b64(random.randbytes(24))
        self.state[founder] = self.cast[founder].call(
            "CreateGroup", group_id=kept["group_id"], cipher_suite=self.suite,
            encrypt_handshake=self.encrypted, identity=b64(founder.encode()))["state_id"]
        if not members:
            return
        packages = [self.key_package(member) for member in members]
        values = [{"proposal_type": b64(b"add"), "key_package": package} for package in packages]
        made = self.on(founder, "Commit", by_value=values)
        authenticator = self.take_pending(founder)
        for member in members:
            self.join(member, made["welcome"], "", authenticator)

    def createKeyPackage(self, step, kept):
        kept["key_package"] = self.key_package(step["actor"])

    def joinGroup(self, step, kept):
        made = self.kept[step["welcome"]]
        self.join(step["actor"], made["welcome"], made["ratchet_tree"])

    def externalJoin(self, step, kept):
        inviter, joiner = step["actor"], step["joiner"]
        info = self.on(inviter, "GroupInfo", external_tree=step.get("externalTree", False))
        keys = [
            {name: self.kept[index][name] for name in ("psk_id", "psk_secret")}
            for index in step.get("psks", [])]
        reply = self.cast[joiner].call(
            "ExternalJoin", group_info=info["group_info"], ratchet_tree=info["ratchet_tree"],
            encrypt_handshake=self.encrypted, identity=b64(joiner.encode()),
            remove_prior=step.get("removePrior", False), psks=keys)
        self.state[joiner] = reply["state_id"]
        for member in step.get("members", []) + [inviter]:
            self.follow(member, reply["commit"], [], reply["epoch_authenticator"])

    def installExternalPSK(self, step, kept):
        kept["psk_id"], kept["psk_secret"] = b64(random.randbytes(32)), b64(random.randbytes(32))
        for actor in step["clients"]:
            self.cast[actor].call(
                "StorePSK", state_or_transaction_id=self.state.get(
                    actor, self.transaction.get(actor, 0)), **kept)

    def groupInfo(self, step, kept):
        kept.update(
            self.on(step["actor"], "GroupInfo", external_tree=step.get("externalTree", False)))

    def addProposal(self, step, kept):
        kept.update(self.on(
            step["actor"], "AddProposal",
            key_package=self.kept[step["keyPackage"]]["key_package"]))

    def updateProposal(self, step, kept):
        kept.update(self.on(step["actor"], "UpdateProposal"))

    def removeProposal(self, step, kept):
        kept.update(self.on(
            step["actor"], "RemoveProposal", removed_id=b64(step["removed"].encode())))

    def externalPSKProposal(self, step, kept):
        kept.update(self.on(
            step["actor"], "ExternalPSKProposal", psk_id=self.kept[step["pskID"]]["psk_id"]))

    def resumptionPSKProposal(self, step, kept):
        kept.update(self.on(step["actor"], "ResumptionPSKProposal", epoch_id=step["epochID"]))

    def groupContextExtensionsProposal(self, step, kept):
        kept.update(self.on(
            step["actor"], "GroupContextExtensionsProposal",
            extensions=step.get("extensions", [])))

    def fullCommit(self, step, kept):
        values = [self.described(value) for value in step.get("byValue", [])]
        kept.update(self.on(step["actor"], "Commit", **self.commit_with(step, values)))
        authenticator = self.take_pending(step["actor"])
        for member in step.get("members", []):
            self.follow(member, kept["commit"], self.proposals(step), authenticator)
        for joiner in step.get("joiners", []):
            self.join(joiner, kept["welcome"], kept["ratchet_tree"], authenticator)

    def commit(self, step, kept):
        values = [self.described(value) for value in step.get("byValue", [])]
        kept.update(self.on(step["actor"], "Commit", **self.commit_with(step, values)))

    def handleCommit(self, step, kept):
        self.follow(
            step["actor"], self.kept[step["commit"]]["commit"], self.proposals(step))

    def handlePendingCommit(self, step, kept):
        self.take_pending(step["actor"])

    def protect(self, step, kept):
        kept["plaintext"] = b64(step["plaintext"].encode())
        kept["authenticated_data"] = b64(step["authenticatedData"].encode())
        kept.update(self.on(
            step["actor"], "Protect", plaintext=kept["plaintext"],
            authenticated_data=kept["authenticated_data"]))

    def unprotect(self, step, kept):
        sent = self.kept[step["ciphertext"]]
        opened = self.on(step["actor"], "Unprotect", ciphertext=sent["ciphertext"])
        for name in ("plaintext", "authenticated_data"):
            if opened[name] != sent[name]:
                raise Failure(f"another {name}")

    def reinit(self, step, kept):
        committer, welcomer = step["committer"], step["welcomer"]
        everybody = {committer, welcomer, *step.get("members", [])}
        everybody |= {step["proposer"]} if step.get("proposer") else set()
        group = self.next_id(step.get("changeGroupID"))
        if step.get("changeCipherSuite") or step.get("changeCiphersuite"):
            self.change_suite()
        if step.get("proposer"):
            proposal = self.on(
                step["proposer"], "ReInitProposal", cipher_suite=self.suite, group_id=group,
                extensions=step.get("extensions", []))["proposal"]
        else:
            proposal = self.kept[step["externalReinitProposal"]]["proposal"]
        commit = self.on(committer, "ReInitCommit", by_reference=[proposal])["commit"]
        replies = {committer: self.on(committer, "HandlePendingReInitCommit")}
        for member in sorted(everybody - {committer}):
            replies[member] = self.on(
                member, "HandleReInitCommit", proposal=[proposal], commit=commit)
            self.agree(member, replies[member], replies[committer]["epoch_authenticator"])
        others = sorted(everybody - {welcomer})
        made = self.cast[welcomer].call(
            "ReInitWelcome", reinit_id=replies[welcomer]["reinit_id"],
            key_package=[replies[member]["key_package"] for member in others],
            **self.how(step))
        self.state[welcomer] = made["state_id"]
        for member in others:
            reply = self.cast[member].call(
                "HandleReInitWelcome", reinit_id=replies[member]["reinit_id"],
                welcome=made["welcome"],
                ratchet_tree=made["ratchet_tree"])
            self.agree(member, reply, made["epoch_authenticator"])
            self.state[member] = reply["state_id"]

    def branch(self, step, kept):
        members = step["members"]
        packages = [self.key_package(member) for member in members]
        made = self.on(
            step["actor"], "CreateBranch", group_id=b64(random.randbytes(24)),
            extensions=step.get("extensions", []), key_packages=packages,
            **self.how(step))
        self.state[step["actor"]] = made["state_id"]
        for member in members:
            reply = self.on(
                member, "HandleBranch", transaction_id=self.transaction[member],
                welcome=made["welcome"],
                ratchet_tree=made["ratchet_tree"])
            self.agree(member, reply, made["epoch_authenticator"])
            self.cast[member].call("Free", state_id=self.state[member])
            self.state[member] = reply["state_id"]

    def newMemberAddProposal(self, step, kept):
        joiner = step["joiner"]
        info = self.on(step["actor"], "GroupInfo")["group_info"]
        kept.update(self.cast[joiner].call(
            "NewMemberAddProposal", group_info=info, identity=b64(joiner.encode())))
        self.transaction[joiner] = kept["transaction_id"]

    def addExternalSigner(self, step, kept):
        signer = step["signer"]
        made = self.cast[signer].call(
            "CreateExternalSigner", cipher_suite=self.suite, identity=b64(signer.encode()))
        self.signer[signer] = made["signer_id"]
        kept.update(self.on(
            step["actor"], "AddExternalSigner", external_sender=made["external_sender"]))

    def externalSignerProposal(self, step, kept):
        info = self.on(step["member"], "GroupInfo", external_tree=True)
        kept.update(self.cast[step["actor"]].call(
            "ExternalSignerProposal", signer_id=self.signer[step["actor"]],
            group_info=info["group_info"], ratchet_tree=info["ratchet_tree"],
            description=self.described(step["description"])))


def roles(script):
    found = set()
    for step in script:
        found.update(step[name] for name in ("actor", "joiner", "signer", "proposer", "committer",
                                             "welcomer") if step.get(name))
        found.update(step.get("members", []))
        found.update(step.get("joiners", []))
    return sorted(found)


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("default")
    parser.add_argument("configs", nargs="+")
    parser.add_argument("--client", action="append")
    parser.add_argument("--suite", type=int, action="append")
    parser.add_argument("--random", action="store_true")
    options = parser.parse_intermixed_args()
    clients = [Client(command) for command in options.client or [options.default]]
    suites = set.intersection(*(client.suites for client in clients))
    played = failed = 0
    for path in options.configs:
        with open(path, encoding="utf-8") as file:
            scripts = json.load(file)["scripts"]
        before = played
        for name, script in scripts.items():
            actors = roles(script)
            casts = itertools.product(clients, repeat=len(actors))
            if options.random or len(clients) ** len(actors) > 64:
                casts = [random.choices(clients, k=len(actors))]
            for cast in casts:
                for suite in sorted(suites.intersection(options.suite or suites)):
                    for encrypted in (True, False):
                        played += 1
                        try:
                            Play(dict(zip(actors, cast)), suite, encrypted).run(script)
                        except (Failure, KeyError) as failure:
                            failed += 1
                            print(f"{path}: {name}, suite {suite}, encrypted {encrypted}: {failure}")
        print(f"{path}: {played - before} played")
    for client in clients:
        client.close()
    print(f"play: {played} played, {failed} failed")
    return 1 if failed or not played else 0


if __name__ == "__main__":
    sys.exit(main())
