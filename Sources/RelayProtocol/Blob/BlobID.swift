// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// The random name of a blob in its channel, 32 bytes.
public struct BlobID: OpaqueBytes {
  public static let length = 32
  public let bytes: [UInt8]
  public init(checked bytes: [UInt8]) { self.bytes = bytes }

  public init(random: some RandomSource) { bytes = random.bytes(Self.length) }
}
