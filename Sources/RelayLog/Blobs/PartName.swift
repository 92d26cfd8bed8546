// SPDX-License-Identifier: Apache-2.0

import Primitives

/// What the file of a part is called: 16 random bytes, in hex.
///
/// Neither the blob nor its place in it can be told from a name, nor which files belong together.
struct PartName: Hashable, Sendable {
  static let length = 16
  let bytes: [UInt8]

  init() { bytes = SystemRandom().bytes(Self.length) }

  init(checked bytes: [UInt8]) { self.bytes = bytes }

  /// Nil for what is no name of a part.
  init?(text: String) {
    guard let bytes = Hex.decode(text), bytes.count == Self.length, Hex.encode(bytes) == text else {
      return nil
    }
    self.bytes = bytes
  }

  var text: String { Hex.encode(bytes) }
}
