// SPDX-License-Identifier: Apache-2.0

/// A rule for ratchet trees, RFC 9420 sections 7.1, 7.9.2 and 12.4.3.1.
public enum TreeRule: Equatable, Sendable {
  case treeHash
  case unmergedLeavesOrder
  case unmergedLeaf
  case unmergedLeafNotBelow
  case duplicateEncryptionKey
  case duplicateSignatureKey
  case parentHash
}
