// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// A member's view of a group in one epoch, RFC 9420 section 12: a value.
///
/// Sending or receiving an application message advances the value. A Commit leads to another value
/// (``PendingCommit/next``, ``StagedCommit/next``), which the caller keeps or drops. Whatever throws
/// leaves the value as it was.
public struct Group: Sendable {
  public init(
    creating id: GroupID, suite: CipherSuite, as parameters: LeafParameters,
    extensions: [Extension] = [], settings: GroupSettings = GroupSettings(),
    validation: Validation, random: some RandomSource
  ) throws(MLSError) { throw .groupInactive }

  public init(
    joining welcome: Welcome, with keyPackage: OwnKeyPackage,
    preSharedKeys: some PreSharedKeyStore = NoPreSharedKeys(),
    settings: GroupSettings = GroupSettings(), validation: Validation
  ) throws(MLSError) { throw .groupInactive }

  public init(exposedBytes: [UInt8]) throws(MLSError) { throw .groupInactive }

  public func encodedExposingSecrets() -> [UInt8] { [] }

  public var context: GroupContext { preconditionFailure() }
  public var suite: CipherSuite { preconditionFailure() }
  public var id: GroupID { context.groupID }
  public var epoch: Epoch { context.epoch }
  public var extensions: [Extension] { context.extensions }
  public var ownLeaf: LeafIndex { preconditionFailure() }
  public var ownLeafNode: LeafNode { preconditionFailure() }
  public var members: [Member] { preconditionFailure() }
  public var epochAuthenticator: SharedSecret { preconditionFailure() }

  public mutating func protect(
    _ data: [UInt8], authenticatedData: [UInt8] = [], padding: Int = 0, random: some RandomSource
  ) throws(MLSError) -> MLSMessage { throw .groupInactive }

  public mutating func unprotect(_ message: MLSMessage) throws(MLSError) -> ApplicationMessage {
    throw .groupInactive
  }

  public mutating func commit(
    _ proposals: [Proposal] = [], authenticatedData: [UInt8] = [], leaf: LeafParameters? = nil,
    preSharedKeys: some PreSharedKeyStore = NoPreSharedKeys(), validation: Validation,
    random: some RandomSource
  ) throws(MLSError) -> PendingCommit { throw .groupInactive }

  public mutating func process(
    _ message: MLSMessage, preSharedKeys: some PreSharedKeyStore = NoPreSharedKeys(),
    validation: Validation
  ) throws(MLSError) -> HandshakeOutcome { throw .groupInactive }

  public func export(_ request: ExportRequest) throws(MLSError) -> SharedSecret {
    throw .groupInactive
  }

  public mutating func exportAndErase(
    _ requests: [ExportRequest]
  ) throws(MLSError) -> [SharedSecret] { throw .groupInactive }
}
