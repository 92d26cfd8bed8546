// SPDX-License-Identifier: Apache-2.0

/// The name of a KeyPackage, `RefHash("MLS 1.0 KeyPackage Reference", key_package)`; RFC 9420
/// section 5.2.
public struct KeyPackageRef: OpaqueBytes {
  public let bytes: [UInt8]
  public init(_ bytes: [UInt8]) { self.bytes = bytes }
}
