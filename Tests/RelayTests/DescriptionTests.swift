// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTypes
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
            #expect(answer.status == 404, "\(name): \(answer.status)")
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
    #expect(Set(RelayProblem.allCases).subtracting(named) == [.noSuchRoute])
  }

  @Test func `the command prints the same document`() throws {
    let printed = try RelayProcess.run(["openapi"])
    #expect(printed.status == 0)
    #expect(printed.output == RelayDescriptionDocument.json + "\n")
  }
}
