// SPDX-License-Identifier: Apache-2.0

import Primitives
import WireFormat

/// The stored form of a group.
///
/// ```
/// struct {
///     uint16 version = 2;
///     Settings settings;
///     GroupContext group_context;
///     optional<Node> ratchet_tree<V>;
///     TreeSecrets tree_secrets;
///     opaque signature_private_key<V>;
///     EpochKeys keys;
///     SecretTree secret_tree;
///     opaque interim_transcript_hash<V>;
///     opaque confirmation_tag<V>;
///     ProposalCache proposals;
///     PastEpoch past_epochs<V>;
///     ResumptionSecret resumption_secrets<V>;
///     optional<ReInit> re_init;
/// } GroupState;
/// ```
///
/// All of it but the public parts is secret, and none of it is authenticated: the owner seals it.
extension Group {
  /// The state with its secrets in the clear, for storage that its owner seals.
  ///
  /// Keys that have been used are not in it, nor is an exporter secret that was erased.
  public func encodedExposingSecrets() -> [UInt8] {
    let tree = UnverifiedRatchetTree(tree).wireBytes
    // Room for all of it, so that no outgrown buffer with secrets is left behind.
    let capacity =
      tree.count + encodedContext.count + secretTree.storedCapacity + proposals.storedCapacity
      + pastEpochs.reduce(0) { $0 + $1.storedCapacity } + 96 * resumptionSecrets.count
      + 8 * settings.customProposals.count + (reInit?.wireBytes.count ?? 0) + 8192
    var writer = WireWriter(reservingCapacity: capacity)
    writer.write(StateVersion.current)
    writer.write(settings)
    writer.write(context)
    writer.writeFixed(tree)
    treeSecrets.encodeExposingSecrets(into: &writer)
    writer.writeSecret(signatureKey.privateKey)
    keys.encodeExposingSecrets(into: &writer)
    secretTree.encodeExposingSecrets(into: &writer)
    writer.writeOpaque(interimTranscriptHash)
    writer.writeOpaque(confirmationTag)
    proposals.encodeExposingSecrets(into: &writer)
    writer.writeVector { (inner: inout WireWriter) in
      for past in pastEpochs { past.encodeExposingSecrets(into: &inner) }
    }
    writer.writeVector { (inner: inout WireWriter) in
      for past in resumptionSecrets {
        inner.write(past.epoch)
        inner.writeSecret(past.secret)
      }
    }
    writer.writeOptional(reInit)
    assert(writer.bytes.count <= capacity, "a buffer with secrets was outgrown")
    return writer.bytes
  }

  /// Reads what ``encodedExposingSecrets()`` wrote. The bytes come from the owner's sealed storage:
  /// they are parsed with care, and taken at their word.
  public init(exposedBytes: [UInt8]) throws(MLSError) {
    do {
      var reader = WireReader(exposedBytes)
      try self.init(from: &reader)
      try reader.finish()
    } catch let error as MLSError {
      throw error
    } catch let error as WireError {
      throw .malformed(error)
    } catch {
      throw .malformed(.invalidValue)
    }
  }

  private init(from reader: inout WireReader) throws {
    let version: StateVersion = try reader.read()
    guard version == .first || version == .current else { throw WireError.invalidValue }
    let settings = try GroupSettings(from: &reader, version: version)
    let context: GroupContext = try reader.read()
    guard let suite = CipherSuite(context.cipherSuite) else {
      throw MLSError.unsupportedCipherSuite
    }
    let tree = try reader.read(UnverifiedRatchetTree.self).assumingValid(suite: suite)
    let treeSecrets = try TreeSecrets(exposedFrom: &reader, suite: suite)
    guard tree[treeSecrets.leaf] != nil else { throw WireError.invalidValue }
    let signatureKey = try SignatureKey(suite: suite, privateKey: try reader.readSecret())
    self.init(
      suite: suite, settings: settings, context: context, tree: tree, treeSecrets: treeSecrets,
      signatureKey: signatureKey, keys: try EpochKeys(exposedFrom: &reader),
      secretTree: try SecretTree(exposedFrom: &reader, suite: suite),
      interimTranscriptHash: try reader.readOpaque(), confirmationTag: try reader.readOpaque())
    proposals = try ProposalCache(exposedFrom: &reader, suite: suite)
    var pastEpochs: [PastEpoch] = []
    try reader.readVector { (inner) throws(WireError) in
      while !inner.isAtEnd {
        pastEpochs.append(try PastEpoch(exposedFrom: &inner, suite: suite))
      }
    }
    self.pastEpochs = pastEpochs
    var resumptionSecrets: [ResumptionSecret] = []
    try reader.readVector { (inner) throws(WireError) in
      while !inner.isAtEnd {
        resumptionSecrets.append(
          ResumptionSecret(epoch: try inner.read(), secret: try inner.readSecret()))
      }
    }
    self.resumptionSecrets = resumptionSecrets
    reInit = try reader.readOptional()
  }
}
