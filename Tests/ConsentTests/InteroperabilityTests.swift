// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Consent

/// An independent JOSE library, Python's joserfc, reads what we sign.
@Suite struct InteroperabilityTests {
  static let script = """
    import json, sys
    from joserfc import jws
    from joserfc.jwk import OKPKey
    lines = sys.stdin.buffer.read().decode().split("\\n")
    first = json.loads(lines[0])
    keys = {k["kid"]: OKPKey.import_key(k) for k in first["keys"]}
    for kid, key in keys.items():
        assert key.thumbprint() == kid
    registry = jws.JWSRegistry(algorithms=["EdDSA", "Ed25519"])
    count = 0
    for line in lines[1:-1]:
        import base64
        head = line.split(".")[0]
        header = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
        done = jws.deserialize_compact(line, keys[header["kid"]], registry=registry)
        payload = json.loads(done.payload)
        assert payload["v"] == 1 and payload["relationship"] == first["relationship"]
        count += 1
    assert count == first["length"]
    print(count)
    """

  @Test func `joserfc verifies every line of an export by the keys it lists`() throws {
    guard try Self.python("import joserfc.jwk", input: [])?.status == 0 else {
      print("note: python3 with joserfc is absent; interoperability of signatures is not tested")
      return
    }
    let ledger = try Story().whole()
    let result = try Self.python(Self.script, input: ConsentExport.jws(ledger))
    #expect(result?.status == 0)
    #expect(result?.output == "\(ledger.length)\n")
    // And it refuses what is forged: the judge can say no.
    var forged = ConsentExport.jws(ledger)
    forged[forged.count - 12] ^= 1
    #expect(try Self.python(Self.script, input: forged)?.status != 0)
  }

  static func python(
    _ script: String, input: [UInt8]
  ) throws -> (status: Int32, output: String)? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", script]
    let stdin = Pipe()
    let stdout = Pipe()
    process.standardInput = stdin
    process.standardOutput = stdout
    process.standardError = FileHandle.nullDevice
    try process.run()
    // Python reads all of it before it writes anything.
    try? stdin.fileHandleForWriting.write(contentsOf: Data(input))
    try? stdin.fileHandleForWriting.close()
    let output = stdout.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }
}
