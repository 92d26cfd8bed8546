# SPDX-License-Identifier: Apache-2.0
"""Verifies every line of an exported ledger with joserfc, an independent JOSE library.

Usage: python verify_jose.py EXPORT.jws
"""
import base64
import json
import sys

from joserfc import jws
from joserfc.jwk import OKPKey

lines = open(sys.argv[1], encoding="utf-8").read().splitlines()
first = json.loads(lines[0])
keys = {}
for entry in first["keys"]:
    jwk = {name: entry[name] for name in ("kty", "crv", "x")}
    key = OKPKey.import_key(jwk)
    assert key.thumbprint() == entry["kid"], "a key id is not the thumbprint of its key"
    keys[entry["kid"]] = key
registry = jws.JWSRegistry(algorithms=["EdDSA", "Ed25519"])
for number, line in enumerate(lines[1:]):
    kid = json.loads(base64.urlsafe_b64decode(line.split(".")[0] + "=="))["kid"]
    verified = jws.deserialize_compact(line, keys[kid], registry=registry)
    kind = json.loads(verified.payload)["kind"]
    print(f"joserfc: line {number} {kind}: ok")
assert len(lines) - 1 == first["length"], "the export's length is not the number of its lines"
