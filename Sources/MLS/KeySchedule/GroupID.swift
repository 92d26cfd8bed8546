// SPDX-License-Identifier: Apache-2.0

/// The name of a group, which never changes; RFC 9420 section 8.1.
public struct GroupID: OpaqueBytes {
  public let bytes: [UInt8]
  public init(_ bytes: [UInt8]) { self.bytes = bytes }
}
