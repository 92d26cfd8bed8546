// SPDX-License-Identifier: Apache-2.0

import MLS
import Primitives
import WireFormat

/// A group as whoever proposes something to it sees it: a member, or an external signer by a GroupInfo.
struct InteropScene {
  let groupID: GroupID
  let suite: CipherSuite
  let members: [(index: LeafIndex, leaf: LeafNode)]

  init(_ group: Group) {
    groupID = group.id
    suite = group.suite
    members = group.tree.members
  }

  /// - Parameter tree: Where the GroupInfo does not hold it.
  init(_ info: GroupInfo, tree: UnverifiedRatchetTree?) throws {
    groupID = info.groupContext.groupID
    suite = try info.suite()
    let inside = try info.extensions[.ratchetTree].map { try UnverifiedRatchetTree(wireBytes: $0) }
    members = (inside ?? tree)?.assumingValid(suite: suite).members ?? []
  }

  func leaf(of identity: [UInt8]) throws -> LeafIndex {
    let place = members.first { $0.leaf.credential == .basic(identity: identity) }
    guard let place else { throw InteropError(.notFound, "no member has this identity") }
    return place.index
  }

  func externalKey(_ id: [UInt8], _ random: some RandomSource) -> Proposal {
    .preSharedKey(
      PreSharedKeyID(source: .external(id: id), nonce: random.bytes(suite.hashLength)))
  }

  func resumptionKey(_ epoch: UInt64, _ random: some RandomSource) -> Proposal {
    .preSharedKey(
      PreSharedKeyID(
        source: .resumption(.application, groupID: groupID, epoch: Epoch(epoch)),
        nonce: random.bytes(suite.hashLength)))
  }

  /// What a ProposalDescription describes.
  func proposal(_ fields: RequestFields, _ random: some RandomSource) throws -> Proposal {
    let name: String
    let text = try fields.text("proposal_type")
    // The field has the type bytes. The name itself is taken too: as base64 it is no name.
    if Self.proposalTypes.contains(text) {
      name = text
    } else {
      name = String(decoding: try fields.bytes("proposal_type"), as: UTF8.self)
    }
    switch name {
    case "add":
      return .add(try RequestFields.keyPackage(fields.bytes("key_package")))
    case "remove":
      return .remove(try leaf(of: fields.bytes("removed_id")))
    case "externalPSK":
      return externalKey(try fields.bytes("psk_id"), random)
    case "resumptionPSK":
      return resumptionKey(try fields.uint64("epoch_id"), random)
    case "groupContextExtensions":
      return .groupContextExtensions(try fields.extensions())
    case "reinit":
      return try reInit(fields)
    default:
      throw InteropError(.invalidArgument, "proposal_type: unknown")
    }
  }

  /// A ReInit by its fields in a description or a ReInitProposal.
  func reInit(_ fields: RequestFields) throws -> Proposal {
    .reInit(
      ReInit(
        groupID: GroupID(try fields.bytes("group_id")), cipherSuite: try fields.suite().number,
        extensions: try fields.extensions()))
  }

  private static let proposalTypes: Set = [
    "add", "remove", "externalPSK", "resumptionPSK", "groupContextExtensions", "reinit",
  ]
}

extension GroupInfo {
  func suite() throws -> CipherSuite {
    guard let suite = CipherSuite(groupContext.cipherSuite) else {
      throw InteropError(.invalidArgument, "group_info: of a suite that is not supported")
    }
    return suite
  }
}
