// SPDX-License-Identifier: Apache-2.0

import MLSTesting
import Primitives
import Testing

@testable import MLS

/// Proposals by those whom the group's context lists.
struct ExternalSenderTests {
  private let outsider: TestClient
  private let alice: Group

  init() throws {
    outsider = try TestClient("outsider")
    alice = try TestClient("alice").createGroup(
      settings: .open,
      extensions: [
        ExternalSender.asExtension([
          ExternalSender(
            signatureKey: outsider.signatureKey.publicKey, credential: outsider.credential)
        ])
      ])
  }

  private func proposal(
    sender index: UInt32 = 0, groupID: GroupID? = nil, epoch: Epoch? = nil,
    signer: SignatureKey? = nil
  ) throws -> MLSMessage {
    try .externalProposal(
      .groupContextExtensions([]), groupID: groupID ?? alice.id, epoch: epoch ?? alice.epoch,
      senderIndex: index,
      signer: signer ?? outsider.signatureKey)
  }

  @Test(arguments: [1, 2, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF] as [UInt32])
  func `an index behind the list is nobody's: RFC 9420 §12.1.8`(index: UInt32) throws {
    var taking = alice
    _ = try taking.process(proposal(), validation: acceptAll)
    expectRefusal(by: alice, of: try proposal(sender: index), .invalidMessage(.externalSenderIndex))
  }

  @Test func `the key that is listed has to have signed: RFC 9420 §6.1`() throws {
    let stranger = try TestClient("mallory").signatureKey
    expectRefusal(
      by: alice, of: try proposal(signer: stranger), .invalidMessage(.signature))
  }

  /// A proposal from outside by a client that checks nothing.
  private func forged(
    _ proposal: Proposal, sender: Sender, signer: SignatureKey
  ) throws -> MLSMessage {
    let message = try AuthenticatedContent(
      signing: FramedContent(
        groupID: alice.id, epoch: alice.epoch, sender: sender, authenticatedData: [],
        body: .proposal(proposal)),
      wireFormat: .publicMessage, context: [], with: signer)
    return .publicMessage(
      PublicMessage(content: message.content, auth: message.auth, membershipTag: nil))
  }

  @Test func `an Update is not for those outside — RFC 9420 §12.1.8`() throws {
    let update = Proposal.update(Update(leafNode: alice.ownLeafNode))
    expectRefusal(
      by: alice,
      of: try forged(update, sender: .external(index: 0), signer: outsider.signatureKey),
      .invalidProposal(.externalSenderType))
  }

  @Test func `a newcomer signs with the key of its KeyPackage: RFC 9420 §6.1`() throws {
    let carol = try TestClient("carol")
    let package = try carol.keyPackage().keyPackage
    var taking = alice
    _ = try taking.process(
      forged(.add(package), sender: .newMemberProposal, signer: carol.signatureKey),
      validation: acceptAll)
    for signer in [outsider.signatureKey, alice.signatureKey] {
      expectRefusal(
        by: alice, of: try forged(.add(package), sender: .newMemberProposal, signer: signer),
        .invalidMessage(.signature))
    }
  }

  /// What an outsider signs covers no group context: the names in it are all that binds it to a group.
  @Test func `of another epoch or group it is refused: RFC 9420 §12.1`() throws {
    var later = alice
    let said = try proposal()
    later = try later.commit(validation: acceptAll, random: SystemRandom()).next
    expectRefusal(by: later, of: said, .wrongEpoch)
    expectRefusal(by: alice, of: try proposal(epoch: Epoch(.max)), .wrongEpoch)
    expectRefusal(by: alice, of: try proposal(groupID: GroupID([1])), .wrongGroup)
    let carol = try TestClient("carol").keyPackage()
    expectRefusal(
      by: later,
      of: try .newMemberProposal(carol, groupID: alice.id, epoch: alice.epoch), .wrongEpoch)
    expectRefusal(
      by: alice, of: try .newMemberProposal(carol, groupID: GroupID([1]), epoch: alice.epoch),
      .wrongGroup)
  }
}
