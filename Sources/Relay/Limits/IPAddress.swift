// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// An IP address: 4 or 16 bytes.
struct IPAddress: Sendable, Hashable {
  let bytes: [UInt8]

  init?(bytes: [UInt8]) {
    guard bytes.count == 4 || bytes.count == 16 else { return nil }
    self.bytes = bytes
  }

  /// Reads the text forms of RFC 4291 §2.2 and dotted IPv4; nil for anything else.
  init?(_ text: String) {
    guard text.utf8.count <= 45 else { return nil }
    if let four = Self.dotted(text[...]) {
      bytes = four
      return
    }
    // At most one `::`, which stands for as many zero groups as are missing.
    let halves: [Substring]
    if let gap = text.firstRange(of: "::") {
      halves = [text[..<gap.lowerBound], text[gap.upperBound...]]
    } else {
      halves = [text[...]]
    }
    guard let first = Self.groups(halves[0]), let second = Self.groups(halves.last ?? "") else {
      return nil
    }
    if halves.count == 1 {
      guard first.count == 16 else { return nil }
      bytes = first
    } else {
      guard first.count + second.count <= 14 else { return nil }
      bytes =
        first + [UInt8](repeating: 0, count: 16 - first.count - second.count) + second
    }
  }

  /// Nil for a Unix socket.
  init?(_ address: SocketAddress) {
    // Where the bytes stand in `sockaddr_in` and `sockaddr_in6`.
    let place: Range<Int>
    switch address {
    case .v4: place = 4..<8
    case .v6: place = 8..<24
    case .unixDomainSocket: return nil
    }
    // Safe: the structure is valid for the length of the call, and longer than the place.
    bytes = unsafe address.withSockAddr { start, size in
      unsafe Array(UnsafeRawBufferPointer(start: start, count: size)[place])
    }
  }

  var isLoopback: Bool {
    let four = bytes.count == 4 ? bytes[...] : isMapped ? bytes[12...] : []
    if let first = four.first { return first == 127 }
    return bytes.last == 1 && bytes.dropLast().allSatisfy { $0 == 0 }
  }

  /// What counts as one neighbour: an IPv4 address, or the 56-bit prefix of an IPv6 one.
  var neighbour: [UInt8] {
    if bytes.count == 4 { return bytes }
    return Array(isMapped ? bytes.suffix(4) : bytes.prefix(7))
  }

  /// IPv4 as a dual-stack socket shows it, which is IPv4.
  private var isMapped: Bool {
    bytes.count == 16 && bytes[10] == 0xFF && bytes[11] == 0xFF
      && bytes.prefix(10).allSatisfy { $0 == 0 }
  }

  var text: String {
    if bytes.count == 4 { return bytes.map(String.init).joined(separator: ".") }
    return stride(from: 0, to: 16, by: 2).map { index in
      String(UInt16(bytes[index]) << 8 | UInt16(bytes[index + 1]), radix: 16)
    }.joined(separator: ":")
  }

  private static func groups(_ text: Substring) -> [UInt8]? {
    if text.isEmpty { return [] }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    var bytes: [UInt8] = []
    for (index, part) in parts.enumerated() {
      if index == parts.count - 1, let four = dotted(part) {
        bytes += four
        continue
      }
      guard (1...4).contains(part.utf8.count), part.allSatisfy(\.isHexDigit),
        let group = UInt16(part, radix: 16)
      else { return nil }
      bytes += [UInt8(group >> 8), UInt8(truncatingIfNeeded: group)]
    }
    return bytes.count <= 16 ? bytes : nil
  }

  private static func dotted(_ text: Substring) -> [UInt8]? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    let bytes = parts.compactMap { part in
      part.utf8.allSatisfy { (48...57).contains($0) } ? UInt8(part) : nil
    }
    return bytes.count == 4 ? bytes : nil
  }
}
