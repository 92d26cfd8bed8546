// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// Keys shared outside MLS, by their ids; RFC 9420 section 8.4.
public protocol PreSharedKeyStore: Sendable {
  func externalKey(id: [UInt8]) -> SharedSecret?
  /// The resumption secret of an epoch of another group; those of this group it keeps itself.
  func resumptionKey(groupID: GroupID, epoch: Epoch) -> SharedSecret?
}

/// No keys.
public struct NoPreSharedKeys: PreSharedKeyStore {
  public init() {}
  public func externalKey(id: [UInt8]) -> SharedSecret? { nil }
  public func resumptionKey(groupID: GroupID, epoch: Epoch) -> SharedSecret? { nil }
}
