// SPDX-License-Identifier: Apache-2.0

import RelayProtocol

/// What a `Range` field asks for (RFC 9110 §14.1.2): one stretch, or everything.
enum ByteRange: Hashable {
  case whole
  /// From the first to the last of these places, or to the end.
  case from(UInt64, to: UInt64?)
  case last(UInt64)

  /// RFC 9110 §14.2: an unknown unit is ignored; several ranges, or none that is one, may be refused.
  init(_ text: String?) throws(RelayError) {
    guard let text, let equals = text.firstIndex(of: "="),
      text[..<equals].lowercased() == "bytes"
    else {
      self = .whole
      return
    }
    let ends = text[text.index(after: equals)...].split(
      separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    guard ends.count == 2, !(ends[0].isEmpty && ends[1].isEmpty) else {
      throw .refused(.malformed)
    }
    if ends[0].isEmpty {
      self = .last(try Self.number(ends[1]))
      return
    }
    let first = try Self.number(ends[0])
    let last = ends[1].isEmpty ? nil : try Self.number(ends[1])
    guard last.map({ first <= $0 }) ?? true else { throw .refused(.malformed) }
    self = .from(first, to: last)
  }

  /// Digits alone; what is larger than any length is as good as the largest.
  private static func number(_ text: Substring) throws(RelayError) -> UInt64 {
    guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      throw .refused(.malformed)
    }
    return UInt64(text) ?? .max
  }

  /// The stretch that is there of it.
  func within(_ length: UInt64) throws(RelayError) -> Range<UInt64> {
    switch self {
    case .whole: return 0..<length
    case .from(let first, let last):
      guard first < length else { throw .refused(.beyondEnd) }
      return first..<min(length, last.map { $0 == .max ? .max : $0 + 1 } ?? length)
    case .last(let count):
      guard count > 0, length > 0 else { throw .refused(.beyondEnd) }
      return length - min(count, length)..<length
    }
  }
}
