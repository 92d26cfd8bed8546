// SPDX-License-Identifier: Apache-2.0

import GRDB
import Primitives
import RelayProtocol

/// All that a store knows about itself, and of no channel.
package struct RelayKnowledge: Sendable, Codable {
  /// base64url.
  package var incarnation: String
  /// The last UTC day since 1970 that was seen.
  package var lastDay: Int64?
  /// Bodies of days before this one may go.
  package var horizon: Int64?
  /// Whether it was restored and takes repairs alone.
  package var isRecovering: Bool

  private enum CodingKeys: String, CodingKey {
    case incarnation, horizon
    case lastDay = "last_day"
    case isRecovering = "recovering"
  }

  static func fetch(_ database: Database) throws -> RelayKnowledge {
    let horizon = try StoreValues.horizon(database)
    return RelayKnowledge(
      incarnation: Base64URL.encode(try StoreValues.incarnation(database).bytes),
      lastDay: horizon?.lastDay, horizon: horizon?.day,
      isRecovering: try StoreValues.isRecovering(database))
  }
}
