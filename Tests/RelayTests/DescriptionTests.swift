// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTypes
import RelayLog
import RelayProtocol
import Testing

@testable import Relay

/// The OpenAPI description and the router say the same.
@Suite struct DescriptionTests {
  private static func document() throws -> [String: Any] {
    let data = Data(RelayDescriptionDocument.json.utf8)
    return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  /// Method and path of each operation, and the statuses that it may answer.
  static func operations() throws -> [String: Set<Int>] {
    let paths = try #require(try document()["paths"] as? [String: [String: [String: Any]]])
    var found: [String: Set<Int>] = [:]
    for (path, methods) in paths {
      for (method, operation) in methods {
        let responses = try #require(operation["responses"] as? [String: Any])
        found["\(method.uppercased()) \(path)"] = Set(responses.keys.compactMap { Int($0) })
      }
    }
    return found
  }

  @Test func `every route that answers is described, and nothing else`() async throws {
    let described = try Self.operations()
    #expect(Set(described.keys) == Set(RelayRoute.allCases.map(\.rawValue)))
    let paths = Set(RelayRoute.allCases.map(\.path)).union(["/", "/v1", "/livez", "/v1/blobs"])
    try await LiveRelay.run { relay in
      for path in paths.sorted() {
        for method in ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"] {
          var request = RawRequest(method: method, path: path, fields: [])
          request.fields = method == "PATCH" ? [("Content-Length", "0")] : []
          let answer = try await RawConnection.open(relay.port) { connection in
            try await connection.send(request.bytes)
            return try await connection.head()
          }
          let name = "\(method) \(path)"
          if let statuses = described[name] {
            #expect(statuses.contains(answer.status), "\(name): \(answer.status)")
          } else {
            let methods = described.keys.compactMap { key -> String? in
              let words = key.split(separator: " ")
              return words[1] == path ? String(words[0]) : nil
            }
            #expect(answer.status == (methods.isEmpty ? 404 : 405), "\(name): \(answer.status)")
            let allowed = answer["allow"]?.split(separator: ", ").map(String.init) ?? []
            #expect(Set(allowed) == Set(methods), "\(name): \(allowed)")
          }
        }
      }
    }
  }

  @Test func `a route has the label of its own name`() throws {
    for (index, route) in RelayRoute.allCases.enumerated() {
      #expect(RelayRoute.labelIndex(route) == index)
      let method = try #require(HTTPRequest.Method(rawValue: route.method))
      #expect(RelayRoute(method, route.path) == route)
    }
    #expect(RelayRoute.labels[RelayRoute.labelIndex(nil)] == "other")
  }

  @Test func `every refusal that a route names has its status and its type`() throws {
    for route in RelayRoute.allCases {
      let statuses = Set(route.successes + route.problems.map(\.status))
      #expect(try Self.operations()[route.rawValue] == statuses)
    }
    // Whatever a relay may refuse is described for some route, but for what is no route.
    let named = Set(RelayRoute.allCases.flatMap(\.problems))
    #expect(Set(RelayProblem.allCases).subtracting(named) == [.noSuchRoute, .methodNotAllowed])
  }

  @Test func `a relay says what it grants, and that is what it holds itself to`() async throws {
    let policy = StorePolicy(appendsPerSecond: 7, appendBurst: 9)
    var limits = RelayLimits()
    limits.readBytes = 1 << 20
    let answer = try await LiveRelay.run(limits, policy: policy) {
      try await $0.ask(RawRequest(method: "GET", path: "/v1/relay", fields: []))
    }
    let description = try JSONDecoder().decode(RelayDescription.self, from: Data(answer.body))
    let granted = try #require(description.limits)
    for (quota, kind) in [
      (granted.intake, ChannelClass.intake), (granted.relationship, .relationship),
    ] {
      let held = ChannelLimits.of(kind)
      #expect(quota.envelopes == held.envelopes && quota.bytes == held.bytes)
      #expect(quota.blobs == held.blobs && quota.blobBytes == held.blobBytes)
      #expect(quota.days == held.days)
    }
    #expect(granted.appendsPerSecond == 7 && granted.appendBurst == 9)
    #expect(granted.readBytes == 1 << 20 && granted.subscriptions == 1_024)
    #expect(granted.partBytes == 1 << 20 && granted.parts == 8_192)
    #expect(String(decoding: answer.body, as: UTF8.self).contains("\"retention_days\":null"))
    // Every name in it is described, and nothing else is.
    let shown = try #require(
      try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any])
    func compare(_ object: [String: Any], _ schema: [String: Any]) throws {
      let properties = try #require(schema["properties"] as? [String: [String: Any]])
      let required = try #require(schema["required"] as? [String])
      #expect(Set(object.keys).isSubset(of: properties.keys))
      #expect(Set(required).isSubset(of: object.keys))
      for (name, value) in object {
        if let value = value as? [String: Any] { try compare(value, #require(properties[name])) }
      }
    }
    try compare(shown, RelayDescriptionDocument.described)
    let described = try #require(
      RelayDescriptionDocument.described["properties"] as? [String: Any])
    let named = try #require(described["limits"] as? [String: Any])["properties"] as? [String: Any]
    #expect(Set((shown["limits"] as? [String: Any] ?? [:]).keys) == Set((named ?? [:]).keys))
  }

  @Test func `what comes with an answer is described where it comes`() throws {
    func headers(_ route: String, _ status: String) throws -> Set<String> {
      let paths = try #require(try Self.document()["paths"] as? [String: [String: Any]])
      let parts = route.split(separator: " ").map(String.init)
      let operation = try #require(paths[parts[1]]?[parts[0].lowercased()] as? [String: Any])
      let responses = try #require(operation["responses"] as? [String: [String: Any]])
      return Set((responses[status]?["headers"] as? [String: Any] ?? [:]).keys)
    }
    #expect(try headers("POST /v1/envelope", "200").contains("Alcove-Replay"))
    #expect(
      try headers("POST /v1/envelope", "409").isSuperset(of: [
        "Alcove-Seq", "Alcove-Head", "Alcove-Chain",
      ]))
    #expect(try headers("DELETE /v1/channel", "409").contains("Alcove-Seq"))
    for status in ["429", "503"] {
      #expect(try headers("POST /v1/envelope", status).contains("Retry-After"))
    }
    #expect(try !headers("POST /v1/envelope", "404").contains("Retry-After"))
  }

  @Test func `the command prints the same document`() throws {
    let printed = try RelayProcess.run(["openapi"])
    #expect(printed.status == 0)
    #expect(printed.output == RelayDescriptionDocument.json + "\n")
  }
}
