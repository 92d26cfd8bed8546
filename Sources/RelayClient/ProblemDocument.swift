// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The member of a problem document (RFC 9457) that decides; all others are ignored.
struct ProblemDocument: Decodable {
  let type: String

  init?(json: [UInt8]) {
    guard let decoded = try? JSONDecoder().decode(Self.self, from: Data(json)) else { return nil }
    self = decoded
  }
}
