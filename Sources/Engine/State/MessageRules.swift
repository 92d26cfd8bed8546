// SPDX-License-Identifier: Apache-2.0

/// What may be the text of a message.
enum MessageRules {
  /// Nil for 1 to 1,000,000 bytes of UTF-8 without NUL that are not blanks alone.
  ///
  /// NUL is refused, not stripped: programs that stop reading at it would show another message.
  static func fault(in body: [UInt8]) -> EngineError.Code? {
    if body.allSatisfy({ $0 == 0x20 || (0x09...0x0D).contains($0) }) { return .messageEmpty }
    if body.count > Content.maximumBody { return .messageTooLong }
    if body.contains(0) || String(validating: body, as: UTF8.self) == nil { return .messageNotText }
    return nil
  }
}
