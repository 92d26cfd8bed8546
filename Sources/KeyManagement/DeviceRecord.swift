// SPDX-License-Identifier: Apache-2.0

public import Certificates

/// The public side of a device key: what it may say, and since when.
public struct DeviceRecord: Sendable, Hashable {
  public let verified: VerifiedDevice
  /// When the key was made; seconds since 1970.
  public let created: Int64
}
