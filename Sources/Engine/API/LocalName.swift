// SPDX-License-Identifier: Apache-2.0

/// A person's name as typed on this device; it never leaves it.
///
/// 1 to 64 characters, no control characters, no leading or trailing space, not starting with `-`.
public struct LocalName: Hashable, Sendable, CustomStringConvertible {
  public let text: String

  /// Nil for a text that cannot be a name.
  public init?(_ text: String) {
    guard (1...64).contains(text.count), text.utf8.count <= 256, text.first != "-",
      text.first?.isWhitespace == false, text.last?.isWhitespace == false,
      text.unicodeScalars.allSatisfy({ !Self.refused($0) })
    else { return nil }
    self.text = text
  }

  /// A name that was checked when it was stored.
  init(stored text: String) { self.text = text }

  public var description: String { text }

  /// Control and direction-override characters would let one name pose as another on a terminal.
  private static func refused(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned: true
    default: false
    }
  }
}
