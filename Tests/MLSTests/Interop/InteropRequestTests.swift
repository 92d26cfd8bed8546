// SPDX-License-Identifier: Apache-2.0

import Primitives
import Testing

@testable import MLSInterop

/// The many ways to write down the same request.
struct InteropRequestTests {
  private func answer(_ line: String) throws -> [String: JSONValue] {
    var service = InteropService(random: SystemRandom(), now: { testTime })
    let written = service.answer(line)
    let answer = try #require(written)
    return try #require(JSONValue.object(ofLine: answer))
  }

  private func state(_ answer: [String: JSONValue]) -> JSONValue? {
    guard case .object(let result)? = answer["result"] else { return nil }
    return result["state_id"]
  }

  private func message(_ answer: [String: JSONValue]) throws -> String {
    guard case .object(let error)? = answer["error"], case .text(let text)? = error["message"]
    else { throw ScenarioFailure("no error") }
    return text
  }

  @Test(arguments: [
    "method", "rpc", "op", "cmd", "command", "operation", "action", "type", "name",
  ])
  func `the method goes by any of these names`(key: String) throws {
    let made = try answer("{\"id\":\"a\",\"\(key)\":\"CreateGroup\",\"cipher_suite\":\"1\"}")
    #expect(made["id"] == .text("a"))
    #expect(state(made) == .number(1))
    // The fields stood beside the method.
    #expect(made["state_id"] == .number(1))
  }

  @Test(arguments: [
    "CreateGroup", "create_group", "creategroup", "CREATE_GROUP", "createGroup",
    "/mls_client.MLSClient/CreateGroup", "mls_client.MLSClient.CreateGroup",
    "MLSClient/create_group",
  ])
  func `a method is known by the end of its path, and not by its case`(name: String) throws {
    #expect(
      try state(answer("{\"method\":\"\(name)\",\"params\":{\"cipher_suite\":1}}")) == .number(1))
  }

  @Test(arguments: ["params", "request", "args", "arguments", "payload"])
  func `the fields go by any of these names`(key: String) throws {
    for fields in [
      "{\"cipherSuite\":1,\"groupId\":\"AA==\"}", "[{\"cipher_suite\":1}]",
      "{\"request\":{\"cipher_suite\":1}}",
    ] {
      let made = try answer("{\"method\":\"CreateGroup\",\"\(key)\":\(fields)}")
      #expect(state(made) == .number(1))
      #expect(made["state_id"] == nil)
    }
    // Without a method beside it, it holds the method too.
    for inner in ["\"params\":{\"cipher_suite\":1}", "\"cipher_suite\":1"] {
      let nested = try answer(
        "{\"id\":3,\"\(key)\":{\"method\":\"CreateGroup\",\(inner)}}")
      #expect(nested["id"] == .number(3) && state(nested) == .number(1))
      let within = try answer("{\"\(key)\":{\"id\":4,\"rpc\":\"CreateGroup\",\(inner)}}")
      #expect(within["id"] == .number(4) && state(within) == .number(1))
    }
  }

  @Test(arguments: ["[]", "\"\"", "{}", "null"])
  func `no fields are written in any of these ways`(params: String) throws {
    let named = try answer("{\"method\":\"Name\",\"params\":\(params)}")
    #expect(named["result"] == .object(["name": .text("Alcove")]))
  }

  @Test func `a version of JSON-RPC comes back`() throws {
    for method in ["Name", "Nothing"] {
      let named = try answer("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\(method)\"}")
      #expect(named["jsonrpc"] == .text("2.0"))
    }
    #expect(try answer("{\"id\":1,\"method\":\"Name\"}")["jsonrpc"] == nil)
  }

  @Test func `what is not known is named`() throws {
    #expect(
      try message(answer("{\"id\":1,\"verb\":\"Name\",\"params\":{}}"))
        == "method: missing; unknown: verb")
    #expect(
      try message(answer("{\"method\":\"CreateGroup\",\"parameters\":{\"cipher_suite\":1}}"))
        .hasSuffix("; unknown: parameters"))
    #expect(
      try message(answer("{\"method\":\"StateAuth\",\"params\":{},\"more\":{}}"))
        == "state_id: unknown")
    let many = (0..<1000).map { "\"\(String(repeating: "x", count: 100))\($0)\":1" }
    #expect(try message(answer("{\(many.joined(separator: ","))}")).count < 600)
  }

  @Test func `a blank line has no answer, and a byte order mark is passed over`() throws {
    var service = InteropService(random: SystemRandom(), now: { testTime })
    for line in ["", " ", "\t\r", "\u{FEFF}"] {
      let answer = service.answer(line)
      #expect(answer == nil)
    }
    #expect(try answer("\u{FEFF}{\"method\":\"Name\"}")["name"] == .text("Alcove"))
  }

  @Test func `bytes are in base64 of either alphabet, padded or not`() throws {
    func bytes(_ text: String) throws -> [UInt8] {
      try RequestFields(values: ["x": .text(text)]).bytes("x")
    }
    for text in ["/+8=", "/+8", "_-8=", "_-8", "_+8"] { #expect(try bytes(text) == [0xFF, 0xEF]) }
    for text in ["YQ==", "YQ"] { #expect(try bytes(text) == [0x61]) }
    #expect(try bytes("").isEmpty)
    for text in [
      "*", "Y", "YQ=", "Y===", "YWJjZ", "YQ==YQ==", "YQ\n", " YQ==", "====", "=", "YQ===", "YWJj=",
    ] {
      #expect(throws: InteropError.self, "\(text)") { try bytes(text) }
    }
  }
}
