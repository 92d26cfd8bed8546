// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import Testing

@testable import Relay

struct BodyGathererTests {
  private func counts(_ bodies: [Int]) throws -> [Int?] {
    let channel = EmbeddedChannel(handler: BodyGatherer())
    let head = HTTPRequest(method: .put, scheme: nil, authority: nil, path: "/")
    var parts: [HTTPRequestPart] = [.head(head)]
    parts += bodies.map { .body(ByteBuffer(repeating: 7, count: $0)) }
    for part in parts + [.end(nil)] { try channel.writeInbound(part) }
    var found: [Int?] = []
    while let part = try channel.readInbound(as: HTTPRequestPart.self) {
      switch part {
      case .head, .end: found.append(nil)
      case .body(let bytes): found.append(bytes.readableBytes)
      }
    }
    return found
  }

  @Test func `what comes byte by byte is handed on by the KiB, and the rest with its end`() throws {
    #expect(
      try counts(Array(repeating: 1, count: 2_500)) == [nil, 1_024, 1_024, 452, nil])
  }

  @Test(arguments: [[], [1], [1_023], [1_024], [5, 4_000, 3], [4_000, 4_000]])
  func `no byte is lost, and none comes before its time`(bodies: [Int]) throws {
    let found = try counts(bodies)
    #expect(found.first == .some(nil) && found.last == .some(nil))
    #expect(found.compactMap(\.self).reduce(0, +) == bodies.reduce(0, +))
    #expect(found.dropFirst().dropLast(2).allSatisfy { ($0 ?? 0) >= 1_024 })
  }
}
