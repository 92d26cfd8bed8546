// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// A relay that wants to be paid, and what people are told about it.
@Suite(.enabled(if: Built.hasRelay)) struct `A relationship that is paid for` {
  @Test func `a therapist without postage is told the way, and after it a client costs two tokens`()
    async throws
  {
    let world = try World()
    try await world.startRelay(["--postage", "required"])
    let ines = try world.person("ines")
    let mara = try world.person("mara")
    try await ines.makeTherapist()
    try await mara.makeClient()

    let refused = try await ines("invite", "mara")
    #expect(refused.status == 8 && refused.out.isEmpty)
    #expect(refused.err.contains("alcove relay postage request 20 > request"))
    #expect(refused.err.contains("Nothing is lost"))
    let json = try await ines("invite", "mara", "--json")
    #expect(json.failure?["code"] as? String == "postage-missing")
    #expect(json.failure?["exit"] as? Int == 8)
    try await ines("explain", "postage-missing").expect(0)

    let request = try await ines("relay", "postage", "request", "3").expect(0)
    #expect(request.out.hasPrefix("alcove-postage-request 1\n"))
    #expect(!request.out.contains("Ines"))
    let shown = try await ines("relay", "postage", "show", "--json").expect(0)
    #expect(shown.objects.first?["requested"] as? Int == 3)
    let answer = try await world.operate("postage", "issue", stdin: request.output)
    try answer.expect(0)
    let wrong = try await ines("relay", "postage", "take", stdin: request.output)
    #expect(wrong.status == 9 && wrong.err.contains("postage-answer-invalid"))
    let taken = try await ines("relay", "postage", "take", stdin: answer.output).expect(0)
    #expect(taken.err.contains("took 3"))
    #expect(try await ines("relay", "postage", "take", stdin: answer.output).status == 9)

    let link = try await ines.invitation(of: "mara")
    try await mara(
      "accept", link, "--name", "albrecht", "--sign-as", "M.", "--scope", "text=yes", "--scope",
      "questionnaires=yes", "--yes"
    ).expect(0)
    for person in [ines, mara, ines, mara] { try await person("sync").expect(0) }
    try await mara("send", "albrecht", "-", stdin: Array("paid for".utf8)).expect(0)
    let left = try await ines("relay", "postage", "show", "--json").expect(0)
    #expect(left.objects.first?["held"] as? Int == 1)
    // A client pays for nothing.
    #expect(try await mara("relay", "postage", "request", "1").status == 64)
    #expect(try await ines("relay", "postage", "request", "0").status == 64)
    #expect(try await ines("relay", "postage", "request", "x").status == 64)
  }

  @Test func `a withdrawal shows in the audit with the day on which it was lodged`() async throws {
    let world = try World()
    let (ines, mara) = try await world.couple()
    try await mara(
      "consent", "withdraw", "albrecht", "--scope", "questionnaires", "--yes"
    ).expect(0)
    for person in [mara, ines] { try await person("sync").expect(0) }
    let audit = try await mara("consent", "audit", "albrecht").expect(0)
    let line = audit.out.split(separator: "\n").first { $0.contains("withdraw") }
    #expect(line?.contains("lodged at the relay on 20") == true)
    let file = mara.home + "/receipts.json"
    let exported = try await mara("consent", "export", "albrecht", "--receipts", file).expect(0)
    #expect(!exported.output.isEmpty && exported.err.contains("1 receipt in"))
    let data = try Data(contentsOf: URL(filePath: file))
    let object = try #require(
      try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let receipts = try #require(object["receipts"] as? [[String: Any]])
    #expect(receipts.contains { ($0["signature"] as? String)?.count == 86 })
  }
}
