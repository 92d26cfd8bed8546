// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// The random name of one append, 16 bytes: the same name with the same bytes is the same append.
public struct EnvelopeID: OpaqueBytes {
  public static let length = 16
  public let bytes: [UInt8]
  public init(checked bytes: [UInt8]) { self.bytes = bytes }

  public init(random: some RandomSource) { bytes = random.bytes(Self.length) }
}
