// SPDX-License-Identifier: Apache-2.0

import MLSInterop
import Primitives
import Testing

/// What the interop service makes of lines that no driver should send.
struct InteropServiceTests {
  private var service = InteropService(random: SystemRandom(), now: { testTime })

  private func parsed(_ answer: String?) throws -> [String: JSONValue] {
    let answer = try #require(answer)
    #expect(!answer.contains("\n"))
    return try #require(JSONValue.object(ofLine: answer))
  }

  private func code(_ answer: String?) throws -> JSONValue? {
    guard case .object(let error)? = try parsed(answer)["error"] else { return nil }
    guard case .text(let message)? = error["message"] else { return nil }
    #expect(!message.isEmpty)
    return error["code"]
  }

  @Test(arguments: [
    "null", "[]", "7", "\"x\"", "{", "{\"id\":1", "{\"id\":1,}", "\u{0}", "{}",
    "{\"method\":7}", "{\"method\":\"Name\",\"params\":[1]}", "{\"method\":\"Name\",\"params\":1}",
    "{\"method\":\"CreateGroup\",\"params\":{\"cipher_suite\":-1}}",
    "{\"method\":\"CreateGroup\",\"params\":{\"cipher_suite\":65537}}",
    "{\"method\":\"CreateGroup\",\"params\":{\"cipher_suite\":1.5}}",
    "{\"method\":\"CreateGroup\",\"params\":{\"cipher_suite\":4}}",
    "{\"method\":\"CreateGroup\",\"params\":{}}",
    "{\"method\":\"CreateGroup\",\"params\":{\"cipher_suite\":1,\"identity\":\"*\"}}",
    "{\"method\":\"CreateGroup\",\"params\":{\"cipher_suite\":1,\"identity\":\"Y\"}}",
    "{\"method\":\"CreateGroup\",\"params\":{\"cipher_suite\":1,\"identity\":[1]}}",
    "{\"method\":\"CreateGroup\",\"params\":{\"cipher_suite\":1,\"encrypt_handshake\":1}}",
    "{\"method\":\"ExternalJoin\",\"params\":{\"group_info\":\"AAE=\"}}",
    "{\"method\":\"ExternalJoin\",\"params\":{}}",
  ])
  func `a line that is no request gets an error, and the next one its answer`(
    line: String
  ) throws {
    var service = service
    #expect(try code(service.answer(line)) == .text("INVALID_ARGUMENT"))
    #expect(try parsed(service.answer("{\"method\":\"Name\"}"))["name"] == .text("Alcove"))
  }

  @Test func `nesting without end is no request`() throws {
    var service = service
    let deep = String(repeating: "[", count: 100_000)
    #expect(try code(service.answer(deep)) == .text("INVALID_ARGUMENT"))
    #expect(
      try code(service.answer("{\"method\":\"Name\",\"params\":\(deep)"))
        == .text("INVALID_ARGUMENT"))
  }

  @Test func `a long line gets its answer, whatever it holds`() throws {
    var service = service
    for (item, count) in [("1", 100_000), ("-1", 60_000), ("{}", 60_000), (" ", 200_000)] {
      let items = String(repeating: item + ",", count: count)
      let line = "{\"method\":\"Name\",\"params\":{\"state_id\":[\(items)1]}}"
      #expect(try (code(service.answer(line)) != nil) == (item == " "))
    }
    let names = (0..<10_000).map { "\"field \($0)\":\"\"" }.joined(separator: ",")
    #expect(
      try code(service.answer("{\"method\":\"StateAuth\",\"params\":{\(names)}}"))
        == .text("NOT_FOUND"))
    let long = String(repeating: "A", count: 1_000_000)
    #expect(
      try code(service.answer("{\"method\":\"\(long)\"}")) == .text("UNIMPLEMENTED"))
    #expect(
      try code(service.answer("{\"op\":\"ExternalJoin\",\"group_info\":\"\(long)\"}"))
        == .text("INVALID_ARGUMENT"))
  }

  @Test(arguments: [
    "-1", "1.5", "1e3", "99999999999999999999999", "18446744073709551615", "true", "null",
    "{\"a\":[null,-2,\"b\"]}", "\"\\u00e4\\\"\\ud83d\\ude00\"",
  ])
  func `whatever an id is, it comes back`(id: String) throws {
    var service = service
    let request = try #require(JSONValue.object(ofLine: "{\"id\":\(id)}"))
    for method in ["Name", "Nothing"] {
      let answer = try parsed(service.answer("{\"id\":\(id),\"method\":\"\(method)\"}"))
      #expect(answer["id"] == request["id"])
    }
  }

  @Test(arguments: [
    "{\"id\":01}", "{\"id\":1e999}", "{\"id\":+1}", "{\"id\":-}", "{\"id\":.5}", "{\"id\":nul}",
    "{\"id\":1 2}", "{\"id\":1,\"id\":1}", "{\"id\":\"\\u12\"}", "{\"id\":\"\\ud800\"}",
    "{\"id\":\"\\", "{\"id\":\"\t\"}", "{\"id\":[1,]}", "{\"id\" 1}", "{,}", "{}{}", "{\"id\":}",
  ])
  func `what is not quite JSON is no request`(line: String) {
    #expect(JSONValue.object(ofLine: line) == nil)
  }

  @Test func `every method that takes an id refuses one that was never given`() throws {
    var service = service
    let ids =
      "\"state_id\":9,\"transaction_id\":9,\"signer_id\":9,\"reinit_id\":9"
    // These make something from nothing; the last two begin with a GroupInfo.
    let others: Set = [
      "Name", "SupportedCiphersuites", "CreateGroup", "CreateKeyPackage", "CreateExternalSigner",
      "ExternalJoin", "NewMemberAddProposal",
    ]
    #expect(InteropService.methodNames.count == 34)
    for method in InteropService.methodNames where !others.contains(method) {
      let answer = service.answer("{\"id\":3,\"method\":\"\(method)\",\"params\":{\(ids)}}")
      #expect(try code(answer) == .text("NOT_FOUND"), "\(method)")
      #expect(try parsed(answer)["id"] == .number(3))
    }
    #expect(
      try code(service.answer("{\"method\":\"Leave\",\"params\":{}}")) == .text("UNIMPLEMENTED"))
  }

  @Test func `what MLS refuses is an error that names the rule, and changes nothing`() throws {
    var service = service
    let made = try parsed(
      service.answer("{\"op\":\"CreateGroup\",\"cipher_suite\":3,\"group_id\":\"AA==\"}"))
    #expect(made["state_id"] == .number(1))
    let before = service.answer("{\"op\":\"StateAuth\",\"state_id\":1}")
    let commit = service.answer(
      "{\"op\":\"Commit\",\"state_id\":1,\"by_value\":[{\"proposal_type\":\"externalPSK\"}]}")
    #expect(try code(commit) == .text("FAILED_PRECONDITION"))
    #expect(try #require(commit).contains("missingPreSharedKey"))
    #expect(
      try code(service.answer("{\"op\":\"HandlePendingCommit\",\"state_id\":1}"))
        == .text("FAILED_PRECONDITION"))
    #expect(service.answer("{\"op\":\"StateAuth\",\"state_id\":1}") == before)
    #expect(try parsed(service.answer("{\"op\":\"Free\",\"state_id\":1}"))["error"] == nil)
    #expect(try code(service.answer("{\"op\":\"Free\",\"state_id\":1}")) == .text("NOT_FOUND"))
  }
}
