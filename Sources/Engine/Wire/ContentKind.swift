// SPDX-License-Identifier: Apache-2.0

internal import Consent

/// What a message is: content within a scope of the consent, or a device's word that it has read.
enum ContentKind: Hashable, Sendable {
  case scope(Scope)
  /// Control traffic: says no more than that this device has read up to the position inside.
  case acknowledgement

  var word: String {
    switch self {
    case .scope(let scope): scope.rawValue
    case .acknowledgement: "ack"
    }
  }

  init?(word: [UInt8]) {
    if word == Array("ack".utf8) {
      self = .acknowledgement
    } else if let scope = Scope.allCases.first(where: { Array($0.rawValue.utf8) == word }) {
      self = .scope(scope)
    } else {
      return nil
    }
  }
}
