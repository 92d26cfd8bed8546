// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Two people over a relay with a certificate of its own, whose pin travels in the invitation.
@Suite(.enabled(if: Built.hasRelay)) struct `A relationship over TLS` {
  @Test func `a pin travels from the relay to the client, and another relay gets nothing`()
    async throws
  {
    let world = try World()
    try await world.startRelay(tls: true)
    let ines = try world.person("ines")
    let mara = try world.person("mara")
    try await ines.makeTherapist()
    try await mara.makeClient()
    let link = try await ines.invitation(of: "mara")
    #expect(link.contains("https://127.0.0.1:\(world.port)/"))
    try await mara(
      "accept", link, "--name", "albrecht", "--sign-as", "M.", "--scope", "text=yes", "--scope",
      "questionnaires=yes", "--yes"
    ).expect(0)
    for person in [ines, mara, ines, mara] { try await person("sync").expect(0) }
    try await ines("send", "mara", "-", stdin: Array("over TLS".utf8)).expect(0)
    try await mara("sync").expect(0)
    #expect(try await mara.texts(with: "albrecht") == ["< over TLS"])

    try await world.replaceRelay()
    let refused = try await mara("send", "albrecht", "-", "--json", stdin: Array("kept".utf8))
    #expect(refused.status == 6)
    #expect(refused.err.contains("relay-wrong-pin"))
    let said = try await mara("sync")
    #expect(said.status == 6 && said.err.contains("alcove explain relay-wrong-pin"))
    try await mara("explain", "relay-wrong-pin").expect(0)
    let findings = try await mara("doctor")
    #expect(findings.status == 1 && findings.out.contains("not the relay that the address names"))
  }

  @Test func `a relay that is not what its address names makes no profile`() async throws {
    let world = try World()
    try await world.startRelay(tls: true)
    let ines = try world.person("ines")
    for (address, code) in [
      ("https://127.0.0.1:\(world.port)#\(String(repeating: "0", count: 32))", "relay-wrong-pin"),
      ("https://127.0.0.1:\(world.port)", "relay-untrusted"),
    ] {
      let refused = try await ines(
        "init", "--name", "Ines", "--role", "therapist", "--relay", address,
        "--recovery-words-file", ines.home + "/words", "--yes", "--json")
      #expect(refused.status == 6 && refused.err.contains(code))
    }
    #expect(!FileManager.default.fileExists(atPath: ines.home + "/words"))
  }
}
