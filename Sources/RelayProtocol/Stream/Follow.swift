// SPDX-License-Identifier: Apache-2.0

public import WireFormat

/// The body of a follow: `struct { uint8 version = 1; Subscription subs<V>; } Follow;`
public struct Follow: Sendable, WireEncodable, WireDecodable {
  /// The most subscriptions of one stream.
  public static let maximumSubscriptions = 1_024
  /// The largest body in bytes.
  public static let maximumLength = 1 + 4 + maximumSubscriptions * Subscription.length
  static let version: UInt8 = 1

  public let subscriptions: [Subscription]

  /// How many subscriptions a body of `length` bytes has at most, and has if it can be read.
  public static func subscriptions(inBytes length: Int) -> Int {
    (length - 1) / Subscription.length
  }

  public init(_ subscriptions: [Subscription]) { self.subscriptions = subscriptions }

  public func encode(into writer: inout WireWriter) {
    writer.write(Self.version)
    writer.writeVector(subscriptions)
  }

  public init(from reader: inout WireReader) throws(WireError) {
    guard try reader.readUInt8() == Self.version else { throw .invalidValue }
    subscriptions = try reader.readVector()
    guard (1...Self.maximumSubscriptions).contains(subscriptions.count) else {
      throw .invalidValue
    }
  }
}
