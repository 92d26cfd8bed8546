// SPDX-License-Identifier: Apache-2.0

import Primitives
import RelayClient
import RelayProtocol
import Testing

@Suite struct AnswerFieldTests {
  private func append(_ head: String, _ body: String = "") async throws -> Appended {
    let server = try ScriptedServer([
      .send(Array("HTTP/1.1 \(head)Content-Length: \(body.utf8.count)\r\n\r\n\(body)".utf8))
    ])
    return try await ClientFixture.withClient(of: server.address) {
      try await $0.append(ClientFixture.append)
    }
  }

  @Test func `a field that comes twice is none`() async throws {
    let fields = ClientFixture.appendedFields.map { "\($0.key): \($0.value)\r\n" }.sorted()
    let head = "201 Created\r\n" + fields.joined()
    #expect(try await append(head).at.position == Position(7))
    for field in fields {
      await #expect(throws: RelayError.malformedAnswer) { try await append(head + field) }
    }
  }

  @Test func `a problem is one by its media type, whatever the body says`() async throws {
    let body = #"{"type":"urn:alcove:error:no-such-channel","title":"x"}"#
    for (type, error) in [
      ("application/problem+json", RelayError.refused(.noSuchChannel)),
      ("application/json", .malformedAnswer), ("text/html", .malformedAnswer),
    ] {
      let head = "\(RelayProblem.noSuchChannel.status) Not Found\r\nContent-Type: \(type)\r\n"
      await #expect(throws: error) { try await append(head, body) }
    }
  }
}
