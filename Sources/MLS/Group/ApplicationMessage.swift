// SPDX-License-Identifier: Apache-2.0

/// An application message that has been opened and verified.
public struct ApplicationMessage: Hashable, Sendable {
  public let sender: LeafIndex
  /// The sender's leaf in the message's epoch.
  public let senderLeaf: LeafNode
  public let epoch: Epoch
  public let data: [UInt8]
  public let authenticatedData: [UInt8]
}
