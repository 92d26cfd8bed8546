// SPDX-License-Identifier: Apache-2.0

import Primitives

/// Whether values that everybody must ignore go into what one publishes, RFC 9420 section 13.5.
///
/// A client that chokes on them would choke on every later extension of the protocol; better that
/// it is found out early. Which values, and where they stand, is random.
public enum Grease: Hashable, Sendable {
  case include
  /// In the lists of capabilities, and not as extensions: there are implementations that read the
  /// former and refuse the latter.
  case inCapabilities
  case leaveOut

  /// Adds to the lists of a leaf's capabilities and, half the time, an extension to the leaf.
  func apply(to contents: inout LeafNodeContents, random: some RandomSource) {
    guard self != .leaveOut else { return }
    contents.capabilities.cipherSuites.insertGrease(from: random)
    contents.capabilities.extensions.insertGrease(from: random)
    contents.capabilities.proposals.insertGrease(from: random)
    contents.capabilities.credentials.insertGrease(from: random)
    guard self == .include, random.uniform(below: 2) == 0 else { return }
    let listed = contents.capabilities.extensions.filter(\.isGREASE)
    apply(to: &contents.extensions, types: listed, random: random)
  }

  /// Adds an extension of one of these types: for a KeyPackage those that its leaf lists.
  func apply(
    to extensions: inout [Extension], types: [ExtensionType], random: some RandomSource
  ) {
    guard self == .include, !types.isEmpty else { return }
    let type = types[Int(random.uniform(below: UInt64(types.count)))]
    // A type stands in a list once at most, RFC 9420 section 13.4.
    guard extensions[type] == nil else { return }
    let data = random.bytes(Int(random.uniform(below: 9)))
    extensions.insert(
      Extension(type: type, data: data),
      at: Int(random.uniform(below: UInt64(extensions.count) + 1)))
  }

  /// Adds an extension to a GroupInfo, which no list has to name.
  func apply(to extensions: inout [Extension], random: some RandomSource) {
    guard self == .include else { return }
    apply(to: &extensions, types: [.grease(from: random)], random: random)
  }
}

extension WireNumber where RawValue == UInt16 {
  /// One of the fifteen reserved values.
  fileprivate static func grease(from random: some RandomSource) -> Self {
    Self(rawValue: UInt16(random.uniform(below: 15)) * 0x1010 + 0x0A0A)
  }
}

extension Array where Element: WireNumber, Element.RawValue == UInt16 {
  /// Puts one or two reserved values somewhere into the list.
  fileprivate mutating func insertGrease(from random: some RandomSource) {
    for _ in 0...random.uniform(below: 2) {
      let value = Element.grease(from: random)
      guard !contains(value) else { continue }
      insert(value, at: Int(random.uniform(below: UInt64(count) + 1)))
    }
  }
}
