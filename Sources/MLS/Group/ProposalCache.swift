// SPDX-License-Identifier: Apache-2.0

import Primitives
import WireFormat

/// The proposals of an epoch that were sent on their own, in the order of their arrival.
struct ProposalCache: Sendable {
  /// The most that are kept: a member can send any number.
  static let maximumCount = 4096
  /// The most bytes of them that are kept, 16 MiB: a member can send any length, and all of them have to
  /// fit into the stored state.
  static let maximumBytes = 1 << 24

  private(set) var items: [CommittedProposal] = []
  /// The encoded length of all proposals.
  private(set) var byteCount = 0
  /// Where each stands: a Commit may refer to thousands.
  private var places: [ProposalRef: Int] = [:]
  /// The private keys of the Updates that this member itself proposed.
  private(set) var ownUpdates: [OwnUpdate] = []

  /// What an Update of one's own takes effect with.
  struct OwnUpdate: Sendable {
    let encryptionKey: HPKEPublicKey
    let leafKey: HPKEPrivateKey
    let signatureKey: SharedSecret
  }

  var isEmpty: Bool { items.isEmpty }

  subscript(reference: ProposalRef) -> CommittedProposal? {
    places[reference].map { items[$0] }
  }

  mutating func insert(
    _ proposal: Proposal, from sender: Sender, as reference: ProposalRef
  ) throws(MLSError) {
    guard self[reference] == nil else { return }
    let length = proposal.wireBytes.count
    guard items.count < Self.maximumCount, length <= Self.maximumBytes - byteCount else {
      throw .invalidProposal(.tooManyProposals)
    }
    byteCount += length
    places[reference] = items.count
    items.append(CommittedProposal(proposal: proposal, sender: sender, reference: reference))
  }

  /// Forgets a proposal, and the private keys of an Update of one's own.
  mutating func remove(_ reference: ProposalRef) throws(MLSError) {
    guard let place = places[reference] else { throw .invalidProposal(.unknownReference) }
    let proposal = items.remove(at: place).proposal
    byteCount -= proposal.wireBytes.count
    if case .update(let update) = proposal {
      ownUpdates.removeAll { $0.encryptionKey == update.leafNode.encryptionKey }
    }
    index()
  }

  mutating func insert(_ update: OwnUpdate) { ownUpdates.append(update) }

  // MARK: Stored state

  /// No fewer bytes than it takes when stored: beside the proposals their references, and the keys of Updates.
  var storedCapacity: Int { byteCount + 256 * items.count + 2048 * ownUpdates.count + 64 }

  func encodeExposingSecrets(into writer: inout WireWriter) {
    writer.writeVector { (inner: inout WireWriter) in
      for item in items {
        inner.write(item.proposal)
        inner.write(item.sender)
        inner.writeOptional(item.reference)
      }
    }
    writer.writeVector { (inner: inout WireWriter) in
      for update in ownUpdates {
        inner.write(update.encryptionKey)
        inner.writeSecret(update.leafKey.secret)
        inner.writeSecret(update.signatureKey)
      }
    }
  }

  init() {}

  init(exposedFrom reader: inout WireReader, suite: CipherSuite) throws(WireError) {
    var items: [CommittedProposal] = []
    try reader.readVector { (inner) throws(WireError) in
      while !inner.isAtEnd {
        items.append(
          CommittedProposal(
            proposal: try inner.read(), sender: try inner.read(),
            reference: try inner.readOptional()))
      }
    }
    var ownUpdates: [OwnUpdate] = []
    try reader.readVector { (inner) throws(WireError) in
      while !inner.isAtEnd {
        ownUpdates.append(
          OwnUpdate(
            encryptionKey: try inner.read(), leafKey: try inner.readPrivateKey(suite),
            signatureKey: try inner.readSecret()))
      }
    }
    self.items = items
    self.ownUpdates = ownUpdates
    byteCount = items.reduce(0) { $0 + $1.proposal.wireBytes.count }
    index()
  }

  private mutating func index() {
    places = [:]
    for (place, item) in items.enumerated() {
      if let reference = item.reference { places[reference] = place }
    }
  }
}
